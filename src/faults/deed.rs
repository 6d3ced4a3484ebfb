//! What a rule does to a call, and how it is said.

use http::StatusCode;
use serde_json::{Map, Value};

use super::reading::{Reading, below, get, kind};
use super::{Amount, Operation, Verdict};

/// What happens to a call, or to its answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Deed {
    /// Nothing: the call is made and answered.
    Pass,
    /// One of the call's own errors, by its name in the catalogue, with another status perhaps.
    Error(&'static str, Option<StatusCode>),
    /// A status, with a body.
    Status(StatusCode, FaultBody),
    /// The connection is closed before anything is said.
    HangUp,
    /// The call's own answer, cut off at half of its body; in HTTP it is complete.
    Truncated,
    /// The call's own answer without its body.
    Emptied,
    /// Devices are missing from the answer, or there twice.
    Rows {
        /// Those that are missing.
        omit: Option<Amount>,
        /// Those that are there twice, each time side by side.
        duplicate: Option<Amount>,
    },
    /// The page's cursor is the one that asked for it, and more is to follow.
    RepeatCursor,
    /// The list changes once this page was answered: the next one has another version.
    NewVersion,
    /// What the same request was answered the last time.
    Stale,
    /// Keys and values that no client knows yet.
    Future,
    /// What is said of single devices, for which nothing is done, or with what single tasks of an event fail.
    Results(Vec<Verdict>),
    /// A notification is sent so many times more.
    Duplicate(u32),
    /// A notification is not sent at all.
    Drop,
    /// A notification is sent after the next one, or a minute later.
    Reorder,
    /// A notification carries a token that is not the client's.
    WrongBearer,
}

/// The body that goes with a status.
#[derive(Clone, Debug, PartialEq)]
pub enum FaultBody {
    /// The status in words, as text.
    Reason,
    /// The page that an edge shows.
    Html,
    /// None.
    Empty,
    /// A text.
    Text(String),
    /// JSON.
    Json(Value),
}

pub(super) fn read_error(
    reading: &mut Reading,
    given: &Value,
    map: &Map<String, Value>,
    named: &[&'static Operation],
) -> Option<Deed> {
    if get(map, "body").is_some() {
        let hint = "an error has its own body; give `status` and `body` for another one".to_owned();
        reading.wrong("/do/body", "`error` and `body` do not go together", Some(hint));
    }
    let status = get(map, "status").and_then(|status| read_code(reading, status));
    let Some(name) = given.as_str() else {
        reading.wrong("/do/error", format!("an error is named by text, not {}", kind(given)), None);
        return None;
    };
    let error = named.iter().find_map(|operation| operation.error(name));
    if error.is_none() && !named.is_empty() {
        let mut known: Vec<&str> = named.iter().flat_map(|operation| operation.errors()).collect();
        known.sort_unstable();
        known.dedup();
        let message = match named {
            [only] => format!("{} has no error `{name}`", only.name),
            _ => format!("none of these operations has an error `{name}`"),
        };
        reading.unknown("/do/error", message, name, known);
    }
    error.map(|error| Deed::Error(error, status))
}

fn read_code(reading: &mut Reading, given: &Value) -> Option<StatusCode> {
    let code = reading.whole(given, "/do/status", 200..=599)?;
    u16::try_from(code).ok().and_then(|code| StatusCode::from_u16(code).ok())
}

pub(super) fn read_status(reading: &mut Reading, given: &Value, map: &Map<String, Value>) -> Option<Deed> {
    let status = read_code(reading, given);
    let body = match get(map, "body") {
        None => FaultBody::Reason,
        Some(Value::String(word)) if word == "html" => FaultBody::Html,
        Some(Value::String(word)) if word == "empty" || word.is_empty() => FaultBody::Empty,
        Some(Value::String(word)) if word == "truncated" => {
            let hint = "leave `status` out: it is the call's own answer that is cut off".to_owned();
            reading.wrong("/do/body", "`status` and `body: truncated` do not go together", Some(hint));
            return None;
        }
        Some(Value::String(text)) => FaultBody::Text(text.clone()),
        Some(json) => FaultBody::Json(json.clone()),
    };
    Some(Deed::Status(status?, body))
}

/// A body without a status: the call's own answer is spoilt, or an edge shows its page for a service that is down.
pub(super) fn read_body_alone(reading: &mut Reading, given: &Value) -> Option<Deed> {
    Some(match reading.word(given, "/do/body", &["truncated", "html", "empty"])? {
        "truncated" => Deed::Truncated,
        "empty" => Deed::Emptied,
        _ => Deed::Status(StatusCode::SERVICE_UNAVAILABLE, FaultBody::Html),
    })
}

pub(super) fn read_rows(reading: &mut Reading, given: &Value) -> Option<Deed> {
    let map = reading.mapping(given, "/do/rows", "`rows`", &["omit", "duplicate"])?;
    let mut amount = |key| get(map, key).map(|given| Amount::read(reading, given, &below("/do/rows", key)).ok_or(()));
    let (omit, duplicate) = (amount("omit").transpose().ok()?, amount("duplicate").transpose().ok()?);
    if omit.is_none() && duplicate.is_none() {
        let hint = "write {\"omit\": 1} or {\"duplicate\": 1}".to_owned();
        reading.wrong("/do/rows", "`rows` says nothing", Some(hint));
    }
    Some(Deed::Rows { omit, duplicate })
}

/// What may happen to a notification: keys that no call's answer has.
pub(super) fn read_notification(reading: &mut Reading, map: &Map<String, Value>) -> Vec<(&'static str, Option<Deed>)> {
    let mut deeds = Vec::new();
    if let Some(times) = get(map, "duplicate") {
        let times = reading.whole(times, "/do/duplicate", 1..=100);
        deeds.push(("duplicate", times.and_then(|times| u32::try_from(times).ok()).map(Deed::Duplicate)));
    }
    for (key, deed) in [("drop", Deed::Drop), ("reorder", Deed::Reorder)] {
        if let Some(flag) = get(map, key)
            && reading.flag(flag, &below("/do", key)) == Some(true)
        {
            deeds.push((key, Some(deed)));
        }
    }
    if let Some(bearer) = get(map, "bearer") {
        deeds.push(("bearer", reading.word(bearer, "/do/bearer", &["wrong"]).map(|_| Deed::WrongBearer)));
    }
    deeds
}

impl Deed {
    /// Whether it can only happen to a notification.
    pub(super) fn is_of_notifications(&self) -> bool {
        matches!(self, Self::Duplicate(_) | Self::Drop | Self::Reorder | Self::WrongBearer)
    }
}
