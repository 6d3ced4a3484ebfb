//! What an asset is in the store.

use serde::{Deserialize, Serialize};

use super::{Money, TitleVersion};

/// App or book.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TitleKind {
    /// An app: it can be taken back and given to another.
    #[default]
    App,
    /// A book: for users alone, and theirs for good.
    Book,
}

/// A title of the App Store or the book store, or a custom app: what buying and assigning have to know of it, and what the store shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Title {
    /// `adamId`.
    pub adam_id: u64,
    /// Its name.
    pub name: String,
    /// App or book.
    pub kind: TitleKind,
    /// Its bundle identifier; books have none.
    pub bundle_id: Option<String>,
    /// Platforms as Apple lists them in assets: `iOS`, `macOS`, `tvOS`, `watchOS`, `visionOS`.
    pub platforms: Vec<String>,
    /// Its current version; books have none, and custom apps of which no version was approved.
    pub version: Option<String>,
    /// Countries in whose stores it is, two capital letters each; empty: all.
    pub storefronts: Vec<String>,
    /// For a custom app the only organisation that may see it: its name, its number (`org_id`), or the Managed Apple Account of one of its
    /// people.
    pub custom_for: Option<String>,
    /// Whether its developer lets it be assigned to devices.
    pub device_assignable: bool,
    /// What one licence costs.
    pub price: Money,
    /// Its first genre.
    pub genre: Option<String>,
    /// Whether it is a universal app: one title for several platforms or families.
    pub universal: bool,
    /// The versions of a custom app as they were handed in, where something is known of their reviews.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub versions: Vec<TitleVersion>,
}

impl Title {
    /// A free title of which nothing else is known: apps are for iOS and for devices too, and they are sold everywhere.
    pub fn unknown(adam_id: u64, kind: TitleKind) -> Self {
        let app = kind == TitleKind::App;
        Self {
            adam_id,
            name: format!("{} {adam_id}", if app { "App" } else { "Book" }),
            kind,
            bundle_id: app.then(|| format!("com.example.app{adam_id}")),
            platforms: if app { vec!["iOS".to_owned()] } else { Vec::new() },
            version: app.then(|| "1.0".to_owned()),
            storefronts: Vec::new(),
            custom_for: None,
            device_assignable: app,
            price: Money::ZERO,
            genre: None,
            universal: false,
            versions: Vec::new(),
        }
    }

    /// Whether licences can be taken back: those of books cannot.
    pub fn is_revocable(&self) -> bool {
        self.kind == TitleKind::App
    }

    /// Whether licences can go to devices: those of books cannot.
    pub fn is_device_assignable(&self) -> bool {
        self.kind == TitleKind::App && self.device_assignable
    }

    /// Whether the store of this country has it.
    pub fn is_sold_in(&self, country: &str) -> bool {
        self.storefronts.is_empty() || self.storefronts.iter().any(|store| store.eq_ignore_ascii_case(country))
    }
}
