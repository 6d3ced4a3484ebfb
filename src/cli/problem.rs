//! Refusals of the control API (RFC 9457) in words.

use bytes::Bytes;
use http::Response;
use serde_json::Value;

use super::failure::Failure;

/// What a refusing answer says: `title: detail`, and every error of the body with its pointer on a line of its own.
pub(super) fn failure(answer: &Response<Bytes>) -> Failure {
    let status = answer.status();
    let body: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
    let text = |name: &str| body.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let title = match text("title") {
        Some(title) => title.to_owned(),
        None => format!("HTTP {status}"),
    };
    let detail = text("detail").map(str::to_owned).or_else(|| {
        let excerpt: String = String::from_utf8_lossy(answer.body()).trim().chars().take(200).collect();
        (!body.is_object() && !excerpt.is_empty()).then_some(excerpt)
    });
    let mut message = detail.as_ref().map_or(title.clone(), |detail| format!("{title}: {detail}"));
    for error in body.get("errors").and_then(Value::as_array).into_iter().flatten() {
        let part = |name: &str| error.get(name).and_then(Value::as_str).unwrap_or_default();
        let line = match (part("pointer"), part("detail")) {
            ("", more) if detail.as_deref() == Some(more) => continue,
            (pointer, more) if detail.as_deref() == Some(more) => format!("at {pointer}"),
            ("", more) => more.to_owned(),
            (pointer, more) => format!("{pointer}: {more}"),
        };
        message.push_str("\n    ");
        message.push_str(&line);
    }
    Failure::failed(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(status: u16, body: &str) -> String {
        failure(&Response::builder().status(status).body(Bytes::from(body.to_owned())).unwrap()).message
    }

    #[test]
    fn every_error_is_told_with_its_place() {
        let body = r#"{"title": "Unprocessable", "detail": "the body does not fit", "errors": [
            {"pointer": "/devices/0/model", "detail": "there is no such model"}, {"pointer": "", "detail": "too much"}]}"#;
        let wanted = "Unprocessable: the body does not fit\n    /devices/0/model: there is no such model\n    too much";
        assert_eq!(told(422, body), wanted);
        let one = r#"{"title": "Unprocessable", "detail": "too slow", "errors": [{"pointer": "/rate", "detail": "too slow"}]}"#;
        assert_eq!(told(422, one), "Unprocessable: too slow\n    at /rate");
    }

    #[test]
    fn an_answer_from_somebody_else_is_told_too() {
        assert_eq!(told(404, "not found\n"), "HTTP 404 Not Found: not found");
        assert_eq!(told(502, ""), "HTTP 502 Bad Gateway");
        assert_eq!(told(409, r#"{"title": "Conflict"}"#), "Conflict");
    }
}
