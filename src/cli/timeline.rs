//! `abmsim org timeline`: what happens on Apple's side.

use std::path::PathBuf;

use clap::Subcommand;

use super::control::Control;
use super::failure::Failure;
use super::order::document;
use super::output::{Output, items, note};

#[derive(Subcommand, Debug)]
pub(super) enum TimelineDeed {
    /// Everything that was planned, and what came of it
    List,
    /// Plan something, from a file: an event as in a scenario, such as {at: +2h, do: {end_sessions: {}}}; - for standard input
    Add {
        /// The file, YAML or JSON
        file: PathBuf,
    },
    /// Call something off
    Cancel {
        /// Its number
        id: String,
    },
}

const COLUMNS: [&str; 6] = ["id", "at", "what", "note", "state", "outcome"];

impl TimelineDeed {
    pub(super) fn run(self, control: &Control, output: &Output) -> Result<(), Failure> {
        match self {
            Self::List => output.list(&control.get(&control.path(&["timeline"])?)?, &COLUMNS),
            Self::Add { file } => {
                let planned = control.send_document(&control.path(&["timeline"])?, document(&file)?)?;
                match items(&planned) {
                    [] => output.item(&planned),
                    _ => output.list(&planned, &COLUMNS),
                }
            }
            Self::Cancel { id } => {
                control.delete(&control.path(&["timeline", &id])?)?;
                note("it will not happen");
                Ok(())
            }
        }
    }
}
