//! How the services say no: from refusal to status and body.

use http::StatusCode;
use serde_json::json;

use super::{json, wire};
use crate::http::Response;
use crate::pki::DeveloperTokenRefusal;

/// A kind of no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The developer token is missing or not good.
    DeveloperToken,
    /// The content token is missing or not good, or nothing was asked for with it.
    ContentToken,
    /// A parameter is missing or makes no sense.
    Parameter(&'static str),
    /// There is no such storefront.
    Storefront,
    /// There is no such title or genre in this storefront.
    NotFound,
    /// The public lookup knows no such country.
    Country,
    /// There is no such picture.
    Picture,
}

/// A no, and why, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// What kind.
    pub refusal: Refusal,
    /// Why.
    pub why: String,
}

impl Refusal {
    /// This no, for a reason.
    pub fn because(self, why: impl Into<String>) -> Refused {
        Refused { refusal: self, why: why.into() }
    }

    /// Its name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::DeveloperToken => "developer_token",
            Self::ContentToken => "content_token",
            Self::Parameter(_) => "parameter",
            Self::Storefront => "storefront",
            Self::NotFound => "not_found",
            Self::Country => "country",
            Self::Picture => "picture",
        }
    }
}

/// The entries of the fidelity ledger that a refusal follows.
pub fn references(refusal: &Refusal) -> &'static [&'static str] {
    match refusal {
        Refusal::DeveloperToken => &["catalog.developer-token-refused"],
        Refusal::ContentToken => &["catalog.content-token-refused"],
        Refusal::Parameter(_) | Refusal::Storefront => &["catalog.platform-required"],
        Refusal::NotFound => &["catalog.unknown-id"],
        Refusal::Country => &["catalog.public-lookup-parameters"],
        Refusal::Picture => &["catalog.artwork"],
    }
}

impl From<DeveloperTokenRefusal> for Refused {
    fn from(refusal: DeveloperTokenRefusal) -> Self {
        Refusal::DeveloperToken.because(refusal.to_string())
    }
}

/// The answer to a refused request. `id` names this error among all.
pub fn response(refusal: &Refusal, id: &str) -> Response {
    let (status, code, title, detail, parameter) = match refusal {
        // Apple documents that this one has no data; its form was not seen.
        Refusal::DeveloperToken => return empty(StatusCode::UNAUTHORIZED),
        Refusal::Picture => return empty(StatusCode::NOT_FOUND),
        Refusal::Country => {
            let body = json!({"errorMessage": "Invalid value(s) for key(s): [country]"});
            return with(StatusCode::BAD_REQUEST, json(&body, wire::TEXT));
        }
        Refusal::ContentToken => {
            (403, "40300", "Forbidden", "Invalid Stoken or Empty/Null ids Request Parameter", None)
        }
        Refusal::Parameter(name) => {
            (400, "40005", "Invalid Parameter Value", "A parameter is missing or its value is invalid", Some(*name))
        }
        Refusal::Storefront => (400, "40005", "Invalid Parameter Value", "Invalid storefront", Some("storefront")),
        Refusal::NotFound => (404, "40400", "Resource Not Found", "Resource with requested id was not found", None),
    };
    let mut error = json!({"id": id, "title": title, "detail": detail, "status": status.to_string(), "code": code});
    if let Some(parameter) = parameter {
        error["source"] = json!({ "parameter": parameter });
    }
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    with(status, json(&json!({ "errors": [error] }), wire::JSON))
}

/// The id of an error: twenty-six characters of Base32, made of two numbers.
pub fn id([high, low]: [u64; 2]) -> String {
    let number = u128::from(high) << 64 | u128::from(low);
    (0..26)
        .map(|place| char::from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[(number >> (place * 5)) as usize & 31]))
        .collect()
}

fn empty(status: StatusCode) -> Response {
    with(status, Response::default())
}

fn with(status: StatusCode, mut response: Response) -> Response {
    *response.status_mut() = status;
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fidelity::Ledger;

    #[test]
    fn every_refusal_follows_an_entry_of_the_ledger() {
        use Refusal::{ContentToken, Country, DeveloperToken, NotFound, Parameter, Picture, Storefront};
        for refusal in [DeveloperToken, ContentToken, Parameter("ids"), Storefront, NotFound, Country, Picture] {
            for id in references(&refusal) {
                assert!(Ledger::get().entries.iter().any(|entry| entry.id == *id), "{id}");
            }
            assert!(response(&refusal, "X").status().as_u16() >= 400);
        }
    }

    #[test]
    fn an_error_has_an_id_of_twenty_six_characters() {
        assert_eq!(id([0, 0]), "A".repeat(26));
        assert_ne!(id([0, 1]), id([1, 0]));
    }
}
