//! How the service says no: from refusal to status, headers and body.

use http::{HeaderValue, StatusCode, header};

use crate::apple::edge;
use crate::http::{Body, Response};
use crate::organization::quirks::{AssignUnknownProfile, ErrorBody, OutageBody, ProfileNotFoundCode, UnknownSession};
use crate::organization::{Organization, ProfileRule, Quirks, Refusal, Refused};

/// The answer to a refused request. Without an organisation the defaults hold.
pub fn response(organization: Option<&Organization>, refused: &Refused) -> Response {
    let quirks =
        organization.map(|organization| organization.read(|books, _| books.quirks.clone())).unwrap_or_default();
    // Nobody learns what is wrong with a request from a service that is down.
    if refused.refusal == Refusal::Outage || quirks.outage.is_some() {
        return outage(&quirks);
    }
    let (status, code) = status_and_code(&refused.refusal, &quirks);
    coded(status, code, &quirks)
}

/// The answer with an error of an operation's catalogue by its name, as the room words it.
pub fn named(organization: Option<&Organization>, operation: &str, name: &str) -> Response {
    let quirks =
        organization.map(|organization| organization.read(|books, _| books.quirks.clone())).unwrap_or_default();
    match status_and_code_of(operation, name, &quirks) {
        Some((status, code)) => coded(status, code, &quirks),
        None => outage(&quirks),
    }
}

/// Status and code of an error that is called by its name; `None` where the whole service is down.
fn status_and_code_of(operation: &str, name: &str, quirks: &Quirks) -> Option<(u16, &'static str)> {
    let refusal = match (name, operation) {
        ("SERVICE_UNAVAILABLE", _) => return None,
        ("oauth_problem_advice" | "oauth_problem_adviceBad Request", _) => Refusal::OAuthMalformed,
        ("oauth_problem_adviceUnauthorized", _) => Refusal::OAuthUnauthorized,
        ("signature_invalid", _) => Refusal::SignatureInvalid,
        ("token_rejected", _) => Refusal::TokenRejected,
        ("token_expired", _) => Refusal::TokenExpired,
        ("UNAUTHORIZED", _) => Refusal::SessionOver,
        ("FORBIDDEN", _) => Refusal::Forbidden,
        ("T_C_NOT_SIGNED", _) => Refusal::TermsNotSigned,
        ("ACCESS_DENIED", _) => Refusal::AccessDenied,
        ("METHOD_NOT_ALLOWED", _) => Refusal::MethodNotAllowed,
        ("INTERNAL_SERVER_ERROR", _) => Refusal::ServerError,
        ("NOT_FOUND", "enrollment.get_profile") => return Some((quirks.unknown_profile_status, "NOT_FOUND")),
        ("PROFILE_NOT_FOUND", "enrollment.get_profile") => {
            return Some((quirks.unknown_profile_status, "PROFILE_NOT_FOUND"));
        }
        ("NOT_FOUND", "enrollment.assign_profile") => return Some((404, "NOT_FOUND")),
        ("NOT_FOUND", "enrollment.get_service_discovery") => Refusal::DiscoveryNotFound,
        ("NOT_FOUND", _) => Refusal::NotFound,
        ("DEVICE_NOT_FOUND", _) => Refusal::DeviceNotFound,
        ("APPLE_SEED_FOR_IT_TURNED_OFF", _) => Refusal::SeedTurnedOff,
        (name, _) => return Some(only_by_name(name)),
    };
    Some(status_and_code(&refusal, quirks))
}

/// Status and code of errors that say nothing else than their names: those that a call may answer, and those that were only seen or written of.
fn only_by_name(name: &str) -> (u16, &'static str) {
    const BAD_REQUESTS: [&str; 29] = [
        "USER_AGENT_MISSING",
        "USER_AGENT_INVALID",
        "MALFORMED_REQUEST_BODY",
        "CURSOR_REQUIRED",
        "INVALID_CURSOR",
        "EXPIRED_CURSOR",
        "EXHAUSTED_CURSOR",
        "DEVICE_ID_REQUIRED",
        "PROFILE_UUID_REQUIRED",
        "PROFILE_NOT_FOUND",
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
        "ORG_NOT_SUPPORTED",
        "MDM_SERVICE_DISCOVERY_URL_REQUIRED",
        "MDM_SERVICE_DISCOVERY_URL_NOT_VALID",
        "message_format_error",
        "NOT_FOUND",
        "DEVICE_NOT_FOUND",
    ];
    match name {
        "signature_invalidForbidden" => (403, "signature_invalidForbidden"),
        "signature_invalidUnauthorized" => (401, "signature_invalidUnauthorized"),
        "token_rejectedForbidden" => (403, "token_rejectedForbidden"),
        "token_rejectedUnauthorized" => (401, "token_rejectedUnauthorized"),
        "token_expiredForbidden" => (403, "token_expiredForbidden"),
        "token_expiredUnauthorized" => (401, "token_expiredUnauthorized"),
        "TOO_MANY_REQUESTS" => (429, "TOO_MANY_REQUESTS"),
        // What is left, `BAD_REQUEST`, has no words.
        other => (400, BAD_REQUESTS.into_iter().find(|name| *name == other).unwrap_or_default()),
    }
}

fn coded(status: u16, code: &str, quirks: &Quirks) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let (body, kind) = match quirks.error_body {
        _ if code.is_empty() => (String::new(), ""),
        ErrorBody::Bare => (code.to_owned(), "text/plain;charset=UTF-8"),
        ErrorBody::Newline => (format!("{code}\n"), "text/plain;charset=UTF-8"),
        ErrorBody::Quoted => (format!("\"{code}\""), "application/json;charset=UTF8"),
        ErrorBody::Json => (format!("{{\"code\":\"{code}\"}}"), "application/json;charset=UTF8"),
    };
    respond(status, body, kind)
}

/// The entries of the fidelity ledger that a refusal follows.
pub fn references(refusal: &Refusal) -> &'static [&'static str] {
    match refusal {
        Refusal::OAuthMalformed => &["enrollment.oauth-malformed", "enrollment.oauth-parameters"],
        Refusal::OAuthUnauthorized => {
            &["enrollment.oauth-unknown", "enrollment.oauth-window", "enrollment.oauth-nonce"]
        }
        Refusal::SignatureInvalid => {
            &["enrollment.oauth-signature", "enrollment.oauth-url", "enrollment.token-replaced"]
        }
        Refusal::TokenRejected => &["portal.token-revoked", "enrollment.token-rejected-status"],
        Refusal::TokenExpired => &["enrollment.token-expired"],
        Refusal::Forbidden => &["enrollment.token-admin-removed"],
        Refusal::Unauthorized => &["enrollment.session-required", "enrollment.session-unknown"],
        Refusal::SessionOver => &["enrollment.session-required", "enrollment.session-lifetime"],
        Refusal::TermsNotSigned => &["enrollment.terms", "portal.terms-lag"],
        Refusal::AccessDenied => &["enrollment.access-denied"],
        Refusal::UserAgentMissing => &["enrollment.user-agent-missing"],
        Refusal::UserAgentInvalid => &["enrollment.user-agent-blocked"],
        Refusal::MalformedRequestBody => &["enrollment.body-malformed"],
        Refusal::CursorRequired => &["enrollment.cursor-required"],
        Refusal::InvalidCursor => &["enrollment.cursor-invalid"],
        Refusal::ExpiredCursor => &["enrollment.cursor-expires"],
        Refusal::ExhaustedCursor => &["enrollment.cursor-exhausted"],
        Refusal::DeviceIdRequired => &["enrollment.details-none", "enrollment.assign-keys"],
        Refusal::ProfileUuidRequired => &["enrollment.assign-keys"],
        Refusal::ProfileNotFound => &["enrollment.profile-unknown"],
        Refusal::AssignedProfileNotFound => &["enrollment.assign-unknown-profile"],
        Refusal::NotFound => &["enrollment.profile-unknown-serials"],
        Refusal::ServerError => &["enrollment.profile-odd"],
        Refusal::InvalidProfile(_) => &["enrollment.profile-rules"],
        Refusal::DeviceNotFound => &["enrollment.replacement-not-found"],
        Refusal::SeedTurnedOff => &["enrollment.beta-off"],
        Refusal::DiscoveryUrlRequired | Refusal::DiscoveryUrlNotValid => &["enrollment.discovery-https"],
        Refusal::OrgNotSupported => &["enrollment.discovery-unsupported"],
        Refusal::DiscoveryNotFound => &["enrollment.discovery"],
        Refusal::MethodNotAllowed => &["enrollment.assign-methods"],
        Refusal::Outage => &["enrollment.outage"],
    }
}

/// The entries of the fidelity ledger on requests that no call took.
pub fn references_of_strays(status: StatusCode) -> &'static [&'static str] {
    match status {
        StatusCode::NOT_FOUND => &["enrollment.unknown-path"],
        StatusCode::METHOD_NOT_ALLOWED => &["enrollment.wrong-method"],
        StatusCode::PAYLOAD_TOO_LARGE => &["enrollment.body-too-large"],
        _ => &[],
    }
}

/// Status and code of every refusal, with the switches that change them.
fn status_and_code(refusal: &Refusal, quirks: &Quirks) -> (u16, &'static str) {
    let suffixed = |status: u16, forbidden: &'static str, unauthorized: &'static str| {
        (status, if status == 401 { unauthorized } else { forbidden })
    };
    match refusal {
        Refusal::OAuthMalformed => (400, "oauth_problem_adviceBad Request"),
        Refusal::OAuthUnauthorized => (401, "oauth_problem_adviceUnauthorized"),
        Refusal::SignatureInvalid => {
            suffixed(quirks.signature_invalid_status, "signature_invalidForbidden", "signature_invalidUnauthorized")
        }
        Refusal::TokenRejected => {
            suffixed(quirks.token_rejected_status, "token_rejectedForbidden", "token_rejectedUnauthorized")
        }
        Refusal::TokenExpired => {
            suffixed(quirks.token_expired_status, "token_expiredForbidden", "token_expiredUnauthorized")
        }
        Refusal::Forbidden => (403, "FORBIDDEN"),
        Refusal::Unauthorized => match quirks.unknown_session {
            UnknownSession::Unauthorized => (401, "UNAUTHORIZED"),
            UnknownSession::Forbidden => (403, "FORBIDDEN"),
        },
        Refusal::SessionOver => (401, "UNAUTHORIZED"),
        Refusal::TermsNotSigned => (403, "T_C_NOT_SIGNED"),
        Refusal::AccessDenied => (403, "ACCESS_DENIED"),
        Refusal::UserAgentMissing => (400, "USER_AGENT_MISSING"),
        Refusal::UserAgentInvalid => (400, "USER_AGENT_INVALID"),
        Refusal::MalformedRequestBody => (400, "MALFORMED_REQUEST_BODY"),
        Refusal::CursorRequired => (400, "CURSOR_REQUIRED"),
        Refusal::InvalidCursor => (400, "INVALID_CURSOR"),
        Refusal::ExpiredCursor => (400, "EXPIRED_CURSOR"),
        Refusal::ExhaustedCursor => (400, "EXHAUSTED_CURSOR"),
        Refusal::DeviceIdRequired => (400, "DEVICE_ID_REQUIRED"),
        Refusal::ProfileUuidRequired => (400, "PROFILE_UUID_REQUIRED"),
        Refusal::ProfileNotFound => match quirks.unknown_profile_code {
            ProfileNotFoundCode::NotFound => (quirks.unknown_profile_status, "NOT_FOUND"),
            ProfileNotFoundCode::ProfileNotFound => (quirks.unknown_profile_status, "PROFILE_NOT_FOUND"),
        },
        Refusal::AssignedProfileNotFound => match quirks.assign_unknown_profile {
            AssignUnknownProfile::NotFound => (404, "NOT_FOUND"),
            AssignUnknownProfile::ProfileNotFound => (400, "PROFILE_NOT_FOUND"),
        },
        Refusal::NotFound => (400, "NOT_FOUND"),
        Refusal::ServerError => (500, "Internal Server Error"),
        Refusal::InvalidProfile(rule) => (400, profile_code(*rule)),
        Refusal::DeviceNotFound => (quirks.replacement_not_found_status, "DEVICE_NOT_FOUND"),
        Refusal::SeedTurnedOff => (403, "APPLE_SEED_FOR_IT_TURNED_OFF"),
        Refusal::DiscoveryUrlRequired => (400, "MDM_SERVICE_DISCOVERY_URL_REQUIRED"),
        Refusal::DiscoveryUrlNotValid => (400, "MDM_SERVICE_DISCOVERY_URL_NOT_VALID"),
        Refusal::OrgNotSupported => (400, "ORG_NOT_SUPPORTED"),
        Refusal::DiscoveryNotFound => (404, "NOT_FOUND"),
        Refusal::MethodNotAllowed => (405, ""),
        Refusal::Outage => (503, ""),
    }
}

fn profile_code(rule: ProfileRule) -> &'static str {
    match rule {
        ProfileRule::UrlRequired => "CONFIG_URL_REQUIRED",
        ProfileRule::UrlInvalid => "CONFIG_URL_INVALID",
        ProfileRule::NameRequired => "CONFIG_NAME_REQUIRED",
        ProfileRule::NameInvalid => "CONFIG_NAME_INVALID",
        ProfileRule::DepartmentInvalid => "DEPARTMENT_INVALID",
        ProfileRule::MagicInvalid => "MAGIC_INVALID",
        ProfileRule::SupportPhoneInvalid => "SUPPORT_PHONE_INVALID",
        ProfileRule::SupportEmailInvalid => "SUPPORT_EMAIL_INVALID",
        ProfileRule::FlagsInvalid => "FLAGS_INVALID",
        ProfileRule::LocaleInvalid => "LOCALE_INVALID",
    }
}

/// The whole service is down, as its edge says it.
fn outage(quirks: &Quirks) -> Response {
    let outage = quirks.outage.clone();
    let status = outage.as_ref().and_then(|outage| StatusCode::from_u16(outage.status).ok());
    let status = status.unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    let reason = status.canonical_reason().unwrap_or_default();
    let html = outage.as_ref().is_some_and(|outage| outage.body == OutageBody::Html);
    let mut response = if html {
        respond(status, edge::page(status), "text/html")
    } else {
        respond(status, reason.to_owned(), "text/plain;charset=UTF-8")
    };
    if let Some(seconds) = outage.and_then(|outage| outage.retry_after) {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

fn respond(status: StatusCode, body: String, kind: &'static str) -> Response {
    let empty = body.is_empty();
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    if !empty {
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    }
    response
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::apple::enrollment::ROUTES;
    use crate::faults::{OPERATIONS, Operation};
    use crate::fidelity::Ledger;

    const REFUSALS: [Refusal; 32] = [
        Refusal::OAuthMalformed,
        Refusal::OAuthUnauthorized,
        Refusal::SignatureInvalid,
        Refusal::TokenRejected,
        Refusal::TokenExpired,
        Refusal::Forbidden,
        Refusal::Unauthorized,
        Refusal::SessionOver,
        Refusal::TermsNotSigned,
        Refusal::AccessDenied,
        Refusal::UserAgentMissing,
        Refusal::UserAgentInvalid,
        Refusal::MalformedRequestBody,
        Refusal::CursorRequired,
        Refusal::InvalidCursor,
        Refusal::ExpiredCursor,
        Refusal::ExhaustedCursor,
        Refusal::DeviceIdRequired,
        Refusal::ProfileUuidRequired,
        Refusal::ProfileNotFound,
        Refusal::AssignedProfileNotFound,
        Refusal::NotFound,
        Refusal::ServerError,
        Refusal::InvalidProfile(ProfileRule::UrlRequired),
        Refusal::DeviceNotFound,
        Refusal::SeedTurnedOff,
        Refusal::DiscoveryUrlRequired,
        Refusal::DiscoveryUrlNotValid,
        Refusal::OrgNotSupported,
        Refusal::DiscoveryNotFound,
        Refusal::MethodNotAllowed,
        Refusal::Outage,
    ];

    #[test]
    fn every_refusal_refers_to_entries_of_the_ledger() {
        let known: HashSet<&str> = Ledger::get().entries.iter().map(|entry| entry.id.as_str()).collect();
        let strays = [404, 405, 413].map(|status| references_of_strays(StatusCode::from_u16(status).unwrap()));
        let words = crate::apple::enrollment::reasons::WORDS.iter().map(|(_, refs)| *refs);
        for refs in REFUSALS.iter().map(references).chain(strays).chain(words) {
            assert!(!refs.is_empty());
            for reference in refs {
                assert!(known.contains(reference), "the ledger has no {reference}");
            }
        }
    }

    #[test]
    fn every_call_has_a_catalogue_and_every_error_in_it_has_its_words() {
        for route in ROUTES {
            assert!(Operation::find(route.operation).is_some(), "{}", route.operation);
        }
        let wordless = ["BAD_REQUEST", "METHOD_NOT_ALLOWED"];
        for operation in OPERATIONS.iter().filter(|operation| operation.name.starts_with("enrollment.")) {
            assert!(ROUTES.iter().any(|route| route.operation == operation.name), "{}", operation.name);
            for name in operation.errors() {
                let response = named(None, operation.name, name);
                let body = String::from_utf8(response.body().bytes().unwrap().to_vec()).unwrap();
                let words = body.to_ascii_lowercase().replace(' ', "_");
                let named_so = words.starts_with(&name.to_ascii_lowercase().replace(' ', "_"));
                assert!(response.status().as_u16() >= 400, "{name}");
                assert!(named_so != wordless.contains(&name), "{}: {name} says {body:?}", operation.name);
            }
        }
    }
}
