//! Licences that are assigned, and of which the store has not heard yet.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::ContentDue;
use super::target::Holder;
use super::{AssetId, Location, LocationId, Target};
use crate::clock::Timestamp;
use crate::clock::millis::Millis;
use crate::organization::{Books, Event};

/// Holder and asset in one number, with the time at which the store hears of their licence (the `store_lag` switch).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Arrivals(BTreeMap<u64, Millis>);

/// How late an assignment that is made now becomes known.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Lateness {
    /// What calls it up in lists; `None`: it shows at once.
    pub(super) ticket: Option<u64>,
    /// When the store hears of it; `None`: at once.
    pub(super) store: Option<Timestamp>,
}

/// Holder and asset in one number, so that what somebody waits for stands together.
pub(super) fn pair(asset: AssetId, holder: Holder) -> u64 {
    u64::from(holder.number()) << 32 | u64::from(asset)
}

/// The same the other way.
pub(super) fn parts(pair: u64) -> (AssetId, Holder) {
    (pair as AssetId, Holder::numbered((pair >> 32) as u32))
}

impl Arrivals {
    pub(super) fn expect(&mut self, asset: AssetId, holder: Holder, at: Timestamp) {
        self.0.insert(pair(asset, holder), Millis(at));
    }

    pub(super) fn forget(&mut self, asset: AssetId, holder: Holder) {
        self.0.remove(&pair(asset, holder));
    }

    /// When the store hears of a licence of which it has not heard.
    pub(super) fn of(&self, asset: AssetId, holder: Holder) -> Option<Timestamp> {
        self.0.get(&pair(asset, holder)).map(|at| at.0)
    }

    /// Licences of which the store has heard by `now`; answers how many.
    pub(super) fn arrive(&mut self, now: Timestamp) -> usize {
        let before = self.0.len();
        self.0.retain(|_, at| at.0 > now);
        before - self.0.len()
    }

    /// All, as asset and holder.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (AssetId, Holder)> + '_ {
        self.0.keys().map(|pair| parts(*pair))
    }
}

impl Location {
    /// When the store hears of a licence that somebody holds; `None` where it has.
    pub fn arrives_at_store(&self, asset: super::AssetKey, target: &Target) -> Option<Timestamp> {
        self.arrivals.of(self.asset_id(asset)?, self.holder(target)?)
    }
}

impl Books {
    /// How late assignments become known that are made now.
    pub(super) fn lateness(&mut self, now: Timestamp) -> Lateness {
        let (lists, store) = (self.quirks.license_lag, self.quirks.store_lag);
        Lateness {
            ticket: (!lists.is_zero()).then(|| self.schedule.next_ticket()),
            store: (!store.is_zero()).then(|| now + store),
        }
    }

    /// Plans what makes assignments known that were made with this lateness.
    pub(super) fn show_later(&mut self, location: LocationId, lateness: Lateness, now: Timestamp) {
        if let Some(ticket) = lateness.ticket {
            let due = ContentDue::AssignmentsShow { location, ticket };
            self.schedule.plan(now + self.quirks.license_lag, Event::Content(due));
        }
        if let Some(at) = lateness.store {
            self.schedule.plan(at, Event::Content(ContentDue::StoreHears { location }));
        }
    }
}
