//! A device's hardware identifiers, all of them computed from its serial number.

use super::{Connectivity, Eid, Imei, MacAddress};
use crate::organization::Serial;
use crate::random::{hash, mix};

/// The identifiers of one device: IMEI, MEID, EID and MAC addresses, for protocol version 10 and the control API.
///
/// Nothing is stored: they are hashes of the serial number, so a device has the same ones for ever, and two devices may share one by chance: of
/// a million, about a thousand have a MAC address that another has too, and one or two an IMEI.
#[derive(Clone, Copy, Debug)]
pub struct Identifiers {
    seed: u64,
    connectivity: Connectivity,
}

/// What a hash is for; the numbers are part of what stays the same for ever.
#[derive(Clone, Copy)]
enum Purpose {
    Imei = 1,
    SecondImei,
    EidHigh,
    EidLow,
    Wifi,
    Ethernet,
}

impl Identifiers {
    /// Those of the device with this serial number and these connections.
    #[inline]
    pub fn of(serial: &Serial, connectivity: Connectivity) -> Self {
        Self { seed: hash(serial.as_bytes()), connectivity }
    }

    #[inline]
    fn hash(&self, purpose: Purpose) -> u64 {
        mix(self.seed.wrapping_add(purpose as u64))
    }

    /// Its IMEI, if it has a mobile connection.
    #[inline]
    pub fn imei(&self) -> Option<Imei> {
        self.connectivity.is_cellular().then(|| {
            let (model, serial) = halves(self.hash(Purpose::Imei), MILLION, MILLION);
            Imei::new(model, serial)
        })
    }

    /// Its second IMEI, if it has two lines: of the same type, another unit.
    #[inline]
    pub fn second_imei(&self) -> Option<Imei> {
        self.connectivity.has_two_lines().then(|| {
            let (model, serial) = halves(self.hash(Purpose::Imei), MILLION, MILLION);
            let (further, _) = halves(self.hash(Purpose::SecondImei), MILLION - 1, MILLION);
            Imei::new(model, (serial + 1 + further) % MILLION)
        })
    }

    /// Its IMEIs: none, one or two. `{:#}` prints them with the blanks that they have on the wire.
    pub fn imeis(&self) -> impl Iterator<Item = Imei> {
        self.imei().into_iter().chain(self.second_imei())
    }

    /// Its MEID, if it has a mobile connection: 14 digits.
    pub fn meid(&self) -> Option<String> {
        self.imei().map(|imei| String::from_utf8_lossy(&imei.meid()).into_owned())
    }

    /// Its EID, if it has an eSIM.
    #[inline]
    pub fn eid(&self) -> Option<Eid> {
        self.connectivity.has_esim().then(|| {
            let (high, middle) = halves(self.hash(Purpose::EidHigh), 100 * MILLION, 100 * MILLION);
            let (low, _) = halves(self.hash(Purpose::EidLow), MILLION, MILLION);
            Eid::new(high, middle, low)
        })
    }

    /// Its Wi-Fi address; every device has one.
    #[inline]
    pub fn wifi_mac(&self) -> MacAddress {
        MacAddress::from_hash(self.hash(Purpose::Wifi))
    }

    /// Its Bluetooth address, beside the Wi-Fi address.
    #[inline]
    pub fn bluetooth_mac(&self) -> MacAddress {
        self.wifi_mac().neighbour()
    }

    /// Its Ethernet address, if it has a port.
    #[inline]
    pub fn ethernet_mac(&self) -> Option<MacAddress> {
        self.connectivity.has_ethernet().then(|| MacAddress::from_hash(self.hash(Purpose::Ethernet)))
    }

    /// Appends the members that protocol version 10 adds to a device, each with a comma before it, leaving out what the device has not got.
    /// For pages of a thousand devices: no allocation but `out`'s own growth.
    pub fn write_json_members(&self, out: &mut Vec<u8>) {
        const LONGEST: usize = 256;
        out.reserve(LONGEST);
        if let Some(imei) = self.imei() {
            match self.second_imei() {
                Some(second) => {
                    let mut text = *b",\"imei\":[\"00 000000 000000 0\",\"00 000000 000000 0\"]";
                    text[10..28].copy_from_slice(&imei.spaced());
                    text[31..49].copy_from_slice(&second.spaced());
                    out.extend_from_slice(&text);
                }
                None => {
                    let mut text = *b",\"imei\":[\"00 000000 000000 0\"]";
                    text[10..28].copy_from_slice(&imei.spaced());
                    out.extend_from_slice(&text);
                }
            }
            let mut text = *b",\"meid\":[\"00000000000000\"]";
            text[10..24].copy_from_slice(&imei.meid());
            out.extend_from_slice(&text);
        }
        if let Some(eid) = self.eid() {
            let mut text = *b",\"eid\":\"00000000000000000000000000000000\"";
            text[8..40].copy_from_slice(eid.as_bytes());
            out.extend_from_slice(&text);
        }
        let wifi = self.wifi_mac();
        let mut text = *b",\"wifi_mac_address\":\"00:00:00:00:00:00\",\"bluetooth_mac_address\":\"00:00:00:00:00:00\"";
        text[21..38].copy_from_slice(&wifi.text());
        text[65..82].copy_from_slice(&wifi.neighbour().text());
        out.extend_from_slice(&text);
        if let Some(ethernet) = self.ethernet_mac() {
            let mut text = *b",\"ethernet_mac_address\":\"00:00:00:00:00:00\"";
            text[25..42].copy_from_slice(&ethernet.text());
            out.extend_from_slice(&text);
        }
    }
}

const MILLION: u32 = 1_000_000;

/// Two numbers from one hash, evenly spread below `upper` and `lower`.
#[inline]
fn halves(hash: u64, upper: u32, lower: u32) -> (u32, u32) {
    let spread = |half: u64, bound: u32| ((half * u64::from(bound)) >> 32) as u32;
    (spread(hash >> 32, upper), spread(hash & 0xffff_ffff, lower))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::catalog::SerialSequence;

    const ALL: [Connectivity; 5] =
        [Connectivity::Wifi, Connectivity::Ethernet, Connectivity::Sim, Connectivity::Esim, Connectivity::DualSim];

    fn members(serial: &Serial, connectivity: Connectivity) -> Value {
        let mut out = b"{\"serial_number\":\"x\"".to_vec();
        Identifiers::of(serial, connectivity).write_json_members(&mut out);
        out.push(b'}');
        serde_json::from_slice(&out).unwrap()
    }

    #[test]
    fn a_device_keeps_its_identifiers_for_ever() {
        let serial = "C02XK1ABCDEF".parse().unwrap();
        let phone = json!({
            "serial_number": "x",
            "imei": ["35 915979 116878 5", "35 915979 956590 9"],
            "meid": ["35915979116878"],
            "eid": "89049032646570807690458739873461",
            "wifi_mac_address": "B8:E8:56:A3:6D:20",
            "bluetooth_mac_address": "B8:E8:56:A3:6D:21",
        });
        assert_eq!(members(&serial, Connectivity::DualSim), phone);
        assert_eq!(members(&serial, Connectivity::Ethernet)["ethernet_mac_address"], "6C:94:F8:2F:AE:2A");
    }

    #[test]
    fn a_device_lists_only_what_it_has() {
        let serial = "C02XK1ABCDEF".parse().unwrap();
        let keys = |connectivity| {
            let members = members(&serial, connectivity);
            let list = |key: &str| members[key].as_array().map_or(0, Vec::len);
            (list("imei"), list("meid"), members.get("eid").is_some(), members.get("ethernet_mac_address").is_some())
        };
        assert_eq!(keys(Connectivity::Wifi), (0, 0, false, false));
        assert_eq!(keys(Connectivity::Ethernet), (0, 0, false, true));
        assert_eq!(keys(Connectivity::Sim), (1, 1, false, false));
        assert_eq!(keys(Connectivity::Esim), (1, 1, true, false));
        assert_eq!(keys(Connectivity::DualSim), (2, 1, true, false));
    }

    #[test]
    fn ten_thousand_devices_share_nothing() {
        let sequence = SerialSequence::new(5);
        let mut seen = HashSet::new();
        for index in 0..10_000 {
            let identifiers = Identifiers::of(&sequence.nth(index), Connectivity::DualSim);
            for imei in identifiers.imeis() {
                assert!(seen.insert(imei.to_string()));
            }
            assert!(seen.insert(identifiers.eid().unwrap().to_string()));
        }
    }

    proptest! {
        #[test]
        fn the_written_members_are_what_the_methods_say(seed: u64, index: u64, choice in 0..ALL.len()) {
            let serial = SerialSequence::new(seed).nth(index);
            let identifiers = Identifiers::of(&serial, ALL[choice]);
            let mut expected = json!({
                "serial_number": "x",
                "wifi_mac_address": identifiers.wifi_mac().to_string(),
                "bluetooth_mac_address": identifiers.bluetooth_mac().to_string(),
            });
            if let Some(meid) = identifiers.meid() {
                expected["imei"] = identifiers.imeis().map(|imei| format!("{imei:#}")).collect();
                expected["meid"] = json!([meid]);
            }
            if let Some(eid) = identifiers.eid() {
                expected["eid"] = eid.to_string().into();
            }
            if let Some(ethernet) = identifiers.ethernet_mac() {
                expected["ethernet_mac_address"] = ethernet.to_string().into();
            }
            prop_assert_eq!(members(&serial, ALL[choice]), expected);
        }

        #[test]
        fn two_lines_have_different_imeis_of_one_type(seed: u64) {
            let identifiers = Identifiers::of(&SerialSequence::new(seed).nth(0), Connectivity::DualSim);
            let (one, other) = (identifiers.imei().unwrap(), identifiers.second_imei().unwrap());
            prop_assert_ne!(one, other);
            prop_assert_eq!(&one.as_bytes()[..8], &other.as_bytes()[..8]);
        }
    }
}
