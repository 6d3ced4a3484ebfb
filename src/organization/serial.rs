//! Serial numbers.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A serial number: 8 to 14 of A–Z and 0–9, held in place so that a million of them cost no allocation.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Serial {
    text: [u8; Serial::LONGEST],
    length: u8,
}

/// Why a text is not a [`Serial`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a serial number: write 8 to 14 of A–Z and 0–9")]
pub struct ParseSerialError(String);

impl Serial {
    /// The fewest characters that a serial number has.
    pub const SHORTEST: usize = 8;
    /// The most characters that a serial number has.
    pub const LONGEST: usize = 14;

    /// The serial number in `bytes`, if they are one.
    #[inline]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let fits = (Self::SHORTEST..=Self::LONGEST).contains(&bytes.len());
        if !fits || !bytes.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()) {
            return None;
        }
        let mut text = [0; Self::LONGEST];
        text[..bytes.len()].copy_from_slice(bytes);
        Some(Self { text, length: bytes.len() as u8 })
    }

    /// Its characters, all ASCII.
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        &self.text[..usize::from(self.length)]
    }

    /// Writes its characters over the first ones of `room`.
    #[inline]
    pub fn write_over(&self, room: &mut [u8]) {
        // Two halves that overlap are of one size whatever its length is, and copied without a call.
        const HALF: usize = Serial::SHORTEST;
        let rest = usize::from(self.length) - HALF;
        room[..HALF].copy_from_slice(&self.text[..HALF]);
        room[rest..rest + HALF].copy_from_slice(&self.text[rest..rest + HALF]);
    }

    /// Its characters as text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }
}

impl FromStr for Serial {
    type Err = ParseSerialError;

    fn from_str(text: &str) -> Result<Self, ParseSerialError> {
        Self::from_bytes(text.as_bytes()).ok_or_else(|| ParseSerialError(text.to_owned()))
    }
}

impl fmt::Display for Serial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Serial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Serial {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Serial {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_eight_to_fourteen_capitals_and_digits() {
        for text in ["C02XK1AB", "C02XK1ABCDEF", "ABCDEFGH123456"] {
            assert_eq!(text.parse::<Serial>().unwrap().to_string(), text);
        }
        for text in ["", "C02XK1A", "ABCDEFGH1234567", "c02xk1abcdef", "C02 XK1ABC", "C02XK1ÄBC"] {
            assert!(text.parse::<Serial>().is_err(), "{text}");
        }
    }
}
