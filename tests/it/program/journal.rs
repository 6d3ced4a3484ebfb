//! `abmsim journal`.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use serde_json::Value;

use super::{Served, run};

const SMALL: &str = "scenarios/small.yaml";

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|wrong| panic!("{wrong}: {text}"))
}

/// Somebody who asks for something that there is not.
fn knock(served: &Served, path: &str) {
    // The only organisation gets what no credential leads to another.
    let address = served.url.strip_prefix("https://").unwrap();
    let mut socket = std::net::TcpStream::connect(address).unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    std::io::Write::write_all(&mut socket, request.as_bytes()).unwrap();
    std::io::copy(&mut socket, &mut std::io::sink()).unwrap();
}

#[test]
fn exchanges_are_listed_shown_and_forgotten_from_a_shell() {
    let served = Served::start(&[SMALL]);
    knock(&served, "/sesion");
    knock(&served, "/account");
    let table = served.ok(&["journal"]);
    let lines: Vec<&str> = table.lines().collect();
    assert!(lines[0].starts_with("ID  AT ") && lines[0].ends_with("WHY"), "{table}");
    assert!(lines[1].contains("GET /sesion") && lines[1].contains("404"), "{table}");
    assert!(lines[1].ends_with("there is no path /sesion; did the client mean /session?"), "{table}");
    assert!(lines[2].contains("enrollment.account") && lines[2].contains("401"), "{table}");
    let filtered = served.ok(&["journal", "list", "--operation", "enrollment.*", "--status", "4xx", "-o", "json"]);
    assert_eq!(json(&filtered)["items"].as_array().unwrap().len(), 1);
    let shown = served.ok(&["journal", "show", "2"]);
    assert!(shown.contains("GET http://") && shown.contains("/account HTTP/1.1"), "{shown}");
    assert!(shown.contains("Why:\n  there is no X-ADM-Auth-Session header\n"), "{shown}");
    assert!(shown.contains("See `abmsim fidelity`: enrollment.session-required"), "{shown}");
    assert_eq!(json(&served.ok(&["journal", "show", "2", "-o", "json"]))["status"], 401);
    let archive = json(&served.ok(&["journal", "--har", "--since", "1"]));
    assert_eq!(archive["log"]["entries"][0]["_operation"], "enrollment.account");
    served.ok(&["journal", "clear"]);
    assert_eq!(served.ok(&["journal"]).lines().count(), 1);
    assert_eq!(served.ok(&["journal", "--strays"]).lines().count(), 1);
    let (code, _, err) = run(&mut served.verb(&["journal", "show", "2"]));
    assert!(code == 1 && err.contains("there is no exchange `2`"), "{err}");
    let (code, _, err) = run(&mut served.verb(&["journal", "--status", "bad"]));
    assert!(code == 1 && err.contains("statuses are wanted"), "{err}");
}

#[test]
fn waiting_succeeds_with_the_exchange_and_fails_without() {
    let served = Served::start(&[SMALL]);
    let (code, out, err) = run(&mut served.verb(&["journal", "--wait", "100ms", "--count", "2"]));
    assert_eq!(code, 1, "{out}");
    assert!(err.contains("0 of 2 exchanges came within 100ms"), "{err}");
    let mut waiting = served.verb(&["journal", "--operation", "enrollment.account", "--wait", "60s"]);
    let waiting = waiting.stdout(Stdio::piped()).spawn().unwrap();
    std::thread::sleep(std::time::Duration::from_millis(300));
    knock(&served, "/account");
    let output = waiting.wait_with_output().unwrap();
    assert!(output.status.success());
    assert!(String::from_utf8(output.stdout).unwrap().contains("enrollment.account"));
}

#[test]
fn following_prints_what_comes() {
    let served = Served::start(&[SMALL]);
    knock(&served, "/before");
    let mut following = served.verb(&["journal", "--follow", "-o", "json"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(following.stdout.take().unwrap()).lines();
    let mut path = || json(&lines.next().unwrap().unwrap())["path"].as_str().unwrap().to_owned();
    assert_eq!(path(), "/before");
    knock(&served, "/then");
    assert_eq!(path(), "/then");
    following.kill().unwrap();
    following.wait().unwrap();
}

#[test]
fn a_journal_can_be_left_out() {
    let served = Served::start(&[SMALL, "--journal-size", "0"]);
    knock(&served, "/account");
    assert_eq!(served.ok(&["journal"]).lines().count(), 1);
}
