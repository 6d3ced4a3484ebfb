//! Rows that differ in nothing but the serial number.

use std::ops::Range;

use super::rows::OPENING;
use crate::organization::{Serial, Standing};

/// How many kinds of devices have a mould at a time. An order has as many as its devices have colours.
const PLACES: usize = 16;

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

#[derive(Clone, Default)]
struct Place {
    kind: u32,
    serial: usize,
    text: Range<usize>,
}

impl Moulds {
    /// Rows to come are of devices that stand `as_this`; `write` says what that is, if the last one stood otherwise.
    #[inline]
    pub(super) fn settle(&mut self, as_this: (Standing, bool), write: impl FnOnce(&mut Vec<u8>)) {
        if self.of != Some(as_this) {
            self.of = Some(as_this);
            self.standing.clear();
            write(&mut self.standing);
            self.texts.clear();
            self.places.fill(Place::default());
        }
    }

    /// Writes the row of the device with this serial number; `facts` is what rows of its kind say.
    #[inline]
    pub(super) fn strike(&mut self, out: &mut Vec<u8>, kind: u32, serial: &[u8], facts: &[u8]) {
        let place = &mut self.places[kind as usize % PLACES];
        if place.text.is_empty() || place.kind != kind || place.serial != serial.len() {
            let start = self.texts.len();
            for part in [OPENING, &[0; Serial::LONGEST][..serial.len()], facts, &self.standing] {
                self.texts.extend_from_slice(part);
            }
            *place = Place { kind, serial: serial.len(), text: start..self.texts.len() };
        }
        let room = out.len() + OPENING.len();
        out.extend_from_slice(&self.texts[place.text.clone()]);
        out[room..room + serial.len()].copy_from_slice(serial);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_its_own_whatever_was_struck_before() {
        let mut moulds = Moulds::default();
        let mut row = |kind: u32, serial: &str, assigned_at: u32| {
            let mut out = b"before".to_vec();
            let standing = Standing { assigned_at, ..Standing::default() };
            moulds.settle((standing, true), |text| text.extend_from_slice(format!(" at {assigned_at}").as_bytes()));
            moulds.strike(&mut out, kind, serial.as_bytes(), format!("\" of {kind}").as_bytes());
            String::from_utf8(out).unwrap()
        };
        let devices =
            [(0, "AAAAAAAAAAAA"), (16, "BBBBBBBBBBBB"), (3, "CCCCCCCC"), (3, "DDDDDDDDDDDD"), (0, "EEEEEEEE")];
        for assigned_at in [1, 2, 1] {
            for (kind, serial) in devices.into_iter().chain(devices) {
                let wanted = format!("before{{\"serial_number\":\"{serial}\" of {kind} at {assigned_at}");
                assert_eq!(row(kind, serial, assigned_at), wanted);
            }
        }
    }
}
