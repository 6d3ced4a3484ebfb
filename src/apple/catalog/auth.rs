//! Who is calling: the content token, in either of the places where clients put it.

use http::header::COOKIE;

use super::{Holder, Holdings, Unwelcome, VPP_TOKEN};
use crate::apple::Party;
use crate::directory::Directory;
use crate::http::Request;

/// Whom a request is from.
#[derive(Debug)]
pub struct Visitor {
    /// The organisation and the location, by the content token; without one, the only organisation there is.
    pub party: Party,
    /// Whose content token it is, if there is one.
    pub(super) presented: Option<Result<Holder, Unwelcome>>,
}

impl AsRef<Party> for Visitor {
    fn as_ref(&self) -> &Party {
        &self.party
    }
}

impl Visitor {
    /// Finds whom a request is from.
    pub(super) fn find(directory: &Directory, holdings: &dyn Holdings, request: &Request) -> Self {
        let presented = content_token(request).map(|token| holdings.holder(&token));
        let owner = match &presented {
            Some(Ok(holder)) => Some((holder.organization.clone(), holder.location)),
            Some(Err(unwelcome)) => unwelcome.owner.clone(),
            None => None,
        };
        let party = match owner {
            Some((organization, location)) => {
                Party { organization: Some(organization), server: None, location: Some(location) }
            }
            None => Party { organization: directory.only(), ..Party::default() },
        };
        Self { party, presented }
    }
}

/// The content token of a request: the cookie `itvt`, or Fleet's header `vpp-token`. Blanks and quotation marks around it do not count.
fn content_token(request: &Request) -> Option<String> {
    let cookies = request.head.headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|cookies| cookies.split(';')).filter_map(|pair| pair.split_once('='));
    let cookie = pairs.find(|(name, _)| name.trim() == "itvt").map(|(_, value)| value);
    let token = cookie.or_else(|| request.header(VPP_TOKEN))?.trim().trim_matches('"');
    (!token.is_empty()).then(|| token.to_owned())
}
