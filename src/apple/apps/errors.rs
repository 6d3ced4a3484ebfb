//! How the service says no: numbers, statuses and texts.

mod numbers;

use std::sync::Arc;

use http::{HeaderValue, StatusCode, header};
use serde::Serialize;

pub use numbers::{Number, listed};

use super::{json, set_json, status_of, wire};
use crate::apple::{Said, edge};
use crate::clock::Span;
use crate::faults::Verdict;
use crate::http::Response;
use crate::organization::content::{Affected, ComeAgain, ContentRefusal, ContentRefused, ForcedFailure};
use crate::organization::quirks::{ErrorWording, OutageBody};
use crate::organization::{Organization, Quirks};

/// The error of a service that is down.
pub const UNAVAILABLE: &str = "9729";

/// Seconds that a client is asked to wait with every 5xx where nothing else is said. Apple's are unknown.
const WAIT: u32 = 5;

/// A refusal of this service.
#[derive(Debug)]
pub struct Refused {
    name: &'static str,
    affected: Option<Box<Affected>>,
    why: String,
    /// `Retry-After`.
    again: Option<HeaderValue>,
}

impl Refused {
    /// The error with this number.
    pub fn new(name: &'static str, why: impl Into<String>) -> Self {
        Self { name, affected: None, why: why.into(), again: None }
    }

    /// The same, with the time at which the client may come again, where it is told.
    pub fn until(mut self, again: Option<ComeAgain>) -> Self {
        self.again = again.and_then(|again| match again {
            // A second that has begun is waited for.
            ComeAgain::After(span) => Some(HeaderValue::from(span.seconds_rounded_up().max(1))),
            ComeAgain::At(at) => HeaderValue::try_from((at + Span::from_millis(999)).http_date()).ok(),
        });
        self
    }

    /// 9602: a value that is none of those that it can be.
    pub fn argument(why: impl Into<String>) -> Self {
        Self::new("9602", why)
    }
}

impl From<ContentRefused> for Refused {
    fn from(refused: ContentRefused) -> Self {
        let affected = Some(refused.affected).filter(|affected| !affected.is_empty());
        Self { name: number(refused.refusal), affected, why: refused.why, again: None }
    }
}

/// Number and text of a refusal in the answer to a request.
pub fn told(refusal: ContentRefusal, wording: ErrorWording) -> (u16, &'static str) {
    let number = Number::find(number(refusal));
    (number.number, number.text(wording))
}

/// Number and text of a refusal in an event's failures and in notifications, where Apple has other texts for some.
pub fn told_later(refusal: ContentRefusal, wording: ErrorWording) -> (u16, &'static str) {
    let number = Number::find(number_later(refusal));
    (number.number, number.text_later(wording))
}

/// The number of a refusal in an event, where maintenance has another than in the answer to a request.
fn number_later(refusal: ContentRefusal) -> &'static str {
    match refusal {
        ContentRefusal::Maintenance => "9644",
        refusal => number(refusal),
    }
}

/// What a fault does to tasks of an event: its status is the number of one of the refusals that they have.
pub fn forced(verdict: &Verdict) -> Option<ForcedFailure> {
    use ContentRefusal as No;
    let all = [
        No::Internal,
        No::UserNotFound,
        No::AccountUnusable,
        No::AccountTaken,
        No::Maintenance,
        No::NotEnoughLicenses,
        No::AlreadyRegistered,
    ];
    let refusal = all.into_iter().find(|refusal| number_later(*refusal) == verdict.status)?;
    Some(ForcedFailure { targets: verdict.serials.clone(), refusal })
}

/// The answer to a refused request, with its reasons. Without an organisation the defaults hold.
pub fn said(organization: Option<&Organization>, refused: Refused) -> Said {
    let number = Number::find(refused.name);
    let mut response = respond(&quirks(organization), number, refused.affected.as_deref());
    if let Some(again) = refused.again {
        response.headers_mut().insert(header::RETRY_AFTER, again);
    }
    Said { response, refusal: Some(number.name), why: vec![refused.why], refs: number.refs }
}

/// The answer with the error of this number.
pub fn named(organization: Option<&Organization>, name: &str) -> Response {
    respond(&quirks(organization), Number::find(name), None)
}

/// The body of an answer that no call gave, and the entries of the fidelity ledger on it.
pub fn stray(organization: Option<&Organization>, status: StatusCode) -> (Vec<u8>, &'static [&'static str]) {
    let (name, refs): (_, &[&str]) = match status {
        StatusCode::METHOD_NOT_ALLOWED => ("9726", &["apps.wrong-method"]),
        StatusCode::NOT_FOUND => ("9602", &["apps.unknown-path"]),
        _ => ("9602", &["enrollment.body-too-large"]),
    };
    (body(&quirks(organization), Number::find(name), None), refs)
}

/// Every 5xx says how long to wait.
pub fn ask_to_wait(response: &mut Response) {
    if response.status().is_server_error() {
        response.headers_mut().entry(header::RETRY_AFTER).or_insert_with(|| HeaderValue::from(WAIT));
    }
}

fn quirks(organization: Option<&Organization>) -> Arc<Quirks> {
    organization.map(|organization| organization.read(|books, _| books.quirks.clone())).unwrap_or_default()
}

fn respond(quirks: &Quirks, number: &Number, affected: Option<&Affected>) -> Response {
    let outage = quirks.outage.as_ref().filter(|_| number.name == UNAVAILABLE);
    let mut response = json(body(quirks, number, affected));
    *response.status_mut() = match outage {
        Some(outage) => status_of(outage.status),
        None if number.name == "9622" => status_of(quirks.invalid_token_status),
        None => status_of(number.status),
    };
    if let Some(outage) = outage {
        if outage.body == OutageBody::Html {
            let page = edge::page(response.status());
            set_json(&mut response, page);
            response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html"));
        }
        if let Some(seconds) = outage.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
    }
    ask_to_wait(&mut response);
    response
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ErrorBody<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    error_info: Option<wire::ErrorInfo<'a>>,
    error_message: &'a str,
    error_number: u16,
}

fn body(quirks: &Quirks, number: &Number, affected: Option<&Affected>) -> Vec<u8> {
    crate::apple::json::write(&ErrorBody {
        error_info: affected.map(wire::ErrorInfo),
        error_message: number.text(quirks.error_wording),
        error_number: number.number,
    })
}

/// The number of every refusal. Those that only version 1 or the portal has are invalid arguments here.
fn number(refusal: ContentRefusal) -> &'static str {
    use ContentRefusal as No;
    match refusal {
        No::TokenMissing => "9601",
        No::HeaderMalformed => "9722",
        No::TokenUnknown | No::TokenInner => "9622",
        No::TokenExpired => "9621",
        No::TokenRevoked => "9625",
        No::TokenLegacy => "9647",
        No::TokenReadOnly => "9637",
        No::TooManyRequests => "9646",
        No::Maintenance => UNAVAILABLE,
        No::Internal => "9603",
        No::PageIndexInvalid => "9650",
        No::VersionInvalid => "9721",
        No::EventUnknown => "9708",
        No::NoAssets => "9718",
        No::NoTargets => "9719",
        No::TooManyAssets => "9700",
        No::TooManyClientUserIds => "9701",
        No::TooManySerialNumbers => "9702",
        No::DuplicateAssets => "9703",
        No::DuplicateClientUserIds => "9704",
        No::DuplicateSerialNumbers => "9705",
        No::NotRevocable => "9706",
        No::NotDeviceAssignable => "9707",
        No::UserNotFound | No::AlreadyRetired => "9609",
        No::NotEnoughLicenses => "9709",
        No::NoUsers => "9720",
        No::TooManyUsers => "9714",
        No::DuplicateUsers => "9715",
        No::EmailInvalid => "9717",
        No::AlreadyRegistered => "9716",
        No::AccountUnusable => "9635",
        No::AccountTaken => "9641",
        No::NotificationIncomplete => "9710",
        No::NotificationTooLong => "9711",
        No::NotificationUrlInvalid => "9712",
        No::NotificationUnreachable => "9728",
        No::ApnTokenInvalid => "9623",
        No::MdmInfoIncomplete => "9723",
        No::MdmMetadataTooLong => "9713",
        No::MdmIdTooLong => "9724",
        No::MdmNameTooLong => "9725",
        No::SubscriptionRequestInvalid => "9811",
        No::CursorInvalid => "9812",
        No::SubscriptionUnknown => "9813",
        No::SubscriptionUserNotFound => "9814",
        No::SubscriptionNotAssigned => "9815",
        No::TooManySubscriptions => "9816",
        No::SubscriptionsExist => "9818",
        No::InvalidArgument
        | No::SerialUnknown
        | No::AlreadyAssigned
        | No::AssignedToSameAccount
        | No::NotAssigned
        | No::LicenseUnknown
        | No::LicenseRefunded
        | No::RepeatedAssigned
        | No::RepeatedWithoutLicense
        | No::Repeated
        | No::BatchTokenInvalid
        | No::BatchTokenElsewhere
        | No::InvitationInvalid
        | No::SubscriptionsOff
        | No::AssetUnknown
        | No::BeyondCredit
        | No::NotInStorefront
        | No::NotForThisOrganization
        | No::NotReviewed
        | No::NotCustom
        | No::LicensesInUse
        | No::TooManyLicenses
        | No::WithoutEnd => "9602",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::super::ROUTES;
    use super::*;
    use crate::faults::{OPERATIONS, Operation};
    use crate::fidelity::Ledger;

    #[test]
    fn every_number_refers_to_entries_of_the_ledger() {
        let known: HashSet<&str> = Ledger::get().entries.iter().map(|entry| entry.id.as_str()).collect();
        let strays = [404, 405, 413].map(|status| stray(None, StatusCode::from_u16(status).unwrap()).1);
        for refs in numbers::NUMBERS.iter().map(|number| number.refs).chain(strays) {
            assert!(!refs.is_empty());
            for reference in refs {
                assert!(known.contains(reference), "the ledger has no {reference}");
            }
        }
    }

    #[test]
    fn every_number_that_a_task_may_be_failed_with_stands_for_a_refusal() {
        let apps = OPERATIONS.iter().filter(|operation| operation.name.starts_with("apps."));
        let numbers: Vec<&str> = apps.flat_map(|operation| operation.results).copied().collect();
        assert!(numbers.len() > 20);
        for status in numbers {
            let forced = forced(&Verdict { serials: None, status, retry_after_seconds: None }).unwrap();
            assert_eq!(told_later(forced.refusal, ErrorWording::default()).0.to_string(), status);
        }
    }

    #[test]
    fn every_call_has_a_catalogue_and_every_error_in_it_has_its_number() {
        for route in ROUTES {
            assert!(Operation::find(route.operation).is_some(), "{}", route.operation);
        }
        for operation in OPERATIONS.iter().filter(|operation| operation.name.starts_with("apps.")) {
            assert!(ROUTES.iter().any(|route| route.operation == operation.name), "{}", operation.name);
            for name in operation.errors() {
                assert_eq!(Number::find(name).name, name, "{}", operation.name);
            }
        }
    }
}
