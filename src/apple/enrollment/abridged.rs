//! A page of rows in short: which texts it is made of, and whose serial numbers were set into them.
//!
//! A thousand rows have some 280 KB, and say little that the rows before have not said. In short they have 2, mostly a byte for each row: devices
//! that came one after another follow one another, their serial numbers are the organisation's, and pages that follow one another are made from
//! the same moulds.

use std::sync::Arc;

use super::parts::{Cast, Part};
use crate::catalog::{Connectivity, Identifiers};
use crate::http::Abridged;
use crate::organization::{Excerpt, Serial};

/// Bytes with which pieces begin. One below [`Piece::MOULDS`] is a piece: the whole row of the next device, with a comma before it, from the
/// mould of this number.
pub(super) enum Piece {}

impl Piece {
    /// How many moulds can have a number.
    pub(super) const MOULDS: usize = 0xf0;
    /// A whole row without a comma: there is none before it. The number of its mould is behind it.
    pub(super) const FIRST: u8 = 0xf0;
    /// A row without a comma and the last brace: there is more to be said. The number of its mould is behind it.
    pub(super) const INNER: u8 = 0xf1;
    /// A text. Its length, four bytes, and the text itself are behind it.
    pub(super) const PLAIN: u8 = 0xf2;
    /// The text that was the last one.
    pub(super) const AGAIN: u8 = 0xf3;
    /// The identifiers of the device whose row was begun. The number of its kind of connectivity is behind it.
    pub(super) const IDENTIFIERS: u8 = 0xf4;
}

/// A page in short.
#[derive(Debug)]
pub(super) struct Page {
    cast: Arc<Cast>,
    pieces: Box<[u8]>,
    /// Those of its rows.
    serials: Excerpt,
    length: usize,
    memory: usize,
}

impl Page {
    /// A page of so many bytes; `shared` are the bytes of its cast for which it answers.
    pub(super) fn new(cast: Arc<Cast>, shared: usize, pieces: &[u8], serials: Excerpt, length: usize) -> Self {
        let memory = size_of::<Self>() + shared + pieces.len() + serials.memory();
        Self { cast, pieces: pieces.into(), serials, length, memory }
    }
}

impl Abridged for Page {
    fn written(&self) -> Vec<u8> {
        let mut writing = Writing { cast: &self.cast, serials: self.serials.iter(), begun: None, plain: &[] };
        let mut out = Vec::with_capacity(self.length);
        let mut pieces = &*self.pieces;
        while let Some(rest) = writing.write(pieces, &mut out) {
            pieces = rest;
        }
        out
    }

    fn length(&self) -> usize {
        self.length
    }

    fn memory(&self) -> usize {
        self.memory
    }
}

/// A page that is being written again.
struct Writing<'a, Serials> {
    cast: &'a Cast,
    /// Those of the rows to come.
    serials: Serials,
    /// That of the row before.
    begun: Option<&'a Serial>,
    /// The text before.
    plain: &'a [u8],
}

impl<'a, Serials: Iterator<Item = &'a Serial>> Writing<'a, Serials> {
    /// Writes the first of `pieces`; answers the others. None where there is none that can be read.
    fn write(&mut self, pieces: &'a [u8], out: &mut Vec<u8>) -> Option<&'a [u8]> {
        let (&piece, mut rest) = pieces.split_first()?;
        let mut behind = || {
            let (&number, others) = rest.split_first()?;
            rest = others;
            Some(number)
        };
        match piece {
            Piece::FIRST => self.strike(behind()?, Part::First, out)?,
            Piece::INNER => self.strike(behind()?, Part::Inner, out)?,
            Piece::IDENTIFIERS => {
                let connectivity = *Connectivity::ALL.get(usize::from(behind()?))?;
                Identifiers::of(self.begun?, connectivity).write_json_members(out);
            }
            Piece::PLAIN => {
                let (length, others) = rest.split_first_chunk()?;
                (self.plain, rest) = others.split_at_checked(u32::from_le_bytes(*length) as usize)?;
                out.extend_from_slice(self.plain);
            }
            Piece::AGAIN => out.extend_from_slice(self.plain),
            mould => self.strike(mould, Part::Whole, out)?,
        }
        Some(rest)
    }

    fn strike(&mut self, mould: u8, part: Part, out: &mut Vec<u8>) -> Option<()> {
        let serial = self.serials.next()?;
        self.cast.strike(mould, part, serial, out);
        self.begun = Some(serial);
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::moulds::{Likeness, Moulds};
    use super::*;
    use crate::organization::{Device, DeviceId, Devices, Standing};

    /// What a row is made of: its kind, its standing, what is written after it, and whether identifiers are.
    type Drawn = (u32, u32, String, bool);

    fn rows() -> impl Strategy<Value = Vec<Drawn>> {
        prop::collection::vec((0..20u32, 0..3u32, "(,|,same|[a-z]{0,6})", any::<bool>()), 0..300)
    }

    fn add(devices: &mut Devices, serial: &str) -> DeviceId {
        devices.add(serial.parse().unwrap(), Device::new(0, 0))
    }

    /// The page as it was written, and in short: many rows at a time, and alone, and others between them.
    fn page(rows: &[Drawn], filler: usize) -> (Vec<u8>, Option<Arc<dyn Abridged>>) {
        let mut devices = Devices::default();
        let mut places = Vec::new();
        for (number, (kind, ..)) in rows.iter().enumerate() {
            // Some that came between are at another server.
            for between in 0..*kind / 15 {
                add(&mut devices, &format!("B02{}", 10_000 * (between + 1) as usize + number));
            }
            let width = 5 + number / 100 % 7;
            places.push(add(&mut devices, &format!("C02{number:0width$}")));
            if *kind >= 18 {
                add(&mut devices, &format!("D02{number:0width$}"));
            }
        }
        let mut moulds = Moulds::for_page(true);
        let mut out = b"[".to_vec();
        for (number, ((kind, standing, after, identified), device)) in rows.iter().zip(places).enumerate() {
            let serial = devices.serial(device);
            let standing = Standing { assigned_at: *standing, ..Standing::default() };
            let of = Likeness { kind: *kind, standing: &standing, with_profile: true };
            let says = |text: &mut Vec<u8>| text.extend_from_slice(&vec![b's'; filler]);
            let facts = (&b"\" and what its kind has"[..], (*kind > 10).then_some(Connectivity::Esim));
            let mould = moulds.find(of, serial).unwrap_or_else(|| moulds.make(of, serial, facts, says));
            match number / 30 % 3 {
                0 => moulds.begin_row(&mut out, device, serial, mould),
                which => {
                    let (_, serials) = devices.stretch(&[device, device + 1][..1 + *kind as usize / 18]);
                    moulds.strike_all(&mut out, device, serials, &[mould, mould][..serials.len()], which == 1);
                }
            }
            if *identified {
                moulds.identify(&mut out, device, serial, Connectivity::DualSim);
            }
            out.extend_from_slice(after.as_bytes());
        }
        out.push(b']');
        let short = moulds.abridged(&out, &devices);
        (out, short)
    }

    proptest! {
        #[test]
        fn what_is_abridged_is_written_again_byte_for_byte(rows in rows(), filler in 0..300usize) {
            let (out, short) = page(&rows, filler);
            if let Some(short) = short {
                prop_assert_eq!(short.length(), out.len());
                prop_assert_eq!(short.written(), out);
                prop_assert!(short.memory() < short.length());
            }
        }
    }

    #[test]
    fn a_page_that_repeats_itself_is_kept_in_a_twentieth_of_its_size_or_less_and_one_that_does_not_as_it_is() {
        let alike: Vec<Drawn> = (0..1_000).map(|_| (1, 1, String::new(), false)).collect();
        let (out, short) = page(&alike, 200);
        let first = short.unwrap().memory();
        assert!(first < out.len() / 20, "{first} of {}", out.len());
        let second = page(&alike, 200).1.unwrap();
        assert!(second.memory() + 1_000 < first, "it shares what it is made from: {} and {first}", second.memory());
        assert_eq!(second.written(), out);
        let differing: Vec<Drawn> = (0..1_000).map(|number| (1, number, String::new(), false)).collect();
        assert!(page(&differing, 200).1.is_none());
    }
}
