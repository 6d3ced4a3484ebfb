//! How often a location may be asked.

use serde::{Deserialize, Serialize};

use super::{ContentRefusal, ContentRefused, Location, LocationId};
use crate::clock::{Span, Timestamp};
use crate::organization::Books;
use crate::organization::quirks::{RateLimit, RetryAfterForm};

/// The requests of one window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rate {
    #[serde(with = "crate::clock::millis")]
    begun: Timestamp,
    requests: u32,
}

/// When a client that asked too often may come again, as it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ComeAgain {
    /// After so long.
    After(Span),
    /// At this time.
    At(Timestamp),
}

impl Books {
    /// Counts a request to a location against its limit, where the switch `rate_limit` sets one. By the organisation's clock.
    pub fn admit_to_content(&mut self, location: LocationId, now: Timestamp) -> Result<(), ContentRefused> {
        let Some(limit) = self.quirks.rate_limit.as_ref() else { return Ok(()) };
        let told = self.limits(location).max_request_per_second;
        let ledger = self.content.location_mut(location);
        if !limit.holds_for(ledger) {
            return Ok(());
        }
        let most = if limit.requests > 0 { limit.requests } else { told };
        if now < ledger.rate.begun || now - ledger.rate.begun >= limit.window {
            ledger.rate = Rate { begun: now, requests: 0 };
        }
        ledger.rate.requests = ledger.rate.requests.saturating_add(1);
        if ledger.rate.requests > most {
            let (number, window) = (ledger.rate.requests, limit.window);
            let why = format!(
                "request {number} to the location {} within {window}, of which {most} are allowed",
                ledger.name
            );
            return Err(ContentRefused::new(ContentRefusal::TooManyRequests, why));
        }
        Ok(())
    }

    /// When a client may come again that asked a location too often, if it is told.
    pub fn come_again(&self, location: LocationId, now: Timestamp) -> Option<ComeAgain> {
        let limit = self.quirks.rate_limit.as_ref()?;
        let ends = self.content.location(location).rate.begun + limit.window;
        match limit.retry_after {
            RetryAfterForm::None => None,
            RetryAfterForm::Seconds => Some(ComeAgain::After(ends - now)),
            RetryAfterForm::Date => Some(ComeAgain::At(ends)),
        }
    }
}

impl RateLimit {
    fn holds_for(&self, location: &Location) -> bool {
        let is_it = |name: &String| *name == location.name || *name == location.id || *name == location.uid;
        self.locations.is_empty() || self.locations.iter().any(is_it)
    }
}
