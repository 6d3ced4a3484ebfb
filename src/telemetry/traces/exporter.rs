//! Takes spans to the collector.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue, USER_AGENT};
use http::{Method, StatusCode};
use parking_lot::Mutex;
use tokio::sync::Notify;

use super::document::envelope;
use super::{Batching, Settings};
use crate::http::{ClientError, fetch};

/// How long we wait before we try again what failed and may work later; after the last of them the spans are dropped.
const AGAIN: [Duration; 3] = [Duration::from_secs(1), Duration::from_secs(2), Duration::from_secs(4)];
/// The most time that goes into what is left when we are told to end: who ends us does not wait for ever.
const LAST: Duration = Duration::from_secs(3);

/// Spans that wait.
#[derive(Debug)]
pub(super) struct Queue {
    spans: Mutex<VecDeque<String>>,
    full: Notify,
    batching: Batching,
    exported: AtomicU64,
    dropped: AtomicU64,
}

impl Queue {
    /// Adds a span; drops it where too many wait.
    pub(super) fn put(&self, span: String) {
        let mut spans = self.spans.lock();
        if spans.len() >= self.batching.queue {
            self.dropped.fetch_add(1, Relaxed);
            return;
        }
        spans.push_back(span);
        if spans.len() == self.batching.batch {
            self.full.notify_one();
        }
    }

    fn take(&self) -> Vec<String> {
        let mut spans = self.spans.lock();
        let count = spans.len().min(self.batching.batch);
        spans.drain(..count).collect()
    }

    fn has_batch(&self) -> bool {
        self.spans.lock().len() >= self.batching.batch
    }

    pub(super) fn delivered(&self) -> (u64, u64) {
        (self.exported.load(Relaxed), self.dropped.load(Relaxed))
    }
}

/// Takes spans to the collector while it is run.
#[derive(Debug)]
pub struct Exporter {
    queue: Arc<Queue>,
    settings: Settings,
    /// What stands before and after the spans.
    envelope: (String, &'static str),
    /// The batch that is on its way.
    under_way: Vec<String>,
    /// Whether the last attempt failed, and somebody was told.
    failing: bool,
}

/// Why a batch did not arrive.
struct NotTaken {
    why: String,
    /// Whether it may work later.
    passing: bool,
}

impl Exporter {
    pub(super) fn new(settings: Settings) -> (Arc<Queue>, Self) {
        let queue = Arc::new(Queue {
            spans: Mutex::default(),
            full: Notify::new(),
            batching: settings.batching,
            exported: AtomicU64::new(0),
            dropped: AtomicU64::new(0),
        });
        let envelope = envelope(&settings.resource);
        (Arc::clone(&queue), Self { queue, settings, envelope, under_way: Vec::new(), failing: false })
    }

    /// Exports what comes while `serving` lasts, then what is left.
    pub async fn run_beside(mut self, serving: impl Future<Output = ()>) {
        {
            let exporting = async {
                loop {
                    if !self.queue.has_batch() {
                        let full = self.queue.full.notified();
                        let _ = tokio::time::timeout(self.settings.batching.delay, full).await;
                    }
                    self.under_way = self.queue.take();
                    if !self.under_way.is_empty() {
                        self.export().await;
                    }
                }
            };
            tokio::select! {
                () = serving => {}
                () = exporting => {}
            }
        }
        self.finish().await;
    }

    /// Exports what is left, each batch once.
    async fn finish(mut self) {
        let all = async {
            loop {
                let mut batch = std::mem::take(&mut self.under_way);
                if batch.is_empty() {
                    batch = self.queue.take();
                }
                if batch.is_empty() {
                    return;
                }
                let count = batch.len() as u64;
                if let Err(not_taken) = self.post(self.document(&batch)).await {
                    self.lose(count, &not_taken.why);
                    return;
                }
                self.queue.exported.fetch_add(count, Relaxed);
            }
        };
        if tokio::time::timeout(LAST, all).await.is_err() {
            tracing::warn!("the collector did not take the last traces within {LAST:?}");
        }
    }

    /// Exports a batch, after some time again where that may help.
    async fn export(&mut self) {
        let count = self.under_way.len() as u64;
        let document = self.document(&self.under_way);
        let mut pauses = AGAIN.iter();
        loop {
            let Err(not_taken) = self.post(document.clone()).await else { break };
            match pauses.next().filter(|_| not_taken.passing) {
                Some(pause) => tokio::time::sleep(*pause).await,
                None => {
                    self.under_way.clear();
                    return self.lose(count, &not_taken.why);
                }
            }
        }
        self.under_way.clear();
        self.queue.exported.fetch_add(count, Relaxed);
        if std::mem::take(&mut self.failing) {
            tracing::info!(url = self.settings.url, "the collector takes traces again");
        }
    }

    fn lose(&mut self, count: u64, why: &str) {
        self.queue.dropped.fetch_add(count, Relaxed);
        if !std::mem::replace(&mut self.failing, true) {
            tracing::warn!(
                url = self.settings.url,
                "the collector takes no traces, which are dropped until it does: {why}"
            );
        }
    }

    fn document(&self, batch: &[String]) -> Bytes {
        let (before, after) = &self.envelope;
        let length = before.len() + after.len() + batch.iter().map(|span| span.len() + 1).sum::<usize>();
        let mut document = String::with_capacity(length);
        document.push_str(before);
        document.push_str(&batch.join(","));
        document.push_str(after);
        document.into()
    }

    async fn post(&self, document: Bytes) -> Result<(), NotTaken> {
        let Settings { url, headers, timeout, ca, .. } = &self.settings;
        let mut headers = headers.clone();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.entry(USER_AGENT).or_insert(HeaderValue::from_static(concat!("abmsim/", env!("CARGO_PKG_VERSION"))));
        let answer = fetch(url, Method::POST, headers, document, ca.as_deref(), *timeout).await;
        let answer = answer.map_err(|error| NotTaken { why: wording(error), passing: true })?;
        let status = answer.status();
        if status.is_success() {
            return Ok(());
        }
        let passing = matches!(
            status,
            StatusCode::TOO_MANY_REQUESTS
                | StatusCode::BAD_GATEWAY
                | StatusCode::SERVICE_UNAVAILABLE
                | StatusCode::GATEWAY_TIMEOUT
        );
        Err(NotTaken { why: format!("it answers {status}"), passing })
    }
}

/// The client's words are for verbs, which ask a simulator.
fn wording(error: ClientError) -> String {
    match error {
        ClientError::Refused(origin) => format!("nothing listens on {origin}"),
        other => other.to_string(),
    }
}
