//! `…/devices`.

use serde_json::{Value, json};

use super::bodies::{AddDevices, ReplaceBody};
use super::device_view::{COLUMNS, record, view, view_with_history};
use super::{Call, Problem, Reply};
use crate::catalog::Catalog;
use crate::organization::{Actors, Addition, Books, Device, DeviceId, DeviceStatus, Serial};
use crate::scenario::kinds;
use crate::scenario::plan::ModelPlan;

/// Devices in an answer where no limit is named, and the most that may be named.
const LIMITS: (usize, usize) = (100, 10_000);

/// `GET …/devices?server=&order=&status=&serial=&limit=&cursor=`, as JSON or as CSV.
pub fn list(call: &Call<'_>) -> Result<Reply, Problem> {
    let organization = call.organization()?;
    let as_csv = call.prefers("text/csv");
    let query = call.query();
    let number = |name: &str, default: usize| match query.get(name) {
        None => Ok(default),
        Some(text) => text.parse::<usize>().map_err(|_| Problem::bad_query(name, "a number is wanted")),
    };
    // A CSV is for keeping: whole, unless somebody limits it.
    let limit = number("limit", if as_csv { usize::MAX } else { LIMITS.0 })?.max(1);
    let limit = if as_csv { limit } else { limit.min(LIMITS.1) };
    let start = number("cursor", 0)?;
    organization.read(|books, _| {
        let wanted = Filter::read(call, books)?;
        let mut found = books
            .devices
            .iter()
            .skip(start)
            .filter(|(id, device)| wanted.fits(device, books.devices.serial(*id)))
            .map(|(id, _)| id);
        let page: Vec<DeviceId> = found.by_ref().take(limit).collect();
        if as_csv {
            return csv(books, &page);
        }
        let next = found.next().map(|id| id.to_string());
        Ok(Reply::list(page.into_iter().map(|id| Value::Object(view(books, id))).collect(), next))
    })
}

/// Which devices a list is to have.
struct Filter {
    server: Option<Option<u16>>,
    order: Option<u32>,
    status: Option<DeviceStatus>,
    serial: Option<String>,
}

impl Filter {
    fn read(call: &Call<'_>, books: &Books) -> Result<Self, Problem> {
        let query = call.query();
        let given = |name: &str| query.get(name).filter(|text| !text.is_empty());
        let server = match given("server") {
            None => None,
            Some("none" | "null") => Some(None),
            Some(name) => Some(Some(find_server(books, name)?)),
        };
        let order = given("order").map(|number| find_order(books, number)).transpose()?;
        let status = given("status").map(|text| {
            serde_json::from_value(json!(text))
                .map_err(|_| Problem::bad_query("status", "unassigned, assigned, pending or released is wanted"))
        });
        Ok(Self { server, order, status: status.transpose()?, serial: given("serial").map(str::to_owned) })
    }

    fn fits(&self, device: &Device, serial: &Serial) -> bool {
        self.server.is_none_or(|server| device.server() == server && device.status() != DeviceStatus::Released)
            && self.order.is_none_or(|order| device.order == order + 1)
            && self.status.is_none_or(|status| device.status() == status)
            && self.serial.as_deref().is_none_or(|wanted| serial.as_str() == wanted)
    }
}

fn csv(books: &Books, page: &[DeviceId]) -> Result<Reply, Problem> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let written = writer
        .write_record(COLUMNS)
        .and_then(|()| page.iter().try_for_each(|device| writer.write_record(record(books, *device))));
    let text = written.ok().and_then(|()| writer.into_inner().ok()).unwrap_or_default();
    Ok(Reply::other("text/csv; charset=utf-8", text))
}

/// `GET …/devices/{serial}`.
pub fn show(call: &Call<'_>) -> Result<Reply, Problem> {
    let organization = call.organization()?;
    organization.read(|books, _| Ok(Reply::json(&view_with_history(books, find_device(call, books)?))))
}

/// `POST …/devices`: devices that are not bought but added by hand.
pub fn add(call: &Call<'_>) -> Result<Reply, Problem> {
    let organization = call.organization()?;
    let body: AddDevices = call.body()?;
    if body.via != "configurator" {
        return Err(Problem::unfit("/via", "devices are added via `configurator`; others come with an order"));
    }
    let count = body.count.unwrap_or(1);
    if count == 0 || count > 100_000 || (body.serial.is_some() && count != 1) {
        return Err(Problem::unfit("/count", "a count is from 1 to 100000, and 1 with a serial number"));
    }
    let serial = body
        .serial
        .as_ref()
        .map(|text| text.parse::<Serial>().map_err(|wrong| Problem::unfit("/serial", wrong.to_string())));
    let serial = serial.transpose()?;
    let addition = Addition {
        kinds: kinds(&model(&body)?, body.color.as_deref(), body.capacity.as_deref()),
        is_named: body.model.is_some() || body.family.is_some(),
        count,
        serial,
        server: body.server,
        by: body.by,
    };
    organization.write(|books, now| {
        let server = addition.server.as_ref().map(|name| find_server(books, name)).transpose()?;
        let by = books.actors.place(addition.by.as_deref().unwrap_or(Actors::AUTOMATIC));
        let added = books
            .add_devices(&addition, server, by, now)
            .map_err(|refused| Problem::conflict(refused.code(), refused.to_string()))?;
        let shown: Vec<Value> = added.iter().take(LIMITS.1).map(|device| Value::Object(view(books, *device))).collect();
        Ok(Reply::created(&json!({"count": count, "items": shown})))
    })
}

fn model(body: &AddDevices) -> Result<ModelPlan, Problem> {
    match (&body.model, body.family) {
        (None, None) => Ok(ModelPlan::AnyOf(crate::organization::Family::IPhone)),
        (None, Some(family)) => Ok(ModelPlan::AnyOf(family)),
        (Some(name), family) => match (Catalog::get().find(name), family) {
            (Some(_), None) => Ok(ModelPlan::Catalog(name.clone())),
            (Some(known), Some(family)) if known.family == family => Ok(ModelPlan::Catalog(name.clone())),
            (_, Some(family)) => Ok(ModelPlan::Custom { name: name.clone(), family }),
            (None, None) => {
                let near =
                    Catalog::get().suggest(name).map_or(String::new(), |near| format!("; did you mean `{near}`?"));
                let detail =
                    format!("the catalogue has no model `{name}`{near} Any text will do with `family` beside it");
                Err(Problem::unfit("/model", detail))
            }
        },
    }
}

/// `POST …/devices/{serial}/activate`: the device boots and gets its profile.
pub fn activate(call: &Call<'_>) -> Result<Reply, Problem> {
    let organization = call.organization()?;
    organization.write(|books, now| {
        let device = find_device(call, books)?;
        let profile = books.activate(device, now);
        let server = books.devices[device].server().map(|server| &books.servers[usize::from(server)].name);
        Ok(Reply::json(&json!({
            "serial_number": books.devices.serial(device),
            "activated_at": now,
            "server": server,
            "profile_uuid": profile.as_ref().map(|profile| &profile.profile_uuid),
            "profile_status": books.devices[device].standing.profile_status,
            "profile": profile.as_deref(),
        })))
    })
}

/// `POST …/devices/{serial}/erase`: the device is wiped; the next profile assigned to it waits for its next activation.
pub fn erase(call: &Call<'_>) -> Result<Reply, Problem> {
    change(call, |books, device, now| {
        books.erase(device, now);
        Ok(())
    })
}

/// `POST …/devices/{serial}/leave`: its user leaves remote management, within the 30 provisional days.
pub fn leave(call: &Call<'_>) -> Result<Reply, Problem> {
    change(call, |books, device, now| {
        books.leave(device, now).map_err(|refused| Problem::conflict(refused.code(), refused.to_string()))
    })
}

/// `DELETE …/devices/{serial}/migration`: the move to another server is called off.
pub fn cancel_migration(call: &Call<'_>) -> Result<Reply, Problem> {
    change(call, |books, device, now| match books.cancel_migration(device, 0, now) {
        true => Ok(()),
        false => Err(Problem::conflict("NO_MIGRATION", "the device has no migration to call off")),
    })
}

/// `POST …/devices/{serial}/replace`: a repair gives its user another device. Answers the new one.
pub fn replace(call: &Call<'_>) -> Result<Reply, Problem> {
    let organization = call.organization()?;
    let body: ReplaceBody = call.body()?;
    let serial = body
        .serial
        .as_ref()
        .map(|text| text.parse::<Serial>().map_err(|wrong| Problem::unfit("/serial", wrong.to_string())));
    let serial = serial.transpose()?;
    organization.write(|books, now| {
        let device = find_device(call, books)?;
        let new = books.replace(device, serial, now).ok_or_else(|| {
            let detail = "the device was released, or the new serial number is taken";
            Problem::conflict("CANNOT_REPLACE", detail)
        })?;
        Ok(Reply::created(&view_with_history(books, new)))
    })
}

fn change(
    call: &Call<'_>,
    change: impl FnOnce(&mut Books, DeviceId, crate::clock::Timestamp) -> Result<(), Problem>,
) -> Result<Reply, Problem> {
    let organization = call.organization()?;
    organization.write(|books, now| {
        let device = find_device(call, books)?;
        change(books, device, now)?;
        Ok(Reply::json(&view_with_history(books, device)))
    })
}

/// The device that a path names.
pub fn find_device(call: &Call<'_>, books: &Books) -> Result<DeviceId, Problem> {
    let serial = call.params.get("serial");
    books.devices.find_text(serial).ok_or_else(|| Problem::unknown("device", serial))
}

/// The server of this name or id.
pub fn find_server(books: &Books, name: &str) -> Result<u16, Problem> {
    let names = || books.servers.iter().map(|server| server.name.as_str());
    books.find_server(name).ok_or_else(|| Problem::unknown_among("server", name, names()))
}

/// The order of this number.
pub fn find_order(books: &Books, number: &str) -> Result<u32, Problem> {
    let numbers = || books.orders.iter().map(|order| order.number.as_str());
    books.find_order(number).ok_or_else(|| Problem::unknown_among("order", number, numbers()))
}
