//! `…/assignments` and `…/releases`.

use serde_json::{Map, Value, json};

use super::bodies::{AssignmentBody, ReleaseBody};
use super::devices::find_server;
use super::{Call, Problem, Reply};
use crate::clock::Timestamp;
use crate::organization::{Books, Choice, DeviceId, Move};

/// Serial numbers in an answer about many devices; the counts are always whole.
const SHOWN: usize = 10_000;

/// `POST …/assignments`.
pub fn assign(call: &Call<'_>) -> Result<Reply, Problem> {
    let organization = call.organization()?;
    let body: AssignmentBody = call.body()?;
    let Some(server) = &body.server else {
        return Err(Problem::unfit("/server", "name the server, or write null to take the devices from theirs"));
    };
    organization.write(|books, now| {
        let to = server.as_ref().map(|name| find_server(books, name)).transpose()?;
        check_deadline(&body, now)?;
        let (devices, unknown) = chosen(books, &body)?;
        let name = body.by.clone().unwrap_or_else(|| books.first_administrator());
        let by = books.actors.place(&name);
        let placed = books.place(&devices, Move { to, by, deadline: body.deadline }, now);
        let mut counts: Map<String, Value> = Map::new();
        let mut results: Map<String, Value> = Map::new();
        let words = placed.iter().map(|(device, placed)| (books.devices.serial(*device).to_string(), json!(placed)));
        for (serial, word) in words.chain(unknown.into_iter().map(|serial| (serial, json!("not_found")))) {
            let count = counts.entry(word.as_str().unwrap_or_default().to_owned()).or_insert(json!(0));
            *count = json!(count.as_u64().unwrap_or_default() + 1);
            if results.len() < SHOWN {
                results.insert(serial, word);
            }
        }
        let server = to.map(|server| &books.servers[usize::from(server)].name);
        Ok(Reply::json(&json!({"server": server, "counts": counts, "devices": results})))
    })
}

/// A deadline is a moment to come, and for a move to a server.
fn check_deadline(body: &AssignmentBody, now: Timestamp) -> Result<(), Problem> {
    match (body.deadline, &body.server) {
        (Some(deadline), _) if deadline <= now => {
            Err(Problem::unfit("/deadline", format!("the deadline {deadline} has passed; it is {now} here")))
        }
        (Some(_), Some(None)) => Err(Problem::unfit("/deadline", "a device that goes to no server has no deadline")),
        _ => Ok(()),
    }
}

/// The devices that a body chooses, each once, and the serial numbers in it that name none.
fn chosen(books: &Books, body: &AssignmentBody) -> Result<(Vec<DeviceId>, Vec<String>), Problem> {
    let choice = match (&body.serials, &body.order, body.all_available) {
        (Some(serials), None, None) => Choice::Serials(serials.clone()),
        (None, Some(number), None) => Choice::Order(number.clone()),
        (None, None, Some(true)) => Choice::AllAvailable,
        _ => return Err(Problem::unfit("", "choose devices by one of `serials`, `order`, or `all_available: true`")),
    };
    choose(books, choice)
}

fn choose(books: &Books, choice: Choice) -> Result<(Vec<DeviceId>, Vec<String>), Problem> {
    let numbers = || books.orders.iter().map(|order| order.number.as_str());
    books.choose(&choice).map_err(|unknown| Problem::unknown_among("order", &unknown.0, numbers()))
}

/// `POST …/releases`.
pub fn release(call: &Call<'_>) -> Result<Reply, Problem> {
    let organization = call.organization()?;
    let body: ReleaseBody = call.body()?;
    organization.write(|books, now| {
        let (devices, unknown) = choose(books, Choice::Serials(body.serials))?;
        let name = body.by.clone().unwrap_or_else(|| books.first_administrator());
        let by = books.actors.place(&name);
        let released = books.release(&devices, by, now);
        Ok(Reply::json(&json!({"released": released, "not_found": unknown})))
    })
}
