//! Sessions of MDM servers.

use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use serde::{Deserialize, Serialize};

use crate::clock::{Millis, Span, Timestamp};
use crate::organization::{Books, Organization, ServerId};
use crate::secret::recognisable;

/// A session that an MDM server has opened with its token.
#[derive(Debug)]
pub struct Session {
    /// The organisation that it belongs to.
    pub organization: Arc<Organization>,
    /// The server that it acts for.
    pub server: ServerId,
    issued: Timestamp,
    token_generation: u32,
    epoch: u64,
    calls: AtomicU32,
    successor: OnceLock<(String, Timestamp)>,
}

/// A session as a snapshot has it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeptSession {
    /// Its token.
    pub token: String,
    /// The server that it acts for.
    pub server: ServerId,
    #[serde(with = "crate::clock::millis")]
    issued: Timestamp,
    token_generation: u32,
    calls: u32,
    successor: Option<(String, Millis)>,
}

/// Whether a session's token may be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SessionState {
    /// It may; the answer names this token as the current one (`None`: the one that was sent).
    Live(Option<String>),
    /// It is over; the reason is for the journal.
    Over(String),
    /// Apple knows nothing of it any more, as if it had never been issued; the reason is for the journal.
    Forgotten(String),
    /// It may, and is to be replaced by a new one now.
    Rotates,
}

impl Session {
    /// A session opened now.
    pub fn open(organization: Arc<Organization>, server: ServerId, books: &Books, now: Timestamp) -> Self {
        Self {
            server,
            issued: now,
            token_generation: books.servers[usize::from(server)].token_generation,
            epoch: books.session_epoch,
            calls: AtomicU32::new(0),
            successor: OnceLock::new(),
            organization,
        }
    }

    /// The session for a snapshot; `None` where an administrator ended it: it is not of the `current` epoch.
    pub(super) fn keep(&self, token: &str, current: u64) -> Option<KeptSession> {
        let Self { organization: _, server, issued, token_generation, epoch, calls, successor } = self;
        (*epoch == current).then(|| KeptSession {
            token: token.to_owned(),
            server: *server,
            issued: *issued,
            token_generation: *token_generation,
            calls: calls.load(Ordering::Relaxed),
            successor: successor.get().map(|(token, at)| (token.clone(), Millis(*at))),
        })
    }

    /// The session of a snapshot, in the organisation that was made of it.
    pub(super) fn resumed(organization: Arc<Organization>, kept: KeptSession) -> Self {
        let KeptSession { token: _, server, issued, token_generation, calls, successor } = kept;
        Self {
            server,
            issued,
            token_generation,
            epoch: organization.read(|books, _| books.session_epoch),
            // Far enough from the end of numbers to be counted on.
            calls: AtomicU32::new(calls.min(u32::MAX / 2)),
            successor: successor.map_or_else(OnceLock::new, |(token, at)| OnceLock::from((token, at.0))),
            organization,
        }
    }

    /// Whether the session may be used for a call that comes now, which counts towards its rotation.
    #[inline]
    pub fn state(&self, books: &Books, now: Timestamp) -> SessionState {
        let quirks = &books.quirks;
        if now - self.issued >= quirks.session_ttl {
            return SessionState::Over(format!(
                "the session is over: it was opened at {}, {} ago, and lives {}",
                self.issued,
                (now - self.issued).in_words(),
                quirks.session_ttl
            ));
        }
        if self.epoch != books.session_epoch {
            return SessionState::Over(format!(
                "all sessions were ended by an administrator since this one was opened at {}",
                self.issued
            ));
        }
        let generation = books.servers[usize::from(self.server)].token_generation;
        if self.token_generation != generation && !quirks.session_outlives_token {
            return SessionState::Over(format!(
                "the server token that opened the session at {} was replaced or revoked since",
                self.issued
            ));
        }
        if let Some((successor, at)) = self.successor.get() {
            return if now - *at < quirks.session_rotate_grace {
                SessionState::Live(Some(successor.clone()))
            } else {
                SessionState::Forgotten(format!(
                    "the session token was replaced at {at}, {} ago, by {}, which X-ADM-Auth-Session named in the answer; \
                     the old one works for {} more",
                    (now - *at).in_words(),
                    recognisable(successor),
                    quirks.session_rotate_grace
                ))
            };
        }
        if quirks.session_rotate_every == 0 {
            return SessionState::Live(None);
        }
        let calls = self.calls.fetch_add(1, Ordering::Relaxed) + 1;
        if calls < quirks.session_rotate_every { SessionState::Live(None) } else { SessionState::Rotates }
    }

    /// Notes the token that replaces this session's; answers the one that does, where another call was quicker.
    pub fn succeed(&self, successor: String, now: Timestamp) -> &str {
        &self.successor.get_or_init(|| (successor, now)).0
    }

    /// Whether nobody can use it any more, with a day's margin for clocks that are moved.
    pub fn is_long_over(&self) -> bool {
        self.organization
            .read(|books, now| now - self.issued >= books.quirks.session_ttl && now - self.issued > Span::from_days(1))
    }
}
