//! A page of rows in short: which texts it is made of, and the serial numbers that were set into them.
//!
//! A thousand rows have some 280 KB, and say little that the rows before have not said. In short they have 18.

use std::ops::Range;
use std::sync::Arc;

use super::rows::OPENING;
use crate::catalog::{Connectivity, Identifiers};
use crate::http::Abridged;
use crate::organization::Serial;

/// A page whose texts have more bytes than this is not abridged: its rows differ too much.
const MOST: usize = 64 * 1024;

/// How many letters serial numbers had until 2021.
const TWELVE: usize = 12;

/// What a page is made of.
#[derive(Debug, Default)]
pub(super) struct Parts {
    /// Every text that there was, once.
    texts: Vec<u8>,
    moulds: Vec<Mould>,
    pieces: Vec<Piece>,
    /// The last text that was written out, which the next one may repeat.
    last: Range<u32>,
    /// The bytes of the page that the pieces make up.
    covered: usize,
    /// The page is not abridged: nobody would keep it, or it cannot be.
    given_up: bool,
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

/// Where in the texts the row of a mould is: a comma, a row with room for a serial number, and the brace that ends it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Mould {
    text: Range<u32>,
    /// How long serial numbers are for which it has room.
    serial: u8,
}

/// 16 bytes: there is one for every row.
#[derive(Clone, Debug)]
enum Piece {
    /// A row, or a part of it, from a mould.
    Row { part: Part, mould: u8, serial: [u8; Serial::LONGEST] },
    /// A text as it is.
    Plain(Range<u32>),
    /// The identifiers of the device whose row was begun.
    Identifiers(Connectivity),
}

const _: () = assert!(size_of::<Piece>() == 16);

impl Parts {
    /// Those of a page that nobody keeps.
    pub(super) fn forgotten() -> Self {
        Self { given_up: true, ..Self::default() }
    }

    /// Room for `count` pieces, and for texts of this many bytes.
    pub(super) fn with_capacity(count: usize, texts: usize) -> Self {
        Self { pieces: Vec::with_capacity(count), texts: Vec::with_capacity(texts), ..Self::default() }
    }

    /// Whether texts may go for others: there are many, and no piece is made of them.
    pub(super) fn is_full(&self) -> bool {
        self.given_up && self.texts.len() > MOST
    }

    /// Forgets all texts.
    pub(super) fn clear(&mut self) {
        self.texts.clear();
    }

    /// Makes a mould with room for a serial number of so many letters.
    pub(super) fn cast(&mut self, serial: usize, facts: &[u8], standing: &[u8]) -> (u8, Mould) {
        let room = &[b' '; Serial::LONGEST][..serial];
        let text = self.add(&[b",", OPENING, room, facts, standing, b"}"]);
        let mould = Mould { text, serial: serial as u8 };
        let number = u8::try_from(self.moulds.len()).unwrap_or_else(|_| {
            self.give_up();
            0
        });
        if !self.given_up {
            self.moulds.push(mould.clone());
        }
        (number, mould)
    }

    /// Writes a row of this mould, or a part of it.
    #[inline(always)]
    pub(super) fn strike(&mut self, out: &mut Vec<u8>, number: u8, mould: &Mould, serial: &Serial, part: Part) {
        let begin = out.len();
        if !self.given_up {
            self.cover(out);
            self.pieces.push(Piece::Row { part, mould: number, serial: *serial.padded() });
        }
        mould.strike(&self.texts, part, serial.as_bytes(), out);
        self.covered += out.len() - begin;
    }

    /// Writes the identifiers of the device whose row was begun.
    #[inline]
    pub(super) fn identify(&mut self, out: &mut Vec<u8>, serial: &Serial, connectivity: Connectivity) {
        let begin = out.len();
        let is_begun = match self.pieces.last() {
            Some(Piece::Row { serial: begun, .. }) => begun == serial.padded(),
            _ => false,
        };
        if is_begun {
            self.cover(out);
            self.pieces.push(Piece::Identifiers(connectivity));
        }
        Identifiers::of(serial, connectivity).write_json_members(out);
        if is_begun {
            self.covered += out.len() - begin;
        }
    }

    /// What was written since the last piece is a piece of its own.
    #[inline]
    fn cover(&mut self, out: &[u8]) {
        if self.covered < out.len() {
            self.cover_plain(out);
        }
    }

    #[inline(never)]
    fn cover_plain(&mut self, out: &[u8]) {
        let plain = &out[self.covered..];
        if self.texts[wide(&self.last)] != *plain {
            self.last = self.add(&[plain]);
        }
        self.pieces.push(Piece::Plain(self.last.clone()));
        self.covered = out.len();
    }

    /// Puts a text behind the others.
    fn add(&mut self, text: &[&[u8]]) -> Range<u32> {
        let start = self.texts.len() as u32;
        text.iter().for_each(|part| self.texts.extend_from_slice(part));
        if self.texts.len() > MOST {
            self.give_up();
        }
        start..self.texts.len() as u32
    }

    fn give_up(&mut self) {
        self.given_up = true;
        self.pieces = Vec::new();
    }

    /// All of `out` in short, if it is any shorter.
    pub(super) fn finish(mut self, out: &[u8]) -> Option<Arc<dyn Abridged>> {
        if self.given_up {
            return None;
        }
        self.cover(out);
        let page = Page { texts: self.texts, moulds: self.moulds, pieces: self.pieces, length: out.len() };
        (!self.given_up && page.memory() < out.len() / 2).then(|| Arc::new(page) as Arc<dyn Abridged>)
    }
}

impl Mould {
    /// Whether it has room for this serial number.
    #[inline]
    pub(super) fn fits(&self, serial: &Serial) -> bool {
        usize::from(self.serial) == serial.as_bytes().len()
    }

    #[inline(always)]
    fn strike(&self, texts: &[u8], part: Part, serial: &[u8], out: &mut Vec<u8>) {
        let Range { start, end } = wide(&self.text);
        let (text, comma) = match part {
            Part::Whole => (start..end, 1),
            Part::First => (start + 1..end, 0),
            Part::Inner => (start + 1..end - 1, 0),
        };
        let room = out.len() + OPENING.len() + comma;
        out.extend_from_slice(&texts[text]);
        let room = &mut out[room..room + serial.len()];
        match serial.len() {
            // Nearly all have twelve letters, and these are copied without a call.
            TWELVE => room[..TWELVE].copy_from_slice(&serial[..TWELVE]),
            _ => room.copy_from_slice(serial),
        }
    }
}

#[derive(Debug)]
struct Page {
    texts: Vec<u8>,
    moulds: Vec<Mould>,
    pieces: Vec<Piece>,
    length: usize,
}

impl Abridged for Page {
    fn written(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.length);
        let mut begun: &[u8] = &[];
        for piece in &self.pieces {
            match piece {
                Piece::Plain(text) => out.extend_from_slice(&self.texts[wide(text)]),
                Piece::Row { part, mould, serial } => {
                    let mould = &self.moulds[usize::from(*mould)];
                    begun = &serial[..usize::from(mould.serial)];
                    mould.strike(&self.texts, *part, begun, &mut out);
                }
                Piece::Identifiers(connectivity) => {
                    if let Some(serial) = Serial::from_bytes(begun) {
                        Identifiers::of(&serial, *connectivity).write_json_members(&mut out);
                    }
                }
            }
        }
        out
    }

    fn length(&self) -> usize {
        self.length
    }

    fn memory(&self) -> usize {
        let moulds = self.moulds.capacity() * size_of::<Mould>();
        size_of::<Self>() + self.texts.capacity() + moulds + self.pieces.capacity() * size_of::<Piece>()
    }
}

fn wide(range: &Range<u32>) -> Range<usize> {
    range.start as usize..range.end as usize
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::moulds::{Likeness, Moulds};
    use super::*;
    use crate::organization::Standing;

    /// What a row is made of: its kind, its standing, what is written after it, and whether identifiers are.
    type Row = (u32, u32, String, bool);

    fn rows() -> impl Strategy<Value = Vec<Row>> {
        prop::collection::vec((0..20u32, 0..3u32, "(,|,same|[a-z]{0,6})", any::<bool>()), 0..300)
    }

    /// The page as it was written, and in short.
    fn page(rows: &[Row], filler: usize) -> (Vec<u8>, Option<Arc<dyn Abridged>>) {
        let mut moulds = Moulds::for_rows(rows.len(), 1, true);
        let mut out = b"[".to_vec();
        for (number, (kind, standing, after, identified)) in rows.iter().enumerate() {
            let serial: Serial = format!("C02{number:0width$}", width = 5 + number / 100 % 7).parse().unwrap();
            let standing = Standing { assigned_at: *standing, ..Standing::default() };
            let of = Likeness { kind: *kind, standing: &standing, with_profile: true };
            let part = [Part::First, Part::Whole, Part::Inner][number / 30 % 3];
            let says = |text: &mut Vec<u8>| text.extend_from_slice(&vec![b's'; filler]);
            moulds.strike(&mut out, of, &serial, part, || b"\" and what its kind has", says);
            if *identified {
                moulds.identify(&mut out, &serial, Connectivity::DualSim);
            }
            out.extend_from_slice(after.as_bytes());
        }
        out.push(b']');
        let short = moulds.abridged(&out);
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
    fn a_page_that_repeats_itself_is_kept_in_a_twelfth_of_its_size_and_one_that_does_not_as_it_is() {
        let alike: Vec<Row> = (0..1_000).map(|_| (1, 1, String::new(), false)).collect();
        let (out, short) = page(&alike, 200);
        let short = short.unwrap().memory();
        assert!(short < out.len() / 12, "{short} of {}", out.len());
        let differing: Vec<Row> = (0..1_000).map(|number| (1, number, String::new(), false)).collect();
        assert!(page(&differing, 200).1.is_none());
    }
}
