//! The report's forms, and the rules themselves.

use std::collections::HashSet;

use abmsim::fidelity::Ledger;
use abmsim::report::rules;
use serde_json::{Value, json};

use super::{breathe, broken, finding};
use crate::actors::{Portal, World};

const HOSTILE: &str = "<script>alert('\"&')</script>";

/// A client with a hostile name and a hostile path, which breaks rules.
async fn scene() -> (World, Portal) {
    let world = World::small().await;
    let mut mdm = world.mdm("Primary MDM").await;
    mdm.user_agent = Some(HOSTILE.to_owned());
    mdm.version = None;
    mdm.get("/account").await.expect_ok();
    mdm.get("/no&such'path").await;
    let portal = world.portal();
    (world, portal)
}

async fn form(portal: &Portal, path: &str, accept: &str) -> (String, String) {
    let answer = portal.send("GET", path, &[("Accept", accept)], b"").await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    (answer.header("content-type").unwrap().to_owned(), answer.text)
}

#[tokio::test]
async fn the_report_names_requests_and_ledger_entries() {
    let (_world, portal) = scene().await;
    let report = portal.get("/report").await;
    assert_eq!((&report["exchanges"], &report["truncated"]), (&json!(3), &json!(false)));
    let unknown = finding(&report, "unknown-path");
    assert_eq!((&unknown["severity"], &unknown["count"]), (&json!("warning"), &json!(1)));
    assert_eq!((&unknown["requests"], &unknown["refs"]), (&json!([3]), &json!(["enrollment.unknown-path"])));
    assert_eq!(unknown["shown"][0]["status"], 404);
    assert_eq!(broken(&portal).await, ["unknown-path", "no-protocol-version"]);
}

#[tokio::test]
async fn the_form_is_what_is_accepted_or_asked_for() {
    let (_world, portal) = scene().await;
    let junit = "application/junit+xml";
    for (path, accept, kind) in [
        ("/report", "*/*", "application/json"),
        ("/report", "text/html,application/xhtml+xml,*/*;q=0.8", "text/html; charset=utf-8"),
        ("/report", junit, junit),
        ("/report?format=junit", "text/html", junit),
        ("/report?format=json", junit, "application/json"),
        ("/report?format=html", "*/*", "text/html; charset=utf-8"),
    ] {
        assert_eq!(form(&portal, path, accept).await.0, kind, "{path} {accept}");
    }
    let (status, problem) = portal.try_call("GET", "/report?format=htm", Value::Null).await;
    assert!(status == 400 && problem["detail"].as_str().unwrap().contains("`html`"), "{problem}");
}

/// The elements of an XML document that must be well-formed, with their attributes' names; no comments, no sections.
fn elements(xml: &str) -> Vec<String> {
    let mut open: Vec<String> = Vec::new();
    let mut all = Vec::new();
    let mut rest = xml.strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n").unwrap();
    while let Some((text, tag)) = rest.split_once('<') {
        for entity in text.split('&').skip(1) {
            assert!(["amp;", "lt;", "gt;", "quot;"].iter().any(|known| entity.starts_with(known)), "{entity}");
        }
        let (tag, after) = tag.split_once('>').unwrap();
        rest = after;
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(name));
            continue;
        }
        let name = tag.split([' ', '/']).next().unwrap().to_owned();
        assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
        if !tag.ends_with('/') {
            open.push(name.clone());
        }
        all.push(name);
    }
    assert!(open.is_empty() && rest.trim().is_empty(), "{open:?} {rest}");
    all
}

#[tokio::test]
async fn junit_has_a_suite_for_each_subject_and_a_case_for_each_rule() {
    let (_world, portal) = scene().await;
    let (_, xml) = form(&portal, "/report", "application/junit+xml").await;
    let elements = elements(&xml);
    let count = |name: &str| elements.iter().filter(|element| *element == name).count();
    assert_eq!((count("testsuites"), count("testsuite")), (1, 9));
    assert_eq!(count("testcase"), rules().count());
    assert_eq!((count("failure"), count("system-out")), (1, 1), "a warning fails, a note does not");
    assert!(xml.contains("/no&amp;such&apos;path") || xml.contains("/no&amp;such'path"), "{xml}");
}

#[tokio::test]
async fn the_page_needs_nothing_else_and_shows_hostile_names_as_they_are() {
    let (_world, portal) = scene().await;
    let (_, page) = form(&portal, "/report", "text/html").await;
    assert!(!page.contains("<script") && page.contains("&lt;script&gt;alert(&#39;&quot;&amp;&#39;)"), "{page}");
    assert!(page.contains("/no&amp;such&#39;path") && page.contains("Acme Corporation"));
    for outside in ["http://", "https://", "src=", "href=", "url(", "@import"] {
        assert!(!page.contains(outside), "{outside}");
    }
}

#[tokio::test]
async fn a_report_may_begin_later() {
    let (_world, portal) = scene().await;
    let count = async |query: &str| portal.get(&format!("/report?since={query}")).await["exchanges"].clone();
    assert_eq!((count("2").await, count("3").await), (json!(1), json!(0)));
    assert_eq!(count("2026-09-01T08:00:00Z").await, 3);
    assert_eq!(count("2026-09-01T08:00:01Z").await, 0);
    portal.advance("1m").await;
    portal.mdm("Primary MDM").await.sign_in().await.expect_ok();
    assert_eq!(count("2026-09-01T08:00:01Z").await, 1);
    let (status, problem) = portal.try_call("GET", "/report?since=yesterday", Value::Null).await;
    assert_eq!((status, &problem["code"]), (400, &json!("BAD_QUERY")));
}

#[tokio::test]
async fn a_report_says_so_where_the_journal_has_forgotten() {
    let world = World::small().await;
    let mut mdm = world.mdm("Primary MDM").await;
    for _ in 0..3 {
        let body = json!({"devices": ["C02PHONE0001"], "x": "x".repeat(4 * 1024 * 1024)});
        mdm.post("/devices", body).await.expect_ok();
    }
    breathe().await;
    let portal = world.portal();
    assert_eq!(portal.get("/report").await["truncated"], true);
    assert_eq!(portal.get("/report?since=3").await["truncated"], false);
    assert!(form(&portal, "/report", "text/html").await.1.contains("no longer in the journal"));
    assert!(form(&portal, "/report", "application/junit+xml").await.1.contains("name=\"truncated\" value=\"true\""));
}

#[tokio::test]
async fn the_rules_are_listed() {
    let world = World::small().await;
    let list = reqwest::get(format!("{}/_sim/report/rules", world.url())).await.unwrap().text().await.unwrap();
    let list: Value = serde_json::from_str(&list).unwrap();
    let items = list["items"].as_array().unwrap();
    assert_eq!(items.len(), rules().count());
    assert!(items.len() >= 24 && items.iter().all(|rule| rule["advice"].as_str().unwrap().ends_with('.')));
}

#[test]
fn every_rule_has_a_name_of_its_own_and_stands_on_the_ledger() {
    let known: HashSet<&str> = Ledger::get().entries.iter().map(|entry| entry.id.as_str()).collect();
    let mut seen = HashSet::new();
    for rule in rules() {
        assert!(seen.insert(rule.id), "{} is there twice", rule.id);
        assert!(rule.id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'));
        assert!(!rule.refs.is_empty(), "{} stands on nothing", rule.id);
        for entry in rule.refs {
            assert!(known.contains(entry), "{}: the ledger has no {entry}", rule.id);
        }
    }
}

#[test]
fn every_rule_is_broken_in_a_test() {
    let stories = [
        include_str!("cursors.rs"),
        include_str!("licenses.rs"),
        include_str!("manners.rs"),
        include_str!("patience.rs"),
        include_str!("profiles.rs"),
        include_str!("sessions.rs"),
        include_str!("../../../src/report/tests.rs"),
    ];
    let untold = rules().filter(|rule| {
        let named = format!("\"{}\"", rule.id);
        !stories.iter().any(|story| story.contains(&named))
    });
    let untold: Vec<&str> = untold.map(|rule| rule.id).collect();
    assert!(untold.is_empty(), "no story breaks {untold:?}");
}
