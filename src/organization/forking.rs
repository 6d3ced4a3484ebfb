//! Forks: another organisation that goes on from here, with keys of its own.

use std::collections::HashMap;

use super::listing::Repeats;
use super::{Books, MdmServer, Nonces};
use crate::catalog::SerialSequence;
use crate::clock::{Span, Timestamp};
use crate::pki::ServerToken;
use crate::random::{self, Random};

/// What an organisation that takes over another's books draws from.
#[derive(Clone, Debug)]
pub struct Streams {
    /// For ids, tokens and keys.
    pub credentials: Random,
    /// For devices and names.
    pub content: Random,
}

impl Streams {
    /// The streams of the fork `id`: no other organisation's, one that is founded under the same id included.
    pub fn of_fork(seed: u64, id: &str) -> Self {
        Self {
            credentials: Random::new(seed, &format!("credentials of the fork {id}")),
            content: Random::new(seed, &format!("content of the fork {id}")),
        }
    }
}

impl Books {
    /// These books for another organisation: the same devices, profiles, change logs, events to come and time, but server ids,
    /// credentials and cursor keys of its own. What was known of credentials that are gone (dead tokens, nonces) stays behind.
    pub fn forked(&self, streams: Streams, now: Timestamp) -> Self {
        let Streams { credentials: mut random, content: mut random_content } = streams;
        let cursor_key = random.number();
        let serials = SerialSequence::new(random_content.number());
        // Field by field, so that a new one is not copied without a thought.
        let Self {
            identity,
            clock,
            random: _,
            random_content: _,
            quirks,
            terms,
            suppliers,
            people,
            servers,
            orders,
            kinds,
            devices,
            profiles,
            actors,
            history,
            schedule,
            throttled,
            content,
            timeline,
            session_epoch,
            faults,
            serials: _,
            serials_used: _,
            unshown,
            waiting_rows,
            repeats: _,
            stale_details,
            recording,
        } = self;
        let mut own_content = content.clone();
        own_content.with_own_credentials(&mut random, &identity.name);
        let mut devices = devices.clone();
        devices.expect_collisions();
        Self {
            identity: identity.clone(),
            clock: *clock,
            quirks: quirks.clone(),
            terms: *terms,
            suppliers: suppliers.clone(),
            people: people.clone(),
            servers: servers.iter().map(|server| server.forked(&mut random, cursor_key, now)).collect(),
            orders: orders.clone(),
            kinds: kinds.clone(),
            devices,
            profiles: profiles.clone(),
            actors: actors.clone(),
            history: history.clone(),
            schedule: schedule.clone(),
            throttled: throttled.clone(),
            content: own_content,
            timeline: timeline.clone(),
            session_epoch: *session_epoch,
            faults: faults.clone(),
            serials,
            serials_used: 0,
            unshown: unshown.clone(),
            waiting_rows: waiting_rows.clone(),
            repeats: Repeats::default(),
            stale_details: stale_details.clone(),
            recording: *recording,
            random,
            random_content,
        }
    }
}

impl MdmServer {
    fn forked(&self, random: &mut Random, key: u64, now: Timestamp) -> Self {
        let Self {
            id: _,
            name,
            default_for,
            allow_release,
            access_denied,
            certificate,
            token,
            last_token: _,
            admin,
            token_generation,
            last_consumer_key,
            dead_tokens: _,
            nonces: _,
            roster,
            log,
            cursor_key: _,
            service_discovery,
        } = self;
        let id = random.hex_upper(32);
        let own = token.as_ref().map(|token| {
            // As when it was founded: the moment in an access token is a year before its end, or now.
            let made = now.min(token.expires_at - Span::from_days(365));
            let token_of_own = ServerToken::generate(random, made, token.expires_at - made, None);
            ServerToken { expires_at: token.expires_at, ..token_of_own }
        });
        // A renewal by the same person keeps the consumer key: never that of the other organisation.
        let last_consumer_key = last_consumer_key.as_ref().map(|last| match (&own, token) {
            (Some(own), Some(token)) if token.consumer_key == *last => own.consumer_key.clone(),
            _ => ServerToken::make_consumer_key(random),
        });
        Self {
            cursor_key: random::mix(key ^ random::hash(id.as_bytes())),
            id,
            name: name.clone(),
            default_for: default_for.clone(),
            allow_release: *allow_release,
            access_denied: *access_denied,
            certificate: certificate.clone(),
            token: own,
            last_token: None,
            admin: admin.clone(),
            token_generation: *token_generation,
            last_consumer_key,
            dead_tokens: HashMap::new(),
            nonces: Nonces::default(),
            roster: roster.clone(),
            log: log.clone(),
            service_discovery: service_discovery.clone(),
        }
    }
}
