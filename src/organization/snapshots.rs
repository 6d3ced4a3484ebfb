//! The last snapshots of an organisation, kept to be compared with what became of it.

use std::collections::VecDeque;
use std::sync::Arc;

use parking_lot::Mutex;

use super::Books;
use crate::clock::Timestamp;

/// How many are remembered; the oldest go first.
const REMEMBERED: usize = 16;

/// A snapshot that is remembered: the books themselves, not the document.
#[derive(Clone, Debug)]
pub struct Remembered {
    /// Its id.
    pub id: String,
    /// What the organisation's clock showed.
    pub at: Timestamp,
    /// The books as they were.
    pub books: Arc<Books>,
}

/// The snapshots that an organisation remembers. They outlive the putting back of one.
#[derive(Debug, Default)]
pub struct Snapshots(Mutex<Album>);

#[derive(Debug, Default)]
struct Album {
    taken: u64,
    kept: VecDeque<Remembered>,
}

impl Snapshots {
    /// Remembers the books of the organisation `organization` as a new snapshot.
    pub fn take(&self, organization: &str, at: Timestamp, books: Arc<Books>) -> Remembered {
        let mut album = self.0.lock();
        let id = loop {
            album.taken += 1;
            let id = format!("{organization}-{}", album.taken);
            // One with this id may have come with a document of an earlier run.
            if !album.kept.iter().any(|kept| kept.id == id) {
                break id;
            }
        };
        let taken = Remembered { id, at, books };
        album.keep(taken.clone());
        taken
    }

    /// Remembers books that were put back under the id of their document.
    pub fn put(&self, put: Remembered) {
        let mut album = self.0.lock();
        album.kept.retain(|kept| kept.id != put.id);
        album.keep(put);
    }

    /// The snapshot with this id, if it is still remembered.
    pub fn find(&self, id: &str) -> Option<Remembered> {
        self.0.lock().kept.iter().find(|kept| kept.id == id).cloned()
    }

    /// The ids of all that are remembered, the oldest first.
    pub fn ids(&self) -> Vec<String> {
        self.0.lock().kept.iter().map(|kept| kept.id.clone()).collect()
    }
}

impl Album {
    fn keep(&mut self, snapshot: Remembered) {
        self.kept.push_back(snapshot);
        if self.kept.len() > REMEMBERED {
            self.kept.pop_front();
        }
    }
}
