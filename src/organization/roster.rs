//! The devices at one MDM server, in the order in which they came.

use std::collections::BTreeMap;

use super::DeviceId;

/// The devices at one server by seat. Seats only grow, so that a fetch goes on after the last seat it saw and costs the same however many
/// devices came and went before it.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Roster {
    seats: BTreeMap<u32, DeviceId>,
    last: u32,
}

impl Roster {
    /// Seats a device behind all others; answers its seat.
    pub fn seat(&mut self, device: DeviceId) -> u32 {
        self.last += 1;
        self.seats.insert(self.last, device);
        self.last
    }

    /// Frees a seat.
    pub fn leave(&mut self, seat: u32) {
        self.seats.remove(&seat);
    }

    /// Whether `device` sits in `seat`.
    pub fn holds(&self, seat: u32, device: DeviceId) -> bool {
        self.seats.get(&seat) == Some(&device)
    }

    /// The last seat given so far: where a fetch that begins now will end.
    pub fn last(&self) -> u32 {
        self.last
    }

    /// The devices in the seats after `after` up to `until`, with their seats.
    pub fn range(&self, after: u32, until: u32) -> impl Iterator<Item = (u32, DeviceId)> {
        let range = after.saturating_add(1)..=until.max(after.saturating_add(1));
        self.seats.range(range).map(|(seat, device)| (*seat, *device)).filter(move |(seat, _)| *seat <= until)
    }

    /// Every device with its seat.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, DeviceId)> {
        self.seats.iter().map(|(seat, device)| (*seat, *device))
    }

    /// How many devices there are.
    pub fn len(&self) -> usize {
        self.seats.len()
    }

    /// True while there are none.
    pub fn is_empty(&self) -> bool {
        self.seats.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_has_those_who_are_still_there() {
        let mut roster = Roster::default();
        let seats: Vec<u32> = (10..15).map(|device| roster.seat(device)).collect();
        roster.leave(seats[1]);
        let seated = |after, until| roster.range(after, until).map(|(_, device)| device).collect::<Vec<_>>();
        assert_eq!(seated(0, roster.last()), [10, 12, 13, 14]);
        assert_eq!(seated(seats[0], seats[3]), [12, 13]);
        assert_eq!(seated(seats[4], seats[4]), [0; 0]);
        assert_eq!(seated(u32::MAX, u32::MAX), [0; 0]);
    }
}
