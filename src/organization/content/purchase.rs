//! Buying and refunding, credit, and the history of it.

use serde::{Deserialize, Serialize};

use super::{
    AssetKey, ContentRefusal, ContentRefused, Location, LocationId, Money, NoticeBody, Notification, Pricing, Title,
    TitleKind, UNLIMITED,
};
use crate::clock::Timestamp;
use crate::organization::Books;

/// How something is paid.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Payment {
    /// By credit or debit card.
    #[default]
    Card,
    /// By purchase order.
    PurchaseOrder,
    /// With store credit of the account that buys.
    Credit,
}

/// What somebody buys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purchase {
    /// For which location.
    pub location: LocationId,
    /// What: the catalogue's title, or the organisation's own.
    pub title: Title,
    /// In which quality.
    pub pricing: Pricing,
    /// How many licences.
    pub quantity: u32,
    /// How it is paid.
    pub payment: Payment,
    /// Whose purchase it is; with credit, whose credit.
    pub account: String,
}

/// What a line of the history is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TradeKind {
    /// Licences were bought.
    Purchase,
    /// Licences were refunded.
    Refund,
    /// Licences were moved to another location.
    Transfer,
}

/// A line of the purchase history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trade {
    /// The order number.
    pub number: String,
    /// When.
    #[serde(with = "crate::clock::millis")]
    pub at: Timestamp,
    /// What.
    pub kind: TradeKind,
    /// The location; of a transfer, the one that licences left.
    pub location: LocationId,
    /// Of a transfer, the location that they came to.
    pub to: Option<LocationId>,
    /// Of which asset.
    pub asset: AssetKey,
    /// Its name.
    pub name: String,
    /// How many licences.
    pub quantity: u32,
    /// What all of them cost.
    pub amount: Money,
    /// How it was paid; nothing for refunds and transfers.
    pub payment: Option<Payment>,
    /// Who did it.
    pub account: String,
}

/// Countries whose book store sells to organisations, where a book does not say where it is sold. The guide of 2018 says that not every country
/// does; the list is assumed.
const BOOK_STORES: [&str; 11] = ["AU", "CA", "CH", "DE", "ES", "FR", "GB", "IT", "JP", "NZ", "US"];

impl Books {
    /// Buys licences.
    pub fn purchase(&mut self, purchase: Purchase, now: Timestamp) -> Result<Trade, ContentRefused> {
        let Purchase { location, title, pricing, quantity, payment, account } = purchase;
        let key = AssetKey { adam_id: title.adam_id, pricing };
        self.check_sold(location, &title)?;
        self.check_room(location, key, quantity)?;
        let amount = title.price.times(quantity);
        if payment == Payment::Credit {
            let balance = self.content.credit.get(&account).copied().unwrap_or_default();
            let left = balance.less(amount).ok_or_else(|| {
                let why = format!("{quantity} licences cost {amount}, and the credit of {account} is {balance}");
                ContentRefused::new(ContentRefusal::BeyondCredit, why)
            })?;
            self.content.credit.insert(account.clone(), left);
        }
        let name = title.name.clone();
        self.stock(location, title, pricing, quantity);
        self.tell_count(location, key, i64::from(quantity), now);
        let (kind, payment) = (TradeKind::Purchase, Some(payment));
        Ok(self.note_trade(Trade {
            number: String::new(),
            at: now,
            kind,
            location,
            to: None,
            asset: key,
            name,
            quantity,
            amount,
            payment,
            account,
        }))
    }

    /// Puts licences on the shelf without a purchase: what a scenario begins with.
    pub(super) fn stock(&mut self, location: LocationId, title: Title, pricing: Pricing, quantity: u32) {
        let key = AssetKey { adam_id: title.adam_id, pricing };
        let ledger = self.content.location_mut(location);
        let asset = ledger.asset_or_new(&title, key);
        ledger.change_total(asset, |asset| asset.total += quantity);
        if self.content.title(title.adam_id).is_none() {
            self.content.know(title);
        }
    }

    /// Refunds licences that nobody holds. They are retired: no longer in the total, but counted beside it.
    pub fn refund(
        &mut self,
        location: LocationId,
        key: AssetKey,
        quantity: u32,
        account: &str,
        now: Timestamp,
    ) -> Result<Trade, ContentRefused> {
        let asset = self.content.location(location).spare(key, quantity)?;
        let ledger = self.content.location_mut(location);
        ledger.change_total(asset, |asset| {
            asset.total -= quantity;
            asset.retired = asset.retired.saturating_add(quantity);
        });
        self.tell_count(location, key, -i64::from(quantity), now);
        let title = self.content.title(key.adam_id);
        let (name, price) = title.map_or_else(Default::default, |title| (title.name.clone(), title.price));
        let (kind, account, amount) = (TradeKind::Refund, account.to_owned(), price.times(quantity));
        Ok(self.note_trade(Trade {
            number: String::new(),
            at: now,
            kind,
            location,
            to: None,
            asset: key,
            name,
            quantity,
            amount,
            payment: None,
            account,
        }))
    }

    /// Adds store credit to an account; answers its balance.
    pub fn add_credit(&mut self, account: &str, amount: Money) -> Money {
        let balance = self.content.credit.entry(account.to_owned()).or_default();
        *balance = balance.plus(amount);
        *balance
    }

    /// Makes an asset one without end, or one with an end again: with as many licences as were bought, or at least as are assigned.
    pub fn set_unlimited(
        &mut self,
        location: LocationId,
        title: Title,
        pricing: Pricing,
        unlimited: bool,
        now: Timestamp,
    ) {
        let key = AssetKey { adam_id: title.adam_id, pricing };
        self.stock(location, title, pricing, 0);
        let ledger = self.content.location_mut(location);
        let Some(asset) = ledger.asset_id(key).filter(|asset| ledger.assets[*asset as usize].unlimited != unlimited)
        else {
            return;
        };
        ledger.change_total(asset, |asset| {
            asset.unlimited = unlimited;
            asset.total = asset.total.max(asset.assigned);
        });
        let body = |_: &Location| NoticeBody::UnlimitedAsset { asset: key, unlimited };
        self.notify(location, now, body, Notification::UnlimitedAsset);
    }

    /// Enters a line of the history, under a number of its own.
    pub(super) fn note_trade(&mut self, trade: Trade) -> Trade {
        let number = format!("V{:09}", self.content.trades.len() as u64 + 1);
        let trade = Trade { number, ..trade };
        self.content.trades.push(trade.clone());
        trade
    }

    /// Tells a location's client that there are more licences, or fewer; lists may show it later.
    pub(super) fn tell_count(&mut self, location: LocationId, key: AssetKey, delta: i64, now: Timestamp) {
        self.count_later(location, key, delta, 0, now);
        let body = |_: &Location| NoticeBody::AssetCount { asset: key, delta };
        self.notify(location, now, body, Notification::AssetCount);
    }

    /// Whether the store sells a title to this organisation in the location's country.
    pub fn check_sold(&self, location: LocationId, title: &Title) -> Result<(), ContentRefused> {
        let ledger = self.content.location(location);
        if let Some(owner) = &title.custom_for
            && !self.is_called(owner)
        {
            let why = format!("{} is a custom app of another organisation, {owner}", title.name);
            return Err(ContentRefused::new(ContentRefusal::NotForThisOrganization, why));
        }
        if !title.is_published() {
            let why = format!("no version of the custom app {} was approved: it is in no store", title.name);
            return Err(ContentRefused::new(ContentRefusal::NotReviewed, why));
        }
        let book_store = title.kind == TitleKind::App
            || !title.storefronts.is_empty()
            || BOOK_STORES.contains(&ledger.country.as_str());
        if !book_store || !title.is_sold_in(&ledger.country) {
            let why = format!("the store of {} does not sell {} ({})", ledger.country, title.name, title.adam_id);
            return Err(ContentRefused::new(ContentRefusal::NotInStorefront, why));
        }
        Ok(())
    }

    /// Whether `name` is this organisation's: its name, its number, or the Managed Apple Account of one of its people.
    pub fn is_called(&self, name: &str) -> bool {
        let identity = &self.identity;
        identity.name.eq_ignore_ascii_case(name) || identity.org_id == name || self.has_managed_account(name)
    }

    /// Whether so many more licences fit.
    pub(super) fn check_room(&self, location: LocationId, key: AssetKey, quantity: u32) -> Result<(), ContentRefused> {
        let record = self.content.location(location).asset(key);
        if record.is_some_and(|asset| asset.unlimited) {
            return Err(ContentRefused::new(ContentRefusal::WithoutEnd, format!("{key} has no end here")));
        }
        let total = record.map_or(0, |asset| asset.total);
        if quantity == 0 || total.checked_add(quantity).is_none_or(|sum| sum >= UNLIMITED) {
            let why =
                format!("{total} licences of {key} and {quantity} more: write 1 or more, below {UNLIMITED} in all");
            return Err(ContentRefused::new(ContentRefusal::TooManyLicenses, why));
        }
        Ok(())
    }
}

impl Location {
    /// The asset, if so many of its licences are held by nobody.
    pub(super) fn spare(&self, key: AssetKey, quantity: u32) -> Result<super::AssetId, ContentRefused> {
        let Some((place, asset)) = self.asset_id(key).zip(self.asset(key)) else {
            let why = format!("the location {} has no asset {key}", self.name);
            return Err(ContentRefused::new(ContentRefusal::AssetUnknown, why));
        };
        if asset.unlimited {
            return Err(ContentRefused::new(ContentRefusal::WithoutEnd, format!("{key} has no end here")));
        }
        if quantity == 0 {
            return Err(ContentRefused::new(ContentRefusal::InvalidArgument, "a quantity is at least 1"));
        }
        if quantity > asset.available() {
            let why = format!("{} of {} licences of {key} are held by nobody", asset.available(), asset.total);
            return Err(ContentRefused::new(ContentRefusal::LicensesInUse, why));
        }
        Ok(place)
    }
}
