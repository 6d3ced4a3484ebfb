//! An organisation as the rest of the program holds it: its books behind a lock, and its clock's events always up to date.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::desk::{Desk, Opened};
use super::passing::Turn;
use super::schedule::Ran;
use super::{Books, Post, Snapshots};
use crate::clock::{Span, Timestamp};
use crate::journal::Journal;
use crate::random;

/// One organisation. Whoever looks at it sees everything that was due by then; nobody waits while holding its lock.
#[derive(Debug)]
pub struct Organization {
    /// Its id in the control API.
    pub id: String,
    /// Its exchanges with Apple's services.
    pub journal: Arc<Journal>,
    desk: Desk,
    answers: AtomicU64,
    answers_key: u64,
    /// Its last snapshots.
    pub snapshots: Arc<Snapshots>,
    /// What its notifications need.
    pub post: Post,
}

/// How many answers an organisation has given, and what they are numbered with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answers {
    given: u64,
    #[serde(with = "random::key")]
    key: u64,
}

impl Organization {
    /// An organisation with these books.
    pub fn new(id: String, mut books: Books) -> Self {
        let answers_key = books.random.number();
        books.recording = true;
        books.content.deliveries.resume();
        Self {
            id,
            journal: Arc::default(),
            desk: Desk::new(books),
            answers: AtomicU64::new(0),
            answers_key,
            snapshots: Arc::default(),
            post: Post::default(),
        }
    }

    /// An organisation that goes on from books that an earlier run has left.
    pub fn resumed(id: String, books: Books, answers: Answers) -> Self {
        let Answers { given, key } = answers;
        Self { answers: AtomicU64::new(given), answers_key: key, ..Self::new(id, books) }
    }

    /// The organisation that takes this one's place with other books: what belongs to it and not to its books goes over. `answers` go on
    /// from what is given, or from where they are.
    pub fn successor(&self, mut books: Books, answers: Option<Answers>) -> Self {
        let Self { id, journal, desk: _, answers: _, answers_key: _, snapshots, post: _ } = self;
        let Answers { given, key } = answers.unwrap_or_else(|| self.answers());
        books.recording = true;
        books.content.deliveries.resume();
        Self {
            id: id.clone(),
            journal: journal.clone(),
            desk: Desk::new(books),
            answers: AtomicU64::new(given),
            answers_key: key,
            snapshots: snapshots.clone(),
            post: Post::default(),
        }
    }

    /// How many answers there were.
    pub fn answers(&self) -> Answers {
        Answers { given: self.answers.load(Ordering::Relaxed), key: self.answers_key }
    }

    /// Looks at the books. Many may look at once.
    pub fn read<T>(&self, look: impl FnOnce(&Books, Timestamp) -> T) -> T {
        loop {
            let books = self.desk.read();
            let now = books.clock.now();
            if !books.schedule.is_due(now) {
                return look(&books, now);
            }
            drop(books);
            self.write(|_, _| ());
        }
    }

    /// Whether nothing is planned, no fault is there, and the clock is the wall's: then none of that has to be looked up with every call.
    #[inline]
    pub fn is_calm(&self) -> bool {
        self.desk.is_calm()
    }

    /// Changes the books.
    pub fn write<T>(&self, change: impl FnOnce(&mut Books, Timestamp) -> T) -> T {
        let mut books = self.lock();
        let now = books.clock.now();
        books.run_until(now);
        let changed = change(&mut books, now);
        self.ring(&books);
        changed
    }

    pub(super) fn lock(&self) -> Opened<'_> {
        self.desk.open()
    }

    /// Moves the clock forward by `span` and runs everything due on the way; answers what ran.
    pub fn advance(&self, span: Span) -> Vec<Ran> {
        self.turn_clock(Turn { advance: Some(span), ..Turn::default() })
    }

    /// Does with the clock what `turn` says, all at once; answers what ran: what was due when it came to that, and everything on the way.
    pub fn turn_clock(&self, turn: Turn) -> Vec<Ran> {
        let mut books = self.lock();
        let now = books.clock.now();
        let mut ran = books.run_until(now);
        ran.extend(books.turn_clock(turn));
        self.post.forget_when();
        self.ring(&books);
        ran
    }

    /// A number for the next answer, different each time and the same in every run: what its `X-Apple-Request-UUID` is made of.
    pub fn next_answer(&self) -> [u64; 2] {
        let count = self.answers.fetch_add(1, Ordering::Relaxed);
        [random::mix(self.answers_key ^ count), random::mix(self.answers_key.rotate_left(32) ^ count)]
    }
}
