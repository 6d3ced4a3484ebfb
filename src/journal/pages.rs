//! The memory of a journal.

use std::collections::VecDeque;
use std::sync::Arc;

use super::{Entry, Exchange};
use crate::clock::Timestamp;

/// The most bytes that the exchanges of one journal may take.
const MEMORY: usize = 8 * 1024 * 1024;

/// Entries, oldest first.
#[derive(Debug, Default)]
pub(super) struct Pages {
    entries: VecDeque<Arc<Entry>>,
    entered: u64,
    bytes: usize,
}

impl Pages {
    pub(super) fn enter(&mut self, exchange: Exchange, at: Timestamp) -> u64 {
        self.entered += 1;
        self.bytes += exchange.bytes();
        self.entries.push_back(Arc::new(Entry { id: self.entered, at, exchange }));
        while self.bytes > MEMORY && self.entries.len() > 1 {
            let Some(oldest) = self.entries.pop_front() else { break };
            self.bytes -= oldest.exchange.bytes();
        }
        self.entered
    }

    pub(super) fn entries(&self) -> Vec<Arc<Entry>> {
        self.entries.iter().cloned().collect()
    }
}
