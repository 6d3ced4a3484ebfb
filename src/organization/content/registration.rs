//! Registering users, changing and retiring them.

use serde::{Deserialize, Serialize};

use super::target::Holder;
use super::{ContentRefusal, DataSet, IdHash, Location, LocationId, UserId, UserStatus};
use crate::clock::Timestamp;
use crate::organization::Books;

/// What a request says of a user.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct UserFields {
    /// `clientUserId`.
    pub client_user_id: String,
    /// `email`, where it is given; an empty one clears.
    pub email: Option<String>,
    /// `managedAppleId`, where it is given.
    pub managed_account: Option<String>,
}

impl Books {
    /// Registers a user. One who was retired without ever having had an account is registered again in the same record; one who had gets a
    /// new record. With a Managed Apple Account of the organisation the user is associated at once, without an invitation.
    pub fn create_user(&mut self, location: LocationId, fields: &UserFields) -> Result<UserId, ContentRefusal> {
        let account = self.usable_account(fields)?;
        let ledger = self.content.location_mut(location);
        if ledger.active_user(&fields.client_user_id).is_some() {
            return Err(ContentRefusal::AlreadyRegistered);
        }
        if account.is_some_and(|account| ledger.has_account(account, None)) {
            return Err(ContentRefusal::AccountTaken);
        }
        let version = ledger.versions.next(DataSet::Users);
        let records = ledger.users.with_client_id(&fields.client_user_id);
        let again = records.into_iter().rev().find(|user| ledger.users[*user].id_hash.is_none());
        let user = match again {
            Some(user) => {
                ledger.set_user_status(user, UserStatus::Registered, version);
                user
            }
            None => ledger.users.add(&fields.client_user_id, version),
        };
        ledger.edit(user, fields);
        if let Some(account) = account {
            ledger.associate_user(user, account);
        }
        Ok(user)
    }

    /// Registers a user as version 1 does: one who is registered already is answered as they are.
    pub fn register_user(&mut self, location: LocationId, fields: &UserFields) -> Result<UserId, ContentRefusal> {
        match self.content.location(location).active_user(&fields.client_user_id) {
            Some(user) => Ok(user),
            None => self.create_user(location, fields),
        }
    }

    /// Changes the e-mail address or the Managed Apple Account of an active user.
    pub fn update_user(&mut self, location: LocationId, fields: &UserFields) -> Result<UserId, ContentRefusal> {
        let user = self.content.location(location).active_user(&fields.client_user_id);
        let user = user.ok_or(ContentRefusal::UserNotFound)?;
        self.edit_user(location, user, fields)?;
        Ok(user)
    }

    /// Like [`Self::update_user`], for the user at a place: the id in `fields` does not count.
    pub fn edit_user(&mut self, location: LocationId, user: UserId, fields: &UserFields) -> Result<(), ContentRefusal> {
        let account = self.usable_account(fields)?;
        let ledger = self.content.location_mut(location);
        if !ledger.users.get(user).is_some_and(super::User::is_active) {
            return Err(ContentRefusal::UserNotFound);
        }
        if account.is_some_and(|account| ledger.has_account(account, Some(user))) {
            return Err(ContentRefusal::AccountTaken);
        }
        ledger.edit(user, fields);
        if let Some(account) = account {
            ledger.associate_user(user, account);
        }
        Ok(())
    }

    /// Retires the active user with this id: what can be taken back is, books stay.
    pub fn retire_called(
        &mut self,
        location: LocationId,
        client_user_id: &str,
        now: Timestamp,
    ) -> Result<UserId, ContentRefusal> {
        let user = self.content.location(location).active_user(client_user_id).ok_or(ContentRefusal::UserNotFound)?;
        self.retire_user(location, user, now)?;
        Ok(user)
    }

    /// Retires a user, by place.
    pub fn retire_user(&mut self, location: LocationId, user: UserId, now: Timestamp) -> Result<(), ContentRefusal> {
        let ledger = self.content.location_mut(location);
        let record = ledger.users.get(user).ok_or(ContentRefusal::UserNotFound)?;
        if !record.is_active() {
            return Err(ContentRefusal::AlreadyRetired);
        }
        let holder = Holder::user(user);
        let freed = ledger.held_revocable(holder);
        let mut keys = Vec::new();
        for asset in freed {
            if ledger.unassign(asset, holder).is_some() {
                keys.push(ledger.assets[asset as usize].key);
            }
        }
        let version = ledger.versions.next(DataSet::Users);
        ledger.set_user_status(user, UserStatus::Retired, version);
        ledger.subscriptions.forget_user(user);
        for key in keys {
            self.count_later(location, key, 0, -1, now);
        }
        Ok(())
    }

    /// The Managed Apple Account that a request names, if it is one of the organisation's.
    fn usable_account(&self, fields: &UserFields) -> Result<Option<IdHash>, ContentRefusal> {
        let Some(account) = fields.managed_account.as_deref().filter(|account| !account.is_empty()) else {
            return Ok(None);
        };
        match self.has_managed_account(account) {
            true => Ok(Some(IdHash::of(account))),
            false => Err(ContentRefusal::AccountUnusable),
        }
    }

    /// Whether this is a Managed Apple Account of the organisation: one of its people's, or one that its scenario named.
    pub fn has_managed_account(&self, account: &str) -> bool {
        let of_person = self.people.iter().any(|person| person.managed_account.eq_ignore_ascii_case(account));
        of_person || self.content.accounts.contains(&account.to_lowercase())
    }
}

impl Location {
    /// Whether an active user other than `but` has this account.
    pub(super) fn has_account(&self, account: IdHash, but: Option<UserId>) -> bool {
        let has = |user: &UserId| Some(*user) != but && self.users[*user].is_active();
        self.users.with_account(account).iter().any(has)
    }

    /// Notes a user's Managed Apple Account without giving it to them.
    pub(super) fn name_account(&mut self, user: UserId, account: &str) {
        let version = self.versions.next(DataSet::Users);
        self.users.edit(user, version, |user| user.managed_account = Some(account.into()));
    }

    fn edit(&mut self, user: UserId, fields: &UserFields) {
        if fields.email.is_none() && fields.managed_account.is_none() {
            return;
        }
        let given = |text: &str| (!text.is_empty()).then(|| text.into());
        let version = self.versions.next(DataSet::Users);
        self.users.edit(user, version, |user| {
            if let Some(email) = &fields.email {
                user.email = given(email);
            }
            if let Some(account) = fields.managed_account.as_deref().and_then(given) {
                user.managed_account = Some(account);
            }
        });
    }

    /// Gives a user another status. What they hold shows it, and is left out of lists of the active while they are retired: then that has changed
    /// too, or whoever reads such a list page by page would not hear of rows that have moved.
    pub(super) fn set_user_status(&mut self, user: UserId, status: UserStatus, version: u64) {
        let was_active = self.users[user].is_active();
        self.users.set_status(user, status, version);
        if was_active != self.users[user].is_active() && !self.held(Holder::user(user)).is_empty() {
            let version = self.versions.next(DataSet::Assignments);
            self.assignments.touch(Holder::user(user), version);
        }
    }

    /// Gives a user an Apple Account. Books that somebody with this account had before are theirs again.
    pub(super) fn associate_user(&mut self, user: UserId, account: IdHash) {
        let version = self.versions.next(DataSet::Users);
        if self.users[user].id_hash != Some(account) {
            self.users.bind(user, account, version);
        }
        self.set_user_status(user, UserStatus::Associated, version);
        let before = self.users.with_account(account);
        for earlier in before.into_iter().filter(|earlier| !self.users[*earlier].is_active()).collect::<Vec<_>>() {
            self.hand_over(earlier, user);
        }
    }
}
