//! Rows that differ in nothing but the serial number.

use std::sync::Arc;

use super::abridged::{Mould, Part, Parts};
use crate::catalog::Connectivity;
use crate::http::Abridged;
use crate::organization::{Serial, Standing};

/// How many moulds there are at a time. An order needs as many as its devices have colours, for each way in which they stand.
const PLACES: usize = 32;

/// The bytes of the moulds of a page; it does not often need more.
const TYPICAL: usize = 2_048;

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

/// A mould, and which rows it is for.
#[derive(Clone, Default)]
struct Place {
    kind: u32,
    standing: Standing,
    with_profile: bool,
    number: u8,
    mould: Mould,
}

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
}

impl Place {
    /// Whether its mould is one for this row. One that is not there has room for no serial number.
    #[inline]
    fn is_for(&self, of: Likeness<'_>, serial: &Serial) -> bool {
        self.kind == of.kind
            && self.mould.fits(serial)
            && self.with_profile == of.with_profile
            && self.standing == *of.standing
    }
}

impl Moulds {
    /// Those for a page of so many rows, each of which is made of `pieces`; whether anybody keeps what is written.
    pub(super) fn for_rows(count: usize, pieces: usize, kept: bool) -> Self {
        // Two more: what is before the rows, and what is after them.
        let parts = if kept { Parts::with_capacity(count * pieces + 2, TYPICAL) } else { Parts::forgotten() };
        Self { parts, ..Self::default() }
    }

    /// Writes the row of the device with this serial number, or a part of it. `facts` is what rows of its kind say, `write` what they say of
    /// a standing.
    #[inline(always)]
    pub(super) fn strike<'f>(
        &mut self,
        out: &mut Vec<u8>,
        of: Likeness<'_>,
        serial: &Serial,
        part: Part,
        facts: impl FnOnce() -> &'f [u8],
        write: impl FnOnce(&mut Vec<u8>),
    ) {
        let number = of.place();
        if !self.places[number].is_for(of, serial) {
            self.make(number, of, serial, facts(), write);
        }
        let place = &self.places[number];
        self.parts.strike(out, place.number, &place.mould, serial, part);
    }

    /// Makes a mould, and puts it into its place.
    #[cold]
    #[inline(never)]
    fn make(
        &mut self,
        place: usize,
        of: Likeness<'_>,
        serial: &Serial,
        facts: &[u8],
        write: impl FnOnce(&mut Vec<u8>),
    ) {
        let stands = Some((*of.standing, of.with_profile));
        if self.of != stands {
            self.of = stands;
            self.standing.clear();
            write(&mut self.standing);
        }
        if self.parts.is_full() {
            self.parts.clear();
            self.places.fill(Place::default());
        }
        let (number, mould) = self.parts.cast(serial.as_bytes().len(), facts, &self.standing);
        let Likeness { kind, standing, with_profile } = of;
        self.places[place] = Place { kind, standing: *standing, with_profile, number, mould };
    }

    /// Writes the identifiers of the device whose row was begun.
    #[inline]
    pub(super) fn identify(&mut self, out: &mut Vec<u8>, serial: &Serial, connectivity: Connectivity) {
        self.parts.identify(out, serial, connectivity);
    }

    /// What was written, in short, where that is possible.
    pub(super) fn abridged(self, written: &[u8]) -> Option<Arc<dyn Abridged>> {
        self.parts.finish(written)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_its_own_whatever_was_struck_before() {
        for kept in [true, false] {
            rows_are_their_own(Moulds::for_rows(30, 1, kept));
        }
    }

    fn rows_are_their_own(mut moulds: Moulds) {
        let mut out = b"before".to_vec();
        let mut row = |kind: u32, serial: &str, assigned_at: u32, part: Part| {
            let before = out.len();
            let standing = Standing { assigned_at, ..Standing::default() };
            let of = Likeness { kind, standing: &standing, with_profile: true };
            let (facts, says) = (format!("\" of {kind}"), format!(" at {assigned_at}"));
            let (serial, says) =
                (serial.parse().unwrap(), |text: &mut Vec<u8>| text.extend_from_slice(says.as_bytes()));
            moulds.strike(&mut out, of, &serial, part, || facts.as_bytes(), says);
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
}
