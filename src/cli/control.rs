//! The control API of a running simulator, as the verbs call it.

use std::cell::OnceCell;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use http::{Method, Response, StatusCode};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use tokio::runtime::Runtime;

use super::failure::Failure;
use super::output::items;
use super::problem;
use super::target::Target;
use crate::http::{ClientError, Origin, Scheme, fetch};
use crate::secret::Secret;

/// A million devices may be asked for.
const PATIENCE: Duration = Duration::from_secs(120);

/// What needs no escape in a segment of a path.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A simulator, and how to reach it.
pub(super) struct Control {
    runtime: Runtime,
    origin: Origin,
    ca: Option<String>,
    token: Option<Secret>,
    /// What goes with a failure for want of a CA.
    ca_hint: String,
    named: Option<String>,
    /// Who makes the calls.
    actor: Option<String>,
    organization: OnceCell<String>,
}

/// A request to the control API.
pub(super) struct Request<'a> {
    pub(super) method: Method,
    pub(super) path: &'a str,
    pub(super) accept: &'static str,
    /// Content type and bytes.
    pub(super) body: Option<(&'static str, Bytes)>,
}

impl Control {
    /// Gets ready to talk to the simulator that `target` names.
    pub(super) fn new(target: &Target) -> Result<Self, Failure> {
        let path = target.ca_path();
        let ca_hint = format!(
            "{} does not exist; name the simulator's directory with --certs, its CA with --ca, or fetch it: `abmsim ca > ca.pem`",
            path.display()
        );
        Ok(Self {
            runtime: runtime()?,
            origin: target.origin()?,
            ca: target.ca()?,
            token: target.token()?,
            ca_hint,
            named: target.org.clone(),
            actor: target.actor.clone(),
            organization: OnceCell::new(),
        })
    }

    /// Where it is.
    pub(super) fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Asks any `url` with the CA of this simulator.
    pub(super) fn fetch(
        &self,
        url: &str,
        method: Method,
        headers: HeaderMap,
        body: Bytes,
    ) -> Result<Response<Bytes>, Failure> {
        self.fetch_patiently(url, method, headers, body, Duration::ZERO)
    }

    fn fetch_patiently(
        &self,
        url: &str,
        method: Method,
        headers: HeaderMap,
        body: Bytes,
        more: Duration,
    ) -> Result<Response<Bytes>, Failure> {
        let answer = self.runtime.block_on(fetch(url, method, headers, body, self.ca.as_deref(), PATIENCE + more));
        answer.map_err(|error| self.unreachable(&error))
    }

    /// Makes a request, and tells a refusal as a failure.
    pub(super) fn ask(&self, request: Request<'_>) -> Result<Response<Bytes>, Failure> {
        self.ask_patiently(request, Duration::ZERO)
    }

    /// The same where the simulator was asked to wait for so long.
    pub(super) fn ask_patiently(&self, request: Request<'_>, wait: Duration) -> Result<Response<Bytes>, Failure> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static(request.accept));
        if let Some(token) = &self.token {
            let bearer = HeaderValue::try_from(format!("Bearer {}", token.expose()))
                .map_err(|_| Failure::usage("the control token has characters that no HTTP header can hold"))?;
            headers.insert(AUTHORIZATION, bearer);
        }
        let mut body = Bytes::new();
        if let Some((kind, content)) = request.body {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
            body = content;
        }
        let mut url = format!("{}{}", self.origin, request.path);
        if let Some(actor) = self.actor.as_deref().filter(|_| request.path.starts_with("/_sim/orgs/")) {
            let mark = if request.path.contains('?') { '&' } else { '?' };
            url = format!("{url}{mark}{}", query(&[("as", actor)]));
        }
        let answer = self.fetch_patiently(&url, request.method, headers, body, wait)?;
        match answer.status() {
            status if status.is_success() => Ok(answer),
            StatusCode::UNAUTHORIZED => {
                Err(problem::failure(&answer).hint("give the control token: --control-token or ABMSIM_CONTROL_TOKEN"))
            }
            _ => Err(problem::failure(&answer)),
        }
    }

    /// Asks for JSON.
    pub(super) fn get(&self, path: &str) -> Result<Value, Failure> {
        json(&self.ask(Request { method: Method::GET, path, accept: "application/json", body: None })?)
    }

    /// Sends JSON and gets some back; nothing where the answer has no body.
    pub(super) fn send(&self, method: Method, path: &str, body: &Value) -> Result<Value, Failure> {
        let body = Some(("application/json", Bytes::from(body.to_string())));
        json(&self.ask(Request { method, path, accept: "application/json", body })?)
    }

    /// Sends a document as it was written: a piece of a scenario, in YAML or JSON.
    pub(super) fn send_document(&self, path: &str, document: Bytes) -> Result<Value, Failure> {
        let is_json = document.trim_ascii_start().starts_with(b"{");
        let kind = if is_json { "application/json" } else { "application/yaml" };
        json(&self.ask(Request {
            method: Method::POST,
            path,
            accept: "application/json",
            body: Some((kind, document)),
        })?)
    }

    /// Asks for something to be gone.
    pub(super) fn delete(&self, path: &str) -> Result<Value, Failure> {
        json(&self.ask(Request { method: Method::DELETE, path, accept: "application/json", body: None })?)
    }

    /// The organisation's id: the one that was named, or the only one.
    pub(super) fn organization(&self) -> Result<&str, Failure> {
        if self.organization.get().is_none() {
            let id = match &self.named {
                Some(named) => named.clone(),
                None => only(&self.get("/_sim/orgs")?)?,
            };
            // Set once: verbs run on one thread.
            let _ = self.organization.set(id);
        }
        Ok(self.organization.get().map_or("", String::as_str))
    }

    /// The path of something in the organisation.
    pub(super) fn path(&self, segments: &[&str]) -> Result<String, Failure> {
        Ok(below(self.organization()?, segments))
    }

    /// Every entry of a list in the organisation, or the first `limit`, page by page.
    pub(super) fn list(
        &self,
        segments: &[&str],
        filters: &[(&str, &str)],
        limit: Option<usize>,
    ) -> Result<Value, Failure> {
        let path = self.path(segments)?;
        let mut found: Vec<Value> = Vec::new();
        let mut cursor: Option<String> = None;
        loop {
            let wanted = limit.map(|limit| (limit - found.len().min(limit)).min(PAGE)).unwrap_or(PAGE).to_string();
            let mut parameters = filters.to_vec();
            parameters.push(("limit", &wanted));
            parameters.extend(cursor.as_deref().map(|cursor| ("cursor", cursor)));
            let page = self.get(&format!("{path}?{}", query(&parameters)))?;
            let entries = items(&page);
            let is_over = entries.is_empty();
            found.extend_from_slice(entries);
            let before = cursor;
            cursor = page.get("next").and_then(Value::as_str).map(str::to_owned);
            if is_over || cursor.is_none() || cursor == before || limit.is_some_and(|limit| found.len() >= limit) {
                break;
            }
        }
        let mut list = serde_json::json!({ "items": found });
        if let Some(cursor) = cursor {
            list["next"] = cursor.into();
        }
        Ok(list)
    }

    fn unreachable(&self, error: &ClientError) -> Failure {
        let failure = Failure::failed(error.to_string());
        match error {
            ClientError::NoCa(_) => failure.hint(self.ca_hint.clone()),
            ClientError::Refused(_) => {
                failure.hint("start it with `abmsim`, or say where it listens: --url or ABMSIM_URL")
            }
            ClientError::UnknownCa(_) => failure.hint("say which CA is the right one: --ca or ABMSIM_CA"),
            ClientError::Tls { .. } if self.origin.scheme == Scheme::Https => {
                failure.hint("if it speaks plain HTTP there, say so: --url http://…")
            }
            _ => failure,
        }
    }
}

/// How many entries of a list are asked for at a time.
const PAGE: usize = 1_000;

/// A runtime for a verb that does one thing after another.
pub(super) fn runtime() -> Result<Runtime, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| Failure::failed(format!("cannot start: {error}")))
}

/// The path of something in the organisation `id`.
pub(super) fn below(id: &str, segments: &[&str]) -> String {
    let mut path = "/_sim/orgs".to_owned();
    for segment in std::iter::once(&id).chain(segments) {
        path.push('/');
        path.extend(utf8_percent_encode(segment, SEGMENT));
    }
    path
}

/// Parameters as a query string.
pub(super) fn query(parameters: &[(&str, &str)]) -> String {
    let pairs = parameters.iter().map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, SEGMENT)));
    pairs.collect::<Vec<_>>().join("&")
}

fn only(list: &Value) -> Result<String, Failure> {
    let ids: Vec<&str> = items(list).iter().filter_map(|item| item.get("id")?.as_str()).collect();
    match ids.as_slice() {
        [only] => Ok((*only).to_owned()),
        [] => Err(Failure::failed("the simulator has no organisation").hint("make one: `abmsim org add FILE`")),
        several => Err(Failure::usage(format!("there are {} organisations: {}", several.len(), several.join(", ")))
            .hint("say which: --org or ABMSIM_ORG")),
    }
}

/// The JSON of an answer; nothing where it has no body.
pub(super) fn json(answer: &Response<Bytes>) -> Result<Value, Failure> {
    if answer.body().is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(answer.body()).map_err(|error| {
        Failure::failed(format!("the answer (HTTP {}) is not JSON: {error}", answer.status().as_u16()))
            .hint("is it abmsim that listens there?")
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_are_escaped_in_paths_and_queries() {
        assert_eq!(
            below("acme", &["servers", "Primary MDM/2", "token"]),
            "/_sim/orgs/acme/servers/Primary%20MDM%2F2/token"
        );
        assert_eq!(query(&[("server", "A & B"), ("limit", "5")]), "server=A%20%26%20B&limit=5");
    }

    #[test]
    fn the_only_organisation_is_meant_and_of_several_none() {
        assert_eq!(only(&json!({"items": [{"id": "acme"}]})).as_deref(), Ok("acme"));
        let failure = only(&json!({"items": [{"id": "acme"}, {"id": "globex"}]})).unwrap_err();
        assert_eq!(
            failure.text(),
            "error: there are 2 organisations: acme, globex\nhint: say which: --org or ABMSIM_ORG\n"
        );
        assert_eq!(failure.exit as u8, 2);
        assert_eq!(only(&json!({"items": []})).unwrap_err().exit as u8, 1);
    }
}
