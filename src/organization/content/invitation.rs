//! Invitations that are accepted.

use super::target::Holder;
use super::{
    ContentRefusal, ContentRefused, DataSet, IdHash, LocationId, NoticeBody, Notification, UserId, UserStatus,
};
use crate::clock::Timestamp;
use crate::organization::Books;

impl Books {
    /// The user whom an invitation code invites, whether or not they still wait for it.
    pub fn invited(&self, code: &str) -> Option<(LocationId, UserId)> {
        (0..).zip(&self.content.locations).find_map(|(id, location)| Some((id, location.invited(code)?)))
    }

    /// Somebody follows the link of an invitation and accepts it with an Apple Account, a made-up one where none is given. The MDM learns a
    /// hash of the account alone.
    ///
    /// Where the same account was a user under the same id before, was retired, and the new record holds nothing yet, the old record becomes
    /// active again and the new one is retired (documented for version 1); otherwise books move to the new record.
    pub fn accept_invitation(
        &mut self,
        code: &str,
        account: Option<&str>,
        now: Timestamp,
    ) -> Result<(LocationId, UserId), ContentRefused> {
        let invalid = |why: String| ContentRefused::new(ContentRefusal::InvitationInvalid, why);
        let (location, user) =
            self.invited(code).ok_or_else(|| invalid(format!("no user was invited with the code `{code}`")))?;
        let record = &self.content.location(location).users[user];
        if record.status != UserStatus::Registered {
            let state = match record.status {
                UserStatus::Retired => "retired",
                _ => "associated already",
            };
            return Err(invalid(format!("the user `{}` is {state}: the invitation is void", record.client_user_id)));
        }
        let account = match account {
            Some(account) => IdHash::of(account),
            None => IdHash::of(&format!("{}@icloud.example", self.random.hex(12))),
        };
        let ledger = self.content.location_mut(location);
        let mut same = ledger.users.with_client_id(&ledger.users[user].client_user_id);
        same.retain(|other| *other != user && ledger.users[*other].id_hash == Some(account));
        let accepted = match same.last().copied().filter(|_| ledger.held(Holder::user(user)).is_empty()) {
            Some(earlier) => {
                let version = ledger.versions.next(DataSet::Users);
                ledger.set_user_status(user, UserStatus::Retired, version);
                let email = ledger.users[user].email.clone();
                let version = ledger.versions.next(DataSet::Users);
                ledger.users.edit(earlier, version, |record| record.email = email.or(record.email.take()));
                ledger.associate_user(earlier, account);
                earlier
            }
            None => {
                ledger.associate_user(user, account);
                user
            }
        };
        self.notify(
            location,
            now,
            |ledger| NoticeBody::UserAssociated { users: vec![ledger.shown_with_code(accepted)] },
            Notification::UserAssociated,
        );
        Ok((location, accepted))
    }
}
