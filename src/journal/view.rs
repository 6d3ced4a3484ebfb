//! An entry as people and tests see it.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, Version};
use serde::Serialize;
use serde::ser::{SerializeMap, SerializeStruct, Serializer};
use serde_json::value::RawValue;

use super::{Entry, Exchange, secrets};
use crate::clock::Timestamp;

/// An entry of the journal of `org`, written as JSON without its secrets.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// The organisation's id; none for what no credential leads to one.
    pub org: Option<&'a str>,
    /// The entry.
    pub entry: &'a Entry,
}

impl Serialize for View<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Entry { id, at, exchange } = self.entry;
        let Exchange { request, answer, .. } = exchange;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", id)?;
        map.serialize_entry("at", at)?;
        map.serialize_entry("wall_at", &Precise(exchange.began))?;
        map.serialize_entry("org", &self.org)?;
        map.serialize_entry("operation", exchange.operation)?;
        map.serialize_entry("server", &exchange.server)?;
        map.serialize_entry("method", request.head.method.as_str())?;
        map.serialize_entry("path", request.path())?;
        map.serialize_entry("query", &request.head.uri.query().map(secrets::query))?;
        map.serialize_entry("scheme", request.via.scheme.as_str())?;
        map.serialize_entry("host", &exchange.host())?;
        map.serialize_entry("http_version", version(request.head.version))?;
        map.serialize_entry("client", &request.via.peer.to_string())?;
        map.serialize_entry("status", &answer.as_ref().map(|answer| answer.status.as_u16()))?;
        map.serialize_entry("duration_us", &u64::try_from(exchange.duration.as_micros()).unwrap_or(u64::MAX))?;
        map.serialize_entry("request", &Message { headers: &request.head.headers, body: &request.body })?;
        let answered = answer.as_ref().map(|answer| (&answer.headers, answer.body.bytes()));
        let message = answered.as_ref().map(|(headers, body)| Message { headers, body });
        map.serialize_entry("response", &message)?;
        if let Some((id, effect)) = &exchange.fault {
            map.serialize_entry("fault", id)?;
            map.serialize_entry("fault_effect", effect)?;
        }
        map.serialize_entry("why", &exchange.why)?;
        map.serialize_entry("refs", &exchange.refs)?;
        map.end()
    }
}

/// `HTTP/1.1`.
pub(super) fn version(version: Version) -> &'static str {
    match version {
        Version::HTTP_09 => "HTTP/0.9",
        Version::HTTP_10 => "HTTP/1.0",
        Version::HTTP_2 => "HTTP/2.0",
        Version::HTTP_3 => "HTTP/3.0",
        _ => "HTTP/1.1",
    }
}

/// A moment to the millisecond.
pub(super) struct Precise(pub(super) Timestamp);

impl Serialize for Precise {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let whole = self.0.to_string();
        let millis = self.0.millis().rem_euclid(1_000);
        serializer.collect_str(&format_args!("{}.{millis:03}Z", whole.trim_end_matches('Z')))
    }
}

/// What went one way.
struct Message<'a> {
    headers: &'a HeaderMap,
    body: &'a [u8],
}

impl Serialize for Message<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut message = serializer.serialize_struct("Message", 2)?;
        message.serialize_field("headers", &Headers(self.headers))?;
        message.serialize_field("body", &Content::of(self.body))?;
        message.end()
    }
}

/// Headers by name in lower case; what came several times is joined by commas, as HTTP has it.
struct Headers<'a>(&'a HeaderMap);

impl Serialize for Headers<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let values = |name| {
            let values = self.0.get_all(name).iter().map(|value| secrets::header(name, value));
            values.collect::<Vec<_>>().join(", ")
        };
        serializer.collect_map(self.0.keys().map(|name| (name.as_str(), values(name))))
    }
}

/// A body: the JSON that it is, a text that is none, or base64 of what is no text.
pub(super) enum Content<'a> {
    Nothing,
    Json(Cow<'a, str>),
    Text(Cow<'a, str>),
    Binary(Cow<'a, [u8]>),
}

impl<'a> Content<'a> {
    /// Reads a body, and shortens the secrets in it.
    pub(super) fn of(body: &'a [u8]) -> Self {
        if body.is_empty() {
            return Self::Nothing;
        }
        let text = match secrets::body(body) {
            Cow::Borrowed(bytes) => std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|_| Cow::Borrowed(bytes)),
            Cow::Owned(bytes) => String::from_utf8(bytes).map(Cow::Owned).map_err(|wrong| wrong.into_bytes().into()),
        };
        match text {
            Err(bytes) => Self::Binary(bytes),
            Ok(text) if serde_json::from_str::<&RawValue>(&text).is_ok() => Self::Json(text),
            Ok(text) => Self::Text(text),
        }
    }
}

impl Serialize for Content<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Nothing => serializer.serialize_none(),
            // A page of a thousand rows is copied as it is; breaks between lines would end an event of a stream.
            Self::Json(text) if !text.contains(['\n', '\r']) => match serde_json::from_str::<&RawValue>(text) {
                Ok(raw) => raw.serialize(serializer),
                Err(_) => text.serialize(serializer),
            },
            Self::Json(text) => match serde_json::from_str::<serde_json::Value>(text) {
                Ok(value) => value.serialize(serializer),
                Err(_) => text.serialize(serializer),
            },
            Self::Text(text) => text.serialize(serializer),
            Self::Binary(bytes) => {
                let mut marked = serializer.serialize_map(Some(1))?;
                marked.serialize_entry("base64", &STANDARD.encode(bytes))?;
                marked.end()
            }
        }
    }
}
