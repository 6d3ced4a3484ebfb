//! Choosing devices: by serial number, by order, or all that are at no server.

use std::collections::HashSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Books, DeviceId, DeviceStatus};

/// Which devices are meant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// These.
    Serials(Vec<String>),
    /// Those that came with the order of this number.
    Order(String),
    /// All that are at no server and could be.
    AllAvailable,
}

/// There is no order with this number.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no order `{0}`")]
pub struct UnknownOrder(pub String);

/// Serial numbers that are written out; more of them are counted.
const FEW: usize = 3;

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Serials(serials) => f.write_str(&several(serials, "device")),
            Self::Order(number) => write!(f, "order {number}"),
            Self::AllAvailable => f.write_str("all available devices"),
        }
    }
}

/// A few names, or how many there are of what they name.
pub(super) fn several<S: AsRef<str>>(names: &[S], noun: &str) -> String {
    match names {
        [] => format!("no {noun}"),
        few if few.len() <= FEW => few.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(", "),
        many => counted(many.len() as u64, noun),
    }
}

/// `1 device`, `2 devices`.
pub(super) fn counted(count: u64, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

impl Books {
    /// The devices that a choice means, each once, and the serial numbers in it that are of no device.
    pub fn choose(&self, choice: &Choice) -> Result<(Vec<DeviceId>, Vec<String>), UnknownOrder> {
        match choice {
            Choice::Serials(serials) => Ok(self.by_serial(serials)),
            Choice::Order(number) => {
                let order = self.find_order(number).ok_or_else(|| UnknownOrder(number.clone()))?;
                let devices = self.devices.iter().filter(|(_, device)| device.order == order + 1);
                Ok((devices.map(|(id, _)| id).collect(), Vec::new()))
            }
            Choice::AllAvailable => {
                let available = self.devices.iter().filter(|(_, device)| device.status() == DeviceStatus::Unassigned);
                Ok((available.map(|(id, _)| id).collect(), Vec::new()))
            }
        }
    }

    fn by_serial(&self, serials: &[String]) -> (Vec<DeviceId>, Vec<String>) {
        let mut devices = Vec::new();
        let mut unknown = Vec::new();
        let mut seen = HashSet::with_capacity(serials.len());
        for serial in serials.iter().filter(|serial| seen.insert(serial.as_str())) {
            match self.devices.find_text(serial) {
                Some(device) => devices.push(device),
                None => unknown.push(serial.clone()),
            }
        }
        (devices, unknown)
    }
}
