//! What is different between two states of an organisation's apps and books.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::difference::{Faces, change, compare};
use super::location_view::{asset, frame, user};
use super::purchases;
use crate::clock::Timestamp;
use crate::organization::Books;
use crate::organization::content::{AssetKey, AssignmentFilter, AssignmentRow, Held, Location, User, UserId};

/// Everything that is different: credit, purchases and locations, then what is in each location that both have, or one of them.
///
/// What is in a location is called by its id and a name there: `…/361309726:STDQ`, `…/users/10001`, `…/361309726:STDQ/u-1`.
pub(super) fn content_changes(old: &Books, then: Timestamp, books: &Books, now: Timestamp, found: &mut Vec<Value>) {
    let credit = |books: &Books| -> Faces {
        books.content.credit.iter().map(|(account, balance)| (account.clone(), json!(balance))).collect()
    };
    compare("credit", credit(old), credit(books), found);
    // Lines are only ever added, but for those of a snapshot that was put back. How much is in use now is no part of them.
    let trades = |books: &Books| -> Faces {
        let line = |trade| {
            let mut line = purchases::view(books, trade);
            line.as_object_mut().map(|line| line.remove("in_use"));
            (trade.number.clone(), line)
        };
        books.content.trades.iter().map(line).collect()
    };
    compare("purchase", trades(old), trades(books), found);
    let frames = |books: &Books, now| -> Faces {
        books.content.locations.iter().map(|location| (location.id.clone(), frame(location, now))).collect()
    };
    compare("location", frames(old, then), frames(books, now), found);
    for location in &books.content.locations {
        let before = old.content.locations.iter().find(|before| before.id == location.id);
        inside(&location.id, (old, before), (books, Some(location)), found);
    }
    for before in &old.content.locations {
        if !books.content.locations.iter().any(|location| location.id == before.id) {
            inside(&before.id, (old, Some(before)), (books, None), found);
        }
    }
}

type State<'a> = (&'a Books, Option<&'a Location>);

fn inside(id: &str, before: State<'_>, after: State<'_>, found: &mut Vec<Value>) {
    let assets = |(books, location): State<'_>| -> Faces {
        let assets = location.into_iter().flat_map(Location::assets);
        assets.map(|known| (format!("{id}/{}", known.key), asset(&books.content, known))).collect()
    };
    compare("asset", assets(before), assets(after), found);
    users(id, before.1, after.1, found);
    assignments(id, before.1, after.1, found);
}

fn users(id: &str, before: Option<&Location>, after: Option<&Location>, found: &mut Vec<Value>) {
    // A record stays for good, in its place.
    let in_place = |location: Option<&Location>, place: UserId| location.and_then(|ledger| ledger.user(place)).cloned();
    let face = |location: Option<&Location>, place: UserId, known: Option<&User>| {
        known.zip(location).map_or(Value::Null, |(known, ledger)| user(ledger, place, known))
    };
    let count = [before, after].map(|location| location.map_or(0, Location::users_len)).into_iter().max();
    for place in 0..count.unwrap_or_default() as UserId {
        let (was, is) = (in_place(before, place), in_place(after, place));
        if was == is {
            continue;
        }
        let (old, new) = (face(before, place, was.as_ref()), face(after, place, is.as_ref()));
        if old != new {
            let number = after.or(before).map_or(0, |ledger| ledger.user_number(place));
            found.push(change("user", &format!("{id}/users/{number}"), old, new));
        }
    }
}

/// An asset, and who holds it: a user by place, or a device.
type Holding<'a> = (AssetKey, Option<UserId>, &'a str);

fn assignments(id: &str, before: Option<&Location>, after: Option<&Location>, found: &mut Vec<Value>) {
    let (old, new) = (before.map(holdings).unwrap_or_default(), after.map(holdings).unwrap_or_default());
    let face = |(key, user, name): &Holding<'_>| {
        let mut face = json!({"adam_id": key.adam_id.to_string(), "pricing_param": key.pricing});
        face[if user.is_some() { "client_user_id" } else { "serial_number" }] = json!(name);
        face
    };
    let (known, kept): (HashSet<_>, HashSet<_>) = (old.iter().collect(), new.iter().collect());
    for holding in new.iter().filter(|holding| !known.contains(holding)) {
        found.push(change("assignment", &name(id, holding), Value::Null, face(holding)));
    }
    for holding in old.iter().filter(|holding| !kept.contains(holding)) {
        found.push(change("assignment", &name(id, holding), face(holding), Value::Null));
    }
}

fn name(id: &str, (key, _, holder): &Holding<'_>) -> String {
    format!("{id}/{key}/{holder}")
}

fn holdings(location: &Location) -> Vec<Holding<'_>> {
    // The first page always is, and it may hold everything.
    let all = location.assignments_page(&AssignmentFilter::default(), 0, u32::MAX).map(|page| page.items);
    all.unwrap_or_default().into_iter().map(holding).collect()
}

fn holding(row: AssignmentRow<'_>) -> Holding<'_> {
    match row.held {
        Held::User(place, user) => (row.asset.key, Some(place), &*user.client_user_id),
        Held::Serial(serial) => (row.asset.key, None, serial),
    }
}
