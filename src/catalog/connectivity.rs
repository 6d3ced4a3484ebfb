//! How a device reaches a network.

use crate::organization::Family;

/// The connections that a device has besides Wi-Fi and Bluetooth, and with them the identifiers that Apple lists for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Connectivity {
    /// None: two MAC addresses.
    Wifi,
    /// An Ethernet port: a third MAC address.
    Ethernet,
    /// A mobile connection with one SIM card: one IMEI (iPhone X and before).
    Sim,
    /// A mobile connection with an eSIM: one IMEI and an EID (iPads and watches).
    Esim,
    /// Two lines at once, one of them an eSIM: two IMEIs and an EID (iPhone XS and later).
    DualSim,
}

impl Connectivity {
    /// All there are, each at the place of its number.
    pub const ALL: [Self; 5] = [Self::Wifi, Self::Ethernet, Self::Sim, Self::Esim, Self::DualSim];

    /// What a device of `family` has, as far as the family alone says: for models that are not in the catalogue.
    pub const fn typical(family: Family) -> Self {
        match family {
            Family::IPhone => Self::DualSim,
            Family::AppleTV => Self::Ethernet,
            Family::IPad | Family::Mac | Family::Vision | Family::Watch | Family::IPod => Self::Wifi,
        }
    }

    /// Its name in the catalogue's table.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "wifi" => Self::Wifi,
            "ethernet" => Self::Ethernet,
            "sim" => Self::Sim,
            "esim" => Self::Esim,
            "dual" => Self::DualSim,
            _ => return None,
        })
    }

    /// Whether it has a mobile connection, and so an IMEI and an MEID.
    pub const fn is_cellular(self) -> bool {
        matches!(self, Self::Sim | Self::Esim | Self::DualSim)
    }

    /// Whether it has an eSIM, and so an EID.
    pub const fn has_esim(self) -> bool {
        matches!(self, Self::Esim | Self::DualSim)
    }

    /// Whether it has two IMEIs.
    pub const fn has_two_lines(self) -> bool {
        matches!(self, Self::DualSim)
    }

    /// Whether it has an Ethernet port.
    pub const fn has_ethernet(self) -> bool {
        matches!(self, Self::Ethernet)
    }
}
