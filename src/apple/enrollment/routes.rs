//! The service's calls.

use http::Method;

use super::{Call, Handler, handlers};
use crate::http::{Body, Route};
use crate::organization::Refused;

type Answer = fn(&Call<'_>) -> Result<Body, Refused>;

const fn call(
    method: Method,
    path: &'static str,
    operation: &'static str,
    summary: &'static str,
    answer: Answer,
) -> Route<Handler> {
    Route { method, path, operation, summary, handler: Handler::Call { answer, minds_user_agent: true } }
}

/// A call that is documented without the User-Agent codes.
const fn tolerant(
    method: Method,
    path: &'static str,
    operation: &'static str,
    summary: &'static str,
    answer: Answer,
) -> Route<Handler> {
    Route { method, path, operation, summary, handler: Handler::Call { answer, minds_user_agent: false } }
}

/// Every call of the service.
pub const ROUTES: &[Route<Handler>] = &[
    Route {
        method: Method::GET,
        path: "/session",
        operation: "enrollment.session",
        summary: "Open a session with a server token (OAuth 1.0a)",
        handler: Handler::Session,
    },
    tolerant(
        Method::GET,
        "/account",
        "enrollment.account",
        "Organisation and server of the session",
        handlers::account,
    ),
    call(
        Method::POST,
        "/server/devices",
        "enrollment.fetch_devices",
        "Devices at the server, page by page",
        handlers::fetch_devices,
    ),
    call(
        Method::POST,
        "/devices/sync",
        "enrollment.sync_devices",
        "Changes since a cursor, page by page",
        handlers::sync_devices,
    ),
    call(Method::POST, "/devices", "enrollment.device_details", "Devices by serial number", handlers::device_details),
    call(
        Method::POST,
        "/devices/disown",
        "enrollment.disown",
        "Release devices from the organisation",
        handlers::disown,
    ),
    call(
        Method::POST,
        "/profile",
        "enrollment.define_profile",
        "Define an enrolment profile",
        handlers::define_profile,
    ),
    call(Method::GET, "/profile", "enrollment.get_profile", "An enrolment profile by its id", handlers::get_profile),
    call(
        Method::POST,
        "/profile/devices",
        "enrollment.assign_profile",
        "Assign a profile to devices",
        handlers::assign_profile,
    ),
    call(
        Method::PUT,
        "/profile/devices",
        "enrollment.assign_profile",
        "Assign a profile to devices (the historic method)",
        handlers::assign_profile,
    ),
    call(
        Method::DELETE,
        "/profile/devices",
        "enrollment.remove_profile",
        "Remove the profiles of devices",
        handlers::remove_profile,
    ),
    call(
        Method::POST,
        "/device/activationlock",
        "enrollment.activation_lock",
        "Lock a device to the organisation",
        handlers::activation_lock,
    ),
    call(
        Method::GET,
        "/device/replacementDetails",
        "enrollment.replacement_details",
        "Which device a device replaces",
        handlers::replacement_details,
    ),
    tolerant(
        Method::GET,
        "/os-beta-enrollment/tokens",
        "enrollment.beta_tokens",
        "Tokens for beta programmes",
        handlers::beta_tokens,
    ),
    tolerant(
        Method::POST,
        "/account-driven-enrollment/profile",
        "enrollment.set_service_discovery",
        "Set the service discovery URL for account-driven enrolment",
        handlers::set_service_discovery,
    ),
    tolerant(
        Method::GET,
        "/account-driven-enrollment/profile",
        "enrollment.get_service_discovery",
        "The service discovery URL",
        handlers::get_service_discovery,
    ),
    tolerant(
        Method::DELETE,
        "/account-driven-enrollment/profile",
        "enrollment.clear_service_discovery",
        "Forget the service discovery URL",
        handlers::clear_service_discovery,
    ),
];
