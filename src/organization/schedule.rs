//! What is yet to happen.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::content::ContentDue;
use super::{DeviceId, Move, ServerId};
use crate::clock::{Timestamp, millis};

/// Something that happens by itself when its time has come.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
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
    /// The next thing in the timeline happens.
    Happens {
        /// Its place there.
        entry: u32,
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
    /// What the timeline notes on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Whether it could not be done as planned; `what` says why.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub failed: bool,
}

impl Ran {
    /// Something that ran as it should.
    pub fn of(at: Timestamp, what: impl Into<String>) -> Self {
        Self { at, what: what.into(), note: None, failed: false }
    }
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

    /// When the next event is due.
    pub fn next_at(&self) -> Option<Timestamp> {
        self.events.first_key_value().map(|((at, _), _)| *at)
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

    /// How many events were ever planned.
    pub(super) fn planned(&self) -> u64 {
        self.planned
    }

    /// The numbers of the events to come, soonest event first.
    pub(super) fn tickets(&self) -> impl Iterator<Item = u64> {
        self.events.keys().map(|(_, ticket)| *ticket)
    }

    /// The events to come, soonest first.
    pub fn iter(&self) -> impl Iterator<Item = (Timestamp, &Event)> {
        self.events.iter().map(|((at, _), event)| (*at, event))
    }
}

/// A schedule as it is written down.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept<Events> {
    planned: u64,
    events: Events,
}

/// An event as it is written down.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Planned<What> {
    #[serde(with = "millis")]
    at: Timestamp,
    ticket: u64,
    what: What,
}

impl Serialize for Schedule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let events = self.events.iter().map(|((at, ticket), what)| Planned { at: *at, ticket: *ticket, what });
        Kept { planned: self.planned, events: events.collect::<Vec<_>>() }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Schedule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Kept { planned, events } = Kept::<Vec<Planned<Event>>>::deserialize(deserializer)?;
        let events = events.into_iter().map(|Planned { at, ticket, what }| ((at, ticket), what)).collect();
        Ok(Self { planned, events })
    }
}
