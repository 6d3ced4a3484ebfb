//! Moments in time and how Apple writes them.

use std::fmt;
use std::ops::{Add, Sub};
use std::str::FromStr;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use time::OffsetDateTime;
use time::format_description::well_known::{Rfc2822, Rfc3339};

use super::Span;

/// A moment, in milliseconds since 1970-01-01T00:00:00Z. Simulated unless a name says `wall`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// Why a text is not a [`Timestamp`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a time: write it as 2026-09-01T08:00:00Z or 2026-09-01, between 1970 and 2105")]
pub struct ParseTimestampError(String);

impl Timestamp {
    /// The last moment that a clock may show: device records keep times as 32 bits of seconds.
    pub const LAST: Self = Self(4_291_747_199_000);

    /// The moment `millis` milliseconds after the epoch.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// The moment `seconds` seconds after the epoch.
    pub const fn from_seconds(seconds: u32) -> Self {
        Self(seconds as i64 * 1_000)
    }

    /// Milliseconds since the epoch.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since the epoch, clamped to what a device record can hold.
    pub fn seconds(self) -> u32 {
        self.0.div_euclid(1_000).clamp(0, i64::from(u32::MAX)) as u32
    }

    /// True for a moment that a clock may show (1970 to 2105).
    pub fn is_representable(self) -> bool {
        (Self(0)..=Self::LAST).contains(&self)
    }

    fn civil(self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(i64::from(self.seconds())).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }

    /// The day alone, `2026-09-01`, in UTC.
    pub fn date(self) -> String {
        self.to_string()[..10].to_owned()
    }

    /// The form of Apps and Books, `2030-11-08T22:33:22+0000`: UTC with a zone of digits alone.
    pub fn with_numeric_zone(self) -> String {
        self.to_string().replace('Z', "+0000")
    }

    /// The form of the `Date` header, `Tue, 01 Sep 2026 08:00:00 GMT`.
    pub fn http_date(self) -> String {
        let civil = self.civil();
        let weekday = &civil.weekday().to_string()[..3];
        let month = &civil.month().to_string()[..3];
        let (hour, minute, second) = civil.to_hms();
        format!("{weekday}, {:02} {month} {:04} {hour:02}:{minute:02}:{second:02} GMT", civil.day(), civil.year())
    }

    /// Reads the form of the `Date` header.
    pub fn from_http_date(text: &str) -> Option<Self> {
        let moment = OffsetDateTime::parse(text, &Rfc2822).ok()?;
        Some(Self(moment.unix_timestamp().checked_mul(1_000)?)).filter(|moment| moment.is_representable())
    }
}

/// The wall clock: the one place where real time enters.
#[expect(clippy::disallowed_methods, reason = "every other part of the program takes time from here")]
pub fn wall() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// The wall clock in nanoseconds since 1970-01-01T00:00:00Z: for logs and traces, which put what happened at once in its order.
#[expect(clippy::disallowed_methods, reason = "every other part of the program takes time from here")]
pub fn wall_nanoseconds() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}

impl fmt::Display for Timestamp {
    /// Apple's form: UTC, whole seconds, a literal `Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(std::str::from_utf8(&self.written()).unwrap_or_default())
    }
}

impl FromStr for Timestamp {
    type Err = ParseTimestampError;

    fn from_str(text: &str) -> Result<Self, ParseTimestampError> {
        let wrong = || ParseTimestampError(text.to_owned());
        let whole = if text.len() == 10 { format!("{text}T00:00:00Z") } else { text.to_owned() };
        let moment = OffsetDateTime::parse(&whole, &Rfc3339).map_err(|_| wrong())?;
        let millis = i64::try_from(moment.unix_timestamp_nanos() / 1_000_000).map_err(|_| wrong())?;
        Some(Self(millis)).filter(|moment| moment.is_representable()).ok_or_else(wrong)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl Add<Span> for Timestamp {
    type Output = Self;

    fn add(self, span: Span) -> Self {
        Self(self.0.saturating_add(span.millis()))
    }
}

impl Sub<Span> for Timestamp {
    type Output = Self;

    fn sub(self, span: Span) -> Self {
        Self(self.0.saturating_sub(span.millis()))
    }
}

impl Sub for Timestamp {
    type Output = Span;

    fn sub(self, other: Self) -> Span {
        Span::from_millis(self.0.saturating_sub(other.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes_apples_form() {
        let moment: Timestamp = "2026-01-17T11:02:21Z".parse().unwrap();
        assert_eq!(moment.to_string(), "2026-01-17T11:02:21Z");
        assert_eq!(moment.millis(), 1_768_647_741_000);
        assert_eq!(moment.http_date(), "Sat, 17 Jan 2026 11:02:21 GMT");
        assert_eq!(Timestamp::from_http_date(&moment.http_date()), Some(moment));
        assert_eq!(Timestamp::from_http_date("in a while"), None);
    }

    #[test]
    fn reads_a_day_and_an_offset() {
        assert_eq!("2026-09-01".parse::<Timestamp>().unwrap().to_string(), "2026-09-01T00:00:00Z");
        assert_eq!("2026-09-01T10:00:00+02:00".parse::<Timestamp>().unwrap().to_string(), "2026-09-01T08:00:00Z");
    }

    #[test]
    fn refuses_what_is_no_time_or_out_of_range() {
        for text in ["", "yesterday", "2026-13-01", "1969-12-31", "2200-01-01", "2026-09-01T08:00:00"] {
            assert!(text.parse::<Timestamp>().is_err(), "{text}");
        }
    }
}
