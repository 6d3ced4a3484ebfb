//! Finding the organisation: by its id for the control API, by credential for everybody else. Apple has no organisation in any path.

mod content_token;
mod invitation;
mod session;
mod snapshot;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use dashmap::DashMap;
use parking_lot::Mutex;

pub use content_token::ContentTokenPlace;
pub use invitation::InvitationPlace;
pub use session::{KeptSession, Session, SessionState};
pub use snapshot::{CannotPut, Snapshot, VERSION};

use crate::clock::Timestamp;
use crate::journal::{self, Journal};
use crate::organization::content::LocationId;
use crate::organization::{Bell, Books, Organization, ServerId, Streams};
use crate::random::{self, Random};
use crate::scenario::plan::{ClockPlan, OrganizationPlan};
use crate::scenario::{Founding, FoundingMistake, found};

/// The most bytes that the journals of all organisations may take together.
const JOURNALS: usize = 256 * 1024 * 1024;

/// Every organisation with the indexes that lead to it.
#[derive(Debug)]
pub struct Directory {
    entries: DashMap<String, Entry>,
    consumer_keys: DashMap<String, (Arc<Organization>, ServerId)>,
    content_tokens: DashMap<String, ContentTokenPlace>,
    sessions: DashMap<String, Arc<Session>>,
    seed: u64,
    founded: AtomicU64,
    ids: Mutex<Random>,
    /// Held while organisations or their keys are entered or removed, so that no key outlives its organisation.
    changing: Mutex<()>,
    /// Exchanges that no credential leads to an organisation.
    pub journal: Arc<Journal>,
    /// Bytes that the journal of one organisation may take while there are few.
    journal_memory: usize,
    /// How many answers belonged to no organisation.
    strays: AtomicU64,
    sessions_opened: AtomicU64,
    /// Rung by organisations that have notifications to send.
    pub bell: Arc<Bell>,
}

/// An organisation and what it was made from.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The organisation.
    pub organization: Arc<Organization>,
    /// What it was made from.
    pub origin: Origin,
    /// How many were made before it: it keeps this number when a snapshot is put back, and no other has it.
    pub place: u64,
    /// The changes of tokens ([`Books::token_changes`]) that the index of consumer keys has seen.
    indexed: Arc<AtomicU64>,
}

/// What an organisation was made from: enough to make it again, serial numbers, credentials and all.
#[derive(Clone, Debug)]
pub struct Origin {
    /// The plan.
    pub plan: Arc<OrganizationPlan>,
    /// What its contents are drawn from: its own id, or that of the organisation that it is like or a fork of.
    pub content: String,
    /// The scenario's clock, behind the plan's own.
    pub clock: ClockPlan,
    /// The moment to which relative times refer where no clock names a start: when the contents were first made.
    pub began: Timestamp,
}

/// Organisations by id with what they were made from, in order.
pub type Loaded = Vec<(String, Origin)>;

/// There is an organisation with this id already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdTaken(pub String);

impl Directory {
    /// An empty directory. Organisations, their devices and credentials are drawn from `seed`.
    pub fn new(seed: u64) -> Self {
        Self {
            entries: DashMap::new(),
            consumer_keys: DashMap::new(),
            content_tokens: DashMap::new(),
            sessions: DashMap::new(),
            seed,
            founded: AtomicU64::new(0),
            ids: Mutex::new(Random::new(seed, "organisation ids")),
            changing: Mutex::new(()),
            journal: Arc::default(),
            journal_memory: journal::MEMORY,
            strays: AtomicU64::new(0),
            sessions_opened: AtomicU64::new(0),
            bell: Arc::default(),
        }
    }

    /// The same with so many bytes for the exchanges of each organisation; 0 keeps none.
    pub fn with_journals(mut self, bytes: usize) -> Self {
        self.journal.limit_to(bytes);
        self.journal_memory = bytes;
        self
    }

    /// The seed that everything is drawn from.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// An id for an organisation that brings none: the next that is not taken, since after a reset the first ones are.
    pub fn make_id(&self) -> String {
        let mut ids = self.ids.lock();
        loop {
            let id = format!("org-{}", ids.hex(8));
            if !self.entries.contains_key(&id) {
                return id;
            }
        }
    }

    /// Makes an organisation from its origin and enters it under `id`.
    pub fn found(&self, id: &str, origin: Origin) -> Result<Arc<Organization>, FoundingMistake> {
        let organization = self.build(id, &origin)?;
        let _changing = self.changing.lock();
        self.enter(organization.clone(), origin).map_err(|IdTaken(id)| FoundingMistake::IdTaken(id))?;
        Ok(organization)
    }

    /// Makes another organisation that goes on from where `parent` is, with ids and credentials of its own. What it was made from is what
    /// its parent was made from: one like it is like its parent as first loaded. `adapt` changes it before anybody sees it.
    pub fn fork(&self, parent: &Entry, id: &str, adapt: impl FnOnce(&mut Books)) -> Result<Arc<Organization>, IdTaken> {
        let streams = Streams::of_fork(self.seed, id);
        let mut books = parent.organization.read(|books, now| books.forked(streams, now));
        adapt(&mut books);
        let fork = Arc::new(Organization::new(id.to_owned(), books));
        let _changing = self.changing.lock();
        self.enter(fork.clone(), parent.origin.clone())?;
        Ok(fork)
    }

    fn build(&self, id: &str, origin: &Origin) -> Result<Arc<Organization>, FoundingMistake> {
        Ok(Arc::new(Organization::new(id.to_owned(), self.draft(id, origin)?)))
    }

    /// The books that an organisation would begin with: what is planned, before any of it happens.
    pub fn draft(&self, id: &str, origin: &Origin) -> Result<Books, FoundingMistake> {
        let founding =
            Founding { id, content: &origin.content, seed: self.seed, clock: origin.clock, began: origin.began };
        found(&origin.plan, founding)
    }

    fn enter(&self, organization: Arc<Organization>, origin: Origin) -> Result<(), IdTaken> {
        let place = self.founded.fetch_add(1, Ordering::Relaxed);
        match self.entries.entry(organization.id.clone()) {
            dashmap::Entry::Occupied(_) => return Err(IdTaken(organization.id.clone())),
            dashmap::Entry::Vacant(vacant) => {
                let indexed = Arc::default();
                vacant.insert(Entry { organization: organization.clone(), origin, place, indexed });
            }
        }
        self.enter_keys(&organization);
        self.share_memory(&organization);
        organization.attach(&self.bell);
        Ok(())
    }

    /// Gives each journal its share of the memory that all of them may take. The share is halved when organisations double, so that making
    /// many costs little.
    fn share_memory(&self, newcomer: &Organization) {
        let count = self.entries.len().next_power_of_two();
        let share = self.journal_memory.min(JOURNALS.max(self.journal_memory) / count);
        newcomer.journal.limit_to(share);
        if (self.entries.len() - 1).is_power_of_two() {
            self.entries.iter().for_each(|entry| entry.organization.journal.limit_to(share));
        }
    }

    /// Enters the consumer keys of all servers of an organisation and the content tokens of all its locations, unless it was removed meanwhile:
    /// nobody must find it then.
    pub fn index(&self, organization: &Arc<Organization>) {
        let _changing = self.changing.lock();
        if self.has(organization) {
            self.enter_keys(organization);
        }
    }

    /// Whether this very organisation is entered.
    fn has(&self, organization: &Arc<Organization>) -> bool {
        self.entries.get(&organization.id).is_some_and(|entry| Arc::ptr_eq(&entry.organization, organization))
    }

    fn enter_keys(&self, organization: &Arc<Organization>) {
        let (keys, changes): (Vec<(String, ServerId)>, u64) = organization.read(|books, _| {
            let tokens = (0..).zip(&books.servers).filter_map(|(id, server)| Some((server.token.as_ref()?, id)));
            (tokens.map(|(token, id)| (token.consumer_key.clone(), id)).collect(), books.token_changes())
        });
        for (key, server) in keys {
            self.consumer_keys.insert(key, (organization.clone(), server));
        }
        let tokens: Vec<(String, LocationId, usize)> = organization.read(|books, _| {
            let tokens = books.content.tokens();
            tokens.map(|(token, location, place)| (token.inner.expose().to_owned(), location, place)).collect()
        });
        for (inner, location, token) in tokens {
            let place = ContentTokenPlace { organization: organization.clone(), location, token };
            self.content_tokens.insert(inner, place);
        }
        if let Some(entry) = self.entries.get(&organization.id) {
            entry.indexed.store(changes, Ordering::Relaxed);
        }
    }

    /// The organisation with this id.
    pub fn organization(&self, id: &str) -> Option<Arc<Organization>> {
        self.entries.get(id).map(|entry| entry.organization.clone())
    }

    /// The organisation with this id and what it was made from.
    pub fn entry(&self, id: &str) -> Option<Entry> {
        self.entries.get(id).map(|entry| entry.clone())
    }

    /// All organisations, in the order in which they were made.
    pub fn organizations(&self) -> Vec<Arc<Organization>> {
        let mut entries: Vec<Entry> = self.entries.iter().map(|entry| entry.clone()).collect();
        entries.sort_by_key(|entry| entry.place);
        entries.into_iter().map(|entry| entry.organization).collect()
    }

    /// The only organisation there is, if so: whose switches and clock hold where no credential names one.
    pub fn only(&self) -> Option<Arc<Organization>> {
        if self.entries.len() == 1 { self.organizations().pop() } else { None }
    }

    /// A number for an answer that belongs to no organisation, as [`Organization::next_answer`] has for the others.
    pub fn next_answer(&self) -> [u64; 2] {
        let count = self.strays.fetch_add(1, Ordering::Relaxed);
        [random::mix(self.seed ^ count), random::mix(self.seed.rotate_left(32) ^ !count)]
    }

    /// How many organisations there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// True while there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Makes the organisations in `loaded` anew, credentials included, and drops all others. One reset waits for another, and the new ones
    /// are made before the old ones go.
    pub fn reset(&self, loaded: &[(String, Origin)]) -> Result<(), FoundingMistake> {
        let built: Result<Vec<_>, _> = loaded.iter().map(|(id, origin)| self.build(id, origin)).collect();
        let built = built?;
        let _changing = self.changing.lock();
        for organization in self.organizations() {
            self.take_out(&organization);
        }
        *self.ids.lock() = Random::new(self.seed, "organisation ids");
        self.strays.store(0, Ordering::Relaxed);
        self.journal.clear();
        for (organization, (_, origin)) in built.into_iter().zip(loaded) {
            self.enter(organization, origin.clone()).map_err(|IdTaken(id)| FoundingMistake::IdTaken(id))?;
        }
        Ok(())
    }

    /// Removes an organisation with its credentials and sessions; answers whether it was there.
    pub fn remove(&self, id: &str) -> bool {
        let _changing = self.changing.lock();
        self.organization(id).is_some_and(|organization| self.take_out(&organization))
    }

    /// Removes the organisation that was made after `place` others, and not another that has its id by now.
    pub fn remove_made(&self, id: &str, place: u64) -> bool {
        let _changing = self.changing.lock();
        self.entry(id).is_some_and(|entry| entry.place == place && self.take_out(&entry.organization))
    }

    fn take_out(&self, gone: &Arc<Organization>) -> bool {
        let removed = self.entries.remove_if(&gone.id, |_, entry| Arc::ptr_eq(&entry.organization, gone)).is_some();
        self.forget_credentials(gone);
        gone.journal.close();
        removed
    }

    fn forget_credentials(&self, gone: &Arc<Organization>) {
        self.consumer_keys.retain(|_, (organization, _)| !Arc::ptr_eq(organization, gone));
        self.content_tokens.retain(|_, place| !Arc::ptr_eq(&place.organization, gone));
        self.sessions.retain(|_, session| !Arc::ptr_eq(&session.organization, gone));
    }

    /// The organisation and server that a consumer key belongs to.
    pub fn consumer(&self, key: &str) -> Option<(Arc<Organization>, ServerId)> {
        let known = || self.consumer_keys.get(key).map(|found| found.clone());
        known().or_else(|| {
            self.index_what_changed();
            known()
        })
    }

    /// Enters the keys of tokens that nobody asked for: a timeline renews them by itself when their time has come. Looked for when a key is
    /// unknown, so that no call pays for it but those that would be refused.
    fn index_what_changed(&self) {
        let entries: Vec<Entry> = self.entries.iter().map(|entry| entry.clone()).collect();
        let changes = |entry: &Entry| entry.organization.read(|books, _| books.token_changes());
        let stale = entries.iter().filter(|entry| entry.indexed.load(Ordering::Relaxed) != changes(entry));
        stale.for_each(|entry| self.index(&entry.organization));
    }

    /// The session with this token.
    #[inline]
    pub fn session(&self, token: &str) -> Option<Arc<Session>> {
        self.sessions.get(token).map(|found| found.clone())
    }

    /// Enters a session under its token. Now and then those that are long over are dropped.
    pub fn open_session(&self, token: String, session: Session) {
        const CLEANED_AT: usize = 4_096;
        if self.sessions.len() >= CLEANED_AT && self.sessions.len().is_power_of_two() {
            self.sessions.retain(|_, session| !session.is_long_over());
        }
        self.sessions_opened.fetch_add(1, Ordering::Relaxed);
        let session = Arc::new(session);
        self.sessions.insert(token.clone(), session.clone());
        if !self.has(&session.organization) {
            // It was removed while this session was being opened.
            self.sessions.remove(&token);
        }
    }

    /// How many sessions were opened so far, whatever became of them.
    pub fn sessions_opened(&self) -> u64 {
        self.sessions_opened.load(Ordering::Relaxed)
    }

    /// Drops a session that nobody was told of.
    pub fn forget_session(&self, token: &str) {
        self.sessions.remove(token);
    }
}

#[cfg(test)]
mod tests;
