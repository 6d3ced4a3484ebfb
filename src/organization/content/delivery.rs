//! Deliveries of notifications: what is to be sent, what was, and how that went.

use std::collections::{BTreeSet, VecDeque};

use serde::{Deserialize, Serialize};

use super::{Notice, Notification};
use crate::clock::{Span, Timestamp};

/// When a notification that was not taken is sent again, after the first attempt and by the organisation's clock. Apple speaks of three attempts
/// within one to five minutes.
pub const RETRIES: [Span; 2] = [Span::from_seconds(60), Span::from_seconds(300)];
/// How long a notification that was held back waits for another to overtake it.
pub(super) const OVERTAKEN_WITHIN: Span = Span::from_seconds(60);
/// The most deliveries that are remembered.
const MOST: usize = 2_000;
/// The most elements (assignments, users) that they may have together.
const MOST_ELEMENTS: usize = 50_000;

/// How far a delivery has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// It is to be sent, for the first time or again.
    Pending,
    /// It was taken: answered with a 2xx.
    Delivered,
    /// It was not taken, and will not be sent again.
    Failed,
    /// A fault let it vanish.
    Dropped,
}

impl DeliveryState {
    /// All.
    pub const ALL: [Self; 4] = [Self::Pending, Self::Delivered, Self::Failed, Self::Dropped];

    /// As the log writes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
            Self::Dropped => "dropped",
        }
    }
}

/// What came of an attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answered {
    /// A status.
    Status(u16),
    /// None; why, in words.
    Error(String),
}

impl Answered {
    /// Whether the notification counts as taken: any 2xx.
    pub fn is_success(&self) -> bool {
        matches!(self, Self::Status(200..=299))
    }
}

/// One attempt to deliver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attempt {
    /// When, by the organisation's clock.
    #[serde(with = "crate::clock::millis")]
    pub at: Timestamp,
    /// What came of it.
    pub answered: Answered,
    /// How long it took, by the wall clock.
    pub duration_us: u64,
}

/// A notification on its way, or one that was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delivery {
    /// Its place among all that there ever were, from 1.
    pub number: u64,
    /// What is sent.
    pub notice: Notice,
    /// Where it was sent last, or is to be sent.
    pub url: String,
    /// What it carried as proof, so far shortened that nobody can use it.
    pub bearer: String,
    /// Every attempt, duplicates included.
    pub attempts: Vec<Attempt>,
    /// How far it has come.
    pub state: DeliveryState,
    /// Faults that struck it, in words.
    pub faults: Vec<String>,
    /// When the first attempt was made.
    #[serde(with = "crate::clock::millis::option")]
    pub first: Option<Timestamp>,
    /// How many times it was sent, duplicates not included.
    pub tries: u8,
    /// When it is sent again, if it is.
    #[serde(with = "crate::clock::millis::option")]
    pub next: Option<Timestamp>,
    /// Whether it was held back for another, and may not be so again.
    pub(super) released: bool,
}

impl Delivery {
    /// Its type.
    pub fn kind(&self) -> Notification {
        self.notice.body.kind()
    }
}

/// All deliveries that are remembered.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deliveries {
    made: u64,
    log: VecDeque<Delivery>,
    /// Numbers of those whose time has come, in order.
    ready: VecDeque<u64>,
    /// Numbers of those that wait to be overtaken.
    held: Vec<u64>,
    /// Numbers of those that somebody is sending.
    under_way: BTreeSet<u64>,
    /// How many were forgotten that were still to be sent.
    #[serde(default)]
    lost: u64,
    /// How many of them nobody has heard of yet.
    #[serde(default)]
    untold: u64,
}

impl Deliveries {
    /// All that are remembered, the first first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Delivery> {
        self.log.iter()
    }

    /// How many there ever were.
    pub fn made(&self) -> u64 {
        self.made
    }

    /// How many were forgotten that were still to be sent, since too many were.
    pub fn lost(&self) -> u64 {
        self.lost
    }

    /// How many were lost since this was asked last, in words, if any were.
    pub(super) fn tell_losses(&mut self) -> Option<String> {
        let lost = std::mem::take(&mut self.untold);
        let plural = if lost == 1 { " is" } else { "s are" };
        (lost > 0).then(|| {
            format!("{lost} notification{plural} lost, the oldest: no more than {MOST}, with {MOST_ELEMENTS} assignments and users, wait to be sent")
        })
    }

    /// Whether any is to be sent now.
    pub fn is_ready(&self) -> bool {
        !self.ready.is_empty() || self.untold > 0
    }

    /// Whether any is pending, now or later.
    pub fn is_pending(&self) -> bool {
        self.is_ready()
            || !self.under_way.is_empty()
            || self.log.iter().any(|known| known.state == DeliveryState::Pending)
    }

    /// The delivery of this number, unless it is forgotten.
    pub fn get(&self, number: u64) -> Option<&Delivery> {
        let place = self.log.binary_search_by_key(&number, |known| known.number).ok()?;
        self.log.get(place)
    }

    pub(super) fn get_mut(&mut self, number: u64) -> Option<&mut Delivery> {
        let place = self.log.binary_search_by_key(&number, |known| known.number).ok()?;
        self.log.get_mut(place)
    }

    /// Enters a notification that is to go to `url`; answers its number.
    pub(super) fn enter(&mut self, notice: Notice, url: String) -> u64 {
        self.made += 1;
        self.log.push_back(Delivery {
            number: self.made,
            notice,
            url,
            bearer: String::new(),
            attempts: Vec::new(),
            state: DeliveryState::Pending,
            faults: Vec::new(),
            first: None,
            tries: 0,
            next: None,
            released: false,
        });
        self.forget_the_oldest();
        self.made
    }

    /// Those that have come to their end go first. Where all are still to be sent the oldest is lost, which is not kept a secret.
    fn forget_the_oldest(&mut self) {
        let mut elements: usize = self.log.iter().map(|known| known.notice.body.elements()).sum();
        while self.log.len() > 1 && (self.log.len() > MOST || elements > MOST_ELEMENTS) {
            let over = self.log.iter().position(|known| known.state != DeliveryState::Pending);
            let gone = self.log.remove(over.unwrap_or_default());
            elements -= gone.map_or(0, |gone| gone.notice.body.elements());
            if over.is_none() {
                self.lost = self.lost.saturating_add(1);
                self.untold = self.untold.saturating_add(1);
            }
        }
    }

    /// Its time has come.
    pub(super) fn make_ready(&mut self, number: u64) {
        self.ready.push_back(number);
    }

    /// The next whose time has come, for somebody who sends it.
    pub(super) fn take(&mut self) -> Option<u64> {
        while let Some(number) = self.ready.pop_front() {
            if self.get(number).is_some_and(|known| known.state == DeliveryState::Pending) {
                self.under_way.insert(number);
                return Some(number);
            }
        }
        None
    }

    /// Nobody is sending it any more.
    pub(super) fn put_down(&mut self, number: u64) {
        self.under_way.remove(&number);
    }

    /// Lets it wait until another has gone.
    pub(super) fn hold(&mut self, number: u64) {
        self.put_down(number);
        self.held.push(number);
    }

    /// Another has gone: those that waited for it follow.
    pub(super) fn release_all(&mut self) {
        for number in std::mem::take(&mut self.held).into_iter().rev() {
            self.ready.push_front(number);
            if let Some(held) = self.get_mut(number) {
                held.released = true;
            }
        }
    }

    /// The moment that was planned for a delivery has come: nothing, where it has gone since.
    pub(super) fn due(&mut self, number: u64, now: Timestamp) {
        if let Some(place) = self.held.iter().position(|held| *held == number) {
            self.held.remove(place);
            if let Some(held) = self.get_mut(number) {
                held.released = true;
            }
            self.ready.push_back(number);
        } else if let Some(known) = self.get_mut(number)
            && known.next.is_some_and(|next| next <= now)
        {
            known.next = None;
            self.ready.push_back(number);
        }
    }

    /// Whoever was sending is gone: what was under way is to be sent again.
    pub(in crate::organization) fn resume(&mut self) {
        for number in std::mem::take(&mut self.under_way).into_iter().rev() {
            self.ready.push_front(number);
        }
    }
}
