//! Finding the organisation: by its id for the control API, by credential for everybody else. Apple has no organisation in any path.

mod content_token;
mod session;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use dashmap::DashMap;
use parking_lot::Mutex;

pub use content_token::ContentTokenPlace;
pub use session::{Session, SessionState};

use crate::clock::Timestamp;
use crate::journal::Journal;
use crate::organization::content::LocationId;
use crate::organization::{Organization, ServerId};
use crate::random::{self, Random};
use crate::scenario::plan::{ClockPlan, OrganizationPlan};
use crate::scenario::{Founding, FoundingMistake, found};

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
    pub journal: Journal,
    /// How many answers belonged to no organisation.
    strays: AtomicU64,
}

/// An organisation and what it was made from.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The organisation.
    pub organization: Arc<Organization>,
    /// What it was made from.
    pub origin: Origin,
    place: u64,
}

/// What an organisation was made from: enough to make it again, serial numbers, credentials and all.
#[derive(Clone, Debug)]
pub struct Origin {
    /// The plan.
    pub plan: Arc<OrganizationPlan>,
    /// What its contents are drawn from: its own id, or that of the organisation that it is like.
    pub content: String,
    /// The scenario's clock, behind the plan's own.
    pub clock: ClockPlan,
    /// The moment to which relative times refer where no clock names a start: when the contents were first made.
    pub began: Timestamp,
}

/// Organisations by id with what they were made from, in order.
pub type Loaded = Vec<(String, Origin)>;

/// There is an organisation with this id already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdTaken;

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
            journal: Journal::default(),
            strays: AtomicU64::new(0),
        }
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
        self.enter(organization.clone(), origin).map_err(|IdTaken| FoundingMistake::IdTaken(id.to_owned()))?;
        Ok(organization)
    }

    fn build(&self, id: &str, origin: &Origin) -> Result<Arc<Organization>, FoundingMistake> {
        let founding =
            Founding { id, content: &origin.content, seed: self.seed, clock: origin.clock, began: origin.began };
        Ok(Arc::new(Organization::new(id.to_owned(), found(&origin.plan, founding)?)))
    }

    fn enter(&self, organization: Arc<Organization>, origin: Origin) -> Result<(), IdTaken> {
        let place = self.founded.fetch_add(1, Ordering::Relaxed);
        match self.entries.entry(organization.id.clone()) {
            dashmap::Entry::Occupied(_) => return Err(IdTaken),
            dashmap::Entry::Vacant(vacant) => {
                vacant.insert(Entry { organization: organization.clone(), origin, place });
            }
        }
        self.enter_keys(&organization);
        Ok(())
    }

    /// Enters the consumer keys of all servers of an organisation and the content tokens of all its locations, unless it was removed meanwhile: nobody must find it then.
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
        let keys: Vec<(String, ServerId)> = organization.read(|books, _| {
            let tokens = (0..).zip(&books.servers).filter_map(|(id, server)| Some((server.token.as_ref()?, id)));
            tokens.map(|(token, id)| (token.consumer_key.clone(), id)).collect()
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
        for (organization, (id, origin)) in built.into_iter().zip(loaded) {
            self.enter(organization, origin.clone()).map_err(|IdTaken| FoundingMistake::IdTaken(id.clone()))?;
        }
        Ok(())
    }

    /// Removes an organisation with its credentials and sessions; answers whether it was there.
    pub fn remove(&self, id: &str) -> bool {
        self.organization(id).is_some_and(|organization| self.remove_this(&organization))
    }

    /// Removes this very organisation, and not another that has its id by now.
    pub fn remove_this(&self, gone: &Arc<Organization>) -> bool {
        let _changing = self.changing.lock();
        self.take_out(gone)
    }

    fn take_out(&self, gone: &Arc<Organization>) -> bool {
        let removed = self.entries.remove_if(&gone.id, |_, entry| Arc::ptr_eq(&entry.organization, gone)).is_some();
        self.consumer_keys.retain(|_, (organization, _)| !Arc::ptr_eq(organization, gone));
        self.content_tokens.retain(|_, place| !Arc::ptr_eq(&place.organization, gone));
        self.sessions.retain(|_, session| !Arc::ptr_eq(&session.organization, gone));
        removed
    }

    /// The organisation and server that a consumer key belongs to.
    pub fn consumer(&self, key: &str) -> Option<(Arc<Organization>, ServerId)> {
        self.consumer_keys.get(key).map(|found| found.clone())
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
        let session = Arc::new(session);
        self.sessions.insert(token.clone(), session.clone());
        if !self.has(&session.organization) {
            // It was removed while this session was being opened.
            self.sessions.remove(&token);
        }
    }

    /// Drops a session that nobody was told of.
    pub fn forget_session(&self, token: &str) {
        self.sessions.remove(token);
    }
}
