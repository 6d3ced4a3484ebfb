//! `…/journal`: what was said to Apple's services. `/_sim/journal` has what leads to no organisation.

mod query;
mod stream;
mod wait;

use std::sync::Arc;

use serde::Serialize;

use super::{Call, Problem, Reply};
use crate::journal::{Entry, Journal, View, har};
use query::Question;

pub use stream::stream;

/// A journal, and whose it is.
#[derive(Clone, Debug)]
struct Volume {
    journal: Arc<Journal>,
    /// The organisation's id; none for strays.
    org: Option<String>,
}

impl Volume {
    /// The journal that the path names.
    fn of(call: &Call<'_>) -> Result<Self, Problem> {
        if call.params.get("org").is_empty() {
            return Ok(Self { journal: call.control.directory.journal.clone(), org: None });
        }
        let organization = call.organization()?;
        Ok(Self { journal: organization.journal.clone(), org: Some(organization.id.clone()) })
    }

    fn view<'a>(&'a self, entry: &'a Entry) -> View<'a> {
        View { org: self.org.as_deref(), entry }
    }

    /// Entries as a list, or as an archive.
    fn reply(&self, entries: &[Arc<Entry>], as_har: bool) -> Reply {
        if as_har {
            let archive = har::archive(self.org.as_deref(), entries);
            return Reply::other(har::MEDIA_TYPE, serde_json::to_vec(&archive).unwrap_or_default());
        }
        let items = entries.iter().map(|entry| self.view(entry)).collect();
        Reply::json(&List { items })
    }
}

#[derive(Serialize)]
struct List<'a> {
    items: Vec<View<'a>>,
}

/// `GET …/journal?operation=&status=&serial=&server=&method=&path=&fault=&refused=&since=&limit=&wait=&count=`
pub fn list(call: &Call<'_>) -> Result<Reply, Problem> {
    let volume = Volume::of(call)?;
    let question = Question::read(call)?;
    let as_har = call.prefers(har::MEDIA_TYPE);
    let limit = question.limit;
    if question.wait.is_zero() {
        let mut entries = volume.journal.entries();
        entries.retain(|entry| question.filter.fits(entry));
        return Ok(volume.reply(newest(&entries, limit), as_har));
    }
    let stopping = call.control.stopping.clone();
    Ok(Reply::later(async move {
        let entries = wait::entries(&volume.journal, &question, stopping).await;
        Ok(volume.reply(newest(&entries, limit), as_har))
    }))
}

fn newest(entries: &[Arc<Entry>], limit: Option<usize>) -> &[Arc<Entry>] {
    &entries[entries.len().saturating_sub(limit.unwrap_or(usize::MAX))..]
}

/// `GET …/journal/{entry}`.
pub fn show(call: &Call<'_>) -> Result<Reply, Problem> {
    let volume = Volume::of(call)?;
    let id = call.params.get("entry");
    let entry = id.parse().ok().and_then(|id| volume.journal.entry(id));
    let entry = entry.ok_or_else(|| Problem::unknown("exchange", id))?;
    Ok(volume.as_one(&entry, call.prefers(har::MEDIA_TYPE)))
}

impl Volume {
    fn as_one(&self, entry: &Arc<Entry>, as_har: bool) -> Reply {
        if as_har { self.reply(std::slice::from_ref(entry), true) } else { Reply::json(&self.view(entry)) }
    }
}

/// `DELETE …/journal`.
pub fn clear(call: &Call<'_>) -> Result<Reply, Problem> {
    Volume::of(call)?.journal.clear();
    Ok(Reply::nothing())
}
