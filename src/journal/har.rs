//! The HTTP Archive format, version 1.2: what browsers and proxies open.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderName, header};
use serde_json::{Map, Value, json};

use super::view::{Content, Precise, version};
use super::{Answered, Entry, Exchange, View, secrets};
use crate::http::Query;

/// The media type.
pub const MEDIA_TYPE: &str = "application/har+json";

/// An archive of entries. What HAR has no name for begins with an underscore, as it wants.
pub fn archive(org: Option<&str>, entries: &[impl AsRef<Entry>]) -> Value {
    let entries: Vec<Value> = entries.iter().map(|entry| entry_of(View { org, entry: entry.as_ref() })).collect();
    json!({
        "log": {
            "version": "1.2",
            "creator": { "name": "abmsim", "version": env!("CARGO_PKG_VERSION") },
            "entries": entries,
        }
    })
}

fn entry_of(View { org, entry }: View<'_>) -> Value {
    let exchange = &entry.exchange;
    let millis = exchange.duration.as_secs_f64() * 1e3;
    let mut written = json!({
        "startedDateTime": Precise(exchange.began),
        "time": millis,
        "request": request(exchange),
        "response": response(exchange),
        "cache": {},
        "timings": { "send": 0, "wait": millis, "receive": 0 },
        "serverIPAddress": exchange.request.via.local.ip().to_string(),
        "_id": entry.id,
        "_at": entry.at,
        "_org": org,
        "_operation": exchange.operation,
        "_server": exchange.server,
        "_client": exchange.request.via.peer.to_string(),
        "_why": exchange.why,
        "_refs": exchange.refs,
    });
    if let Some((id, effect)) = &exchange.fault {
        written["_fault"] = json!(id);
        written["_fault_effect"] = json!(effect);
    }
    written
}

fn request(exchange: &Exchange) -> Value {
    let head = &exchange.request.head;
    let host = exchange.host().map_or_else(|| exchange.request.via.local.to_string(), str::to_owned);
    let target = head.uri.path_and_query().map_or("/", |target| target.as_str());
    let target = secrets::query(target);
    let query = head.uri.query().map(secrets::query);
    let query = Query::parse(query.as_deref());
    let mut written = json!({
        "method": head.method.as_str(),
        "url": format!("{}://{host}{target}", exchange.request.via.scheme),
        "httpVersion": version(head.version),
        "cookies": cookies(&head.headers, &header::COOKIE),
        "headers": headers(&head.headers),
        "queryString": query.pairs().map(|(name, value)| json!({"name": name, "value": value})).collect::<Vec<_>>(),
        "headersSize": -1,
        "bodySize": exchange.request.body.len(),
    });
    if !exchange.request.body.is_empty() {
        let mut data = text(&exchange.request.body);
        // HAR has no word for it here; the one that it has for answers, with an underscore.
        if let Some(encoding) = data.remove("encoding") {
            data.insert("_encoding".to_owned(), encoding);
        }
        data.insert("mimeType".to_owned(), media_type(&head.headers));
        written["postData"] = data.into();
    }
    written
}

/// The answer; a connection that was closed without one has the status 0.
fn response(exchange: &Exchange) -> Value {
    let none = HeaderMap::new();
    let (status, headers_of, body) = match &exchange.answer {
        Some(Answered { status, headers, body }) => (Some(*status), headers, body.bytes()),
        None => (None, &none, Cow::default()),
    };
    let mut content = if body.is_empty() { Map::new() } else { text(&body) };
    content.insert("size".to_owned(), body.len().into());
    content.insert("mimeType".to_owned(), media_type(headers_of));
    json!({
        "status": status.map_or(0, |status| status.as_u16()),
        "statusText": status.and_then(|status| status.canonical_reason()).unwrap_or_default(),
        "httpVersion": version(exchange.request.head.version),
        "cookies": cookies(headers_of, &header::SET_COOKIE),
        "headers": headers(headers_of),
        "content": content,
        "redirectURL": headers_of.get(header::LOCATION).and_then(|url| url.to_str().ok()).unwrap_or_default(),
        "headersSize": -1,
        "bodySize": body.len(),
    })
}

fn headers(headers: &HeaderMap) -> Vec<Value> {
    let header = |(name, value)| json!({"name": HeaderName::as_str(name), "value": secrets::header(name, value)});
    headers.iter().map(header).collect()
}

fn cookies(headers: &HeaderMap, name: &HeaderName) -> Vec<Value> {
    let mut cookies = Vec::new();
    for line in headers.get_all(name) {
        let line = secrets::header(name, line);
        let count = if name == header::COOKIE { usize::MAX } else { 1 };
        for pair in line.split("; ").take(count) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            cookies.push(json!({"name": name, "value": value}));
        }
    }
    cookies
}

fn media_type(headers: &HeaderMap) -> Value {
    let named = headers.get(header::CONTENT_TYPE).map(|kind| String::from_utf8_lossy(kind.as_bytes()).into_owned());
    named.unwrap_or_default().into()
}

/// A body as text, or base64 where it is none.
fn text(body: &[u8]) -> Map<String, Value> {
    let mut written = Map::new();
    match Content::of(body) {
        Content::Nothing => {}
        Content::Json(text) | Content::Text(text) => _ = written.insert("text".to_owned(), text.into_owned().into()),
        Content::Binary(bytes) => {
            written.insert("text".to_owned(), STANDARD.encode(bytes).into());
            written.insert("encoding".to_owned(), "base64".into());
        }
    }
    written
}
