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

/// How long an event takes: so long, and so much more for a thousand tasks. A duration alone is the first.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct EventLatency {
    /// For an event at all.
    pub base: Span,
    /// For a thousand tasks.
    pub per_thousand: Span,
}

/// How an event's latency may be written.
#[derive(schemars::JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "the schema alone is wanted of its words")]
pub(super) enum LatencyWritten {
    /// A duration: for an event at all; its tasks take no time.
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
        Self { base: Span::from_seconds(1), per_thousand: Span::from_seconds(1) }
    }
}

impl<'de> Deserialize<'de> for EventLatency {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(default, deny_unknown_fields)]
        struct Both {
            base: Span,
            per_thousand: Span,
        }
        impl Default for Both {
            fn default() -> Self {
                let EventLatency { base, per_thousand } = EventLatency::default();
                Self { base, per_thousand }
            }
        }
        let value = serde_json::Value::deserialize(deserializer)?;
        if value.is_string() {
            let base = Span::deserialize(value).map_err(serde::de::Error::custom)?;
            return Ok(Self { base, per_thousand: Span::ZERO });
        }
        let Both { base, per_thousand } = Both::deserialize(value).map_err(serde::de::Error::custom)?;
        Ok(Self { base, per_thousand })
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
