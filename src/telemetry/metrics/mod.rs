//! Numbers for Prometheus: `GET /_sim/metrics`.
//!
//! What is counted on the way of a request is a few relaxed additions to a place that the operation's name leads to; everything that can be
//! looked up instead (devices, sessions, journals) is looked up when somebody asks. No label has values that clients choose.

mod calls;
mod exposition;
mod page;

use std::sync::Arc;

use super::{Observation, Side};
use crate::clock::{Timestamp, wall};
use crate::http::Traffic;
use calls::Calls;

pub use exposition::CONTENT_TYPE;
pub use page::Standing;

/// An operation's name, and the path of its route.
pub type Named = (&'static str, &'static str);

/// Everything that is counted.
#[derive(Debug)]
pub struct Metrics {
    apple: Calls,
    control: Calls,
    traffic: Arc<Traffic>,
    began: Timestamp,
}

impl Metrics {
    /// Counters at zero for these operations of Apple's services and of our own API.
    pub fn new(apple: impl IntoIterator<Item = Named>, control: impl IntoIterator<Item = Named>) -> Self {
        Self { apple: Calls::new(apple), control: Calls::new(control), traffic: Arc::default(), began: wall() }
    }

    /// Counts an exchange; answers the path of its route.
    #[inline]
    pub fn count(&self, seen: &Observation<'_>) -> Option<&'static str> {
        let calls = match seen.side {
            Side::Apple => &self.apple,
            Side::Control => &self.control,
        };
        calls.count(seen)
    }

    /// What the server counts of its connections.
    pub fn traffic(&self) -> Arc<Traffic> {
        Arc::clone(&self.traffic)
    }
}
