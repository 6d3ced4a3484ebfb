//! Results of single devices.

use serde_json::Value;

use super::reading::{Reading, below, get, patterns};
use super::{Deed, Pattern};

/// What is said of single devices in a call, in place of doing anything for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Which; `None`: every one.
    pub serials: Option<Vec<Pattern>>,
    /// The word.
    pub status: &'static str,
    /// `retry_after_seconds`, for devices that are throttled.
    pub retry_after_seconds: Option<u64>,
}

impl Verdict {
    /// Whether it is on this device.
    pub fn is_on(&self, serial: &str) -> bool {
        self.serials.as_ref().is_none_or(|patterns| patterns.iter().any(|pattern| pattern.matches(serial)))
    }
}

/// Every word that a device may be told.
const RESULTS: [&str; 8] = [
    "SUCCESS",
    "NOT_ACCESSIBLE",
    "FAILED",
    "THROTTLED",
    "NOT_FOUND",
    "ORG_NOT_SUPPORTED",
    "DEVICE_NOT_SUPPORTED",
    "DEVICE_ALREADY_LOCKED",
];

pub(super) fn read_results(reading: &mut Reading, given: &Value) -> Option<Deed> {
    let verdicts: Option<Vec<Verdict>> = match given {
        Value::Array(list) => {
            let entries = list.iter().enumerate();
            entries.map(|(place, one)| read_verdict(reading, one, &below("/do/result", &place.to_string()))).collect()
        }
        one => read_verdict(reading, one, "/do/result").map(|verdict| vec![verdict]),
    };
    if verdicts.as_ref().is_some_and(Vec::is_empty) {
        reading.wrong("/do/result", "`result` says nothing", None);
    }
    verdicts.map(Deed::Results)
}

fn read_verdict(reading: &mut Reading, given: &Value, pointer: &str) -> Option<Verdict> {
    let map = reading.mapping(given, pointer, "a result", &["serial", "status", "retry_after_seconds"])?;
    let serials = match get(map, "serial") {
        Some(serial) => Some(patterns(reading, serial, &below(pointer, "serial"), "serial number", true)?),
        None => None,
    };
    let Some(status) = get(map, "status") else {
        reading.wrong(pointer, "a result needs `status`", Some(format!("one of {}", RESULTS.join(", "))));
        return None;
    };
    let status = reading.word(status, &below(pointer, "status"), &RESULTS)?;
    let retry_after_seconds = match get(map, "retry_after_seconds") {
        Some(given) => Some(reading.whole(given, &below(pointer, "retry_after_seconds"), 0..=u64::from(u32::MAX))?),
        None => None,
    };
    Some(Verdict { serials, status, retry_after_seconds })
}
