//! `…/assignments/overview`: the portal's list of assignments.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{Call, Problem, Reply};
use crate::clock::Timestamp;
use crate::organization::{Books, DeviceStatus, ServerId};

/// What was assigned to one server on one day.
#[derive(Default)]
struct Line<'a> {
    orders: BTreeSet<&'a str>,
    totals: BTreeMap<String, u32>,
}

/// `GET …/assignments/overview`: a line for each day and server, the latest day first: the orders of the devices that were assigned then and are
/// still there, and how many there are of each family.
pub fn show(call: &Call<'_>) -> Result<Reply, Problem> {
    let organization = call.organization()?;
    Ok(Reply::list(organization.read(|books, _| lines(books)), None))
}

fn lines(books: &Books) -> Vec<Value> {
    let mut found: BTreeMap<(String, ServerId), Line<'_>> = BTreeMap::new();
    let assigned = books.devices.iter().filter(|(_, device)| device.status() == DeviceStatus::Assigned);
    for (_, device) in assigned {
        let Some(server) = device.server() else { continue };
        let at = Timestamp::from_seconds(device.standing.assigned_at).to_string();
        let day = at.split('T').next().unwrap_or_default().to_owned();
        let line = found.entry((day, server)).or_default();
        if let Some(order) = device.order.checked_sub(1) {
            line.orders.insert(&books.orders[order as usize].number);
        }
        let family = json!(books.kinds[device.kind].facts.family);
        *line.totals.entry(family.as_str().unwrap_or_default().to_owned()).or_default() += 1;
    }
    let line = |((day, server), line): ((String, ServerId), Line<'_>)| {
        json!({
            "date": day,
            "server": books.servers[usize::from(server)].name,
            "orders": line.orders,
            "devices": line.totals.values().sum::<u32>(),
            "totals": line.totals,
        })
    };
    found.into_iter().rev().map(line).collect()
}
