//! `…/locations/{location}/seats`.

use serde_json::{Value, json};

use super::locations::find_location;
use super::{Call, Problem, Reply};
use crate::organization::content::{Astray, Gone, Occupancy, Taking, Target};

/// Licences that are lost on somebody in an answer; the counts are always whole.
const SHOWN: usize = 10_000;

/// `GET …/locations/{location}/seats`: how the licences of each asset are taken, and those whose holder is gone. Nothing that lags is hidden here.
pub fn show(call: &Call<'_>) -> Result<Reply, Problem> {
    let organization = call.organization()?;
    organization.read(|books, _| {
        let location = find_location(books, call.params.get("location"))?;
        let Occupancy { takings, astray } = books.occupancy(location);
        let name = |adam_id: u64| books.content.title(adam_id).map(|title| title.name.as_str());
        let items: Vec<Value> = takings.iter().map(|taking| line(taking, name(taking.asset.key.adam_id))).collect();
        let shown: Vec<Value> =
            astray.iter().take(SHOWN).map(|seat| lost(seat, name(seat.asset.key.adam_id))).collect();
        Ok(Reply::json(&json!({"items": items, "astray_count": astray.len(), "astray": shown})))
    })
}

fn line(taking: &Taking<'_>, name: Option<&str>) -> Value {
    let counts = taking.asset.counts();
    json!({
        "adam_id": taking.asset.key.adam_id.to_string(),
        "pricing_param": taking.asset.key.pricing,
        "name": name,
        "total": counts.total,
        "available": counts.available,
        "users": taking.by_users,
        "devices": taking.by_devices,
        "astray": taking.astray,
    })
}

fn lost(seat: &Astray<'_>, name: Option<&str>) -> Value {
    let (user, serial) = match &seat.holder {
        Target::User(user) => (Some(user), None),
        Target::Serial(serial) => (None, Some(serial)),
    };
    json!({
        "adam_id": seat.asset.key.adam_id.to_string(),
        "pricing_param": seat.asset.key.pricing,
        "name": name,
        "client_user_id": user,
        "serial_number": serial,
        "why": match seat.why {
            Gone::NoDevice => "no_device",
            Gone::Released => "released",
            Gone::Retired => "retired",
        },
        "revocable": seat.asset.revocable,
    })
}
