//! Reasons for the journal, of what the wire does not explain: single devices that were refused, and cursors from elsewhere.

use memchr::memmem;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::wire::{DevicesRequest, ListRequest, LockRequest};
use super::{Call, wire};
use crate::apple::Said;
use crate::directory::Directory;
use crate::http::{Query, Response};
use crate::organization::{Refusal, Refused};

/// Devices that are explained one by one.
const SHOWN: usize = 50;
/// Organisations in which the issuer of a cursor is looked for.
const SEARCHED: usize = 1_000;

/// Words for a device that was refused, as they stand in an answer, and the ledger's entries on them.
pub(super) const WORDS: [(&str, &[&str]); 6] = [
    ("\"NOT_ACCESSIBLE\"", &["enrollment.details-not-accessible"]),
    ("\"THROTTLED\"", &["enrollment.throttle-words"]),
    ("\"FAILED\"", &["enrollment.disown-refused", "enrollment.throttle-words", "enrollment.lock-outcomes"]),
    ("\"ORG_NOT_SUPPORTED\"", &["enrollment.lock-outcomes"]),
    ("\"DEVICE_NOT_SUPPORTED\"", &["enrollment.lock-outcomes"]),
    ("\"DEVICE_ALREADY_LOCKED\"", &["enrollment.lock-outcomes"]),
];

/// What answers for single devices have in common.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Told {
    devices: Map<String, Value>,
    serial_number: String,
    response_status: String,
}

/// An answer that is no refusal, with the reasons for devices that were refused in it.
pub fn said(call: &Call<'_>, response: Response) -> Said {
    let body = response.body().bytes().unwrap_or_default();
    // A page of a list refuses nobody, and is large; who names no device in a body asks for none.
    let names_none = body.starts_with(b"{\"devices\":[") || call.request.body.is_empty();
    let refuses = |(word, _): &&(&str, &[&str])| memmem::find(body, word.as_bytes()).is_some();
    let found = if names_none { None } else { WORDS.iter().find(refuses) };
    let Some((_, refs)) = found else { return Said::plainly(response) };
    let why = serde_json::from_slice(body).map(|told| of_devices(call, &told)).unwrap_or_default();
    Said { refs: if why.is_empty() { &[] } else { refs }, why, refusal: None, response }
}

fn of_devices(call: &Call<'_>, told: &Told) -> Vec<String> {
    let server = call.caller.server;
    let is_refusal = |word: &str| WORDS.iter().any(|(known, _)| known.trim_matches('"') == word);
    call.caller.organization.read(|books, now| {
        let word_of = |value: &'_ Value| {
            let word = value.as_str().or_else(|| value.get("response_status")?.as_str());
            word.filter(|word| is_refusal(word)).map(str::to_owned)
        };
        let mut refused = told.devices.iter().filter_map(|(serial, value)| Some((serial, word_of(value)?)));
        let mut why: Vec<String> = refused
            .by_ref()
            .take(SHOWN)
            .map(|(serial, word)| format!("{serial}: {word}: {}", books.why_not_done(server, serial, &word, now)))
            .collect();
        match refused.count() {
            0 => {}
            more => why.push(format!("and {more} more")),
        }
        if is_refusal(&told.response_status) {
            let request = wire::read::<LockRequest>(&call.request.body).ok();
            let key = request.and_then(|request| request.escrow_key);
            let (serial, word) = (&told.serial_number, &told.response_status);
            let because = books.why_not_locked(server, serial, word, key.as_deref());
            why.push(format!("{serial}: {word}: {because}"));
        }
        why
    })
}

/// The same refusal with what can be found out: whose cursor or profile it is that a server was refused.
pub fn traced(directory: &Directory, call: &Call<'_>, refused: Refused) -> Refused {
    let found = match refused.refusal {
        Refusal::InvalidCursor => cursor_elsewhere(directory, call),
        Refusal::ProfileNotFound | Refusal::AssignedProfileNotFound => profile_elsewhere(call),
        _ => None,
    };
    refused.with(found)
}

fn profile_elsewhere(call: &Call<'_>) -> Option<String> {
    let query = Query::parse(call.request.head.uri.query());
    let request = wire::read::<DevicesRequest>(&call.request.body).ok();
    let id = request.and_then(|request| request.profile_uuid);
    let id = id.as_deref().or_else(|| query.get("profile_uuid"))?;
    call.caller.organization.read(|books, _| {
        let owner = &books.servers.get(usize::from(books.profiles.owner(id)?))?.name;
        Some(format!("the server {owner} defined it; a profile belongs to the server that defined it"))
    })
}

fn cursor_elsewhere(directory: &Directory, call: &Call<'_>) -> Option<String> {
    let request = wire::read::<ListRequest>(&call.request.body).unwrap_or_default();
    let cursor = request.cursor.unwrap_or_default();
    let own = &call.caller.organization.id;
    let mut others = directory.organizations().into_iter().filter(|other| other.id != *own).take(SEARCHED);
    others.find_map(|other| {
        let (server, issued) = other.read(|books, _| {
            let (server, cursor) = books.cursor_issuer(&cursor)?;
            Some((books.servers[usize::from(server)].name.clone(), cursor.issued))
        })?;
        Some(format!("the server {server} of the organisation {} gave it out at {issued} by its own clock", other.id))
    })
}
