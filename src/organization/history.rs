//! What was done to which devices.

use serde::{Deserialize, Serialize};

use super::DeviceId;
use crate::clock::Timestamp;

/// One thing done, to one device or a million.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deed {
    /// When.
    #[serde(with = "crate::clock::millis")]
    pub at: Timestamp,
    /// By whom: a place in the organisation's [`Actors`](super::Actors).
    pub by: u16,
    /// What, in words for people.
    pub what: String,
    devices: DeviceSet,
}

/// Devices in ascending order.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum DeviceSet {
    Range(DeviceId, DeviceId),
    List(Vec<DeviceId>),
}

impl Deed {
    /// Whether it was done to devices in ascending order, all of them among the first `count`.
    pub(super) fn is_of_the_first(&self, count: usize) -> bool {
        match &self.devices {
            DeviceSet::Range(first, last) => first <= last && (*last as usize) < count,
            DeviceSet::List(devices) => {
                devices.is_sorted_by(|one, next| one < next)
                    && devices.last().is_some_and(|last| (*last as usize) < count)
            }
        }
    }
}

/// Everything done, oldest first. Kept per deed and not per device, so that an order of a million devices costs one entry.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct History {
    deeds: Vec<Deed>,
}

/// How many deeds are kept; the oldest go first.
const KEPT: usize = 50_000;

impl History {
    /// Notes that `what` was done to `devices`.
    pub fn note(&mut self, at: Timestamp, by: u16, what: impl Into<String>, mut devices: Vec<DeviceId>) {
        if devices.is_empty() {
            return;
        }
        devices.sort_unstable();
        devices.dedup();
        devices.shrink_to_fit();
        let (first, last) = (devices[0], devices[devices.len() - 1]);
        let dense = (last - first) as usize + 1 == devices.len();
        let devices = if dense { DeviceSet::Range(first, last) } else { DeviceSet::List(devices) };
        self.push(Deed { at, by, what: what.into(), devices });
    }

    /// Notes that `what` was done to the devices from `first` to before `end`.
    pub fn note_range(&mut self, at: Timestamp, by: u16, what: impl Into<String>, first: DeviceId, end: DeviceId) {
        if first < end {
            self.push(Deed { at, by, what: what.into(), devices: DeviceSet::Range(first, end - 1) });
        }
    }

    fn push(&mut self, deed: Deed) {
        if self.deeds.len() >= KEPT {
            self.deeds.drain(..KEPT / 10);
        }
        self.deeds.push(deed);
    }

    /// Everything done, oldest first.
    pub(super) fn deeds(&self) -> &[Deed] {
        &self.deeds
    }

    /// What was done to one device, oldest first.
    pub fn of(&self, device: DeviceId) -> impl Iterator<Item = &Deed> {
        self.deeds.iter().filter(move |deed| match &deed.devices {
            DeviceSet::Range(first, last) => (*first..=*last).contains(&device),
            DeviceSet::List(devices) => devices.binary_search(&device).is_ok(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_has_its_own_history() {
        let mut history = History::default();
        let now = Timestamp::from_millis(0);
        history.note_range(now, 0, "ordered", 0, 100);
        history.note(now, 0, "assigned", vec![9, 3, 3]);
        history.note(now, 0, "released", vec![5, 4]);
        let of = |device| history.of(device).map(|deed| deed.what.as_str()).collect::<Vec<_>>();
        assert_eq!(of(3), ["ordered", "assigned"]);
        assert_eq!(of(5), ["ordered", "released"]);
        assert_eq!(of(100), [""; 0]);
    }
}
