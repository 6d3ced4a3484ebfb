//! Answers that a fault has altered, and what of a request and its answer a fault minds.

use serde_json::{Map, Value};

use super::answer::written;
use super::arguments::Arguments;
use crate::apple::{Named, apps};
use crate::faults::Deed;
use crate::http::Request;

/// The lists that answers have, of which each has one, with the member that counts its rows.
const LISTS: [(&str, &str); 4] = [
    ("users", "batchCount"),
    ("licenses", "batchCount"),
    ("assets", "totalCount"),
    ("assignments", "assignmentsInCurrentPage"),
];

/// What faults mind of a request: serial numbers, and whether it goes on from a batch or a page.
pub fn asked(request: &Request) -> Named {
    let (arguments, _) = Arguments::of(request);
    let names = ["serialNumber", "associateSerialNumbers", "disassociateSerialNumbers"];
    let is_given = |name: &str| arguments.text(name).is_ok_and(|text| text.is_some_and(|text| text != "0"));
    Named {
        serials: names.iter().flat_map(|name| arguments.list(name).unwrap_or_default()).collect(),
        has_cursor: ["batchToken", "sinceModifiedToken", "pageIndex"].into_iter().any(is_given),
    }
}

/// The rows of an answer by name.
pub fn rows(page: &[u8]) -> Vec<String> {
    let page: Value = serde_json::from_slice(page).unwrap_or_default();
    LISTS.iter().filter_map(|(list, _)| page[*list].as_array()).flatten().map(|row| name(row).to_owned()).collect()
}

/// What a row is called: a serial number where it has one, or else the user or the title.
fn name(row: &Value) -> &str {
    let members = ["serialNumber", "clientUserIdStr", "adamIdStr"];
    members.into_iter().find_map(|member| row.get(member)?.as_str()).unwrap_or_default()
}

/// The body of an answer as `deed` leaves it; `None` where it stays as it is.
pub fn alter(deed: &Deed, body: &[u8]) -> Option<Vec<u8>> {
    let Deed::Rows { omit, duplicate } = deed else { return None };
    let mut page: Map<String, Value> = serde_json::from_slice(body).ok()?;
    for (list, count) in LISTS {
        let Some(Value::Array(rows)) = page.get_mut(list) else { continue };
        *rows = apps::struck(std::mem::take(rows), name, omit.as_ref(), duplicate.as_ref());
        let left = rows.len();
        if let Some(shown) = page.get_mut(count) {
            *shown = left.into();
        }
        // Empty lists are left out, and the order of the others stays.
        if left == 0 {
            page.shift_remove(list);
        }
    }
    Some(written(&page))
}
