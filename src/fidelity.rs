//! The fidelity ledger: every behaviour, how we know it, and the test that proves it.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

/// Its files, in the order in which they are shown.
const PARTS: [&str; 8] = [
    include_str!("../fidelity/sign-in.toml"),
    include_str!("../fidelity/lists.toml"),
    include_str!("../fidelity/profiles.toml"),
    include_str!("../fidelity/organisation.toml"),
    include_str!("../fidelity/apps.toml"),
    include_str!("../fidelity/vpp.toml"),
    include_str!("../fidelity/catalog.toml"),
    include_str!("../fidelity/control.toml"),
];

/// The ledger.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ledger {
    /// Its entries, by id.
    #[serde(rename = "entry", default)]
    pub entries: Vec<Entry>,
}

/// One behaviour.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Room, dot, a few words: `enrollment.cursor-expires`.
    pub id: String,
    /// What happens.
    pub statement: String,
    /// How sure it is.
    pub status: Status,
    /// Where it is documented, was seen or was reported; for what is assumed, why so.
    pub source: String,
    /// The operations that it concerns.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub operations: Vec<String>,
    /// The named switch that changes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub switch: Option<String>,
    /// The test that proves it.
    pub test: String,
}

/// How sure a behaviour is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Apple says so.
    Documented,
    /// Seen on the wire.
    Observed,
    /// People have reported it.
    Reported,
    /// Nobody knows; this is what we took.
    Assumed,
}

impl Ledger {
    /// The ledger in the program.
    pub fn get() -> &'static Self {
        static LEDGER: LazyLock<Ledger> = LazyLock::new(|| {
            let read =
                |text| toml::from_str::<Ledger>(text).expect("the ledger is read by a test before it is shipped");
            Ledger { entries: PARTS.into_iter().flat_map(|part| read(part).entries).collect() }
        });
        &LEDGER
    }
}
