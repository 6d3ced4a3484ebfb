//! Scenarios read as a whole.

mod broken;
mod locations;
mod merging;
mod mistakes;
mod plans;
mod robustness;
mod rows;
mod schemas;
mod timelines;

use serde_json::{Map, Value};

use super::nearest::did_you_mean;
use super::plan::Scenario;
use super::*;
use crate::clock::Timestamp;
use crate::organization::Family;

/// A small catalogue.
pub(super) struct Shelf;

const SHELF: [(&str, Family); 15] = [
    ("iPhone 15", Family::IPhone),
    ("iPhone 16", Family::IPhone),
    ("iPhone 17", Family::IPhone),
    ("iPhone 17 Pro", Family::IPhone),
    ("iPad (A16)", Family::IPad),
    ("iPad Air", Family::IPad),
    ("iPad Pro", Family::IPad),
    ("MacBook Air", Family::Mac),
    ("MacBook Pro", Family::Mac),
    ("Mac mini", Family::Mac),
    ("Apple TV 4K", Family::AppleTV),
    ("Apple Vision Pro", Family::Vision),
    ("Apple Watch Series 11", Family::Watch),
    ("iPod touch", Family::IPod),
    ("1234", Family::IPod),
];

impl Models for Shelf {
    fn family(&self, name: &str) -> Option<Family> {
        SHELF.iter().find(|(known, _)| *known == name).map(|(_, family)| *family)
    }

    fn suggest(&self, name: &str) -> Option<String> {
        let hint = did_you_mean(name, SHELF.iter().map(|(known, _)| *known))?;
        Some(hint.trim_start_matches("did you mean `").trim_end_matches("`?").to_owned())
    }
}

/// 2026-09-01.
pub(super) const NOW: Timestamp = Timestamp::from_seconds(1_788_220_800);

/// Finds fault with everything that is `wrong`.
pub(super) fn check_quirks(quirks: &Map<String, Value>) -> Vec<QuirkMistake> {
    let wrong = quirks.iter().filter(|(_, value)| value.get("window").is_some_and(|window| window == "wrong"));
    wrong.map(|(key, _)| (format!("/{key}/window"), "no such window".to_owned(), None)).collect()
}

pub(super) fn environment(name: &str) -> Option<String> {
    match name {
        "NAME" => Some("Acme: \"the\" Corporation".to_owned()),
        "COUNT" => Some("3".to_owned()),
        "EMPTY" => Some(String::new()),
        _ => None,
    }
}

pub(super) fn surroundings() -> Surroundings<'static> {
    Surroundings { environment: &environment, models: &Shelf, check_quirks: &check_quirks }
}

pub(super) fn read_text(text: &str) -> Result<Scenario, Mistakes> {
    read(&[SourceFile::new("acme.yaml", text)], &surroundings())
}

/// The scenarios in the program.
pub(super) fn scenario_files() -> Vec<SourceFile> {
    LIBRARY.iter().map(Embedded::source).collect()
}
