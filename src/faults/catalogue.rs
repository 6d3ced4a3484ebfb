//! The calls that a fault may strike, with the errors and results of each.

use super::Pattern;

/// A call, as far as faults mind it.
#[derive(Debug, PartialEq, Eq)]
pub struct Operation {
    /// Room, dot, verb.
    pub name: &'static str,
    /// The names of its errors, in groups.
    errors: &'static [&'static [&'static str]],
    /// What it may say of a single device; at Apps and Books, the numbers with which a task of the event that it begins may fail.
    pub results: &'static [&'static str],
    /// How devices are in its answer.
    pub shows: Shows,
}

/// How devices are in an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shows {
    /// Not at all.
    Nothing,
    /// As the rows of a page.
    Page,
    /// As a map by serial number.
    Map,
    /// It is no call with an answer: a notification that the simulator sends.
    Notification,
}

/// What the edge and every call may say.
const ANY: &[&str] = &[
    "BAD_REQUEST",
    "UNAUTHORIZED",
    "FORBIDDEN",
    "T_C_NOT_SIGNED",
    "ACCESS_DENIED",
    "METHOD_NOT_ALLOWED",
    "TOO_MANY_REQUESTS",
    "INTERNAL_SERVER_ERROR",
    "SERVICE_UNAVAILABLE",
];
/// What `/session` says in OAuth's words, in short and to the letter.
const OAUTH: &[&str] = &[
    "oauth_problem_advice",
    "oauth_problem_adviceBad Request",
    "oauth_problem_adviceUnauthorized",
    "signature_invalid",
    "signature_invalidForbidden",
    "signature_invalidUnauthorized",
    "token_rejected",
    "token_rejectedForbidden",
    "token_rejectedUnauthorized",
    "token_expired",
    "token_expiredForbidden",
    "token_expiredUnauthorized",
    "message_format_error",
];
const AGENT: &[&str] = &["USER_AGENT_MISSING", "USER_AGENT_INVALID"];
const BODY: &[&str] = &["MALFORMED_REQUEST_BODY"];
const CURSOR: &[&str] = &["INVALID_CURSOR", "EXPIRED_CURSOR", "EXHAUSTED_CURSOR"];
const SYNC: &[&str] = &["CURSOR_REQUIRED"];
const DEVICE: &[&str] = &["DEVICE_ID_REQUIRED"];
const PROFILE: &[&str] = &["PROFILE_UUID_REQUIRED", "PROFILE_NOT_FOUND"];
const FOUND: &[&str] = &["NOT_FOUND"];
const DEFINITION: &[&str] = &[
    "CONFIG_URL_REQUIRED",
    "CONFIG_URL_INVALID",
    "CONFIG_NAME_REQUIRED",
    "CONFIG_NAME_INVALID",
    "DEPARTMENT_INVALID",
    "MAGIC_INVALID",
    "SUPPORT_PHONE_INVALID",
    "SUPPORT_EMAIL_INVALID",
    "FLAGS_INVALID",
    "LOCALE_INVALID",
    "DESCRIPTION_INVALID",
    "DEPARTMENT_REQUIRED",
    "SUPPORT_PHONE_REQUIRED",
];
const REPLACEMENT: &[&str] = &["DEVICE_NOT_FOUND"];
const SEED: &[&str] = &["APPLE_SEED_FOR_IT_TURNED_OFF"];
const DISCOVERY: &[&str] = &["ORG_NOT_SUPPORTED"];
const DISCOVERY_URL: &[&str] = &["MDM_SERVICE_DISCOVERY_URL_REQUIRED", "MDM_SERVICE_DISCOVERY_URL_NOT_VALID"];

const DONE: &[&str] = &["SUCCESS", "NOT_ACCESSIBLE", "FAILED", "NOT_FOUND"];
const ASSIGNED: &[&str] = &["SUCCESS", "NOT_ACCESSIBLE", "FAILED", "THROTTLED", "NOT_FOUND"];
const SHOWN: &[&str] = &["NOT_ACCESSIBLE", "FAILED", "NOT_FOUND"];
const LOCKED: &[&str] =
    &["SUCCESS", "NOT_ACCESSIBLE", "FAILED", "ORG_NOT_SUPPORTED", "DEVICE_NOT_SUPPORTED", "DEVICE_ALREADY_LOCKED"];

/// The numbers with which tasks of events fail.
const TAKEN: &[&str] = &["9603", "9609", "9644", "9709"];
const GIVEN_BACK: &[&str] = &["9603", "9609", "9644"];
const CREATED: &[&str] = &["9603", "9635", "9641", "9644", "9716"];
const UPDATED: &[&str] = &["9603", "9609", "9635", "9641", "9644"];
const RETIRED: &[&str] = &["9603", "9609", "9644"];

/// What every call of Apps and Books may say, by number.
const APPS: &[&str] =
    &["9601", "9602", "9603", "9621", "9622", "9625", "9634", "9637", "9644", "9646", "9647", "9722", "9726", "9729"];
const PAGE: &[&str] = &["9650"];
const SINCE: &[&str] = &["9721"];
const CONTENT_TYPE: &[&str] = &["9727"];
const TARGETS: &[&str] = &["9609", "9701", "9702", "9704", "9705", "9719"];
const ASSETS: &[&str] = &["9700", "9703", "9707", "9709", "9718"];
const IRREVOCABLE: &[&str] = &["9706"];
const USERS: &[&str] = &["9609", "9714", "9715", "9717", "9720"];
const CLIENT: &[&str] = &["9623", "9710", "9711", "9712", "9713", "9723", "9724", "9725", "9728"];
const EVENT: &[&str] = &["9708"];
const SUBSCRIPTION: &[&str] = &["9812", "9813"];
const SUBSCRIBING: &[&str] = &["9811", "9813", "9814", "9815", "9816", "9817"];
const SUBSCRIBED: &[&str] = &["9818"];

/// What the stores' services may say: the catalogue by the code where Apple gives one, the others by a word.
const BUSY: &[&str] = &["TOO_MANY_REQUESTS", "INTERNAL_SERVER_ERROR", "SERVICE_UNAVAILABLE"];
const DEVELOPER: &[&str] = &["UNAUTHORIZED"];
const STOKEN: &[&str] = &["40300"];
const PARAMETER: &[&str] = &["40005"];
const ID: &[&str] = &["40400"];
const TOO_OFTEN: &[&str] = &["FORBIDDEN"];
const COUNTRY: &[&str] = &["BAD_REQUEST"];
const PICTURE: &[&str] = &["NOT_FOUND"];
/// What every call of version 1 of Apps and Books may say, by number.
const VPP: &[&str] = &[
    "9600", "9601", "9602", "9603", "9605", "9606", "9608", "9611", "9615", "9617", "9621", "9622", "9625", "9634",
    "9637", "9644", "9646", "9729",
];
const VPP_USER: &[&str] = &["9604", "9609", "9618", "9620", "9635", "9636", "9641", "9642"];
const VPP_BATCH: &[&str] = &["9614", "9629", "9633"];
const VPP_MANAGE: &[&str] = &[
    "9607", "9609", "9610", "9612", "9613", "9616", "9619", "9624", "9626", "9627", "9628", "9630", "9631", "9632",
    "9643",
];
const VPP_PAGE: &[&str] = &["9649", "9650"];
const VPP_CLIENT: &[&str] = &["9623"];

/// What the page of an invitation may say.
const INVITATION: &[&str] = &["BAD_REQUEST", "NOT_FOUND", "GONE"];

const fn operation(
    name: &'static str,
    errors: &'static [&'static [&'static str]],
    results: &'static [&'static str],
    shows: Shows,
) -> Operation {
    Operation { name, errors, results, shows }
}

/// Every call of Apple's services that there is.
pub static OPERATIONS: &[Operation] = &[
    operation("enrollment.session", &[OAUTH, ANY], &[], Shows::Nothing),
    operation("enrollment.account", &[ANY], &[], Shows::Nothing),
    operation("enrollment.fetch_devices", &[CURSOR, BODY, AGENT, ANY], &[], Shows::Page),
    operation("enrollment.sync_devices", &[CURSOR, SYNC, BODY, AGENT, ANY], &[], Shows::Page),
    operation("enrollment.device_details", &[DEVICE, BODY, AGENT, ANY], SHOWN, Shows::Map),
    operation("enrollment.disown", &[DEVICE, BODY, AGENT, ANY], DONE, Shows::Map),
    operation("enrollment.define_profile", &[DEFINITION, FOUND, BODY, AGENT, ANY], DONE, Shows::Map),
    operation("enrollment.get_profile", &[PROFILE, FOUND, AGENT, ANY], &[], Shows::Nothing),
    operation("enrollment.assign_profile", &[DEVICE, PROFILE, FOUND, BODY, AGENT, ANY], ASSIGNED, Shows::Map),
    operation("enrollment.remove_profile", &[DEVICE, BODY, AGENT, ANY], DONE, Shows::Map),
    operation("enrollment.activation_lock", &[DEVICE, BODY, AGENT, ANY], LOCKED, Shows::Nothing),
    operation("enrollment.replacement_details", &[DEVICE, REPLACEMENT, AGENT, ANY], &[], Shows::Nothing),
    operation("enrollment.beta_tokens", &[SEED, ANY], &[], Shows::Nothing),
    operation("enrollment.set_service_discovery", &[DISCOVERY_URL, DISCOVERY, BODY, ANY], &[], Shows::Nothing),
    operation("enrollment.get_service_discovery", &[DISCOVERY, FOUND, ANY], &[], Shows::Nothing),
    operation("enrollment.clear_service_discovery", &[DISCOVERY, ANY], &[], Shows::Nothing),
    operation("apps.service_config", &[APPS], &[], Shows::Nothing),
    operation("apps.client_config", &[APPS], &[], Shows::Nothing),
    operation("apps.set_client_config", &[CLIENT, CONTENT_TYPE, APPS], &[], Shows::Nothing),
    operation("apps.assets", &[PAGE, APPS], &[], Shows::Page),
    operation("apps.associate", &[ASSETS, TARGETS, CONTENT_TYPE, APPS], TAKEN, Shows::Nothing),
    operation("apps.disassociate", &[ASSETS, IRREVOCABLE, TARGETS, CONTENT_TYPE, APPS], GIVEN_BACK, Shows::Nothing),
    operation("apps.revoke", &[TARGETS, CONTENT_TYPE, APPS], GIVEN_BACK, Shows::Nothing),
    operation("apps.assignments", &[PAGE, SINCE, APPS], &[], Shows::Page),
    operation("apps.users", &[PAGE, SINCE, APPS], &[], Shows::Page),
    operation("apps.create_users", &[USERS, CONTENT_TYPE, APPS], CREATED, Shows::Nothing),
    operation("apps.update_users", &[USERS, CONTENT_TYPE, APPS], UPDATED, Shows::Nothing),
    operation("apps.retire_users", &[USERS, CONTENT_TYPE, APPS], RETIRED, Shows::Nothing),
    operation("apps.status", &[EVENT, APPS], &[], Shows::Nothing),
    operation("apps.subscriptions", &[SUBSCRIPTION, APPS], &[], Shows::Page),
    operation("apps.enable_subscriptions", &[APPS], &[], Shows::Nothing),
    operation("apps.disable_subscriptions", &[SUBSCRIBED, APPS], &[], Shows::Nothing),
    operation("apps.subscription_assignments", &[SUBSCRIPTION, APPS], &[], Shows::Page),
    operation("apps.associate_subscriptions", &[SUBSCRIBING, CONTENT_TYPE, APPS], &[], Shows::Nothing),
    operation("apps.disassociate_subscriptions", &[SUBSCRIBING, CONTENT_TYPE, APPS], &[], Shows::Nothing),
    operation("apps.subscription_admins", &[SUBSCRIPTION, APPS], &[], Shows::Page),
    operation("apps.add_subscription_admins", &[SUBSCRIBING, CONTENT_TYPE, APPS], &[], Shows::Nothing),
    operation("apps.remove_subscription_admins", &[SUBSCRIBING, CONTENT_TYPE, APPS], &[], Shows::Nothing),
    operation("catalog.lookup", &[TOO_OFTEN, BUSY], &[], Shows::Nothing),
    operation("catalog.public_lookup", &[COUNTRY, TOO_OFTEN, BUSY], &[], Shows::Nothing),
    operation("catalog.artwork", &[PICTURE, BUSY], &[], Shows::Nothing),
    operation("catalog.proxy_token", &[BUSY], &[], Shows::Nothing),
    operation("catalog.test", &[DEVELOPER, BUSY], &[], Shows::Nothing),
    operation("catalog.storefronts", &[DEVELOPER, BUSY], &[], Shows::Nothing),
    operation("catalog.get_storefront", &[ID, DEVELOPER, BUSY], &[], Shows::Nothing),
    operation("catalog.stoken_apps", &[STOKEN, PARAMETER, DEVELOPER, BUSY], &[], Shows::Nothing),
    operation("catalog.stoken_books", &[STOKEN, PARAMETER, DEVELOPER, BUSY], &[], Shows::Nothing),
    operation("catalog.stoken_purchases", &[STOKEN, PARAMETER, DEVELOPER, BUSY], &[], Shows::Nothing),
    operation("catalog.apps", &[PARAMETER, DEVELOPER, BUSY], &[], Shows::Nothing),
    operation("catalog.get_app", &[ID, PARAMETER, DEVELOPER, BUSY], &[], Shows::Nothing),
    operation("catalog.app_genres", &[ID, PARAMETER, DEVELOPER, BUSY], &[], Shows::Nothing),
    operation("catalog.books", &[PARAMETER, DEVELOPER, BUSY], &[], Shows::Nothing),
    operation("catalog.get_book", &[ID, PARAMETER, DEVELOPER, BUSY], &[], Shows::Nothing),
    operation("catalog.book_genres", &[ID, PARAMETER, DEVELOPER, BUSY], &[], Shows::Nothing),
    operation("catalog.genres", &[PARAMETER, DEVELOPER, BUSY], &[], Shows::Nothing),
    operation("catalog.get_genre", &[ID, PARAMETER, DEVELOPER, BUSY], &[], Shows::Nothing),
    operation("catalog.search", &[PARAMETER, DEVELOPER, BUSY], &[], Shows::Nothing),
    operation("vpp.service_config", &[VPP], &[], Shows::Nothing),
    operation("vpp.client_config", &[VPP_CLIENT, VPP], &[], Shows::Nothing),
    operation("vpp.register_user", &[VPP_USER, VPP], &[], Shows::Nothing),
    operation("vpp.edit_user", &[VPP_USER, VPP], &[], Shows::Nothing),
    operation("vpp.get_user", &[VPP_USER, VPP], &[], Shows::Nothing),
    operation("vpp.retire_user", &[VPP_USER, VPP], &[], Shows::Nothing),
    operation("vpp.users", &[VPP_BATCH, VPP], &[], Shows::Page),
    operation("vpp.licenses", &[VPP_BATCH, VPP], &[], Shows::Page),
    operation("vpp.assets", &[VPP], &[], Shows::Page),
    operation("vpp.assignments", &[VPP_PAGE, VPP], &[], Shows::Page),
    operation("vpp.manage_licenses", &[VPP_MANAGE, VPP], &[], Shows::Nothing),
    operation("vpp.associate_license", &[VPP], &[], Shows::Nothing),
    operation("vpp.disassociate_license", &[VPP], &[], Shows::Nothing),
    operation("invitation.show", &[INVITATION, BUSY], &[], Shows::Nothing),
    operation("invitation.accept", &[INVITATION, BUSY], &[], Shows::Nothing),
];

/// The call that Apple's services make themselves.
pub static NOTIFICATION: Operation = operation("apps.notification", &[], &[], Shows::Notification);

impl Operation {
    /// Every operation that a fault may strike: calls of the services, and what they send.
    pub fn all() -> impl Iterator<Item = &'static Self> + Clone {
        OPERATIONS.iter().chain(std::iter::once(&NOTIFICATION))
    }

    /// The call of this name.
    pub fn find(name: &str) -> Option<&'static Self> {
        Self::all().find(|operation| operation.name == name)
    }

    /// The calls whose names fit `pattern`.
    pub(super) fn matching(pattern: &Pattern) -> impl Iterator<Item = &'static Self> {
        Self::all().filter(|operation| pattern.matches(operation.name))
    }

    /// Its catalogue: the names of its errors.
    pub fn errors(&self) -> impl Iterator<Item = &'static str> {
        self.errors.iter().flat_map(|group| group.iter().copied())
    }

    /// Whether its pages have a version that a write to their list changes.
    pub fn has_versions(&self) -> bool {
        matches!(self.name, "apps.assets" | "apps.assignments" | "apps.users")
    }

    /// The error of this name, as the catalogue writes it.
    pub fn error(&self, name: &str) -> Option<&'static str> {
        self.errors().find(|known| known.eq_ignore_ascii_case(name))
    }
}
