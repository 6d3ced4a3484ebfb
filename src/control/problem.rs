//! How the control API says no: RFC 9457, for people.

use std::borrow::Cow;

use http::{HeaderValue, StatusCode, header};
use serde::Serialize;

use crate::directory::IdTaken;
use crate::http::{Body, Response, Unread};
use crate::nearest::nearest;
use crate::organization::QuirkMistake;
use crate::organization::content::{ContentRefusal, ContentRefused};
use crate::pki::CertificateRefusal;
use crate::scenario::{FoundingMistake, Mistakes};

/// Mistakes that one answer tells at most.
const SHOWN: usize = 100;

/// A refusal of the control API.
#[derive(Debug, Serialize)]
pub struct Problem {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    status: u16,
    /// The refusal's name, for programs.
    code: Cow<'static, str>,
    detail: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldError>,
    /// The methods that are right where this one is not.
    #[serde(skip)]
    allow: Option<Box<HeaderValue>>,
}

/// One thing wrong with a body.
#[derive(Debug, Serialize)]
pub struct FieldError {
    /// Where, as a JSON pointer.
    pub pointer: String,
    /// What, and what would be right.
    pub detail: String,
}

impl Problem {
    fn new(status: StatusCode, code: impl Into<Cow<'static, str>>, detail: impl Into<String>) -> Self {
        let title = status.canonical_reason().unwrap_or_default();
        Self {
            kind: "about:blank",
            title,
            status: status.as_u16(),
            code: code.into(),
            detail: detail.into(),
            errors: Vec::new(),
            allow: None,
        }
    }

    /// 404: there is no such organisation, server, device.
    pub fn unknown(noun: &str, name: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "NOT_FOUND", format!("there is no {noun} `{name}`"))
    }

    /// 404 with the name that was probably meant.
    pub fn unknown_among<'a>(noun: &str, name: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        let mut problem = Self::unknown(noun, name);
        if let Some(near) = nearest(name, known) {
            problem.detail.push_str(&format!("; did you mean `{near}`?"));
        }
        problem
    }

    /// The same with more words.
    pub fn adding(mut self, words: &str) -> Self {
        self.detail.push_str(words);
        self
    }

    /// 404: no such path.
    pub fn no_such_path(path: &str) -> Self {
        let detail = format!("there is nothing at {path}; /_sim/openapi.json lists what there is");
        Self::new(StatusCode::NOT_FOUND, "NO_SUCH_PATH", detail)
    }

    /// 405: not this method, but one of these.
    pub fn wrong_method(allow: &HeaderValue) -> Self {
        let detail = format!("this path takes {}", allow.to_str().unwrap_or_default());
        let problem = Self::new(StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", detail);
        Self { allow: Some(Box::new(allow.clone())), ..problem }
    }

    /// 409: the state forbids it.
    pub fn conflict(code: impl Into<Cow<'static, str>>, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, code, detail)
    }

    /// 422 for one thing wrong with the body.
    pub fn unfit(pointer: &str, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        let mut problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "BODY_DOES_NOT_FIT", detail.clone());
        problem.errors.push(FieldError { pointer: pointer.to_owned(), detail });
        problem
    }

    /// 422 for several.
    pub fn unfit_all(errors: Vec<FieldError>) -> Self {
        let detail = match errors.len() {
            1 => "the body has a mistake".to_owned(),
            count => format!("the body has {count} mistakes"),
        };
        Self { errors, ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "BODY_DOES_NOT_FIT", detail) }
    }

    /// 400: a query that makes no sense.
    pub fn bad_query(name: &str, detail: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BAD_QUERY", format!("`{name}`: {detail}"))
    }

    /// 400: a parameter that there is not, with the one that was probably meant.
    pub fn unknown_parameter<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        let known: Vec<&str> = known.into_iter().collect();
        let near = nearest(name, known.iter().copied()).map(|near| format!("did you mean `{near}`?"));
        Self::bad_query(
            name,
            &near.unwrap_or_else(|| format!("there is no such parameter; there are {}", known.join(", "))),
        )
    }

    /// 401: the control token is missing or wrong.
    pub fn unauthorized(detail: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "CONTROL_TOKEN_REQUIRED", detail)
    }

    /// 403: not from there.
    pub fn forbidden(code: &'static str, detail: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, code, detail)
    }

    /// What a response that is a problem says, for logs.
    pub fn told(response: &Response) -> Option<String> {
        #[derive(serde::Deserialize)]
        struct Told {
            code: String,
            detail: String,
        }
        if response.status().as_u16() < 400 {
            return None;
        }
        let Told { code, detail } = serde_json::from_slice(response.body().bytes()?).ok()?;
        Some(format!("{code}: {detail}"))
    }

    /// The response.
    pub fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(serde_json::to_vec(&self).unwrap_or_default()));
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let kind = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        if let Some(allow) = self.allow {
            response.headers_mut().insert(header::ALLOW, *allow);
        }
        if self.status == 401 {
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"abmsim\""));
        }
        response
    }
}

impl From<Mistakes> for Problem {
    fn from(mistakes: Mistakes) -> Self {
        let count = mistakes.list().len();
        let errors = mistakes.into_iter().take(SHOWN).map(|mistake| {
            let hint = mistake.hint.map_or(String::new(), |hint| format!(" ({hint})"));
            let detail = format!("{}{hint}, at line {}, column {}", mistake.message, mistake.line, mistake.column);
            FieldError { pointer: mistake.pointer, detail }
        });
        let mut problem = Self::unfit_all(errors.collect());
        if count > SHOWN {
            problem.detail = format!("the body has {count} mistakes; here are the first {SHOWN}");
        }
        problem
    }
}

impl From<Vec<QuirkMistake>> for Problem {
    fn from(mistakes: Vec<QuirkMistake>) -> Self {
        let error = |mistake: QuirkMistake| FieldError { pointer: mistake.pointer, detail: mistake.detail };
        Self::unfit_all(mistakes.into_iter().map(error).collect())
    }
}

impl From<Unread> for Problem {
    fn from(why: Unread) -> Self {
        let code = match why {
            Unread::TooLarge { .. } => "BODY_TOO_LARGE",
            Unread::TooSlow { .. } => "BODY_TOO_SLOW",
        };
        Self::new(why.status(), code, why.to_string())
    }
}

impl From<CertificateRefusal> for Problem {
    fn from(refusal: CertificateRefusal) -> Self {
        Self { code: refusal.code().into(), ..Self::unfit("/certificate", refusal.to_string()) }
    }
}

impl From<ContentRefused> for Problem {
    /// What is not there is 404; everything else is the refusal by its name.
    fn from(refused: ContentRefused) -> Self {
        if matches!(refused.refusal, ContentRefusal::AssetUnknown | ContentRefusal::SubscriptionUnknown) {
            return Self::new(StatusCode::NOT_FOUND, "NOT_FOUND", refused.why);
        }
        let name = serde_json::to_value(refused.refusal).unwrap_or_default();
        Self::conflict(name.as_str().unwrap_or_default().to_ascii_uppercase(), refused.why)
    }
}

impl From<IdTaken> for Problem {
    fn from(IdTaken(id): IdTaken) -> Self {
        FoundingMistake::IdTaken(id).into()
    }
}

impl From<FoundingMistake> for Problem {
    fn from(mistake: FoundingMistake) -> Self {
        match &mistake {
            FoundingMistake::IdTaken(_) => Self::conflict("ID_TAKEN", mistake.to_string()),
            FoundingMistake::Certificate { refusal, .. } => {
                Self { code: refusal.code().into(), ..Self::unfit("/servers", mistake.to_string()) }
            }
            FoundingMistake::Location { .. } => Self::unfit("/locations", mistake.to_string()),
        }
    }
}
