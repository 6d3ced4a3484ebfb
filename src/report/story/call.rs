//! What a request asks for.

use serde_json::Value;

use crate::http::{Query, Request};

/// What a request names; what it does not, or not as it should, is absent.
#[derive(Debug, Default)]
pub(in crate::report) struct Wish {
    pub(in crate::report) cursor: Option<String>,
    pub(in crate::report) limit: Option<i64>,
    pub(in crate::report) serials: Vec<String>,
    /// The id of a profile, in capitals and without dashes.
    pub(in crate::report) profile: Option<String>,
    /// The keys of the body and what they hold, devices left out, sorted: two profiles with the same text are the same.
    pub(in crate::report) content: Vec<(String, Value)>,
}

impl Wish {
    pub(super) fn read(request: &Request) -> Self {
        let query = Query::parse(request.head.uri.query());
        let named = query.get("profile_uuid").map(profile_id);
        let Ok(Value::Object(mut body)) = serde_json::from_slice(&request.body) else {
            return Self { profile: named, ..Self::default() };
        };
        let text = |key: &str| body.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
        let cursor = text("cursor").map(str::to_owned);
        let profile = text("profile_uuid").map(profile_id).or(named);
        let limit = body.get("limit").and_then(Value::as_i64);
        let serials = match body.remove("devices") {
            Some(Value::Array(serials)) => serials.into_iter().filter_map(word).collect(),
            _ => Vec::new(),
        };
        let mut content: Vec<(String, Value)> = body.into_iter().collect();
        content.sort_by(|one, other| one.0.cmp(&other.0));
        Self { cursor, limit, serials, profile, content }
    }
}

fn word(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        _ => None,
    }
}

/// The id of a profile as it is compared.
pub(super) fn profile_id(text: &str) -> String {
    text.replace('-', "").to_ascii_uppercase()
}
