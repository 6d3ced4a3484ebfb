//! When a client shall come again.

use http::HeaderValue;
use serde_json::Value;

use crate::clock::{Span, Timestamp};

/// The value of a `Retry-After` header: seconds, a date, or whatever else was asked for, since some clients stumble over just that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetryAfter(HeaderValue);

impl RetryAfter {
    /// Reads seconds (`30`), a duration (`30s`), a time (`2026-09-01T08:00:00Z`, which goes out as an HTTP date) or any other text that a
    /// header can hold, such as an HTTP date, which goes out as it is.
    pub fn read(given: &Value) -> Option<Self> {
        let value = match given {
            Value::Number(seconds) => HeaderValue::from(seconds.as_u64()?),
            Value::String(text) if text.trim().is_empty() => return None,
            Value::String(text) => match (text.parse::<Timestamp>(), text.parse::<Span>()) {
                (Ok(date), _) => HeaderValue::try_from(date.http_date()).ok()?,
                (_, Ok(span)) if span.millis() >= 0 => HeaderValue::from(span.seconds_rounded_up()),
                _ => HeaderValue::try_from(text.as_str()).ok().filter(|value| value.to_str().is_ok())?,
            },
            _ => return None,
        };
        Some(Self(value))
    }

    /// The header's value.
    pub fn header_value(&self) -> HeaderValue {
        self.0.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn seconds_and_dates_are_written_as_http_has_them() {
        let date = "Tue, 01 Sep 2026 08:00:00 GMT";
        for (given, wanted) in [
            (json!(30), "30"),
            (json!("30"), "30"),
            (json!("1m"), "60"),
            (json!("2026-09-01T08:00:00Z"), date),
            (json!(date), date),
            (json!("soon"), "soon"),
        ] {
            assert_eq!(RetryAfter::read(&given).unwrap().header_value(), wanted, "{given}");
        }
        for given in [json!(-1), json!(1.5), json!(""), json!("a\nb"), json!(null), json!([1])] {
            assert_eq!(RetryAfter::read(&given), None, "{given}");
        }
    }
}
