//! What the control API answers.

use std::fmt;
use std::pin::Pin;

use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use serde_json::Value;

use super::Problem;
use super::protection::protect;
use crate::http::{Answer, Body, Response};

/// An answer.
#[derive(Debug)]
pub struct Reply {
    status: StatusCode,
    kind: &'static str,
    content: Content,
    file_name: Option<String>,
}

/// What an answer says, and when.
enum Content {
    Now(Body),
    Later(Pin<Box<dyn Future<Output = Result<Reply, Problem>> + Send>>),
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Now(body) => body.fmt(f),
            Self::Later(_) => f.write_str("Later"),
        }
    }
}

impl Reply {
    /// 200 with JSON.
    pub fn json(value: &impl Serialize) -> Self {
        Self::other("application/json", serde_json::to_vec(value).unwrap_or_default())
    }

    /// 201 with JSON.
    pub fn created(value: &impl Serialize) -> Self {
        Self { status: StatusCode::CREATED, ..Self::json(value) }
    }

    /// 204.
    pub fn nothing() -> Self {
        Self { status: StatusCode::NO_CONTENT, ..Self::streamed("", Body::default()) }
    }

    /// 200 with something else than JSON.
    pub fn other(kind: &'static str, body: impl Into<Vec<u8>>) -> Self {
        Self::streamed(kind, Body::from(body.into()))
    }

    /// 200 with a body that may come in parts.
    pub fn streamed(kind: &'static str, body: Body) -> Self {
        Self { status: StatusCode::OK, kind, content: Content::Now(body), file_name: None }
    }

    /// An answer that has to be waited for. Nobody's thread is held up meanwhile, and the waiting ends when the client goes away.
    pub fn later(reply: impl Future<Output = Result<Self, Problem>> + Send + 'static) -> Self {
        let content = Content::Later(Box::pin(reply));
        Self { status: StatusCode::OK, kind: "", content, file_name: None }
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

    /// The answer, for the server.
    pub fn into_answer(self) -> Answer {
        let body = match self.content {
            Content::Now(body) => body,
            Content::Later(reply) => {
                return Answer::later(async move {
                    reply.await.map_or_else(|problem| protect(problem.into_response()).into(), Self::into_answer)
                });
            }
        };
        let mut response = Response::new(body);
        *response.status_mut() = self.status;
        if !self.kind.is_empty() {
            response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(self.kind));
        }
        if let Some(name) = self.file_name.as_deref().and_then(disposition) {
            response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
        }
        protect(response).into()
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
