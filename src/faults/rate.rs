//! How fast the bytes of an answer flow.

use std::str::FromStr;

/// Bytes per second, at least one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate(u64);

/// Why a text is not a [`Rate`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a rate")]
pub struct ParseRateError(String);

const UNITS: [(&str, u64); 6] =
    [("B", 1), ("KB", 1_000), ("KiB", 1_024), ("MB", 1_000_000), ("MiB", 1_048_576), ("", 1)];

impl Rate {
    /// So many bytes per second; at least one.
    pub fn of(bytes: u64) -> Self {
        Self(bytes.max(1))
    }

    /// Bytes per second.
    pub fn bytes_per_second(self) -> u64 {
        self.0
    }
}

impl FromStr for Rate {
    type Err = ParseRateError;

    /// Reads `1KB/s`, `300 B/s`, `64KiB`.
    fn from_str(text: &str) -> Result<Self, ParseRateError> {
        let wrong = || ParseRateError(text.to_owned());
        let amount = text.trim().strip_suffix("/s").unwrap_or(text.trim());
        let digits = amount.find(|c: char| !c.is_ascii_digit()).unwrap_or(amount.len());
        let (number, unit) = amount.split_at(digits);
        let number: u64 = number.parse().map_err(|_| wrong())?;
        let unit = unit.trim();
        let (_, size) = UNITS.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit)).ok_or_else(wrong)?;
        number.checked_mul(*size).filter(|bytes| *bytes > 0).map(Self).ok_or_else(wrong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_read_with_and_without_their_second() {
        for (text, bytes) in [("1KB/s", 1_000), ("300 B/s", 300), ("2kib", 2_048), ("1MB/s", 1_000_000), ("7", 7)] {
            assert_eq!(text.parse().map(Rate::bytes_per_second), Ok(bytes), "{text}");
        }
        for text in ["", "KB/s", "0B/s", "1KB/h", "-1B/s", "99999999999999MB/s", "fast"] {
            assert!(text.parse::<Rate>().is_err(), "{text}");
        }
    }
}
