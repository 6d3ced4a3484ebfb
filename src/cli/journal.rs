//! `abmsim journal`: what was said to Apple's services, and why it was refused.

use std::io::{ErrorKind, Write as _};
use std::time::Duration;

use clap::{Args, Subcommand};
use http::Method;
use serde_json::Value;

use super::control::{Control, Request, query};
use super::exchange::{COLUMNS, in_full, line, row};
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
    /// The same as no word at all
    List(Box<Wanted>),
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
    pub(super) fn run(mut self, target: &Target) -> Result<(), Failure> {
        if let Some(Deed::List(wanted)) = self.deed {
            (self.wanted, self.deed) = (*wanted, None);
        }
        let control = Control::new(target)?;
        let path = match self.wanted.strays {
            true => "/_sim/journal".to_owned(),
            false => control.path(&["journal"])?,
        };
        match &self.deed {
            Some(Deed::Show { id }) => self.show(&control.get(&format!("{path}/{id}"))?),
            Some(Deed::Clear) => control.delete(&path).map(|_| ()),
            _ if self.wanted.follow => self.follow(&control, &path),
            _ => self.list(&control, &path),
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
