//! `--dry-run`: the calendar, and nothing served.

use std::net::TcpListener;

use serde_json::Value;

use super::{Served, abmsim, run};

const WEEK: &str = "scenarios/week.yaml";

#[test]
fn the_calendar_is_printed_and_nothing_is_served() {
    // Whoever listened would fail here.
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let folder = tempfile::tempdir().unwrap();
    let certificates = folder.path().join("certs");
    let mut serve = abmsim();
    serve.args(["serve", WEEK, "--dry-run", "--listen", &address, "--certs"]).arg(&certificates);
    let (code, served, err) = run(&mut serve);
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(!certificates.exists(), "not even a CA is made");
    let (code, checked, _) = run(abmsim().args(["check", WEEK, "--dry-run"]));
    assert_eq!((code, &checked), (0, &served), "both verbs print the same");
    let lines: Vec<&str> = checked.lines().collect();
    assert!(lines[0].starts_with("AT ") && lines[0].ends_with("NOTE"), "{checked}");
    for (date, what) in [
        ("2026-09-08T08:00:00Z", "order W100000002 arrives with 2 devices"),
        ("2026-09-08T11:00:00Z", "assign order W100000001 to New MDM, to have moved within 2d"),
        ("2026-09-10T12:30:00Z", "turn switches: outage=off"),
    ] {
        assert!(lines.iter().any(|line| line.starts_with(date) && line.contains(what)), "{what}: {checked}");
    }
    let nights = lines.iter().filter(|line| line.contains("every night")).count();
    assert_eq!((nights, lines.len()), (5, 1 + 17), "{checked}");
    let mut sorted = lines[1..].to_vec();
    sorted.sort_unstable();
    assert_eq!(sorted, lines[1..], "soonest first");
}

#[test]
fn the_calendar_is_data_too_and_its_chances_come_from_the_seed() {
    let calendar = |seed: &str| {
        let (code, out, err) = run(abmsim().args(["check", WEEK, "--dry-run", "-o", "json", "--seed", seed]));
        assert_eq!(code, 0, "{err}");
        serde_json::from_str::<Value>(&out).unwrap()["items"].clone()
    };
    let seven = calendar("7");
    assert_eq!(seven[0]["org"], "acme");
    assert_eq!(seven[0]["what"], "activate order W100000001");
    assert_eq!(seven[0]["note"], "everyone is handed a phone");
    assert_eq!(calendar("7"), seven);
    assert_ne!(calendar("8")[0]["at"], seven[0]["at"]);
    assert_eq!(calendar("8").as_array().unwrap().len(), seven.as_array().unwrap().len());
}

#[test]
fn a_broken_timeline_is_told_before_anything_is_planned() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("broken.yaml");
    let text = "version: 1\norganizations: [{id: acme}]\ntimeline:\n- {at: 1h, do: {end_sesions: {}}}\n";
    std::fs::write(&file, text).unwrap();
    let (code, out, err) = run(abmsim().args(["check", "--dry-run"]).arg(&file));
    assert_eq!((code, out.as_str()), (3, ""));
    assert!(err.contains("broken.yaml:4:17: `do` has no key `end_sesions`") && err.contains("`end_sessions`"), "{err}");
}

#[test]
fn a_timeline_is_listed_and_changed_from_a_shell() {
    let served = Served::start(&[WEEK]);
    let listed = |state: &str| {
        let out = served.ok(&["org", "timeline", "list", "-o", "json"]);
        let items = serde_json::from_str::<Value>(&out).unwrap()["items"].as_array().unwrap().clone();
        items.into_iter().filter(|item| item["state"] == state).count()
    };
    assert_eq!((listed("planned"), listed("done")), (16, 0));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("event.yaml");
    std::fs::write(&file, "at: 5m\nnote: from a shell\ndo: {terms: {state: unsigned}}\n").unwrap();
    let added = served.ok(&["org", "timeline", "add", &file.display().to_string()]);
    assert!(added.contains("2026-09-07T08:05:00Z") && added.contains("planned"), "{added}");
    served.ok(&["org", "timeline", "cancel", "1"]);
    let ran = served.ok(&["clock", "advance", "1h"]);
    assert!(ran.contains("new terms wait for consent") && ran.contains("from a shell"), "{ran}");
    assert_eq!((listed("planned"), listed("done"), listed("called_off")), (15, 1, 1));
}
