//! What no client does over a socket on purpose: answers that are cut off, dates, and clocks of every kind.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use proptest::prelude::*;

use super::*;
use crate::clock::{Span, Timestamp};
use crate::http::{Request, Scheme, Via};
use crate::journal::{Answered, Exchange};

/// A journal in the making: every exchange begins a while after the one before, by both clocks.
struct Diary {
    entries: Vec<Arc<Entry>>,
    wall: Timestamp,
    simulated: Timestamp,
    server: Option<&'static str>,
    headers: HeaderMap,
    fault: Option<(String, String)>,
}

const EMPTY: &str = r#"{"devices":[],"fetched_until":"2026-09-01T08:00:00Z","more_to_follow":false,"cursor":"C9"}"#;

impl Diary {
    fn new() -> Self {
        let start: Timestamp = "2026-09-01T08:00:00Z".parse().unwrap();
        Self {
            entries: Vec::new(),
            wall: start,
            simulated: start,
            server: Some("MDM"),
            headers: HeaderMap::new(),
            fault: None,
        }
    }

    fn wait(&mut self, seconds: i64) {
        self.wall = self.wall + Span::from_seconds(seconds);
    }

    fn call(&mut self, operation: &'static str, path: &str, body: &str, status: u16, answer: &str) {
        let method = if body.is_empty() { "GET" } else { "POST" };
        let request = http::Request::builder().method(method).uri(path).header("User-Agent", "tests/1.0");
        let request = request.header("X-ADM-Auth-Session", "S1").header("X-Server-Protocol-Version", "10");
        let request = request.header("Content-Type", "application/json;charset=UTF8").body(()).unwrap();
        let nobody = SocketAddr::from((Ipv4Addr::LOCALHOST, 1));
        let via = Via { scheme: Scheme::Https, peer: nobody, local: nobody, listener: 0, stands_in: false };
        let body = Bytes::copy_from_slice(body.as_bytes());
        let answered = Answered {
            status: StatusCode::from_u16(status).unwrap_or(StatusCode::OK),
            headers: std::mem::take(&mut self.headers),
            body: Bytes::copy_from_slice(answer.as_bytes()).into(),
        };
        let exchange = Exchange {
            operation,
            server: self.server.map(str::to_owned),
            request: Request { via, head: request.into_parts().0, body },
            answer: Some(answered).filter(|_| status > 0),
            duration: Duration::from_millis(3),
            began: self.wall,
            fault: self.fault.take(),
            why: Vec::new(),
            refs: Vec::new(),
        };
        let id = self.entries.len() as u64 + 1;
        self.entries.push(Arc::new(Entry { id, at: self.simulated, exchange }));
        self.wall = self.wall + Span::from_millis(10);
    }

    fn account(&mut self, status: u16) {
        self.call("enrollment.account", "/account", "", status, "{}");
    }

    fn sync(&mut self, cursor: &str, status: u16, answer: &str) {
        self.call("enrollment.sync_devices", "/devices/sync", &format!(r#"{{"cursor":"{cursor}"}}"#), status, answer);
    }

    fn header(&mut self, name: &'static str, value: &'static str) {
        self.headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }

    fn broken(&self) -> Vec<&'static str> {
        examine(self.entries.clone(), false).findings.iter().map(|finding| finding.rule.id).collect()
    }
}

#[test]
fn a_page_that_was_cut_off_is_asked_for_again() {
    let mut careless = Diary::new();
    careless.sync("C1", 200, &EMPTY[..40]);
    assert!(careless.broken().is_empty(), "it may yet ask again");
    careless.sync("C2", 200, EMPTY);
    assert_eq!(careless.broken(), ["cut-answer-not-asked-again"]);
    careless.sync("C1", 200, EMPTY);
    assert!(careless.broken().is_empty(), "it asked again in the end");

    let mut gone = Diary::new();
    gone.sync("C1", 0, "");
    gone.sync("C2", 200, EMPTY);
    assert_eq!(gone.broken(), ["cut-answer-not-asked-again"]);

    let mut faulty = Diary::new();
    faulty.fault = Some(("f1".to_owned(), "close: mid_body".to_owned()));
    faulty.sync("C1", 200, EMPTY);
    faulty.sync("C2", 200, EMPTY);
    assert_eq!(faulty.broken(), ["cut-answer-not-asked-again"], "the journal has it whole, the client had not");
}

#[test]
fn retry_after_may_be_a_date() {
    for (seconds, broken) in [(20, true), (31, false)] {
        let mut diary = Diary::new();
        diary.header("retry-after", "Tue, 01 Sep 2026 08:00:30 GMT");
        diary.header("date", "Tue, 01 Sep 2026 08:00:00 GMT");
        diary.account(429);
        diary.wait(seconds);
        diary.account(200);
        assert_eq!(diary.broken() == ["ignores-retry-after"], broken, "{seconds}");
        assert!(broken || diary.broken().is_empty());
    }
}

#[test]
fn a_client_that_waits_by_the_wall_has_waited_though_the_organisations_clock_stands() {
    for (seconds, broken) in [(29, true), (30, false)] {
        let mut diary = Diary::new();
        diary.header("retry-after", "30");
        diary.account(503);
        diary.wait(seconds);
        diary.account(503);
        assert_eq!(diary.broken() == ["ignores-retry-after"], broken, "{seconds}");
    }
}

#[test]
fn a_clock_that_is_set_back_accuses_nobody() {
    let mut diary = Diary::new();
    diary.header("retry-after", "30");
    diary.account(503);
    diary.simulated = diary.simulated - Span::from_days(300);
    diary.wait(30);
    diary.account(200);
    assert!(diary.broken().is_empty());
}

#[test]
fn nothing_is_said_of_an_empty_journal() {
    let report = examine(Vec::new(), false);
    assert!(report.findings.is_empty() && report.worst().is_none());
    assert!(report.to_page("Acme").contains("Nobody has called yet"));
}

#[test]
fn a_long_story_names_its_first_hundred_requests_and_counts_the_others() {
    let mut diary = Diary::new();
    for _ in 0..150 {
        diary.sync("", 400, "CURSOR_REQUIRED");
    }
    let report = examine(diary.entries.clone(), false);
    assert_eq!((report.findings[0].count, report.findings[0].requests.len()), (150, 100));
    assert_eq!(report.worst(), Some(Severity::Error));
    assert!(report.to_page("Acme").contains("and 50 more"));
}

#[test]
fn pauses_that_grow_are_no_hammering() {
    for (pauses, broken) in [([0, 50, 150, 400, 900], false), ([100, 100, 100, 100, 100], true)] {
        let mut diary = Diary::new();
        for pause in pauses {
            diary.account(502);
            diary.wall = diary.wall + Span::from_millis(pause);
        }
        assert_eq!(diary.broken() == ["hammers-when-down"], broken, "{pauses:?}");
    }
}

#[test]
fn different_requests_that_fail_are_no_hammering() {
    let mut diary = Diary::new();
    for number in 0..20 {
        diary.sync(&number.to_string(), 502, "");
    }
    assert!(diary.broken().is_empty());
}

#[test]
fn what_a_fault_says_of_a_request_is_no_fault_of_the_client() {
    for (status, code) in [
        (400, "CURSOR_REQUIRED"),
        (400, "USER_AGENT_INVALID"),
        (400, "MALFORMED_REQUEST_BODY"),
        (400, "DEVICE_ID_REQUIRED"),
        (400, "CONFIG_URL_INVALID"),
        (405, ""),
        (413, ""),
    ] {
        let mut diary = Diary::new();
        diary.fault = Some(("f1".to_owned(), format!("error: {code}")));
        diary.sync("C1", status, code);
        assert!(diary.broken().is_empty(), "{code}: {:?}", diary.broken());
    }
}

#[test]
fn a_session_of_another_life_may_be_used_until_another_is_open() {
    for (server, calls, broken) in [(Some("MDM"), 3, true), (None, 3, false), (None, 5, true)] {
        let mut diary = Diary::new();
        diary.server = server;
        for _ in 0..calls {
            diary.account(401);
        }
        assert_eq!(diary.broken() == ["no-sign-in-after-401"], broken, "{server:?} {calls}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_journal_makes_it_panic(
        calls in prop::collection::vec((0..story::ALL.len(), "\\PC{0,60}", 0..600_u16, "\\PC{0,60}", 0..100_i64), 0..40),
    ) {
        let mut diary = Diary::new();
        for (operation, body, status, answer, pause) in calls {
            diary.call(story::ALL[operation], "/x", &body, status, &answer);
            let answer = format!(r#"{{"devices":[],"more_to_follow":{},"cursor":"C{}"}}"#, status % 2 == 0, pause % 3);
            diary.sync(&format!("C{}", status % 3), 200, &answer);
            diary.wait(pause - 50);
        }
        let report = examine(diary.entries, true);
        let findings = report.findings.len();
        prop_assert!(report.to_json()["findings"].as_array().is_some_and(|found| found.len() == findings));
        prop_assert!(report.to_junit().ends_with("</testsuites>\n") && report.to_page("<&>").ends_with("</html>\n"));
    }
}
