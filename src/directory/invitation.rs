//! Invitation codes that are followed.

use std::sync::Arc;

use super::Directory;
use crate::organization::Organization;
use crate::organization::content::{LocationId, UserId};

/// Whom an invitation code invites.
#[derive(Clone, Debug)]
pub struct InvitationPlace {
    /// The organisation that invites.
    pub organization: Arc<Organization>,
    /// Its location.
    pub location: LocationId,
    /// The user, whether or not they still wait for the invitation.
    pub user: UserId,
}

impl Directory {
    /// Whom a code invites. There is no table of codes: each proves itself at the location that has its key, and at no other.
    pub fn invitation(&self, code: &str) -> Option<InvitationPlace> {
        self.organizations().into_iter().find_map(|organization| {
            let (location, user) = organization.read(|books, _| books.invited(code))?;
            Some(InvitationPlace { organization, location, user })
        })
    }
}
