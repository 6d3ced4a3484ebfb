//! `/_sim/orgs` and `/_sim/reset`.

use std::sync::Arc;
use std::time::Duration;

use super::bundle::{bundle, line};
use super::{Call, Problem, Reply};
use crate::clock::{Span, wall};
use crate::directory::{Directory, Origin};
use crate::organization::Organization;
use crate::organization::quirks;
use crate::scenario::plan::{ClockPlan, OrganizationPlan};
use crate::scenario::{self, OrganizationRequest, Surroundings};

/// The most characters of an id: it stands in paths.
const LONGEST_ID: usize = 100;

/// `GET /_sim/orgs`.
pub fn list(call: &Call<'_>) -> Result<Reply, Problem> {
    let organizations = call.control.directory.organizations();
    Ok(Reply::list(organizations.iter().map(|organization| line(organization)).collect(), None))
}

/// `POST /_sim/orgs`: an organisation as in a scenario file, or one like another.
pub fn found(call: &Call<'_>) -> Result<Reply, Problem> {
    let request = scenario::read_organization(&call.request.body, &Surroundings::house())?;
    let directory = &call.control.directory;
    let id = request.plan.id.clone().unwrap_or_else(|| directory.make_id());
    check_id(&id)?;
    let origin = match &request.like {
        Some(like) => alike(call, like, &request)?,
        None => Origin {
            content: id.clone(),
            clock: ClockPlan::default(),
            began: wall(),
            plan: Arc::new(OrganizationPlan { id: Some(id.clone()), ..request.plan }),
        },
    };
    let organization = directory.found(&id, origin)?;
    if let Some(ttl) = request.ttl {
        end_after(call.control.directory.clone(), &organization, ttl);
    }
    Ok(Reply::created(&bundle(call, &organization)))
}

/// Ids stand in paths.
pub fn check_id(id: &str) -> Result<(), Problem> {
    if id.len() > LONGEST_ID {
        return Err(Problem::unfit("/id", format!("an id has at most {LONGEST_ID} characters")));
    }
    Ok(())
}

/// Deletes an organisation when its wall time is over, unless it is gone by then and another has its id. One into which a snapshot was
/// put is still the same.
pub fn end_after(directory: Arc<Directory>, organization: &Arc<Organization>, ttl: Span) {
    let made = directory.entry(&organization.id).filter(|entry| Arc::ptr_eq(&entry.organization, organization));
    let Some(place) = made.map(|entry| entry.place) else { return };
    let id = organization.id.clone();
    let life = Duration::from_millis(ttl.millis().max(0).unsigned_abs());
    tokio::spawn(async move {
        tokio::time::sleep(life).await;
        directory.remove_made(&id, place);
    });
}

/// The plan of another organisation, with the switches and the clock that the request names, and its faults beside the other's.
fn alike(call: &Call<'_>, like: &str, request: &OrganizationRequest) -> Result<Origin, Problem> {
    let entry = call.control.directory.entry(like).ok_or_else(|| Problem::unknown("organisation", like))?;
    let mut plan = (*entry.origin.plan).clone();
    let own = &request.plan;
    for (key, given) in [
        ("servers", !own.servers.is_empty()),
        ("orders", !own.orders.is_empty()),
        ("people", !own.people.is_empty()),
        ("suppliers", own.suppliers.is_some()),
        ("locations", !own.locations.is_empty()),
        ("api_accounts", !own.api_accounts.is_empty()),
        ("timeline", request.is_timeline_given),
    ] {
        if given {
            let detail = format!(
                "`{key}` come from `{like}`: give a name, an id, quirks, faults and a clock beside `like`, or no `like`"
            );
            return Err(Problem::unfit(&format!("/{key}"), detail));
        }
    }
    // Credentials that are fixed can be one organisation's only.
    plan.servers.iter_mut().for_each(|server| server.depsim_credentials = false);
    plan.quirks = quirks::joined(&plan.quirks, &own.quirks);
    plan.faults.extend(own.faults.iter().cloned());
    plan.name = own.name.clone().or(plan.name);
    plan.clock.start = own.clock.start.or(plan.clock.start);
    plan.clock.mode = own.clock.mode.or(plan.clock.mode);
    plan.clock.rate = own.clock.rate.or(plan.clock.rate);
    Ok(Origin { plan: Arc::new(plan), ..entry.origin })
}

/// `GET /_sim/orgs/{org}`: the bundle.
pub fn show(call: &Call<'_>) -> Result<Reply, Problem> {
    Ok(Reply::json(&bundle(call, &*call.organization()?)))
}

/// `DELETE /_sim/orgs/{org}`: gone, credentials and all.
pub fn delete(call: &Call<'_>) -> Result<Reply, Problem> {
    let id = call.params.get("org");
    match call.control.directory.remove(id) {
        true => Ok(Reply::nothing()),
        false => Err(Problem::unknown("organisation", id)),
    }
}

/// `POST /_sim/reset`: back to the scenario as loaded, credentials included; what was added since is gone.
pub fn reset(call: &Call<'_>) -> Result<Reply, Problem> {
    let directory = &call.control.directory;
    directory.reset(&call.control.loaded)?;
    Ok(Reply::list(directory.organizations().iter().map(|organization| line(organization)).collect(), None))
}
