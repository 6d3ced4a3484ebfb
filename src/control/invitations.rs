//! `…/invitations`: users of Apps and Books are invited with a link, and accept with an Apple Account of their own.

use super::content_bodies::AcceptBody;
use super::location_view::user;
use super::{Call, Problem, Reply};

/// `POST …/invitations/{code}/accept`: answers the user.
pub fn accept(call: &Call<'_>) -> Result<Reply, Problem> {
    let organization = call.organization()?;
    let body: AcceptBody = call.body()?;
    if body.apple_account.as_deref().is_some_and(|account| account.trim().is_empty()) {
        return Err(Problem::unfit("/apple_account", "an Apple Account has a name, such as robin@icloud.example"));
    }
    let code = call.params.get("code");
    organization.write(|books, now| {
        if books.invited(code).is_none() {
            return Err(Problem::unknown("invitation", code));
        }
        let (location, id) = books.accept_invitation(code, body.apple_account.as_deref(), now)?;
        let ledger = books.content.location(location);
        let mut shown = ledger.user(id).map(|known| user(ledger, id, known)).unwrap_or_default();
        shown["location"] = ledger.name.as_str().into();
        Ok(Reply::json(&shown))
    })
}
