//! Buying, assigning and listing subscriptions.

use std::collections::BTreeMap;

use super::cursor::List;
use super::request::{check_size, twice};
use super::slice::SLICE;
use super::subscription::Seat;
use super::users::Users;
use super::{
    Affected, AssetVerb, ContentDue, ContentEvent, ContentRefusal as No, ContentRefused, DataSet, Location, LocationId,
    ManageSubscriptions, NoticeBody, Notification, Seats, Subscription, SubscriptionAdmin, SubscriptionAssignment,
    SubscriptionState, UserId, UserStatus,
};
use crate::clock::{Span, Timestamp};
use crate::organization::{Books, Event};

/// A part of a list, and the cursor of the next if there is one.
type Part<T> = (Vec<T>, Option<String>);

impl Location {
    /// Part of a list, from the place that the cursor names.
    fn part<T>(
        &self,
        list: List,
        items: impl Iterator<Item = T>,
        cursor: Option<&str>,
        size: u32,
    ) -> Result<Part<T>, ContentRefused> {
        let read = |cursor: &str| {
            list.open_cursor(self.key, cursor)
                .ok_or_else(|| ContentRefused::new(No::CursorInvalid, format!("`{cursor}` is no cursor of this list")))
        };
        let from = cursor.map(read).transpose()?.unwrap_or(0) as usize;
        let size = size.max(1) as usize;
        let mut items: Vec<T> = items.skip(from).take(size + 1).collect();
        let more = items.len() > size;
        items.truncate(size);
        Ok((items, more.then(|| list.cursor(self.key, (from + size) as u64))))
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
        self.part(List::Subscriptions, self.subscriptions.entries.values().filter(fits).cloned(), cursor, size)
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
        let named = |(seat, renewing): (&Seat, &bool)| name_seat(&self.users, *seat, *renewing);
        self.part(List::Assignments, self.subscriptions.seats.iter().filter(fits).map(named), cursor, size)
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
        self.part(List::Admins, self.subscriptions.admins.iter().filter(fits).map(named), cursor, size)
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

fn name_seat(users: &Users, seat: Seat, renewing: bool) -> SubscriptionAssignment {
    let client_user_id = users[seat.user].client_user_id.to_string();
    SubscriptionAssignment { adam_id: seat.adam_id, client_user_id, renewing }
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
        let mut told: BTreeMap<String, Vec<SubscriptionAssignment>> = BTreeMap::new();
        for seat in over {
            if let Some(event) = subscriptions.deferred.get(&seat).cloned() {
                told.entry(event).or_default().push(name_seat(&ledger.users, seat, false));
            }
            // It is there: it was found a moment ago.
            let _ = subscriptions.remove(seat);
        }
        let entry = subscriptions.entries.get_mut(&adam_id)?;
        entry.total.expiring = 0;
        let goes_on = entry.total.renewing > 0;
        entry.period_end = None;
        entry.state = if goes_on { SubscriptionState::Active } else { SubscriptionState::Inactive };
        let what = format!("a period of subscription {adam_id} ended at {}", ledger.name);
        if goes_on {
            self.begin_period(location, adam_id, now);
        }
        for (event, seats) in told {
            for assignments in seats.chunks(SLICE) {
                let (event, assignments, verb) = (event.clone(), assignments.to_vec(), AssetVerb::Disassociate);
                let body =
                    |_: &Location| NoticeBody::SubscriptionManagement { event, verb, assignments, failure: None };
                self.notify(location, now, body, Notification::SubscriptionManagement);
            }
        }
        self.tell_subscription(location, adam_id, now);
        Some(what)
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
        let (limits, ledger) = (self.limits(location), self.content.location(location));
        let ManageSubscriptions { verb, adam_ids, client_user_ids: users, .. } = request;
        if adam_ids.is_empty() || users.is_empty() {
            let why = "the request needs subscriptions and users";
            return Err(ContentRefused::new(No::SubscriptionRequestInvalid, why));
        }
        check_size(No::TooManySubscriptions, "adamIds", adam_ids.len(), limits.max_subscriptions)?;
        let most = limits.max_subscription_client_user_ids;
        check_size(No::TooManySubscriptions, "clientUserIds", users.len(), most)?;
        if !twice(adam_ids).is_empty() || !twice(&users.iter().collect::<Vec<_>>()).is_empty() {
            let why = "a subscription or a user is named twice";
            return Err(ContentRefused::new(No::SubscriptionRequestInvalid, why));
        }
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
                    AssetVerb::Disassociate if request.lasting => ledger.subscriptions.defer(seat, &event.id),
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
            // What is deferred is told when the period ends.
            if outcome.is_err() || request.verb == AssetVerb::Associate || !request.lasting {
                parts.entry(outcome.err()).or_default().push(seat);
            }
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
        let limits = self.limits(location);
        let most = limits.max_subscription_client_user_ids;
        check_size(No::TooManySubscriptions, "adamIds", adam_ids.len(), limits.max_subscriptions)?;
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
