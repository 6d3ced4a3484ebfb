//! What happens to apps and books by itself.

use serde::{Deserialize, Serialize};

use super::{AssetId, LocationId};
use crate::clock::Timestamp;
use crate::organization::Books;

/// Something of apps and books that happens by itself when its time has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ContentDue {
    /// The next slice of an event is done.
    Slice {
        /// The location.
        location: LocationId,
        /// The event's number there.
        event: u64,
    },
    /// Assignments show that were made a while ago.
    AssignmentsShow {
        /// The location.
        location: LocationId,
        /// Which: what they were marked with.
        ticket: u64,
    },
    /// The store hears of licences that were assigned a while ago.
    StoreHears {
        /// The location.
        location: LocationId,
    },
    /// Counts show that changed a while ago.
    CountsShow {
        /// The location.
        location: LocationId,
        /// The asset.
        asset: AssetId,
        /// How much its total changed.
        total: i64,
        /// How much the number of assignments changed.
        assigned: i64,
    },
    /// A period of a subscription is over.
    PeriodEnds {
        /// The location.
        location: LocationId,
        /// The subscription.
        adam_id: u64,
        /// Which end this is: another was planned since, if it is not the subscription's.
        #[serde(with = "crate::clock::millis")]
        at: Timestamp,
    },
    /// A notification is sent again, or has waited long enough to be overtaken.
    NotificationDue {
        /// The delivery's number.
        delivery: u64,
    },
}

impl Books {
    /// Something of apps and books is due; answers what happened, if it is worth telling.
    pub(in crate::organization) fn content_due(&mut self, due: ContentDue, now: Timestamp) -> Option<String> {
        match due {
            ContentDue::Slice { location, event } => self.work_off(location, event, now),
            ContentDue::AssignmentsShow { location, ticket } => {
                let ledger = self.content.location_mut(location);
                let shown = ledger.show_assignments(ticket);
                (shown > 0).then(|| format!("{shown} assignments became visible at {}", ledger.name))
            }
            ContentDue::StoreHears { location } => {
                let ledger = self.content.location_mut(location);
                let heard = ledger.arrivals.arrive(now);
                (heard > 0).then(|| format!("the store heard of {heard} licences of {}", ledger.name))
            }
            ContentDue::CountsShow { location, asset, total, assigned } => {
                let ledger = self.content.location_mut(location);
                ledger.change_asset(asset, |asset| {
                    asset.unshown = (asset.unshown.0 - total, asset.unshown.1 - assigned);
                });
                Some(format!("the counts of {} became visible at {}", ledger.assets[asset as usize].key, ledger.name))
            }
            ContentDue::PeriodEnds { location, adam_id, at } => self.end_period(location, adam_id, at, now),
            ContentDue::NotificationDue { delivery } => {
                // Told when it is sent.
                self.content.deliveries.due(delivery, now);
                None
            }
        }
    }
}
