//! `abmsim report`.

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::Value;

use super::{Served, abmsim, run};

const SMALL: &str = "scenarios/small.yaml";

/// Asks for a path that Apple's service does not have, in plain text.
fn stray(served: &Served) {
    let mut socket = TcpStream::connect(served.url.strip_prefix("https://").unwrap()).unwrap();
    socket
        .write_all(b"GET /server/device HTTP/1.1\r\nHost: abm\r\nUser-Agent: tests/1.0\r\nConnection: close\r\n\r\n")
        .unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 404"), "{answer}");
}

#[test]
fn a_finding_as_bad_as_asked_exits_6() {
    let served = Served::start(&[SMALL]);
    assert!(served.ok(&["report", "--fail-on", "note"]).starts_with("0 exchanges: 0 errors, 0 warnings, 0 notes"));
    stray(&served);
    let out = served.ok(&["report"]);
    assert!(out.contains("warning: Calls paths that the service does not have [unknown-path]"), "{out}");
    assert!(out.contains("/server/device") && out.contains("ledger: enrollment.unknown-path"), "{out}");
    assert!(out.ends_with("1 exchange: 0 errors, 1 warning, 0 notes\n"), "{out}");
    served.ok(&["report", "--fail-on", "error"]);
    served.ok(&["report", "--fail-on", "note", "--since", "1"]);
    for severity in ["note", "warning"] {
        let (code, _, err) = run(&mut served.verb(&["report", "--fail-on", severity]));
        assert_eq!(code, 6, "{err}");
        assert!(err.contains("1 finding"), "{err}");
    }
    let (code, _, err) = run(&mut served.verb(&["report", "--fail-on", "warn"]));
    assert!(code == 2 && err.contains("note, warning and error"), "{code} {err}");
}

#[test]
fn a_report_is_written_to_a_file_in_the_form_that_ci_reads() {
    let served = Served::start(&[SMALL]);
    stray(&served);
    let folder = tempfile::tempdir().unwrap();
    for (format, start) in [("junit", "<?xml"), ("html", "<!doctype html>"), ("json", "{"), ("text", "warning:")] {
        let file = folder.path().join(format);
        let name = file.display().to_string();
        let (code, out, _) =
            run(&mut served.verb(&["report", "--format", format, "--out", &name, "--fail-on", "warning"]));
        assert_eq!((code, out.as_str()), (6, ""), "the file is written all the same");
        let text = std::fs::read_to_string(file).unwrap();
        assert!(text.starts_with(start), "{format}: {text}");
    }
}

#[test]
fn the_rules_are_printed_without_a_simulator() {
    let (code, out, _) = run(abmsim().args(["report", "--rules"]));
    assert!(code == 0 && out.contains("no-sign-in-after-401 (error)\n  Does not sign in again after 401\n"), "{out}");
    let (_, out, _) = run(abmsim().args(["report", "--rules", "--format", "json"]));
    let rules: Value = serde_json::from_str(&out).unwrap();
    assert!(rules["items"].as_array().unwrap().len() >= 24);
}
