//! What a page of rows is made of, noted while it is written.
//!
//! Rows of devices of one kind that stand alike differ in the serial number alone: they are struck from one mould. Which mould it was is a byte.

use std::ops::Range;
use std::sync::Arc;

use super::abridged::{Page, Piece};
use super::rows::{NO_REPLACEMENT, OPENING};
use crate::catalog::{Connectivity, Identifiers};
use crate::http::Abridged;
use crate::organization::{DeviceId, Devices, Serial};

/// A page whose texts have more bytes than this is not abridged: its rows differ too much.
const MOST: usize = 64 * 1024;
/// A page that may need more moulds than this is not abridged either. A multitude of rows is struck between two looks at their number.
const MOULDS: usize = Piece::MOULDS - MULTITUDE;
/// The most whole rows that are struck at a time.
pub(super) const MULTITUDE: usize = 64;

/// What has been written, and what it was made of.
#[derive(Debug, Default)]
pub(super) struct Parts {
    cast: Cast,
    /// What the last page that was kept was made from: the next one mostly is, too.
    before: Option<Arc<Cast>>,
    pieces: Vec<u8>,
    /// Where among the pieces the last text is that is not a row's: the next one may repeat it.
    last: Range<usize>,
    /// The devices whose rows there are, in the order of the rows: those before, and those that follow one another up to the last one.
    runs: Vec<Range<DeviceId>>,
    run: Range<DeviceId>,
    /// How many bytes the pieces had when the last row was begun.
    begun: usize,
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

/// Moulds, and their texts behind one another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Cast {
    texts: Vec<u8>,
    moulds: Vec<Mould>,
}

/// Where in the texts the row of a mould is: a comma, and a row with room for a serial number.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Mould {
    row: Range<u32>,
    /// Up to where the row is the same for devices of which there is more to be said.
    inner: u32,
    /// Where rows have identifiers, of which kind of device; they belong at `inner`.
    identified: Option<Connectivity>,
}

impl Parts {
    /// Begins a page; whether anybody keeps it.
    pub(super) fn begin(&mut self, kept: bool) {
        let Self { cast, before: _, pieces, last, runs, run, begun, covered, given_up } = self;
        cast.clear();
        pieces.clear();
        runs.clear();
        (*last, *run, *begun, *covered, *given_up) = (0..0, 0..0, 0, 0, !kept);
    }

    /// Makes sure that there is room for the moulds of a multitude; answers whether all that were there are gone.
    #[inline]
    pub(super) fn make_room(&mut self) -> bool {
        let is_full = self.cast.moulds.len() > MOULDS || self.cast.texts.len() > MOST;
        if is_full {
            self.give_up();
            self.cast.clear();
        }
        is_full
    }

    /// Makes a mould with room for a serial number of so many letters; answers its number. `identified` is of which kind of device the rows have
    /// identifiers, where they have any.
    pub(super) fn cast(
        &mut self,
        serial: usize,
        facts: &[u8],
        standing: &[u8],
        identified: Option<Connectivity>,
    ) -> u8 {
        let room = &[b' '; Serial::LONGEST][..serial];
        let Cast { texts, moulds } = &mut self.cast;
        let start = texts.len() as u32;
        [b",", OPENING, room, facts, standing].iter().for_each(|part| texts.extend_from_slice(part));
        let inner = texts.len() as u32;
        if identified.is_some() {
            texts.extend_from_slice(NO_REPLACEMENT);
        }
        texts.push(b'}');
        moulds.push(Mould { row: start..texts.len() as u32, inner, identified });
        (moulds.len() - 1) as u8
    }

    /// Writes whole rows: those of a device and of the ones that came after it, by their serial numbers and moulds. Whether they are the first
    /// ones of their page.
    // In a function of its own, all that the loop needs is in registers.
    #[inline(never)]
    pub(super) fn strike_all(
        &mut self,
        out: &mut Vec<u8>,
        first: DeviceId,
        serials: &[Serial],
        moulds: &[u8],
        are_first: bool,
    ) {
        if !self.given_up {
            self.cover(out);
            if are_first {
                self.pieces.push(Piece::FIRST);
            }
            self.pieces.extend_from_slice(moulds);
            self.note(first);
            self.run.end = first + moulds.len() as u32;
        }
        let mut rows = serials.iter().zip(moulds);
        if are_first && let Some((serial, mould)) = rows.next() {
            self.cast.strike(*mould, Part::First, serial, out);
        }
        for (serial, mould) in rows {
            self.cast.strike(*mould, Part::Whole, serial, out);
        }
        self.covered = out.len();
    }

    /// Writes the beginning of the row of a device, up to where there is more to be said.
    #[inline]
    pub(super) fn begin_row(&mut self, out: &mut Vec<u8>, device: DeviceId, serial: &Serial, mould: u8) {
        if !self.given_up {
            self.cover(out);
            self.pieces.extend_from_slice(&[Piece::INNER, mould]);
            self.begun = self.pieces.len();
            self.note(device);
        }
        self.cast.strike(mould, Part::Inner, serial, out);
        self.covered = out.len();
    }

    /// There is a row of this device.
    #[inline(always)]
    fn note(&mut self, device: DeviceId) {
        if device != self.run.end {
            self.begin_run(device);
        }
        self.run.end = device + 1;
    }

    /// The next row is that of another device than the one that came after the last one.
    #[inline(never)]
    fn begin_run(&mut self, device: DeviceId) {
        let before = std::mem::replace(&mut self.run, device..device);
        if !before.is_empty() {
            self.runs.push(before);
        }
    }

    /// Writes the identifiers of a device. They are in short where its row was begun with a mould.
    #[inline]
    pub(super) fn identify(
        &mut self,
        out: &mut Vec<u8>,
        device: DeviceId,
        serial: &Serial,
        connectivity: Connectivity,
    ) {
        let is_begun = !self.given_up && self.begun == self.pieces.len() && self.run.end == device + 1;
        if is_begun {
            self.cover(out);
            self.pieces.extend_from_slice(&[Piece::IDENTIFIERS, connectivity as u8]);
        }
        Identifiers::of(serial, connectivity).write_json_members(out);
        if is_begun {
            self.covered = out.len();
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
        if self.pieces[self.last.clone()] == *plain {
            self.pieces.push(Piece::AGAIN);
        } else {
            self.pieces.push(Piece::PLAIN);
            self.pieces.extend_from_slice(&(plain.len() as u32).to_le_bytes());
            self.last = self.pieces.len()..self.pieces.len() + plain.len();
            self.pieces.extend_from_slice(plain);
        }
        self.covered = out.len();
        if self.pieces.len() > MOST {
            self.give_up();
        }
    }

    fn give_up(&mut self) {
        self.given_up = true;
        self.last = 0..0;
        self.pieces.clear();
        self.runs.clear();
    }

    /// All of `out` in short, if it is any shorter; `devices` are those of its rows, and others.
    pub(super) fn finish(&mut self, out: &[u8], devices: &Devices) -> Option<Arc<dyn Abridged>> {
        if self.given_up {
            return None;
        }
        self.cover(out);
        self.begin_run(0);
        if self.given_up {
            return None;
        }
        let before = self.before.take().filter(|before| **before == self.cast);
        // Whoever is the first to keep a cast pays for it.
        let shared = if before.is_some() { 0 } else { self.cast.memory() };
        let cast = before.unwrap_or_else(|| Arc::new(self.cast.clone()));
        let page = Page::new(cast.clone(), shared, &self.pieces, devices.excerpt(&self.runs), out.len());
        (page.memory() < out.len() / 2).then(|| {
            self.before = Some(cast);
            Arc::new(page) as Arc<dyn Abridged>
        })
    }
}

impl Cast {
    fn clear(&mut self) {
        self.texts.clear();
        self.moulds.clear();
    }

    /// How much memory it takes, in bytes.
    fn memory(&self) -> usize {
        size_of::<Self>() + self.texts.len() + size_of_val(self.moulds.as_slice())
    }

    /// Writes a row from one of its moulds, one with room that is as long as the serial number.
    #[inline(always)]
    pub(super) fn strike(&self, mould: u8, part: Part, serial: &Serial, out: &mut Vec<u8>) {
        let Mould { row: Range { start, end }, inner, identified } = &self.moulds[usize::from(mould)];
        let (start, end, inner) = (*start as usize, *end as usize, *inner as usize);
        let identified = identified.filter(|_| part != Part::Inner);
        let comma = usize::from(part == Part::Whole);
        let stop = if part == Part::Inner || identified.is_some() { inner } else { end };
        let room = out.len() + OPENING.len() + comma;
        out.extend_from_slice(&self.texts[start + 1 - comma..stop]);
        serial.write_over(&mut out[room..]);
        if let Some(connectivity) = identified {
            Identifiers::of(serial, connectivity).write_json_members(out);
            out.extend_from_slice(&self.texts[inner..end]);
        }
    }
}
