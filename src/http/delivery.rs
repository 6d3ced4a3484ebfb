//! Bodies that take their time, or do not come to their end.

use std::time::Duration;

use bytes::Bytes;
use tokio::sync::mpsc;

use super::{Body, BrokenOff};

/// How often a slow body gets more bytes.
const BEAT: Duration = Duration::from_millis(100);

impl Body {
    /// What is delivered of a body that breaks off.
    pub fn first_half(whole: &Bytes) -> Bytes {
        whole.slice(..whole.len() / 2)
    }

    /// A body of `whole` that flows at `rate` bytes per second (`None`: as fast as it can) and, where it `breaks_off`, ends after half of it. Has
    /// to be made where a runtime runs.
    pub fn delivered(whole: Bytes, rate: Option<u64>, breaks_off: bool) -> Self {
        let length = whole.len() as u64;
        let mut left = if breaks_off { Self::first_half(&whole) } else { whole };
        let (sender, chunks) = mpsc::channel(1);
        let beat = BEAT.as_millis() as u64;
        tokio::spawn(async move {
            // Where a beat has no byte of its own, beats are rarer.
            let (piece, pause) = match rate {
                None => (left.len(), Duration::ZERO),
                Some(rate) if rate.saturating_mul(beat) >= 1_000 => {
                    (usize::try_from(rate.saturating_mul(beat) / 1_000).unwrap_or(usize::MAX), BEAT)
                }
                Some(rate) => (1, Duration::from_millis(1_000 / rate.max(1))),
            };
            while !left.is_empty() {
                let next = left.split_to(piece.clamp(1, left.len()));
                if sender.send(Ok(next)).await.is_err() {
                    return;
                }
                if !left.is_empty() {
                    tokio::time::sleep(pause).await;
                }
            }
            if breaks_off {
                let _ = sender.send(Err(BrokenOff)).await;
            }
        });
        Self::streamed(chunks, Some(length))
    }
}
