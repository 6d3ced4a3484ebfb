//! `…/timeline`.

use serde_json::{Value, json};

use super::{Call, Problem, Reply};
use crate::organization::{Happening, Progress, TimelineEntry};
use crate::scenario::{self, Surroundings};

/// `GET …/timeline`: what was planned to happen on Apple's side, in the order of the dates, and what came of it.
pub fn list(call: &Call<'_>) -> Result<Reply, Problem> {
    let organization = call.organization()?;
    let items = organization.read(|books, _| {
        let entries = books.timeline.by_date().into_iter();
        entries.map(|(place, entry)| view(place, entry)).collect()
    });
    Ok(Reply::list(items, None))
}

/// `POST …/timeline`: an event as in a scenario file, without `org`; durations count from now. Answers the entry, or a list of them where it
/// happens several times.
pub fn plan(call: &Call<'_>) -> Result<Reply, Problem> {
    let organization = call.organization()?;
    let plan = organization.read(|books, now| {
        let named = books.servers.iter().flat_map(|server| [server.name.as_str(), &server.id]);
        // A server that is going to have another name may be called by it.
        let renamed = books.timeline.to_come().filter_map(|entry| match &entry.happening {
            Happening::ChangeServer { change, .. } => change.name.as_deref(),
            _ => None,
        });
        let servers: Vec<&str> = named.chain(renamed).collect();
        scenario::read_event(&call.request.body, &servers, now, &Surroundings::house())
    })?;
    let plan = plan.ok_or_else(|| Problem::unfit("/do", "say what happens"))?;
    organization.write(|books, now| {
        let planned = scenario::plan_event(books, &plan, now);
        let entries = planned.into_iter().filter_map(|place| Some(view(place, books.timeline.get(place)?)));
        let mut shown: Vec<Value> = entries.collect();
        if shown.len() == 1 {
            return Ok(Reply::created(&shown.remove(0)));
        }
        Ok(Reply::created(&json!({"items": shown})))
    })
}

/// `DELETE …/timeline/{event}`: it does not happen.
pub fn call_off(call: &Call<'_>) -> Result<Reply, Problem> {
    let organization = call.organization()?;
    let id = call.params.get("event");
    organization.write(|books, _| {
        let place = id.parse::<u32>().ok().and_then(|id| id.checked_sub(1));
        let entry = place.and_then(|place| Some((place, books.timeline.get(place)?)));
        let (place, _) = entry.ok_or_else(|| Problem::unknown("event", id))?;
        match books.call_off_happening(place) {
            true => Ok(Reply::nothing()),
            false => Err(Problem::conflict("EVENT_OVER", "it has happened already, or was called off before")),
        }
    })
}

/// An entry; its id is a number from 1.
fn view(place: u32, entry: &TimelineEntry) -> Value {
    let (state, outcome) = match &entry.progress {
        Progress::Planned => ("planned", None),
        Progress::Done(what) => ("done", Some(what)),
        Progress::Failed(why) => ("failed", Some(why)),
        Progress::CalledOff => ("called_off", None),
    };
    json!({
        "id": (place + 1).to_string(),
        "at": entry.at,
        "what": entry.happening.to_string(),
        "note": entry.note,
        "state": state,
        "outcome": outcome,
    })
}
