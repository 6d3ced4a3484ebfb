//! Moving licences from one location to another.

use super::{AssetKey, ContentRefusal, ContentRefused, LocationId, Money, Title, TitleKind, Trade, TradeKind};
use crate::clock::Timestamp;
use crate::organization::Books;

/// What is to be moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// The location that it leaves.
    pub from: LocationId,
    /// The location that it comes to.
    pub to: LocationId,
    /// Which asset.
    pub asset: AssetKey,
    /// How many licences.
    pub quantity: u32,
    /// Who does it.
    pub account: String,
}

impl Books {
    /// Moves licences that nobody holds; both locations are told.
    pub fn transfer(&mut self, transfer: Transfer, now: Timestamp) -> Result<Trade, ContentRefused> {
        let Transfer { from, to, asset: key, quantity, account } = transfer;
        if from == to {
            return Err(ContentRefused::new(ContentRefusal::InvalidArgument, "from and to are the same location"));
        }
        let asset = self.content.location(from).spare(key, quantity)?;
        self.check_room(to, key, quantity)?;
        let known = self.content.title(key.adam_id).cloned();
        let title = known.unwrap_or_else(|| Title::unknown(key.adam_id, TitleKind::App));
        self.content.location_mut(from).change_total(asset, |asset| asset.total -= quantity);
        let name = title.name.clone();
        self.stock(to, title, key.pricing, quantity);
        self.tell_count(from, key, -i64::from(quantity), now);
        self.tell_count(to, key, i64::from(quantity), now);
        Ok(self.note_trade(Trade {
            number: String::new(),
            at: now,
            kind: TradeKind::Transfer,
            location: from,
            to: Some(to),
            asset: key,
            name,
            quantity,
            amount: Money::ZERO,
            payment: None,
            account,
        }))
    }
}
