//! `…/devices/{serial}/install`.

use serde_json::{Value, json};

use super::content_bodies::InstallBody;
use super::devices::find_device;
use super::{Call, Problem, Reply};
use crate::organization::content::{NotInstalled, StoreRefusal, Target};

/// `POST …/devices/{serial}/install`: the device asks the store for a title, as an MDM server's command makes it. Answers whether it may have it;
/// that it may not is an answer too, as it is in the device's own report.
pub fn install(call: &Call<'_>) -> Result<Reply, Problem> {
    let organization = call.organization()?;
    let body: InstallBody = call.body()?;
    organization.write(|books, now| {
        let device = find_device(call, books)?;
        let outcome = books.install(device, body.adam_id.0, body.account.as_deref(), body.os_version.as_ref(), now);
        let mut shown = json!({
            "serial_number": books.devices.serial(device),
            "adam_id": body.adam_id.0.to_string(),
            "installed": outcome.is_ok(),
        });
        match outcome {
            Ok(installed) => {
                let (license, user) = match &installed.holder {
                    Target::Serial(_) => ("device", None),
                    Target::User(user) => ("user", Some(user)),
                };
                shown["location"] = json!(books.content.location(installed.location).name);
                shown["license"] = json!(license);
                shown["client_user_id"] = json!(user);
            }
            Err(NotInstalled { refusal, why }) => {
                shown["error"] = error(refusal);
                shown["why"] = json!(why);
            }
        }
        Ok(Reply::json(&shown))
    })
}

/// What the device reports to its MDM server.
fn error(refusal: StoreRefusal) -> Value {
    // Of the last two nobody has written the numbers down.
    let (code, number, message) = match refusal {
        StoreRefusal::NoLicense => ("no_license", Some(9610), "License not found"),
        StoreRefusal::NotHeardOf => ("not_heard_of", Some(9610), "License not found"),
        StoreRefusal::SystemTooOld => ("system_too_old", None, "The system is too old for this licence"),
        StoreRefusal::TooManyDevices => ("too_many_devices", None, "The account is in use on too many devices"),
    };
    json!({"code": code, "number": number, "message": message})
}
