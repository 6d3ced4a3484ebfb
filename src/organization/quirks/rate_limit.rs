//! The switch `rate_limit`.

use serde::ser::SerializeStruct;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::RetryAfterForm;
use crate::clock::Span;

/// How often a location may be asked: `requests` within `window`, counted for each location by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// How many requests; 0: as many as the service configuration tells.
    pub requests: u32,
    /// Within how long.
    pub window: Span,
    /// How a client that is refused is told when to come again.
    pub retry_after: RetryAfterForm,
    /// The locations for which it holds, by name or id; none: for all.
    pub locations: Vec<String>,
}

impl Default for RateLimit {
    /// The documented one.
    fn default() -> Self {
        let (window, retry_after) = (Span::from_seconds(1), RetryAfterForm::None);
        Self { requests: 0, window, retry_after, locations: Vec::new() }
    }
}

/// How it may be written.
#[derive(Deserialize, schemars::JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "the schema alone is wanted of its words")]
pub(super) enum Written {
    /// The documented one.
    Word(Documented),
    /// One of one's own.
    Own(Own),
}

/// The word for the documented limit.
#[derive(Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Documented {
    /// As many in a second as `maxRequestPerSecond` says.
    Documented,
}

/// A limit of one's own.
#[derive(Deserialize, schemars::JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Own {
    /// How many requests; 0: as many as the service configuration tells.
    requests: u32,
    /// Within how long.
    #[schemars(with = "String")]
    window: Span,
    /// How a client that is refused is told when to come again.
    retry_after: RetryAfterForm,
    /// The locations for which it holds, by name or id; none: for all.
    locations: Vec<String>,
}

impl Default for Own {
    fn default() -> Self {
        let RateLimit { requests, window, retry_after, locations } = RateLimit::default();
        Self { requests, window, retry_after, locations }
    }
}

impl Serialize for RateLimit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if *self == Self::default() {
            return serializer.serialize_str("documented");
        }
        let mut written = serializer.serialize_struct("RateLimit", 4)?;
        written.serialize_field("requests", &self.requests)?;
        written.serialize_field("window", &self.window)?;
        written.serialize_field("retry_after", &self.retry_after)?;
        written.serialize_field("locations", &self.locations)?;
        written.end()
    }
}

impl<'de> Deserialize<'de> for RateLimit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        if value.is_string() {
            let Documented::Documented = Documented::deserialize(value).map_err(serde::de::Error::custom)?;
            return Ok(Self::default());
        }
        let Own { requests, window, retry_after, locations } =
            Own::deserialize(value).map_err(serde::de::Error::custom)?;
        Ok(Self { requests, window, retry_after, locations })
    }
}
