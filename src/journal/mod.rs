//! What was said: every exchange with Apple's services, with what the simulator thought of it.
//!
//! Each organisation has a [`Journal`] of its own; what no credential leads anywhere is in the directory's. Entries keep requests and answers as they
//! were, in one piece: entering one formats nothing, and whoever wants to see one has it taken apart. Whoever shows one does so through [`View`] or [`har`], which shorten the [`secrets`] in it.

mod entry;
mod filter;
pub mod har;
mod packed;
mod pages;
pub mod secrets;
mod view;

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use parking_lot::Mutex;
use tokio::sync::Notify;
use tokio::sync::futures::Notified;

pub use entry::{Answered, Entry, Exchange};
pub use filter::{BadFilter, Filter, Since};
pub use view::View;

use crate::clock::Timestamp;
use packed::Packed;
use pages::Pages;

/// The most bytes that the exchanges of one journal take, where nothing else is said.
pub const MEMORY: usize = 8 * 1024 * 1024;

/// The exchanges of one organisation, newest last. When they fill their memory the oldest go.
#[derive(Debug)]
pub struct Journal {
    pages: Mutex<Pages>,
    memory: AtomicUsize,
    entered: Notify,
    closed: AtomicBool,
}

/// What came after an entry.
#[derive(Debug, Default)]
pub struct After {
    /// The entries, oldest first.
    pub entries: Vec<Arc<Entry>>,
    /// How many more there were that are forgotten by now.
    pub forgotten: u64,
}

impl Default for Journal {
    fn default() -> Self {
        Self {
            pages: Mutex::default(),
            memory: AtomicUsize::new(MEMORY),
            entered: Notify::new(),
            closed: AtomicBool::new(false),
        }
    }
}

impl Journal {
    /// Enters an exchange that came to its end at `at` by the organisation's clock; answers its id, counted from 1.
    pub fn enter(&self, exchange: &Exchange, at: Timestamp) -> u64 {
        let (id, forgotten) = self.pages.lock().enter(exchange, at, self.memory());
        self.entered.notify_waiters();
        // What is forgotten is in nobody's cache any more, and freeing it takes a while.
        drop(forgotten);
        id
    }

    /// Whether exchanges are kept at all.
    pub fn is_kept(&self) -> bool {
        self.memory() > 0
    }

    /// The bytes that its exchanges may take.
    pub fn memory(&self) -> usize {
        self.memory.load(Ordering::Relaxed)
    }

    /// Lets its exchanges take `bytes` from now on; 0 keeps none.
    pub fn limit_to(&self, bytes: usize) {
        if self.memory.swap(bytes, Ordering::Relaxed) > bytes {
            drop(self.pages.lock().shrink(bytes));
        }
    }

    /// What is in it now, oldest first: a look at one moment, that holds nothing up.
    pub fn entries(&self) -> Vec<Arc<Entry>> {
        let entries = self.pages.lock().entries();
        entries.iter().map(unpacked).collect()
    }

    /// The entry of this id, unless it is forgotten.
    pub fn entry(&self, id: u64) -> Option<Arc<Entry>> {
        let entry = self.pages.lock().entry(id)?;
        Some(unpacked(&entry))
    }

    /// What came after the entry `id`, the first `most` of it.
    pub fn after(&self, id: u64, most: usize) -> After {
        let pages::After { entries, forgotten } = self.pages.lock().after(id, most);
        After { entries: entries.iter().map(unpacked).collect(), forgotten }
    }

    /// The id of the newest entry that ever was; 0 before the first.
    pub fn last(&self) -> u64 {
        self.pages.lock().last()
    }

    /// Forgets everything. Ids go on from where they were.
    pub fn clear(&self) {
        drop(self.pages.lock().shrink(0));
    }

    /// Ready when the next exchange was entered, or the journal closed. Enabled from the start: what is entered between this call and the
    /// first poll counts.
    pub fn next(&self) -> Pin<Box<Notified<'_>>> {
        let mut next = Box::pin(self.entered.notified());
        next.as_mut().enable();
        next
    }

    /// Its organisation is gone: whoever waits for another exchange waits no longer.
    pub fn close(&self) {
        self.closed.store(true, Ordering::Release);
        self.entered.notify_waiters();
    }

    /// Whether its organisation is gone.
    pub fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    /// How many exchanges are kept, and about how many bytes they take.
    pub fn held(&self) -> (usize, usize) {
        self.pages.lock().held()
    }
}

fn unpacked(entry: &Packed) -> Arc<Entry> {
    Arc::new(entry.unpack())
}
