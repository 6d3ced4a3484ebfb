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

    /// The form that may be shown: an ellipsis and the last four characters.
    pub fn shortened(&self) -> String {
        let shown = self.0.char_indices().rev().nth(3).map_or("", |(at, _)| &self.0[at..]);
        format!("…{shown}")
    }
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
    fn debug_shows_the_last_four_characters_only() {
        assert_eq!(format!("{:?}", Secret::new("CS_0123456789abcd")), "…abcd");
        assert_eq!(format!("{:?}", Secret::new("abc")), "…");
    }
}
