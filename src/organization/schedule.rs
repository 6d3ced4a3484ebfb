//! What is yet to happen.

use std::collections::BTreeMap;

use super::content::ContentDue;
use super::{DeviceId, Move, ServerId};
use crate::clock::Timestamp;

/// Something that happens by itself when its time has come.
#[derive(Clone, Debug)]
pub enum Event {
    /// An order's devices appear.
    OrderArrives {
        /// The order's place.
        order: u32,
    },
    /// Devices moved in the portal show at the servers concerned.
    AssignmentShows {
        /// The devices.
        devices: Vec<DeviceId>,
        /// Where they were moved.
        how: Move,
        /// The number of this event: devices that were moved again since carry another.
        ticket: u64,
    },
    /// Rows that waited join a server's change log.
    RowsShow {
        /// The server.
        server: ServerId,
        /// The devices whose rows wait.
        devices: Vec<DeviceId>,
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
    /// Something of apps and books.
    Content(ContentDue),
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

    /// The number that the next event will have.
    pub fn next_ticket(&self) -> u64 {
        self.planned + 1
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

    /// The events to come, soonest first.
    pub fn iter(&self) -> impl Iterator<Item = (Timestamp, &Event)> {
        self.events.iter().map(|((at, _), event)| (*at, event))
    }
}
