//! All devices of an organisation.

use std::collections::HashMap;
use std::ops::Range;

use hashbrown::HashTable;
use serde::{Deserialize, Serialize};

use super::serials::{Excerpt, Serials};
use super::written::sorted;
use super::{Device, DeviceId, Extra, Serial};
use crate::catalog::SerialSequence;
use crate::random;

/// The device records, in order of arrival, with an index by serial number: about 62 bytes a device.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(try_from = "Kept")]
pub struct Devices {
    serials: Serials,
    records: Vec<Device>,
    #[serde(skip)]
    by_serial: HashTable<DeviceId>,
    #[serde(skip)]
    has_lookalike: bool,
    #[serde(serialize_with = "sorted")]
    extras: HashMap<DeviceId, Extra>,
}

impl Devices {
    /// Makes room for `more` devices at once, so that a million arrive without a table growing twenty times.
    pub fn reserve(&mut self, more: usize) {
        self.records.reserve_exact(more);
        self.serials.reserve(more);
        let serials = &self.serials;
        self.by_serial.reserve(more, |&id| hash(&serials[id]));
    }

    /// How many there are, released ones included.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// True while there are none.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// The device with this serial number.
    #[inline]
    pub fn find(&self, serial: &Serial) -> Option<DeviceId> {
        self.by_serial.find(hash(serial), |&id| self.serials[id] == *serial).copied()
    }

    /// The device with the serial number in `text`; a text that is no serial number names no device.
    pub fn find_text(&self, text: &str) -> Option<DeviceId> {
        self.find(&Serial::from_bytes(text.as_bytes())?)
    }

    /// The serial number of a device.
    #[inline]
    pub fn serial(&self, id: DeviceId) -> &Serial {
        &self.serials[id]
    }

    /// The records and serial numbers of the first of these devices and of as many behind it as came one after another too; there may be more
    /// of those than are answered.
    #[inline]
    pub fn stretch(&self, devices: &[DeviceId]) -> (&[Device], &[Serial]) {
        let Some(&first) = devices.first() else { return (&[], &[]) };
        let serials = self.serials.from(first);
        let count =
            devices.iter().take(serials.len()).zip(first..).take_while(|(device, next)| *device == next).count();
        (&self.records[first as usize..][..count], &serials[..count])
    }

    /// The serial numbers of the devices in `runs`, for somebody who keeps them.
    pub fn excerpt(&self, runs: &[Range<DeviceId>]) -> Excerpt {
        self.serials.excerpt(runs)
    }

    /// Adds a device whose serial number is not there yet.
    pub fn add(&mut self, serial: Serial, device: Device) -> DeviceId {
        let id = self.records.len() as DeviceId;
        self.has_lookalike |= SerialSequence::looks_generated(&serial);
        self.serials.push(serial);
        self.records.push(device);
        let serials = &self.serials;
        self.by_serial.insert_unique(hash(&serial), id, |&id| hash(&serials[id]));
        id
    }

    /// Begins the record of a device anew that comes back after it was released. Its serial number stays, and so does what is true of it
    /// wherever it goes: rows of its first stay must not change.
    pub fn renew(&mut self, id: DeviceId, device: Device) {
        let before = self.extras.remove(&id).unwrap_or_default();
        self.records[id as usize] = device;
        let Extra { asset_tag, replaces, os_version, .. } = before;
        if asset_tag.is_some() || replaces.is_some() || os_version.is_some() {
            *self.extra_mut(id) = Extra { asset_tag, replaces, os_version, ..Extra::default() };
        }
    }

    /// Whether a generated serial number may be taken: only where one was named that looks generated, so that a million of them need no
    /// look-up each.
    #[inline]
    pub fn may_collide(&self) -> bool {
        self.has_lookalike
    }

    /// Adds many devices with generated serial numbers; answers the first one's id. The records come first and the index after
    /// them, so that the processor can wait for many places of the index at once.
    pub fn add_all(
        &mut self,
        serials: impl IntoIterator<Item = Serial>,
        devices: impl IntoIterator<Item = Device>,
    ) -> DeviceId {
        let first = self.records.len() as DeviceId;
        self.serials.extend(serials);
        self.records.extend(devices);
        let serials = &self.serials;
        for id in first..serials.len() as DeviceId {
            self.by_serial.insert_unique(hash(&serials[id]), id, |&id| hash(&serials[id]));
        }
        first
    }

    /// Every record with its id, in order of arrival.
    pub fn iter(&self) -> impl Iterator<Item = (DeviceId, &Device)> {
        (0..).zip(&self.records)
    }

    /// The devices that have what only few have.
    pub(super) fn extras(&self) -> impl Iterator<Item = (DeviceId, &Extra)> {
        self.extras.iter().map(|(device, extra)| (*device, extra))
    }

    /// From now on serial numbers come from another sequence than those that are there: any of them may be in the way.
    pub(super) fn expect_collisions(&mut self) {
        self.has_lookalike = true;
    }

    /// What only few devices have, if this one has any of it.
    #[inline]
    pub fn extra(&self, id: DeviceId) -> Option<&Extra> {
        if self[id].has_extra() { self.extras.get(&id) } else { None }
    }

    /// What only few devices have, made where it is not there yet.
    pub fn extra_mut(&mut self, id: DeviceId) -> &mut Extra {
        self[id].set_has_extra();
        self.extras.entry(id).or_default()
    }
}

/// Devices as they are written down.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    serials: Serials,
    records: Vec<Device>,
    extras: HashMap<DeviceId, Extra>,
}

impl TryFrom<Kept> for Devices {
    type Error = String;

    fn try_from(kept: Kept) -> Result<Self, String> {
        let Kept { serials, records, extras } = kept;
        if serials.len() != records.len() {
            return Err(format!("there are {} serial numbers for {} devices", serials.len(), records.len()));
        }
        let mut devices = Self::default();
        devices.reserve(records.len());
        for (id, device) in (0..).zip(records) {
            let serial = serials[id];
            if let Some(first) = devices.find(&serial) {
                return Err(format!("the device {serial} at {id} is there before, at {first}"));
            }
            devices.add(serial, device);
        }
        devices.extras = extras;
        Ok(devices)
    }
}

/// Under which a serial number is found.
#[inline]
fn hash(serial: &Serial) -> u64 {
    random::hash(serial.as_bytes())
}

impl std::ops::Index<DeviceId> for Devices {
    type Output = Device;

    #[inline]
    fn index(&self, id: DeviceId) -> &Device {
        &self.records[id as usize]
    }
}

impl std::ops::IndexMut<DeviceId> for Devices {
    fn index_mut(&mut self, id: DeviceId) -> &mut Device {
        &mut self.records[id as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_found_by_its_serial_number_alone() {
        let mut devices = Devices::default();
        let id = devices.add("C02XK1ABCDEF".parse().unwrap(), Device::new(0, 0));
        devices.add("C02XK1ABCDEG".parse().unwrap(), Device::new(0, 0));
        assert_eq!(devices.find_text("C02XK1ABCDEF"), Some(id));
        assert_eq!(devices.find_text("c02xk1abcdef"), None);
        assert_eq!(devices.find_text("' OR 1=1"), None);
    }
}
