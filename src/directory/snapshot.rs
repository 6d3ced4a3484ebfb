//! Snapshots: an organisation's whole state as a document, and putting it back.
//!
//! The directory does this, since an organisation is more than its books: the consumer keys and sessions that lead to it are here.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Directory, Entry, IdTaken, KeptSession, Origin, Session};
use crate::clock::{Timestamp, millis};
use crate::organization::{Answers, Books, Flaw, Organization, Remembered, ServerId, Streams};

/// The version of the document's format.
pub const VERSION: u32 = 1;

/// The whole state of an organisation, credentials and sessions included. `State` is [`Books`], or a reference to them.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Snapshot<State = Books> {
    /// The version of this format.
    pub version: u32,
    /// The snapshot's id.
    pub id: String,
    /// The id of the organisation that it was taken from.
    pub organization: String,
    /// What its clock showed.
    #[serde(with = "millis")]
    pub at: Timestamp,
    /// How many answers it had given.
    pub answers: Answers,
    /// The consumer keys that lead to it, those of old tokens too, each with its server.
    pub consumer_keys: BTreeMap<String, ServerId>,
    /// The sessions of its MDM servers.
    pub sessions: Vec<KeptSession>,
    /// Its books.
    pub state: State,
}

/// Why a snapshot cannot be put back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CannotPut {
    /// Something in it is wrong: pointers are into the whole document.
    Flawed(Vec<Flaw>),
    /// A consumer key or session token in it is another organisation's.
    CredentialTaken {
        /// What it is, for people.
        what: &'static str,
        /// Whose it is.
        owner: String,
    },
    /// There is an organisation with this id.
    IdTaken(String),
    /// The organisation was deleted or replaced meanwhile.
    Gone,
}

impl Directory {
    /// Takes a snapshot, which the organisation remembers. The text is JSON.
    pub fn snapshot(&self, organization: &Arc<Organization>) -> serde_json::Result<Vec<u8>> {
        // Before the books: a session that is opened meanwhile is missing, rather than unknown to the books that issue its token.
        let sessions = self.kept_sessions(organization);
        let (at, books) = organization.read(|books, now| (now, Arc::new(books.clone())));
        let Remembered { id, at, books } = organization.snapshots.take(&organization.id, at, books);
        let snapshot = Snapshot {
            version: VERSION,
            id,
            organization: organization.id.clone(),
            at,
            answers: organization.answers(),
            consumer_keys: self.keys_of(organization),
            sessions,
            state: &*books,
        };
        serde_json::to_vec(&snapshot)
    }

    fn kept_sessions(&self, organization: &Arc<Organization>) -> Vec<KeptSession> {
        // Before the sessions are walked through: their shards are locked meanwhile.
        let epoch = organization.read(|books, _| books.session_epoch);
        let own = self.sessions.iter().filter(|entry| Arc::ptr_eq(&entry.value().organization, organization));
        let mut sessions: Vec<KeptSession> = own.filter_map(|entry| entry.value().keep(entry.key(), epoch)).collect();
        sessions.sort_unstable_by(|one, other| one.token.cmp(&other.token));
        sessions
    }

    fn keys_of(&self, organization: &Arc<Organization>) -> BTreeMap<String, ServerId> {
        let own = self.consumer_keys.iter().filter(|entry| Arc::ptr_eq(&entry.value().0, organization));
        own.map(|entry| (entry.key().clone(), entry.value().1)).collect()
    }

    /// Puts a snapshot into the organisation of `entry`. Where it was taken from one of this id, everything is as it was, credentials and
    /// sessions too. Otherwise it is as a fork is: its ids and credentials are new, drawn from what the organisation draws from.
    pub fn put(&self, entry: &Entry, snapshot: Snapshot) -> Result<Arc<Organization>, CannotPut> {
        snapshot.check()?;
        let before = &entry.organization;
        let Snapshot { version: _, id, organization, at, answers, consumer_keys, sessions, mut state } = snapshot;
        state.clock = state.clock.kept_at(at);
        let same = organization == before.id;
        let (answers, consumer_keys, sessions) = if same {
            (Some(answers), consumer_keys, sessions)
        } else {
            let own = |books: &mut Books| Streams {
                credentials: books.random.clone(),
                content: books.random_content.clone(),
            };
            let streams = before.write(|books, _| own(books));
            state = state.forked(streams, at);
            (None, BTreeMap::new(), Vec::new())
        };
        let books = Arc::new(state.clone());
        let after = Arc::new(before.successor(state, answers));
        self.replace(before, &after, consumer_keys, sessions)?;
        after.snapshots.put(Remembered { id, at, books });
        Ok(after)
    }

    /// Enters an organisation that an earlier run has left: everything is as it was, credentials and sessions too.
    pub fn resume(&self, snapshot: Snapshot, origin: Origin) -> Result<Arc<Organization>, CannotPut> {
        snapshot.check()?;
        let Snapshot { version: _, id: _, organization, at, answers, consumer_keys, sessions, mut state } = snapshot;
        state.clock = state.clock.kept_at(at);
        let resumed = Arc::new(Organization::resumed(organization, state, answers));
        let _changing = self.changing.lock();
        self.enter(resumed.clone(), origin).map_err(|IdTaken(owner)| CannotPut::IdTaken(owner))?;
        for (key, server) in consumer_keys {
            self.consumer_keys.entry(key).or_insert_with(|| (resumed.clone(), server));
        }
        for kept in sessions {
            let token = kept.token.clone();
            self.sessions.insert(token, Arc::new(Session::resumed(resumed.clone(), kept)));
        }
        Ok(resumed)
    }

    /// Lets `after` take the place of `before`, with these keys and sessions besides the keys of its live tokens.
    fn replace(
        &self,
        before: &Arc<Organization>,
        after: &Arc<Organization>,
        keys: BTreeMap<String, ServerId>,
        sessions: Vec<KeptSession>,
    ) -> Result<(), CannotPut> {
        let _changing = self.changing.lock();
        if !self.has(before) {
            return Err(CannotPut::Gone);
        }
        let foreign = |what, owner: &Arc<Organization>| match Arc::ptr_eq(owner, before) {
            true => Ok(()),
            false => Err(CannotPut::CredentialTaken { what, owner: owner.id.clone() }),
        };
        let live: Vec<String> = after.read(|books, _| {
            books.servers.iter().filter_map(|server| Some(server.token.as_ref()?.consumer_key.clone())).collect()
        });
        for key in keys.keys().chain(&live) {
            // Not `consumer`: that may index what has changed, which would wait for the lock held here.
            if let Some(owner) = self.consumer_keys.get(key).map(|known| known.0.clone()) {
                foreign("consumer key", &owner)?;
            }
        }
        for kept in &sessions {
            if let Some(session) = self.session(&kept.token) {
                foreign("session token", &session.organization)?;
            }
        }
        if let Some(mut entry) = self.entries.get_mut(&after.id) {
            entry.organization = after.clone();
        }
        self.forget_credentials(before);
        for (key, server) in keys {
            self.consumer_keys.insert(key, (after.clone(), server));
        }
        self.enter_keys(after);
        for kept in sessions {
            let token = kept.token.clone();
            self.sessions.insert(token, Arc::new(Session::resumed(after.clone(), kept)));
        }
        after.attach(&self.bell);
        Ok(())
    }
}

impl Snapshot {
    fn check(&self) -> Result<(), CannotPut> {
        let flaw = |pointer: String, detail: String| Flaw { pointer, detail };
        let mut flaws = Vec::new();
        if self.version != VERSION {
            flaws.push(flaw("/version".to_owned(), format!("this abmsim reads version {VERSION}")));
        }
        if !self.at.is_representable() {
            flaws.push(flaw("/at".to_owned(), "a clock shows times from 1970 to 2105".to_owned()));
        }
        let servers = self.state.servers.len();
        let missing = format!("there is no such server: there are {servers}");
        for (key, server) in &self.consumer_keys {
            if usize::from(*server) >= servers {
                let key = key.replace('~', "~0").replace('/', "~1");
                flaws.push(flaw(format!("/consumer_keys/{key}"), missing.clone()));
            }
        }
        for (place, kept) in self.sessions.iter().enumerate() {
            if usize::from(kept.server) >= servers {
                flaws.push(flaw(format!("/sessions/{place}/server"), missing.clone()));
            }
        }
        let in_state = |flaw: Flaw| Flaw { pointer: format!("/state{}", flaw.pointer), detail: flaw.detail };
        flaws.extend(self.state.flaws().into_iter().map(in_state));
        if flaws.is_empty() { Ok(()) } else { Err(CannotPut::Flawed(flaws)) }
    }
}
