//! Subscriptions (2026): seats that users hold until a period ends, or for as long as it is renewed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{AssetVerb, ContentRefusal as No, UserId};
use crate::clock::{Span, Timestamp};

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
    #[serde(with = "crate::clock::millis::option")]
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
pub(super) struct Seat {
    pub(super) adam_id: u64,
    pub(super) user: UserId,
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
    pub(super) entries: BTreeMap<u64, Subscription>,
    /// Seats, and whether they are renewed.
    pub(super) seats: BTreeMap<Seat, bool>,
    pub(super) admins: BTreeSet<Seat>,
    /// Seats that somebody wants back when the period ends, each with the event that said so: it is told then.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) deferred: BTreeMap<Seat, String>,
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

    /// Gives somebody a seat, or changes how theirs ends.
    pub(super) fn put(&mut self, seat: Seat, renewing: bool) -> Result<(), No> {
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
        self.deferred.remove(&seat);
        Ok(())
    }

    /// Takes a seat back when the period ends, for this event. Until then it is one that is not renewed.
    pub(super) fn defer(&mut self, seat: Seat, event: &str) -> Result<(), No> {
        if !self.seats.contains_key(&seat) {
            return Err(No::SubscriptionNotAssigned);
        }
        self.put(seat, false)?;
        self.deferred.insert(seat, event.to_owned());
        Ok(())
    }

    /// Takes a seat back.
    pub(super) fn remove(&mut self, seat: Seat) -> Result<(), No> {
        let before = self.seats.remove(&seat).ok_or(No::SubscriptionNotAssigned)?;
        self.deferred.remove(&seat);
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

    /// Whether seats add up, of so many users.
    pub(super) fn check(&self, users: usize) -> Result<(), String> {
        if self.seats.keys().chain(&self.admins).any(|seat| seat.user as usize >= users) {
            return Err("a seat of a subscription is held by nobody".to_owned());
        }
        if self.deferred.keys().any(|seat| self.seats.get(seat) != Some(&false)) {
            return Err("a seat of a subscription is wanted back that nobody holds, or that is renewed".to_owned());
        }
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
