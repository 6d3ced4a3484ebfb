//! How often a location may be asked.

use serde::{Deserialize, Serialize};

use super::{ContentRefusal, ContentRefused, LocationId};
use crate::clock::{Span, Timestamp};
use crate::organization::Books;
use crate::organization::quirks::RateLimit;

/// The requests of one second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rate {
    #[serde(with = "crate::clock::millis")]
    begun: Timestamp,
    requests: u32,
}

impl Books {
    /// Counts a request to a location against its limit, where the switch `rate_limit` sets one. By the organisation's clock.
    pub fn admit_to_content(&mut self, location: LocationId, now: Timestamp) -> Result<(), ContentRefused> {
        if self.quirks.rate_limit == RateLimit::Off {
            return Ok(());
        }
        let most = self.quirks.limits.max_request_per_second;
        let location = self.content.location_mut(location);
        if now < location.rate.begun || now - location.rate.begun >= Span::from_seconds(1) {
            location.rate = Rate { begun: now, requests: 0 };
        }
        location.rate.requests = location.rate.requests.saturating_add(1);
        if location.rate.requests > most {
            let why = format!(
                "request {} to the location {} within a second, of which {most} are allowed",
                location.rate.requests, location.name
            );
            return Err(ContentRefused::new(ContentRefusal::TooManyRequests, why));
        }
        Ok(())
    }
}
