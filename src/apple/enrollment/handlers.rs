//! The calls, one function each: read, one verb, write.

use super::wire::{
    self, DevicesAnswer, DevicesRequest, Discovery, DiscoveryRequest, ListRequest, LockRequest, ProfileBody,
    ReplacementDetails,
};
use super::{Call, rows};
use crate::http::{Body, Query};
use crate::organization::quirks::{AssignMethods, BetaOsMac};
use crate::organization::{ActivationLock, Books, DEFAULT_LIMIT, MAXIMUM_LIMIT, Refusal, Refused};

type Answered = Result<Body, Refused>;

/// `GET /account`.
pub fn account(call: &Call<'_>) -> Answered {
    Ok(call.caller.organization.read(|books, _| wire::account(books, call)).into())
}

/// `POST /server/devices`.
pub fn fetch_devices(call: &Call<'_>) -> Answered {
    let request: ListRequest = wire::read(&call.request.body)?;
    let cursor = request.cursor.filter(|cursor| !cursor.is_empty());
    spoil_cursor(call, cursor.as_deref())?;
    call.caller.organization.read(|books, now| {
        let page = books.fetch(call.caller.server, cursor.as_deref(), limit(books, request.limit), now)?;
        Ok(rows::fetched(books, call, &page))
    })
}

/// `POST /devices/sync`.
pub fn sync_devices(call: &Call<'_>) -> Answered {
    let request: ListRequest = wire::read(&call.request.body)?;
    let cursor = request.cursor.filter(|cursor| !cursor.is_empty());
    let cursor = cursor.ok_or_else(|| Refused::new(Refusal::CursorRequired, "`cursor` is missing"))?;
    spoil_cursor(call, Some(&cursor))?;
    call.caller.organization.read(|books, now| {
        let page = books.sync(call.caller.server, &cursor, limit(books, request.limit), now)?;
        Ok(rows::synced(books, call, &page))
    })
}

/// Out of range is clamped, and to no more than the account advertises.
fn limit(books: &Books, named: Option<i64>) -> usize {
    let advertised = books.quirks.account_limits.as_ref().map(|limits| limits.maximum as usize);
    let most = advertised.unwrap_or(MAXIMUM_LIMIT).clamp(1, MAXIMUM_LIMIT);
    named.map_or(DEFAULT_LIMIT.min(most), |limit| limit.clamp(1, most as i64) as usize)
}

/// Calls a good cursor invalid as often as the `invalid_cursor_rate` switch says.
fn spoil_cursor(call: &Call<'_>, cursor: Option<&str>) -> Result<(), Refused> {
    if cursor.is_none() {
        return Ok(());
    }
    let rate = call.caller.organization.read(|books, _| books.quirks.invalid_cursor_rate);
    if rate > 0.0 && call.caller.organization.write(|books, _| books.random.chance(rate)) {
        return Err(Refused::new(Refusal::InvalidCursor, "the switch `invalid_cursor_rate` struck"));
    }
    Ok(())
}

/// `POST /devices`.
pub fn device_details(call: &Call<'_>) -> Answered {
    let serials = wire::read::<DevicesRequest>(&call.request.body)?.serials()?;
    Ok(call.caller.organization.read(|books, now| rows::details(books, call, &serials, now)))
}

/// `POST /devices/disown`.
pub fn disown(call: &Call<'_>) -> Answered {
    let serials = wire::read::<DevicesRequest>(&call.request.body)?.serials()?;
    call.caller.organization.write(|books, now| {
        let outcomes = books.disown(call.caller.server, &call.spared(&serials), now);
        Ok(wire::write(&DevicesAnswer::new(&serials, &outcomes, call, &books.quirks)).into())
    })
}

/// `POST /profile`.
pub fn define_profile(call: &Call<'_>) -> Answered {
    let body: ProfileBody = wire::read(&call.request.body)?;
    call.caller.organization.write(|books, now| {
        let (profile, serials) = body
            .check(call.version, books.quirks.strict_profile)
            .map_err(|rule| Refused::new(Refusal::InvalidProfile(rule), rule.wants()))?;
        let (profile, assignment) = books
            .define_profile(call.caller.server, profile, &call.spared(&serials), now)
            .map_err(|refusal| Refused::new(refusal, "the profile or one of its devices is refused by a switch"))?;
        let answer = DevicesAnswer::new(&serials, &assignment.outcomes, call, &books.quirks);
        Ok(wire::write(&answer.defined(&profile.profile_uuid)).into())
    })
}

/// `GET /profile`.
pub fn get_profile(call: &Call<'_>) -> Answered {
    let query = Query::parse(call.request.head.uri.query());
    let id = query.get("profile_uuid").filter(|id| !id.is_empty());
    let id = id.ok_or_else(|| Refused::new(Refusal::ProfileUuidRequired, "`profile_uuid` is missing"))?;
    let profile = call.caller.organization.read(|books, _| books.profile(call.caller.server, id));
    let profile = profile.map_err(|refusal| Refused::new(refusal, format!("this server defined no profile {id}")))?;
    Ok(wire::profile(&profile, call.version).into())
}

/// `POST` and `PUT /profile/devices`.
pub fn assign_profile(call: &Call<'_>) -> Answered {
    let method = call.request.head.method.as_str();
    let allowed = call.caller.organization.read(|books, _| books.quirks.assign_methods);
    if (allowed == AssignMethods::Post && method != "POST") || (allowed == AssignMethods::Put && method != "PUT") {
        return Err(Refused::new(Refusal::MethodNotAllowed, "the switch `assign_methods` refuses this method"));
    }
    let mut request: DevicesRequest = wire::read(&call.request.body)?;
    let id = request.profile_uuid.take().filter(|id| !id.is_empty());
    let serials = request.serials()?;
    let id = id.ok_or_else(|| Refused::new(Refusal::ProfileUuidRequired, "`profile_uuid` is missing"))?;
    call.caller.organization.write(|books, now| {
        let assignment = books
            .assign_profile(call.caller.server, &id, &call.spared(&serials), now)
            .map_err(|refusal| Refused::new(refusal, format!("this server defined no profile {id}")))?;
        let answer = DevicesAnswer::new(&serials, &assignment.outcomes, call, &books.quirks);
        let profile = books.profile(call.caller.server, &id).unwrap_or_default();
        Ok(wire::write(&answer.assigned(&profile.profile_uuid, &assignment)).into())
    })
}

/// `DELETE /profile/devices`.
pub fn remove_profile(call: &Call<'_>) -> Answered {
    let serials = wire::read::<DevicesRequest>(&call.request.body)?.serials()?;
    call.caller.organization.write(|books, now| {
        let outcomes = books.remove_profile(call.caller.server, &call.spared(&serials), now);
        Ok(wire::write(&DevicesAnswer::new(&serials, &outcomes, call, &books.quirks)).into())
    })
}

/// `POST /device/activationlock`.
pub fn activation_lock(call: &Call<'_>) -> Answered {
    let request: LockRequest = wire::read(&call.request.body)?;
    let serial = request.device.filter(|serial| !serial.is_empty());
    let serial = serial.ok_or_else(|| Refused::new(Refusal::DeviceIdRequired, "`device` is missing"))?;
    let answer = |status: &str| wire::write(&serde_json::json!({"serial_number": serial, "response_status": status}));
    if let Some(verdict) = wire::verdict(call.verdicts, &serial) {
        return Ok(answer(verdict.status).into());
    }
    let given = |text: Option<String>| text.filter(|text| !text.is_empty());
    let lock = ActivationLock { escrow_key: given(request.escrow_key), lost_message: given(request.lost_message) };
    let outcome = call.caller.organization.write(|books, now| books.lock(call.caller.server, &serial, lock, now));
    Ok(answer(wire::lock_outcome(outcome)).into())
}

/// `GET /device/replacementDetails`. What it says below version 10 is not known; here the version makes no difference.
pub fn replacement_details(call: &Call<'_>) -> Answered {
    let query = Query::parse(call.request.head.uri.query());
    let serial = query.get("device").filter(|serial| !serial.is_empty());
    let serial = serial.ok_or_else(|| Refused::new(Refusal::DeviceIdRequired, "`device` is missing"))?;
    call.caller.organization.read(|books, _| {
        let device = books.accessible(call.caller.server, serial);
        let replaces = device.and_then(|device| Some((device, books.devices.extra(device)?.replaces?)));
        let (device, replacement) = replaces.ok_or_else(|| {
            Refused::new(Refusal::DeviceNotFound, format!("{serial} is not at this server, or replaces no device"))
        })?;
        Ok(wire::write(&ReplacementDetails::new(*books.devices.serial(device), replacement)).into())
    })
}

/// `GET /os-beta-enrollment/tokens`.
pub fn beta_tokens(call: &Call<'_>) -> Answered {
    call.caller.organization.read(|books, _| {
        if !books.quirks.beta_tokens {
            return Err(Refused::new(Refusal::SeedTurnedOff, "the switch `beta_tokens` is off"));
        }
        let mac = if books.quirks.beta_os_mac == BetaOsMac::Osx { "OSX" } else { "macOS" };
        let tokens = crate::organization::beta_programmes(&books.identity.org_id_hash);
        let tokens: Vec<wire::BetaToken> = tokens
            .map(|(os, title, token)| {
                let os = if os == "OSX" { mac } else { os };
                wire::BetaToken { token, title, os: os.to_owned() }
            })
            .collect();
        Ok(wire::beta_tokens(&tokens, &books.quirks).into())
    })
}

/// `POST /account-driven-enrollment/profile`.
pub fn set_service_discovery(call: &Call<'_>) -> Answered {
    let request: DiscoveryRequest = wire::read(&call.request.body)?;
    let url = request.mdm_service_discovery_url.unwrap_or_default();
    call.caller.organization.write(|books, now| books.set_service_discovery(call.caller.server, &url, now))?;
    Ok("{}".into())
}

/// `GET /account-driven-enrollment/profile`.
pub fn get_service_discovery(call: &Call<'_>) -> Answered {
    call.caller.organization.read(|books, _| {
        let (url, at) = books.service_discovery(call.caller.server)?;
        Ok(wire::write(&Discovery { mdm_service_discovery_url: url, last_updated_timestamp: at }).into())
    })
}

/// `DELETE /account-driven-enrollment/profile`.
pub fn clear_service_discovery(call: &Call<'_>) -> Answered {
    call.caller.organization.write(|books, _| books.clear_service_discovery(call.caller.server))?;
    Ok("{}".into())
}
