//! Versions of a location's lists.

use serde::{Deserialize, Serialize};

use super::seal::{Seal, open_uuid, uuid};
use super::{ContentRefusal, ContentRefused, Location};

/// A list that has versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DataSet {
    /// The assets with their counts.
    Assets,
    /// The users.
    Users,
    /// The assignments.
    Assignments,
    /// The subscriptions.
    Subscriptions,
}

impl DataSet {
    /// The seal of its versions, and the version of UUID that they look like: subscriptions differ.
    fn form(self) -> (Seal, u8) {
        match self {
            Self::Assets => (Seal::Assets, 1),
            Self::Users => (Seal::Users, 1),
            Self::Assignments => (Seal::Assignments, 1),
            Self::Subscriptions => (Seal::Subscriptions, 5),
        }
    }
}

/// How often each list has changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Versions {
    assets: u64,
    users: u64,
    assignments: u64,
    subscriptions: u64,
    /// How often licences were bought, or went away.
    #[serde(default)]
    licenses: u64,
}

impl Versions {
    pub(super) fn get(&self, of: DataSet) -> u64 {
        match of {
            DataSet::Assets => self.assets,
            DataSet::Users => self.users,
            DataSet::Assignments => self.assignments,
            DataSet::Subscriptions => self.subscriptions,
        }
    }

    /// A list changes; answers its new version.
    pub(super) fn next(&mut self, of: DataSet) -> u64 {
        let version = match of {
            DataSet::Assets => &mut self.assets,
            DataSet::Users => &mut self.users,
            DataSet::Assignments => &mut self.assignments,
            DataSet::Subscriptions => &mut self.subscriptions,
        };
        *version += 1;
        *version
    }
}

impl Versions {
    /// How often licences were bought, or went away: version 1 lists them, and has its own way to say since when.
    pub(super) fn licenses(&self) -> u64 {
        self.licenses
    }

    /// Licences are bought, or go away.
    pub(super) fn next_licenses(&mut self) -> u64 {
        self.licenses += 1;
        self.licenses
    }
}

impl Location {
    /// `versionId`: changes with every write to the list, and with nothing else.
    pub fn version(&self, of: DataSet) -> String {
        let (seal, form) = of.form();
        uuid(self.key, seal, self.versions.get(of), form)
    }

    /// Something was written to a list, and written back: the list is as it was, under another version.
    pub fn touch(&mut self, list: DataSet) {
        self.versions.next(list);
    }

    /// The version that a `sinceVersionId` stands for: any that this list ever had.
    pub(super) fn read_version(&self, of: DataSet, text: &str) -> Result<u64, ContentRefused> {
        let (seal, form) = of.form();
        let version = open_uuid(self.key, seal, text, form).filter(|version| *version <= self.versions.get(of));
        version.ok_or_else(|| {
            let why = format!("`{text}` was never a version of this list at the location {}", self.name);
            ContentRefused::new(ContentRefusal::VersionInvalid, why)
        })
    }
}
