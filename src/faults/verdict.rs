//! Results of single devices, and of single tasks of an event.

use std::collections::HashSet;

use serde_json::Value;

use super::reading::{Reading, below, get, kind, patterns, text};
use super::{Deed, Operation, Pattern};

/// What is said of single devices in a call, in place of doing anything for them; or the number with which the tasks of single users and devices
/// fail in the event that a call of Apps and Books begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Which, in capitals: serial numbers, at Apps and Books user ids too. `None`: every one.
    pub serials: Option<Vec<Pattern>>,
    /// The word, or the number.
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

/// What calls of these operations may say of a device or fail a task with; of all, where these have none.
fn known_results(named: &[&'static Operation]) -> Vec<&'static str> {
    let mut known: Vec<&str> = named.iter().flat_map(|operation| operation.results).copied().collect();
    if known.is_empty() {
        known = Operation::all().flat_map(|operation| operation.results).copied().collect();
    }
    let mut seen = HashSet::new();
    known.retain(|result| seen.insert(*result));
    known
}

/// A word or a number that some operation has.
fn read_word(reading: &mut Reading, given: &Value, pointer: &str, known: &[&str]) -> Option<&'static str> {
    let word = text(given).unwrap_or_default();
    let mut all = Operation::all().flat_map(|operation| operation.results).copied();
    let found = all.find(|result| result.eq_ignore_ascii_case(&word));
    if found.is_none() {
        let message = format!("`status` cannot be {}", if word.is_empty() { kind(given) } else { word.as_str() });
        if known.iter().any(|result| result.starts_with(|first: char| first.is_ascii_digit())) {
            // No number is near to another.
            reading.wrong(pointer, message, Some(format!("there are {}", known.join(", "))));
        } else {
            reading.unknown(pointer, message, &word, known.iter().copied());
        }
    }
    found
}

pub(super) fn read_results(reading: &mut Reading, given: &Value, named: &[&'static Operation]) -> Option<Deed> {
    let known = known_results(named);
    let verdicts: Option<Vec<Verdict>> = match given {
        Value::Array(list) => {
            let entries = list.iter().enumerate();
            entries
                .map(|(place, one)| read_verdict(reading, one, &below("/do/result", &place.to_string()), &known))
                .collect()
        }
        one => read_verdict(reading, one, "/do/result", &known).map(|verdict| vec![verdict]),
    };
    if verdicts.as_ref().is_some_and(Vec::is_empty) {
        reading.wrong("/do/result", "`result` says nothing", None);
    }
    verdicts.map(Deed::Results)
}

fn read_verdict(reading: &mut Reading, given: &Value, pointer: &str, known: &[&str]) -> Option<Verdict> {
    let map = reading.mapping(given, pointer, "a result", &["serial", "status", "retry_after_seconds"])?;
    let serials = match get(map, "serial") {
        Some(serial) => Some(patterns(reading, serial, &below(pointer, "serial"), "serial number", true)?),
        None => None,
    };
    let Some(status) = get(map, "status") else {
        reading.wrong(pointer, "a result needs `status`", Some(format!("one of {}", known.join(", "))));
        return None;
    };
    let status = read_word(reading, status, &below(pointer, "status"), known)?;
    let retry_after_seconds = match get(map, "retry_after_seconds") {
        Some(given) => Some(reading.whole(given, &below(pointer, "retry_after_seconds"), 0..=u64::from(u32::MAX))?),
        None => None,
    };
    Some(Verdict { serials, status, retry_after_seconds })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::faults::Rule;

    fn mistake(on: serde_json::Value, status: serde_json::Value) -> (String, String) {
        let rule = json!({"on": on, "do": {"result": {"serial": "X", "status": status}}});
        let mistakes = Rule::read(&rule).unwrap_err();
        assert_eq!(mistakes.len(), 1, "{mistakes:?}");
        (mistakes[0].pointer.clone(), mistakes[0].hint.clone().unwrap_or_default())
    }

    #[test]
    fn a_number_with_which_no_task_fails_is_told_with_those_there_are() {
        let wrong = |on, status, pointer: &str, hint: &str| {
            assert_eq!(mistake(on, status), (pointer.to_owned(), hint.to_owned()));
        };
        let status = "/do/result/status";
        wrong(json!("apps.associate"), json!("9710"), status, "there are 9603, 9609, 9644, 9709");
        wrong(json!("apps.associate"), json!(1), status, "there are 9603, 9609, 9644, 9709");
        let both = json!(["apps.revoke", "apps.create_users"]);
        wrong(both, json!("97099"), status, "there are 9603, 9609, 9644, 9635, 9641, 9716");
        wrong(json!("apps.revoke"), json!(9709), "/do/result", "it says 9603, 9609, 9644");
        wrong(json!("enrollment.disown"), json!("FAILD"), status, "did you mean `FAILED`?");
    }

    #[test]
    fn a_number_is_read_with_and_without_quotes() {
        for status in [json!("9709"), json!(9709)] {
            Rule::read(&json!({"on": "apps.associate", "do": {"result": {"status": status}}})).unwrap();
        }
    }
}
