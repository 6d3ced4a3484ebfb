//! `abmsim org`: organisations as a whole.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use http::Method;
use serde_json::{Map, Value, json};

use super::control::{Control, Request, below, json, query};
use super::failure::Failure;
use super::order::document;
use super::output::{Output, bytes, note};
use super::people::PeopleDeed;
use super::target::Target;
use super::timeline::TimelineDeed;
use crate::clock::Span;

/// Organisations: list, add, fork, delete; snapshots, quirks, timelines, people
#[derive(Args, Debug)]
#[command(after_help = "Example: abmsim org quirk error_body=quoted lag.profile=0s")]
pub(super) struct Org {
    #[command(flatten)]
    output: Output,
    #[command(subcommand)]
    deed: Deed,
}

#[derive(Subcommand, Debug)]
enum Deed {
    /// All of them
    List,
    /// One with its credentials
    Show {
        /// Which [default: --org, or the only one]
        id: Option<String>,
    },
    /// Another one, from a file (an organisation as in a scenario; - for standard input) or like one that is there
    Add {
        /// The file, YAML or JSON
        #[arg(required_unless_present = "like", conflicts_with = "like")]
        file: Option<PathBuf>,
        /// With the same content as this one, and credentials of its own
        #[arg(long, value_name = "ID")]
        like: Option<String>,
        /// Its id [default: made up]
        #[arg(long, requires = "like")]
        id: Option<String>,
    },
    /// Delete one, credentials and all
    Delete {
        /// Which
        id: String,
    },
    /// Another one that goes on from this one's state, with credentials of its own
    Fork {
        /// Its id [default: made up]
        #[arg(long)]
        id: Option<String>,
        /// Its name [default: the same]
        #[arg(long)]
        name: Option<String>,
        /// How long it lives, in real time, such as 15m [default: until it is deleted]
        #[arg(long, value_name = "TIME")]
        ttl: Option<Span>,
    },
    /// Its whole state, credentials included, as a document to keep
    Snapshot {
        /// Where to write it [default: standard output]
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Put a snapshot back; one of another organisation comes with new credentials
    Restore {
        /// The document; - for standard input
        file: PathBuf,
    },
    /// What changed since a snapshot, one of the last 16
    Diff {
        /// The snapshot's id
        #[arg(long, value_name = "SNAPSHOT")]
        since: String,
    },
    /// Everything back to the scenario as loaded, in all organisations
    Reset,
    /// Sessions of its MDM servers
    Sessions {
        #[command(subcommand)]
        deed: SessionsDeed,
    },
    /// What happens to it on Apple's side, planned and past
    Timeline {
        #[command(subcommand)]
        deed: TimelineDeed,
    },
    /// Its people, with their roles
    People {
        #[command(subcommand)]
        deed: PeopleDeed,
    },
    /// Who may sell to it
    Suppliers(Suppliers),
    /// Every switch with its value
    Quirks,
    /// Turn switches
    Quirk {
        /// NAME=VALUE, such as session_ttl=3m or throttle.window=1h; NAME=null for the default
        #[arg(required = true, value_name = "NAME=VALUE")]
        changes: Vec<String>,
    },
}

#[derive(Subcommand, Debug)]
enum SessionsDeed {
    /// End them all: the next call of each gets 401
    End,
}

#[derive(Args, Debug)]
#[command(group = clap::ArgGroup::new("who").required(true).multiple(true).args(["customer_number", "reseller_id", "everybody"]))]
struct Suppliers {
    /// Apple Customer Numbers
    #[arg(long, value_name = "NUMBER", value_delimiter = ',')]
    customer_number: Vec<String>,
    /// DEP Reseller IDs
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    reseller_id: Vec<String>,
    /// Everybody
    #[arg(long, conflicts_with_all = ["customer_number", "reseller_id"])]
    everybody: bool,
}

impl Suppliers {
    fn body(&self) -> Value {
        match self.everybody {
            true => Value::Null,
            false => json!({ "customer_numbers": self.customer_number, "reseller_ids": self.reseller_id }),
        }
    }
}

const CHANGES: [&str; 4] = ["kind", "id", "before", "after"];

const COLUMNS: [&str; 7] = ["id", "name", "type", "terms", "servers", "devices", "now"];

impl Org {
    pub(super) fn run(self, target: &Target) -> Result<(), Failure> {
        let control = Control::new(target)?;
        let output = self.output;
        match self.deed {
            Deed::List => output.list(&control.get("/_sim/orgs")?, &COLUMNS),
            Deed::Show { id: Some(id) } => output.item(&control.get(&below(&id, &[]))?),
            Deed::Show { id: None } => output.item(&control.get(&control.path(&[])?)?),
            Deed::Add { file: Some(file), .. } => output.item(&control.send_document("/_sim/orgs", document(&file)?)?),
            Deed::Add { file: None, like, id } => {
                let mut body = json!({ "like": like });
                if let Some(id) = id {
                    body["id"] = id.into();
                }
                output.item(&control.send(Method::POST, "/_sim/orgs", &body)?)
            }
            Deed::Delete { id } => {
                control.delete(&below(&id, &[]))?;
                note(&format!("the organisation `{id}` is gone"));
                Ok(())
            }
            Deed::Fork { id, name, ttl } => {
                let ttl = ttl.map(|ttl| ttl.to_string());
                let wishes = [("id", id), ("name", name), ("ttl", ttl)];
                let body: Map<String, Value> =
                    wishes.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?.into()))).collect();
                output.item(&control.send(Method::POST, &control.path(&["fork"])?, &body.into())?)
            }
            Deed::Snapshot { out } => {
                let path = control.path(&["snapshot"])?;
                let taken = control.ask(Request {
                    method: Method::GET,
                    path: &path,
                    accept: "application/json",
                    body: None,
                })?;
                keep(taken.body(), out.as_deref())
            }
            Deed::Restore { file } => {
                let body = Some(("application/json", document(&file)?));
                let path = control.path(&["snapshot"])?;
                let put = Request { method: Method::PUT, path: &path, accept: "application/json", body };
                output.item(&json(&control.ask(put)?)?)
            }
            Deed::Diff { since } => {
                let path = format!("{}?{}", control.path(&["diff"])?, query(&[("since", &since)]));
                output.list_of("changed", &control.get(&path)?, &CHANGES)
            }
            Deed::Reset => output.list(&control.send(Method::POST, "/_sim/reset", &json!({}))?, &COLUMNS),
            Deed::Sessions { deed: SessionsDeed::End } => {
                control.delete(&control.path(&["sessions"])?)?;
                note("all sessions are over");
                Ok(())
            }
            Deed::Timeline { deed } => deed.run(&control, &output),
            Deed::People { deed } => deed.run(&control, &output),
            Deed::Suppliers(suppliers) => {
                output.item(&control.send(Method::PUT, &control.path(&["suppliers"])?, &suppliers.body())?)
            }
            Deed::Quirks => output.item(&control.get(&control.path(&["quirks"])?)?),
            Deed::Quirk { changes } => {
                let patch = patch(&changes)?;
                let quirks = control.send(Method::PATCH, &control.path(&["quirks"])?, &patch.clone().into())?;
                let turned: Map<String, Value> =
                    patch.keys().map(|name| (name.clone(), quirks[name.as_str()].clone())).collect();
                output.item(&turned.into())
            }
        }
    }
}

/// Writes a snapshot to where it was asked for.
fn keep(document: &[u8], out: Option<&Path>) -> Result<(), Failure> {
    let Some(file) = out else { return bytes(document) };
    let failed = |error| Failure::failed(format!("cannot write {}: {error}", file.display()));
    std::fs::write(file, document).map_err(failed)?;
    let snapshot: Value = serde_json::from_slice(document).unwrap_or_default();
    note(&format!("the snapshot {} is in {}", snapshot["id"].as_str().unwrap_or_default(), file.display()));
    Ok(())
}

/// The merge patch that `changes` ask for. Numbers, true, false, null and JSON are themselves, everything else is text; dots lead inside.
fn patch(changes: &[String]) -> Result<Map<String, Value>, Failure> {
    let mut patch = Map::new();
    for change in changes {
        let (name, text) = change.split_once('=').filter(|(name, _)| !name.is_empty()).ok_or_else(|| {
            Failure::usage(format!("`{change}` is no NAME=VALUE")).hint("there are: `abmsim org quirks`")
        })?;
        let value = serde_json::from_str(text).unwrap_or_else(|_| text.into());
        put(&mut patch, name, value);
    }
    Ok(patch)
}

fn put(patch: &mut Map<String, Value>, name: &str, value: Value) {
    let Some((outer, inner)) = name.split_once('.') else {
        patch.insert(name.to_owned(), value);
        return;
    };
    let below = patch.entry(outer).or_insert_with(|| json!({}));
    if !below.is_object() {
        *below = json!({});
    }
    if let Some(below) = below.as_object_mut() {
        put(below, inner, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patched(changes: &[&str]) -> Result<Value, String> {
        let changes: Vec<String> = changes.iter().map(|change| (*change).to_owned()).collect();
        patch(&changes).map(Value::from).map_err(|failure| failure.message)
    }

    #[test]
    fn switches_are_texts_numbers_and_what_json_has() {
        let wanted = json!({"session_ttl": "3m", "session_rotate_every": 5, "user_agent_required": true, "outage": null,
            "refused_user_agents": ["x"], "error_body": "quoted"});
        let changes = [
            "session_ttl=3m",
            "session_rotate_every=5",
            "user_agent_required=true",
            "outage=null",
            r#"refused_user_agents=["x"]"#,
            "error_body=quoted",
        ];
        assert_eq!(patched(&changes), Ok(wanted));
    }

    #[test]
    fn dots_lead_inside() {
        let wanted = json!({"throttle": {"window": "1h", "assignments": 5}});
        assert_eq!(patched(&["throttle.window=1h", "throttle.assignments=5"]), Ok(wanted));
        assert_eq!(patched(&["throttle=off", "throttle.window=1h"]), Ok(json!({"throttle": {"window": "1h"}})));
    }

    #[test]
    fn what_is_no_change_is_refused() {
        assert_eq!(patched(&["error_body"]), Err("`error_body` is no NAME=VALUE".to_owned()));
        assert!(patched(&["=quoted"]).is_err());
    }
}
