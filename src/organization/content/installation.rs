//! Installing a title: what the store says to a device.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::target::Holder;
use super::{IdHash, Location, LocationId, SystemVersion, Target};
use crate::clock::Timestamp;
use crate::organization::{Books, DeviceId};

/// On how many devices an Apple Account uses the licences of its user.
pub const DEVICES_OF_AN_ACCOUNT: usize = 5;

/// A title that was installed: with whose licence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installed {
    /// The location that the licence is of.
    pub location: LocationId,
    /// Who holds it: the device, or a user with the device's account.
    pub holder: Target,
}

/// Why the store lets a device have nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreRefusal {
    /// Neither the device nor its account holds a licence.
    NoLicense,
    /// One is assigned, of which the store has not heard yet.
    NotHeardOf,
    /// The account is in use on too many devices.
    TooManyDevices,
    /// There is a licence, and the device's system is too old for it.
    SystemTooOld,
}

/// What the store lets a device have not, and why in words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct NotInstalled {
    /// What is wrong.
    pub refusal: StoreRefusal,
    /// Why, with what would be right.
    pub why: String,
}

/// The devices on which accounts use their licences, by the hash of the account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Installations(BTreeMap<String, BTreeSet<String>>);

impl Installations {
    fn of(&self, account: IdHash) -> Option<&BTreeSet<String>> {
        self.0.get(&account.to_string())
    }

    fn enter(&mut self, account: IdHash, serial: &str) {
        self.0.entry(account.to_string()).or_default().insert(serial.to_owned());
    }

    /// A device was wiped: nobody's account is on it.
    pub(in crate::organization) fn forget(&mut self, serial: &str) {
        self.0.retain(|_, serials| {
            serials.remove(serial);
            !serials.is_empty()
        });
    }
}

/// A licence that would do, and when the store hears of it.
struct Found {
    location: LocationId,
    holder: Target,
    arrives: Option<Timestamp>,
}

impl Books {
    /// A device asks the store for a title, as its MDM server told it to: for its own serial number, and for the account that is on it. The
    /// store looks at who holds licences, wherever in the organisation; it minds neither server nor location. `system` is what runs on the
    /// device, where that is not what is known of it; where nothing is known, it is recent enough.
    pub fn install(
        &mut self,
        device: DeviceId,
        title: u64,
        account: Option<&str>,
        system: Option<&SystemVersion>,
        now: Timestamp,
    ) -> Result<Installed, NotInstalled> {
        let serial = self.devices.serial(device).to_string();
        let account = account.map(IdHash::of);
        let mut found: Vec<Found> = Vec::new();
        for (location, ledger) in (0..).zip(&self.content.locations) {
            found.extend(ledger.found_for(location, title, &serial, account));
        }
        // A licence of the device's own spares the account.
        found.sort_by_key(|found| (found.arrives.is_some(), matches!(found.holder, Target::User(_))));
        let system = system.or_else(|| self.devices.extra(device)?.os_version.as_ref());
        let family = self.kinds[self.devices[device].kind].facts.family;
        let too_old = |found: &Found| system.and_then(|system| system.too_old_for(family, &found.holder));
        let Some(first) = found.iter().position(|found| too_old(found).is_none()) else {
            return Err(match found.first().and_then(|found| Some((system?, too_old(found)?))) {
                Some((system, floor)) => {
                    let why = format!("{serial} runs {system}, and its licence counts from {floor} on");
                    NotInstalled { refusal: StoreRefusal::SystemTooOld, why }
                }
                None => self.no_license(title, &serial, account.is_some()),
            });
        };
        let first = found.swap_remove(first);
        let name = self.content.location(first.location).name.clone();
        if let Some(at) = first.arrives {
            let why = format!("the licence is assigned at {name}, and the store hears of it at {at}: try again then");
            return Err(NotInstalled { refusal: StoreRefusal::NotHeardOf, why });
        }
        if let (Target::User(user), Some(account)) = (&first.holder, account) {
            let others = self.content.installations.of(account).filter(|serials| !serials.contains(&serial));
            if let Some(count) = others.map(BTreeSet::len).filter(|count| *count >= DEVICES_OF_AN_ACCOUNT) {
                let why = format!("the account of `{user}` is in use on {count} devices, and no more are allowed");
                return Err(NotInstalled { refusal: StoreRefusal::TooManyDevices, why });
            }
            self.content.installations.enter(account, &serial);
        }
        let known = self.content.title(title).map_or_else(|| title.to_string(), |title| title.name.clone());
        let what = match &first.holder {
            Target::Serial(_) => format!("installed {known} with its own licence of {name}"),
            Target::User(user) => format!("installed {known} with the licence of {user} of {name}"),
        };
        self.history.note(now, 0, what, vec![device]);
        Ok(Installed { location: first.location, holder: first.holder })
    }

    fn no_license(&self, title: u64, serial: &str, has_account: bool) -> NotInstalled {
        let users = self.content.locations.iter().map(|ledger| ledger.users_with(title)).sum::<usize>();
        let account = if has_account { ", nor to the account that is on it" } else { "" };
        let mut why = format!("no licence of {title} is assigned to {serial}{account}");
        if users > 0 && !has_account {
            why += &format!("; {users} users hold one, which counts on devices with their accounts alone");
        }
        NotInstalled { refusal: StoreRefusal::NoLicense, why }
    }
}

impl Location {
    /// The licences of a title that would do for a device, or for an account.
    fn found_for(
        &self,
        location: LocationId,
        title: u64,
        serial: &str,
        account: Option<IdHash>,
    ) -> impl Iterator<Item = Found> {
        let mut found = Vec::new();
        for asset in self.assets_of(title) {
            let device = self.assignments.device(serial).map(|holder| (holder, Target::Serial(serial.to_owned())));
            let users = account.into_iter().flat_map(|account| self.users.with_account(account));
            let users = users.map(|user| {
                let id = self.users[user].client_user_id.to_string();
                (Holder::user(user), Target::User(id))
            });
            let held = device.into_iter().chain(users).filter(|(holder, _)| self.license(asset, *holder).is_some());
            let known = held.map(|(holder, target)| (self.arrivals.of(asset, holder), target));
            found.extend(known.map(|(arrives, holder)| Found { location, holder, arrives }));
        }
        found.into_iter()
    }

    /// How many users hold a licence of a title that shows.
    fn users_with(&self, title: u64) -> usize {
        let rows = self.assets_of(title).flat_map(|asset| self.assignments.of_asset(asset));
        rows.filter(|row| !self.assignments.row(**row).holder.is_device()).count()
    }
}
