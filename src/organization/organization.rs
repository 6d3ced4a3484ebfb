//! An organisation as the rest of the program holds it: its books behind a lock, and its clock's events always up to date.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::RwLock;

use super::Books;
use super::schedule::Ran;
use crate::clock::{Mode, Span, Timestamp};
use crate::journal::Journal;
use crate::random;

/// One organisation. Whoever looks at it sees everything that was due by then; nobody waits while holding its lock.
#[derive(Debug)]
pub struct Organization {
    /// Its id in the control API.
    pub id: String,
    /// Its exchanges with Apple's services.
    pub journal: Arc<Journal>,
    books: RwLock<Books>,
    answers: AtomicU64,
    answers_key: u64,
    /// Sessions opened before this many "end all sessions" are over.
    session_epoch: AtomicU64,
}

impl Organization {
    /// An organisation with these books.
    pub fn new(id: String, mut books: Books) -> Self {
        let answers_key = books.random.number();
        books.recording = true;
        Self {
            id,
            journal: Arc::default(),
            books: RwLock::new(books),
            answers: AtomicU64::new(0),
            answers_key,
            session_epoch: AtomicU64::new(0),
        }
    }

    /// Looks at the books. Many may look at once.
    pub fn read<T>(&self, look: impl FnOnce(&Books, Timestamp) -> T) -> T {
        loop {
            let books = self.books.read();
            let now = books.clock.now();
            if !books.schedule.is_due(now) {
                return look(&books, now);
            }
            drop(books);
            self.write(|_, _| ());
        }
    }

    /// Changes the books.
    pub fn write<T>(&self, change: impl FnOnce(&mut Books, Timestamp) -> T) -> T {
        let mut books = self.books.write();
        let now = books.clock.now();
        books.run_until(now);
        change(&mut books, now)
    }

    /// Moves the clock forward by `span` and runs everything due on the way; answers what ran.
    pub fn advance(&self, span: Span) -> Vec<Ran> {
        let target = self.read(|_, now| now + span);
        self.set_clock(target)
    }

    /// Sets the clock to `moment` and runs everything due by then; answers what ran. A moment in the past runs nothing.
    pub fn set_clock(&self, moment: Timestamp) -> Vec<Ran> {
        let mut books = self.books.write();
        let moment = moment.min(Timestamp::LAST);
        let ran = books.run_until(moment);
        books.clock.set(moment);
        ran
    }

    /// Freezes the clock or lets it run.
    pub fn set_mode(&self, mode: Mode) {
        self.write(|books, _| books.clock.set_mode(mode));
    }

    /// A number for the next answer, different each time and the same in every run: what its `X-Apple-Request-UUID` is made of.
    pub fn next_answer(&self) -> [u64; 2] {
        let count = self.answers.fetch_add(1, Ordering::Relaxed);
        [random::mix(self.answers_key ^ count), random::mix(self.answers_key.rotate_left(32) ^ count)]
    }

    /// The epoch that a session opened now belongs to.
    pub fn session_epoch(&self) -> u64 {
        self.session_epoch.load(Ordering::Relaxed)
    }

    /// Ends all sessions: their next call gets 401.
    pub fn end_sessions(&self) {
        self.session_epoch.fetch_add(1, Ordering::Relaxed);
    }
}
