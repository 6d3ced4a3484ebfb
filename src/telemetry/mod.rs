//! What the simulator tells of itself: numbers ([`metrics`]), a line for each request ([`log`]), and spans for a collector ([`traces`]).
//!
//! All three are told of an exchange when it has its answer. Metrics are always on and cost a few additions; the other two exist where
//! somebody asked for them.

pub mod log;
pub mod metrics;
mod observation;
pub mod traces;

pub use observation::{Observation, Side};

use log::RequestLog;
use metrics::Metrics;
use traces::Traces;

/// Everything that is told of exchanges.
#[derive(Debug)]
pub struct Telemetry {
    /// The numbers.
    pub metrics: Metrics,
    /// The lines.
    pub log: Option<RequestLog>,
    /// The spans.
    pub traces: Option<Traces>,
}

impl Telemetry {
    /// Takes note of an exchange that has its answer.
    #[inline]
    pub fn observe(&self, seen: &Observation<'_>) {
        let route = self.metrics.count(seen);
        if let Some(log) = &self.log {
            log.write(seen);
        }
        if let Some(traces) = &self.traces {
            traces.record(seen, route);
        }
    }
}
