//! How the services say no: a number and a text in an answer that is otherwise a good one.

mod numbers;

use std::borrow::Cow;
use std::sync::Arc;

use http::{HeaderValue, StatusCode, header};

pub use numbers::{Number, listed};

use super::answer::Answer;
use super::{json, set_json};
use crate::apple::{Said, edge};
use crate::http::Response;
use crate::organization::content::{ContentRefusal, ContentRefused};
use crate::organization::quirks::{Outage, OutageBody, V1Texts};
use crate::organization::{Organization, Quirks};

/// The error of a service that is down.
const DOWN: &str = "9644";

/// Seconds that a client is asked to wait with every 5xx where nothing else is said. Apple's are unknown.
const WAIT: u32 = 5;

/// A refusal of these services.
#[derive(Clone, Debug)]
pub struct Refused {
    name: &'static str,
    /// What it says where that is not the text of its number.
    message: Option<Cow<'static, str>>,
    outage: Option<Box<Outage>>,
    why: String,
}

impl Refused {
    /// The error with this number.
    pub fn new(name: &'static str, why: impl Into<String>) -> Self {
        Self { name, message: None, outage: None, why: why.into() }
    }

    /// 9602: a value that is none of those that it can be.
    pub fn argument(why: impl Into<String>) -> Self {
        Self::new("9602", why)
    }

    /// The same with a text of its own.
    pub fn saying(self, message: impl Into<Cow<'static, str>>) -> Self {
        Self { message: Some(message.into()), ..self }
    }
}

impl From<ContentRefused> for Refused {
    fn from(refused: ContentRefused) -> Self {
        let told = Self::new(number(refused.refusal), refused.why);
        match refused.refusal {
            ContentRefusal::TokenReadOnly => told.saying("sToken not allowed"),
            _ => told,
        }
    }
}

/// The service is down where the switch `outage` says so.
pub fn no_outage(organization: Option<&Organization>) -> Result<(), Refused> {
    match organization.and_then(|organization| organization.read(|books, _| books.quirks.outage.clone())) {
        Some(outage) => {
            let why = format!("the switch `outage` answers {}", outage.status);
            Err(Refused { outage: Some(Box::new(outage)), ..Refused::new(DOWN, why) })
        }
        None => Ok(()),
    }
}

/// The answer to a refused call, with its reasons. Without an organisation the defaults hold.
pub fn said(organization: Option<&Organization>, refused: Refused) -> Said {
    let number = Number::find(refused.name);
    let message = refused.message.unwrap_or_else(|| number.text(quirks(organization).v1_texts).into());
    let mut response = json(body_of(number, &message));
    if let Some(outage) = &refused.outage {
        fall_out(&mut response, outage);
    }
    ask_to_wait(&mut response);
    Said { response, refusal: Some(number.name), why: vec![refused.why], refs: number.refs }
}

fn fall_out(response: &mut Response, outage: &Outage) {
    *response.status_mut() = StatusCode::from_u16(outage.status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    if outage.body == OutageBody::Html {
        set_json(response, edge::page(response.status()));
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html"));
    }
    if let Some(seconds) = outage.retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
}

/// Every 5xx says how long to wait.
pub fn ask_to_wait(response: &mut Response) {
    if response.status().is_server_error() {
        response.headers_mut().entry(header::RETRY_AFTER).or_insert_with(|| HeaderValue::from(WAIT));
    }
}

/// The body of the error of this number.
pub fn body(organization: Option<&Organization>, name: &str) -> Vec<u8> {
    let number = Number::find(name);
    body_of(number, number.text(quirks(organization).v1_texts))
}

fn body_of(number: &Number, message: &str) -> Vec<u8> {
    Answer::default().with("errorMessage", message).with("errorNumber", number.number).with("status", -1).done()
}

/// Number and text of a refusal, for what is told of one entry in a request.
pub fn told(refusal: ContentRefusal, texts: V1Texts) -> (u16, &'static str) {
    let number = Number::find(number(refusal));
    (number.number, number.text(texts))
}

fn quirks(organization: Option<&Organization>) -> Arc<Quirks> {
    organization.map(|organization| organization.read(|books, _| books.quirks.clone())).unwrap_or_default()
}

/// The number of every refusal. Those that only version 2 or the portal has are invalid arguments here.
fn number(refusal: ContentRefusal) -> &'static str {
    use ContentRefusal as No;
    match refusal {
        No::TokenMissing => "9601",
        No::TokenUnknown | No::TokenInner | No::HeaderMalformed => "9622",
        No::TokenExpired => "9621",
        No::TokenRevoked => "9625",
        No::TokenLegacy | No::TokenReadOnly => "9637",
        No::TooManyRequests => "9646",
        No::Maintenance => DOWN,
        No::Internal => "9603",
        No::PageIndexInvalid => "9650",
        No::BatchTokenInvalid => "9633",
        No::BatchTokenElsewhere => "9629",
        No::UserNotFound => "9609",
        No::AssetUnknown | No::NotEnoughLicenses | No::LicenseUnknown => "9610",
        No::LicenseRefunded => "9624",
        No::NotRevocable => "9607",
        No::NotDeviceAssignable => "9628",
        No::AlreadyAssigned | No::AssignedToSameAccount => "9616",
        No::NotAssigned => "9619",
        No::RepeatedAssigned => "9630",
        No::RepeatedWithoutLicense => "9631",
        No::Repeated => "9632",
        No::AlreadyRetired => "9618",
        No::AccountUnusable => "9635",
        No::AccountTaken => "9641",
        No::ApnTokenInvalid => "9623",
        No::InvalidArgument
        | No::VersionInvalid
        | No::EventUnknown
        | No::NoAssets
        | No::NoTargets
        | No::TooManyAssets
        | No::TooManyClientUserIds
        | No::TooManySerialNumbers
        | No::DuplicateAssets
        | No::DuplicateClientUserIds
        | No::DuplicateSerialNumbers
        | No::SerialUnknown
        | No::NoUsers
        | No::TooManyUsers
        | No::DuplicateUsers
        | No::EmailInvalid
        | No::AlreadyRegistered
        | No::InvitationInvalid
        | No::NotificationIncomplete
        | No::NotificationTooLong
        | No::NotificationUrlInvalid
        | No::NotificationUnreachable
        | No::MdmInfoIncomplete
        | No::MdmMetadataTooLong
        | No::MdmIdTooLong
        | No::MdmNameTooLong
        | No::SubscriptionRequestInvalid
        | No::CursorInvalid
        | No::SubscriptionUnknown
        | No::SubscriptionUserNotFound
        | No::SubscriptionNotAssigned
        | No::TooManySubscriptions
        | No::SubscriptionsExist
        | No::SubscriptionsOff
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
        for number in numbers::NUMBERS {
            assert!(!number.refs.is_empty());
            for reference in number.refs {
                assert!(known.contains(reference), "the ledger has no {reference}");
            }
        }
    }

    #[test]
    fn every_call_has_a_catalogue_and_every_error_in_it_has_its_number() {
        for route in ROUTES {
            assert!(Operation::find(route.operation).is_some(), "{}", route.operation);
        }
        for operation in OPERATIONS.iter().filter(|operation| operation.name.starts_with("vpp.")) {
            assert!(ROUTES.iter().any(|route| route.operation == operation.name), "{}", operation.name);
            for name in operation.errors() {
                assert_eq!(Number::find(name).name, name, "{}", operation.name);
            }
        }
    }

    #[test]
    fn apples_lists_have_46_errors_each() {
        assert_eq!(listed(V1Texts::Current).count(), 46);
        assert_eq!(listed(V1Texts::Of2018).count(), 46);
    }
}
