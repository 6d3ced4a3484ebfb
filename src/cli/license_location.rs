//! `abmsim license location`: locations of Apps and Books.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use http::Method;
use serde_json::json;

use super::control::Control;
use super::failure::Failure;
use super::order::document;
use super::output::{Output, items};

#[derive(Subcommand, Debug)]
pub(super) enum LocationDeed {
    /// All of them
    List,
    /// Everything known of one: assets, users, configuration, tokens
    Show {
        /// Which, by name or id
        location: String,
    },
    /// Another one, from a file (a location as in a scenario; - for standard input) or an empty one
    Add {
        /// The file, YAML or JSON
        #[arg(required_unless_present = "name", conflicts_with = "name")]
        file: Option<PathBuf>,
        /// Its name
        #[arg(long)]
        name: Option<String>,
        /// The country of its store, such as US
        #[arg(long, value_name = "CODE", default_value = "US", conflicts_with = "file")]
        country: String,
    },
    /// Another MDM server takes it over: writes its name there
    Claim {
        /// Which, by name or id
        location: String,
        /// The MDM server's id
        #[arg(long)]
        id: String,
        /// Its name
        #[arg(long)]
        name: String,
        /// Whatever else it keeps there
        #[arg(long, default_value = "")]
        metadata: String,
    },
}

impl LocationDeed {
    pub(super) fn run(self, control: &Control, output: &Output) -> Result<(), Failure> {
        match self {
            Self::List => {
                let list = control.get(&control.path(&["locations"])?)?;
                output.list(&list, &["id", "name", "country", "assets", "users", "assignments", "mdm"])
            }
            Self::Show { location } => output.item(&control.get(&control.path(&["locations", &location])?)?),
            Self::Add { file: Some(file), .. } => {
                output.item(&control.send_document(&control.path(&["locations"])?, document(&file)?)?)
            }
            Self::Add { file: None, name, country } => {
                let body = json!({"name": name, "country": country});
                output.item(&control.send(Method::POST, &control.path(&["locations"])?, &body)?)
            }
            Self::Claim { location, id, name, metadata } => {
                let body = json!({"mdm_info": {"id": id, "name": name, "metadata": metadata}});
                output.item(&control.send(Method::POST, &control.path(&["locations", &location, "claim"])?, &body)?)
            }
        }
    }
}

/// The location that a verb is about.
#[derive(Args, Debug)]
pub(super) struct Place {
    /// The location, by name or id [default: the only one]
    pub(super) location: Option<String>,
}

/// The location that is meant: the one that was named, or the only one.
pub(super) fn location(control: &Control, named: Option<String>) -> Result<String, Failure> {
    if let Some(named) = named {
        return Ok(named);
    }
    let list = control.get(&control.path(&["locations"])?)?;
    let names: Vec<&str> = items(&list).iter().filter_map(|location| location["name"].as_str()).collect();
    match (&names[..], items(&list)) {
        ([], _) => Err(Failure::failed("the organisation has no location")
            .hint("make one: `abmsim license location add --name NAME`")),
        // Names are not unique.
        ([_], [only]) => Ok(only["id"].as_str().unwrap_or_default().to_owned()),
        _ => Err(Failure::usage(format!("there are {} locations: {}", names.len(), names.join(", ")))
            .hint("say which, by name or id")),
    }
}
