//! The calendar of a scenario: what is going to happen in its organisations, without serving them.

use serde_json::{Value, json};

use super::failure::Failure;
use crate::scenario::plan::Scenario;
use crate::simulator::{Settings, Simulator};

/// What is shown of a line.
pub(super) const COLUMNS: [&str; 4] = ["at", "org", "what", "note"];

/// The calendar of a scenario, soonest first: `{"items": [{"at", "org", "what", "note"}]}`.
pub(super) fn of(settings: &Settings, scenario: Scenario) -> Result<Value, Failure> {
    let mut lines = Vec::new();
    for (org, books) in Simulator::rehearse(settings, scenario)? {
        lines.extend(books.calendar().into_iter().map(|line| (org.clone(), line)));
    }
    lines.sort_by_key(|(_, line)| line.at);
    let items =
        lines.into_iter().map(|(org, line)| json!({ "at": line.at, "org": org, "what": line.what, "note": line.note }));
    Ok(json!({ "items": items.collect::<Vec<_>>() }))
}
