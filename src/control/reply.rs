//! What the control API answers.

use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use serde_json::Value;

use crate::http::{Body, Response};

/// An answer.
#[derive(Debug)]
pub struct Reply {
    status: StatusCode,
    kind: &'static str,
    body: Vec<u8>,
    file_name: Option<String>,
}

impl Reply {
    /// 200 with JSON.
    pub fn json(value: &impl Serialize) -> Self {
        let body = serde_json::to_vec(value).unwrap_or_default();
        Self { status: StatusCode::OK, kind: "application/json", body, file_name: None }
    }

    /// 201 with JSON.
    pub fn created(value: &impl Serialize) -> Self {
        Self { status: StatusCode::CREATED, ..Self::json(value) }
    }

    /// 204.
    pub fn nothing() -> Self {
        Self { status: StatusCode::NO_CONTENT, kind: "", body: Vec::new(), file_name: None }
    }

    /// 200 with something else than JSON.
    pub fn other(kind: &'static str, body: impl Into<Vec<u8>>) -> Self {
        Self { status: StatusCode::OK, kind, body: body.into(), file_name: None }
    }

    /// The same as a file to keep under this name.
    pub fn named(self, file_name: String) -> Self {
        Self { file_name: Some(file_name), ..self }
    }

    /// A list: `{"items": […], "next": cursor | absent}`.
    pub fn list(items: Vec<Value>, next: Option<String>) -> Self {
        let mut list = serde_json::json!({ "items": items });
        if let Some(next) = next {
            list["next"] = Value::String(next);
        }
        Self::json(&list)
    }

    /// The response.
    pub fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = self.status;
        if !self.kind.is_empty() {
            response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(self.kind));
        }
        if let Some(name) = self.file_name.as_deref().and_then(disposition) {
            response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
        }
        response
    }
}

/// RFC 6266: a plain name for old clients, and the true one where it is not ASCII.
fn disposition(name: &str) -> Option<HeaderValue> {
    let plain: String = name.chars().map(|c| if c.is_ascii() && c != '"' && c != '\\' { c } else { '_' }).collect();
    let mut value = format!("attachment; filename=\"{plain}\"");
    if plain != name {
        let encoded = percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC);
        value.push_str(&format!("; filename*=UTF-8''{encoded}"));
    }
    HeaderValue::try_from(value).ok()
}
