//! The numbers of errors with their statuses and texts.

use crate::organization::quirks::ErrorWording;

/// An error by its number.
#[derive(Debug)]
pub struct Number {
    /// Its number.
    pub number: u16,
    /// Its number as text, which is its name too.
    pub name: &'static str,
    /// The status of an answer with it.
    pub status: u16,
    /// Its text in the list of the service configuration, or where it is not in there the only one it has.
    text: &'static str,
    /// Its text in Apple's article on errors, where that is another.
    article: Option<&'static str>,
    /// Its text where it tells what became of an event, where that is another.
    later: Option<&'static str>,
    /// The same in Apple's article, where that is another still.
    later_in_article: Option<&'static str>,
    /// Whether the list of the service configuration has it.
    is_listed: bool,
    /// The entries of the fidelity ledger on it.
    pub refs: &'static [&'static str],
}

impl Number {
    /// The error of this name; an internal error where there is none.
    pub fn find(name: &str) -> &'static Self {
        NUMBERS.iter().find(|number| number.name == name).unwrap_or(&INTERNAL)
    }

    /// Its text where it tells what became of an event.
    pub fn text_later(&self, wording: ErrorWording) -> &'static str {
        let article = self.later_in_article.filter(|_| wording == ErrorWording::Article);
        article.or(self.later).unwrap_or_else(|| self.text(wording))
    }

    /// Its text.
    pub fn text(&self, wording: ErrorWording) -> &'static str {
        match wording {
            ErrorWording::ServiceConfig => self.text,
            ErrorWording::Article => self.article.unwrap_or(self.text),
        }
    }
}

/// The list of the service configuration: number and text.
pub fn listed() -> impl Iterator<Item = (u16, &'static str)> {
    NUMBERS.iter().filter(|number| number.is_listed).map(|number| (number.number, number.text))
}

const fn listing(
    number: u16,
    name: &'static str,
    status: u16,
    text: &'static str,
    refs: &'static [&'static str],
) -> Number {
    Number { number, name, status, text, article: None, later: None, later_in_article: None, is_listed: true, refs }
}

const fn unlisted(
    number: u16,
    name: &'static str,
    status: u16,
    text: &'static str,
    refs: &'static [&'static str],
) -> Number {
    Number { is_listed: false, ..listing(number, name, status, text, refs) }
}

impl Number {
    const fn in_article(self, text: &'static str) -> Self {
        Self { article: Some(text), ..self }
    }

    const fn later_in_article(self, text: &'static str) -> Self {
        Self { later_in_article: Some(text), ..self }
    }

    const fn later(self, text: &'static str) -> Self {
        Self { later: Some(text), ..self }
    }
}

const TOKEN: &[&str] = &["apps.token-errors"];
const CHECKS: &[&str] = &["apps.request-checks"];
const LIMITS: &[&str] = &["apps.limits", "apps.request-checks"];
const ARGUMENT: &[&str] = &["apps.body-malformed"];
const CONFIG: &[&str] = &["apps.client-config", "apps.mdm-info"];
const NOTIFICATION: &[&str] = &["apps.notification-url"];
const USERS: &[&str] = &["apps.user-events"];
const SUBSCRIPTIONS: &[&str] = &["apps.subscription-errors"];
const DOWN: &[&str] = &["apps.retry-after"];

static INTERNAL: Number = listing(9603, "9603", 500, "Internal error.", DOWN);

/// All of them, in the order of the service configuration.
#[rustfmt::skip]
pub static NUMBERS: &[Number] = &[
    listing(9601, "9601", 401, "Login required.", TOKEN),
    listing(9602, "9602", 400, "Invalid argument.", ARGUMENT),
    listing(9603, "9603", 500, "Internal error.", DOWN),
    listing(9609, "9609", 400, "Unable to find the registered user.", &["apps.unknown-user"])
        .later_in_article("Unable to find registered user."),
    listing(9621, "9621", 401, "The token has expired. You need to generate a new token online using your organization's account at either school.apple.com or business.apple.com.", &["apps.token-errors", "apps.token-year"]),
    unlisted(9622, "9622", 401, "Invalid authentication token", &["apps.token-invalid-status", "apps.token-inner"]),
    unlisted(9623, "9623", 400, "The provided Apple Push Notification token is invalid.", ARGUMENT),
    listing(9625, "9625", 401, "The server has revoked the sToken.", &["apps.token-errors", "apps.token-password", "apps.token-redownload"]),
    listing(9634, "9634", 410, "This service is no longer available.", &["apps.service-config"]),
    unlisted(9635, "9635", 400, "Unable to associate the Apple Account with this user.", USERS),
    unlisted(9637, "9637", 403, "This operation isn't allowed for facilitator accounts.", &["apps.token-read-only"]),
    unlisted(9641, "9641", 400, "The Apple Account is already associated with another user.", USERS),
    unlisted(9644, "9644", 503, "The service is in maintenance mode. Try again later.", DOWN),
    listing(9646, "9646", 429, "There are too many recent requests. Try again momentarily.", &["apps.rate-limit"])
        .in_article("There are too many requests for the current organization, and the server rejected the request, either due to high server volume or an issue with the device management service. Use an incremental/exponential backoff strategy to retry the request until successful."),
    unlisted(9647, "9647", 403, "This operation isn't supported for legacy tokens.", TOKEN),
    listing(9650, "9650", 400, "The provided page index must be greater than 0, and less than the total number of pages.", &["apps.pages"]),
    listing(9700, "9700", 400, "Max assets limit on request has been passed, please stay within given limit.", LIMITS)
        .in_article("This request exceeds the maximum assets limit. Change the request to stay within the specified limit."),
    listing(9701, "9701", 400, "Max clientUserIds limit on request has been passed, please stay within given limit.", LIMITS)
        .in_article("This request exceeds the maximum clientUserIds limit. Change the request to stay within the specified limit."),
    listing(9702, "9702", 400, "Max serialNumbers limit on request has been passed, please stay within given limit.", LIMITS)
        .in_article("This request exceeds the maximum serialNumbers limit. Change the request to stay within the specified limit."),
    listing(9703, "9703", 400, "Duplicate assets found in request, please send unique assets.", CHECKS)
        .in_article("This request contains duplicate assets. Change the request to send unique assets."),
    listing(9704, "9704", 400, "Duplicate clientUserIds found in request, please send unique clients.", CHECKS)
        .in_article("This request contains duplicate clientUserIds. Change the request to send unique client IDs."),
    listing(9705, "9705", 400, "Duplicate serialNumbers found in request, please send unique serials.", CHECKS)
        .in_article("This request contains duplicate serialNumbers. Change the request to send unique serial numbers."),
    listing(9706, "9706", 400, "Asset in request is not revocable, please send revocable assets.", CHECKS)
        .in_article("The asset in the request isn't revocable. Change the request to send revocable assets."),
    listing(9707, "9707", 400, "Asset in request is not device assignable, please send device assignable assets.", CHECKS)
        .in_article("The asset in the request isn't device-assignable. Change the request to send device-assignable assets."),
    listing(9708, "9708", 400, "EventId could not be found.", &["apps.status", "apps.event-kept"])
        .in_article("Unable to find eventId."),
    listing(9709, "9709", 400, "There are not enough licenses for this app or book available to assign to the selected group.", &["apps.never-oversold"])
        .in_article("There aren't enough assets available to complete this association.")
        .later("There aren't enough assets available to complete this association."),
    listing(9710, "9710", 400, "Both the notification URL and the authentication token are necessary.", NOTIFICATION),
    listing(9711, "9711", 400, "Either the notification URL or the authentication token exceeds its maximum length. Change the request to stay within the specified limit.", NOTIFICATION),
    listing(9712, "9712", 400, "The provided notification URL must be a valid URL and use HTTPS as the protocol.", NOTIFICATION),
    listing(9713, "9713", 400, "The MDM metadata exceeds the maximum length. Change the request to stay within the specified limit.", CONFIG)
        .in_article("The device management service metadata exceeds the maximum length. Change the request to stay within the specified limit."),
    listing(9714, "9714", 400, "The number of users exceeds the maximum. Change the request to stay within the specified limit.", LIMITS),
    listing(9715, "9715", 400, "This request contains duplicate users. Change the request to send unique users.", CHECKS),
    listing(9716, "9716", 400, "A registered user already exists with the specified clientUserId.", USERS),
    listing(9717, "9717", 400, "This request contains an invalid email address. Change the request to send valid email addresses.", CHECKS),
    listing(9718, "9718", 400, "This request doesn't contain an asset, which is a required argument. Change the request to provide an asset.", CHECKS),
    listing(9719, "9719", 400, "Either clientUserIds or serialNumbers are required arguments. Change the request to provide assignable users and devices.", CHECKS),
    listing(9720, "9720", 400, "Users are a required argument. Change the request to provide a user.", CHECKS),
    listing(9721, "9721", 400, "This request contains an invalid version ID. Change the request to send the version ID from the read APIs.", &["apps.since-version"]),
    listing(9722, "9722", 401, "This request contains an invalid authorization header. Change the request to send an authorization header that matches the format 'Bearer {sToken}'.", TOKEN),
    listing(9723, "9723", 400, "You must provide an MDM name, ID, and metadata when setting the MDM information.", CONFIG)
        .in_article("You must provide a name, ID, and metadata when setting the device management information."),
    listing(9724, "9724", 400, "The MDM ID exceeds the maximum length. Change the request to stay within the specified limit.", CONFIG)
        .in_article("The device management ID exceeds the maximum length. Change the request to stay within the specified limit."),
    listing(9725, "9725", 400, "The MDM name exceeds the maximum length. Change the request to stay within the specified limit.", CONFIG)
        .in_article("The device management name exceeds the maximum length. Change the request to stay within the specified limit."),
    listing(9726, "9726", 405, "This request contains an unsupported HTTP method for the requested endpoint.", &["apps.wrong-method"]),
    listing(9727, "9727", 415, "This request contains an unsupported Content-Type for the requested endpoint.", &["apps.content-type"]),
    listing(9728, "9728", 400, "The provided notification URL is unreachable.", &["apps.notification-test"]),
    unlisted(9729, "9729", 503, "The service is temporarily unavailable. Try again later.", DOWN),
    unlisted(9811, "9811", 400, "The subscription association request is invalid.", SUBSCRIPTIONS),
    unlisted(9812, "9812", 400, "The provided cursor is invalid.", SUBSCRIPTIONS),
    unlisted(9813, "9813", 400, "The provided Adam ID is invalid.", SUBSCRIPTIONS),
    unlisted(9814, "9814", 400, "Unable to find an associated registered user for the provided clientUserId.", SUBSCRIPTIONS),
    unlisted(9815, "9815", 400, "The registered user isn't assigned the requested adamId.", SUBSCRIPTIONS),
    unlisted(9816, "9816", 400, "This request exceeds the maximum subscriptions limit. Change the request to stay within the specified limit.", SUBSCRIPTIONS),
    unlisted(9817, "9817", 400, "The user is already assigned to this subscription through group membership.", SUBSCRIPTIONS),
    unlisted(9818, "9818", 400, "Subscriptions exist for the organizational unit, so subscription management can't be disabled.", SUBSCRIPTIONS),
];
