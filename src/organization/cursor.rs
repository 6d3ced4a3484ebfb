//! Cursors: where a client stands in a list of devices.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use crate::clock::Timestamp;
use crate::random;

/// A cursor, decoded. Clients see unpadded base64 of a list with colons, as they do at Apple's; they must not look inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// What it goes on with.
    pub place: Place,
    /// When it was given out; it lives seven days from then.
    pub issued: Timestamp,
}

/// What a cursor goes on with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A fetch with pages to come.
    Fetching {
        /// The last seat shown.
        after: u32,
        /// The last seat that belongs to this fetch: devices that come later are left to sync.
        until: u32,
        /// The change-log position at which the fetch began: where sync takes over.
        since: u64,
    },
    /// The change log: a finished fetch, or a sync.
    Syncing {
        /// The next row's position.
        position: u64,
        /// Whether the row before was new when this was given out: the `redeliver_last` switch gives it once more.
        redelivers: bool,
        /// How many pages of sync there were since the fetch: each answer has a cursor of its own, though nothing is new and no time passes.
        step: u32,
    },
}

/// Why a text is not a cursor of this server: garbled, of another server, or made up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotACursor;

/// The longest text that can be a cursor. Apple documents 1,000 characters; ours stay below 128, which is what Zentral's column holds.
pub const LONGEST: usize = 1_000;

/// The bytes of a list with its check sum; nearly all fit.
const TYPICAL: usize = 96;

impl Cursor {
    /// The text for clients. `key` is the server's: another server cannot read it.
    pub fn encode(&self, key: u64) -> String {
        let (first, log, last, more) = match self.place {
            Place::Fetching { after, until, since } => (after, since, until, "true"),
            Place::Syncing { position, redelivers, step } => (u32::from(redelivers), position, step, "false"),
        };
        // Every page has one: formatting macros would cost more than its first ten rows.
        let mut text = String::with_capacity(TYPICAL);
        let mut digits = itoa::Buffer::new();
        text.push_str(digits.format(first));
        text.push(':');
        text.push_str(digits.format(log));
        text.push(':');
        text.push_str(digits.format(self.issued.millis()));
        text.push(':');
        text.push_str(digits.format(last));
        text.push(':');
        text.push_str(more);
        let sum = check(key, &text);
        text.push(':');
        push_hexadecimal(&mut text, sum);
        STANDARD_NO_PAD.encode(text)
    }

    /// Reads a text that a client sent.
    pub fn decode(text: &str, key: u64) -> Result<Self, NotACursor> {
        if text.len() > LONGEST {
            return Err(NotACursor);
        }
        let bytes = STANDARD_NO_PAD.decode(text.trim_end_matches('=')).map_err(|_| NotACursor)?;
        let decoded = String::from_utf8(bytes).map_err(|_| NotACursor)?;
        let (list, sum) = decoded.rsplit_once(':').ok_or(NotACursor)?;
        if format!("{:x}", check(key, list)) != sum {
            return Err(NotACursor);
        }
        let fields: Vec<&str> = list.split(':').collect();
        let [first, log, issued, last, more] = fields[..] else { return Err(NotACursor) };
        let place = if more == "true" {
            Place::Fetching { after: number(first)?, until: number(last)?, since: number(log)? }
        } else {
            Place::Syncing { position: number(log)?, redelivers: first == "1", step: number(last)? }
        };
        Ok(Self { place, issued: Timestamp::from_millis(number(issued)?) })
    }
}

/// Writes a number in hexadecimal digits, without leading zeros.
fn push_hexadecimal(text: &mut String, number: u64) {
    let digits = (u64::BITS - number.leading_zeros()).div_ceil(4).max(1);
    for place in (0..digits).rev() {
        text.push(char::from(b"0123456789abcdef"[(number >> (4 * place)) as usize & 0xf]));
    }
}

fn number<T: std::str::FromStr>(text: &str) -> Result<T, NotACursor> {
    text.parse().map_err(|_| NotACursor)
}

fn check(key: u64, list: &str) -> u64 {
    random::mix(random::hash(list.as_bytes()) ^ key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn place() -> impl Strategy<Value = Place> {
        prop_oneof![
            (any::<u32>(), any::<u32>(), any::<u64>()).prop_map(|(after, until, since)| Place::Fetching {
                after,
                until,
                since
            }),
            (any::<u64>(), any::<bool>(), any::<u32>()).prop_map(|(position, redelivers, step)| Place::Syncing {
                position,
                redelivers,
                step
            }),
        ]
    }

    #[test]
    fn numbers_are_written_as_they_are_read() {
        for number in [0, 1, 0xf, 0x10, 0xabc, 0x0123_4567_89ab_cdef, u64::MAX] {
            let mut text = String::new();
            push_hexadecimal(&mut text, number);
            assert_eq!(text, format!("{number:x}"));
        }
    }

    proptest! {
        #[test]
        fn a_cursor_reads_as_it_was_written(place in place(), millis in 0_i64..4_000_000_000_000, key: u64) {
            let cursor = Cursor { place, issued: Timestamp::from_millis(millis) };
            let text = cursor.encode(key);
            prop_assert!(text.len() <= 128, "{} is {} long", text, text.len());
            prop_assert_eq!(Cursor::decode(&text, key), Ok(cursor));
            prop_assert_eq!(Cursor::decode(&text, key ^ 1), Err(NotACursor));
        }

        #[test]
        fn no_text_panics(text in ".*", key: u64) {
            prop_assert_eq!(Cursor::decode(&text, key), Err(NotACursor));
        }

        #[test]
        fn a_garbled_cursor_is_none(place in place(), at in 0_usize..30, key: u64) {
            let cursor = Cursor { place, issued: Timestamp::from_millis(1_746_306_482_536) };
            let mut text = cursor.encode(key).into_bytes();
            text[at] = if text[at] == b'A' { b'B' } else { b'A' };
            prop_assert_eq!(Cursor::decode(&String::from_utf8(text).unwrap(), key), Err(NotACursor));
        }
    }
}
