//! One exchange in a journal.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::{HOST, HeaderValue};
use http::uri::{PathAndQuery, Uri};
use http::{HeaderMap, StatusCode};

use crate::clock::Timestamp;
use crate::http::Request;

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
    pub body: Bytes,
}

/// Bodies up to this many bytes are copied out of the buffer that they lie in; larger ones are most of theirs.
const SMALL: usize = 4_096;

impl Exchange {
    /// About how much memory it takes, in bytes.
    pub fn bytes(&self) -> usize {
        /// What the tables of two heads and the rest take in most exchanges: they are not counted one by one.
        const REST: usize = 4_096;
        let answer = self.answer.as_ref().map_or(0, |answer| answer.body.len());
        let why: usize = self.why.iter().map(String::len).sum();
        let head: usize = self.request.head.headers.values().map(HeaderValue::len).sum();
        REST + head + self.request.body.len() + answer + why
    }

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

    /// Copies what is small out of the buffers of its connection, which would stay in memory as long as one header of theirs.
    pub(super) fn detach(&mut self) {
        let Request { head, body, .. } = &mut self.request;
        let mut block = BytesMut::with_capacity(head.headers.values().map(HeaderValue::len).sum());
        for value in head.headers.values_mut() {
            block.extend_from_slice(value.as_bytes());
            if let Ok(copy) = HeaderValue::from_maybe_shared(block.split().freeze()) {
                *value = copy;
            }
        }
        if let Some(copy) = head.uri.path_and_query().and_then(|target| target.as_str().parse::<PathAndQuery>().ok()) {
            let mut parts = head.uri.clone().into_parts();
            parts.path_and_query = Some(copy);
            if let Ok(uri) = Uri::from_parts(parts) {
                head.uri = uri;
            }
        }
        if body.len() <= SMALL {
            *body = Bytes::copy_from_slice(body);
        }
        if let Some(answer) = &mut self.answer
            && answer.body.len() <= SMALL
        {
            answer.body = Bytes::copy_from_slice(&answer.body);
        }
    }
}
