//! The state that one run leaves to the next: every organisation's snapshot in one file (`--state`).
//!
//! It is written when the simulator stops. Where the file is there when it starts, the organisations in it take the place of the scenario's;
//! those of the scenario that were not there before are made beside them, and those that were deleted stay away. Journals are not kept. What an
//! organisation was made from is known by its scenario alone: one that a call made is, for `like`, an organisation of its name without anything.

use std::fs;
use std::io::{self, BufWriter, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::clock::wall;
use crate::directory::{CannotPut, Directory, Loaded, Origin, Snapshot};
use crate::organization::Flaw;
use crate::scenario::plan::{ClockPlan, OrganizationPlan};

/// The version of the file's format.
const VERSION: u32 = 1;

/// Why saved state cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// The file cannot be read.
    #[error("the state in {} cannot be read: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// What is in the file is no state.
    #[error("the state in {} cannot be used: {why}; move the file away to begin from the scenario", path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// The file cannot be written.
    #[error("the state cannot be saved in {}: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// The file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Saved<Snapshot> {
    version: u32,
    /// Organisations of the scenario, also those that were deleted.
    scenario: Vec<String>,
    organizations: Vec<SavedOrganization<Snapshot>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedOrganization<Snapshot> {
    /// The organisation of the scenario that it was made from, or is like; `null` where a call made it.
    origin: Option<String>,
    snapshot: Snapshot,
}

/// The one key that has to be read before all others.
#[derive(Deserialize)]
struct Versioned {
    version: u32,
}

/// Enters the organisations that an earlier run has left in the file at `path`, and those of the scenario that it did not have.
pub(super) fn restore(directory: &Directory, loaded: &Loaded, path: &Path) -> Result<(), super::Failure> {
    let saved = read(path)?;
    let (known, organizations) = saved.map_or_else(Default::default, |saved| (saved.scenario, saved.organizations));
    let is_new =
        |id: &String| !known.contains(id) && !organizations.iter().any(|kept| kept.snapshot.organization == *id);
    let fresh: Vec<&(String, Origin)> = loaded.iter().filter(|(id, _)| is_new(id)).collect();
    for SavedOrganization { origin, snapshot } in organizations {
        let made = loaded.iter().find(|(id, _)| Some(id) == origin.as_ref()).map(|(_, made)| made.clone());
        let made = made.unwrap_or_else(|| bare(&snapshot));
        let id = snapshot.organization.clone();
        directory.resume(snapshot, made).map_err(|why| unusable(path, format!("{id}: {}", words(why))))?;
    }
    for (id, made) in fresh {
        directory.found(id, made.clone())?;
    }
    Ok(())
}

/// Nothing is known of what it was made from.
fn bare(snapshot: &Snapshot) -> Origin {
    let plan = OrganizationPlan {
        id: Some(snapshot.organization.clone()),
        name: Some(snapshot.state.identity.name.clone()),
        ..OrganizationPlan::default()
    };
    Origin { plan: Arc::new(plan), content: snapshot.organization.clone(), clock: ClockPlan::default(), began: wall() }
}

fn words(why: CannotPut) -> String {
    match why {
        CannotPut::Flawed(flaws) => {
            let told = flaws.into_iter().map(|Flaw { pointer, detail }| format!("{pointer}: {detail}"));
            told.collect::<Vec<_>>().join("; ")
        }
        CannotPut::CredentialTaken { what, owner } => format!("a {what} in it belongs to `{owner}` too"),
        CannotPut::IdTaken(id) => format!("`{id}` is in it twice"),
        CannotPut::Gone => "it is gone".to_owned(),
    }
}

/// What is in the file; `None` where there is none yet, or nothing in it.
fn read(path: &Path) -> Result<Option<Saved<Snapshot>>, StateError> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(why) if why.kind() == ErrorKind::NotFound => return try_folder(path).map(|()| None),
        Err(source) => return Err(StateError::Read { path: path.to_owned(), source }),
    };
    if bytes.trim_ascii().is_empty() {
        return Ok(None);
    }
    if let Ok(Versioned { version }) = serde_json::from_slice(&bytes)
        && version != VERSION
    {
        return Err(unusable(path, format!("it has version {version}, and this abmsim reads version {VERSION}")));
    }
    serde_json::from_slice(&bytes).map(Some).map_err(|why| unusable(path, why.to_string()))
}

/// Whoever cannot write in the end is told so at the beginning.
fn try_folder(path: &Path) -> Result<(), StateError> {
    let tried = tempfile::Builder::new().prefix(".new-").tempfile_in(folder(path));
    tried.map(|_| ()).map_err(|source| StateError::Write { path: path.to_owned(), source })
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."))
}

fn unusable(path: &Path, why: String) -> StateError {
    StateError::Unusable { path: path.to_owned(), why }
}

/// Writes the state of every organisation to the file at `path`, as a whole or not at all. It holds credentials: nobody but the owner may read it.
pub(super) fn save(directory: &Directory, loaded: &Loaded, path: &Path) -> Result<(), StateError> {
    let write = || {
        let mut organizations: Vec<SavedOrganization<Box<RawValue>>> = Vec::new();
        for organization in directory.organizations() {
            let made = directory.entry(&organization.id).map(|entry| entry.origin.plan);
            let origin =
                loaded.iter().find(|(_, origin)| made.as_ref().is_some_and(|plan| Arc::ptr_eq(plan, &origin.plan)));
            let snapshot = String::from_utf8(directory.snapshot(&organization)?).map_err(io::Error::other)?;
            let snapshot = RawValue::from_string(snapshot)?;
            organizations.push(SavedOrganization { origin: origin.map(|(id, _)| id.clone()), snapshot });
        }
        let scenario = loaded.iter().map(|(id, _)| id.clone()).collect();
        // Temporary files are their owner's alone.
        let mut file = tempfile::Builder::new().prefix(".new-").tempfile_in(folder(path))?;
        let mut writer = BufWriter::new(&mut file);
        serde_json::to_writer(&mut writer, &Saved { version: VERSION, scenario, organizations })?;
        writer.flush()?;
        drop(writer);
        match file.persist(path) {
            Ok(_) => Ok(()),
            // A file that is mounted by itself cannot be replaced, and can be written.
            Err(why) => fs::copy(why.file.path(), path).map(|_| ()),
        }
    };
    write().map_err(|source: io::Error| StateError::Write { path: path.to_owned(), source })
}
