//! `abmsim journal`: what was said to Apple's services, and why it was refused.

use std::io::{ErrorKind, Write as _};
use std::time::Duration;

use clap::{Args, Subcommand};
use http::Method;
use serde_json::{Value, json};

use super::control::{Control, Request, query};
use super::failure::Failure;
use super::output::{self, Format, Output, items};
use super::table;
use super::target::Target;
use crate::clock::Span;

/// What was said to Apple's services: list, follow, and see why it was refused
#[derive(Args, Debug)]
#[command(
    after_help = "Example: abmsim journal --status 4xx    (what was refused; `abmsim journal show ID` says why in full)"
)]
pub(super) struct Journal {
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    wanted: Wanted,
    #[command(subcommand)]
    deed: Option<Deed>,
}

#[derive(Subcommand, Debug)]
enum Deed {
    /// One exchange in full, with every reason
    Show {
        /// Its number
        id: u64,
    },
    /// Forget everything
    Clear,
}

/// Which exchanges, and what to do with them.
#[derive(Args, Debug)]
struct Wanted {
    /// Those of these operations, such as enrollment.session or 'enrollment.*'
    #[arg(long, value_name = "NAME")]
    operation: Option<String>,
    /// Those with these statuses, such as 404 or 4xx
    #[arg(long, value_name = "STATUS")]
    status: Option<String>,
    /// Those that concern this device
    #[arg(long, value_name = "NUMBER")]
    serial: Option<String>,
    /// Those of this MDM server, by name or id
    #[arg(long, value_name = "NAME")]
    server: Option<String>,
    /// Those that this fault rule hit, or `any`
    #[arg(long, value_name = "ID")]
    fault: Option<String>,
    /// Those that were refused, or in which a device was
    #[arg(long)]
    refused: bool,
    /// Those after this number, or from this time on
    #[arg(long, value_name = "ID|TIME")]
    since: Option<String>,
    /// The newest so many
    #[arg(long, value_name = "COUNT")]
    limit: Option<usize>,
    /// Wait for them so long at most, such as 10s; fails where there are too few by then
    #[arg(long, value_name = "TIME")]
    wait: Option<Span>,
    /// How many to wait for
    #[arg(long, value_name = "COUNT", default_value = "1", requires = "wait")]
    count: usize,
    /// As an HTTP Archive, for browsers and proxies to open
    #[arg(long, conflicts_with = "follow")]
    har: bool,
    /// Go on and print what comes
    #[arg(long, conflicts_with_all = ["wait", "limit"])]
    follow: bool,
    /// What no credential led to an organisation
    #[arg(long)]
    strays: bool,
}

impl Wanted {
    /// The filters, as the control API takes them.
    fn parameters(&self) -> Vec<(&'static str, String)> {
        let given = [
            ("operation", self.operation.clone()),
            ("status", self.status.clone()),
            ("serial", self.serial.clone()),
            ("server", self.server.clone()),
            ("fault", self.fault.clone()),
            ("refused", self.refused.then(|| "true".to_owned())),
            ("since", self.since.clone()),
            ("limit", self.limit.map(|limit| limit.to_string())),
            ("wait", self.wait.map(|wait| wait.to_string())),
            ("count", self.wait.map(|_| self.count.to_string())),
        ];
        given.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }
}

/// How long one question of `--follow` waits for an answer.
const PATIENCE: Duration = Duration::from_secs(60);

impl Journal {
    pub(super) fn run(self, target: &Target) -> Result<(), Failure> {
        let control = Control::new(target)?;
        let path = match self.wanted.strays {
            true => "/_sim/journal".to_owned(),
            false => control.path(&["journal"])?,
        };
        match &self.deed {
            Some(Deed::Show { id }) => self.show(&control.get(&format!("{path}/{id}"))?),
            Some(Deed::Clear) => control.delete(&path).map(|_| ()),
            None if self.wanted.follow => self.follow(&control, &path),
            None => self.list(&control, &path),
        }
    }

    fn list(&self, control: &Control, path: &str) -> Result<(), Failure> {
        let wanted = &self.wanted;
        let answer = ask(control, path, &wanted.parameters(), wanted.har, wanted.wait)?;
        if wanted.har {
            return output::bytes(&answer);
        }
        let list = read(&answer)?;
        match self.output.format {
            Format::Table => output::data(&table::list(&items(&list).iter().map(line).collect::<Vec<_>>(), &COLUMNS))?,
            _ => self.output.list(&list, &COLUMNS)?,
        }
        match wanted.wait {
            Some(wait) if items(&list).len() < wanted.count => {
                let count = items(&list).len();
                Err(Failure::failed(format!("{count} of {} exchanges came within {wait}", wanted.count)))
            }
            _ => Ok(()),
        }
    }

    /// Prints what is there and what comes, until somebody ends it.
    fn follow(&self, control: &Control, path: &str) -> Result<(), Failure> {
        let wait = Span::from_seconds(PATIENCE.as_secs() as i64);
        let mut parameters = self.wanted.parameters();
        let mut stdout = std::io::stdout();
        loop {
            let mut question = parameters.clone();
            question.extend([("wait", wait.to_string()), ("count", "1".to_owned())]);
            let list = read(&ask(control, path, &question, false, Some(wait))?)?;
            for entry in items(&list) {
                let text = match self.output.format {
                    Format::Table => row(entry),
                    _ => format!("{entry}\n"),
                };
                match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
                    Err(error) if error.kind() == ErrorKind::BrokenPipe => return Ok(()),
                    Err(error) => return Err(Failure::failed(format!("cannot write to standard output: {error}"))),
                    Ok(()) => {}
                }
            }
            if let Some(last) = items(&list).last() {
                parameters.retain(|(name, _)| *name != "since");
                parameters.push(("since", last["id"].to_string()));
            }
        }
    }

    fn show(&self, entry: &Value) -> Result<(), Failure> {
        match self.output.format {
            Format::Table => output::data(&in_full(entry)),
            _ => self.output.item(entry),
        }
    }
}

/// Asks for entries, as long as that may take.
fn ask(
    control: &Control,
    path: &str,
    parameters: &[(&str, String)],
    har: bool,
    wait: Option<Span>,
) -> Result<bytes::Bytes, Failure> {
    let pairs: Vec<(&str, &str)> = parameters.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let path = if pairs.is_empty() { path.to_owned() } else { format!("{path}?{}", query(&pairs)) };
    let accept = if har { crate::journal::har::MEDIA_TYPE } else { "application/json" };
    let wait = Duration::from_millis(wait.unwrap_or_default().millis().max(0).unsigned_abs());
    let request = Request { method: Method::GET, path: &path, accept, body: None };
    Ok(control.ask_patiently(request, wait)?.into_body())
}

fn read(answer: &[u8]) -> Result<Value, Failure> {
    serde_json::from_slice(answer).map_err(|error| Failure::failed(format!("the answer is not JSON: {error}")))
}

const COLUMNS: [&str; 7] = ["id", "at", "operation", "status", "ms", "server", "why"];
/// Characters of a reason that a line has room for.
const REASON: usize = 90;

/// An entry as a line of the table.
fn line(entry: &Value) -> Value {
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
fn row(entry: &Value) -> String {
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
fn in_full(entry: &Value) -> String {
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
