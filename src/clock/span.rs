//! Lengths of time as people write them: `30s`, `15m`, `18h`, `8d`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A length of time in whole milliseconds; negative spans point into the past.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span(i64);

/// Why a text is not a [`Span`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a duration: write a number and a unit, such as 30s, 15m, 18h or 8d")]
pub struct ParseSpanError(String);

const DAY: i64 = 86_400_000;
const UNITS: [(&str, i64); 5] = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", DAY)];

impl Span {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// A span of `millis` milliseconds.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// A span of `seconds` seconds.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1_000))
    }

    /// A span of `days` days of 24 hours.
    pub const fn from_days(days: i64) -> Self {
        Self(days.saturating_mul(86_400_000))
    }

    /// Its length in milliseconds.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Its length in seconds, rounded up: what a `Retry-After` may say.
    pub const fn seconds_rounded_up(self) -> i64 {
        let whole = self.0.div_euclid(1_000);
        if self.0.rem_euclid(1_000) == 0 { whole } else { whole + 1 }
    }

    /// Its length as people say it, in its two largest units: `8d 2h`, `1h`, `59s`.
    pub fn in_words(self) -> String {
        let mut rest = self.0.abs();
        let mut parts = Vec::new();
        for (name, unit) in UNITS.into_iter().rev() {
            let count = rest / unit;
            rest %= unit;
            if count > 0 {
                parts.push(format!("{count}{name}"));
            } else if !parts.is_empty() {
                break;
            }
            if parts.len() == 2 {
                break;
            }
        }
        let sign = if self.0 < 0 { "-" } else { "" };
        if parts.is_empty() { "0s".to_owned() } else { format!("{sign}{}", parts.join(" ")) }
    }

    /// True for a span of no length.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }
}

impl FromStr for Span {
    type Err = ParseSpanError;

    /// Reads one or more numbers with units (`1d12h`), with an optional sign in front.
    fn from_str(text: &str) -> Result<Self, ParseSpanError> {
        let wrong = || ParseSpanError(text.to_owned());
        let (sign, mut rest) = match text.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, text.strip_prefix('+').unwrap_or(text)),
        };
        if rest.is_empty() {
            return Err(wrong());
        }
        let mut total: i64 = 0;
        while !rest.is_empty() {
            let digits = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
            let number: i64 = rest[..digits].parse().map_err(|_| wrong())?;
            rest = &rest[digits..];
            let letters = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
            let (_, unit) = UNITS.iter().find(|(name, _)| *name == &rest[..letters]).ok_or_else(wrong)?;
            rest = &rest[letters..];
            total = number.checked_mul(*unit).and_then(|part| total.checked_add(part)).ok_or_else(wrong)?;
        }
        Ok(Self(sign * total))
    }
}

impl fmt::Display for Span {
    /// The largest unit that divides it: `8d`, `36h`, `90s`; one day is `24h`, as people write cooldowns; nothing is `0s`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return f.write_str("0s");
        }
        let is_natural = |unit: i64| self.0 % unit == 0 && (unit < DAY || self.0.abs() > DAY);
        let fits = UNITS.iter().rev().find(|(_, unit)| is_natural(*unit));
        let (name, unit) = fits.unwrap_or(&UNITS[0]);
        write!(f, "{}{name}", self.0 / unit)
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        for text in ["0s", "250ms", "30s", "15m", "18h", "24h", "8d", "-30d"] {
            assert_eq!(text.parse::<Span>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn reads_signs_and_compounds() {
        assert_eq!("+2h".parse::<Span>().unwrap(), Span::from_seconds(7_200));
        assert_eq!("1d12h".parse::<Span>().unwrap().to_string(), "36h");
    }

    #[test]
    fn refuses_what_has_no_unit_or_no_number() {
        for text in ["", "-", "30", "h", "3 h", "1.5h", "5y", "99999999999999999999s", "9999999999999d"] {
            assert!(text.parse::<Span>().is_err(), "{text}");
        }
    }

    #[test]
    fn words_have_two_units_at_most() {
        for (text, words) in [
            ("0s", "0s"),
            ("691205s", "8d"),
            ("7d1s", "7d"),
            ("8d2h5m", "8d 2h"),
            ("3600s", "1h"),
            ("59s", "59s"),
            ("-90s", "-1m 30s"),
        ] {
            assert_eq!(text.parse::<Span>().unwrap().in_words(), words, "{text}");
        }
    }

    #[test]
    fn seconds_are_rounded_up() {
        assert_eq!(Span::from_millis(1).seconds_rounded_up(), 1);
        assert_eq!(Span::from_millis(2_000).seconds_rounded_up(), 2);
    }
}
