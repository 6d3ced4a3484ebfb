//! Moments that may be said by their distance.

use serde::{Deserialize, Serialize};

use super::{Span, Timestamp};

/// A moment: a date, or so long after another one that the context names, such as a clock's start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Moment {
    /// A date.
    At(Timestamp),
    /// So long after the start; before it where negative.
    In(Span),
}

impl Moment {
    /// The moment itself, where distances count from `start`.
    pub fn after(self, start: Timestamp) -> Timestamp {
        match self {
            Self::At(at) => at,
            Self::In(span) => start + span,
        }
    }
}

impl Default for Moment {
    /// The start.
    fn default() -> Self {
        Self::In(Span::ZERO)
    }
}
