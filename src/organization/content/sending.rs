//! Handing notifications to whoever sends them, and hearing how that went.

use http::HeaderMap;

use super::delivery::{Answered, Attempt, DeliveryState, OVERTAKEN_WITHIN, RETRIES};
use super::notice::random_uuid;
use super::{ContentDue, LocationId, Notice, NoticeBody};
use crate::clock::{Span, Timestamp};
use crate::faults::{Asked, Deed, NOTIFICATION, Struck};
use crate::organization::quirks::WebhookTls;
use crate::organization::{Books, Event, Ran};
use crate::secret::Secret;

/// What is to be sent, and how.
#[derive(Clone, Debug)]
pub struct Sending {
    /// The delivery's number.
    pub delivery: u64,
    /// What it says.
    pub notice: Notice,
    /// `uId` of its location.
    pub uid: String,
    /// Where it goes.
    pub url: String,
    /// What it carries as proof.
    pub bearer: Secret,
    /// Whether the certificate there has to be good.
    pub tls: WebhookTls,
    /// When the attempt is made, by the organisation's clock.
    pub at: Timestamp,
    /// How many times more it is sent.
    pub duplicates: u32,
    /// How long it waits before, by the wall clock.
    pub delay: Option<Span>,
    /// Whether it vanishes instead.
    pub dropped: bool,
}

/// What became of the next notification.
#[derive(Clone, Debug)]
pub enum NextSending {
    /// It is to be sent.
    Send(Box<Sending>),
    /// It is not: what happened instead.
    Skipped(Ran),
    /// Others are not, and never will be: too many were waiting.
    Lost(Ran),
}

impl Books {
    /// Whether a notification is to be sent now.
    pub fn has_post(&self) -> bool {
        !self.content.outbox.is_empty() || self.content.deliveries.is_ready()
    }

    /// Whether any location wants to be notified, or a notification is pending.
    pub fn expects_post(&self) -> bool {
        self.content.locations.iter().any(|location| location.configuration.notification_url.is_some())
            || self.has_post()
            || self.content.deliveries.is_pending()
    }

    /// Enters what the outbox has into the log of deliveries.
    pub fn post_notices(&mut self) {
        for notice in self.take_notices() {
            let url = self.content.locations.get(usize::from(notice.location));
            let url = url.and_then(|location| location.configuration.notification_url.clone()).unwrap_or_default();
            let number = self.content.deliveries.enter(notice, url);
            self.content.deliveries.make_ready(number);
        }
    }

    /// The next notification to be sent now. Whoever takes it says how it went ([`Books::delivered`]).
    pub fn next_sending(&mut self, now: Timestamp) -> Option<NextSending> {
        self.post_notices();
        if let Some(losses) = self.content.deliveries.tell_losses() {
            return Some(NextSending::Lost(Ran { failed: true, ..Ran::of(now, losses) }));
        }
        let number = self.content.deliveries.take()?;
        let delivery = self.content.deliveries.get(number)?;
        let (notice, released) = (delivery.notice.clone(), delivery.released);
        let kind = notice.body.kind().name();
        let location = self.content.locations.get(usize::from(notice.location));
        let uid = location.map(|location| location.uid.clone()).unwrap_or_default();
        let (url, bearer) = location.map_or((None, None), |location| {
            (location.configuration.notification_url.clone(), location.configuration.notification_token.clone())
        });
        let Some(url) = url else {
            let why = format!("{kind} is not sent: its location has no notification URL any more");
            return Some(self.skip(number, DeliveryState::Failed, why, now));
        };
        let bearer = Secret::new(bearer.unwrap_or_default());
        let mut sending = Sending {
            delivery: number,
            notice,
            uid,
            url,
            bearer,
            tls: self.quirks.webhook_tls,
            at: now,
            duplicates: 0,
            delay: None,
            dropped: false,
        };
        if let Some(struck) = self.strike_notification(sending.notice.location, now) {
            let words = format!("{}: {}", struck.id, struck.effect.words());
            if struck.effect.deed == Deed::Reorder {
                if !released {
                    self.note_fault(number, words);
                    self.content.deliveries.hold(number);
                    let due = ContentDue::NotificationDue { delivery: number };
                    self.schedule.plan(now + OVERTAKEN_WITHIN, Event::Content(due));
                    let what = format!("{kind} to {} waits for another to overtake it", sending.url);
                    return Some(NextSending::Skipped(Ran::of(now, what)));
                }
            } else {
                self.note_fault(number, words);
                sending.strike(&struck);
            }
        }
        if sending.dropped {
            let why = format!("{kind} to {} vanished: a fault dropped it", sending.url);
            return Some(self.skip(number, DeliveryState::Dropped, why, now));
        }
        self.content.deliveries.release_all();
        if let Some(delivery) = self.content.deliveries.get_mut(number) {
            delivery.url.clone_from(&sending.url);
            delivery.bearer = sending.bearer.recognisable();
            delivery.first.get_or_insert(now);
            delivery.tries = delivery.tries.saturating_add(1);
        }
        Some(NextSending::Send(Box::new(sending)))
    }

    /// How a notification went: it was taken, or is sent again later, or never.
    pub fn delivered(&mut self, number: u64, attempts: Vec<Attempt>, now: Timestamp) -> Option<Ran> {
        self.content.deliveries.put_down(number);
        let delivery = self.content.deliveries.get_mut(number)?;
        let first = delivery.first.unwrap_or(now).min(now);
        let at = attempts.first().map_or(now, |attempt| attempt.at);
        let outcomes: Vec<String> = attempts
            .iter()
            .map(|attempt| match &attempt.answered {
                Answered::Status(status) => status.to_string(),
                Answered::Error(why) => why.clone(),
            })
            .collect();
        let taken = attempts.iter().any(|attempt| attempt.answered.is_success());
        delivery.attempts.extend(attempts);
        let what = format!("notified {}: {}, {}", delivery.url, delivery.kind().name(), outcomes.join(", "));
        let again = RETRIES.get(usize::from(delivery.tries.max(1)) - 1).filter(|_| !taken);
        let next = again.map(|after| (first + *after).max(now));
        delivery.next = next;
        delivery.state = match (taken, next) {
            (true, _) => DeliveryState::Delivered,
            (false, Some(_)) => DeliveryState::Pending,
            (false, None) => DeliveryState::Failed,
        };
        if let Some(next) = next {
            self.schedule.plan(next, Event::Content(ContentDue::NotificationDue { delivery: number }));
        }
        Some(Ran { failed: !taken, ..Ran::of(at, what) })
    }

    /// A test for an address that a client of a location wants to be notified at.
    pub fn test_sending(&mut self, location: LocationId, url: &str, bearer: &str, now: Timestamp) -> Sending {
        let id = random_uuid(&mut self.random);
        let uid = self.content.locations.get(usize::from(location)).map(|location| location.uid.clone());
        let notice = Notice { id, location, at: now, body: NoticeBody::Test };
        let number = self.content.deliveries.enter(notice.clone(), url.to_owned());
        let mut sending = Sending {
            delivery: number,
            notice,
            uid: uid.unwrap_or_default(),
            url: url.to_owned(),
            bearer: Secret::new(bearer),
            tls: self.quirks.webhook_tls,
            at: now,
            duplicates: 0,
            delay: None,
            dropped: false,
        };
        let struck = self.strike_notification(location, now);
        if let Some(delivery) = self.content.deliveries.get_mut(number) {
            delivery.bearer = sending.bearer.recognisable();
            (delivery.first, delivery.tries) = (Some(now), 1);
            delivery.faults.extend(struck.as_ref().map(|struck| format!("{}: {}", struck.id, struck.effect.words())));
        }
        if let Some(struck) = struck {
            sending.strike(&struck);
        }
        sending
    }

    /// How a test went. It is not repeated: the client's own call waits for it.
    pub fn tested(&mut self, number: u64, attempts: Vec<Attempt>) {
        if let Some(delivery) = self.content.deliveries.get_mut(number) {
            let taken = attempts.iter().any(|attempt| attempt.answered.is_success());
            delivery.state = match (taken, attempts.is_empty()) {
                (true, _) => DeliveryState::Delivered,
                (false, true) => DeliveryState::Dropped,
                (false, false) => DeliveryState::Failed,
            };
            delivery.attempts = attempts;
        }
    }

    fn skip(&mut self, number: u64, state: DeliveryState, why: String, now: Timestamp) -> NextSending {
        self.content.deliveries.put_down(number);
        if let Some(delivery) = self.content.deliveries.get_mut(number) {
            delivery.state = state;
        }
        NextSending::Skipped(Ran { failed: true, ..Ran::of(now, why) })
    }

    fn note_fault(&mut self, number: u64, words: String) {
        if let Some(delivery) = self.content.deliveries.get_mut(number) {
            delivery.faults.push(words);
        }
    }

    fn strike_notification(&mut self, location: LocationId, now: Timestamp) -> Option<Struck> {
        if !self.faults.concern(NOTIFICATION.name) {
            return None;
        }
        let headers = HeaderMap::new();
        let from = self.content.locations.get(usize::from(location));
        let asked = Asked {
            operation: NOTIFICATION.name,
            headers: &headers,
            server: from.map(|location| (location.name.as_str(), location.id.as_str())),
            serials: &[],
            has_cursor: false,
            was_asked_before: false,
            page: None,
        };
        self.faults.strike(&asked, now)
    }
}

impl Sending {
    fn strike(&mut self, struck: &Struck) {
        self.delay = struck.effect.delay;
        match struck.effect.deed {
            Deed::Duplicate(times) => self.duplicates = times,
            Deed::Drop => self.dropped = true,
            Deed::WrongBearer => {
                self.bearer = Secret::new(format!("wrong-{}", &self.notice.id[..8.min(self.notice.id.len())]))
            }
            _ => {}
        }
    }
}
