//! One exchange in a journal.

use std::time::Duration;

use http::header::HOST;
use http::{HeaderMap, StatusCode};

use crate::clock::Timestamp;
use crate::http::{Kept, Request};

/// An exchange as a journal keeps it.
#[derive(Debug)]
pub struct Entry {
    /// Its number in its journal, from 1.
    pub id: u64,
    /// When it ended, by the organisation's clock.
    pub at: Timestamp,
    /// What was said.
    pub exchange: Exchange,
}

/// A request and what came of it.
#[derive(Debug)]
pub struct Exchange {
    /// Room, dot, verb; `unknown` where the path or the method is none of the service's.
    pub operation: &'static str,
    /// The name of the MDM server that asked, where its credential says so.
    pub server: Option<String>,
    /// The request, complete.
    pub request: Request,
    /// The answer; `None` where the connection was closed without one.
    pub answer: Option<Answered>,
    /// Wall time from the request's last byte to the answer's first.
    pub duration: Duration,
    /// When the request was complete, by the wall clock.
    pub began: Timestamp,
    /// The id of the fault rule that struck, and what it did.
    pub fault: Option<(String, String)>,
    /// Why the request was refused, in words.
    pub why: Vec<String>,
    /// The entries of the fidelity ledger that say so.
    pub refs: Vec<&'static str>,
}

/// What went back.
#[derive(Debug)]
pub struct Answered {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body; empty where it came in parts.
    pub body: Kept,
}

impl Exchange {
    /// The host that the client named.
    pub fn host(&self) -> Option<&str> {
        let head = &self.request.head;
        head.uri.authority().map(|authority| authority.as_str()).or_else(|| head.headers.get(HOST)?.to_str().ok())
    }

    /// Whether it was refused: an answer that is an error, or reasons beside one that is none, for single devices.
    pub fn is_refused(&self) -> bool {
        let error = self.answer.as_ref().is_none_or(|answer| answer.status.as_u16() >= 400);
        error || !self.why.is_empty()
    }
}
