//! Subscriptions (2026): seats that users hold until a period ends, or for as long as it is renewed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::request::check_size;
use super::seal::{Seal, open_uuid, uuid};
use super::{
    Affected, AssetVerb, ContentDue, ContentEvent, ContentRefusal, ContentRefused, DataSet, Location, LocationId,
    NoticeBody, Notification, UserId, UserStatus,
};
use crate::clock::{Span, Timestamp};
use crate::organization::{Books, Event};

use ContentRefusal as No;

/// Numbers of seats: those that are renewed when the period ends, and those that are not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seats {
    /// Renewed.
    pub renewing: u32,
    /// Over when the period ends.
    pub expiring: u32,
}

impl Seats {
    /// Both together.
    pub fn sum(self) -> u32 {
        self.renewing + self.expiring
    }
}

/// `status`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum SubscriptionState {
    /// A period is running.
    #[default]
    Active,
    /// The last period is over, and nothing was renewed. The entry stays, with zeros.
    Inactive,
    /// Paused.
    Paused,
}

/// A subscription that a location has, or had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subscription {
    /// The app that it is for.
    pub parent_adam_id: u64,
    /// Its own number.
    pub adam_id: u64,
    /// Whether it is running.
    pub state: SubscriptionState,
    /// How long a period is.
    pub period: Span,
    /// When the running one ends; `None`: none is running.
    pub period_end: Option<Timestamp>,
    /// The seats that the location owns.
    pub total: Seats,
    /// The seats that users hold, by how their assignment ends.
    pub assigned: Seats,
}

impl Subscription {
    /// The seats that nobody holds. An assignment that expires takes an expiring seat as long as there is one, and then one that renews: so
    /// there may be more renewing seats than renewing assignments and available ones together.
    pub fn available(&self) -> Seats {
        let beyond = self.assigned.expiring.saturating_sub(self.total.expiring);
        Seats {
            renewing: self.total.renewing.saturating_sub(self.assigned.renewing + beyond),
            expiring: self.total.expiring.saturating_sub(self.assigned.expiring),
        }
    }
}

/// A user's seat, or a user's right to manage a subscription. Written `1234:5`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
struct Seat {
    adam_id: u64,
    user: UserId,
}

impl fmt::Display for Seat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.adam_id, self.user)
    }
}

impl From<Seat> for String {
    fn from(seat: Seat) -> Self {
        seat.to_string()
    }
}

impl FromStr for Seat {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let read = text
            .split_once(':')
            .and_then(|(adam_id, user)| Some(Self { adam_id: adam_id.parse().ok()?, user: user.parse().ok()? }));
        read.ok_or_else(|| format!("`{text}` is no seat: write 1234:5"))
    }
}

impl TryFrom<String> for Seat {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

/// The subscriptions of a location, who holds them and who manages them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subscriptions {
    /// Whether subscriptions are managed here; `None` until somebody says so. They can be bought where they are.
    pub enabled: Option<bool>,
    entries: BTreeMap<u64, Subscription>,
    /// Seats, and whether they are renewed.
    seats: BTreeMap<Seat, bool>,
    admins: BTreeSet<Seat>,
}

/// A seat in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubscriptionAssignment {
    /// The subscription.
    pub adam_id: u64,
    /// Who holds it.
    pub client_user_id: String,
    /// Whether it is renewed.
    pub renewing: bool,
}

/// An administrator in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SubscriptionAdmin {
    /// The subscription.
    pub adam_id: u64,
    /// Who manages it.
    pub user: UserId,
}

/// Every subscription for every user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManageSubscriptions {
    /// Whether they are associated.
    pub verb: AssetVerb,
    /// The subscriptions.
    pub adam_ids: Vec<u64>,
    /// The users.
    pub client_user_ids: Vec<String>,
    /// Associating: whether the seats are renewed. Disassociating: whether it waits for the end of the period (`deferred`).
    pub lasting: bool,
}

impl Subscriptions {
    /// The subscription with this number.
    pub fn get(&self, adam_id: u64) -> Option<&Subscription> {
        self.entries.get(&adam_id)
    }

    fn put(&mut self, seat: Seat, renewing: bool) -> Result<(), No> {
        let entry = self.entries.get_mut(&seat.adam_id).ok_or(No::SubscriptionUnknown)?;
        let before = self.seats.get(&seat).copied();
        let mut after = entry.clone();
        after.release(before);
        let free = after.available();
        let fits = if renewing { free.renewing > 0 } else { free.sum() > 0 };
        if !fits {
            return Err(No::NotEnoughLicenses);
        }
        after.take(renewing);
        *entry = after;
        self.seats.insert(seat, renewing);
        Ok(())
    }

    fn remove(&mut self, seat: Seat) -> Result<(), No> {
        let before = self.seats.remove(&seat).ok_or(No::SubscriptionNotAssigned)?;
        if let Some(entry) = self.entries.get_mut(&seat.adam_id) {
            entry.release(Some(before));
        }
        Ok(())
    }

    /// Nobody keeps a seat or a right who is retired.
    pub(super) fn forget_user(&mut self, user: UserId) {
        let theirs: Vec<Seat> = self.seats.keys().filter(|seat| seat.user == user).copied().collect();
        for seat in theirs {
            // It is there: it was found a moment ago.
            let _ = self.remove(seat);
        }
        self.admins.retain(|admin| admin.user != user);
    }

    /// Whether seats add up.
    pub(super) fn check(&self) -> Result<(), String> {
        for (adam_id, entry) in &self.entries {
            let mut assigned = Seats::default();
            for (_, renewing) in self.seats.iter().filter(|(seat, _)| seat.adam_id == *adam_id) {
                *(if *renewing { &mut assigned.renewing } else { &mut assigned.expiring }) += 1;
            }
            let sum = assigned.sum() + entry.available().sum();
            if assigned != entry.assigned || sum != entry.total.sum() {
                return Err(format!("subscription {adam_id}: {assigned:?} held, {entry:?}"));
            }
        }
        Ok(())
    }
}

impl Subscription {
    fn take(&mut self, renewing: bool) {
        *(if renewing { &mut self.assigned.renewing } else { &mut self.assigned.expiring }) += 1;
    }

    fn release(&mut self, before: Option<bool>) {
        match before {
            Some(true) => self.assigned.renewing -= 1,
            Some(false) => self.assigned.expiring -= 1,
            None => {}
        }
    }
}

/// A part of a list, and the cursor of the next if there is one.
type Part<T> = (Vec<T>, Option<String>);

impl Location {
    /// Part of a list, from the place that the cursor names.
    fn part<T>(
        &self,
        items: impl Iterator<Item = T>,
        cursor: Option<&str>,
        size: u32,
    ) -> Result<Part<T>, ContentRefused> {
        let read = |cursor: &str| {
            open_uuid(self.key, Seal::Cursor, cursor, 4)
                .ok_or_else(|| ContentRefused::new(No::CursorInvalid, format!("`{cursor}` is no cursor of this list")))
        };
        let from = cursor.map(read).transpose()?.unwrap_or(0) as usize;
        let size = size.max(1) as usize;
        let mut items: Vec<T> = items.skip(from).take(size + 1).collect();
        let more = items.len() > size;
        items.truncate(size);
        Ok((items, more.then(|| uuid(self.key, Seal::Cursor, (from + size) as u64, 4))))
    }

    /// Subscriptions, of these apps and with these numbers where any are named.
    pub fn subscriptions_part(
        &self,
        parents: &[u64],
        adam_ids: &[u64],
        cursor: Option<&str>,
        size: u32,
    ) -> Result<Part<Subscription>, ContentRefused> {
        let fits = |entry: &&Subscription| {
            (parents.is_empty() || parents.contains(&entry.parent_adam_id))
                && (adam_ids.is_empty() || adam_ids.contains(&entry.adam_id))
        };
        self.part(self.subscriptions.entries.values().filter(fits).cloned(), cursor, size)
    }

    /// Seats.
    pub fn subscription_assignments_part(
        &self,
        parents: &[u64],
        adam_ids: &[u64],
        client_user_id: Option<&str>,
        cursor: Option<&str>,
        size: u32,
    ) -> Result<Part<SubscriptionAssignment>, ContentRefused> {
        let parent = |seat: &Seat| self.subscriptions.get(seat.adam_id).map_or(0, |entry| entry.parent_adam_id);
        let fits = |(seat, _): &(&Seat, &bool)| {
            (adam_ids.is_empty() || adam_ids.contains(&seat.adam_id))
                && (parents.is_empty() || parents.contains(&parent(seat)))
                && client_user_id.is_none_or(|id| &*self.users[seat.user].client_user_id == id)
        };
        let named = |(seat, renewing): (&Seat, &bool)| self.name_seat(*seat, *renewing);
        self.part(self.subscriptions.seats.iter().filter(fits).map(named), cursor, size)
    }

    /// Administrators.
    pub fn subscription_admins_part(
        &self,
        adam_ids: &[u64],
        cursor: Option<&str>,
        size: u32,
    ) -> Result<Part<SubscriptionAdmin>, ContentRefused> {
        let fits = |seat: &&Seat| adam_ids.is_empty() || adam_ids.contains(&seat.adam_id);
        let named = |seat: &Seat| SubscriptionAdmin { adam_id: seat.adam_id, user: seat.user };
        self.part(self.subscriptions.admins.iter().filter(fits).map(named), cursor, size)
    }

    fn name_seat(&self, seat: Seat, renewing: bool) -> SubscriptionAssignment {
        let client_user_id = self.users[seat.user].client_user_id.to_string();
        SubscriptionAssignment { adam_id: seat.adam_id, client_user_id, renewing }
    }

    /// Subscriptions and users of a request, all known; otherwise what is not.
    fn seats_of(&self, adam_ids: &[u64], client_user_ids: &[String]) -> Result<Vec<Seat>, ContentRefused> {
        if let Some(unknown) = adam_ids.iter().find(|adam_id| self.subscriptions.get(**adam_id).is_none()) {
            let why = format!("the location {} has no subscription {unknown}", self.name);
            return Err(ContentRefused::new(No::SubscriptionUnknown, why));
        }
        let associated = |id: &String| {
            let user = self.active_user(id).filter(|user| self.users[*user].status == UserStatus::Associated);
            user.ok_or_else(|| {
                let why = format!("no user with an Apple Account is called `{id}`");
                ContentRefused::about(No::SubscriptionUserNotFound, Affected::users([id.as_str()]), why)
            })
        };
        let users: Vec<UserId> = client_user_ids.iter().map(associated).collect::<Result<_, _>>()?;
        let seats = |adam_id: &u64| {
            let adam_id = *adam_id;
            users.iter().map(move |user| Seat { adam_id, user: *user }).collect::<Vec<_>>()
        };
        Ok(adam_ids.iter().flat_map(seats).collect())
    }
}

impl Books {
    /// Turns the management of subscriptions on or off. Off is refused while there are any.
    pub fn enable_subscriptions(&mut self, location: LocationId, enabled: bool) -> Result<(), ContentRefused> {
        let ledger = self.content.location_mut(location);
        if !enabled && ledger.subscriptions.entries.values().any(|entry| entry.total.sum() > 0) {
            let why = format!("the location {} has subscriptions", ledger.name);
            return Err(ContentRefused::new(No::SubscriptionsExist, why));
        }
        ledger.subscriptions.enabled = Some(enabled);
        Ok(())
    }

    /// Buys seats of a subscription, for the running period or for a first one that begins now.
    pub fn buy_subscription(
        &mut self,
        location: LocationId,
        (parent_adam_id, adam_id): (u64, u64),
        seats: Seats,
        period: Span,
        now: Timestamp,
    ) -> Result<(), ContentRefused> {
        let ledger = self.content.location_mut(location);
        if ledger.subscriptions.enabled != Some(true) {
            let why = format!("the location {} does not manage subscriptions yet", ledger.name);
            return Err(ContentRefused::new(No::SubscriptionsOff, why));
        }
        if seats.sum() == 0 || seats.renewing > 1_000_000 || seats.expiring > 1_000_000 || period.millis() <= 0 {
            let why = "buy from 1 to 1,000,000 seats of a kind, for a period longer than nothing";
            return Err(ContentRefused::new(No::TooManyLicenses, why));
        }
        let new = Subscription {
            parent_adam_id,
            adam_id,
            state: SubscriptionState::Inactive,
            period,
            period_end: None,
            total: Seats::default(),
            assigned: Seats::default(),
        };
        let entry = ledger.subscriptions.entries.entry(adam_id).or_insert(new);
        entry.total.renewing = entry.total.renewing.saturating_add(seats.renewing).min(u32::MAX / 4);
        entry.total.expiring = entry.total.expiring.saturating_add(seats.expiring).min(u32::MAX / 4);
        entry.state = SubscriptionState::Active;
        if entry.period_end.is_none() {
            entry.period = period;
            self.begin_period(location, adam_id, now);
        }
        self.tell_subscription(location, adam_id, now);
        Ok(())
    }

    fn begin_period(&mut self, location: LocationId, adam_id: u64, now: Timestamp) {
        let ledger = self.content.location_mut(location);
        let Some(entry) = ledger.subscriptions.entries.get_mut(&adam_id) else { return };
        let at = now + entry.period;
        entry.period_end = Some(at);
        self.schedule.plan(at, Event::Content(ContentDue::PeriodEnds { location, adam_id, at }));
    }

    /// A period is over: what expires is gone, what renews goes on.
    pub(super) fn end_period(
        &mut self,
        location: LocationId,
        adam_id: u64,
        at: Timestamp,
        now: Timestamp,
    ) -> Option<String> {
        let ledger = self.content.location_mut(location);
        let subscriptions = &mut ledger.subscriptions;
        subscriptions.get(adam_id).filter(|entry| entry.period_end == Some(at))?;
        let over = subscriptions.seats.iter().filter(|(seat, renewing)| seat.adam_id == adam_id && !**renewing);
        let over: Vec<Seat> = over.map(|(seat, _)| *seat).collect();
        for seat in over {
            // It is there: it was found a moment ago.
            let _ = subscriptions.remove(seat);
        }
        let entry = subscriptions.entries.get_mut(&adam_id)?;
        entry.total.expiring = 0;
        let goes_on = entry.total.renewing > 0;
        entry.period_end = None;
        entry.state = if goes_on { SubscriptionState::Active } else { SubscriptionState::Inactive };
        let told = format!("a period of subscription {adam_id} ended at {}", ledger.name);
        if goes_on {
            self.begin_period(location, adam_id, now);
        }
        self.tell_subscription(location, adam_id, now);
        Some(told)
    }

    fn tell_subscription(&mut self, location: LocationId, adam_id: u64, now: Timestamp) {
        let ledger = self.content.location_mut(location);
        ledger.versions.next(DataSet::Subscriptions);
        let Some(entry) = ledger.subscriptions.get(adam_id) else { return };
        let (available, total, parent_adam_id) = (entry.available(), entry.total, entry.parent_adam_id);
        let body = |_: &Location| NoticeBody::SubscriptionCount { parent_adam_id, adam_id, available, total };
        self.notify(location, now, body, Notification::SubscriptionCount);
    }

    /// Whether an association or disassociation of subscriptions may begin.
    pub fn check_manage_subscriptions(
        &self,
        location: LocationId,
        request: &ManageSubscriptions,
    ) -> Result<(), ContentRefused> {
        let (limits, ledger) = (&self.quirks.limits, self.content.location(location));
        let ManageSubscriptions { verb, adam_ids, client_user_ids: users, .. } = request;
        if adam_ids.is_empty() || users.is_empty() {
            let why = "the request needs subscriptions and users";
            return Err(ContentRefused::new(No::SubscriptionRequestInvalid, why));
        }
        check_size(No::TooManySubscriptions, "adamIds", adam_ids.len(), limits.max_subscriptions)?;
        let most = limits.max_subscription_client_user_ids;
        check_size(No::TooManySubscriptions, "clientUserIds", users.len(), most)?;
        let seats = ledger.seats_of(adam_ids, users)?;
        let missing = seats.iter().find(|seat| !ledger.subscriptions.seats.contains_key(seat));
        match missing.filter(|_| *verb == AssetVerb::Disassociate) {
            Some(seat) => {
                let why = format!("subscription {} is not assigned to every one of these users", seat.adam_id);
                let whose = Affected::users([&*ledger.users[seat.user].client_user_id]);
                Err(ContentRefused::about(No::SubscriptionNotAssigned, whose, why))
            }
            None => Ok(()),
        }
    }

    /// Whether there is more to do.
    pub(super) fn work_on_subscriptions(
        &mut self,
        location: LocationId,
        event: &mut ContentEvent,
        now: Timestamp,
    ) -> bool {
        let Some((request, adam_id, users)) = event.next_seats() else { return false };
        let ledger = self.content.location_mut(location);
        let mut parts: BTreeMap<Option<No>, Vec<SubscriptionAssignment>> = BTreeMap::new();
        for id in users {
            let renewing = request.verb == AssetVerb::Associate && request.lasting;
            let outcome = match ledger.active_user(&id).map(|user| Seat { adam_id, user }) {
                None => Err(No::UserNotFound),
                Some(seat) => match request.verb {
                    AssetVerb::Associate => ledger.subscriptions.put(seat, renewing),
                    // It stays until the period ends, as one that is not renewed.
                    AssetVerb::Disassociate if request.lasting && ledger.subscriptions.seats.contains_key(&seat) => {
                        ledger.subscriptions.put(seat, false)
                    }
                    AssetVerb::Disassociate => ledger.subscriptions.remove(seat),
                },
            };
            let seat = SubscriptionAssignment { adam_id, client_user_id: id, renewing };
            event.tried += 1;
            match outcome {
                Ok(()) => event.completed += 1,
                Err(refusal) => {
                    let affected = event.failures.entry(refusal).or_default();
                    affected.client_user_ids.insert(seat.client_user_id.clone());
                }
            }
            parts.entry(outcome.err()).or_default().push(seat);
        }
        ledger.versions.next(DataSet::Subscriptions);
        for (failure, assignments) in parts {
            let (id, verb) = (event.id.clone(), request.verb);
            let body = |_: &Location| NoticeBody::SubscriptionManagement { event: id, verb, assignments, failure };
            self.notify(location, now, body, Notification::SubscriptionManagement);
        }
        event.tried < event.requested
    }

    /// Makes users administrators of subscriptions, or no longer.
    pub fn manage_subscription_admins(
        &mut self,
        location: LocationId,
        adds: bool,
        adam_ids: &[u64],
        client_user_ids: &[String],
    ) -> Result<(), ContentRefused> {
        let most = self.quirks.limits.max_subscription_client_user_ids;
        check_size(No::TooManySubscriptions, "adamIds", adam_ids.len(), self.quirks.limits.max_subscriptions)?;
        check_size(No::TooManySubscriptions, "clientUserIds", client_user_ids.len(), most)?;
        let ledger = self.content.location_mut(location);
        let seats = ledger.seats_of(adam_ids, client_user_ids)?;
        if seats.is_empty() {
            let why = "the request needs subscriptions and users";
            return Err(ContentRefused::new(No::SubscriptionRequestInvalid, why));
        }
        for seat in seats {
            match adds {
                true => ledger.subscriptions.admins.insert(seat),
                false => ledger.subscriptions.admins.remove(&seat),
            };
        }
        ledger.versions.next(DataSet::Subscriptions);
        Ok(())
    }
}
