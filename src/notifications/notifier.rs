//! Sending what is ready.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::document::document;
use super::resolution::resolve;
use super::trusted::Trusted;
use crate::clock::Stopwatch;
use crate::directory::Directory;
use crate::http::{ClientError, post_to};
use crate::organization::content::{Answered, Attempt, LocationId, NextSending, Sending};
use crate::organization::{Organization, Outlook, Ran};

/// How long an attempt may take, looking its name up included. Clients give up on the call in which they configure an address after five seconds, and
/// the test is within it.
pub const TIMEOUT: Duration = Duration::from_secs(4);
/// How long a notification waits for the answer to the one before.
const IN_ORDER: Duration = Duration::from_millis(500);
/// The most notifications of an organisation that are under way at once.
const AT_ONCE: usize = 32;

/// Sends notifications.
#[derive(Debug, Default)]
pub struct Notifier {
    trusted: Trusted,
    taken: AtomicU64,
    not_taken: AtomicU64,
}

/// How many attempts there were.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Those that were answered with a 2xx.
    pub taken: u64,
    /// Those that were not.
    pub not_taken: u64,
}

impl Notifier {
    /// Sends to addresses whose certificates are `trusted`.
    pub fn new(trusted: Trusted) -> Self {
        Self { trusted, ..Self::default() }
    }

    /// How many attempts there were.
    pub fn counts(&self) -> Counts {
        Counts { taken: self.taken.load(Relaxed), not_taken: self.not_taken.load(Relaxed) }
    }

    /// Sends whatever organisations have to send, when it is time, until `stopping`. Sleeps while nobody wants to be notified.
    pub async fn run(self: Arc<Self>, directory: Arc<Directory>, mut stopping: watch::Receiver<bool>) {
        let mut watched: BTreeSet<String> = BTreeSet::new();
        let mut deliveries = JoinSet::new();
        loop {
            let mut nap: Option<Duration> = None;
            watched.retain(|id| {
                let Some(organization) = directory.organization(id) else { return false };
                match organization.outlook() {
                    Outlook::Now => {
                        deliveries.spawn(self.clone().deliver(organization));
                        false
                    }
                    Outlook::In(time) => {
                        nap = Some(nap.map_or(time, |nap| nap.min(time)));
                        true
                    }
                    Outlook::Open => false,
                }
            });
            while deliveries.try_join_next().is_some() {}
            let alarm = async {
                match nap {
                    Some(nap) => tokio::time::sleep(nap).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                rung = directory.bell.rung() => watched.extend(rung),
                () = alarm => {}
                _ = stopping.wait_for(|stop| *stop) => return,
            }
        }
    }

    /// Sends what an organisation has to send now, unless somebody does already.
    async fn deliver(self: Arc<Self>, organization: Arc<Organization>) {
        loop {
            {
                let Ok(_turn) = organization.post.turn.try_lock() else { return };
                self.settle(&organization).await;
            }
            // Something may have come after the last look, while nobody else could take the turn.
            if organization.outlook() != Outlook::Now {
                return organization.ring_again();
            }
        }
    }

    /// Sends all that is ready, and what becomes so meanwhile; answers what happened, when all of it is over. Only who has the turn may do so.
    pub(super) async fn settle(self: &Arc<Self>, organization: &Organization) -> Vec<Ran> {
        let mut ran = Vec::new();
        let mut flying: JoinSet<(u64, Vec<Attempt>)> = JoinSet::new();
        loop {
            let next = match flying.len() < AT_ONCE {
                true => organization.write(|books, now| books.next_sending(now)),
                false => None,
            };
            match next {
                Some(NextSending::Skipped(line)) => {
                    ran.push(line);
                    organization.post.changed.notify_waiters();
                    continue;
                }
                Some(NextSending::Lost(line)) => {
                    tracing::warn!(organization = organization.id, "{}", line.what);
                    ran.push(line);
                    continue;
                }
                Some(NextSending::Send(sending)) => {
                    let notifier = self.clone();
                    flying.spawn(async move { (sending.delivery, notifier.send(&sending).await) });
                    if let Ok(Some(Ok((delivery, attempts)))) = tokio::time::timeout(IN_ORDER, flying.join_next()).await
                    {
                        ran.extend(conclude(organization, delivery, attempts));
                    }
                    continue;
                }
                None => {}
            }
            tokio::select! {
                landed = flying.join_next() => match landed {
                    Some(Ok((delivery, attempts))) => ran.extend(conclude(organization, delivery, attempts)),
                    Some(Err(_)) => {}
                    None => return ran,
                },
                () = organization.post.filled.notified() => {}
            }
        }
    }

    /// Sends a test to an address before a location's configuration names it: within the client's own call, and once. Fails with the reason, in
    /// words. It is in the log of deliveries.
    pub async fn test(
        &self,
        organization: &Organization,
        location: LocationId,
        url: &str,
        bearer: &str,
    ) -> Result<(), String> {
        self.send_test(organization, location, url, bearer).await.1
    }

    /// The same where an administrator asks for it; answers the number of the delivery too.
    pub async fn send_test(
        &self,
        organization: &Organization,
        location: LocationId,
        url: &str,
        bearer: &str,
    ) -> (u64, Result<(), String>) {
        let sending = organization.write(|books, now| books.test_sending(location, url, bearer, now));
        let attempts = if sending.dropped { Vec::new() } else { self.send(&sending).await };
        let outcome = match attempts.first().map(|attempt| &attempt.answered) {
            Some(answered) if answered.is_success() => Ok(()),
            Some(Answered::Status(status)) => Err(format!("{url} answered the test with {status}, and not with a 2xx")),
            Some(Answered::Error(why)) => Err(why.clone()),
            None => Err("a fault let the test vanish".to_owned()),
        };
        organization.write(|books, _| books.tested(sending.delivery, attempts));
        organization.post.changed.notify_waiters();
        (sending.delivery, outcome)
    }

    /// Makes an attempt, with as many duplicates as it shall have.
    async fn send(&self, sending: &Sending) -> Vec<Attempt> {
        let body = Bytes::from(document(&sending.notice, &sending.uid));
        if let Some(delay) = sending.delay {
            tokio::time::sleep(Duration::from_millis(delay.millis().max(0).unsigned_abs())).await;
        }
        let mut attempts = Vec::new();
        for _ in 0..=sending.duplicates {
            let watch = Stopwatch::start();
            let answered = match tokio::time::timeout(TIMEOUT, self.post(sending, body.clone())).await {
                Ok(Ok(status)) => Answered::Status(status),
                Ok(Err(why)) => Answered::Error(why),
                Err(_) => Answered::Error(format!("no answer within {} s", TIMEOUT.as_secs())),
            };
            let count = if answered.is_success() { &self.taken } else { &self.not_taken };
            count.fetch_add(1, Relaxed);
            let duration_us = u64::try_from(watch.elapsed().as_micros()).unwrap_or(u64::MAX);
            attempts.push(Attempt { at: sending.at, answered, duration_us });
        }
        attempts
    }

    async fn post(&self, sending: &Sending, body: Bytes) -> Result<u16, String> {
        let bearer = HeaderValue::try_from(format!("Bearer {}", sending.bearer.expose()));
        let mut bearer = bearer.map_err(|_| "the notification token cannot stand in a header".to_owned())?;
        bearer.set_sensitive(true);
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, bearer);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let tls = self.trusted.connector(sending.tls);
        let mut failure = String::new();
        for address in resolve(&sending.url).await? {
            match post_to(address, &sending.url, headers.clone(), body.clone(), tls).await {
                Ok(status) => return Ok(status.as_u16()),
                // Another address of the same name may do; what was reached is not asked twice.
                Err(error @ (ClientError::Refused(_) | ClientError::Unreachable { .. })) => failure = wording(error),
                Err(error) => return Err(wording(error)),
            }
        }
        Err(failure)
    }
}

fn conclude(organization: &Organization, delivery: u64, attempts: Vec<Attempt>) -> Option<Ran> {
    let told = organization.write(|books, now| books.delivered(delivery, attempts, now));
    organization.post.changed.notify_waiters();
    told
}

/// The client's words are for verbs, which ask a simulator.
fn wording(error: ClientError) -> String {
    match error {
        ClientError::Refused(origin) => format!("nothing listens on {origin}"),
        ClientError::UnknownCa(origin) => format!(
            "the certificate of {origin} is signed by nobody whom the system or --webhook-ca names (webhook_tls: insecure asks for none)"
        ),
        other => other.to_string(),
    }
}
