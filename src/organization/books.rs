//! The books of an organisation: all of its state, in one place.

use std::collections::HashMap;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::announcement::WaitingRow;
use super::content::Content;
use super::listing::Repeats;
use super::placement::Unshown;
use super::quirks;
use super::written::sorted;
use super::{
    Actors, DeviceId, Devices, History, Kinds, MdmServer, Order, Person, Profiles, Quirks, Schedule, ServerId,
    Standing, Suppliers, Terms, Throttled, Timeline,
};
use crate::catalog::SerialSequence;
use crate::clock::{Clock, Millis, Timestamp};
use crate::faults::Faults;
use crate::random::Random;

/// All state of one organisation. One lock guards it, so that a verb that touches two servers and a device is one plain function.
///
/// A new field has to say what becomes of it in a fork (`forked`), and what is wrong with it in a snapshot (`flaws`): both take the books apart field
/// by field, and do not compile without it. Snapshots have every field that is not skipped here.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Books {
    /// What the organisation says of itself.
    pub identity: Identity,
    /// Its clock.
    pub clock: Clock,
    /// What ids, tokens and cursors are drawn from.
    pub random: Random,
    /// What devices and names are drawn from: the same for every organisation made like this one.
    pub random_content: Random,
    /// Its named switches.
    #[serde(serialize_with = "write_quirks", deserialize_with = "quirks::whole")]
    pub quirks: Arc<Quirks>,
    /// Whether it has agreed to the terms.
    pub terms: Terms,
    /// Who may sell to it; `None`: everybody.
    pub suppliers: Option<Suppliers>,
    /// Its people.
    pub people: Vec<Person>,
    /// Its MDM servers; a [`ServerId`] is a place in here.
    pub servers: Vec<MdmServer>,
    /// Its orders.
    pub orders: Vec<Order>,
    /// What its devices are.
    pub kinds: Kinds,
    /// Its devices.
    pub devices: Devices,
    /// Its apps and books.
    pub content: Content,
    /// Its enrolment profiles.
    pub profiles: Profiles,
    /// Who did things.
    pub actors: Actors,
    /// What was done.
    pub history: History,
    /// What is yet to happen.
    pub schedule: Schedule,
    /// What was planned to happen on Apple's side, and what came of it.
    pub timeline: Timeline,
    /// How often all sessions were ended: those of before are over.
    pub session_epoch: u64,
    /// Rules that make calls go wrong.
    pub faults: Faults,
    /// Which devices had profiles assigned too often.
    pub throttled: Throttled,
    /// Serial numbers for devices that bring none.
    pub serials: SerialSequence,
    /// How many of them have been used.
    pub serials_used: u64,
    /// Where devices still show that were moved in the portal a moment ago (the `lag.portal` switch).
    #[serde(serialize_with = "sorted")]
    pub(super) unshown: HashMap<DeviceId, Unshown>,
    /// Rows that servers are to see later, by device, in the order in which they were made.
    #[serde(serialize_with = "sorted")]
    pub(super) waiting_rows: HashMap<DeviceId, Vec<WaitingRow>>,
    /// Cursors that were given out again (the `repeat_cursor` switch).
    pub(super) repeats: Repeats,
    /// How devices still look in details whose profile changed a moment ago (the `lag.details` switch).
    #[serde(serialize_with = "write_stale", deserialize_with = "read_stale")]
    pub(super) stale_details: HashMap<DeviceId, (Timestamp, Standing)>,
    /// False while a scenario is loaded: no cursor is older than that, so nobody could read the rows.
    #[serde(skip)]
    pub(super) recording: bool,
}

/// Apple's word for what an organisation is.
pub type OrganizationType = &'static str;

/// What an organisation says of itself: most of `/account`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// Its legal name: `org_name`.
    pub name: String,
    /// `org_type`: `org` or `edu`.
    #[serde(deserialize_with = "read_type")]
    pub kind: OrganizationType,
    /// `org_id`, decimal.
    pub org_id: String,
    /// `org_id_hash`, 64 lower-case hexadecimal digits.
    pub org_id_hash: String,
    /// `org_email`.
    pub email: String,
    /// `org_phone`.
    pub phone: String,
    /// `org_address`, one line.
    pub address: String,
}

impl Books {
    /// Books with nothing in them yet. Nothing is recorded for clients until an [`Organization`](super::Organization) is made of them.
    pub fn new(
        identity: Identity,
        clock: Clock,
        random: Random,
        random_content: Random,
        serials: SerialSequence,
    ) -> Self {
        Self {
            identity,
            clock,
            random,
            random_content,
            quirks: Arc::default(),
            terms: Terms::Signed { effective: Timestamp::default() },
            suppliers: None,
            people: Vec::new(),
            servers: Vec::new(),
            orders: Vec::new(),
            kinds: Kinds::default(),
            devices: Devices::default(),
            content: Content::default(),
            profiles: Profiles::default(),
            actors: Actors::default(),
            history: History::default(),
            schedule: Schedule::default(),
            timeline: Timeline::default(),
            session_epoch: 0,
            faults: Faults::default(),
            throttled: Throttled::default(),
            serials,
            serials_used: 0,
            unshown: HashMap::new(),
            waiting_rows: HashMap::new(),
            repeats: Repeats::default(),
            stale_details: HashMap::new(),
            recording: false,
        }
    }

    /// The server of this name or id.
    pub fn find_server(&self, name_or_id: &str) -> Option<ServerId> {
        let place = self.servers.iter().position(|server| server.name == name_or_id || server.id == name_or_id)?;
        ServerId::try_from(place).ok()
    }

    /// The order of this number.
    pub fn find_order(&self, number: &str) -> Option<u32> {
        self.orders.iter().position(|order| order.number == number).map(|place| place as u32)
    }

    /// The server that new devices of `kind`'s family go to by themselves.
    pub fn default_server(&self, kind: u32) -> Option<ServerId> {
        let family = self.kinds[kind].facts.family;
        let place = self.servers.iter().position(|server| server.default_for.contains(&family))?;
        ServerId::try_from(place).ok()
    }

    /// Where servers see a device: at its server, or still at the one before while the portal lags.
    #[inline]
    pub fn visible_at(&self, device: DeviceId) -> Option<ServerId> {
        if !self.unshown.is_empty()
            && let Some(unshown) = self.unshown.get(&device)
        {
            return unshown.visible;
        }
        self.devices[device].server()
    }

    /// The device with this serial number, if `server` has access to it.
    #[inline]
    pub fn accessible(&self, server: ServerId, serial: &str) -> Option<DeviceId> {
        self.devices.find_text(serial).filter(|device| self.visible_at(*device) == Some(server))
    }

    /// Ends all sessions: their next call gets 401.
    pub fn end_sessions(&mut self) {
        self.session_epoch += 1;
    }

    /// The account that a server acts for: who generated its token.
    pub fn admin_of(&self, server: ServerId) -> String {
        self.servers[usize::from(server)].admin.clone()
    }

    /// The first administrator, or failing that the organisation's own address.
    pub fn first_administrator(&self) -> String {
        let administrator = self.people.iter().find(|person| person.roles.iter().any(|role| role == "administrator"));
        administrator.map_or_else(|| self.identity.email.clone(), |person| person.managed_account.clone())
    }
}

fn read_type<'de, D: Deserializer<'de>>(deserializer: D) -> Result<OrganizationType, D::Error> {
    match String::deserialize(deserializer)?.as_str() {
        "org" => Ok("org"),
        "edu" => Ok("edu"),
        other => Err(serde::de::Error::custom(format!("an organisation is `org` or `edu`, and not `{other}`"))),
    }
}

fn write_quirks<S: Serializer>(quirks: &Arc<Quirks>, serializer: S) -> Result<S::Ok, S::Error> {
    (**quirks).serialize(serializer)
}

fn write_stale<S: Serializer>(
    stale: &HashMap<DeviceId, (Timestamp, Standing)>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let exact =
        |(device, (until, standing)): (&DeviceId, &(Timestamp, Standing))| (*device, (Millis(*until), *standing));
    sorted(&stale.iter().map(exact).collect(), serializer)
}

fn read_stale<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<HashMap<DeviceId, (Timestamp, Standing)>, D::Error> {
    let stale = HashMap::<DeviceId, (Millis, Standing)>::deserialize(deserializer)?;
    Ok(stale.into_iter().map(|(device, (until, standing))| (device, (until.0, standing))).collect())
}
