//! Cursors of the lists of subscriptions.

use base64::prelude::{BASE64_STANDARD, Engine};

use super::seal::{Seal, open_uuid, uuid};

/// A list that is read from cursor to cursor; a cursor of one is none of another.
#[derive(Clone, Copy)]
pub(super) enum List {
    Subscriptions,
    Assignments,
    Admins,
}

impl List {
    /// How many numbers stand for each place: one for each list.
    const COUNT: u64 = 3;

    /// The cursor of a place, in base64 as Apple's look.
    pub(super) fn cursor(self, key: u64, place: u64) -> String {
        BASE64_STANDARD.encode(uuid(key, Seal::Cursor, place * Self::COUNT + self as u64, 4))
    }

    /// The place that a cursor of this list names.
    pub(super) fn open_cursor(self, key: u64, cursor: &str) -> Option<u64> {
        let text = String::from_utf8(BASE64_STANDARD.decode(cursor).ok()?).ok()?;
        let number = open_uuid(key, Seal::Cursor, &text, 4)?;
        (number % Self::COUNT == self as u64).then_some(number / Self::COUNT)
    }
}
