//! The calls: an invitation is looked at, and accepted.

use super::Call;
use super::errors::{Refusal, Refused};
use super::page::{self, Inviter};
use crate::organization::Books;
use crate::organization::content::UserStatus;

/// The field of the form.
pub const FIELD: &str = "appleId";

impl Call<'_> {
    /// Who invites, if the user still waits for it.
    fn inviter(&self, books: &Books) -> Result<Inviter, Refused> {
        let location = books.content.location(self.place.location);
        let user = location.user(self.place.user);
        let user = user.ok_or_else(|| Refusal::Unknown.because("the user whom it invited is gone"))?;
        let id = &user.client_user_id;
        match user.status {
            UserStatus::Registered => Ok(Inviter {
                organization: books.identity.name.clone(),
                location: location.name.clone(),
                email: user.email.as_deref().map(str::to_owned),
            }),
            UserStatus::Associated => {
                Err(Refusal::Accepted.because(format!("the user `{id}` is associated already: the invitation is void")))
            }
            UserStatus::Retired => {
                Err(Refusal::Retired.because(format!("the user `{id}` is retired: the invitation is void")))
            }
        }
    }

    /// The Apple Account that was filled in; none where one is to be made up.
    fn account(&self) -> Result<Option<&str>, Refused> {
        let given = self.form.get(FIELD);
        if given.is_none() && !self.form.is_empty() {
            return Err(Refusal::NoForm.because(format!("the body is no form with the field `{FIELD}`")));
        }
        Ok(given.map(str::trim).filter(|account| !account.is_empty()))
    }
}

/// `GET`: the form.
pub fn show(call: &Call<'_>) -> Result<String, Refused> {
    call.place.organization.read(|books, _| Ok(page::form(&call.inviter(books)?)))
}

/// `POST`: accepts.
pub fn accept(call: &Call<'_>) -> Result<String, Refused> {
    call.place.organization.write(|books, now| {
        let inviter = call.inviter(books)?;
        books.accept_invitation(call.code, call.account()?, now)?;
        Ok(page::accepted(&inviter))
    })
}
