//! Who is calling.

use http::header;

use super::arguments::Arguments;
use super::errors::Refused;
use crate::apple::Party;
use crate::directory::{ContentTokenPlace, Directory};
use crate::http::Request;
use crate::organization::content::{ContentRefusal, ContentRefused};

/// Whom a request is from, and what came with it.
#[derive(Debug)]
pub struct Visitor {
    /// The organisation and the location, by the content token.
    pub party: Party,
    place: Result<ContentTokenPlace, ContentRefused>,
    arguments: Arguments,
    /// What is wrong with the form of the arguments, if anything.
    mistake: Option<Refused>,
}

impl AsRef<Party> for Visitor {
    fn as_ref(&self) -> &Party {
        &self.party
    }
}

impl Visitor {
    /// Finds whom a request is from: by `sToken` among its arguments, or else by the header that version 2 has.
    pub fn find(directory: &Directory, request: &Request) -> Self {
        let (arguments, outcome) = Arguments::of(request);
        let (given, mistake) = match arguments.text("sToken") {
            Ok(given) => (given, outcome.err()),
            Err(no_text) => (None, Some(outcome.err().unwrap_or(no_text))),
        };
        let token = given.or_else(|| bearer(request));
        let place = token
            .ok_or_else(|| ContentRefused::new(ContentRefusal::TokenMissing, "there is no `sToken`"))
            .and_then(|token| directory.present_content_token(token));
        let party = match &place {
            Ok(place) => {
                Party { organization: Some(place.organization.clone()), server: None, location: Some(place.location) }
            }
            Err(_) => Party { organization: directory.only(), ..Party::default() },
        };
        Self { party, place, arguments, mistake }
    }

    /// Where the token is that came with the request.
    pub fn place(&self) -> Result<&ContentTokenPlace, Refused> {
        self.place.as_ref().map_err(|refused| refused.clone().into())
    }

    /// What came with the request.
    pub fn arguments(&self) -> Result<&Arguments, Refused> {
        match &self.mistake {
            Some(mistake) => Err(mistake.clone()),
            None => Ok(&self.arguments),
        }
    }
}

fn bearer(request: &Request) -> Option<&str> {
    let (scheme, token) = request.header(header::AUTHORIZATION)?.trim().split_once([' ', '\t'])?;
    scheme.eq_ignore_ascii_case("Bearer").then_some(token.trim())
}
