//! The ends of rows, to be used again.

use std::ops::Range;

use crate::organization::Standing;

/// How many kinds of devices are remembered at a time. An order has as many as its devices have colours.
const PLACES: usize = 16;

/// What rows said after the serial number, as long as devices stand alike.
#[derive(Default)]
pub(super) struct Tails {
    /// The standing, and whether the texts speak of the profile; `None` before the first row.
    of: Option<(Standing, bool)>,
    texts: Vec<u8>,
    /// For some kinds where their text is; each has one place where it can be.
    places: [(u32, Range<usize>); PLACES],
}

impl Tails {
    /// The end of a row for a device of `kind` that stands `as_this`, made by `write` if no row before had it.
    #[inline]
    pub(super) fn tail(&mut self, kind: u32, as_this: (Standing, bool), write: impl FnOnce(&mut Vec<u8>)) -> &[u8] {
        if self.of != Some(as_this) {
            self.of = Some(as_this);
            self.texts.clear();
            self.places = Default::default();
        }
        let (known, range) = &mut self.places[kind as usize % PLACES];
        if range.is_empty() || *known != kind {
            let start = self.texts.len();
            write(&mut self.texts);
            (*known, *range) = (kind, start..self.texts.len());
        }
        &self.texts[range.clone()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tail_is_written_once_for_each_kind_and_standing() {
        let mut tails = Tails::default();
        let mut written = 0;
        let mut tail = |kind: u32, assigned_at: u32| {
            let standing = Standing { assigned_at, ..Standing::default() };
            let text = tails.tail(kind, (standing, true), |text| {
                written += 1;
                text.extend_from_slice(format!("{kind} {assigned_at}").as_bytes());
            });
            (String::from_utf8(text.to_vec()).unwrap(), written)
        };
        for (kind, assigned_at, text, written) in [
            (0, 1, "0 1", 1),
            (16, 1, "16 1", 2),
            (3, 1, "3 1", 3),
            (3, 1, "3 1", 3),
            (16, 1, "16 1", 3),
            (0, 1, "0 1", 4),
            (0, 2, "0 2", 5),
            (0, 1, "0 1", 6),
        ] {
            assert_eq!(tail(kind, assigned_at), (text.to_owned(), written));
        }
    }
}
