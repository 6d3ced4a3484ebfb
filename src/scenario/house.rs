//! What reading a scenario takes from this house: the catalogue and the switches.

use serde_json::{Map, Value};

use super::reader::{Models, QuirkMistake, Surroundings};
use crate::catalog::Catalog;
use crate::organization::{Family, Quirks};

struct House;

impl Models for House {
    fn family(&self, name: &str) -> Option<Family> {
        Catalog::get().find(name).map(|model| model.family)
    }

    fn suggest(&self, name: &str) -> Option<String> {
        Catalog::get().suggest(name).map(str::to_owned)
    }
}

fn check_quirks(quirks: &Map<String, Value>) -> Vec<QuirkMistake> {
    let mistakes = Quirks::default().patched(quirks).err().unwrap_or_default();
    mistakes.into_iter().map(|mistake| (mistake.pointer, mistake.detail, None)).collect()
}

impl Surroundings<'static> {
    /// The catalogue and the switches as they are, and the environment of the process.
    pub fn house() -> Self {
        Self { environment: &|name| std::env::var(name).ok(), models: &House, check_quirks: &check_quirks }
    }
}
