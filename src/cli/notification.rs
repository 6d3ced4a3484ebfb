//! `abmsim notification`: what MDM servers are told of apps and books, and how that went.

use std::time::Duration;

use clap::{Args, Subcommand};
use http::Method;
use serde_json::{Map, Value, json};

use super::control::{Control, Request, json, query};
use super::failure::Failure;
use super::fault::put;
use super::license_location::{Place, location};
use super::output::{Format, Output, items, note};
use super::target::Target;
use crate::clock::Span;

/// Notifications of apps and books: what was sent, waits, failed; tests and faults
#[derive(Args, Debug)]
#[command(after_help = "Example: abmsim notification list --state failed,pending\n\
    An attempt may take 4 s. What is not taken is sent again after 1 and after 5 minutes of the organisation's time: `abmsim clock advance 5m`.")]
pub(super) struct Notification {
    #[command(flatten)]
    output: Output,
    #[command(subcommand)]
    deed: Deed,
}

#[derive(Subcommand, Debug)]
enum Deed {
    /// What was sent or is to be, with every attempt
    List(Wanted),
    /// One of them in full
    Show {
        /// Its number, or its notificationId
        notification: String,
    },
    /// Send a test to the address that the client of a location has set; fails where it is not taken
    Test(Place),
    /// Let notifications come twice, late, in another order, with a wrong token, or not at all
    Fault(Fault),
}

/// Which notifications.
#[derive(Args, Debug)]
struct Wanted {
    /// Those of these types, such as ASSET_COUNT
    #[arg(long = "type", value_name = "TYPE")]
    kind: Option<String>,
    /// Those in these states: pending, delivered, failed, dropped
    #[arg(long)]
    state: Option<String>,
    /// Those of this location, by name or id
    #[arg(long, value_name = "NAME")]
    location: Option<String>,
    /// The newest so many
    #[arg(long, value_name = "COUNT")]
    limit: Option<usize>,
    /// Wait for them so long at most, such as 10s; fails where there are too few by then
    #[arg(long, value_name = "TIME")]
    wait: Option<Span>,
    /// How many to wait for
    #[arg(long, value_name = "COUNT", default_value = "1", requires = "wait")]
    count: usize,
}

/// A rule on notifications in flags: what happens, to which, and how often.
#[derive(Args, Debug)]
#[command(after_help = "`abmsim fault list` shows these rules too, and `abmsim fault remove` removes them.")]
struct Fault {
    #[command(flatten)]
    effect: Effect,
    /// Let it wait before it is sent, such as 3s; goes with all but --drop and --reorder
    #[arg(long, value_name = "TIME", conflicts_with_all = ["drop", "reorder"])]
    delay: Option<Span>,
    /// Only those of this location, by name or id
    #[arg(long, value_name = "NAME")]
    location: Option<String>,
    /// Only the so-manieth, from 1
    #[arg(long, value_name = "NUMBER")]
    nth: Option<u64>,
    /// How often [default: always]
    #[arg(long)]
    times: Option<u64>,
    /// How likely each time, up to 1
    #[arg(long)]
    probability: Option<f64>,
}

#[derive(Args, Debug)]
#[group(multiple = false)]
struct Effect {
    /// Send it so many times more
    #[arg(long, value_name = "COUNT", required_unless_present_any = ["drop", "reorder", "wrong_bearer", "delay"])]
    duplicate: Option<u64>,
    /// Do not send it
    #[arg(long)]
    drop: bool,
    /// Send it after the next one, or a minute later
    #[arg(long)]
    reorder: bool,
    /// Send it with another token than the client's
    #[arg(long)]
    wrong_bearer: bool,
}

const COLUMNS: [&str; 8] = ["number", "at", "type", "location", "state", "attempts", "next", "faults"];

impl Notification {
    pub(super) fn run(self, target: &Target) -> Result<(), Failure> {
        let (control, output) = (Control::new(target)?, self.output);
        match self.deed {
            Deed::List(wanted) => wanted.list(&control, &output),
            Deed::Show { notification } => {
                output.item(&control.get(&control.path(&["notifications", &notification])?)?)
            }
            Deed::Test(place) => test(&control, &output, place),
            Deed::Fault(fault) => {
                output.item(&control.send(Method::POST, &control.path(&["faults"])?, &fault.body())?)
            }
        }
    }
}

impl Wanted {
    fn list(&self, control: &Control, output: &Output) -> Result<(), Failure> {
        let given = [
            ("type", self.kind.clone()),
            ("state", self.state.clone()),
            ("location", self.location.clone()),
            ("limit", self.limit.map(|limit| limit.to_string())),
            ("wait", self.wait.map(|wait| wait.to_string())),
            ("count", self.wait.map(|_| self.count.to_string())),
        ];
        let pairs: Vec<_> = given.iter().filter_map(|(name, value)| Some((*name, value.as_deref()?))).collect();
        let path = format!("{}?{}", control.path(&["notifications"])?, query(&pairs));
        let wait = Duration::from_millis(self.wait.unwrap_or_default().millis().max(0).unsigned_abs());
        let request = Request { method: Method::GET, path: &path, accept: "application/json", body: None };
        let list = json(&control.ask_patiently(request, wait)?)?;
        let shown = if output.format == Format::Table { in_short(&list) } else { list.clone() };
        output.list(&shown, &COLUMNS)?;
        if let Some(lost) = list["lost"].as_u64() {
            note(&format!("{lost} more were lost before they were sent: too many were waiting"));
        }
        match self.wait {
            Some(wait) if items(&list).len() < self.count => {
                let count = items(&list).len();
                Err(Failure::failed(format!("{count} of {} notifications came within {wait}", self.count)))
            }
            _ => Ok(()),
        }
    }
}

/// The same with what came of the attempts in a word each, for a table.
fn in_short(list: &Value) -> Value {
    let rows = items(list).iter().map(|item| {
        let attempts = item["attempts"].as_array().map_or(&[][..], Vec::as_slice);
        let outcome = |attempt: &Value| attempt.get("status").or(attempt.get("error")).cloned();
        let mut row = item.clone();
        row["attempts"] = attempts.iter().filter_map(outcome).collect();
        row
    });
    json!({ "items": rows.collect::<Vec<_>>() })
}

fn test(control: &Control, output: &Output, place: Place) -> Result<(), Failure> {
    let location = location(control, place.location)?;
    let sent = control.send(Method::POST, &control.path(&["notifications"])?, &json!({ "location": location }))?;
    output.item(&sent)?;
    if sent["state"] == "delivered" {
        return Ok(());
    }
    let attempt = &sent["attempts"][0];
    let why = match (attempt["status"].as_u64(), attempt["error"].as_str()) {
        (Some(status), _) => format!("it was answered with {status}, and not with a 2xx"),
        (_, Some(why)) => why.to_owned(),
        _ => "a fault let it vanish".to_owned(),
    };
    Err(Failure::failed(format!("{} did not take the test: {why}", sent["url"].as_str().unwrap_or_default())))
}

impl Fault {
    fn body(&self) -> Value {
        let Effect { duplicate, drop, reorder, wrong_bearer } = &self.effect;
        let (mut when, mut effect, mut rule) = (Map::new(), Map::new(), Map::new());
        put(&mut when, "server", &self.location);
        put(&mut when, "nth", &self.nth);
        put(&mut effect, "duplicate", duplicate);
        put(&mut effect, "drop", &drop.then_some(true));
        put(&mut effect, "reorder", &reorder.then_some(true));
        put(&mut effect, "bearer", &wrong_bearer.then_some("wrong"));
        put(&mut effect, "delay", &self.delay);
        rule.insert("on".to_owned(), "apps.notification".into());
        put(&mut rule, "when", &Some(when).filter(|when| !when.is_empty()));
        put(&mut rule, "times", &self.times);
        put(&mut rule, "probability", &self.probability);
        rule.insert("do".to_owned(), effect.into());
        rule.into()
    }
}

#[cfg(test)]
mod tests {
    use clap::FromArgMatches;

    use super::*;

    fn fault(words: &[&str]) -> Result<Value, clap::Error> {
        let words = ["abmsim", "notification", "fault"].iter().chain(words);
        let matches = crate::cli::command().try_get_matches_from(words)?;
        let Some(matches) = matches.subcommand_matches("notification") else { panic!("it is `notification`") };
        match Notification::from_arg_matches(matches)?.deed {
            Deed::Fault(fault) => Ok(fault.body()),
            _ => panic!("it is `fault`"),
        }
    }

    #[test]
    fn every_flag_makes_a_rule_that_is_one() {
        for words in [
            &["--duplicate", "2"][..],
            &["--drop"],
            &["--reorder", "--nth", "2"],
            &["--wrong-bearer", "--delay", "3s", "--times", "1"],
            &["--delay", "3s", "--probability", "0.5"],
        ] {
            let rule = fault(words).unwrap();
            crate::faults::read(&rule).unwrap_or_else(|wrong| panic!("{rule}: {wrong:?}"));
        }
        let wanted = json!({"on": "apps.notification", "when": {"server": "HQ"}, "times": 1, "do": {"duplicate": 2}});
        assert_eq!(fault(&["--duplicate", "2", "--location", "HQ", "--times", "1"]).unwrap(), wanted);
    }

    #[test]
    fn a_rule_does_one_thing() {
        for words in [&[][..], &["--times", "1"], &["--drop", "--reorder"], &["--drop", "--delay", "1s"]] {
            assert!(fault(words).is_err(), "{words:?}");
        }
    }

    #[test]
    fn a_table_tells_what_came_of_each_attempt() {
        let list =
            json!({"items": [{"number": 1, "attempts": [{"at": "x", "status": 500}, {"at": "y", "error": "late"}]}]});
        assert_eq!(in_short(&list), json!({"items": [{"number": 1, "attempts": [500, "late"]}]}));
    }
}
