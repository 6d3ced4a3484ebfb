//! What is different between two states of an organisation, in the forms in which this API shows each thing.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::bundle::server_in_full;
use super::clock::face;
use super::content_difference::content_changes;
use super::device_view::view_without_history;
use super::orders;
use super::settings::terms;
use crate::clock::{Mode, Timestamp};
use crate::organization::{Books, Device, DeviceId, Remembered, Source};

/// One thing by its id.
pub(super) type Faces = Vec<(String, Value)>;

/// Everything that is different in `books` from what was remembered: first what there is one of, then servers, people, orders, profiles, devices, and
/// what concerns apps and books.
pub fn changes(organization: &str, before: &Remembered, books: &Books, now: Timestamp) -> Vec<Value> {
    let (old, then) = (&*before.books, before.at);
    let mut found = Vec::new();
    let mut one = |kind: &str, before: Value, after: Value| {
        if before != after {
            found.push(change(kind, organization, before, after));
        }
    };
    one("organization", identity(old), identity(books));
    if is_moved(before, books, now) {
        one("clock", face(old, then), face(books, now));
    }
    one("terms", terms(old, then), terms(books, now));
    one("suppliers", json!(old.suppliers), json!(books.suppliers));
    let (was, is) = different_quirks(old, books);
    one("quirks", was, is);
    let servers = |books: &Books| -> Faces {
        books.servers.iter().map(|server| (server.id.clone(), server_in_full(books, server))).collect()
    };
    compare("server", servers(old), servers(books), &mut found);
    let people = |books: &Books| -> Faces {
        books.people.iter().map(|person| (person.managed_account.clone(), json!(person))).collect()
    };
    compare("person", people(old), people(books), &mut found);
    let orders = |books: &Books, now| -> Faces {
        books.orders.iter().map(|order| (order.number.clone(), orders::view(order, now))).collect()
    };
    compare("order", orders(old, then), orders(books, now), &mut found);
    let profiles = |books: &Books| -> Faces {
        books.profiles.iter().map(|(_, profile)| (profile.profile_uuid.clone(), json!(**profile))).collect()
    };
    compare("profile", profiles(old), profiles(books), &mut found);
    devices(old, books, &mut found);
    content_changes(old, then, books, now, &mut found);
    found
}

pub(super) fn change(kind: &str, id: &str, before: Value, after: Value) -> Value {
    json!({"kind": kind, "id": id, "before": before, "after": after})
}

fn identity(books: &Books) -> Value {
    json!(books.identity)
}

/// Whether somebody moved the clock; that it runs is no change.
fn is_moved(before: &Remembered, books: &Books, now: Timestamp) -> bool {
    let (old, clock) = (&before.books.clock, &books.clock);
    match (old.mode(), clock.mode()) {
        (Mode::Frozen, Mode::Frozen) => before.at != now || old.rate() != clock.rate(),
        _ => old != clock,
    }
}

/// The switches that differ, as they were and as they are.
fn different_quirks(before: &Books, after: &Books) -> (Value, Value) {
    let map = |books: &Books| match json!(*books.quirks) {
        Value::Object(map) => map,
        _ => Map::new(),
    };
    let (mut before, mut after) = (map(before), map(after));
    let same: Vec<String> =
        before.iter().filter(|(name, value)| after.get(*name) == Some(value)).map(|(name, _)| name.clone()).collect();
    for name in same {
        before.remove(&name);
        after.remove(&name);
    }
    (Value::Object(before), Value::Object(after))
}

/// Notes what differs between two lists: what is new or changed in the order of `after`, then what is gone.
pub(super) fn compare(kind: &str, before: Faces, after: Faces, found: &mut Vec<Value>) {
    let order: Vec<String> = before.iter().map(|(id, _)| id.clone()).collect();
    let mut known: HashMap<String, Value> = before.into_iter().collect();
    for (id, face) in after {
        let old = known.remove(&id).unwrap_or_default();
        if old != face {
            found.push(change(kind, &id, old, face));
        }
    }
    for id in order {
        if let Some(old) = known.remove(&id) {
            found.push(change(kind, &id, old, Value::Null));
        }
    }
}

fn devices(before: &Books, after: &Books, found: &mut Vec<Value>) {
    let alike = are_of_one_line(before, after);
    let same = |id: DeviceId, device: &Device, old: DeviceId| {
        alike && before.devices[old] == *device && before.devices.extra(old) == after.devices.extra(id)
    };
    for (id, device) in after.devices.iter() {
        let serial = after.devices.serial(id);
        let old = before.devices.find(serial);
        if old.is_some_and(|old| same(id, device, old)) {
            continue;
        }
        let was = old.map_or(Value::Null, |old| view_without_history(before, old));
        let is = view_without_history(after, id);
        if was != is {
            found.push(change("device", serial.as_str(), was, is));
        }
    }
    for (old, _) in before.devices.iter() {
        let serial = before.devices.serial(old);
        if after.devices.find(serial).is_none() {
            found.push(change("device", serial.as_str(), view_without_history(before, old), Value::Null));
        }
    }
}

/// Whether the numbers in the records of both mean the same: then records that are equal look alike, and need not be written to be compared.
fn are_of_one_line(one: &Books, other: &Books) -> bool {
    fn agree<T: PartialEq>(one: impl Iterator<Item = T>, other: impl Iterator<Item = T>) -> bool {
        one.zip(other).all(|(one, other)| one == other)
    }
    fn servers(books: &Books) -> impl Iterator<Item = &str> {
        books.servers.iter().map(|server| server.name.as_str())
    }
    fn orders(books: &Books) -> impl Iterator<Item = (&str, &Source)> {
        books.orders.iter().map(|order| (order.number.as_str(), &order.source))
    }
    fn profiles(books: &Books) -> impl Iterator<Item = &str> {
        books.profiles.iter().map(|(_, profile)| profile.profile_uuid.as_str())
    }
    agree(servers(one), servers(other))
        && agree(orders(one), orders(other))
        && agree(profiles(one), profiles(other))
        && agree(one.kinds.iter(), other.kinds.iter())
        && agree(one.actors.iter(), other.actors.iter())
}
