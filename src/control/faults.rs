//! `…/faults`.

use serde_json::{Value, json};

use super::{Call, Problem, Reply};
use crate::faults::InForce;
use crate::organization::Books;
use crate::scenario::{self, Callers, Surroundings};

/// `GET …/faults`: the rules in the order in which they were made, which is that in which they are asked.
pub fn list(call: &Call<'_>) -> Result<Reply, Problem> {
    let organization = call.organization()?;
    Ok(Reply::list(organization.read(|books, _| books.faults.iter().map(InForce::shown).collect()), None))
}

/// `POST …/faults`: a rule, answered with its id and its counts; or a list of rules or a depsim script, answered with an id for all of them
/// and the rules in `items`.
pub fn add(call: &Call<'_>) -> Result<Reply, Problem> {
    let organization = call.organization()?;
    let (mut rules, is_one) = organization.read(|books, _| {
        let servers = books.servers.iter().flat_map(|server| [server.name.as_str(), &server.id]);
        let locations = books.content.locations.iter().flat_map(|location| [location.name.as_str(), &location.id]);
        let callers = Callers { servers: servers.collect(), locations: locations.collect() };
        scenario::read_faults(&call.request.body, &callers, &Surroundings::house())
    })?;
    Ok(organization.write(|books, now| match rules.pop() {
        Some(rule) if is_one => Reply::created(&books.faults.add(rule, now).shown()),
        last => {
            rules.extend(last);
            let id = books.faults.add_all(rules, now);
            let items: Vec<Value> = books.faults.named(&id).map(InForce::shown).collect();
            let ids: Vec<&str> = books.faults.named(&id).map(|rule| rule.id.as_str()).collect();
            Reply::created(&json!({"id": id, "ids": ids, "items": items}))
        }
    }))
}

/// `GET …/faults/{fault}`: a rule, or the rules that were posted together.
pub fn show(call: &Call<'_>) -> Result<Reply, Problem> {
    let organization = call.organization()?;
    let id = call.params.get("fault");
    organization.read(|books, _| {
        let found: Vec<&InForce> = books.faults.named(id).collect();
        match found.as_slice() {
            [] => Err(unknown(books, id)),
            [rule] if rule.id == id => Ok(Reply::json(&rule.shown())),
            several => Ok(Reply::list(several.iter().map(|rule| rule.shown()).collect(), None)),
        }
    })
}

/// `DELETE …/faults/{fault}`.
pub fn remove(call: &Call<'_>) -> Result<Reply, Problem> {
    let organization = call.organization()?;
    let id = call.params.get("fault");
    organization.write(|books, _| match books.faults.remove(id) {
        0 => Err(unknown(books, id)),
        _ => Ok(Reply::nothing()),
    })
}

/// `DELETE …/faults`: all of them.
pub fn clear(call: &Call<'_>) -> Result<Reply, Problem> {
    call.organization()?.write(|books, _| books.faults.clear());
    Ok(Reply::nothing())
}

fn unknown(books: &Books, id: &str) -> Problem {
    Problem::unknown_among("fault", id, books.faults.iter().map(|rule| rule.id.as_str()))
}
