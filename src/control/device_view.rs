//! A device as the control API shows it.

use serde_json::{Map, Value, json};

use crate::catalog::Identifiers;
use crate::clock::Timestamp;
use crate::organization::{Actors, Books, DeviceId, DeviceStatus};

/// The columns of the CSV, which are the keys of the JSON without those that are no plain text.
pub const COLUMNS: [&str; 26] = [
    "serial_number",
    "model",
    "product_type",
    "family",
    "os",
    "color",
    "capacity",
    "part_number",
    "asset_tag",
    "order",
    "source",
    "server",
    "assigned_at",
    "profile_uuid",
    "profile_status",
    "status",
    "provisional_until",
    "imei",
    "meid",
    "eid",
    "wifi_mac_address",
    "bluetooth_mac_address",
    "ethernet_mac_address",
    "mdm_migration_deadline",
    "replaces",
    "os_version",
];

/// Everything known of a device, but for its history.
pub fn view(books: &Books, id: DeviceId) -> Map<String, Value> {
    let (serial, device) = (books.devices.serial(id), &books.devices[id]);
    let facts = &books.kinds[device.kind].facts;
    let order = device.order.checked_sub(1).map(|order| &books.orders[order as usize]);
    let extra = books.devices.extra(id);
    let standing = &device.standing;
    let moment = |seconds: u32| if seconds == 0 { Value::Null } else { json!(Timestamp::from_seconds(seconds)) };
    let text = |text: &str| if text.is_empty() { Value::Null } else { json!(text) };
    let identifiers = Identifiers::of(serial, facts.connectivity);
    let assigned = device.status() == DeviceStatus::Assigned;
    let server = device.server().map(|server| &books.servers[usize::from(server)]);
    let profile = books.profiles.get(standing.profile);
    let imeis: Vec<String> = identifiers.imeis().map(|imei| imei.to_string()).collect();
    let values = [
        json!(serial),
        json!(facts.model),
        text(&facts.product_type),
        json!(facts.family),
        json!(facts.family.os()),
        text(&facts.color),
        text(&facts.capacity),
        text(&facts.part_number),
        json!(extra.and_then(|extra| extra.asset_tag.as_ref())),
        json!(order.map(|order| &order.number)),
        json!(order.map_or_else(|| "configurator".to_owned(), |order| order.source.name())),
        json!(server.map(|server| &server.name)),
        if assigned { moment(standing.assigned_at) } else { Value::Null },
        json!(profile.map(|profile| &profile.profile_uuid)),
        json!(standing.profile_status),
        json!(device.status()),
        json!(extra.and_then(|extra| extra.provisional_until)),
        json!(imeis),
        json!(identifiers.meid().into_iter().collect::<Vec<_>>()),
        json!(identifiers.eid().map(|eid| eid.to_string())),
        json!(identifiers.wifi_mac().to_string()),
        json!(identifiers.bluetooth_mac().to_string()),
        json!(identifiers.ethernet_mac().map(|mac| mac.to_string())),
        json!(extra.and_then(|extra| extra.migration).map(|migration| migration.deadline)),
        json!(extra.and_then(|extra| extra.replaces).map(|replaced| replaced.original)),
        json!(extra.and_then(|extra| extra.os_version.as_ref())),
    ];
    COLUMNS.into_iter().map(str::to_owned).zip(values).collect()
}

/// A device with what was done to it, oldest first.
pub fn view_with_history(books: &Books, id: DeviceId) -> Value {
    let mut shown = in_full(books, id);
    let deeds = books.history.of(id);
    let history = deeds.map(|deed| json!({"at": deed.at, "what": deed.what, "by": actor(books, deed.by)}));
    shown.insert("history".to_owned(), Value::Array(history.collect()));
    Value::Object(shown)
}

/// The same but for what was done to it.
pub fn view_without_history(books: &Books, id: DeviceId) -> Value {
    Value::Object(in_full(books, id))
}

fn in_full(books: &Books, id: DeviceId) -> Map<String, Value> {
    let mut shown = view(books, id);
    let standing = &books.devices[id].standing;
    let locked = books.devices.extra(id).is_some_and(|extra| extra.lock.is_some());
    shown.insert("assigned_by".to_owned(), json!(actor(books, standing.assigned_by)));
    shown.insert("activated".to_owned(), json!(books.devices[id].is_activated()));
    shown.insert("locked".to_owned(), json!(locked));
    shown
}

/// Whoever did something, or `null` where nobody in particular did.
fn actor(books: &Books, place: u16) -> Option<&str> {
    Some(&books.actors[place]).filter(|name| *name != Actors::AUTOMATIC)
}

/// A device as a row of CSV.
pub fn record(books: &Books, id: DeviceId) -> Vec<String> {
    view(books, id)
        .into_values()
        .map(|value| match value {
            Value::Null => String::new(),
            Value::String(text) => text,
            Value::Array(list) => list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" "),
            other => other.to_string(),
        })
        .collect()
}
