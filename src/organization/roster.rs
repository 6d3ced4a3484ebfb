//! The devices at one MDM server, in the order in which they came.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::DeviceId;

/// The devices at one server by seat. Seats only grow, so that a fetch goes on after the last seat it saw and costs the same however many
/// devices came and went before it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Roster {
    seats: Seats,
    last: u32,
}

/// Seats and who sits there, by seat: 8 bytes a device. Free seats are passed over, and taken out before there are many of them.
#[derive(Clone, Debug, Default)]
struct Seats {
    rows: Vec<(u32, DeviceId)>,
    free: usize,
}

/// Sits in a seat that is free.
const NOBODY: DeviceId = DeviceId::MAX;
/// So few free seats are no trouble, and one in so many is none either.
const FEW: usize = 64;
const ONE_IN: usize = 16;

impl Roster {
    /// Seats a device behind all others; answers its seat.
    pub fn seat(&mut self, device: DeviceId) -> u32 {
        self.last += 1;
        self.seats.rows.push((self.last, device));
        self.last
    }

    /// Frees a seat.
    pub fn leave(&mut self, seat: u32) {
        let Ok(place) = self.seats.find(seat) else { return };
        let Seats { rows, free } = &mut self.seats;
        if std::mem::replace(&mut rows[place].1, NOBODY) != NOBODY {
            *free += 1;
        }
        if *free > FEW.max(rows.len() / ONE_IN) {
            rows.retain(|(_, device)| *device != NOBODY);
            *free = 0;
        }
    }

    /// Whether `device` sits in `seat`.
    pub fn holds(&self, seat: u32, device: DeviceId) -> bool {
        self.seats.find(seat).is_ok_and(|place| self.seats.rows[place].1 == device)
    }

    /// The last seat given so far: where a fetch that begins now will end.
    pub fn last(&self) -> u32 {
        self.last
    }

    /// The devices in the seats after `after` up to `until`, with their seats.
    pub fn range(&self, after: u32, until: u32) -> impl Iterator<Item = (u32, DeviceId)> {
        let end = self.seats.after(until);
        let start = self.seats.after(after).min(end);
        seated(&self.seats.rows[start..end])
    }

    /// Every device with its seat.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, DeviceId)> {
        seated(&self.seats.rows)
    }

    /// How many devices there are.
    pub fn len(&self) -> usize {
        self.seats.rows.len() - self.seats.free
    }

    /// True while there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Seats {
    /// Where a seat is; where it would be, if it is not there.
    fn find(&self, seat: u32) -> Result<usize, usize> {
        // Until somebody leaves, the first seat is the first row.
        let guess = (seat as usize).wrapping_sub(1);
        match self.rows.get(guess) {
            Some((there, _)) if *there == seat => Ok(guess),
            _ => self.rows.binary_search_by_key(&seat, |(seat, _)| *seat),
        }
    }

    /// The place of the first seat after this one.
    fn after(&self, seat: u32) -> usize {
        match self.find(seat) {
            Ok(place) => place + 1,
            Err(place) => place,
        }
    }
}

/// The seats that are not free.
fn seated(rows: &[(u32, DeviceId)]) -> impl Iterator<Item = (u32, DeviceId)> {
    rows.iter().copied().filter(|(_, device)| *device != NOBODY)
}

impl Serialize for Seats {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(seated(&self.rows))
    }
}

impl<'de> Deserialize<'de> for Seats {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let seats: BTreeMap<u32, DeviceId> = BTreeMap::deserialize(deserializer)?;
        if let Some((seat, _)) = seats.iter().find(|(_, device)| **device == NOBODY) {
            return Err(serde::de::Error::custom(format!("there is no device {NOBODY}, who is to sit in seat {seat}")));
        }
        Ok(Self { rows: seats.into_iter().collect(), free: 0 })
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

    #[test]
    fn those_who_stay_keep_their_seats_however_many_leave() {
        let mut roster = Roster::default();
        let mut model = BTreeMap::new();
        for device in 0..2_000 {
            model.insert(roster.seat(device), device);
            // All but every seventh leave again, some of them twice.
            let seat = (device * 5) % 1_999 + 1;
            if seat % 7 != 0 && seat <= roster.last() {
                roster.leave(seat);
                model.remove(&seat);
            }
            if device % 97 == 0 {
                assert!(roster.iter().eq(model.iter().map(|(seat, device)| (*seat, *device))));
                assert!(
                    roster
                        .range(seat, device)
                        .eq(model.range(seat + 1..).map(|(s, d)| (*s, *d)).filter(|(s, _)| *s <= device))
                );
                assert_eq!(roster.len(), model.len());
            }
        }
        let (rows, seated) = (roster.seats.rows.len(), model.len());
        assert!(
            seated < 1_200 && rows < seated + seated / 8 + FEW,
            "{rows} places for {seated}: free ones take no room for ever"
        );
        assert!((0..2_001).all(|seat| roster.holds(seat, seat.wrapping_sub(1)) == model.contains_key(&seat)));
        let written = serde_json::to_string(&roster).unwrap();
        let read: Roster = serde_json::from_str(&written).unwrap();
        assert!(read.iter().eq(roster.iter()) && read.last() == roster.last());
    }
}
