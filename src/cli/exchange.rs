//! An exchange of the journal, for people to read.

use serde_json::{Value, json};

use super::table;

/// The columns of a table of them.
pub(super) const COLUMNS: [&str; 7] = ["id", "at", "operation", "status", "ms", "server", "why"];
/// Characters of a reason that a line has room for.
const REASON: usize = 90;

/// An entry as a line of the table.
pub(super) fn line(entry: &Value) -> Value {
    let micros = entry["duration_us"].as_f64().unwrap_or_default();
    let said = |name: &str| entry[name].as_str().unwrap_or_default().to_owned();
    let operation = match said("operation").as_str() {
        "unknown" => format!("{} {}", said("method"), said("path")),
        known => known.to_owned(),
    };
    let why = entry["why"][0].as_str().unwrap_or_default();
    let mut why = why.chars().take(REASON).collect::<String>() + if why.chars().count() > REASON { "…" } else { "" };
    if let Some(fault) = entry["fault_effect"].as_str() {
        why = format!("fault {}: {fault}", said("fault"));
    }
    json!({
        "id": entry["id"],
        "at": entry["at"],
        "operation": operation,
        "status": entry["status"],
        "ms": format!("{:.1}", micros / 1e3),
        "server": entry["server"],
        "why": why,
    })
}

/// The same as a line of its own: nobody knows yet how wide the columns will be.
pub(super) fn row(entry: &Value) -> String {
    let line = line(entry);
    let cell = |name: &str| table::cell(&line[name]);
    let start = format!(
        "{:>5}  {}  {:<32}  {:>3}  {:>7}",
        cell("id"),
        cell("at"),
        cell("operation"),
        cell("status"),
        cell("ms")
    );
    format!("{}\n", format!("{start}  {}  {}", cell("server"), cell("why")).trim_end_matches(['-', ' ']))
}

/// An exchange as it went, and what there is to say of it.
pub(super) fn in_full(entry: &Value) -> String {
    let said = |name: &str| table::cell(&entry[name]);
    let micros = entry["duration_us"].as_f64().unwrap_or_default();
    let mut text = format!("{}  {}  {}  {:.1} ms\n", said("id"), said("at"), said("operation"), micros / 1e3);
    let query = entry["query"].as_str().map_or_else(String::new, |query| format!("?{query}"));
    let target = format!("{} {}://{}{}{query}", said("method"), said("scheme"), said("host"), said("path"));
    let server = entry["server"].as_str().map_or_else(String::new, |server| format!(", the MDM server {server}"));
    text.push_str(&format!("from {}{server}\n\n{target} {}\n", said("client"), said("http_version")));
    text.push_str(&message(&entry["request"]));
    text.push_str(&format!(
        "\n{}\n",
        entry["status"].as_u64().map_or("no answer".to_owned(), |status| status.to_string())
    ));
    text.push_str(&message(&entry["response"]));
    if entry["fault"].is_string() {
        text.push_str(&format!("\nFault {}: {}\n", said("fault"), said("fault_effect")));
    }
    let lines = |name: &str| entry[name].as_array().into_iter().flatten().filter_map(Value::as_str).collect::<Vec<_>>();
    if !lines("why").is_empty() {
        text.push_str("\nWhy:\n");
        text.extend(lines("why").iter().map(|line| format!("  {line}\n")));
    }
    if !lines("refs").is_empty() {
        text.push_str(&format!("\nSee `abmsim fidelity`: {}\n", lines("refs").join(", ")));
    }
    text
}

fn message(message: &Value) -> String {
    let mut text = String::new();
    for (name, value) in message["headers"].as_object().into_iter().flatten() {
        text.push_str(&format!("  {name}: {}\n", value.as_str().unwrap_or_default()));
    }
    match &message["body"] {
        Value::Null => {}
        Value::String(body) => text.extend(body.lines().map(|line| format!("  {line}\n"))),
        body => text.extend(format!("{body:#}").lines().map(|line| format!("  {line}\n"))),
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> Value {
        json!({
            "id": 7, "at": "2026-09-01T08:00:00Z", "operation": "unknown", "server": null, "method": "GET", "path": "/x", "query": "a=1",
            "scheme": "http", "host": "h", "http_version": "HTTP/1.1", "client": "127.0.0.1:5", "status": 404, "duration_us": 1_250,
            "request": {"headers": {"host": "h"}, "body": null},
            "response": {"headers": {}, "body": {"a": 1}},
            "why": ["there is no path /x", "and more"], "refs": ["enrollment.unknown-path"],
        })
    }

    #[test]
    fn a_line_has_the_first_reason_and_its_own_column_for_each_thing() {
        let wanted = "ID  AT                    OPERATION  STATUS  MS   SERVER  WHY\n\
                      7   2026-09-01T08:00:00Z  GET /x     404     1.2  -       there is no path /x\n";
        assert_eq!(table::list(&[line(&entry())], &COLUMNS), wanted);
        assert!(row(&entry()).starts_with("    7  2026-09-01T08:00:00Z  GET /x "), "{}", row(&entry()));
    }

    #[test]
    fn in_full_every_reason_is_there() {
        let wanted = "7  2026-09-01T08:00:00Z  unknown  1.2 ms\nfrom 127.0.0.1:5\n\nGET http://h/x?a=1 HTTP/1.1\n  host: h\n\n404\n  {\n    \
                      \"a\": 1\n  }\n\nWhy:\n  there is no path /x\n  and more\n\nSee `abmsim fidelity`: enrollment.unknown-path\n";
        assert_eq!(in_full(&entry()), wanted);
    }
}
