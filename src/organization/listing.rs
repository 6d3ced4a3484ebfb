//! Lists of devices, page by page: fetch and sync.

use std::collections::HashMap;

use parking_lot::Mutex;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::cursor::Place;
use super::explanation::told;
use super::quirks::{CursorAnswer, SyncWithFetchCursor};
use super::written::sorted;
use super::{Books, Change, Cursor, DeviceId, Refusal, Refused, ServerId};
use crate::clock::Timestamp;

/// The rows in a page where a client names no limit.
pub const DEFAULT_LIMIT: usize = 100;
/// The most rows in a page.
pub const MAXIMUM_LIMIT: usize = 1_000;

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<Row> {
    /// Its rows.
    pub rows: Vec<Row>,
    /// Until when the list is known: now, or the date of the last row of a sync.
    pub fetched_until: Timestamp,
    /// Whether there are more pages.
    pub more_to_follow: bool,
    /// Where the next page begins.
    pub cursor: String,
}

/// Cursors that were given out again with their own page, and how often: the `repeat_cursor` switch.
#[derive(Debug, Default)]
pub struct Repeats(Mutex<HashMap<String, u32>>);

impl Repeats {
    /// Whether the page of `cursor` is to be given once more, as long as that is fewer than `most` times in a row.
    fn once_more(&self, cursor: &str, most: u32) -> bool {
        let mut given = self.0.lock();
        let count = given.get(cursor).copied().unwrap_or_default();
        if count < most {
            given.insert(cursor.to_owned(), count + 1);
        } else {
            given.remove(cursor);
        }
        count < most
    }
}

impl Serialize for Repeats {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        sorted(&self.0.lock(), serializer)
    }
}

impl<'de> Deserialize<'de> for Repeats {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        HashMap::deserialize(deserializer).map(|given| Self(Mutex::new(given)))
    }
}

impl Clone for Repeats {
    fn clone(&self) -> Self {
        Self(Mutex::new(self.0.lock().clone()))
    }
}

impl Books {
    /// A page of the devices at a server (`POST /server/devices`), in the order in which they came to it. Devices that come while a client
    /// pages through are left to sync, so that no change is shown twice or lost.
    pub fn fetch(
        &self,
        server: ServerId,
        cursor: Option<&str>,
        limit: usize,
        now: Timestamp,
    ) -> Result<Page<DeviceId>, Refused> {
        let mdm = &self.servers[usize::from(server)];
        let (after, until, since) = match cursor {
            None => (0, mdm.roster.last(), mdm.log.end()),
            Some(text) => match self.read_cursor(server, text, now)? {
                Cursor { place: Place::Fetching { after, until, since }, .. } => (after, until, since),
                cursor => {
                    let why =
                        format!("nothing is left to fetch: this cursor is for /devices/sync, {}", told(&cursor, now));
                    return Err(match self.quirks.fetch_with_sync_cursor {
                        CursorAnswer::Exhausted => Refused::new(Refusal::ExhaustedCursor, why),
                        CursorAnswer::Invalid => Refused::new(Refusal::InvalidCursor, why),
                    });
                }
            },
        };
        let mut rows = Vec::with_capacity(limit.min(mdm.roster.len()));
        let mut last = after;
        let mut seats = mdm.roster.range(after, until);
        for (seat, device) in seats.by_ref().take(limit) {
            rows.push(device);
            last = seat;
        }
        let more_to_follow = seats.next().is_some();
        let place = if more_to_follow {
            Place::Fetching { after: last, until, since }
        } else {
            Place::Syncing { position: since, redelivers: false, step: 0 }
        };
        let next = Cursor { place, issued: now }.encode(mdm.cursor_key);
        let page = Page { rows, fetched_until: now, more_to_follow, cursor: next };
        Ok(self.repeated(cursor, page))
    }

    /// A page of the changes at a server since a cursor was given out (`POST /devices/sync`). A cursor that has not expired gives the same
    /// rows again however often it is sent.
    pub fn sync(&self, server: ServerId, cursor: &str, limit: usize, now: Timestamp) -> Result<Page<Change>, Refused> {
        let mdm = &self.servers[usize::from(server)];
        let read = self.read_cursor(server, cursor, now)?;
        let (position, redelivers, step) = match read.place {
            Place::Syncing { position, redelivers, step } => (position, redelivers && self.quirks.redeliver_last, step),
            Place::Fetching { since, .. } if self.quirks.sync_with_fetch_cursor == SyncWithFetchCursor::Accepted => {
                (since, false, 0)
            }
            Place::Fetching { .. } => {
                let why =
                    format!("this cursor is for /server/devices until that fetch is finished, {}", told(&read, now));
                return Err(Refused::new(Refusal::InvalidCursor, why));
            }
        };
        let again = u64::from(redelivers && position > mdm.log.start());
        let rows: Vec<Change> = mdm.log.read(position - again, limit).copied().collect();
        let next = position - again + rows.len() as u64;
        let place = Place::Syncing { position: next, redelivers: next > position, step: step.wrapping_add(1) };
        let more = next < mdm.log.end();
        let fetched_until = rows.last().map_or(now, |row| Timestamp::from_seconds(row.at));
        let next = Cursor { place, issued: now }.encode(mdm.cursor_key);
        let page = Page { rows, fetched_until, more_to_follow: more, cursor: next };
        Ok(self.repeated(Some(cursor), page))
    }

    /// The page, or with the `repeat_cursor` switch the same with the cursor that asked for it and the promise of more.
    fn repeated<Row>(&self, cursor: Option<&str>, page: Page<Row>) -> Page<Row> {
        let most = self.quirks.repeat_cursor;
        match cursor {
            Some(cursor) if most > 0 && !page.rows.is_empty() && self.repeats.once_more(cursor, most) => {
                Page { cursor: cursor.to_owned(), more_to_follow: true, ..page }
            }
            _ => page,
        }
    }

    fn read_cursor(&self, server: ServerId, text: &str, now: Timestamp) -> Result<Cursor, Refused> {
        let mdm = &self.servers[usize::from(server)];
        let Ok(cursor) = Cursor::decode(text, mdm.cursor_key) else {
            return Err(Refused::new(Refusal::InvalidCursor, self.why_no_cursor(text, now)));
        };
        let position = match cursor.place {
            Place::Fetching { since, .. } => since,
            Place::Syncing { position, .. } => position,
        };
        if position > mdm.log.end() {
            let why = format!("this cursor points past the server's last change, {}", told(&cursor, now));
            return Err(Refused::new(Refusal::InvalidCursor, why));
        }
        let age = now - cursor.issued;
        if age > self.quirks.cursor_ttl {
            let why = format!("the cursor is too old: {}; cursors live {}", told(&cursor, now), self.quirks.cursor_ttl);
            return Err(Refused::new(Refusal::ExpiredCursor, why));
        }
        if position < mdm.log.start() {
            let why = format!(
                "the client pages so slowly that the changes it goes on with are forgotten, being older than a cursor lives: {}",
                told(&cursor, now)
            );
            return Err(Refused::new(Refusal::ExpiredCursor, why));
        }
        Ok(cursor)
    }
}
