//! Whether a value is what its key takes, and how to say so.

use crate::clock::{Span, Timestamp};
use crate::organization::{Family, Serial};

use super::nearest::did_you_mean;
use super::scalar::{integer, moment, price, source};
use super::shape::Kind;
use super::tree::Value;

/// More words than this are listed in the hint, not in the message.
const FEW: usize = 4;

impl Kind {
    /// What a value must be, as in "`rate` must be …".
    pub(super) fn expected(&self) -> String {
        let words = match self {
            Self::Text => "text",
            Self::Id => "lower-case letters, digits and dashes",
            Self::Digits => "a number",
            Self::Serial => "a serial number",
            Self::Model => "a model's name",
            Self::Source => "`apple`, `apple:<customer number>` or `reseller:<DEP reseller id>`",
            Self::Certificate => "a certificate in PEM",
            Self::Server => "a server's name or null",
            Self::Family => "a product family",
            Self::Span => "a duration",
            Self::Length => "a duration that is not negative",
            Self::Time => "a time",
            Self::Moment => "a time, or a duration from the clock's start",
            Self::Choice(words) if words.len() > FEW => return format!("one of {} words", words.len()),
            Self::Choice(words) => return list(words),
            Self::Integer(1, 1) => "1",
            Self::Integer(least, u64::MAX) => return format!("a whole number, at least {least}"),
            Self::Integer(least, most) => return format!("a whole number from {least} to {most}"),
            Self::Licenses => "a whole number from 1, or `unlimited`",
            Self::Above0To(most) if most.is_finite() => return format!("a number above 0, up to {most}"),
            Self::Above0To(_) => "a number above 0",
            Self::Price => "a price",
            Self::Flag => "true or false",
            Self::Object(_) | Self::One(_) | Self::Mapping => "a mapping",
            Self::List(_) => "a list",
        };
        words.to_owned()
    }

    /// Whether `value` is of this kind; parts of collections are not looked at. Otherwise what would be right.
    pub(super) fn check(&self, value: Value) -> Result<(), Option<String>> {
        match (self, value) {
            (_, Value::Wrong)
            | (Self::Object(_) | Self::Mapping, Value::Mapping | Value::Null)
            | (Self::One(_), Value::Mapping)
            | (Self::List(_), Value::Sequence | Value::Null)
            | (Self::Flag, Value::Bool(_))
            | (Self::Server, Value::Null) => Ok(()),
            (Self::Integer(least, most), Value::Integer(text)) => {
                let fits = integer(text).is_some_and(|number| (*least..=*most).contains(&number));
                fits.then_some(()).ok_or(None)
            }
            (Self::Above0To(most), Value::Integer(text) | Value::Float(text)) => {
                let fits = text.parse().is_ok_and(|number: f64| number > 0.0 && number <= *most);
                fits.then_some(()).ok_or(None)
            }
            (Self::Licenses, Value::Integer(text)) => integer(text).filter(|count| *count > 0).map(|_| ()).ok_or(None),
            (Self::Licenses, Value::Text("unlimited")) => Ok(()),
            (Self::Integer(..) | Self::Above0To(_) | Self::Licenses, Value::Text(text)) => {
                Err(text.parse::<f64>().is_ok().then(|| "leave the quotes out".to_owned()))
            }
            (Self::Flag, Value::Text(text)) => Err(match text {
                "yes" | "on" | "Yes" | "On" => Some("write true".to_owned()),
                "no" | "off" | "No" | "Off" => Some("write false".to_owned()),
                _ => None,
            }),
            (kind, Value::Text(text) | Value::Integer(text) | Value::Float(text)) => kind.check_text(text),
            (kind, Value::Bool(flag)) if kind.is_text() => Err(Some(format!("put text in quotes: \"{flag}\""))),
            (kind, Value::Null) => Err(Some(format!("write {}, or leave the key out", kind.expected()))),
            (Self::List(_), _) => Err(Some("write each entry on a line of its own that begins with `- `".to_owned())),
            _ => Err(None),
        }
    }

    fn check_text(&self, text: &str) -> Result<(), Option<String>> {
        let hint = match self {
            Self::Text | Self::Model | Self::Server if !text.is_empty() => return Ok(()),
            Self::Text | Self::Model | Self::Server => "write some text, or leave the key out".to_owned(),
            Self::Id if is_id(text) => return Ok(()),
            Self::Id => {
                let id = id_from(text);
                if id.is_empty() { "acme, for example".to_owned() } else { format!("`{id}` would do") }
            }
            Self::Digits if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) => return Ok(()),
            Self::Digits => "digits only, such as \"361309726\"".to_owned(),
            Self::Serial => {
                if Serial::from_bytes(text.as_bytes()).is_some() {
                    return Ok(());
                }
                let upper = text.trim().to_ascii_uppercase();
                match Serial::from_bytes(upper.as_bytes()) {
                    Some(serial) => format!("did you mean `{serial}`?"),
                    None => "write 8 to 14 of A–Z and 0–9".to_owned(),
                }
            }
            Self::Source if source(text).is_some() => return Ok(()),
            Self::Source => "apple, apple:1122334 or reseller:16FCE4A0, for example".to_owned(),
            Self::Certificate if text.contains("-----BEGIN CERTIFICATE-----") => return Ok(()),
            Self::Certificate => "write `|` and below it, indented, -----BEGIN CERTIFICATE----- and so on".to_owned(),
            Self::Family if Family::from_name(text).is_some() => return Ok(()),
            Self::Family => {
                let names = Family::ALL.map(Family::name);
                return Err(did_you_mean(text, names).or_else(|| Some(format!("write {}", list(&names)))));
            }
            Self::Span if text.parse::<Span>().is_ok() => return Ok(()),
            Self::Span => "write a number and a unit, such as 30s, 15m, 18h or 8d".to_owned(),
            Self::Length if text.parse::<Span>().is_ok_and(|span| span >= Span::ZERO) => return Ok(()),
            Self::Length => "write a number and a unit, such as 30s, 15m, 18h or 8d".to_owned(),
            Self::Time if text.parse::<Timestamp>().is_ok() => return Ok(()),
            Self::Time => "write it as 2026-09-01T08:00:00Z or 2026-09-01, between 1970 and 2105".to_owned(),
            Self::Moment if moment(text).is_some() => return Ok(()),
            Self::Moment => "write -30d, +2h, 2026-09-01 or 2026-09-01T08:00:00Z, for example".to_owned(),
            Self::Choice(words) if words.contains(&text) => return Ok(()),
            Self::Choice(words) => {
                let all = || (words.len() > FEW).then(|| format!("write {}", list(words)));
                return Err(did_you_mean(text, words.iter().copied()).or_else(all));
            }
            Self::Price if price(text).is_some() => return Ok(()),
            Self::Object(_) | Self::One(_) | Self::Mapping => "write its keys on the lines below, indented".to_owned(),
            Self::List(_) => "write each entry on a line of its own that begins with `- `".to_owned(),
            _ => return Err(None),
        };
        Err(Some(hint))
    }

    /// Whether values of this kind are text, however they look.
    pub(super) fn is_text(&self) -> bool {
        !matches!(
            self,
            Self::Integer(..)
                | Self::Licenses
                | Self::Above0To(_)
                | Self::Price
                | Self::Flag
                | Self::Object(_)
                | Self::One(_)
                | Self::List(_)
                | Self::Mapping
        )
    }
}

fn list(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.as_slice() {
        [only] => only.clone(),
        [first, second] => format!("{first} or {second}"),
        _ => format!("one of {}", quoted.join(", ")),
    }
}

fn is_id(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}

/// The id nearest to `text`.
fn id_from(text: &str) -> String {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-").to_ascii_lowercase()
}

/// What a message calls `value`.
pub(super) fn found(value: Value) -> String {
    match value {
        Value::Text("") => "empty".to_owned(),
        Value::Integer(text) | Value::Float(text) | Value::Text(text) => {
            let line = text.lines().next().unwrap_or_default();
            let short: String = line.chars().take(40).collect();
            if short.len() < text.len() { format!("`{short}…`") } else { format!("`{short}`") }
        }
        Value::Bool(flag) => format!("`{flag}`"),
        Value::Sequence => "a list".to_owned(),
        Value::Mapping => "a mapping".to_owned(),
        Value::Null | Value::Wrong => "nothing".to_owned(),
    }
}
