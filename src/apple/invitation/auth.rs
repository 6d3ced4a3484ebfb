//! Who is calling: whoever has the code that is in the link.

use super::errors::{Refusal, Refused};
use crate::apple::Party;
use crate::directory::{Directory, InvitationPlace};
use crate::http::{Query, Request};

/// What the template of the link has where the code belongs, once it is decoded.
const PLACEHOLDER: &str = "%inviteCode%";

/// Whom a request is from.
#[derive(Debug)]
pub struct Visitor {
    /// The organisation and the location that invite.
    pub party: Party,
    /// The code and whom it invites.
    pub(super) presented: Result<(String, InvitationPlace), Refused>,
}

impl AsRef<Party> for Visitor {
    fn as_ref(&self) -> &Party {
        &self.party
    }
}

impl Visitor {
    /// Finds whom a request is from: by `inviteCode` in its query.
    pub(super) fn find(directory: &Directory, request: &Request) -> Self {
        let presented = present(directory, &Query::parse(request.head.uri.query()));
        let party = match &presented {
            Ok((_, place)) => {
                Party { organization: Some(place.organization.clone()), server: None, location: Some(place.location) }
            }
            Err(_) => Party { organization: directory.only(), ..Party::default() },
        };
        Self { party, presented }
    }
}

fn present(directory: &Directory, query: &Query<'_>) -> Result<(String, InvitationPlace), Refused> {
    let code = query.get("inviteCode").map(str::trim).filter(|code| !code.is_empty());
    let code = code.ok_or_else(|| Refusal::NoCode.because("there is no `inviteCode` in the query"))?;
    if code.eq_ignore_ascii_case(PLACEHOLDER) {
        return Err(Refusal::Template.because(format!("`{code}` of the template was not replaced with a user's code")));
    }
    let place = directory.invitation(code);
    let place = place.ok_or_else(|| Refusal::Unknown.because(format!("no user was invited with the code `{code}`")))?;
    Ok((code.to_owned(), place))
}
