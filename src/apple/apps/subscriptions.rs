//! Calls on subscriptions (2026). Their lists go on from a cursor, and their answers do not name the MDM.

use serde::{Deserialize, Serialize};

use super::Call;
use super::errors::Refused;
use super::handlers::begin;
use super::query::Parameters;
use super::wire::{self, Common, MdmInfo};
use crate::apple::json;
use crate::organization::content::{
    AssetVerb, ContentRefusal, ContentRefused, DataSet, IdHash, Location, ManageSubscriptions, Seats, Subscription,
    SubscriptionAdmin, SubscriptionAssignment, SubscriptionState,
};

type Answered = Result<Vec<u8>, Refused>;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Managed<'a> {
    /// `null` is written here.
    mdm_info: Option<MdmInfo<'a>>,
    subscription_management: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_expiration_date: Option<String>,
    u_id: &'a str,
}

/// `POST /subscriptions/enable`.
pub fn enable(call: &Call<'_>) -> Answered {
    turn(call, true)
}

/// `POST /subscriptions/disable`.
pub fn disable(call: &Call<'_>) -> Answered {
    turn(call, false)
}

fn turn(call: &Call<'_>, enabled: bool) -> Answered {
    call.place.organization.write(|books, now| {
        books.enable_subscriptions(call.place.location, enabled)?;
        let Common { mdm_info, token_expiration_date, uid } = Common::of(books, call.place, now);
        let body = Managed { mdm_info, subscription_management: enabled, token_expiration_date, u_id: uid };
        Ok(json::write(&body))
    })
}

/// What every list ends with.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct End<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
    u_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_expiration_date: Option<String>,
    version_id: String,
}

fn end<'a>(location: &Location, next_cursor: Option<String>, common: Common<'a>) -> End<'a> {
    let Common { mdm_info: _, token_expiration_date, uid } = common;
    End { next_cursor, u_id: uid, token_expiration_date, version_id: location.version(DataSet::Subscriptions) }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Counts {
    assigned: Seats,
    available: Seats,
    total: Seats,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    parent_adam_id: u64,
    adam_id: u64,
    /// Absent where nothing is left.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<SubscriptionState>,
    #[serde(skip_serializing_if = "Option::is_none")]
    period_end_date: Option<String>,
    counts: Counts,
}

impl From<&Subscription> for Row {
    fn from(entry: &Subscription) -> Self {
        let is_left = entry.total.sum() > 0 || entry.period_end.is_some();
        Self {
            parent_adam_id: entry.parent_adam_id,
            adam_id: entry.adam_id,
            status: is_left.then_some(entry.state),
            period_end_date: entry.period_end.map(|end| end.date()),
            counts: Counts { assigned: entry.assigned, available: entry.available(), total: entry.total },
        }
    }
}

#[derive(Serialize)]
struct Subscriptions<'a> {
    subscriptions: Vec<Row>,
    #[serde(flatten)]
    end: End<'a>,
}

/// `GET /subscriptions`.
pub fn list(call: &Call<'_>) -> Answered {
    let parameters = Parameters::of(call);
    let (parents, adam_ids) = (parameters.adam_ids("parentAdamId")?, parameters.adam_ids("adamId")?);
    call.read(|books, location, common| {
        let cursor = parameters.text("cursor");
        let (part, next) = location.subscriptions_part(&parents, &adam_ids, cursor, books.quirks.page_size)?;
        let subscriptions = part.iter().map(Row::from).collect();
        Ok(json::write(&Subscriptions { subscriptions, end: end(location, next, common) }))
    })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Assignment<'a> {
    adam_id: u64,
    client_user_id: &'a str,
    renewing: bool,
}

impl<'a> From<&'a SubscriptionAssignment> for Assignment<'a> {
    fn from(assignment: &'a SubscriptionAssignment) -> Self {
        let SubscriptionAssignment { adam_id, client_user_id, renewing } = assignment;
        Self { adam_id: *adam_id, client_user_id, renewing: *renewing }
    }
}

#[derive(Serialize)]
struct Assignments<'a> {
    assignments: Vec<Assignment<'a>>,
    #[serde(flatten)]
    end: End<'a>,
}

/// `GET /subscriptions/assignments`.
pub fn assignments(call: &Call<'_>) -> Answered {
    let parameters = Parameters::of(call);
    let (parents, adam_ids) = (parameters.adam_ids("parentAdamId")?, parameters.adam_ids("adamId")?);
    call.read(|books, location, common| {
        let (user, cursor) = (parameters.text("clientUserId"), parameters.text("cursor"));
        let size = books.quirks.page_size;
        let (part, next) = location.subscription_assignments_part(&parents, &adam_ids, user, cursor, size)?;
        let assignments = part.iter().map(Assignment::from).collect();
        Ok(json::write(&Assignments { assignments, end: end(location, next, common) }))
    })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Admin<'a> {
    adam_id: u64,
    client_user_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_hash: Option<IdHash>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_status: Option<&'static str>,
}

impl<'a> Admin<'a> {
    fn of(location: &'a Location, admin: SubscriptionAdmin, with_state: bool) -> Option<Self> {
        let user = location.user(admin.user)?;
        Some(Self {
            adam_id: admin.adam_id,
            client_user_id: &user.client_user_id,
            id_hash: user.id_hash.filter(|_| with_state),
            user_status: with_state.then(|| wire::user_status(user.status)),
        })
    }
}

#[derive(Serialize)]
struct Admins<'a> {
    admins: Vec<Admin<'a>>,
    #[serde(flatten)]
    end: End<'a>,
}

/// `GET /subscriptions/admins`.
pub fn admins(call: &Call<'_>) -> Answered {
    let parameters = Parameters::of(call);
    let adam_ids = parameters.adam_ids("adamId")?;
    let with_state = parameters.flag("includeUserState")?.unwrap_or(false);
    call.read(|books, location, common| {
        let cursor = parameters.text("cursor");
        let (part, next) = location.subscription_admins_part(&adam_ids, cursor, books.quirks.page_size)?;
        let admins = part.into_iter().filter_map(|admin| Admin::of(location, admin, with_state)).collect();
        Ok(json::write(&Admins { admins, end: end(location, next, common) }))
    })
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Body {
    adam_ids: Option<Vec<i64>>,
    client_user_ids: Option<Vec<String>>,
    renewing: Option<bool>,
    deferred: Option<bool>,
}

/// `POST /subscriptions/associate`.
pub fn associate(call: &Call<'_>) -> Answered {
    let body: Body = wire::read(&call.request.body)?;
    let lasting = body.renewing.ok_or_else(|| {
        ContentRefused::new(ContentRefusal::SubscriptionRequestInvalid, "`renewing` is missing: true or false")
    })?;
    manage(call, AssetVerb::Associate, lasting, body)
}

/// `POST /subscriptions/disassociate`.
pub fn disassociate(call: &Call<'_>) -> Answered {
    let body: Body = wire::read(&call.request.body)?;
    manage(call, AssetVerb::Disassociate, body.deferred.unwrap_or(false), body)
}

impl Body {
    /// The subscriptions. What is below zero is the number of none.
    fn adam_ids(&self) -> Result<Vec<u64>, ContentRefused> {
        let read = |adam_id: &i64| {
            let unknown = |_| {
                let why = format!("adamIds has {adam_id}, which is no number of a subscription");
                ContentRefused::new(ContentRefusal::SubscriptionUnknown, why)
            };
            u64::try_from(*adam_id).map_err(unknown)
        };
        self.adam_ids.iter().flatten().map(read).collect()
    }
}

fn manage(call: &Call<'_>, verb: AssetVerb, lasting: bool, body: Body) -> Answered {
    let request = ManageSubscriptions {
        verb,
        adam_ids: body.adam_ids()?,
        client_user_ids: body.client_user_ids.unwrap_or_default(),
        lasting,
    };
    begin(call, |books, now| books.manage_subscriptions(call.place.location, request, now))
}

/// `POST /subscriptions/admins/add`.
pub fn add_admins(call: &Call<'_>) -> Answered {
    change_admins(call, true)
}

/// `POST /subscriptions/admins/remove`.
pub fn remove_admins(call: &Call<'_>) -> Answered {
    change_admins(call, false)
}

fn change_admins(call: &Call<'_>, adds: bool) -> Answered {
    let body: Body = wire::read(&call.request.body)?;
    let (adam_ids, users) = (body.adam_ids()?, body.client_user_ids.unwrap_or_default());
    call.place.organization.write(|books, now| {
        books.manage_subscription_admins(call.place.location, adds, &adam_ids, &users)?;
        let common = Common::of(books, call.place, now);
        Ok(json::write(&end(books.content.location(call.place.location), None, common)))
    })
}
