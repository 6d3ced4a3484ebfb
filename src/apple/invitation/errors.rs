//! How the page says no: what it shows, and with which status.

use http::{HeaderValue, StatusCode, header};

use super::{html, page};
use crate::apple::{Said, edge};
use crate::http::Response;
use crate::organization::content::ContentRefused;

/// A kind of no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The link has no code.
    NoCode,
    /// The link is the template that the MDM server was to fill in.
    Template,
    /// Nobody was invited with this code.
    Unknown,
    /// The invitation was accepted before.
    Accepted,
    /// Whom it invited is no longer a user.
    Retired,
    /// What was sent is not the form.
    NoForm,
}

/// A no, and why, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    refusal: Refusal,
    why: String,
}

impl Refusal {
    /// This no, for a reason.
    pub fn because(self, why: impl Into<String>) -> Refused {
        Refused { refusal: self, why: why.into() }
    }

    fn name(self) -> &'static str {
        match self {
            Self::NoCode => "invite_code_missing",
            Self::Template => "invite_code_not_filled_in",
            Self::Unknown => "invite_code_unknown",
            Self::Accepted => "invitation_accepted",
            Self::Retired => "user_retired",
            Self::NoForm => "no_form",
        }
    }

    fn status(self) -> StatusCode {
        match self {
            Self::NoCode | Self::Template | Self::NoForm => StatusCode::BAD_REQUEST,
            Self::Unknown => StatusCode::NOT_FOUND,
            Self::Accepted | Self::Retired => StatusCode::GONE,
        }
    }

    /// What people read: what is wrong, and what would be right.
    fn told(self) -> (&'static str, &'static str) {
        match self {
            Self::NoCode => (
                "This link is not complete",
                "The invitation’s code is missing: the link ends with ?inviteCode= and 32 letters and digits. Perhaps only a part of it was copied.",
            ),
            Self::Template => (
                "This link was not filled in",
                "It still says %inviteCode% where the code of the invited user belongs. Whoever sent it has to put that code in.",
            ),
            Self::Unknown => (
                "There is no such invitation",
                "Nobody was invited with the code in this link. Ask whoever sent it for a new one.",
            ),
            Self::Accepted => (
                "This invitation was accepted already",
                "An invitation can be accepted once. If that was you, there is nothing left to do.",
            ),
            Self::Retired => (
                "This invitation is no longer valid",
                "The user whom it invited was retired. Ask whoever sent it for a new one.",
            ),
            Self::NoForm => (
                "That was not the form",
                "Send the field appleId as a form, such as appleId=robin%40icloud.example; left empty, an Apple ID is made up.",
            ),
        }
    }
}

impl From<ContentRefused> for Refused {
    /// The one reason that the ledger has: the user no longer waits.
    fn from(refused: ContentRefused) -> Self {
        Refusal::Retired.because(refused.why)
    }
}

/// The answer to a refused request, with its reason.
pub fn said(Refused { refusal, why }: Refused) -> Said {
    Said { response: response(refusal), refusal: Some(refusal.name()), why: vec![why], refs: &["apps.invitation-void"] }
}

fn response(refusal: Refusal) -> Response {
    let (heading, text) = refusal.told();
    html(refusal.status(), page::of_words(heading, text))
}

/// The answer with an error of the operations' catalogue by its name.
pub fn named(name: &str) -> Response {
    match name {
        "BAD_REQUEST" => response(Refusal::NoCode),
        "NOT_FOUND" => response(Refusal::Unknown),
        "GONE" => response(Refusal::Accepted),
        "TOO_MANY_REQUESTS" => busy(StatusCode::TOO_MANY_REQUESTS),
        "SERVICE_UNAVAILABLE" => busy(StatusCode::SERVICE_UNAVAILABLE),
        _ => busy(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

/// The edge's own page.
fn busy(status: StatusCode) -> Response {
    let mut response = Response::new(edge::page(status).into());
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html"));
    response
}
