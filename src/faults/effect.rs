//! What happens to a call.

use serde_json::{Map, Value};

use super::deed::{read_body_alone, read_error, read_notification, read_rows, read_status};
use super::reading::{Reading, get};
use super::verdict::read_results;
use super::{Amount, Deed, Operation, Pattern, Rate, RetryAfter, Shows};
use crate::clock::Span;

/// What happens to a call that a rule strikes.
#[derive(Clone, Debug, PartialEq)]
pub struct Effect {
    /// What happens to the call, or to its answer.
    pub deed: Deed,
    /// Whether a call whose answer is another takes effect all the same: only its own answer is lost.
    pub takes_effect: bool,
    /// A `Retry-After` header.
    pub retry_after: Option<RetryAfter>,
    /// How long the answer waits, in wall time.
    pub delay: Option<Span>,
    /// How fast its body flows.
    pub trickle: Option<Rate>,
    /// Whether the connection is closed in the midst of the body.
    pub breaks_off: bool,
}

const KEYS: [&str; 16] = [
    "error",
    "status",
    "body",
    "retry_after",
    "close",
    "delay",
    "trickle",
    "rows",
    "quirk",
    "result",
    "pass",
    "takes_effect",
    "duplicate",
    "drop",
    "reorder",
    "bearer",
];

/// The longest delay: a client has given up long before.
const LONGEST_DELAY: Span = Span::from_seconds(3_600);

impl Effect {
    /// Reads `do`. `named` are the operations whose catalogues an error may come from.
    pub(super) fn read(reading: &mut Reading, given: &Value, named: &[&'static Operation]) -> Option<Self> {
        let map = reading.mapping(given, "/do", "`do`", &KEYS)?;
        let mut deeds: Vec<(&str, Option<Deed>)> = Vec::new();
        let mut breaks_off = false;
        if let Some(error) = get(map, "error") {
            deeds.push(("error", read_error(reading, error, map, named)));
        } else if let Some(status) = get(map, "status") {
            deeds.push(("status", read_status(reading, status, map)));
        } else if let Some(body) = get(map, "body") {
            deeds.push(("body", read_body_alone(reading, body)));
        }
        if let Some(close) = get(map, "close") {
            match reading.word(close, "/do/close", &["before_headers", "mid_body"]) {
                Some("mid_body") => breaks_off = true,
                Some(_) => deeds.push(("close", Some(Deed::HangUp))),
                None => deeds.push(("close", None)),
            }
        }
        if let Some(rows) = get(map, "rows") {
            deeds.push(("rows", read_rows(reading, rows)));
        }
        if let Some(quirk) = get(map, "quirk") {
            let word = reading.word(quirk, "/do/quirk", &["repeat_cursor", "new_version", "stale", "future"]);
            let deed = word.map(|word| match word {
                "repeat_cursor" => Deed::RepeatCursor,
                "new_version" => Deed::NewVersion,
                "stale" => Deed::Stale,
                _ => Deed::Future,
            });
            deeds.push(("quirk", deed));
        }
        if let Some(result) = get(map, "result") {
            deeds.push(("result", read_results(reading, result, named)));
        }
        if let Some(pass) = get(map, "pass")
            && reading.flag(pass, "/do/pass") == Some(true)
        {
            deeds.push(("pass", Some(Deed::Pass)));
        }
        deeds.extend(read_notification(reading, map));
        if let [(first, _), (second, _), ..] = deeds.as_slice() {
            let hint = "a rule does one of them; `delay`, `trickle` and `close: mid_body` go with any".to_owned();
            reading.wrong("/do", format!("`{first}` and `{second}` do not go together"), Some(hint));
        }
        let delay = get(map, "delay").and_then(|delay| read_delay(reading, delay));
        let trickle = get(map, "trickle").and_then(|rate| reading.parsed(rate, "/do/trickle", "1KB/s"));
        let is_delivery = breaks_off || delay.is_some() || trickle.is_some();
        let deed = match deeds.pop() {
            Some((_, deed)) => deed?,
            None if is_delivery => Deed::Pass,
            None => {
                if reading.mistakes.iter().all(|mistake| !mistake.pointer.starts_with("/do")) {
                    let keys = KEYS.iter().filter(|key| **key != "takes_effect" && **key != "retry_after");
                    let keys: Vec<&str> = keys.copied().collect();
                    reading.wrong("/do", "`do` says nothing", Some(format!("say one of {}", keys.join(", "))));
                }
                return None;
            }
        };
        let effect = Self { takes_effect: false, retry_after: None, delay, trickle, breaks_off, deed };
        effect.with_the_rest(reading, map)
    }

    /// Reads what goes with some deeds only.
    fn with_the_rest(mut self, reading: &mut Reading, map: &Map<String, Value>) -> Option<Self> {
        let answers = matches!(self.deed, Deed::Error(..) | Deed::Status(..));
        if let Some(given) = get(map, "retry_after") {
            self.retry_after = RetryAfter::read(given);
            if self.retry_after.is_none() {
                let hint = "write seconds, such as 30, or a date".to_owned();
                reading.wrong("/do/retry_after", "`retry_after` is no time", Some(hint));
            } else if !answers {
                let hint = "write {\"status\": 503, \"retry_after\": 30}".to_owned();
                reading.wrong("/do/retry_after", "`retry_after` goes with `status` or `error`", Some(hint));
            }
        }
        if let Some(given) = get(map, "takes_effect") {
            self.takes_effect = reading.flag(given, "/do/takes_effect").unwrap_or_default();
            if !self.replaces_the_answer() {
                let hint = "with anything else the call takes effect anyway".to_owned();
                let message = "`takes_effect` goes with `error`, `status`, `close: before_headers` and `quirk: stale`";
                reading.wrong("/do/takes_effect", message, Some(hint));
            }
        }
        if self.deed == Deed::HangUp && (self.trickle.is_some() || self.breaks_off) {
            reading.wrong("/do", "where nothing is said, nothing trickles", None);
        }
        Some(self)
    }

    /// Whether another answer takes the place of the call's own.
    pub fn replaces_the_answer(&self) -> bool {
        matches!(self.deed, Deed::Error(..) | Deed::Status(..) | Deed::HangUp | Deed::Stale)
    }

    /// Whether the call is made.
    pub fn makes_the_call(&self) -> bool {
        self.takes_effect || !self.replaces_the_answer()
    }

    /// Why calls of `operation` cannot have it.
    pub(super) fn misfit(&self, operation: &Operation) -> Option<(&'static str, String)> {
        let name = operation.name;
        let is_notification = operation.shows == Shows::Notification;
        match &self.deed {
            deed if deed.is_of_notifications() && !is_notification => {
                Some(("/do", format!("{name} is a call of the client's, and no notification")))
            }
            deed if is_notification && !deed.is_of_notifications() && *deed != Deed::Pass => {
                let message = "a notification has no answer of ours: it can be doubled, dropped, reordered, delayed, or carry a wrong bearer";
                Some(("/do", message.to_owned()))
            }
            _ if is_notification && (self.trickle.is_some() || self.breaks_off) => {
                Some(("/do", "a notification can be delayed; nothing else of its delivery can be changed".to_owned()))
            }
            Deed::Error(error, _) if operation.error(error).is_none() => {
                Some(("/do/error", format!("{name} has no error `{error}`")))
            }
            Deed::Rows { .. } if !matches!(operation.shows, Shows::Page | Shows::Map) => {
                Some(("/do/rows", format!("{name} answers no devices")))
            }
            Deed::Rows { duplicate: Some(_), .. } if operation.shows != Shows::Page => {
                Some(("/do/rows/duplicate", format!("{name} answers each device once: a map has no duplicates")))
            }
            Deed::RepeatCursor if operation.shows != Shows::Page => {
                Some(("/do/quirk", format!("{name} has no cursor")))
            }
            Deed::NewVersion if !operation.has_versions() => Some(("/do/quirk", format!("{name} has no versionId"))),
            Deed::Results(verdicts) => {
                let unknown = verdicts.iter().find(|verdict| !operation.results.contains(&verdict.status))?;
                let message = match operation.results {
                    [] => format!("{name} has no results of single devices"),
                    _ if name.starts_with("apps.") => format!("no task of {name} fails with {}", unknown.status),
                    _ => format!("{name} never says {} of a device", unknown.status),
                };
                Some(("/do/result", message))
            }
            _ => None,
        }
    }

    /// Whether it can only be told from the page that is answered whether it strikes.
    pub(super) fn minds_the_page(&self) -> bool {
        matches!(self.deed, Deed::Rows { .. } | Deed::RepeatCursor)
    }

    /// The serial numbers that it names: calls without one of them it leaves alone.
    pub(super) fn serials(&self) -> Option<Vec<&Pattern>> {
        match &self.deed {
            Deed::Results(verdicts) => {
                let named: Option<Vec<_>> = verdicts.iter().map(|verdict| verdict.serials.as_deref()).collect();
                named.map(|named| named.into_iter().flatten().collect())
            }
            Deed::Rows { omit, duplicate } => {
                let named = [omit, duplicate].into_iter().flatten().map(|amount| match amount {
                    Amount::Named(patterns) => Some(patterns),
                    Amount::Last(_) => None,
                });
                named.collect::<Option<Vec<_>>>().map(|named| named.into_iter().flatten().collect())
            }
            _ => None,
        }
    }

    /// What it does, in a few words: what the journal says.
    pub fn words(&self) -> String {
        let mut words = Vec::new();
        match &self.deed {
            Deed::Pass => {}
            Deed::Error(name, None) => words.push(format!("error {name}")),
            Deed::Error(name, Some(status)) => words.push(format!("error {name}, status {}", status.as_u16())),
            Deed::Status(status, _) => words.push(format!("status {}", status.as_u16())),
            Deed::HangUp => words.push("close before_headers".to_owned()),
            Deed::Truncated => words.push("body truncated".to_owned()),
            Deed::Emptied => words.push("body empty".to_owned()),
            Deed::Rows { omit, duplicate } => {
                words.extend(omit.as_ref().map(|_| "rows omitted".to_owned()));
                words.extend(duplicate.as_ref().map(|_| "rows duplicated".to_owned()));
            }
            Deed::RepeatCursor => words.push("repeat_cursor".to_owned()),
            Deed::NewVersion => words.push("new_version".to_owned()),
            Deed::Stale => words.push("stale".to_owned()),
            Deed::Future => words.push("future".to_owned()),
            Deed::Duplicate(times) => words.push(format!("duplicate {times}")),
            Deed::Drop => words.push("drop".to_owned()),
            Deed::Reorder => words.push("reorder".to_owned()),
            Deed::WrongBearer => words.push("bearer wrong".to_owned()),
            Deed::Results(verdicts) => {
                words.extend(verdicts.iter().map(|verdict| format!("result {}", verdict.status)));
            }
        }
        words.extend(self.takes_effect.then(|| "the call took effect".to_owned()));
        words.extend(self.delay.map(|delay| format!("delay {delay}")));
        words.extend(self.trickle.map(|rate| format!("trickle {} B/s", rate.bytes_per_second())));
        words.extend(self.breaks_off.then(|| "close mid_body".to_owned()));
        if words.is_empty() { "pass".to_owned() } else { words.join(", ") }
    }
}

fn read_delay(reading: &mut Reading, given: &Value) -> Option<Span> {
    let delay: Span = reading.parsed(given, "/do/delay", "2s")?;
    if !(Span::ZERO..=LONGEST_DELAY).contains(&delay) {
        reading.wrong("/do/delay", format!("a delay of {delay} is out of range"), Some("at most 1h".to_owned()));
    }
    Some(delay)
}
