//! `abmsim device`: the devices of an organisation, and what happens to them.

use bytes::Bytes;
use clap::{Args, Subcommand};
use http::Method;
use serde_json::{Map, Value, json};

use super::control::{Control, Request, query};
use super::failure::Failure;
use super::output::{self, Output};
use super::target::Target;
use crate::clock::Timestamp;

/// Devices: list, add, assign, activate, release, replace
#[derive(Args, Debug)]
#[command(after_help = "Example: abmsim device assign --order W100000001 --server 'Primary MDM'")]
pub(super) struct Device {
    #[command(flatten)]
    output: Output,
    #[command(subcommand)]
    deed: Deed,
}

#[derive(Subcommand, Debug)]
enum Deed {
    /// Those that fit, or all
    List {
        #[command(flatten)]
        filter: Filter,
        /// At most so many
        #[arg(long, value_name = "NUMBER")]
        limit: Option<usize>,
    },
    /// Everything known of one, with its history
    Show(One),
    /// What was assigned where, day by day
    Overview,
    /// Add some by hand, as with Apple Configurator
    Add(Addition),
    /// One boots: the profile that it is given
    Activate(One),
    /// One asks the store for an app or a book: whether it may have it, and why not
    Install {
        #[command(flatten)]
        one: One,
        /// The title's number, such as 361309726
        title: String,
        /// The Apple Account that is on it [default: none]
        #[arg(long, value_name = "ACCOUNT")]
        account: Option<String>,
        /// What runs on it, such as 8.4 [default: what is known of it]
        #[arg(long, value_name = "VERSION")]
        os_version: Option<String>,
    },
    /// One is wiped
    Erase(One),
    /// Give some to an MDM server
    Assign(Assignment),
    /// Take some from their MDM server
    Unassign(Several),
    /// Release some from the organisation, for good
    Release(Several),
    /// The user of one leaves management, in its 30 provisional days
    Leave(One),
    /// One is repaired by replacing it
    Replace {
        #[command(flatten)]
        one: One,
        /// The new one's serial number [default: made up]
        #[arg(long, value_name = "SERIAL")]
        with: Option<String>,
    },
    /// Call the move of one to another MDM server off
    CancelMigration(One),
    /// Those that fit as CSV
    Export(Filter),
}

#[derive(Args, Debug)]
struct Filter {
    /// Those of this MDM server, or none
    #[arg(long, value_name = "NAME")]
    server: Option<String>,
    /// Those of this order
    #[arg(long, value_name = "NUMBER")]
    order: Option<String>,
    /// unassigned, assigned, pending or released
    #[arg(long)]
    status: Option<String>,
    /// The one with this serial number
    #[arg(long)]
    serial: Option<String>,
}

impl Filter {
    fn parameters(&self) -> Vec<(&'static str, &str)> {
        let all =
            [("server", &self.server), ("order", &self.order), ("status", &self.status), ("serial", &self.serial)];
        all.into_iter().filter_map(|(name, value)| Some((name, value.as_deref()?))).collect()
    }
}

#[derive(Args, Debug)]
struct One {
    /// Its serial number
    serial: String,
}

#[derive(Args, Debug)]
struct Several {
    /// Their serial numbers
    #[arg(required = true)]
    serials: Vec<String>,
}

#[derive(Args, Debug)]
struct Addition {
    /// How they come in
    #[arg(long, default_value = "configurator")]
    via: String,
    /// The model, such as 'iPhone 16' [default: any iPhone]
    #[arg(long)]
    model: Option<String>,
    /// How many [default: 1]
    #[arg(long, value_name = "NUMBER", conflicts_with = "serial")]
    count: Option<u32>,
    /// The serial number of one
    #[arg(long)]
    serial: Option<String>,
    /// The MDM server they go to
    #[arg(long, value_name = "NAME")]
    server: Option<String>,
}

impl Addition {
    fn body(&self) -> Value {
        let mut body = Map::new();
        body.insert("via".into(), self.via.clone().into());
        let texts = [("model", &self.model), ("serial", &self.serial), ("server", &self.server)];
        body.extend(texts.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text.clone()?.into()))));
        body.extend(self.count.map(|count| ("count".to_owned(), count.into())));
        body.into()
    }
}

#[derive(Args, Debug)]
#[command(group = clap::ArgGroup::new("which").required(true).args(["serials", "order", "all_available"]))]
struct Assignment {
    /// Their serial numbers
    serials: Vec<String>,
    /// Those of this order
    #[arg(long, value_name = "NUMBER")]
    order: Option<String>,
    /// All that have no MDM server
    #[arg(long)]
    all_available: bool,
    /// The MDM server, by name or id
    #[arg(long, value_name = "NAME")]
    server: String,
    /// By when those in use must have moved
    #[arg(long, value_name = "TIME")]
    deadline: Option<Timestamp>,
}

impl Assignment {
    fn body(&self) -> Value {
        let mut body = match &self.order {
            _ if self.all_available => json!({ "all_available": true }),
            Some(order) => json!({ "order": order }),
            None => json!({ "serials": self.serials }),
        };
        body["server"] = self.server.clone().into();
        if let Some(deadline) = self.deadline {
            body["deadline"] = json!(deadline);
        }
        body
    }
}

const COLUMNS: [&str; 6] = ["serial_number", "model", "status", "server", "profile_status", "order"];

impl Device {
    pub(super) fn run(self, target: &Target) -> Result<(), Failure> {
        let control = Control::new(target)?;
        let output = self.output;
        let to = |one: &One, what: &str| control.path(&["devices", &one.serial, what]);
        let post = |path: &str, body: &Value| control.send(Method::POST, path, body);
        match self.deed {
            Deed::List { filter, limit } => {
                let devices = control.list(&["devices"], &filter.parameters(), limit)?;
                output.list(&devices, &COLUMNS)?;
                if devices.get("next").is_some() {
                    output::note("there are more");
                }
                Ok(())
            }
            Deed::Overview => {
                let lines = control.get(&control.path(&["assignments", "overview"])?)?;
                output.list(&lines, &["date", "server", "devices", "totals", "orders"])
            }
            Deed::Show(one) => output.item(&control.get(&control.path(&["devices", &one.serial])?)?),
            Deed::Add(addition) => output.list(&post(&control.path(&["devices"])?, &addition.body())?, &COLUMNS),
            Deed::Activate(one) => output.item(&post(&to(&one, "activate")?, &json!({}))?),
            Deed::Install { one, title, account, os_version } => {
                let body = json!({ "adam_id": title, "account": account, "os_version": os_version });
                installed(&output, &post(&to(&one, "install")?, &body)?)
            }
            Deed::Erase(one) => output.item(&post(&to(&one, "erase")?, &json!({}))?),
            Deed::Leave(one) => output.item(&post(&to(&one, "leave")?, &json!({}))?),
            Deed::Replace { one, with } => {
                let body = with.map_or_else(|| json!({}), |serial| json!({ "serial": serial }));
                output.item(&post(&to(&one, "replace")?, &body)?)
            }
            Deed::CancelMigration(one) => output.item(&control.delete(&to(&one, "migration")?)?),
            Deed::Assign(assignment) => assigned(&output, &post(&control.path(&["assignments"])?, &assignment.body())?),
            Deed::Unassign(several) => {
                let body = json!({ "serials": several.serials, "server": null });
                assigned(&output, &post(&control.path(&["assignments"])?, &body)?)
            }
            Deed::Release(several) => {
                let released = post(&control.path(&["releases"])?, &json!({ "serials": several.serials }))?;
                output.item(&released)?;
                all_found(released["not_found"].as_array().map_or(0, Vec::len))
            }
            Deed::Export(filter) => {
                let path = format!("{}?{}", control.path(&["devices"])?, query(&filter.parameters()));
                let csv = control.ask(Request { method: Method::GET, path: &path, accept: "text/csv", body: None })?;
                output::bytes(&Bytes::clone(csv.body()))
            }
        }
    }
}

fn assigned(output: &Output, answer: &Value) -> Result<(), Failure> {
    output.item(answer)?;
    all_found(answer["counts"]["not_found"].as_u64().unwrap_or_default() as usize)
}

/// What the store refuses is a failure, though it was answered.
fn installed(output: &Output, answer: &Value) -> Result<(), Failure> {
    output.item(answer)?;
    match answer["why"].as_str() {
        Some(why) => Err(Failure::failed(why.to_owned())),
        None => Ok(()),
    }
}

/// A serial number that is no device's is a failure, though the others are done.
fn all_found(missing: usize) -> Result<(), Failure> {
    match missing {
        0 => Ok(()),
        1 => Err(Failure::failed("one of the serial numbers is no device of this organisation")),
        several => Err(Failure::failed(format!("{several} of the serial numbers are no devices of this organisation"))),
    }
}

#[cfg(test)]
mod tests {
    use clap::FromArgMatches;

    use super::*;

    fn deed(words: &[&str]) -> Result<Deed, clap::Error> {
        let matches = crate::cli::command().try_get_matches_from(["abmsim", "device"].iter().chain(words))?;
        Ok(Device::from_arg_matches(matches.subcommand_matches("device").unwrap())?.deed)
    }

    fn assignment(words: &[&str]) -> Result<Value, clap::Error> {
        match deed(&[&["assign"], words].concat())? {
            Deed::Assign(assignment) => Ok(assignment.body()),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn devices_are_chosen_in_one_of_three_ways() {
        let server = ["--server", "A"];
        let with = |words: &[&str]| assignment(&[words, &server].concat());
        assert_eq!(with(&["C02A", "C02B"]).unwrap(), json!({"serials": ["C02A", "C02B"], "server": "A"}));
        assert_eq!(with(&["--order", "W1"]).unwrap(), json!({"order": "W1", "server": "A"}));
        assert_eq!(with(&["--all-available"]).unwrap(), json!({"all_available": true, "server": "A"}));
        assert!(with(&[]).is_err());
        assert!(with(&["C02A", "--all-available"]).is_err());
        assert!(assignment(&["C02A"]).is_err(), "without a server");
    }

    #[test]
    fn a_deadline_is_a_time() {
        let body = assignment(&["C02A", "--server", "A", "--deadline", "2026-10-01"]).unwrap();
        assert_eq!(body["deadline"], "2026-10-01T00:00:00Z");
        assert!(assignment(&["C02A", "--server", "A", "--deadline", "soon"]).is_err());
    }

    #[test]
    fn additions_and_filters_say_only_what_was_said() {
        let Deed::Add(addition) =
            deed(&["add", "--via", "configurator", "--model", "iPhone 16", "--count", "3"]).unwrap()
        else {
            panic!("it is `add`")
        };
        assert_eq!(addition.body(), json!({"via": "configurator", "model": "iPhone 16", "count": 3}));
        let Deed::List { filter, limit } = deed(&["list", "--server", "A", "--limit", "5"]).unwrap() else {
            panic!("it is `list`")
        };
        assert_eq!((filter.parameters(), limit), (vec![("server", "A")], Some(5)));
    }
}
