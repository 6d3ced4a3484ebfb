//! Events: what a request has begun and is worked off bit by bit.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::seal::{Seal, open_uuid, uuid};
use super::slice::Work;
use super::{
    Affected, AssetVerb, ContentDue, ContentRefusal, ContentRefused, ForcedFailure, Location, LocationId, ManageAssets,
    ManageSubscriptions, RevokeAssets, Target, UserFields, UserVerb,
};
use crate::clock::{Span, Timestamp};
use crate::organization::quirks::EventLatency;
use crate::organization::{Books, Event, Quirks};

/// How long a finished event is kept at least. Apple's retention is unknown.
const KEPT: Span = Span::from_days(1);

/// `eventType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum EventKind {
    /// Assets or subscriptions are associated.
    Associate,
    /// Assets or subscriptions are disassociated.
    Disassociate,
    /// All assets are taken back.
    Revoke,
    /// Users are created.
    Create,
    /// Users are updated.
    Update,
    /// Users are retired.
    Retire,
}

impl EventKind {
    /// Apple's word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Associate => "ASSOCIATE",
            Self::Disassociate => "DISASSOCIATE",
            Self::Revoke => "REVOKE",
            Self::Create => "CREATE",
            Self::Update => "UPDATE",
            Self::Retire => "RETIRE",
        }
    }
}

impl From<AssetVerb> for EventKind {
    fn from(verb: AssetVerb) -> Self {
        match verb {
            AssetVerb::Associate => Self::Associate,
            AssetVerb::Disassociate => Self::Disassociate,
        }
    }
}

impl From<UserVerb> for EventKind {
    fn from(verb: UserVerb) -> Self {
        match verb {
            UserVerb::Create => Self::Create,
            UserVerb::Update => Self::Update,
            UserVerb::Retire => Self::Retire,
        }
    }
}

/// `eventStatus`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum EventState {
    /// Not finished.
    Pending,
    /// Finished, and everything was done.
    Complete,
    /// Finished, and something was not done.
    Failed,
}

impl EventState {
    /// Apple's word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Complete => "COMPLETE",
            Self::Failed => "FAILED",
        }
    }
}

/// An event.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContentEvent {
    /// `eventId`.
    pub id: String,
    /// What it does.
    pub kind: EventKind,
    /// `numRequested`: how many tasks it has. Every asset with every target is one; a revocation has one for each assignment that there was.
    pub requested: u32,
    /// `numCompleted`: how many were done.
    pub completed: u32,
    /// What could not be done, by reason.
    pub failures: BTreeMap<ContentRefusal, Affected>,
    /// When it began.
    #[serde(with = "crate::clock::millis")]
    pub begun: Timestamp,
    /// When it was finished.
    #[serde(with = "crate::clock::millis::option")]
    pub finished: Option<Timestamp>,
    /// How many tasks were tried.
    pub(super) tried: u32,
    /// Whose tasks are to fail.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) forced: Vec<ForcedFailure>,
    /// Whether it waits for the switch `event_latency` to be set back from `never`: nothing is planned for it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) stuck: bool,
    pub(super) work: Work,
}

impl ContentEvent {
    /// Whether it is finished, and how it went.
    pub fn state(&self) -> EventState {
        match (self.finished, self.failures.is_empty()) {
            (None, _) => EventState::Pending,
            (Some(_), true) => EventState::Complete,
            (Some(_), false) => EventState::Failed,
        }
    }
}

impl Location {
    /// The event with this id, as long as it is kept: a day after it was finished, at least.
    pub fn event(&self, id: &str, now: Timestamp) -> Result<&ContentEvent, ContentRefused> {
        let event = self.event_number(id).and_then(|number| self.events.get(&number));
        event.filter(|event| event.is_kept(now)).ok_or_else(|| {
            let why = format!("the location {} has no event `{id}`, or has it no longer", self.name);
            ContentRefused::new(ContentRefusal::EventUnknown, why)
        })
    }

    /// The number that this id stands for.
    pub(super) fn event_number(&self, id: &str) -> Option<u64> {
        open_uuid(self.key, Seal::Event, id, 4)
    }

    /// All events that are kept, the first begun first.
    pub fn events(&self) -> impl Iterator<Item = &ContentEvent> {
        self.events.values()
    }
}

impl Location {
    /// Forgets events that nobody can ask for any more. Those that began within that time are not looked at: a busy day has many.
    fn forget_events(&mut self, now: Timestamp) {
        let old = self.events.iter().take_while(|(_, event)| now - event.begun > KEPT);
        let gone: Vec<u64> = old.filter(|(_, event)| !event.is_kept(now)).map(|(number, _)| *number).collect();
        for number in gone {
            self.events.remove(&number);
        }
    }
}

impl ContentEvent {
    fn is_kept(&self, now: Timestamp) -> bool {
        self.finished.is_none_or(|finished| now - finished <= KEPT)
    }
}

impl Books {
    /// Associates or disassociates: begins an event, after what Apple checks at once. Answers the event's id.
    pub fn manage_assets(
        &mut self,
        location: LocationId,
        verb: AssetVerb,
        request: ManageAssets,
        now: Timestamp,
    ) -> Result<String, ContentRefused> {
        self.check_manage_assets(location, verb, &request)?;
        let tasks = request.assets.len() * (request.client_user_ids.len() + request.serial_numbers.len());
        Ok(self.begin(location, verb.into(), tasks, Work::Assets { verb, request, slice: 0 }, now))
    }

    /// Takes back all that can be taken back from some users and devices: begins an event.
    pub fn revoke_assets(
        &mut self,
        location: LocationId,
        request: RevokeAssets,
        now: Timestamp,
    ) -> Result<String, ContentRefused> {
        self.check_revoke_assets(location, &request)?;
        let users = request.client_user_ids.into_iter().map(Target::User);
        let targets: Vec<Target> = users.chain(request.serial_numbers.into_iter().map(Target::Serial)).collect();
        let ledger = self.content.location(location);
        let mut tasks = Vec::new();
        for (place, target) in (0..).zip(&targets) {
            match ledger.holder(target) {
                Some(holder) => {
                    tasks.extend(ledger.held_revocable(holder).into_iter().map(|asset| (place, Some(asset))))
                }
                // A user that there is not is a task that fails; a serial number that holds nothing is no task.
                None if matches!(target, Target::User(_)) => tasks.push((place, None)),
                None => {}
            }
        }
        let requested = tasks.len();
        Ok(self.begin(location, EventKind::Revoke, requested, Work::Revocation { targets, tasks }, now))
    }

    /// Creates, updates or retires users: begins an event.
    pub fn manage_users(
        &mut self,
        location: LocationId,
        verb: UserVerb,
        users: Vec<UserFields>,
        now: Timestamp,
    ) -> Result<String, ContentRefused> {
        self.check_manage_users(location, &users)?;
        let tasks = users.len();
        Ok(self.begin(location, verb.into(), tasks, Work::Users { verb, users }, now))
    }

    /// Associates or disassociates subscriptions: begins an event.
    pub fn manage_subscriptions(
        &mut self,
        location: LocationId,
        request: ManageSubscriptions,
        now: Timestamp,
    ) -> Result<String, ContentRefused> {
        self.check_manage_subscriptions(location, &request)?;
        let tasks = request.adam_ids.len() * request.client_user_ids.len();
        Ok(self.begin(location, request.verb.into(), tasks, Work::Subscriptions { request, slice: 0 }, now))
    }

    fn begin(&mut self, location: LocationId, kind: EventKind, tasks: usize, work: Work, now: Timestamp) -> String {
        let ledger = self.content.location_mut(location);
        ledger.forget_events(now);
        ledger.last_event += 1;
        let number = ledger.last_event;
        let id = uuid(ledger.key, Seal::Event, number, 4);
        let event = ContentEvent {
            id: id.clone(),
            kind,
            requested: tasks as u32,
            completed: 0,
            failures: BTreeMap::new(),
            begun: now,
            finished: None,
            tried: 0,
            forced: Vec::new(),
            stuck: false,
            work,
        };
        ledger.events.insert(number, event);
        self.plan_slice(location, number, now);
        id
    }

    /// Plans the next slice of an event, from `now` on; an event whose latency has no end is stuck.
    pub(super) fn plan_slice(&mut self, location: LocationId, number: u64, now: Timestamp) {
        let Some(event) = self.content.location_mut(location).events.get_mut(&number) else { return };
        let next = event.next_at(&self.quirks.event_latency);
        event.stuck = next.is_none();
        if let Some(next) = next {
            self.schedule.plan(next.max(now), Event::Content(ContentDue::Slice { location, event: number }));
        }
    }

    /// Turns the switches. Events that were stuck go on where `event_latency` has an end again: at once where it was over long ago.
    pub fn turn_switches(&mut self, quirks: Arc<Quirks>, now: Timestamp) {
        self.quirks = quirks;
        if self.quirks.event_latency == EventLatency::Never {
            return;
        }
        let locations = (0..).zip(&self.content.locations);
        let stuck = locations.flat_map(|(id, location)| {
            let stuck = location.events.iter().filter(|(_, event)| event.stuck && event.finished.is_none());
            stuck.map(move |(number, _)| (id, *number))
        });
        for (location, number) in stuck.collect::<Vec<_>>() {
            self.plan_slice(location, number, now);
        }
    }
}
