//! How many connections there are and were.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// The connections of a server, counted.
#[derive(Debug, Default)]
pub struct Traffic {
    accepted: AtomicU64,
    closed: AtomicU64,
}

/// A connection, counted as open until this is dropped.
pub(super) struct Counted(Arc<Traffic>);

impl Traffic {
    /// Connections accepted so far.
    pub fn accepted(&self) -> u64 {
        self.accepted.load(Relaxed)
    }

    /// Connections open now.
    pub fn open(&self) -> u64 {
        // Read in this order, so that one that ends in between is not missing.
        let closed = self.closed.load(Relaxed);
        self.accepted().saturating_sub(closed)
    }

    /// Counts one more.
    pub(super) fn enter(self: &Arc<Self>) -> Counted {
        self.accepted.fetch_add(1, Relaxed);
        Counted(Arc::clone(self))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.closed.fetch_add(1, Relaxed);
    }
}
