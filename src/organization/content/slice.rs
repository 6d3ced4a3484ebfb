//! Working an event off: a hundred tasks at a time, each slice with its notifications.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::arrivals::Lateness;
use super::location::Taken;
use super::{
    AssetId, AssetKey, AssetVerb, AssignmentName, ContentDue, ContentEvent, ContentRefusal, LocationId, ManageAssets,
    ManageSubscriptions, NoticeBody, Notification, Target, UserFields, UserShown, UserStatus, UserVerb,
};
use crate::clock::{Span, Timestamp};
use crate::organization::quirks::EventLatency;
use crate::organization::{Books, Event};

/// The most tasks that are done at once, and the most elements of a notification.
pub(super) const SLICE: usize = 100;

/// What an event has to do.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Work {
    /// Every asset for every target, asset by asset.
    Assets { verb: AssetVerb, request: ManageAssets, slice: u32 },
    /// Assets of targets; where there is no asset, there is no such user.
    Revocation { targets: Vec<Target>, tasks: Vec<(u32, Option<AssetId>)> },
    /// User by user.
    Users { verb: UserVerb, users: Vec<UserFields> },
    /// Every subscription for every user.
    Subscriptions { request: ManageSubscriptions, slice: u32 },
}

impl ContentEvent {
    /// When the next slice is done: after the latency, and a while for each task so far and in that slice.
    /// `None`: never.
    pub(super) fn next_at(&self, latency: &EventLatency) -> Option<Timestamp> {
        let EventLatency::Takes { base, per_thousand } = latency else { return None };
        let tasks = i64::from(self.tried) + self.next_tasks() as i64;
        let working = Span::from_millis(per_thousand.millis().saturating_mul(tasks) / 1_000);
        Some(self.begun + *base + working)
    }

    /// How many tasks the next slice has.
    fn next_tasks(&self) -> usize {
        match &self.work {
            Work::Assets { request, slice, .. } => {
                let targets = request.client_user_ids.len() + request.serial_numbers.len();
                cut(request.assets.len(), targets, *slice).map_or(0, |(_, range)| range.len())
            }
            Work::Subscriptions { request, slice } => {
                cut(request.adam_ids.len(), request.client_user_ids.len(), *slice).map_or(0, |(_, range)| range.len())
            }
            Work::Revocation { tasks, .. } => of_one_target(tasks, self.tried).len(),
            Work::Users { users, .. } => (users.len() - self.tried as usize).min(SLICE),
        }
    }
}

/// Which thing, and which of the targets, are in a slice: slices do not mix things.
pub(super) fn cut(things: usize, targets: usize, slice: u32) -> Option<(usize, std::ops::Range<usize>)> {
    let slices = targets.div_ceil(SLICE).max(1);
    let (thing, part) = (slice as usize / slices, slice as usize % slices);
    (thing < things).then(|| (thing, part * SLICE..targets.min((part + 1) * SLICE)))
}

/// The next slice of a revocation, of which so many tasks were tried: slices do not mix those from whom is taken.
fn of_one_target(tasks: &[(u32, Option<AssetId>)], tried: u32) -> &[(u32, Option<AssetId>)] {
    let rest = tasks.get(tried as usize..).unwrap_or_default();
    let same = rest.iter().take(SLICE).take_while(|task| Some(task.0) == rest.first().map(|first| first.0));
    &rest[..same.count()]
}

/// What became of the tasks of a slice.
struct Done<T> {
    done: Vec<T>,
    failed: BTreeMap<ContentRefusal, Vec<T>>,
}

impl<T> Default for Done<T> {
    fn default() -> Self {
        Self { done: Vec::new(), failed: BTreeMap::new() }
    }
}

impl<T> Done<T> {
    fn note(&mut self, task: T, outcome: Result<(), ContentRefusal>) {
        match outcome {
            Ok(()) => self.done.push(task),
            Err(refusal) => self.failed.entry(refusal).or_default().push(task),
        }
    }

    /// Counts the tasks in the event; answers them by what became of them: done, or why not.
    fn enter(
        self,
        event: &mut ContentEvent,
        name: impl Fn(&T, ContentRefusal, &mut super::Affected),
    ) -> Vec<(Option<ContentRefusal>, Vec<T>)> {
        event.completed += self.done.len() as u32;
        event.tried += self.done.len() as u32;
        let mut parts = Vec::new();
        if !self.done.is_empty() {
            parts.push((None, self.done));
        }
        for (refusal, tasks) in self.failed {
            event.tried += tasks.len() as u32;
            let affected = event.failures.entry(refusal).or_default();
            tasks.iter().for_each(|task| name(task, refusal, affected));
            parts.push((Some(refusal), tasks));
        }
        parts
    }
}

impl Books {
    /// Does the next slice of an event.
    pub(super) fn work_off(&mut self, location: LocationId, number: u64, now: Timestamp) -> Option<String> {
        if self.quirks.event_latency == EventLatency::Never {
            self.plan_slice(location, number, now);
            return None;
        }
        let mut event = self.content.location_mut(location).events.remove(&number)?;
        let more = match event.work {
            Work::Assets { .. } | Work::Revocation { .. } => self.work_on_assets(location, &mut event, now),
            Work::Users { .. } => self.work_on_users(location, &mut event, now),
            Work::Subscriptions { .. } => self.work_on_subscriptions(location, &mut event, now),
        };
        let told = if more {
            None
        } else {
            event.finished = Some(now);
            let (kind, state) = (event.kind.name(), event.state().name());
            let name = &self.content.location(location).name;
            Some(format!("event {kind} at {name}: {state}, {} of {} done", event.completed, event.requested))
        };
        self.content.location_mut(location).events.insert(number, event);
        if more {
            self.plan_slice(location, number, now);
        }
        told
    }

    /// Whether there is more to do.
    fn work_on_assets(&mut self, location: LocationId, event: &mut ContentEvent, now: Timestamp) -> bool {
        let (tasks, verb): (Vec<AssignmentName>, AssetVerb) = match &mut event.work {
            Work::Assets { verb, request, slice } => {
                let users = request.client_user_ids.len();
                let Some((asset, range)) = cut(request.assets.len(), users + request.serial_numbers.len(), *slice)
                else {
                    return false;
                };
                *slice += 1;
                let target = |place: usize| match place < users {
                    true => Target::User(request.client_user_ids[place].clone()),
                    false => Target::Serial(request.serial_numbers[place - users].clone()),
                };
                (range.map(|place| (request.assets[asset], target(place))).collect(), *verb)
            }
            Work::Revocation { targets, tasks } => {
                let slice = of_one_target(tasks, event.tried).iter();
                let ledger = self.content.location(location);
                let name = |(target, asset): &(u32, Option<AssetId>)| {
                    let asset = asset.and_then(|asset| ledger.assets.get(asset as usize));
                    let key = asset.map_or(AssetKey::standard(0), |asset| asset.key);
                    (key, targets[*target as usize].clone())
                };
                (slice.map(name).collect(), AssetVerb::Disassociate)
            }
            _ => return false,
        };
        let lateness = if verb == AssetVerb::Associate { self.lateness(now) } else { Lateness::default() };
        let mut done = Done::default();
        let mut moved: BTreeMap<AssetKey, i64> = BTreeMap::new();
        for (key, target) in tasks {
            let outcome = match event.forced_on(&target) {
                Some(refusal) => Err(refusal),
                None => self.change_assignment(location, verb, key, &target, lateness),
            };
            if let Ok(change) = outcome
                && change != 0
            {
                *moved.entry(key).or_default() += change;
            }
            done.note((key, target), outcome.map(|_| ()));
        }
        self.show_later(location, lateness, now);
        for (key, change) in moved {
            self.count_later(location, key, 0, change, now);
        }
        let parts = done.enter(event, |(key, target), refusal, affected| match refusal {
            ContentRefusal::UserNotFound => affected.add_target(target),
            _ => {
                affected.assets.insert(*key);
                affected.add_target(target);
            }
        });
        for (failure, mut assignments) in parts {
            assignments.retain(|(key, _)| key.adam_id != 0);
            // A revocation for a user that there is not concerns no assignment, and a notification could name none.
            if assignments.is_empty() {
                continue;
            }
            let (id, kind) = (event.id.clone(), event.kind);
            let body = |_: &_| NoticeBody::AssetManagement { event: id, kind, assignments, failure };
            self.notify(location, now, body, Notification::AssetManagement);
        }
        event.tried < event.requested
    }

    /// One task; answers how many more licences are assigned after it.
    fn change_assignment(
        &mut self,
        location: LocationId,
        verb: AssetVerb,
        key: AssetKey,
        target: &Target,
        lateness: Lateness,
    ) -> Result<i64, ContentRefusal> {
        let strict = self.quirks.strict_serials && verb == AssetVerb::Associate;
        if let Target::Serial(serial) = target
            && strict
            && !self.owns_device(serial)
        {
            return Err(ContentRefusal::SerialUnknown);
        }
        let ledger = self.content.location_mut(location);
        if let Target::User(id) = target
            && ledger.active_user(id).is_none()
        {
            return Err(ContentRefusal::UserNotFound);
        }
        let asset = ledger.asset_id(key);
        match verb {
            // Of what the location does not have, nothing is available.
            AssetVerb::Associate => {
                let asset = asset.ok_or(ContentRefusal::NotEnoughLicenses)?;
                let taken = ledger.assign(asset, target, lateness)?;
                Ok(i64::from(matches!(taken, Taken::License(_))))
            }
            // To take back what nobody holds is no mistake: no number stands for it.
            AssetVerb::Disassociate => {
                let Some((asset, holder)) = asset.zip(ledger.holder(target)) else { return Ok(0) };
                if !ledger.assets[asset as usize].revocable {
                    return Err(ContentRefusal::NotRevocable);
                }
                Ok(-i64::from(ledger.unassign(asset, holder).is_some()))
            }
        }
    }

    /// Lets the counts of an asset show a change later, where the switch `count_lag` says so.
    pub(super) fn count_later(
        &mut self,
        location: LocationId,
        key: AssetKey,
        total: i64,
        assigned: i64,
        now: Timestamp,
    ) {
        let lag = self.quirks.count_lag;
        let ledger = self.content.location_mut(location);
        let Some(asset) = ledger.asset_id(key).filter(|_| lag.millis() > 0) else { return };
        let record = &mut ledger.assets[asset as usize];
        record.unshown = (record.unshown.0 + total, record.unshown.1 + assigned);
        let due = ContentDue::CountsShow { location, asset, total, assigned };
        self.schedule.plan(now + lag, Event::Content(due));
    }

    /// Whether there is more to do.
    fn work_on_users(&mut self, location: LocationId, event: &mut ContentEvent, now: Timestamp) -> bool {
        let Work::Users { verb, users } = &event.work else { return false };
        let (verb, users) = (*verb, users.iter().skip(event.tried as usize).take(SLICE).cloned().collect::<Vec<_>>());
        let mut done = Done::default();
        for fields in users {
            let forced = event.forced(&fields.client_user_id).map_or(Ok(()), Err);
            let outcome = forced.and_then(|()| match verb {
                UserVerb::Create => self.create_user(location, &fields),
                UserVerb::Update => self.update_user(location, &fields),
                UserVerb::Retire => self.retire_called(location, &fields.client_user_id, now),
            });
            let ledger = self.content.location(location);
            let shown = match outcome {
                Ok(user) if verb == UserVerb::Retire && ledger.users[user].id_hash.is_none() => {
                    ledger.shown_with_code(user)
                }
                Ok(user) => ledger.shown(user),
                Err(_) => unknown(&fields),
            };
            done.note(shown, outcome.map(|_| ()));
        }
        let parts = done.enter(event, |user, _, affected| {
            affected.client_user_ids.insert(user.client_user_id.clone());
        });
        for (failure, users) in parts {
            let id = event.id.clone();
            let body = |_: &_| NoticeBody::UserManagement { event: id, verb, users, failure };
            self.notify(location, now, body, Notification::UserManagement);
        }
        event.tried < event.requested
    }
}

/// A user with whom nothing could be done: what was sent.
fn unknown(fields: &UserFields) -> UserShown {
    UserShown {
        client_user_id: fields.client_user_id.clone(),
        email: fields.email.clone(),
        status: UserStatus::Registered,
        invite_code: None,
        id_hash: None,
    }
}

impl ContentEvent {
    /// The request, the subscription and the users of the next slice.
    pub(super) fn next_seats(&mut self) -> Option<(ManageSubscriptions, u64, Vec<String>)> {
        let Work::Subscriptions { request, slice } = &mut self.work else { return None };
        let (subscription, range) = cut(request.adam_ids.len(), request.client_user_ids.len(), *slice)?;
        *slice += 1;
        let users = request.client_user_ids[range].to_vec();
        Some((request.clone(), request.adam_ids[subscription], users))
    }
}
