//! Lists of devices, page by page: fetch and sync.

use super::cursor::Place;
use super::quirks::{CursorAnswer, SyncWithFetchCursor};
use super::{Books, Change, Cursor, DeviceId, Refusal, Refused, ServerId};
use crate::clock::{Span, Timestamp};

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
            Some(text) => match self.read_cursor(server, text, now)?.place {
                Place::Fetching { after, until, since } => (after, until, since),
                Place::Syncing { .. } => {
                    let why = "this cursor comes from a finished fetch or from a sync: nothing is left to fetch";
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
            Place::Syncing { position: since, repeats: 0 }
        };
        let cursor = Cursor { place, issued: now }.encode(mdm.cursor_key);
        Ok(Page { rows, fetched_until: now, more_to_follow, cursor })
    }

    /// A page of the changes at a server since a cursor was given out (`POST /devices/sync`). A cursor that has not expired gives the same
    /// rows again however often it is sent.
    pub fn sync(&self, server: ServerId, cursor: &str, limit: usize, now: Timestamp) -> Result<Page<Change>, Refused> {
        let mdm = &self.servers[usize::from(server)];
        let (position, repeats) = match self.read_cursor(server, cursor, now)?.place {
            Place::Syncing { position, repeats } => (position, repeats),
            Place::Fetching { since, .. } if self.quirks.sync_with_fetch_cursor == SyncWithFetchCursor::Accepted => {
                (since, 0)
            }
            Place::Fetching { .. } => {
                return Err(Refused::new(Refusal::InvalidCursor, "this cursor comes from an unfinished fetch"));
            }
        };
        let again = u64::from(self.quirks.redeliver_last && repeats == 0 && position > 0);
        let rows: Vec<Change> = mdm.log.read(position - again, limit).copied().collect();
        let next = position - again + rows.len() as u64;
        let redelivered = again == 1 && rows.len() == 1;
        if repeats < self.quirks.repeat_cursor && !rows.is_empty() {
            let place = Place::Syncing { position, repeats: repeats + 1 };
            return Ok(self.page(server, rows, true, Cursor { place, issued: now }, now));
        }
        let place = Place::Syncing { position: next, repeats: u32::from(redelivered) };
        let more = next < mdm.log.end();
        Ok(self.page(server, rows, more, Cursor { place, issued: now }, now))
    }

    fn page(&self, server: ServerId, rows: Vec<Change>, more: bool, cursor: Cursor, now: Timestamp) -> Page<Change> {
        let fetched_until = rows.last().map_or(now, |row| Timestamp::from_seconds(row.at));
        let cursor = cursor.encode(self.servers[usize::from(server)].cursor_key);
        Page { rows, fetched_until, more_to_follow: more, cursor }
    }

    fn read_cursor(&self, server: ServerId, text: &str, now: Timestamp) -> Result<Cursor, Refused> {
        let mdm = &self.servers[usize::from(server)];
        let Ok(cursor) = Cursor::decode(text, mdm.cursor_key) else {
            return Err(Refused::new(Refusal::InvalidCursor, "this is no cursor of this server"));
        };
        let beyond = match cursor.place {
            Place::Fetching { since, .. } => since > mdm.log.end(),
            Place::Syncing { position, .. } => position > mdm.log.end(),
        };
        if beyond {
            return Err(Refused::new(Refusal::InvalidCursor, "this cursor points past the server's last change"));
        }
        let age = now - cursor.issued;
        if age > self.quirks.cursor_ttl {
            let days = Span::from_seconds(age.millis() / 1_000);
            let why = format!("the cursor is {days} old; cursors live {}", self.quirks.cursor_ttl);
            return Err(Refused::new(Refusal::ExpiredCursor, why));
        }
        Ok(cursor)
    }
}
