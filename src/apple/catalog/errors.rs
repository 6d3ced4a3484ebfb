//! How the services say no: from refusal to status and body.

use http::{HeaderValue, StatusCode, header};
use serde_json::json;

use super::{ROUTES, json, wire};
use crate::apple::edge;
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
    match refusal {
        // Apple documents that this one has no data; its form was not seen.
        Refusal::DeveloperToken => empty(StatusCode::UNAUTHORIZED),
        Refusal::Picture => empty(StatusCode::NOT_FOUND),
        Refusal::Country => {
            let body = json!({"errorMessage": "Invalid value(s) for key(s): [country]"});
            with(StatusCode::BAD_REQUEST, json(&body, wire::TEXT))
        }
        Refusal::ContentToken => told(&STOKEN, None, id),
        Refusal::Parameter(name) => told(&PARAMETER, Some(name), id),
        Refusal::Storefront => told(&STOREFRONT, Some("storefront"), id),
        Refusal::NotFound => told(&NOT_FOUND, None, id),
    }
}

/// The answer with an error of an operation's catalogue by its name, as this service words it. Errors that Apple gives a code are named by that.
pub fn named(operation: &str, name: &str, id: &str) -> Response {
    match (name, operation) {
        ("40300", _) => response(&Refusal::ContentToken, id),
        ("40005", "catalog.search") => response(&Refusal::Parameter("term"), id),
        ("40005", "catalog.apps" | "catalog.books") => response(&Refusal::Parameter("ids"), id),
        ("40005", "catalog.genres" | "catalog.get_genre") => response(&Refusal::Storefront, id),
        ("40005", _) => response(&Refusal::Parameter("platform"), id),
        ("40400", _) => response(&Refusal::NotFound, id),
        ("UNAUTHORIZED", _) => response(&Refusal::DeveloperToken, id),
        ("BAD_REQUEST", _) => response(&Refusal::Country, id),
        ("NOT_FOUND", _) => response(&Refusal::Picture, id),
        // So the lookup tells those who ask too often.
        ("FORBIDDEN", _) => empty(StatusCode::FORBIDDEN),
        (name, operation) => busy(operation, name, id),
    }
}

/// What a service says that is asked too much of. The catalogue says it in its own form, and everything else by the edge's page.
fn busy(operation: &str, name: &str, id: &str) -> Response {
    let error = match name {
        "TOO_MANY_REQUESTS" => &TOO_MANY_REQUESTS,
        "SERVICE_UNAVAILABLE" => &UNAVAILABLE,
        _ => &INTERNAL,
    };
    let is_catalogues = ROUTES.iter().any(|route| route.operation == operation && route.handler.for_developers);
    if is_catalogues {
        return told(error, None, id);
    }
    let mut response = empty(error.status);
    *response.body_mut() = edge::page(error.status).into();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html"));
    response
}

/// An error in the catalogue's form.
struct Coded {
    status: StatusCode,
    code: &'static str,
    title: &'static str,
    detail: &'static str,
}

const fn coded(status: StatusCode, code: &'static str, title: &'static str, detail: &'static str) -> Coded {
    Coded { status, code, title, detail }
}

const STOKEN: Coded =
    coded(StatusCode::FORBIDDEN, "40300", "Forbidden", "Invalid Stoken or Empty/Null ids Request Parameter");
const PARAMETER: Coded = coded(
    StatusCode::BAD_REQUEST,
    "40005",
    "Invalid Parameter Value",
    "A parameter is missing or its value is invalid",
);
const STOREFRONT: Coded = coded(StatusCode::BAD_REQUEST, "40005", "Invalid Parameter Value", "Invalid storefront");
const NOT_FOUND: Coded =
    coded(StatusCode::NOT_FOUND, "40400", "Resource Not Found", "Resource with requested id was not found");
// Apple documents these statuses; nobody showed their bodies. Codes are the status and two digits, as those that were seen.
const TOO_MANY_REQUESTS: Coded =
    coded(StatusCode::TOO_MANY_REQUESTS, "42900", "Too Many Requests", "Too many requests were made");
const INTERNAL: Coded =
    coded(StatusCode::INTERNAL_SERVER_ERROR, "50000", "Internal Server Error", "An internal error occurred");
const UNAVAILABLE: Coded =
    coded(StatusCode::SERVICE_UNAVAILABLE, "50300", "Service Unavailable", "The service is unavailable");

fn told(error: &Coded, parameter: Option<&str>, id: &str) -> Response {
    let Coded { status, code, title, detail } = error;
    let mut body = json!({"id": id, "title": title, "detail": detail, "status": status.as_str(), "code": code});
    if let Some(parameter) = parameter {
        body["source"] = json!({ "parameter": parameter });
    }
    with(*status, json(&json!({ "errors": [body] }), wire::JSON))
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
    use crate::faults::{OPERATIONS, Operation};
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
    fn every_call_has_a_catalogue_and_every_error_in_it_has_its_answer() {
        for route in ROUTES {
            assert!(Operation::find(route.operation).is_some(), "{}", route.operation);
        }
        for operation in OPERATIONS.iter().filter(|operation| operation.name.starts_with("catalog.")) {
            assert!(ROUTES.iter().any(|route| route.operation == operation.name), "{}", operation.name);
            for name in operation.errors() {
                let status = match name {
                    "UNAUTHORIZED" => 401,
                    "FORBIDDEN" => 403,
                    "BAD_REQUEST" => 400,
                    "NOT_FOUND" => 404,
                    "TOO_MANY_REQUESTS" => 429,
                    "INTERNAL_SERVER_ERROR" => 500,
                    "SERVICE_UNAVAILABLE" => 503,
                    code => code[..3].parse().unwrap(),
                };
                let response = named(operation.name, name, "X");
                assert_eq!(response.status(), status, "{} {name}", operation.name);
                if name.starts_with('4') {
                    let body: serde_json::Value = serde_json::from_slice(response.body().bytes().unwrap()).unwrap();
                    assert_eq!(body["errors"][0]["code"], name, "{}", operation.name);
                }
            }
        }
    }

    #[test]
    fn an_error_has_an_id_of_twenty_six_characters() {
        assert_eq!(id([0, 0]), "A".repeat(26));
        assert_ne!(id([0, 1]), id([1, 0]));
    }
}
