//! Rows that differ in nothing but the serial number.

use std::cell::Cell;
use std::sync::Arc;

use super::parts::Parts;
use crate::catalog::Connectivity;
use crate::http::Abridged;
use crate::organization::{DeviceId, Devices, Serial, Standing};

/// How many moulds there are at a time. An order needs as many as its devices have colours, for each way in which they stand.
const PLACES: usize = 32;

thread_local! {
    /// Those that this thread used last: all that they have room in is used again.
    static USED: Cell<Option<Box<Moulds>>> = const { Cell::new(None) };
}

/// The rows of devices of one kind that stand alike, with room for a serial number; and what was written with them.
#[derive(Default)]
pub(super) struct Moulds {
    parts: Parts,
    /// Each row has one place where its mould can be.
    places: [Place; PLACES],
    /// What rows say of a standing, and of which: kinds that stand alike follow one another.
    standing: Vec<u8>,
    of: Option<(Standing, bool)>,
}

/// The number of a mould, and which rows it is for.
#[derive(Clone, Default)]
struct Place {
    /// Of the rows; zeros: there is no mould.
    key: Key,
    number: u8,
}

/// All that rows of one mould have in common, in three numbers that are quickly compared: how they stand, their kind, the length of the serial
/// number (which is never 0), and what is said.
type Key = [u64; 3];

/// What rows have in common that are struck from one mould.
#[derive(Clone, Copy, Debug)]
pub(super) struct Likeness<'a> {
    /// The kind of device.
    pub(super) kind: u32,
    /// How it stands.
    pub(super) standing: &'a Standing,
    /// Whether the row speaks of the profile.
    pub(super) with_profile: bool,
}

impl Likeness<'_> {
    /// Kinds of an order follow one another, and so do the moments at which devices are assigned.
    #[inline]
    fn place(self) -> usize {
        let Standing { assigned_at, profile_assigned_at, .. } = self.standing;
        self.kind.wrapping_add((assigned_at ^ profile_assigned_at).wrapping_mul(7)) as usize % PLACES
    }

    #[inline]
    fn key(self, serial: &Serial) -> Key {
        let pair = |high: u32, low: u32| u64::from(high) << 32 | u64::from(low);
        let Standing { profile, assigned_at, profile_assigned_at, profile_pushed_at, assigned_by, profile_status } =
            *self.standing;
        let rest = u32::from(assigned_by) << 16
            | (profile_status as u32) << 8
            | (serial.as_bytes().len() as u32) << 1
            | u32::from(self.with_profile);
        [pair(assigned_at, profile), pair(profile_pushed_at, profile_assigned_at), pair(self.kind, rest)]
    }
}

impl Moulds {
    /// Those for a page; whether anybody keeps what is written.
    pub(super) fn for_page(kept: bool) -> Box<Self> {
        let mut moulds = USED.take().unwrap_or_default();
        moulds.parts.begin(kept);
        moulds.places.fill(Place::default());
        moulds.of = None;
        moulds
    }

    /// The mould of a row, where there is one; to be struck with before [`MULTITUDE`](super::parts::MULTITUDE) others are asked for or made.
    #[inline(always)]
    pub(super) fn find(&self, of: Likeness<'_>, serial: &Serial) -> Option<u8> {
        let place = &self.places[of.place()];
        (place.key == of.key(serial)).then_some(place.number)
    }

    /// Makes the mould of a row, and puts it into its place. `facts` is what rows of its kind say, with its connectivity where they have
    /// identifiers, `write` what they say of a standing.
    pub(super) fn make(
        &mut self,
        of: Likeness<'_>,
        serial: &Serial,
        (facts, identified): (&[u8], Option<Connectivity>),
        write: impl FnOnce(&mut Vec<u8>),
    ) -> u8 {
        let stands = Some((*of.standing, of.with_profile));
        if self.of != stands {
            self.of = stands;
            self.standing.clear();
            write(&mut self.standing);
        }
        let number = self.parts.cast(serial.as_bytes().len(), facts, &self.standing, identified);
        self.places[of.place()] = Place { key: of.key(serial), number };
        number
    }

    /// Makes sure that there is room for the moulds of so many rows as are struck at a time.
    #[inline]
    fn make_room(&mut self) {
        if self.parts.make_room() {
            self.places.fill(Place::default());
        }
    }

    /// Writes whole rows: those of a device and of the ones that came after it, by their serial numbers and all moulds that were asked for since
    /// some were written last. Whether they are the first ones of their page.
    #[inline]
    pub(super) fn strike_all(
        &mut self,
        out: &mut Vec<u8>,
        first: DeviceId,
        serials: &[Serial],
        moulds: &[u8],
        are_first: bool,
    ) {
        self.parts.strike_all(out, first, serials, moulds, are_first);
        self.make_room();
    }

    /// Writes the beginning of the row of a device, up to where there is more to be said; with the only mould that was asked for since some were
    /// written last.
    #[inline]
    pub(super) fn begin_row(&mut self, out: &mut Vec<u8>, device: DeviceId, serial: &Serial, mould: u8) {
        self.parts.begin_row(out, device, serial, mould);
        self.make_room();
    }

    /// Writes the identifiers of the device whose row was begun.
    #[inline]
    pub(super) fn identify(
        &mut self,
        out: &mut Vec<u8>,
        device: DeviceId,
        serial: &Serial,
        connectivity: Connectivity,
    ) {
        self.parts.identify(out, device, serial, connectivity);
    }

    /// What was written, in short, where that is possible.
    pub(super) fn abridged(mut self: Box<Self>, written: &[u8], devices: &Devices) -> Option<Arc<dyn Abridged>> {
        let short = self.parts.finish(written, devices);
        USED.set(Some(self));
        short
    }
}

#[cfg(test)]
mod tests {
    use super::super::parts::Part;
    use super::*;

    #[test]
    fn a_row_is_its_own_whatever_was_struck_before() {
        for kept in [true, false] {
            rows_are_their_own(Moulds::for_page(kept));
        }
    }

    fn rows_are_their_own(mut moulds: Box<Moulds>) {
        let mut out = b"before".to_vec();
        let mut row = |kind: u32, serial: &str, assigned_at: u32, part: Part| {
            let before = out.len();
            let standing = Standing { assigned_at, ..Standing::default() };
            let of = Likeness { kind, standing: &standing, with_profile: true };
            let (facts, says) = (format!("\" of {kind}"), format!(" at {assigned_at}"));
            let (serial, says) =
                (&serial.parse().unwrap(), |text: &mut Vec<u8>| text.extend_from_slice(says.as_bytes()));
            let mould =
                moulds.find(of, serial).unwrap_or_else(|| moulds.make(of, serial, (facts.as_bytes(), None), says));
            match part {
                Part::Inner => moulds.begin_row(&mut out, 0, serial, mould),
                part => moulds.strike_all(&mut out, 0, &[*serial], &[mould], part == Part::First),
            }
            String::from_utf8(out[before..].to_vec()).unwrap()
        };
        let devices =
            [(0, "AAAAAAAAAAAA"), (32, "BBBBBBBBBBBB"), (3, "CCCCCCCC"), (3, "DDDDDDDDDDDD"), (0, "EEEEEEEE")];
        for assigned_at in [1, 2, 1] {
            for (kind, serial) in devices.into_iter().chain(devices) {
                let wanted = format!("{{\"serial_number\":\"{serial}\" of {kind} at {assigned_at}");
                assert_eq!(row(kind, serial, assigned_at, Part::Inner), wanted);
                assert_eq!(row(kind, serial, assigned_at, Part::First), format!("{wanted}}}"));
                assert_eq!(row(kind, serial, assigned_at, Part::Whole), format!(",{wanted}}}"));
            }
        }
    }

    #[test]
    fn a_row_with_identifiers_is_the_same_struck_at_once_and_in_parts() {
        let serial = "C02ABCDEF123".parse().unwrap();
        let of = Likeness { kind: 1, standing: &Standing::default(), with_profile: true };
        for connectivity in Connectivity::ALL {
            let mut moulds = Moulds::for_page(false);
            let first = moulds.make(of, &serial, (b"\",\"model\":\"X\"", Some(connectivity)), |_| ());
            let second = moulds.find(of, &serial).unwrap();
            let (mut at_once, mut in_parts) = (Vec::new(), Vec::new());
            moulds.strike_all(&mut at_once, 0, &[serial], &[first], true);
            moulds.begin_row(&mut in_parts, 0, &serial, second);
            moulds.identify(&mut in_parts, 0, &serial, connectivity);
            in_parts.extend_from_slice(b",\"is_replacement_device\":false}");
            assert_eq!(String::from_utf8(at_once).unwrap(), String::from_utf8(in_parts).unwrap());
        }
    }
}
