//! How lines look, and what is not in them.

use std::net::SocketAddr;

use bytes::Bytes;
use http::StatusCode;
use serde_json::{Value, json};

use super::*;
use crate::http::{Request, Scheme, Via};

const TIME: &[u8] = b"2026-09-01T08:00:00.000000Z";

fn request(target: &str) -> Request {
    let here = SocketAddr::from(([127, 0, 0, 1], 8443));
    let via = Via { scheme: Scheme::Https, peer: here, local: here, listener: 0, stands_in: false };
    let head = http::Request::builder().uri(target).body(()).unwrap().into_parts().0;
    Request { via, head, body: Bytes::new() }
}

fn seen(request: &Request) -> Observation<'_> {
    Observation {
        side: Side::Apple,
        operation: "enrollment.account",
        request,
        status: Some(StatusCode::OK),
        duration: Duration::from_micros(1_234),
        organization: Some("acme"),
        server: Some("Primary MDM"),
        request_id: None,
        refusal: None,
        why: None,
        fault: None,
    }
}

fn written(seen: &Observation<'_>) -> (String, Value) {
    let (mut pretty_line, mut json_line) = (Vec::new(), Vec::new());
    pretty(&mut pretty_line, TIME, seen, false);
    json(&mut json_line, TIME, seen);
    (String::from_utf8(pretty_line).unwrap(), serde_json::from_slice(&json_line).unwrap())
}

#[test]
fn a_line_has_columns() {
    let request = request("/account");
    let (pretty, json) = written(&seen(&request));
    let expected = "2026-09-01T08:00:00.000000Z  INFO GET    /account                 200     1.23 ms  enrollment.account  acme/Primary MDM\n";
    assert_eq!(pretty, expected);
    assert_eq!(
        json,
        json!({
            "timestamp": "2026-09-01T08:00:00.000000Z", "level": "INFO", "message": "request", "target": "abmsim::request",
            "operation": "enrollment.account", "method": "GET", "path": "/account", "status": 200, "duration_us": 1234,
            "org": "acme", "server": "Primary MDM",
        })
    );
}

#[test]
fn what_a_client_sends_stays_on_its_line_and_its_query_and_tokens_stay_out() {
    let request = request("/a\"b\\c?client_assertion=eyJ0b2tlbg");
    let why =
        "bad \u{1b}[2Jheader\nfaked line; GET&x&oauth_token%3DAT_0123456789%26oauth_version | y oauth_token%3DAT_9";
    let observed = Observation { why: Some(why), status: None, server: Some("a\"b\n"), ..seen(&request) };
    let (pretty, json) = written(&observed);
    assert_eq!(pretty.lines().count(), 1);
    assert!(!pretty.contains('\u{1b}') && pretty.contains(" --- "), "{pretty}");
    assert_eq!((&json["path"], &json["server"], &json["status"]), (&json!("/a\"b\\c"), &json!("a\"b\n"), &Value::Null));
    let shown = json["why"].as_str().unwrap();
    assert!(shown.ends_with("oauth_token%3D…%26oauth_version | y oauth_token%3D…"), "{shown}");
    for line in [pretty, json.to_string()] {
        assert!(!line.contains("AT_") && !line.contains("assertion"), "{line}");
    }
}

#[test]
fn endless_texts_are_cut() {
    let path = format!("/{}", "é".repeat(5_000));
    let request = request("/");
    let (pretty, json) = written(&Observation { why: Some(&path), ..seen(&request) });
    assert!(pretty.len() < 700 && pretty.ends_with("é…\n"), "{pretty}");
    assert!(json["why"].as_str().unwrap().ends_with("é…"));
}

#[test]
fn colours_are_for_terminals() {
    let request = request("/account");
    let mut line = Vec::new();
    pretty(&mut line, TIME, &seen(&request), true);
    assert!(String::from_utf8(line).unwrap().contains("\u{1b}[32m200\u{1b}[0m"));
}
