//! Serial numbers as MDM servers write them.

use serde::{Deserialize, Serialize};

use crate::organization::Serial;

/// A serial number to which a licence was assigned. Apple takes any text, so this does; a real serial number costs no allocation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", from = "String")]
pub(super) enum SerialText {
    /// One that could be a device's.
    Serial(Serial),
    /// Anything else.
    Other(Box<str>),
}

impl SerialText {
    pub(super) fn new(text: &str) -> Self {
        Serial::from_bytes(text.as_bytes()).map_or_else(|| Self::Other(text.into()), Self::Serial)
    }

    pub(super) fn as_str(&self) -> &str {
        match self {
            Self::Serial(serial) => serial.as_str(),
            Self::Other(text) => text,
        }
    }
}

impl From<SerialText> for String {
    fn from(text: SerialText) -> Self {
        text.as_str().to_owned()
    }
}

impl From<String> for SerialText {
    fn from(text: String) -> Self {
        Self::new(&text)
    }
}
