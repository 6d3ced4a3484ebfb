//! Who is calling.

use http::header;

use super::errors::Refused;
use crate::apple::Party;
use crate::directory::{ContentTokenPlace, Directory};
use crate::http::Request;
use crate::organization::content::{ContentRefusal, ContentRefused};

/// Whom a request is from.
#[derive(Debug)]
pub struct Visitor {
    /// The organisation and the location, by the content token.
    pub party: Party,
    /// Where the token is, dead or alive.
    place: Result<ContentTokenPlace, ContentRefused>,
}

impl AsRef<Party> for Visitor {
    fn as_ref(&self) -> &Party {
        &self.party
    }
}

impl Visitor {
    /// Finds whom a request is from.
    pub fn find(directory: &Directory, request: &Request) -> Self {
        let place = bearer(request).and_then(|token| directory.present_content_token(token));
        let party = match &place {
            Ok(place) => {
                Party { organization: Some(place.organization.clone()), server: None, location: Some(place.location) }
            }
            Err(_) => Party { organization: directory.only(), ..Party::default() },
        };
        Self { party, place }
    }

    /// Where the token is that came with the request.
    pub fn place(&self) -> Result<&ContentTokenPlace, Refused> {
        self.place.as_ref().map_err(|refused| refused.clone().into())
    }
}

/// The content token of a request.
fn bearer(request: &Request) -> Result<&str, ContentRefused> {
    // Fleet has sent two when it tried again: the first counts.
    let Some(value) = request.head.headers.get(header::AUTHORIZATION) else {
        let why = "there is no Authorization header: `Bearer` and the text of a content token are wanted";
        return Err(ContentRefused::new(ContentRefusal::TokenMissing, why));
    };
    let parts = value.to_str().ok().and_then(|value| value.trim().split_once([' ', '\t']));
    match parts.map(|(scheme, token)| (scheme, token.trim())) {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("Bearer") && !token.is_empty() => Ok(token),
        _ => {
            let why = "Authorization is not `Bearer` and the text of a content token";
            Err(ContentRefused::new(ContentRefusal::HeaderMalformed, why))
        }
    }
}
