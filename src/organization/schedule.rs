//! What is yet to happen.

use std::collections::BTreeMap;

use super::{Change, DeviceId, ServerId};
use crate::clock::Timestamp;

/// Something that happens by itself when its time has come.
#[derive(Clone, Debug)]
pub enum Event {
    /// An order's devices appear.
    OrderArrives {
        /// The order's place.
        order: u32,
    },
    /// Devices assigned in the portal show at the servers concerned.
    AssignmentShows {
        /// The devices with the rows that their servers get.
        shown: Vec<ShownAssignment>,
    },
    /// Rows join a server's change log.
    RowsShow {
        /// The server.
        server: ServerId,
        /// Its rows.
        rows: Vec<Change>,
    },
    /// The services know that the terms are signed.
    TermsTakeEffect,
    /// A device's provisional period is over: its user can no longer leave.
    ProvisionEnds {
        /// The device.
        device: DeviceId,
    },
    /// A device has to have moved to its new server.
    MigrationDue {
        /// The device.
        device: DeviceId,
    },
}

/// An assignment that was made in the portal and shows at the servers later.
#[derive(Clone, Copy, Debug)]
pub struct ShownAssignment {
    /// The device.
    pub device: DeviceId,
    /// The server where it was shown until now, and its row there.
    pub left: Option<(ServerId, Change)>,
    /// The server where it shows from now on, and its rows there.
    pub joined: Option<(ServerId, [Option<Change>; 2])>,
}

/// One event that ran, for people: what `advance` reports.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Ran {
    /// When.
    pub at: Timestamp,
    /// What.
    pub what: String,
}

/// The events to come, by time, then in the order in which they were planned.
#[derive(Clone, Debug, Default)]
pub struct Schedule {
    events: BTreeMap<(Timestamp, u64), Event>,
    planned: u64,
}

impl Schedule {
    /// Plans an event.
    pub fn plan(&mut self, at: Timestamp, event: Event) {
        self.planned += 1;
        self.events.insert((at, self.planned), event);
    }

    /// Whether anything is due at `now`.
    #[inline]
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.events.first_key_value().is_some_and(|((at, _), _)| *at <= now)
    }

    /// Takes the next event that is due at `now`.
    pub fn take_due(&mut self, now: Timestamp) -> Option<(Timestamp, Event)> {
        if !self.is_due(now) {
            return None;
        }
        self.events.pop_first().map(|((at, _), event)| (at, event))
    }

    /// Calls off every event that `unwanted` names.
    pub fn call_off(&mut self, unwanted: impl Fn(&Event) -> bool) {
        self.events.retain(|_, event| !unwanted(event));
    }

    /// Forgets what an assignment of `device` was yet to show.
    pub fn forget_shown(&mut self, device: DeviceId) {
        for event in self.events.values_mut() {
            if let Event::AssignmentShows { shown } = event {
                shown.retain(|assignment| assignment.device != device);
            }
        }
    }

    /// The events to come, soonest first.
    pub fn iter(&self) -> impl Iterator<Item = (Timestamp, &Event)> {
        self.events.iter().map(|((at, _), event)| (*at, event))
    }
}
