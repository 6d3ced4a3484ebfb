//! What answers have in common, and the bodies that need no list. Members are in the order of their names, as Apple writes them.

use serde::ser::{SerializeMap, SerializeSeq, Serializer};
use serde::{Deserialize, Serialize};

use super::errors::{self, Refused};
use super::{ROOT, ROUTES, is_host};
use crate::apple::{Party, invitation, json};
use crate::clock::{Span, Timestamp};
use crate::directory::ContentTokenPlace;
use crate::http::Origin;
use crate::organization::Books;
use crate::organization::content::{
    Affected, AssetKey, ClientConfiguration, ContentEvent, Limits, Location, Notification, PageOf, Pricing, UserStatus,
};
use crate::organization::quirks::{ErrorWording, TokenExpirationDate};

/// How long before a token's end answers begin to tell it, by Apple's documentation.
const NEAR: Span = Span::from_days(15);

/// Reads a request's body.
pub fn read<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, Refused> {
    json::read(body).map_err(Refused::argument)
}

/// Digits in quotes.
pub struct Digits(pub u64);

impl Serialize for Digits {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// `mdmInfo`.
#[derive(Clone, Copy, Serialize)]
pub struct MdmInfo<'a> {
    id: &'a str,
    metadata: &'a str,
    name: &'a str,
}

/// The members of every answer to a call with a token.
#[derive(Clone)]
pub struct Common<'a> {
    /// `mdmInfo`.
    pub mdm_info: Option<MdmInfo<'a>>,
    /// `tokenExpirationDate`.
    pub token_expiration_date: Option<String>,
    /// `uId`.
    pub uid: &'a str,
}

impl<'a> Common<'a> {
    /// Those for a token.
    pub fn of(books: &'a Books, place: &ContentTokenPlace, now: Timestamp) -> Self {
        let location = books.content.location(place.location);
        let expires_at = location.tokens.get(place.token).map(|token| token.expires_at).filter(|expires_at| {
            books.quirks.token_expiration_date == TokenExpirationDate::Always || *expires_at - now <= NEAR
        });
        Self {
            mdm_info: mdm_info(&location.configuration),
            token_expiration_date: expires_at.map(Timestamp::with_numeric_zone),
            uid: &location.uid,
        }
    }
}

fn mdm_info(configuration: &ClientConfiguration) -> Option<MdmInfo<'_>> {
    let info = configuration.mdm_info.as_ref()?;
    Some(MdmInfo { id: &info.id, metadata: &info.metadata, name: &info.name })
}

/// Where a page is in its list.
pub struct Paging {
    /// `currentPageIndex`.
    pub index: u32,
    /// `nextPageIndex`.
    pub next: Option<u32>,
    /// `size`: what is on the page.
    pub size: usize,
    /// `totalPages`.
    pub pages: u32,
}

impl Paging {
    /// That of a page.
    pub fn of<T>(page: &PageOf<T>) -> Self {
        Self { index: page.index, next: page.next(), size: page.items.len(), pages: page.pages }
    }
}

/// An event that has begun.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EventBody<'a> {
    event_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    mdm_info: Option<MdmInfo<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_expiration_date: Option<String>,
    u_id: &'a str,
}

/// The answer to a call that has begun an event.
pub fn event(id: &str, common: Common<'_>) -> Vec<u8> {
    let Common { mdm_info, token_expiration_date, uid } = common;
    json::write(&EventBody { event_id: id, mdm_info, token_expiration_date, u_id: uid })
}

/// What an error is about: only the dimension that is at fault.
pub struct ErrorInfo<'a>(pub &'a Affected);

impl Serialize for ErrorInfo<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Affected { assets, client_user_ids, serial_numbers } = self.0;
        let mut map = serializer.serialize_map(None)?;
        if !assets.is_empty() {
            map.serialize_entry("assets", &assets.iter().map(Asset::of).collect::<Vec<_>>())?;
        }
        if !client_user_ids.is_empty() {
            map.serialize_entry("clientUserIds", client_user_ids)?;
        }
        if !serial_numbers.is_empty() {
            map.serialize_entry("serialNumbers", serial_numbers)?;
        }
        map.end()
    }
}

/// An asset by name.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Asset {
    adam_id: Digits,
    pricing_param: &'static str,
}

impl Asset {
    fn of(key: &AssetKey) -> Self {
        Self { adam_id: Digits(key.adam_id), pricing_param: Pricing::name(key.pricing) }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Failure<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    error_info: Option<ErrorInfo<'a>>,
    error_message: &'static str,
    error_number: u16,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StatusBody<'a> {
    event_status: &'static str,
    event_type: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    failures: Vec<Failure<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mdm_info: Option<MdmInfo<'a>>,
    num_completed: u32,
    num_requested: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_expiration_date: Option<String>,
    u_id: &'a str,
}

/// How far an event has come.
pub fn status(event: &ContentEvent, wording: ErrorWording, common: Common<'_>) -> Vec<u8> {
    let failures = event.failures.iter().map(|(refusal, affected)| {
        let (error_number, error_message) = errors::told_later(*refusal, wording);
        let error_info = (!affected.is_empty()).then_some(ErrorInfo(affected));
        Failure { error_info, error_message, error_number }
    });
    json::write(&StatusBody {
        event_status: event.state().name(),
        event_type: event.kind.name(),
        failures: failures.collect(),
        mdm_info: common.mdm_info,
        num_completed: event.completed,
        num_requested: event.requested,
        token_expiration_date: common.token_expiration_date,
        u_id: common.uid,
    })
}

/// `status` of a user.
pub const fn user_status(status: UserStatus) -> &'static str {
    match status {
        UserStatus::Registered => "Registered",
        UserStatus::Associated => "Associated",
        UserStatus::Retired => "Retired",
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ClientConfigBody<'a> {
    #[serde(rename = "countryISO2ACode")]
    country: &'a str,
    default_platform: &'static str,
    location_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    mdm_info: Option<MdmInfo<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    notification_auth_token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    notification_url: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    subscribed_notification_types: &'a [Notification],
    #[serde(skip_serializing_if = "Option::is_none")]
    token_expiration_date: Option<String>,
    u_id: &'a str,
    #[serde(rename = "websiteURL")]
    website_url: &'static str,
}

/// The configuration of a location's client.
pub fn client_config(books: &Books, location: &Location, common: Common<'_>) -> Vec<u8> {
    let (default_platform, website_url) = match books.identity.kind {
        "edu" => ("volumestore", "https://school.apple.com"),
        _ => ("enterprisestore", "https://business.apple.com"),
    };
    json::write(&ClientConfigBody {
        country: &location.country,
        default_platform,
        location_name: &location.name,
        mdm_info: common.mdm_info,
        notification_auth_token: location.configuration.notification_token.as_deref(),
        notification_url: location.configuration.notification_url.as_deref(),
        subscribed_notification_types: &location.configuration.notification_types,
        token_expiration_date: common.token_expiration_date,
        u_id: common.uid,
        website_url,
    })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ServiceConfigBody<'a> {
    error_codes: ErrorCodes,
    limits: Limited<'a>,
    notification_types: [&'static str; 7],
    urls: Urls,
}

struct ErrorCodes;

impl Serialize for ErrorCodes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Code {
            error_message: &'static str,
            error_number: u16,
        }
        let mut list = serializer.serialize_seq(None)?;
        for (error_number, error_message) in errors::listed() {
            list.serialize_element(&Code { error_message, error_number })?;
        }
        list.end()
    }
}

/// The limits of version 2.
struct Limited<'a>(&'a Limits);

impl Serialize for Limited<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let limits = self.0;
        serializer.collect_map([
            ("maxAssets", limits.max_assets),
            ("maxClientUserIds", limits.max_client_user_ids),
            ("maxMdmIdLength", limits.max_mdm_id_length),
            ("maxMdmMetadataLength", limits.max_mdm_metadata_length),
            ("maxMdmNameLength", limits.max_mdm_name_length),
            ("maxNotificationLength", limits.max_notification_length),
            ("maxRequestPerSecond", limits.max_request_per_second),
            ("maxRevokeClientUserIds", limits.max_revoke_client_user_ids),
            ("maxRevokeSerialNumbers", limits.max_revoke_serial_numbers),
            ("maxSerialNumbers", limits.max_serial_numbers),
            ("maxSubscriptionClientUserIds", limits.max_subscription_client_user_ids),
            ("maxSubscriptions", limits.max_subscriptions),
            ("maxUsers", limits.max_users),
        ])
    }
}

/// Where things are, from the client's point of view.
struct Urls(Option<Origin>);

/// Names of URLs with the operations that they lead to. Subscriptions are not among them.
const CALLS: [(&str, &str); 11] = [
    ("associateAssets", "apps.associate"),
    ("clientConfig", "apps.client_config"),
    ("createUsers", "apps.create_users"),
    ("disassociateAssets", "apps.disassociate"),
    ("eventStatus", "apps.status"),
    ("getAssets", "apps.assets"),
    ("getAssignments", "apps.assignments"),
    ("getUsers", "apps.users"),
    ("retireUsers", "apps.retire_users"),
    ("revokeAssets", "apps.revoke"),
    ("updateUsers", "apps.update_users"),
];

impl Serialize for Urls {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Who came for Apple's names finds us under all of them; everybody else finds everything where they are.
        let own = self.0.as_ref().filter(|origin| !is_host(&origin.host)).map(Origin::to_string);
        let at = |host: &str| own.clone().unwrap_or_else(|| format!("https://{host}"));
        let lookup = "WebObjects/MZStorePlatform.woa/wa/lookup";
        let mut urls: Vec<(&str, String)> = Vec::with_capacity(CALLS.len() + 2);
        for (name, operation) in CALLS {
            let path = ROUTES.iter().find(|route| route.operation == operation).map_or(ROOT, |route| route.path);
            urls.push((name, format!("{}{path}", at(super::HOST))));
        }
        urls.push(("contentMetadataLookup", format!("{}/{lookup}", at("uclient-api.itunes.apple.com"))));
        let invitation = format!("{}{}?inviteCode=%25inviteCode%25&mt=8", at(invitation::HOST), invitation::PATH);
        urls.push(("invitationEmail", invitation));
        urls.sort_unstable();
        serializer.collect_map(urls)
    }
}

/// The configuration of the service.
pub fn service_config(party: &Party, origin: Option<Origin>) -> Vec<u8> {
    // Who says which location it is for hears of that one's limits; a dead token says so too.
    let limits = |books: &Books| match party.location {
        Some(location) => books.limits(location).into_owned(),
        None => books.quirks.limits.clone(),
    };
    let limits = party.organization.as_ref().map(|organization| organization.read(|books, _| limits(books)));
    let [_, types @ ..] = Notification::ALL;
    json::write(&ServiceConfigBody {
        error_codes: ErrorCodes,
        limits: Limited(&limits.unwrap_or_default()),
        notification_types: types.map(Notification::name),
        urls: Urls(origin),
    })
}
