//! `…/fork`, `…/snapshot` and `…/diff`.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::json;

use super::bundle::bundle;
use super::difference::changes;
use super::orgs::{check_id, end_after};
use super::problem::FieldError;
use super::{Call, Problem, Reply};
use crate::directory::{CannotPut, Snapshot, VERSION};
use crate::nearest::nearest;
use crate::organization::{Books, Flaw, QuirkMistake, Turn};
use crate::scenario::plan::ClockPlan;
use crate::scenario::{self, Surroundings};

/// `POST …/fork`: another organisation that goes on from here.
pub fn fork(call: &Call<'_>) -> Result<Reply, Problem> {
    let directory = &call.control.directory;
    let parent = call.entry()?;
    let request = match call.request.body.trim_ascii() {
        b"" => scenario::OrganizationRequest::default(),
        body => scenario::read_fork(body, &Surroundings::house())?,
    };
    let id = request.plan.id.clone().unwrap_or_else(|| directory.make_id());
    check_id(&id)?;
    let quirks =
        parent.organization.read(|books, _| books.quirks.patched(&request.plan.quirks)).map_err(below_quirks)?;
    let wanted = &request.plan;
    let adapt = |books: &mut Books| {
        if !wanted.quirks.is_empty() {
            books.turn_switches(Arc::new(quirks), books.clock.now());
        }
        if let Some(name) = &wanted.name {
            books.identity.name.clone_from(name);
        }
        let ClockPlan { start, mode, rate } = wanted.clock;
        books.turn_clock(Turn { rate, mode, set: start, advance: None });
    };
    let fork = directory.fork(&parent, &id, adapt)?;
    if let Some(ttl) = request.ttl {
        end_after(directory.clone(), &fork, ttl);
    }
    Ok(Reply::created(&bundle(call, &fork)))
}

fn below_quirks(mistakes: Vec<QuirkMistake>) -> Problem {
    let below = |mistake: QuirkMistake| QuirkMistake { pointer: format!("/quirks{}", mistake.pointer), ..mistake };
    mistakes.into_iter().map(below).collect::<Vec<_>>().into()
}

/// `GET …/snapshot`: the whole state, to be put back.
pub fn take(call: &Call<'_>) -> Result<Reply, Problem> {
    let organization = call.organization()?;
    let document = call.control.directory.snapshot(&organization);
    let document = document.map_err(|wrong| Problem::conflict("CANNOT_WRITE", wrong.to_string()))?;
    Ok(Reply::other("application/json", document))
}

/// The one key that has to be read before all others.
#[derive(Deserialize)]
struct Versioned {
    version: u32,
}

/// `PUT …/snapshot`: everything as it was. Answers the bundle.
pub fn put(call: &Call<'_>) -> Result<Reply, Problem> {
    let entry = call.entry()?;
    if let Ok(Versioned { version }) = serde_json::from_slice(&call.request.body)
        && version != VERSION
    {
        return Err(Problem::unfit("/version", format!("this abmsim reads version {VERSION}, and not {version}")));
    }
    let snapshot: Snapshot = call.body()?;
    let organization = call.control.directory.put(&entry, snapshot).map_err(|why| match why {
        CannotPut::Flawed(flaws) => {
            let error = |Flaw { pointer, detail }| FieldError { pointer, detail };
            Problem::unfit_all(flaws.into_iter().map(error).collect())
        }
        CannotPut::CredentialTaken { what, owner } => {
            let detail = format!("a {what} in this snapshot belongs to the organisation `{owner}` now");
            Problem::conflict("CREDENTIAL_TAKEN", detail)
        }
        CannotPut::IdTaken(id) => Problem::conflict("ID_TAKEN", format!("there is an organisation with the id `{id}`")),
        CannotPut::Gone => Problem::conflict(
            "ORGANIZATION_REPLACED",
            "the organisation was deleted or reset, or another snapshot was put back, meanwhile",
        ),
    })?;
    Ok(Reply::json(&bundle(call, &organization)))
}

/// `GET …/diff?since=`: what is different from a snapshot.
pub fn diff(call: &Call<'_>) -> Result<Reply, Problem> {
    let organization = call.organization()?;
    let query = call.query();
    let since = query.get("since").ok_or_else(|| Problem::bad_query("since", "the id of a snapshot is wanted"))?;
    let Some(before) = organization.snapshots.find(since) else {
        let ids = organization.snapshots.ids();
        let known = ids.iter().map(String::as_str);
        let mut problem = Problem::unknown_among("remembered snapshot", since, known.clone());
        if nearest(since, known).is_none() {
            problem = problem.adding("; the last 16 of an organisation are remembered");
        }
        return Err(problem);
    };
    let changed = organization.read(|books, now| changes(&organization.id, &before, books, now));
    Ok(Reply::json(&json!({"since": before.id, "changed": changed})))
}
