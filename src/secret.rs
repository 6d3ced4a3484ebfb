//! Text that must not reach a log.

use std::fmt;

/// A credential. `Debug` shows only its last four characters, so that a log line or a panic message never carries one whole.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Secret(String);

impl Secret {
    /// Wraps `text`.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself: for signing, comparing, and handing it to its owner.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The form by which two of them can be told apart: see [`recognisable`].
    pub fn recognisable(&self) -> String {
        recognisable(&self.0)
    }

    /// The form that may be shown: an ellipsis and the last four characters.
    pub fn shortened(&self) -> String {
        let shown = self.0.char_indices().rev().nth(3).map_or("", |(at, _)| &self.0[at..]);
        format!("…{shown}")
    }
}

/// So much of a credential that its owner knows it again, and nobody can use it: its first six characters, its last four, and how many there
/// are. Of short ones it is less.
pub fn recognisable(credential: &str) -> String {
    let count = credential.chars().count();
    let (first, last) = match count {
        0..=4 => (0, 0),
        5..=15 => (2, 0),
        _ => (6, 4),
    };
    let start: String = credential.chars().take(first).collect();
    let end: String = credential.chars().skip(count - last).collect();
    format!("{start}…{end} ({count} characters)")
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shortened())
    }
}

/// A credential in a document that is made for its owner: `#[serde(with = "crate::secret::exposed")]`.
pub mod exposed {
    use serde::{Deserialize, Deserializer, Serializer};

    use super::Secret;

    /// Writes it in clear.
    pub fn serialize<S: Serializer>(secret: &Secret, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(secret.expose())
    }

    /// Reads it.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Secret, D::Error> {
        String::deserialize(deserializer).map(Secret::new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_of_them_can_be_told_apart_and_none_be_used() {
        assert_eq!(recognisable("AT_O123456789O0abcdef"), "AT_O12…cdef (21 characters)");
        assert_eq!(recognisable("CS_test"), "CS… (7 characters)");
        assert_eq!(recognisable("éé"), "… (2 characters)");
        assert_eq!(recognisable(""), "… (0 characters)");
    }

    #[test]
    fn debug_shows_the_last_four_characters_only() {
        assert_eq!(format!("{:?}", Secret::new("CS_0123456789abcd")), "…abcd");
        assert_eq!(format!("{:?}", Secret::new("abc")), "…");
    }
}
