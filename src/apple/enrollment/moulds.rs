//! Rows that differ in nothing but the serial number.

use std::ops::Range;

use super::rows::OPENING;
use crate::organization::{Serial, Standing};

/// How many kinds of devices have a mould at a time. An order has as many as its devices have colours.
const PLACES: usize = 16;

/// The bytes of the moulds of a page; it does not often need more.
const TYPICAL: usize = 4_096;

/// The rows of devices that stand alike, with room for a serial number, by kind.
#[derive(Default)]
pub(super) struct Moulds {
    /// The standing, and whether rows speak of the profile; `None` before the first row.
    of: Option<(Standing, bool)>,
    /// What rows say of the standing.
    standing: Vec<u8>,
    texts: Vec<u8>,
    /// For some kinds where their mould is, and for how long a serial number; each has one place where it can be.
    places: [Place; PLACES],
}

/// Where in the texts a mould is: a comma, a row, and the brace that ends it.
#[derive(Clone, Default)]
struct Place {
    kind: u32,
    serial: usize,
    text: Range<usize>,
}

/// How much of a row is struck.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// The comma that separates it from the row before, and all of it.
    Whole,
    /// All of it; there is no row before.
    First,
    /// Neither comma nor last brace: there is more to be said.
    Inner,
}

impl Moulds {
    /// Rows to come are of devices that stand so; `write` says how, where the last one stood otherwise.
    #[inline]
    pub(super) fn settle(&mut self, standing: &Standing, with_profile: bool, write: impl FnOnce(&mut Vec<u8>)) {
        if self.of.as_ref().is_none_or(|(of, with)| of != standing || *with != with_profile) {
            self.of = Some((*standing, with_profile));
            self.standing.clear();
            write(&mut self.standing);
            self.texts.clear();
            self.places.fill(Place::default());
        }
    }

    /// Writes the row of the device with this serial number; `facts` is what rows of its kind say.
    #[inline]
    pub(super) fn strike<'f>(
        &mut self,
        out: &mut Vec<u8>,
        kind: u32,
        serial: &Serial,
        facts: impl FnOnce() -> &'f [u8],
        part: Part,
    ) {
        let serial = serial.as_bytes();
        let place = &self.places[kind as usize % PLACES];
        if place.text.is_empty() || place.kind != kind || place.serial != serial.len() {
            self.cast(kind, serial.len(), facts());
        }
        let Range { start, end } = self.places[kind as usize % PLACES].text;
        let text = match part {
            Part::Whole => start..end,
            Part::First => start + 1..end,
            Part::Inner => start + 1..end - 1,
        };
        let room = out.len() + OPENING.len() + usize::from(part == Part::Whole);
        out.extend_from_slice(&self.texts[text]);
        out[room..room + serial.len()].copy_from_slice(serial);
    }

    /// Makes the mould of a kind.
    fn cast(&mut self, kind: u32, serial: usize, facts: &[u8]) {
        let start = self.texts.len();
        if self.texts.capacity() == 0 {
            self.texts.reserve(TYPICAL);
        }
        for part in [b",", OPENING, &[b' '; Serial::LONGEST][..serial], facts, &self.standing, b"}"] {
            self.texts.extend_from_slice(part);
        }
        self.places[kind as usize % PLACES] = Place { kind, serial, text: start..self.texts.len() };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_its_own_whatever_was_struck_before() {
        let mut moulds = Moulds::default();
        let mut row = |kind: u32, serial: &str, assigned_at: u32, part: Part| {
            let mut out = b"before".to_vec();
            let standing = Standing { assigned_at, ..Standing::default() };
            moulds.settle(&standing, true, |text| text.extend_from_slice(format!(" at {assigned_at}").as_bytes()));
            let facts = format!("\" of {kind}");
            moulds.strike(&mut out, kind, &serial.parse().unwrap(), || facts.as_bytes(), part);
            String::from_utf8(out).unwrap()
        };
        let devices =
            [(0, "AAAAAAAAAAAA"), (16, "BBBBBBBBBBBB"), (3, "CCCCCCCC"), (3, "DDDDDDDDDDDD"), (0, "EEEEEEEE")];
        for assigned_at in [1, 2, 1] {
            for (kind, serial) in devices.into_iter().chain(devices) {
                let wanted = format!("{{\"serial_number\":\"{serial}\" of {kind} at {assigned_at}");
                assert_eq!(row(kind, serial, assigned_at, Part::Inner), format!("before{wanted}"));
                assert_eq!(row(kind, serial, assigned_at, Part::First), format!("before{wanted}}}"));
                assert_eq!(row(kind, serial, assigned_at, Part::Whole), format!("before,{wanted}}}"));
            }
        }
    }
}
