//! The log, as the program writes it.

use serde_json::Value;

use crate::program::Served;

/// One good call, one refused, one control call, in this order. No word of it may be a secret.
fn story(arguments: &[&str], variables: &[(&str, &str)]) -> String {
    let served = Served::with(arguments, variables);
    let url = served.url.replace("https://", "http://");
    let ask = |path: &str| {
        let mut answer = Vec::new();
        let address = url.strip_prefix("http://").unwrap();
        let mut socket = std::net::TcpStream::connect(address).unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
        std::io::Write::write_all(&mut socket, request.as_bytes()).unwrap();
        std::io::Read::read_to_end(&mut socket, &mut answer).unwrap();
        String::from_utf8(answer).unwrap()
    };
    assert!(ask("/account?token=s3cret").starts_with("HTTP/1.1 401 "));
    assert!(ask("/_sim/orgs?limit=1").starts_with("HTTP/1.1 200 "));
    assert!(ask("/nothing\"here").starts_with("HTTP/1.1 404 "));
    let (code, log) = served.terminate_and_read();
    assert_eq!(code, Some(0));
    assert!(!log.contains("s3cret"), "{log}");
    log
}

/// The lines of requests, which begin with their time.
fn requests(log: &str) -> Vec<&str> {
    log.lines().filter(|line| line.starts_with("20") && line.contains(" GET ")).collect()
}

#[test]
fn every_request_to_apple_has_a_line_with_its_reason() {
    let log = story(&[], &[]);
    let lines = requests(&log);
    assert_eq!(lines.len(), 2, "{log}");
    assert!(lines[0].contains("  INFO GET    /account                 401 "), "{log}");
    assert!(lines[0].ends_with("  enrollment.account  acme  there is no X-ADM-Auth-Session header"), "{log}");
    assert!(lines[1].contains(" 404 ") && lines[1].contains("  unknown  acme  there is no path /nothing"), "{log}");
    assert!(!log.contains('\u{1b}'), "this is no terminal: {log}");
    let banner = log.find("# Try: ").unwrap();
    assert!(banner < log.find("/account  ").unwrap(), "{log}");
}

#[test]
fn a_line_may_be_json() {
    let log = story(&["--log-format", "json", "--log-level", "debug"], &[]);
    let lines: Vec<Value> =
        log.lines().filter(|line| line.starts_with('{')).map(|line| serde_json::from_str(line).unwrap()).collect();
    let requests: Vec<&Value> = lines.iter().filter(|line| line["target"] == "abmsim::request").collect();
    let shown: Vec<_> =
        requests.iter().map(|line| (line["path"].as_str().unwrap(), line["level"].as_str().unwrap())).collect();
    assert_eq!(shown, [("/account", "INFO"), ("/_sim/orgs", "DEBUG"), ("/nothing\"here", "INFO")], "{log}");
    let first = requests[0];
    assert_eq!((&first["operation"], &first["method"]), (&"enrollment.account".into(), &"GET".into()));
    assert_eq!(
        (&first["status"], &first["org"], &first["refusal"]),
        (&401.into(), &"acme".into(), &"unauthorized".into())
    );
    assert_eq!(first["why"], "there is no X-ADM-Auth-Session header");
    assert!(first["duration_us"].is_u64() && first["request_id"].as_str().unwrap().len() == 36, "{first}");
    for line in lines {
        assert!(line["timestamp"].as_str().unwrap().ends_with('Z') && line["level"].is_string(), "{line}");
        assert!(line["message"].is_string() && line["target"].is_string(), "{line}");
    }
}

#[test]
fn the_level_says_how_much_and_rust_log_beats_it() {
    for (arguments, variables, expected) in [
        (&["--log-level", "warn"][..], &[][..], 0),
        (&["--log-level", "debug"], &[], 3),
        (&[], &[("ABMSIM_LOG_LEVEL", "debug")], 3),
        (&[], &[("ABMSIM_LOG_LEVEL", "error")], 0),
        (&["--log-level", "error"], &[("RUST_LOG", "abmsim=info")], 2),
        (&["--log-level", "debug"], &[("RUST_LOG", "abmsim=debug,abmsim::request=warn")], 0),
    ] {
        let log = story(arguments, variables);
        assert_eq!(requests(&log).len(), expected, "{arguments:?} {variables:?}\n{log}");
    }
}
