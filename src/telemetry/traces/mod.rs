//! Spans for an OpenTelemetry collector: one for each request, over OTLP as `http/json`.
//!
//! The SDK and exporter of the `opentelemetry` crates bring prost, tonic and seventeen crates more for what is here a queue, a JSON document and a
//! POST with the client that the verbs use. What the `OTEL_*` variables say is kept to; where none asks for traces, nothing of this exists.

mod context;
mod document;
mod exporter;
mod sampler;
mod settings;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

pub use exporter::Exporter;
pub use sampler::Sampler;
pub use settings::{Batching, Settings};

use super::Observation;
use crate::clock::wall_nanoseconds;
use crate::random::mix;
use context::Context;
use exporter::Queue;

/// Makes spans of exchanges.
#[derive(Debug)]
pub struct Traces {
    queue: Arc<Queue>,
    sampler: Sampler,
    keys: [u64; 3],
    made: AtomicU64,
}

/// Who a span is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Identity {
    trace: u128,
    span: u64,
    sampled: bool,
}

impl Traces {
    /// What makes spans as `settings` say, and what takes them to the collector. The latter has to be run.
    pub fn new(settings: Settings) -> (Self, Exporter) {
        let sampler = settings.sampler;
        let (queue, exporter) = Exporter::new(settings);
        // Ids must differ from those of other runs and programs: they do not come from the seed.
        let keys = std::array::from_fn(|_| {
            let mut bytes = [0; 8];
            aws_lc_rs::rand::fill(&mut bytes).expect("the operating system has randomness");
            u64::from_le_bytes(bytes)
        });
        (Self { queue, sampler, keys, made: AtomicU64::new(0) }, exporter)
    }

    /// Makes the span of an exchange whose route has this path.
    pub fn record(&self, seen: &Observation<'_>, route: Option<&str>) {
        // Who asks every few seconds whether we live is in nobody's trace.
        if matches!(seen.operation, "control.ready" | "control.metrics") {
            return;
        }
        let headers = &seen.request.head.headers;
        let parent = Context::of(headers);
        let own = self.identity(parent.as_ref());
        if own.sampled {
            let end = wall_nanoseconds();
            self.queue.put(document::span(own, parent.as_ref(), seen, route, end));
        }
    }

    fn identity(&self, parent: Option<&Context<'_>>) -> Identity {
        let count = self.made.fetch_add(1, Relaxed);
        let [high, low, span] = self.keys.map(|key| mix(key ^ mix(count)));
        let trace = parent.map_or(u128::from(high) << 64 | u128::from(low) | 1, |parent| parent.trace);
        let sampled = self.sampler.samples(trace, parent.map(|parent| parent.sampled));
        Identity { trace, span: span | 1, sampled }
    }

    /// How many spans reached the collector, and how many were dropped.
    pub fn delivered(&self) -> (u64, u64) {
        self.queue.delivered()
    }
}

/// A server span's kind, as OTLP counts them.
const SERVER: u8 = 2;
