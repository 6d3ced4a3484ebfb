//! What was said: every exchange with Apple's services, with what the simulator thought of it.
//!
//! Each organisation has a [`Journal`] of its own; what no credential leads anywhere is in the directory's. Entries keep requests and answers as they
//! were; whoever shows one shortens the secrets in it.

mod entry;
mod pages;

use std::sync::Arc;

use parking_lot::Mutex;

pub use entry::{Answered, Entry, Exchange};

use crate::clock::Timestamp;
use pages::Pages;

/// The exchanges of one organisation, newest last. When they fill their memory the oldest go.
#[derive(Debug, Default)]
pub struct Journal {
    pages: Mutex<Pages>,
}

impl Journal {
    /// Enters an exchange that came to its end at `at` by the organisation's clock; answers its id, counted from 1.
    pub fn enter(&self, exchange: Exchange, at: Timestamp) -> u64 {
        self.pages.lock().enter(exchange, at)
    }

    /// What is in it now, oldest first: a look at one moment, that holds nothing up.
    pub fn entries(&self) -> Vec<Arc<Entry>> {
        self.pages.lock().entries()
    }
}
