//! Answers that a fault has altered, and what of a request and its answer a fault minds.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::wire::verdict;
use crate::faults::{Amount, Deed, Verdict};
use crate::http::{Query, Request};

/// The part of a request's body that faults mind.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Named {
    devices: Value,
    device: Value,
    cursor: Value,
}

fn named(request: &Request) -> Named {
    serde_json::from_slice(&request.body).unwrap_or_default()
}

/// The serial numbers in a request.
pub fn serials_asked(request: &Request) -> Vec<String> {
    let Named { devices, device, .. } = named(request);
    let query = Query::parse(request.head.uri.query());
    let listed = devices.as_array().into_iter().flatten().chain([&device]).filter_map(Value::as_str);
    listed.chain(query.get("device")).map(str::to_owned).collect()
}

/// The cursor in a request.
pub fn cursor_asked(request: &Request) -> Option<String> {
    named(request).cursor.as_str().filter(|cursor| !cursor.is_empty()).map(str::to_owned)
}

/// The serial numbers in the rows of a page.
pub fn serials_answered(page: &[u8]) -> Vec<String> {
    let page: Value = serde_json::from_slice(page).unwrap_or_default();
    page["devices"].as_array().into_iter().flatten().map(|row| serial(row).to_owned()).collect()
}

fn serial(row: &Value) -> &str {
    row.get("serial_number").and_then(Value::as_str).unwrap_or_default()
}

/// The body of a successful answer to `request` as `deed` leaves it; `None` where it stays as it is.
pub fn alter(deed: &Deed, request: &Request, body: &[u8]) -> Option<Vec<u8>> {
    let mut answer: Map<String, Value> = match deed {
        Deed::Rows { .. } | Deed::RepeatCursor | Deed::Future | Deed::Results(_) => {
            serde_json::from_slice(body).ok()?
        }
        _ => return None,
    };
    match deed {
        Deed::Rows { omit, duplicate } => match answer.get_mut("devices")? {
            Value::Array(rows) => *rows = listed(std::mem::take(rows), omit.as_ref(), duplicate.as_ref()),
            Value::Object(devices) => leave_out(devices, omit.as_ref()?),
            _ => return None,
        },
        Deed::Results(verdicts) => judge(answer.get_mut("devices")?.as_object_mut()?, verdicts),
        Deed::RepeatCursor => {
            answer.insert("cursor".to_owned(), cursor_asked(request)?.into());
            answer.insert("more_to_follow".to_owned(), true.into());
        }
        _ => look_ahead(&mut answer),
    }
    serde_json::to_vec(&answer).ok()
}

fn listed(rows: Vec<Value>, omit: Option<&Amount>, duplicate: Option<&Amount>) -> Vec<Value> {
    let takes = |amount: Option<&Amount>, row: &Value, place: usize, count: usize| {
        amount.is_some_and(|amount| amount.takes(serial(row), place, count))
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

fn leave_out(devices: &mut Map<String, Value>, omit: &Amount) {
    let count = devices.len();
    let mut place = 0;
    devices.retain(|serial, _| {
        place += 1;
        !omit.takes(serial, place - 1, count)
    });
}

/// Leaves of the details of devices on which there is a verdict nothing but that. Where answers say no more than a word of each device, the
/// handlers have seen to it.
fn judge(devices: &mut Map<String, Value>, verdicts: &[Verdict]) {
    for (serial, details) in devices.iter_mut().filter(|(_, details)| details.is_object()) {
        if let Some(verdict) = verdict(verdicts, serial) {
            *details = json!({"response_status": verdict.status});
        }
    }
}

/// Adds keys and values that no version of the protocol has had so far.
fn look_ahead(answer: &mut Map<String, Value>) {
    let strange = || json!({"since": "a later version", "values": [1, true, null]});
    let mut ahead = |row: &mut Map<String, Value>| {
        for (key, value) in [("device_family", "Future"), ("os", "futureOS")] {
            if row.contains_key(key) {
                row.insert(key.to_owned(), value.into());
            }
        }
        row.insert("future_attribute".to_owned(), strange());
    };
    match answer.get_mut("devices") {
        Some(Value::Array(rows)) => rows.iter_mut().filter_map(Value::as_object_mut).for_each(&mut ahead),
        Some(Value::Object(rows)) => rows.values_mut().filter_map(Value::as_object_mut).for_each(&mut ahead),
        _ => {}
    }
    answer.insert("future_attribute".to_owned(), strange());
}
