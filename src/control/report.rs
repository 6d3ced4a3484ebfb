//! `…/report`: how well the clients behaved.

use std::sync::Arc;

use super::{Call, Problem, Reply};
use crate::clock::Timestamp;
use crate::journal::Entry;
use crate::nearest::nearest;
use crate::report::{self, Report};

const FORMATS: [&str; 3] = ["json", "junit", "html"];

/// `GET …/report?since=&format=`: as JSON, as JUnit XML or as a page, by `format` or else by what is accepted.
pub fn show(call: &Call<'_>) -> Result<Reply, Problem> {
    let organization = call.organization()?;
    let form = format(call)?;
    let query = call.query();
    let since = query.get("since").filter(|text| !text.is_empty()).map(Since::read).transpose()?;
    let report = judge(organization.journal.entries(), since);
    Ok(match form {
        "html" => {
            let name = organization.read(|books, _| books.identity.name.clone());
            Reply::other("text/html; charset=utf-8", report.to_page(&name))
        }
        "junit" => Reply::other("application/junit+xml", report.to_junit()),
        _ => Reply::json(&report.to_json()),
    })
}

/// `GET /_sim/report/rules`: every rule with its advice.
pub fn rules(_: &Call<'_>) -> Result<Reply, Problem> {
    Ok(Reply::json(&report::catalogue()))
}

fn format(call: &Call<'_>) -> Result<&'static str, Problem> {
    let query = call.query();
    let Some(named) = query.get("format").filter(|text| !text.is_empty()) else {
        let accepted = [("application/junit+xml", "junit"), ("text/html", "html")];
        return Ok(accepted.into_iter().find(|(kind, _)| call.prefers(kind)).map_or("json", |(_, form)| form));
    };
    FORMATS.into_iter().find(|form| *form == named).ok_or_else(|| {
        let near = nearest(named, FORMATS).map_or(String::new(), |near| format!("; did you mean `{near}`?"));
        Problem::bad_query("format", &format!("json, junit or html is wanted{near}"))
    })
}

/// From where on the journal is looked at.
enum Since {
    /// After this entry.
    Entry(u64),
    /// At this time of the organisation's, or later.
    Time(Timestamp),
}

impl Since {
    fn read(text: &str) -> Result<Self, Problem> {
        if let Ok(id) = text.parse() {
            return Ok(Self::Entry(id));
        }
        let wanted = |_| Problem::bad_query("since", "the id of a journal entry or a time is wanted");
        text.parse().map(Self::Time).map_err(wanted)
    }

    fn admits(&self, entry: &Entry) -> bool {
        match self {
            Self::Entry(id) => entry.id > *id,
            Self::Time(time) => entry.at >= *time,
        }
    }
}

fn judge(mut entries: Vec<Arc<Entry>>, since: Option<Since>) -> Report {
    let oldest = entries.first().map(|entry| (entry.id, entry.at));
    let truncated = oldest.is_some_and(|(id, at)| match &since {
        None => id > 1,
        Some(Since::Entry(since)) => id > since.saturating_add(1),
        Some(Since::Time(since)) => id > 1 && at >= *since,
    });
    if let Some(since) = since {
        entries.retain(|entry| since.admits(entry));
    }
    report::examine(entries, truncated)
}
