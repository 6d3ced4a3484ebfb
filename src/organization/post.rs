//! Waking whoever sends an organisation's notifications.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::Notify;

use super::passing::Turn;
use super::schedule::Ran;
use super::{Books, Organization};
use crate::clock::{Mode, Timestamp};

/// Rung by organisations that have something to send, or will have at another time than was thought. Nobody rings who notifies nobody.
#[derive(Debug, Default)]
pub struct Bell {
    rung: Mutex<BTreeSet<String>>,
    rings: Notify,
}

impl Bell {
    fn ring(&self, organization: &str) {
        let mut rung = self.rung.lock();
        if !rung.contains(organization) {
            rung.insert(organization.to_owned());
        }
        drop(rung);
        self.rings.notify_one();
    }

    /// Ready when it was rung; answers by whom.
    pub async fn rung(&self) -> BTreeSet<String> {
        loop {
            let rung = std::mem::take(&mut *self.rung.lock());
            if !rung.is_empty() {
                return rung;
            }
            self.rings.notified().await;
        }
    }
}

/// What an organisation has for its notifications beside its books.
#[derive(Debug)]
pub struct Post {
    bell: OnceLock<Arc<Bell>>,
    /// When the next event was due, in milliseconds, as the bell was rung last.
    heard: AtomicI64,
    /// Held by whoever sends: one at a time, so that notifications go in order.
    pub turn: tokio::sync::Mutex<()>,
    /// Notified when there is something to send.
    pub filled: Notify,
    /// Notified when the log of deliveries has changed.
    pub changed: Notify,
}

impl Default for Post {
    fn default() -> Self {
        Self {
            bell: OnceLock::new(),
            heard: AtomicI64::new(i64::MIN),
            turn: tokio::sync::Mutex::new(()),
            filled: Notify::new(),
            changed: Notify::new(),
        }
    }
}

impl Post {
    /// The clock goes otherwise from now on: whoever waits for an event has to reckon anew.
    pub(super) fn forget_when(&self) {
        self.heard.store(i64::MIN, Ordering::Relaxed);
    }
}

/// When an organisation has something to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outlook {
    /// Now.
    Now,
    /// Perhaps after this time by the wall clock, when something happens.
    In(Duration),
    /// Not by itself.
    Open,
}

impl Organization {
    /// Lets the bell be rung from now on, and rings it where there is something to send already.
    pub fn attach(&self, bell: &Arc<Bell>) {
        if self.post.bell.set(bell.clone()).is_ok() {
            self.write(|_, _| ());
        }
    }

    /// Rings, where `books` have changed so that somebody has to send something, now or at another time.
    pub(super) fn ring(&self, books: &Books) {
        let Some(bell) = self.post.bell.get() else { return };
        if !books.expects_post() {
            return;
        }
        let is_filled = books.has_post();
        if is_filled {
            self.post.filled.notify_one();
        }
        let next = books.schedule.next_at().filter(|_| books.clock.mode() == Mode::Running);
        let next = next.map_or(i64::MAX, Timestamp::millis);
        if self.post.heard.swap(next, Ordering::Relaxed) != next || is_filled {
            bell.ring(&self.id);
        }
    }

    /// Rings whatever was heard before: somebody who sent has done so, or the clock goes otherwise.
    pub fn ring_again(&self) {
        self.post.forget_when();
        self.ring(&self.lock());
    }

    /// When there is something to send.
    pub fn outlook(&self) -> Outlook {
        self.read(|books, now| {
            if books.has_post() {
                return Outlook::Now;
            }
            let next = books.schedule.next_at().filter(|_| books.clock.mode() == Mode::Running && books.expects_post());
            next.map_or(Outlook::Open, |next| {
                let millis = (next - now).millis().max(1) as f64 / books.clock.rate();
                Outlook::In(Duration::from_secs_f64((millis / 1_000.0).clamp(0.001, 86_400.0)))
            })
        })
    }

    /// Whether somebody wants to be notified. Nothing that is due happens for that: whoever turns the clock next hears of it.
    pub fn expects_post(&self) -> bool {
        self.lock().expects_post()
    }

    /// Sets mode and rate of the clock as `turn` says and moves it nowhere yet; answers what was due before.
    pub fn begin_turn(&self, turn: Turn) -> Vec<Ran> {
        self.turn_clock(Turn { set: None, advance: None, ..turn })
    }

    /// Moves the clock forward to `until`, or to the first moment at which there is something to send; answers what ran, and whether it is there.
    pub fn pass_towards(&self, until: Timestamp) -> (Vec<Ran>, bool) {
        let mut books = self.lock();
        let mut ran = Vec::new();
        while !books.has_post() {
            let Some((at, lines)) = books.run_next(until) else {
                let now = books.clock.now();
                books.clock.set(until.max(now));
                self.post.forget_when();
                self.ring(&books);
                return (ran, true);
            };
            ran.extend(lines);
            let now = books.clock.now();
            books.clock.set(at.max(now));
        }
        (ran, false)
    }
}
