//! Spans, as a collector gets them.

use std::net::SocketAddr;
use std::time::Duration;

use abmsim::clock::wall_nanoseconds;
use abmsim::simulator::Settings;
use abmsim::telemetry::traces;
use serde_json::{Value, json};

use super::collector::{Collector, attribute};
use crate::actors::World;
use crate::actors::socket::{request, say};
use crate::program::Served;

const ONE: &str = "{version: 1, organizations: [{id: acme, servers: [{name: Primary MDM}]}]}";
const PARENT: &str = "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\ntracestate: vendor=1\r\n";

/// A simulator that sends its traces to `collector`, soon, as these variables say beside that.
async fn traced(collector: &Collector, variables: &[(&str, &str)]) -> World {
    let (settings, odd) = traces::Settings::read(|name| match name {
        "OTEL_EXPORTER_OTLP_ENDPOINT" => Some(collector.url()),
        "OTEL_BSP_SCHEDULE_DELAY" => Some("20".to_owned()),
        other => variables.iter().find(|(name, _)| *name == other).map(|(_, value)| (*value).to_owned()),
    });
    assert!(odd.is_empty(), "{odd:?}");
    World::with(Settings { traces: settings, ..Settings::default() }, ONE).await
}

/// The page of metrics, once it has this line; after twenty seconds as it is then.
async fn page_with(address: SocketAddr, line: &str) -> String {
    let mut page = String::new();
    for _ in 0..2_000 {
        page = say(address, &request("GET", "/_sim/metrics", "localhost", "", "")).await;
        if page.contains(line) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    page
}

#[tokio::test]
async fn a_request_becomes_a_span_in_its_callers_trace() {
    let mut collector = Collector::answering(&[]).await;
    let headers = [("OTEL_EXPORTER_OTLP_HEADERS", "api-key=abc%20d"), ("OTEL_RESOURCE_ATTRIBUTES", "team=mdm")];
    let world = traced(&collector, &headers).await;
    let mdm = world.portal().mdm("Primary MDM").await;
    let signed = format!("Authorization: {}\r\nUser-Agent: tests/1.0\r\n{PARENT}", mdm.authorization());
    let address = world.simulator().address();
    let before = wall_nanoseconds();
    let answer = say(address, &request("GET", "/session", &address.to_string(), &signed, "")).await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");

    let mut posts = vec![collector.post().await];
    while posts.last().unwrap().spans().iter().all(|span| span["name"] != "GET /session") {
        posts.push(collector.post().await);
    }
    let post = posts.last().unwrap();
    assert!(post.head.starts_with("post /v1/traces http/1.1\r\n"), "{}", post.head);
    for header in ["content-type: application/json", "api-key: abc d", "user-agent: abmsim/"] {
        assert!(post.head.contains(header), "{}", post.head);
    }
    let resource = &post.body["resourceSpans"][0]["resource"];
    assert_eq!((attribute(resource, "service.name"), attribute(resource, "team")), (Some("abmsim"), Some("mdm")));

    let spans = post.spans();
    let span = spans.iter().find(|span| span["name"] == "GET /session").unwrap();
    assert_eq!(span["traceId"], "0af7651916cd43dd8448eb211c80319c");
    assert_eq!((&span["parentSpanId"], &span["traceState"]), (&json!("b7ad6b7169203331"), &json!("vendor=1")));
    assert_eq!((&span["kind"], &span["status"]), (&json!(2), &Value::Null));
    let id = span["spanId"].as_str().unwrap();
    assert!(id.len() == 16 && id != "b7ad6b7169203331" && id != "0000000000000000", "{id}");
    let time = |key: &str| span[key].as_str().unwrap().parse::<u64>().unwrap();
    let (start, end) = (time("startTimeUnixNano"), time("endTimeUnixNano"));
    assert!(before <= start && start < end && end <= wall_nanoseconds(), "{before} {start} {end}");
    let port = address.port().to_string();
    for (key, value) in [
        ("http.request.method", "GET"),
        ("url.path", "/session"),
        ("url.scheme", "http"),
        ("http.route", "/session"),
        ("http.response.status_code", "200"),
        ("server.address", "127.0.0.1"),
        ("server.port", &port),
        ("client.address", "127.0.0.1"),
        ("network.protocol.version", "1.1"),
        ("user_agent.original", "tests/1.0"),
        ("abmsim.operation", "enrollment.session"),
        ("abmsim.org", "acme"),
        ("abmsim.server", "Primary MDM"),
    ] {
        assert_eq!(attribute(span, key), Some(value), "{key}");
    }
    let uuid = answer.lines().find_map(|line| line.strip_prefix("x-apple-request-uuid: ")).unwrap();
    assert_eq!(attribute(span, "abmsim.request_id"), Some(uuid));
}

#[tokio::test]
async fn a_refusal_says_why_and_only_a_failure_is_an_error() {
    let mut collector = Collector::answering(&[]).await;
    let world = traced(&collector, &[]).await;
    let address = world.simulator().address();
    say(address, &request("GET", "/account?secret=1", "localhost", "", "")).await;
    let refused = collector.spans(1).await.remove(0);
    assert_eq!(attribute(&refused, "http.response.status_code"), Some("401"));
    assert_eq!(attribute(&refused, "abmsim.refusal"), Some("unauthorized"));
    assert_eq!(attribute(&refused, "abmsim.why"), Some("there is no X-ADM-Auth-Session header"));
    assert_eq!((&refused["status"], &refused["parentSpanId"]), (&Value::Null, &Value::Null));
    assert_eq!(refused["traceId"].as_str().unwrap().len(), 32);
    assert!(!refused.to_string().contains("secret"), "the query stays out: {refused}");

    world.portal().quirks(json!({"outage": {"status": 503}})).await;
    say(address, &request("GET", "/session", "localhost", "Authorization: OAuth x=\"y\"\r\n", "")).await;
    let spans = collector.spans(2).await;
    let control = spans.iter().find(|span| span["name"] == "PATCH /_sim/orgs/{org}/quirks").unwrap();
    assert_eq!(attribute(control, "abmsim.org"), Some("acme"));
    let failed = spans.iter().find(|span| span["name"] == "GET /session").unwrap();
    assert_eq!((&failed["status"]["code"], attribute(failed, "error.type")), (&json!(2), Some("503")));
}

#[tokio::test]
async fn the_callers_decision_not_to_sample_is_kept() {
    let mut collector = Collector::answering(&[]).await;
    let world = traced(&collector, &[]).await;
    let address = world.simulator().address();
    for path in ["/_sim/ready", "/_sim/metrics"] {
        say(address, &request("GET", path, "localhost", "", "")).await;
    }
    let unsampled = PARENT.replace("-01\r\n", "-00\r\n");
    say(address, &request("GET", "/one", "localhost", &unsampled, "")).await;
    say(address, &request("GET", "/two", "localhost", PARENT, "")).await;
    let spans = collector.spans(1).await;
    assert_eq!((spans.len(), attribute(&spans[0], "url.path")), (1, Some("/two")), "{spans:?}");
    assert_eq!(spans[0]["name"], "GET", "an unknown path is no route");
}

#[tokio::test]
async fn what_a_collector_could_not_take_is_sent_again_and_what_it_refuses_is_counted() {
    let mut collector = Collector::answering(&[503, 200, 400]).await;
    let world = traced(&collector, &[]).await;
    let address = world.simulator().address();
    say(address, &request("GET", "/account", "localhost", "", "")).await;
    let first = collector.post().await.spans();
    assert_eq!(first, collector.post().await.spans(), "the same again");
    say(address, &request("GET", "/account", "localhost", "", "")).await;
    collector.post().await;
    let page = page_with(address, "abmsim_spans_dropped_total 1\n").await;
    assert!(
        page.contains("abmsim_spans_exported_total 1\n") && page.contains("abmsim_spans_dropped_total 1\n"),
        "{page}"
    );
}

#[tokio::test]
async fn a_collector_behind_tls_is_asked_if_its_authority_is_the_one_that_was_named() {
    // It takes no traces, but it speaks TLS and counts what it is asked.
    let collector = World::of(ONE).await;
    let folder = tempfile::tempdir().unwrap();
    let refused = "abmsim_requests_total{operation=\"unknown\",status=\"404\"} 1\n";
    for (pem, arrives) in [(World::of(ONE).await.simulator().ca_pem(), false), (collector.simulator().ca_pem(), true)] {
        let file = folder.path().join("ca.pem");
        std::fs::write(&file, pem).unwrap();
        let (settings, odd) = traces::Settings::read(|name| match name {
            "OTEL_EXPORTER_OTLP_ENDPOINT" => Some(collector.simulator().url()),
            "OTEL_EXPORTER_OTLP_CERTIFICATE" => Some(file.display().to_string()),
            "OTEL_BSP_SCHEDULE_DELAY" => Some("20".to_owned()),
            _ => None,
        });
        assert!(odd.is_empty(), "{odd:?}");
        let world = World::with(Settings { traces: settings, ..Settings::default() }, ONE).await;
        let address = world.simulator().address();
        say(address, &request("GET", "/account", "localhost", "", "")).await;
        let dropped = page_with(address, "abmsim_spans_dropped_total 1\n").await;
        assert!(dropped.contains("abmsim_spans_dropped_total 1\n"), "{dropped}");
        let asked = say(collector.simulator().address(), &request("GET", "/_sim/metrics", "localhost", "", "")).await;
        assert_eq!(asked.contains(refused), arrives, "{asked}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_spans_are_sent_before_the_program_ends() {
    let mut collector = Collector::answering(&[]).await;
    let url = collector.url();
    let served = Served::with(
        &[],
        &[
            ("OTEL_EXPORTER_OTLP_ENDPOINT", &url),
            ("OTEL_SERVICE_NAME", "apple"),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
        ],
    );
    served.ok(&["org", "list"]);
    let stopped = tokio::task::spawn_blocking(move || {
        let (code, log) = served.terminate_and_read();
        assert_eq!(code, Some(0));
        log
    });
    let post = collector.post().await;
    assert_eq!(attribute(&post.body["resourceSpans"][0]["resource"], "service.name"), Some("apple"));
    assert_eq!(attribute(&post.spans()[0], "abmsim.operation"), Some("control.list_orgs"));
    let log = stopped.await.unwrap();
    assert!(log.contains("\"grpc\", which is not spoken") && log.contains("http/json"), "{log}");
}
