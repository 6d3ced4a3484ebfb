//! Which calls a rule is for.

use serde_json::{Map, Value};

use super::reading::{Reading, below, get, kind, patterns, text};
use super::{Asked, Pattern};
use crate::clock::{Span, Timestamp};

/// Which calls of its operations a rule is for: those for which everything that is said holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Condition {
    serials: Option<Vec<Pattern>>,
    servers: Option<Vec<String>>,
    /// Names in lower case, each with the values of which one has to fit.
    headers: Vec<(String, Vec<Pattern>)>,
    nth: Option<Nth>,
    between: Option<Window>,
}

/// Which of the matching calls, counted from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Nth {
    These(Vec<u64>),
    Every(u64),
}

/// A stretch of simulated time: from its first moment to before its last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Window {
    from: Option<Moment>,
    until: Option<Moment>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moment {
    At(Timestamp),
    /// So long after the rule was made.
    In(Span),
}

impl Moment {
    fn resolve(self, made: Timestamp) -> Timestamp {
        match self {
            Self::At(at) => at,
            Self::In(span) => made + span,
        }
    }
}

const KEYS: [&str; 5] = ["serial", "server", "header", "nth", "between"];

impl Condition {
    /// Reads `when`, and `between` where it stands beside it.
    pub(super) fn read(reading: &mut Reading, rule: &Map<String, Value>) -> Self {
        let mut condition = Self::default();
        if let Some(between) = get(rule, "between") {
            condition.between = Window::read(reading, between, "/between");
        }
        let Some(when) = get(rule, "when") else { return condition };
        let Some(when) = reading.mapping(when, "/when", "`when`", &KEYS) else { return condition };
        let at = |key| below("/when", key);
        if let Some(given) = get(when, "serial") {
            condition.serials = patterns(reading, given, &at("serial"), "serial number", true);
        }
        if let Some(given) = get(when, "server") {
            let servers = patterns(reading, given, &at("server"), "server", false);
            condition.servers = servers.map(|named| named.iter().map(|name| name.as_str().to_owned()).collect());
        }
        if let Some(given) = get(when, "header") {
            condition.headers = read_headers(reading, given, &at("header"));
        }
        if let Some(given) = get(when, "nth") {
            condition.nth = Nth::read(reading, given, &at("nth"));
        }
        if let Some(given) = get(when, "between") {
            if condition.between.is_some() {
                reading.wrong(&at("between"), "`between` is said twice", None);
            }
            condition.between = Window::read(reading, given, &at("between"));
        }
        condition
    }

    /// Whether it holds for a call at `now`, but for the count. `made` is when the rule was made.
    pub(super) fn holds(&self, asked: &Asked<'_>, made: Timestamp, now: Timestamp) -> bool {
        self.between.is_none_or(|window| window.contains(now, made))
            && self.servers.as_ref().is_none_or(|servers| {
                asked.server.is_some_and(|(name, id)| servers.iter().any(|server| is_called(name, id, server)))
            })
            && self.headers.iter().all(|(name, patterns)| {
                let values = asked.headers.get_all(name).iter();
                let mut values = values.map(|value| String::from_utf8_lossy(value.as_bytes()));
                values.any(|value| patterns.iter().any(|pattern| pattern.matches(&value)))
            })
            && self.serials.as_ref().is_none_or(|patterns| names_any(patterns, asked.serials))
    }

    /// Whether the `seen`th call that it holds for is one of those meant.
    pub(super) fn counts(&self, seen: u64) -> bool {
        match &self.nth {
            None => true,
            Some(Nth::These(these)) => these.contains(&seen),
            Some(Nth::Every(every)) => seen.is_multiple_of(*every),
        }
    }

    /// Whether serial numbers matter.
    pub(super) fn minds_serials(&self) -> bool {
        self.serials.is_some()
    }

    /// The MDM servers, or locations, that it names.
    pub fn servers(&self) -> impl Iterator<Item = &str> {
        self.servers.iter().flatten().map(String::as_str)
    }
}

/// Whether any of `serials` is meant by one of `patterns`.
pub(super) fn names_any(patterns: &[Pattern], serials: &[String]) -> bool {
    serials.iter().any(|serial| patterns.iter().any(|pattern| pattern.matches(serial)))
}

/// Whether the server or location with this name and id is meant by `called`: ids are known with and without dashes, in either case.
fn is_called(name: &str, id: &str, called: &str) -> bool {
    name == called || is_server(id, called)
}

/// Whether `called` is this name, or another way to write this id.
pub fn is_server(name_or_id: &str, called: &str) -> bool {
    name_or_id == called || called.replace('-', "").eq_ignore_ascii_case(name_or_id)
}

fn read_headers(reading: &mut Reading, given: &Value, pointer: &str) -> Vec<(String, Vec<Pattern>)> {
    let Value::Object(headers) = given else {
        let hint = "write {\"User-Agent\": \"nanodep*\"}, for example".to_owned();
        reading.wrong(pointer, format!("`header` is a mapping, not {}", kind(given)), Some(hint));
        return Vec::new();
    };
    let mut read = Vec::new();
    for (name, value) in headers {
        let at = below(pointer, name);
        if http::HeaderName::try_from(name.as_str()).is_err() {
            reading.wrong(&at, format!("`{name}` is no name of a header"), None);
        } else if let Some(patterns) = patterns(reading, value, &at, "header's value", false) {
            read.push((name.to_ascii_lowercase(), patterns));
        }
    }
    read
}

impl Nth {
    fn read(reading: &mut Reading, given: &Value, pointer: &str) -> Option<Self> {
        match given {
            Value::Object(_) => {
                let every = reading.mapping(given, pointer, "`nth`", &["every"])?;
                let Some(every) = get(every, "every") else {
                    reading.wrong(pointer, "`nth` needs `every`", Some("write {\"every\": 3}".to_owned()));
                    return None;
                };
                reading.whole(every, &below(pointer, "every"), 1..=u64::MAX).map(Self::Every)
            }
            Value::Array(list) if list.is_empty() => {
                reading.wrong(pointer, "`nth` names no call", None);
                None
            }
            Value::Array(list) => {
                let entries = list.iter().enumerate();
                let numbers =
                    entries.map(|(place, nth)| reading.whole(nth, &below(pointer, &place.to_string()), 1..=u64::MAX));
                numbers.collect::<Option<_>>().map(Self::These)
            }
            given => reading.whole(given, pointer, 1..=u64::MAX).map(|nth| Self::These(vec![nth])),
        }
    }
}

impl Window {
    fn read(reading: &mut Reading, given: &Value, pointer: &str) -> Option<Self> {
        let hint =
            || Some("write [2026-09-01T08:00:00Z, 2026-09-01T09:00:00Z] or [+1h, +2h]; null leaves it open".to_owned());
        let Value::Array(ends) = given else {
            reading.wrong(pointer, format!("`between` is a list of two times, not {}", kind(given)), hint());
            return None;
        };
        let [from, until] = ends.as_slice() else {
            reading.wrong(pointer, format!("`between` is a list of two times, not of {}", ends.len()), hint());
            return None;
        };
        let mut moment = |given: &Value, place: &str| {
            let moment = text(given).and_then(|text| {
                let span = || text.parse().ok().map(Moment::In);
                text.parse().ok().map(Moment::At).or_else(span)
            });
            if moment.is_none() && !given.is_null() {
                reading.wrong(&below(pointer, place), format!("{given} is no time"), hint());
            }
            moment
        };
        let window = Self { from: moment(from, "0"), until: moment(until, "1") };
        if let (Some(Moment::At(from)), Some(Moment::At(until))) = (window.from, window.until)
            && until <= from
        {
            reading.wrong(pointer, "`between` ends before it begins", None);
        }
        Some(window)
    }

    fn contains(self, now: Timestamp, made: Timestamp) -> bool {
        self.from.is_none_or(|from| from.resolve(made) <= now)
            && self.until.is_none_or(|until| now < until.resolve(made))
    }
}
