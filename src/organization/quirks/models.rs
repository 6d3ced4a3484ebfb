//! Switches with several settings.

use serde::{Deserialize, Serialize};

use super::OutageBody;
use crate::clock::Span;

/// The throttle on profile assignments: more than `assignments` of one device within `window` refuse it for `cooldown`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Throttle {
    /// How many assignments a device takes in a window.
    pub assignments: u32,
    /// The window.
    #[schemars(with = "String")]
    pub window: Span,
    /// How long a throttled device stays so.
    #[schemars(with = "String")]
    pub cooldown: Span,
    /// Whether an attempt during the cooldown starts it anew.
    pub extends: bool,
    /// Whether one throttled device fails the whole request.
    pub whole_batch: bool,
    /// Whether throttled devices are missing from sync, and a server that they leave gets no `deleted` row.
    pub hides: bool,
}

impl Default for Throttle {
    fn default() -> Self {
        Self {
            assignments: 5,
            window: Span::from_seconds(3_600),
            cooldown: Span::from_days(1),
            extends: false,
            whole_batch: false,
            hides: false,
        }
    }
}

/// How long changes take to be seen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Lag {
    /// From an assignment in the portal to the MDM servers' lists.
    #[schemars(with = "String")]
    pub portal: Span,
    /// From a profile assigned or removed by the API to its row in sync.
    #[schemars(with = "String")]
    pub profile: Span,
    /// From a profile assigned by the API to its status in device details.
    #[schemars(with = "String")]
    pub details: Span,
}

impl Default for Lag {
    fn default() -> Self {
        Self { portal: Span::ZERO, profile: Span::from_seconds(60), details: Span::ZERO }
    }
}

/// How long an event takes.
#[derive(Clone, Debug, PartialEq)]
pub enum EventLatency {
    /// So long, and so much more for a thousand tasks. A duration alone is the first.
    Takes {
        /// For an event at all.
        base: Span,
        /// For a thousand tasks.
        per_thousand: Span,
    },
    /// It is stuck: until the switch is set back, nothing more of it is done.
    Never,
}

/// The word for an event that is stuck.
const NEVER: &str = "never";

/// How an event's latency may be written.
#[derive(schemars::JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "the schema alone is wanted of its words")]
pub(super) enum LatencyWritten {
    /// A duration: for an event at all; its tasks take no time. `never`: events are stuck.
    Alone(String),
    /// Both, or one of them.
    Both {
        /// For an event at all.
        base: Option<String>,
        /// For a thousand tasks.
        per_thousand: Option<String>,
    },
}

impl Default for EventLatency {
    fn default() -> Self {
        Self::Takes { base: DEFAULT_LATENCY, per_thousand: DEFAULT_LATENCY }
    }
}

/// The default of either.
const DEFAULT_LATENCY: Span = Span::from_seconds(1);

/// Both durations, as they are written.
#[derive(Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Both {
    base: Span,
    per_thousand: Span,
}

impl Default for Both {
    fn default() -> Self {
        Self { base: DEFAULT_LATENCY, per_thousand: DEFAULT_LATENCY }
    }
}

impl Serialize for EventLatency {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match *self {
            Self::Never => serializer.serialize_str(NEVER),
            Self::Takes { base, per_thousand } => Both { base, per_thousand }.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for EventLatency {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        if value == NEVER {
            return Ok(Self::Never);
        }
        if value.is_string() {
            let wrong = |wrong| serde::de::Error::custom(format!("{wrong}, nor is it `{NEVER}`"));
            let base = Span::deserialize(value).map_err(wrong)?;
            return Ok(Self::Takes { base, per_thousand: Span::ZERO });
        }
        let Both { base, per_thousand } = Both::deserialize(value).map_err(serde::de::Error::custom)?;
        Ok(Self::Takes { base, per_thousand })
    }
}

/// The page limits that an account advertises.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountLimits {
    /// `limit.default`.
    pub default: u32,
    /// `limit.maximum`.
    pub maximum: u32,
}

/// An outage of the whole service.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Outage {
    /// The status of every answer.
    #[schemars(range(min = 400, max = 599))]
    pub status: u16,
    /// Seconds for a Retry-After header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
    /// The body: text, or the edge's HTML page.
    #[serde(default)]
    pub body: OutageBody,
}
