//! The memory of a journal.

use std::collections::VecDeque;

use bytes::BytesMut;

use super::Exchange;
use super::packed::Packed;
use crate::clock::Timestamp;

/// Texts lie in blocks of this many bytes at most; an organisation that says little gets a small one.
const BLOCK: usize = 64 * 1024;
const FIRST_BLOCK: usize = 4 * 1024;

/// Entries, oldest first; their ids follow one another.
#[derive(Debug, Default)]
pub(super) struct Pages {
    entries: VecDeque<Packed>,
    /// Where the next one's texts go.
    block: BytesMut,
    entered: u64,
    bytes: usize,
}

/// Entries that are forgotten: to be dropped when nobody waits for the journal.
pub(super) type Forgotten = Vec<Packed>;

/// What came after an entry.
pub(super) struct After {
    pub(super) entries: Vec<Packed>,
    pub(super) forgotten: u64,
}

impl Pages {
    pub(super) fn enter(&mut self, exchange: &Exchange, at: Timestamp, memory: usize) -> (u64, Forgotten) {
        /// Most exchanges fit into what is left.
        const TYPICAL: usize = 2_048;
        if self.block.capacity() < TYPICAL {
            self.block = BytesMut::with_capacity(self.bytes.clamp(FIRST_BLOCK, BLOCK));
        }
        self.entered += 1;
        let entry = Packed::new(self.entered, at, exchange, &mut self.block);
        self.bytes += entry.bytes();
        self.entries.push_back(entry);
        // The newest stays, however large: somebody is about to ask for it.
        let forgotten = self.forget_until(|pages| pages.bytes <= memory || (memory > 0 && pages.entries.len() <= 1));
        (self.entered, forgotten)
    }

    /// Forgets the oldest until the rest fits into `memory`.
    pub(super) fn shrink(&mut self, memory: usize) -> Forgotten {
        self.forget_until(|pages| pages.bytes <= memory)
    }

    fn forget_until(&mut self, fits: impl Fn(&Self) -> bool) -> Forgotten {
        let mut forgotten = Vec::new();
        while !fits(self) {
            let Some(oldest) = self.entries.pop_front() else { break };
            self.bytes -= oldest.bytes();
            if forgotten.is_empty() {
                // Mostly one goes where one comes.
                forgotten.reserve_exact(1);
            }
            forgotten.push(oldest);
        }
        forgotten
    }

    pub(super) fn entries(&self) -> Vec<Packed> {
        self.entries.iter().cloned().collect()
    }

    pub(super) fn entry(&self, id: u64) -> Option<Packed> {
        let first = self.entries.front()?.id;
        self.entries.get(usize::try_from(id.checked_sub(first)?).ok()?).cloned()
    }

    pub(super) fn after(&self, id: u64, most: usize) -> After {
        // An id that there never was is of another run: then everything is new.
        let id = if id > self.entered { 0 } else { id };
        let first = self.entered + 1 - self.entries.len() as u64;
        let forgotten = first.saturating_sub(id + 1);
        let skipped = usize::try_from((id + 1).saturating_sub(first)).unwrap_or(usize::MAX);
        After { entries: self.entries.iter().skip(skipped).take(most).cloned().collect(), forgotten }
    }

    pub(super) fn last(&self) -> u64 {
        self.entered
    }

    pub(super) fn held(&self) -> (usize, usize) {
        (self.entries.len(), self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bytes::Bytes;

    use super::*;
    use crate::http::{Request, Scheme, Via};

    const MEMORY: usize = 100_000;

    fn exchange(body: usize) -> Exchange {
        let here = "127.0.0.1:8443".parse().unwrap();
        let via = Via { scheme: Scheme::Https, peer: here, local: here, listener: 0, stands_in: false };
        let head = http::Request::new(()).into_parts().0;
        Exchange {
            operation: "test",
            server: None,
            request: Request { via, head, body: Bytes::from(vec![b'x'; body]) },
            answer: None,
            duration: Duration::ZERO,
            began: Timestamp::default(),
            fault: None,
            why: Vec::new(),
            refs: Vec::new(),
        }
    }

    fn filled(bodies: &[usize]) -> Pages {
        let mut pages = Pages::default();
        for body in bodies {
            pages.enter(&exchange(*body), Timestamp::default(), MEMORY);
        }
        pages
    }

    fn ids(entries: &[Packed]) -> Vec<u64> {
        entries.iter().map(|entry| entry.id).collect()
    }

    #[test]
    fn the_oldest_are_forgotten_when_memory_is_full() {
        let pages = filled(&[30_000; 10]);
        assert!(pages.bytes <= MEMORY, "{}", pages.bytes);
        assert_eq!(ids(&pages.entries()), [8, 9, 10]);
    }

    #[test]
    fn one_that_is_too_large_for_all_is_kept_alone() {
        let mut pages = filled(&[10, 10, 200_000]);
        assert_eq!(ids(&pages.entries()), [3]);
        pages.enter(&exchange(10), Timestamp::default(), MEMORY);
        assert_eq!(ids(&pages.entries()), [4]);
    }

    #[test]
    fn nothing_is_kept_without_memory() {
        let mut pages = filled(&[10]);
        pages.shrink(0);
        pages.enter(&exchange(10), Timestamp::default(), 0);
        assert_eq!((pages.entries().len(), pages.bytes, pages.last()), (0, 0, 2));
    }

    #[test]
    fn what_came_after_is_found_and_what_is_forgotten_is_counted() {
        let mut pages = filled(&[10; 5]);
        assert_eq!(ids(&pages.after(3, 10).entries), [4, 5]);
        assert_eq!(ids(&pages.after(0, 2).entries), [1, 2]);
        assert_eq!(ids(&pages.after(99, 10).entries), [1, 2, 3, 4, 5], "an id of another run");
        assert!(pages.after(5, 10).entries.is_empty());
        pages.shrink(pages.bytes * 2 / 5);
        let after = pages.after(1, 10);
        assert_eq!((ids(&after.entries), after.forgotten), (vec![4, 5], 2));
        assert_eq!(pages.after(3, 10).forgotten, 0);
        assert_eq!(pages.entry(4).unwrap().id, 4);
        assert!(pages.entry(3).is_none() && pages.entry(6).is_none());
        pages.shrink(0);
        assert_eq!(pages.after(2, 10).forgotten, 3);
        assert_eq!(pages.after(5, 10).forgotten, 0);
    }
}
