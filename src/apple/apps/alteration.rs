//! Answers that a fault has altered, and what of a request and its answer a fault minds.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::apple::{Named, Party};
use crate::faults::{Amount, Deed};
use crate::http::{Query, Request};
use crate::organization::content::DataSet;

/// The lists that pages have, of which each page has one, or with assets two.
const LISTS: [&str; 6] = ["assets", "unlimitedAssets", "assignments", "users", "subscriptions", "admins"];

/// What faults mind of a request: serial numbers, in the body or in the query, users in the body, and whether it goes on from a page.
pub fn asked(request: &Request) -> Named {
    #[derive(Default, Deserialize)]
    #[serde(default, rename_all = "camelCase")]
    struct Body {
        serial_numbers: Value,
        client_user_ids: Value,
        users: Value,
    }
    let body: Body = serde_json::from_slice(&request.body).unwrap_or_default();
    let query = Query::parse(request.head.uri.query());
    let texts = [&body.serial_numbers, &body.client_user_ids].into_iter().filter_map(Value::as_array).flatten();
    let users = body.users.as_array().into_iter().flatten().filter_map(|user| user.get("clientUserId"));
    let listed = texts.chain(users).filter_map(Value::as_str);
    Named {
        serials: listed.chain(query.get("serialNumber")).map(str::to_ascii_uppercase).collect(),
        has_cursor: ["pageIndex", "cursor"].into_iter().any(|name| query.get(name).is_some_and(|at| at != "0")),
    }
}

/// The rows of a page by name.
pub fn rows(page: &[u8]) -> Vec<String> {
    let page: Value = serde_json::from_slice(page).unwrap_or_default();
    LISTS.iter().filter_map(|list| page[*list].as_array()).flatten().map(|row| name(row).to_owned()).collect()
}

/// What a row is called: a serial number where it has one, or else the user or the title.
fn name(row: &Value) -> &str {
    let members = ["serialNumber", "clientUserId", "adamId"];
    members.into_iter().find_map(|member| row.get(member)?.as_str()).unwrap_or_default()
}

/// The body of a page as `deed` leaves it; `None` where it stays as it is.
pub fn alter(deed: &Deed, body: &[u8]) -> Option<Vec<u8>> {
    let Deed::Rows { omit, duplicate } = deed else { return None };
    let mut page: Map<String, Value> = serde_json::from_slice(body).ok()?;
    for list in LISTS {
        if let Some(Value::Array(rows)) = page.get_mut(list) {
            *rows = struck(std::mem::take(rows), name, omit.as_ref(), duplicate.as_ref());
        }
    }
    let shown: usize = LISTS.iter().filter_map(|list| page.get(*list)?.as_array()).map(Vec::len).sum();
    if let Some(size) = page.get_mut("size") {
        *size = shown.into();
    }
    serde_json::to_vec(&page).ok()
}

/// The list of an operation changes, where `deed` lets it.
pub fn change(deed: &Deed, party: &Party, operation: &str) {
    let list = match operation {
        "apps.assets" => DataSet::Assets,
        "apps.assignments" => DataSet::Assignments,
        "apps.users" => DataSet::Users,
        _ => return,
    };
    if let (Deed::NewVersion, Some(organization), Some(location)) = (deed, &party.organization, party.location) {
        organization.write(|books, _| books.content.location_mut(location).touch(list));
    }
}

/// Rows of which some are left out and some are there twice; `name` is what a row is called.
pub fn struck(
    rows: Vec<Value>,
    name: fn(&Value) -> &str,
    omit: Option<&Amount>,
    duplicate: Option<&Amount>,
) -> Vec<Value> {
    let takes = |amount: Option<&Amount>, row: &Value, place: usize, count: usize| {
        amount.is_some_and(|amount| amount.takes(name(row), place, count))
    };
    let count = rows.len();
    let kept = rows.into_iter().enumerate().filter(|(place, row)| !takes(omit, row, *place, count));
    let kept: Vec<Value> = kept.map(|(_, row)| row).collect();
    let count = kept.len();
    let twice = kept.into_iter().enumerate().flat_map(|(place, row)| {
        let again = takes(duplicate, &row, place, count).then(|| row.clone());
        std::iter::once(row).chain(again)
    });
    twice.collect()
}
