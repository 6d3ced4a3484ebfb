//! One association or disassociation at once, as version 1 of the API has them.

use super::location::Taken;
use super::target::Holder;
use super::{
    Affected, Asset, AssetId, AssetKey, AssetVerb, ContentRefusal, ContentRefused, Location, LocationId, Target, UserId,
};
use crate::clock::Timestamp;
use crate::organization::Books;

use ContentRefusal as No;

impl Books {
    /// Assigns one licence now, or takes one back; answers the licence's number. Other than version 2, version 1 minds what is assigned
    /// already, or to another user with the same Apple Account, and what is not assigned.
    pub fn grant(
        &mut self,
        location: LocationId,
        verb: AssetVerb,
        key: AssetKey,
        target: &Target,
        now: Timestamp,
    ) -> Result<u64, ContentRefused> {
        let named = |refusal, why: String| {
            let mut affected = Affected::assets([key]);
            affected.add_target(target);
            ContentRefused::about(refusal, affected, why)
        };
        let ledger = self.content.location(location);
        let Some(asset) = ledger.asset_id(key) else {
            return Err(named(No::AssetUnknown, format!("the location {} has no asset {key}", ledger.name)));
        };
        if let Target::User(id) = target
            && ledger.active_user(id).is_none()
        {
            return Err(named(No::UserNotFound, format!("no user who is not retired is called `{id}`")));
        }
        if let Target::Serial(serial) = target
            && verb == AssetVerb::Associate
            && self.quirks.strict_serials
            && !self.owns_device(serial)
        {
            return Err(named(No::SerialUnknown, format!("no device of the organisation is called `{serial}`")));
        }
        let (license, change) = match verb {
            AssetVerb::Associate => {
                (self.grant_now(location, asset, target, now).map_err(|(no, why)| named(no, why))?, 1)
            }
            AssetVerb::Disassociate => {
                let ledger = self.content.location_mut(location);
                if !ledger.assets[asset as usize].revocable {
                    return Err(named(No::NotRevocable, format!("{key} is a book, which can never be taken back")));
                }
                let license = ledger.holder(target).and_then(|holder| ledger.unassign(asset, holder));
                let why = || named(No::NotAssigned, format!("{key} is not assigned to this user or device"));
                (license.ok_or_else(why)?, -1)
            }
        };
        self.count_later(location, key, 0, change, now);
        Ok(Asset::license_id(asset, license))
    }

    fn grant_now(
        &mut self,
        location: LocationId,
        asset: AssetId,
        target: &Target,
        now: Timestamp,
    ) -> Result<u32, (No, String)> {
        let lateness = self.lateness(now);
        let ledger = self.content.location_mut(location);
        if let Some(other) = ledger.holder(target).and_then(|holder| ledger.sharing(asset, holder).first().copied()) {
            let other = &ledger.users[other].client_user_id;
            return Err((
                No::AssignedToSameAccount,
                format!("the user `{other}` has the same Apple Account and holds it"),
            ));
        }
        let key = ledger.assets[asset as usize].key;
        match ledger.assign(asset, target, lateness) {
            Ok(Taken::License(license)) => {
                self.show_later(location, lateness, now);
                Ok(license)
            }
            Ok(Taken::Before(_)) => {
                Err((No::AlreadyAssigned, format!("{key} is assigned to this user or device already")))
            }
            Err(refusal) => Err((refusal, format!("{key} cannot be assigned: {refusal:?}"))),
        }
    }

    /// The licence that a user or device holds of an asset, by its number of version 1.
    pub fn license_id(&self, location: LocationId, key: AssetKey, target: &Target) -> Option<u64> {
        let ledger = self.content.location(location);
        let asset = ledger.asset_id(key)?;
        ledger.license(asset, ledger.holder(target)?).map(|license| Asset::license_id(asset, license))
    }
}

impl Location {
    /// Other active users with the same Apple Account who hold the asset.
    fn sharing(&self, asset: AssetId, holder: Holder) -> Vec<UserId> {
        if holder.is_device() {
            return Vec::new();
        }
        let Some(account) = self.users[holder.place()].id_hash else { return Vec::new() };
        let mut others = self.users.with_account(account);
        others.retain(|other| *other != holder.place() && self.users[*other].is_active());
        others.retain(|other| self.license(asset, Holder::user(*other)).is_some());
        others
    }

    /// Other active users with the same Apple Account as this one who hold the asset.
    pub(super) fn sharing_users(&self, key: AssetKey, target: &Target) -> Vec<UserId> {
        let both = self.asset_id(key).zip(self.holder(target));
        both.map_or_else(Vec::new, |(asset, holder)| self.sharing(asset, holder))
    }
}
