//! Calls on users.

use serde::ser::Serializer;
use serde::{Deserialize, Serialize};

use super::Call;
use super::errors::Refused;
use super::handlers::begin;
use super::query::Parameters;
use super::wire::{self, Common, MdmInfo, Paging};
use crate::apple::json::{self, Object};
use crate::organization::content::{
    IdHash, Location, PageOf, User, UserFields, UserFilter, UserId, UserStatus, UserVerb,
};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row<'a> {
    client_user_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_hash: Option<IdHash>,
    #[serde(skip_serializing_if = "Option::is_none")]
    invite_code: Option<String>,
    status: &'static str,
}

impl<'a> Row<'a> {
    fn of(location: &Location, id: UserId, user: &'a User) -> Self {
        let registered = user.status == UserStatus::Registered;
        Self {
            client_user_id: &user.client_user_id,
            email: user.email.as_deref(),
            id_hash: user.id_hash.filter(|_| !registered),
            invite_code: registered.then(|| location.invite_code(id)),
            status: wire::user_status(user.status),
        }
    }
}

/// Rows that are written one by one.
struct Rows<'a>(&'a Location, &'a [(UserId, &'a User)]);

impl Serialize for Rows<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.1.iter().map(|(id, user)| Row::of(self.0, *id, user)))
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Page<'a> {
    current_page_index: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    mdm_info: Option<MdmInfo<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_page_index: Option<u32>,
    size: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_expiration_date: Option<String>,
    total_pages: u32,
    u_id: &'a str,
    users: Rows<'a>,
    version_id: &'a str,
}

fn page(location: &Location, page: &PageOf<(UserId, &User)>, common: Common<'_>) -> Vec<u8> {
    let Paging { index, next, size, pages } = Paging::of(page);
    let Common { mdm_info, token_expiration_date, uid } = common;
    json::write(&Page {
        current_page_index: index,
        mdm_info,
        next_page_index: next,
        size,
        token_expiration_date,
        total_pages: pages,
        u_id: uid,
        users: Rows(location, &page.items),
        version_id: &page.version,
    })
}

/// `GET /users`.
pub fn list(call: &Call<'_>) -> Result<Vec<u8>, Refused> {
    let parameters = Parameters::of(call);
    // Apple's guide still names a parameter of version 1: without retired users, then.
    let without_retired = parameters.flag("includeRetired")?.is_some_and(|includes| !includes);
    let filter = UserFilter {
        active_only: parameters.flag("activeOnly")?.unwrap_or(without_retired),
        retired_only: parameters.flag("retiredOnly")?.unwrap_or(false),
        client_user_id: parameters.text("clientUserId"),
        managed_account: parameters.text("managedAppleId"),
        since: parameters.text("sinceVersionId"),
    };
    let index = parameters.page()?;
    call.read(|books, location, common| {
        Ok(page(location, &location.users_page(&filter, index, books.quirks.page_size)?, common))
    })
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Body {
    users: Option<Vec<Object<Fields>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Fields {
    client_user_id: String,
    email: Option<String>,
    managed_apple_id: Option<String>,
}

impl From<Fields> for UserFields {
    fn from(fields: Fields) -> Self {
        let Fields { client_user_id, email, managed_apple_id } = fields;
        Self { client_user_id, email, managed_account: managed_apple_id }
    }
}

/// `POST /users/create`.
pub fn create(call: &Call<'_>) -> Result<Vec<u8>, Refused> {
    manage(call, UserVerb::Create)
}

/// `POST /users/update`.
pub fn update(call: &Call<'_>) -> Result<Vec<u8>, Refused> {
    manage(call, UserVerb::Update)
}

/// `POST /users/retire`.
pub fn retire(call: &Call<'_>) -> Result<Vec<u8>, Refused> {
    manage(call, UserVerb::Retire)
}

fn manage(call: &Call<'_>, verb: UserVerb) -> Result<Vec<u8>, Refused> {
    let body: Body = wire::read(&call.request.body)?;
    let users: Vec<UserFields> =
        body.users.unwrap_or_default().into_iter().map(|Object(fields)| fields.into()).collect();
    begin(call, |books, now| books.manage_users(call.place.location, verb, users, now))
}
