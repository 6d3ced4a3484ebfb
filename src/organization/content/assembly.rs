//! What a location begins with.

use super::arrivals::Lateness;
use super::notice::random_uuid;
use super::{
    Affected, AssetKey, ContentRefusal, ContentRefused, IdHash, LocationId, Payment, Pricing, Target, Title, Trade,
    TradeKind, UserFields, UserId, UserStatus,
};
use crate::clock::Timestamp;
use crate::organization::Books;

/// Licences that a location begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAsset {
    /// Of what.
    pub title: Title,
    /// In which quality.
    pub pricing: Pricing,
    /// How many; `None`: without end.
    pub licenses: Option<u32>,
}

impl Books {
    /// Enters licences as if they had been bought before. No store is asked, and nobody is told; the history has a line.
    pub fn begin_with_asset(&mut self, location: LocationId, asset: NewAsset, now: Timestamp) {
        let NewAsset { title, pricing, licenses } = asset;
        let key = AssetKey { adam_id: title.adam_id, pricing };
        let Some(quantity) = licenses else { return self.set_unlimited(location, title, pricing, true, now) };
        let (name, amount) = (title.name.clone(), title.price.times(quantity));
        self.stock(location, title, pricing, quantity);
        let account = self.first_administrator();
        self.note_trade(Trade {
            number: String::new(),
            at: now,
            kind: TradeKind::Purchase,
            location,
            to: None,
            asset: key,
            name,
            quantity,
            amount,
            payment: Some(Payment::Card),
            account,
        });
    }

    /// Enters a user as they are, under a made-up id where that is empty. A Managed Apple Account that is named belongs to the organisation from now on; a user who is to be
    /// associated without one has a made-up Apple Account.
    pub fn begin_with_user(
        &mut self,
        location: LocationId,
        fields: &UserFields,
        status: UserStatus,
        now: Timestamp,
    ) -> Result<UserId, ContentRefused> {
        if let Some(account) = &fields.managed_account {
            self.content.accounts.insert(account.to_lowercase());
        }
        let mut fields = fields.clone();
        if fields.client_user_id.is_empty() {
            fields.client_user_id = random_uuid(&mut self.random_content);
        }
        // One who is only registered has the account on record, and no more.
        let account = if status == UserStatus::Registered { fields.managed_account.take() } else { None };
        let refused = |refusal| {
            let id = fields.client_user_id.as_str();
            ContentRefused::about(
                refusal,
                Affected::users([id]),
                format!("the user `{id}` cannot be entered: {refusal:?}"),
            )
        };
        let user = self.create_user(location, &fields).map_err(refused)?;
        if let Some(account) = account {
            self.content.location_mut(location).name_account(user, &account);
        }
        if status == UserStatus::Associated && fields.managed_account.is_none() {
            let account = IdHash::of(&format!("{}@icloud.example", self.random_content.hex(12)));
            self.content.location_mut(location).associate_user(user, account);
        }
        if status == UserStatus::Retired {
            self.retire_user(location, user, now).map_err(refused)?;
        }
        Ok(user)
    }

    /// Assigns a licence as if it had been done before: at once, shown at once, and nobody is told.
    pub fn begin_with_assignment(
        &mut self,
        location: LocationId,
        key: AssetKey,
        target: &Target,
    ) -> Result<(), ContentRefused> {
        let ledger = self.content.location_mut(location);
        let refused = |refusal| {
            let mut affected = Affected::assets([key]);
            affected.add_target(target);
            ContentRefused::about(refusal, affected, format!("{key} cannot be assigned to {target:?}: {refusal:?}"))
        };
        let asset = ledger.asset_id(key).ok_or_else(|| refused(ContentRefusal::AssetUnknown))?;
        ledger.assign(asset, target, Lateness::default()).map(|_| ()).map_err(refused)
    }
}
