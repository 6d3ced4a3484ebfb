//! `abmsim report`: how the client behaved.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use http::Method;
use serde_json::Value;

use super::control::{Control, Request, query};
use super::failure::{Exit, Failure};
use super::output::items;
use super::table;
use super::target::Target;
use crate::report::{Severity, catalogue};

/// How the client behaved: what it should do better, with the requests that show it
#[derive(Args, Debug)]
#[command(after_help = "Example: abmsim report --fail-on warning    (exits 6 where there is a warning or an error)\n\
    In CI: abmsim report --format junit --out report.xml --fail-on error")]
pub(super) struct Report {
    /// Exit with 6 where something is found that is as bad as this, or worse
    #[arg(long, value_name = "SEVERITY")]
    fail_on: Option<Severity>,
    /// The form: text, json, junit or html
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "text", hide_possible_values = true)]
    format: Format,
    /// Write it to this file
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Look only at what came after this journal entry, or from this time on
    #[arg(long, value_name = "ID|TIME")]
    since: Option<String>,
    /// Print the rules with their advice instead
    #[arg(long, conflicts_with_all = ["fail_on", "since"])]
    rules: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// As the control API has it
    Json,
    /// JUnit XML, for CI
    Junit,
    /// A page by itself
    Html,
}

impl Report {
    pub(super) fn run(self, target: &Target) -> Result<(), Failure> {
        if self.rules {
            return self.print_rules(target);
        }
        let control = Control::new(target)?;
        let path = control.path(&["report"])?;
        let since = self.since.as_deref().map(|since| ("since", since));
        let report = control.get(&format!("{path}?{}", query(since.as_slice())))?;
        let form = match self.format {
            Format::Text => text(&report).into_bytes(),
            Format::Json => format!("{report:#}\n").into_bytes(),
            Format::Junit | Format::Html => {
                let form = if self.format == Format::Junit { "junit" } else { "html" };
                let mut parameters = vec![("format", form)];
                parameters.extend(since);
                let path = format!("{path}?{}", query(&parameters));
                control.ask(Request { method: Method::GET, path: &path, accept: "*/*", body: None })?.body().to_vec()
            }
        };
        self.write(&form)?;
        self.verdict(&report)
    }

    fn print_rules(&self, target: &Target) -> Result<(), Failure> {
        let rules = if target.url.is_some() { Control::new(target)?.get("/_sim/report/rules")? } else { catalogue() };
        match self.format {
            Format::Text => self.write(rules_text(&rules).as_bytes()),
            Format::Json => self.write(format!("{rules:#}\n").as_bytes()),
            Format::Junit | Format::Html => Err(Failure::usage("rules are printed as text or json")),
        }
    }

    fn write(&self, form: &[u8]) -> Result<(), Failure> {
        match &self.out {
            None => super::output::bytes(form),
            Some(path) => std::fs::write(path, form)
                .map_err(|error| Failure::failed(format!("cannot write {}: {error}", path.display()))),
        }
    }

    fn verdict(&self, report: &Value) -> Result<(), Failure> {
        let Some(limit) = self.fail_on else { return Ok(()) };
        let bad = findings(report).iter().filter(|finding| severity(finding) >= Some(limit)).count();
        match bad {
            0 => Ok(()),
            1 => Err(Failure::new(Exit::Verification, format!("there is 1 finding that is a {limit} or worse"))),
            bad => {
                Err(Failure::new(Exit::Verification, format!("there are {bad} findings that are a {limit} or worse")))
            }
        }
    }
}

fn findings(report: &Value) -> &[Value] {
    report["findings"].as_array().map_or(&[], Vec::as_slice)
}

fn severity(finding: &Value) -> Option<Severity> {
    finding["severity"].as_str()?.parse().ok()
}

/// The report for people.
fn text(report: &Value) -> String {
    let mut text = String::new();
    for finding in findings(report) {
        let word = |key: &str| finding[key].as_str().unwrap_or_default();
        let _ = writeln!(text, "{}: {} [{}]", word("severity"), word("title"), word("rule"));
        let _ = writeln!(text, "  {}", word("advice"));
        let shown = finding["shown"].as_array().map_or(&[][..], Vec::as_slice);
        let rows: Vec<Vec<String>> = shown.iter().map(row).collect();
        let _ = table::columns(&["", "", "", "", "", ""], &rows)
            .lines()
            .skip(1)
            .try_for_each(|line| writeln!(text, "  {line}"));
        let more = finding["count"].as_u64().unwrap_or_default().saturating_sub(rows.len() as u64);
        if more > 0 {
            let _ = writeln!(text, "  and {more} more");
        }
        let refs: Vec<&str> = finding["refs"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let _ = writeln!(text, "  ledger: {}\n", refs.join(", "));
    }
    let count = |wanted: Severity| findings(report).iter().filter(|finding| severity(finding) == Some(wanted)).count();
    let sums = Severity::ALL.into_iter().rev().map(|severity| match count(severity) {
        1 => format!("1 {severity}"),
        count => format!("{count} {severity}s"),
    });
    let sums = sums.collect::<Vec<_>>().join(", ");
    let exchanges = report["exchanges"].as_u64().unwrap_or_default();
    let plural = if exchanges == 1 { "" } else { "s" };
    let _ = writeln!(text, "{exchanges} exchange{plural}: {sums}");
    if report["truncated"] == true {
        text.push_str("Older exchanges are no longer in the journal: what is not found may yet have happened.\n");
    }
    text
}

fn row(shown: &Value) -> Vec<String> {
    let status = if shown["status"].is_null() { "no answer".to_owned() } else { shown["status"].to_string() };
    let why: Vec<&str> = shown["why"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let word = |key: &str| shown[key].as_str().unwrap_or_default().to_owned();
    vec![format!("#{}", shown["id"]), word("at"), word("method"), word("path"), status, shortened(&why.join("; "))]
}

/// Reasons may hold whole base strings of OAuth; the page and the JSON have all of it.
fn shortened(why: &str) -> String {
    const LONGEST: usize = 100;
    match why.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &why[..end]),
        None => why.to_owned(),
    }
}

fn rules_text(rules: &Value) -> String {
    let mut text = String::new();
    for rule in items(rules) {
        let word = |key: &str| rule[key].as_str().unwrap_or_default();
        let _ =
            writeln!(text, "{} ({})\n  {}\n  → {}\n", word("rule"), word("severity"), word("title"), word("advice"));
    }
    text
}
