//! Where an organisation's books lie.

use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::{RwLock, RwLockReadGuard, RwLockWriteGuard};

use super::Books;

/// The books behind their lock, and what is asked of them with every call and is seldom otherwise: that takes no lock.
#[derive(Debug)]
pub(super) struct Desk {
    books: RwLock<Books>,
    is_calm: AtomicBool,
}

/// Books that somebody changes.
pub(super) struct Opened<'a> {
    books: RwLockWriteGuard<'a, Books>,
    is_calm: &'a AtomicBool,
}

impl Desk {
    pub(super) fn new(books: Books) -> Self {
        let is_calm = AtomicBool::new(is_calm(&books));
        Self { books: RwLock::new(books), is_calm }
    }

    #[inline]
    pub(super) fn read(&self) -> RwLockReadGuard<'_, Books> {
        self.books.read()
    }

    pub(super) fn open(&self) -> Opened<'_> {
        Opened { books: self.books.write(), is_calm: &self.is_calm }
    }

    /// Whether nothing is planned, no fault is there, and the clock is the wall's.
    #[inline]
    pub(super) fn is_calm(&self) -> bool {
        self.is_calm.load(Ordering::Acquire)
    }
}

fn is_calm(books: &Books) -> bool {
    books.schedule.next_at().is_none() && books.faults.is_empty() && books.clock.is_wall()
}

impl Deref for Opened<'_> {
    type Target = Books;

    fn deref(&self) -> &Books {
        &self.books
    }
}

impl DerefMut for Opened<'_> {
    fn deref_mut(&mut self) -> &mut Books {
        &mut self.books
    }
}

impl Drop for Opened<'_> {
    fn drop(&mut self) {
        self.is_calm.store(is_calm(&self.books), Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::clock::{Clock, Mode, Span, Timestamp};
    use crate::faults::Rule;
    use crate::organization::Organization;
    use crate::organization::schedule::Event;
    use crate::scenario::{Founding, SourceFile, Surroundings, found, read};

    fn organization() -> Organization {
        let files = [SourceFile::new("test.yaml", "version: 1\norganizations: [{name: Acme}]")];
        let scenario = read(&files, &Surroundings::house()).unwrap();
        let founding =
            Founding { id: "acme", content: "acme", seed: 7, clock: scenario.clock, began: Timestamp::from_seconds(1) };
        let mut books = found(&scenario.organizations[0], founding).unwrap();
        books.clock = Clock::default();
        Organization::new("acme".to_owned(), books)
    }

    #[test]
    fn an_organization_is_calm_until_there_is_a_fault_a_plan_or_another_clock() {
        let acme = organization();
        assert!(acme.is_calm());
        let rule = Rule::read(&json!({"on": "enrollment.account", "do": {"status": 503}})).unwrap();
        acme.write(|books, now| _ = books.faults.add(rule, now));
        assert!(!acme.is_calm());
        acme.write(|books, _| books.faults.clear());
        assert!(acme.is_calm());
        acme.write(|books, now| books.schedule.plan(now + Span::from_days(1), Event::OrderArrives { order: 0 }));
        assert!(!acme.is_calm());
        acme.write(|books, _| books.schedule.call_off(|_| true));
        assert!(acme.is_calm());
        acme.write(|books, _| books.clock = Clock::new(Timestamp::from_seconds(1), Mode::Frozen, 1.0));
        assert!(!acme.is_calm());
    }
}
