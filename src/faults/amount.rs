//! How many of the devices in an answer.

use serde_json::Value;

use super::Pattern;
use super::reading::{Reading, patterns};

/// Some of the devices in an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Amount {
    /// The last so many.
    Last(usize),
    /// Those with these serial numbers.
    Named(Vec<Pattern>),
}

impl Amount {
    /// Reads a number from 1, a serial number (with wildcards perhaps), or a list of those.
    pub(super) fn read(reading: &mut Reading, given: &Value, pointer: &str) -> Option<Self> {
        if let Some(count) = given.as_u64() {
            if count == 0 {
                reading.wrong(pointer, "a number of rows begins at 1", None);
            }
            return Some(Self::Last(usize::try_from(count).unwrap_or(usize::MAX)));
        }
        if given.is_number() {
            reading.wrong(pointer, format!("{given} is no number of rows"), Some("write 1 or more".to_owned()));
            return None;
        }
        patterns(reading, given, pointer, "serial number", true).map(Self::Named)
    }

    /// Whether the device at `place` of `count` is one of them.
    pub fn takes(&self, serial: &str, place: usize, count: usize) -> bool {
        match self {
            Self::Last(amount) => place >= count.saturating_sub(*amount),
            Self::Named(serials) => serials.iter().any(|pattern| pattern.matches(serial)),
        }
    }
}
