//! OTLP's JSON: <https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding>. Attributes are named as the semantic conventions for HTTP
//! servers have it; ours begin with `abmsim.`.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::json;

use super::{Context, Identity, SERVER};
use crate::http::Origin;
use crate::telemetry::Observation;

/// The methods that the conventions list.
const METHODS: [&str; 9] = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "CONNECT", "TRACE"];
/// OTLP's number for "this failed".
const ERROR: u8 = 2;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Span<'a> {
    trace_id: String,
    span_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_span_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_state: Option<&'a str>,
    /// Bit 0: sampled; bits 8 and 9: known to have, and having, a parent in another process.
    flags: u32,
    name: String,
    kind: u8,
    start_time_unix_nano: String,
    end_time_unix_nano: String,
    attributes: Vec<Attribute<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Status>,
}

#[derive(Serialize)]
struct Status {
    code: u8,
}

#[derive(Serialize)]
struct Attribute<'a> {
    key: &'a str,
    value: Value<'a>,
}

#[derive(Serialize)]
enum Value<'a> {
    #[serde(rename = "stringValue")]
    Text(Cow<'a, str>),
    /// 64-bit numbers are strings in this JSON.
    #[serde(rename = "intValue")]
    Number(String),
}

/// The span of an exchange that ended at `end`, in nanoseconds since 1970.
pub(super) fn span(
    own: Identity,
    parent: Option<&Context<'_>>,
    seen: &Observation<'_>,
    route: Option<&str>,
    end: u64,
) -> String {
    let start = end.saturating_sub(u64::try_from(seen.duration.as_nanos()).unwrap_or(u64::MAX));
    let method = seen.request.head.method.as_str();
    let method = if METHODS.contains(&method) { method } else { "HTTP" };
    let status = seen.status.map(|status| status.as_u16());
    let failed = status.is_none_or(|status| status >= 500);
    let span = Span {
        trace_id: format!("{:032x}", own.trace),
        span_id: format!("{:016x}", own.span),
        parent_span_id: parent.map(|parent| format!("{:016x}", parent.span)),
        trace_state: parent.and_then(|parent| parent.state),
        flags: if parent.is_some() { 0x301 } else { 0x101 },
        name: route.map_or_else(|| method.to_owned(), |route| format!("{method} {route}")),
        kind: SERVER,
        start_time_unix_nano: start.to_string(),
        end_time_unix_nano: end.to_string(),
        attributes: attributes(seen, route),
        status: failed.then_some(Status { code: ERROR }),
    };
    serde_json::to_string(&span).unwrap_or_default()
}

fn attributes<'a>(seen: &Observation<'a>, route: Option<&'a str>) -> Vec<Attribute<'a>> {
    let request = seen.request;
    let method = request.head.method.as_str();
    let known = METHODS.contains(&method);
    let mut attributes = Vec::with_capacity(20);
    let mut text = |key, value: Option<Cow<'a, str>>| {
        attributes.extend(value.map(|value| Attribute { key, value: Value::Text(value) }));
    };
    text("http.request.method", Some(if known { method } else { "_OTHER" }.into()));
    text("http.request.method_original", (!known).then(|| method.into()));
    // Not the query: clients put assertions and tokens into it.
    text("url.path", Some(request.path().into()));
    text("url.scheme", Some(request.via.scheme.as_str().into()));
    text("http.route", route.map(Into::into));
    let origin = Origin::of(request, None).ok();
    text("server.address", origin.as_ref().map(|origin| origin.host.clone().into()));
    text("client.address", Some(request.via.peer.ip().to_string().into()));
    text("network.protocol.version", version(request.head.version).map(Into::into));
    text("user_agent.original", request.header(http::header::USER_AGENT).map(Into::into));
    text("abmsim.operation", Some(seen.operation.into()));
    text("abmsim.org", seen.organization.map(Into::into));
    text("abmsim.server", seen.server.map(Into::into));
    text("abmsim.request_id", seen.request_id.map(Into::into));
    text("abmsim.fault", seen.fault.map(Into::into));
    text("abmsim.refusal", seen.refusal.map(Into::into));
    text("abmsim.why", seen.reason());
    text(
        "error.type",
        match seen.status {
            None => Some("closed".into()),
            Some(status) => status.is_server_error().then(|| status.as_u16().to_string().into()),
        },
    );
    let mut number = |key, value: Option<u64>| {
        attributes.extend(value.map(|value| Attribute { key, value: Value::Number(value.to_string()) }));
    };
    number("http.response.status_code", seen.status.map(|status| status.as_u16().into()));
    let port = origin.map(|origin| origin.port.unwrap_or(origin.scheme.default_port()));
    number("server.port", port.map(Into::into));
    attributes
}

fn version(version: http::Version) -> Option<&'static str> {
    match version {
        http::Version::HTTP_10 => Some("1.0"),
        http::Version::HTTP_11 => Some("1.1"),
        http::Version::HTTP_2 => Some("2"),
        _ => None,
    }
}

/// What stands before and after the spans of a request to the collector.
pub(super) fn envelope(resource: &[(String, String)]) -> (String, &'static str) {
    let attributes: Vec<_> =
        resource.iter().map(|(key, value)| json!({"key": key, "value": {"stringValue": value}})).collect();
    let scope = json!({"name": env!("CARGO_PKG_NAME"), "version": env!("CARGO_PKG_VERSION")});
    let before = format!(
        "{{\"resourceSpans\":[{{\"resource\":{},\"scopeSpans\":[{{\"scope\":{scope},\"spans\":[",
        json!({ "attributes": attributes })
    );
    (before, "]}]}]}")
}
