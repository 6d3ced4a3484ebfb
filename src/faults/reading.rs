//! Reading rules from JSON: every mistake with its place and what would be right.

use std::ops::RangeInclusive;

use serde_json::{Map, Value};

use super::{FaultMistake, Pattern};
use crate::nearest::nearest;

/// A rule that is being read.
#[derive(Debug, Default)]
pub(super) struct Reading {
    pub(super) mistakes: Vec<FaultMistake>,
}

impl Reading {
    /// What was read, or what is wrong with it.
    pub(super) fn settle<T>(self, read: Option<T>) -> Result<T, Vec<FaultMistake>> {
        match read {
            Some(read) if self.mistakes.is_empty() => Ok(read),
            _ => Err(self.mistakes),
        }
    }

    /// Notes a mistake.
    pub(super) fn wrong(&mut self, pointer: &str, message: impl Into<String>, hint: Option<String>) {
        self.mistakes.push(FaultMistake { pointer: pointer.to_owned(), message: message.into(), hint });
    }

    /// Notes that `name` is none of `known`.
    pub(super) fn unknown<'k>(
        &mut self,
        pointer: &str,
        message: String,
        name: &str,
        known: impl IntoIterator<Item = &'k str> + Clone,
    ) {
        let near = nearest(name, known.clone()).map(|near| format!("did you mean `{near}`?"));
        let hint = near.unwrap_or_else(|| {
            let all: Vec<&str> = known.into_iter().collect();
            format!("there are {}", all.join(", "))
        });
        self.wrong(pointer, message, Some(hint));
    }

    /// The keys of a mapping, which may have these and no others; keys that begin with `x-` are the user's own.
    pub(super) fn mapping<'v>(
        &mut self,
        given: &'v Value,
        pointer: &str,
        one: &str,
        keys: &[&str],
    ) -> Option<&'v Map<String, Value>> {
        let Value::Object(map) = given else {
            self.wrong(pointer, format!("{one} is a mapping, not {}", kind(given)), None);
            return None;
        };
        for key in map.keys().filter(|key| !key.starts_with("x-") && !keys.contains(&key.as_str())) {
            let near = nearest(key, keys.iter().copied()).map(|near| format!("did you mean `{near}`?"));
            let hint = near.unwrap_or_else(|| format!("its keys are {}", keys.join(", ")));
            self.wrong(&below(pointer, key), format!("{one} has no key `{key}`"), Some(hint));
        }
        Some(map)
    }

    /// A whole number within `range`.
    pub(super) fn whole(&mut self, given: &Value, pointer: &str, range: RangeInclusive<u64>) -> Option<u64> {
        let number = given.as_u64().filter(|number| range.contains(number));
        if number.is_none() {
            let (least, most) = (range.start(), range.end());
            let wanted = match *most {
                u64::MAX => format!("a whole number, at least {least}"),
                most => format!("a whole number from {least} to {most}"),
            };
            self.wrong(pointer, format!("`{}` must be {wanted}, not {}", last(pointer), shown(given)), None);
        }
        number
    }

    /// A text that can be read as a `T`; `example` is one.
    pub(super) fn parsed<T: std::str::FromStr>(&mut self, given: &Value, pointer: &str, example: &str) -> Option<T> {
        let read = text(given).and_then(|text| text.parse().ok());
        if read.is_none() {
            let message = format!("`{}` cannot be {}", last(pointer), shown(given));
            self.wrong(pointer, message, Some(format!("write {example}, for example")));
        }
        read
    }

    /// True or false.
    pub(super) fn flag(&mut self, given: &Value, pointer: &str) -> Option<bool> {
        if !given.is_boolean() {
            self.wrong(pointer, format!("`{}` must be true or false, not {}", last(pointer), shown(given)), None);
        }
        given.as_bool()
    }

    /// One of these words.
    pub(super) fn word<'w>(&mut self, given: &Value, pointer: &str, words: &[&'w str]) -> Option<&'w str> {
        let named = given.as_str().unwrap_or_default();
        let found = words.iter().copied().find(|word| word.eq_ignore_ascii_case(named));
        if found.is_none() {
            let message = format!("`{}` cannot be {}", last(pointer), shown(given));
            self.unknown(pointer, message, named, words.iter().copied());
        }
        found
    }
}

/// A text, or a list of texts, each with wildcards perhaps. `upper` reads them as capitals, as serial numbers are.
pub(super) fn patterns(
    reading: &mut Reading,
    given: &Value,
    pointer: &str,
    one: &str,
    upper: bool,
) -> Option<Vec<Pattern>> {
    let mut read = |given: &Value, pointer: &str| match text(given).filter(|text| !text.is_empty()) {
        Some(text) if upper => Some(Pattern::new(text.to_ascii_uppercase())),
        Some(text) => Some(Pattern::new(text)),
        None => {
            reading.wrong(pointer, format!("a {one} is text, not {}", kind(given)), None);
            None
        }
    };
    let found: Vec<Pattern> = match given {
        Value::Array(list) => {
            let entries = list.iter().enumerate();
            entries.filter_map(|(place, given)| read(given, &below(pointer, &place.to_string()))).collect()
        }
        given => read(given, pointer).into_iter().collect(),
    };
    if matches!(given, Value::Array(list) if list.is_empty()) {
        reading.wrong(pointer, format!("`{}` names no {one}", last(pointer)), None);
    }
    (!found.is_empty()).then_some(found)
}

/// The value under `key`; `null` is as good as absent.
pub(super) fn get<'v>(map: &'v Map<String, Value>, key: &str) -> Option<&'v Value> {
    map.get(key).filter(|value| !value.is_null())
}

/// A text; a number is its own digits.
pub(super) fn text(given: &Value) -> Option<String> {
    match given {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The pointer to `key` in what `pointer` leads to.
pub(super) fn below(pointer: &str, key: &str) -> String {
    format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// What a message calls a value of this kind.
pub(super) fn kind(given: &Value) -> &'static str {
    match given {
        Value::Null => "nothing",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(text) if text.is_empty() => "empty",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a mapping",
    }
}

fn shown(given: &Value) -> String {
    match given {
        Value::String(text) if text.chars().count() <= 40 => format!("`{text}`"),
        Value::Number(_) | Value::Bool(_) => format!("`{given}`"),
        given => kind(given).to_owned(),
    }
}

fn last(pointer: &str) -> &str {
    pointer.rsplit('/').find(|step| step.parse::<usize>().is_err()).unwrap_or_default()
}
