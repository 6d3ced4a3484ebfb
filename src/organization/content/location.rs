//! A location: one ledger.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::arrivals::{Arrivals, Lateness, pair, parts};
use super::assignments::Assignments;
use super::manage::Repeats;
use super::rate::Rate;
use super::seal::{Seal, hex, open_hex};
use super::target::Holder;
use super::users::Users;
use super::version::Versions;
use super::{
    Asset, AssetId, AssetKey, ClientConfiguration, ContentEvent, ContentRefusal, ContentToken, DataSet, Subscriptions,
    Target, Title, User, UserId,
};
use crate::random::{Random, hash, mix};

/// A location (Apple now says organisational unit): licences, users and tokens of its own.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Location {
    /// Its id in the control API.
    pub id: String,
    /// `uId`: sixteen digits, the same for every token of the location.
    pub uid: String,
    /// Its name, which need not be unique.
    pub name: String,
    /// The country of its store, two capital letters.
    pub country: String,
    /// What clients have set.
    pub configuration: ClientConfiguration,
    /// Its content tokens, the first downloaded first; dead ones stay.
    pub tokens: Vec<ContentToken>,
    /// Its subscriptions.
    pub subscriptions: Subscriptions,
    /// What versions, event ids and invitation codes are made with.
    pub(super) key: u64,
    pub(super) assets: Vec<Asset>,
    pub(super) asset_places: BTreeMap<AssetKey, AssetId>,
    pub(super) users: Users,
    pub(super) assignments: Assignments,
    /// Assignments that are made, but do not show yet (the `license_lag` switch), by holder and asset: the licence, and whose event
    /// will show it.
    pub(super) unshown: BTreeMap<u64, (u32, u64)>,
    /// Assignments of which the store has not heard yet (the `store_lag` switch).
    #[serde(default)]
    pub(super) arrivals: Arrivals,
    pub(super) events: BTreeMap<u64, ContentEvent>,
    pub(super) last_event: u64,
    pub(super) versions: Versions,
    pub(super) rate: Rate,
    #[serde(default)]
    pub(super) repeats: Repeats,
}

/// What has become of an assignment that was to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// It took this licence.
    License(u32),
    /// It was there already, with this licence.
    Before(u32),
}

impl Location {
    pub(super) fn new(name: String, country: String, random: &mut Random) -> Self {
        let id = random.hex_upper(32);
        let uid = format!("2{:015}", random.below(1_000_000_000_000_000));
        Self {
            id,
            uid,
            name,
            country: country.to_ascii_uppercase(),
            configuration: ClientConfiguration::default(),
            tokens: Vec::new(),
            subscriptions: Subscriptions::default(),
            key: random.number(),
            assets: Vec::new(),
            asset_places: BTreeMap::new(),
            users: Users::default(),
            assignments: Assignments::default(),
            unshown: BTreeMap::new(),
            arrivals: Arrivals::default(),
            events: BTreeMap::new(),
            last_event: 0,
            versions: Versions::default(),
            rate: Rate::default(),
            repeats: Repeats::default(),
        }
    }

    // --- Assets -------------------------------------------------------------------------------------------------------------------------

    /// The asset of this name.
    pub fn asset(&self, key: AssetKey) -> Option<&Asset> {
        self.asset_places.get(&key).map(|place| &self.assets[*place as usize])
    }

    /// All assets, the first bought first.
    pub fn assets(&self) -> &[Asset] {
        &self.assets
    }

    /// The place of an asset.
    pub fn asset_id(&self, key: AssetKey) -> Option<AssetId> {
        self.asset_places.get(&key).copied()
    }

    /// Enters an asset without licences, where it is not there.
    pub(super) fn asset_or_new(&mut self, title: &Title, key: AssetKey) -> AssetId {
        if let Some(place) = self.asset_id(key) {
            return place;
        }
        let place = self.assets.len() as AssetId;
        self.assets.push(Asset::of(title, key));
        self.asset_places.insert(key, place);
        self.versions.next(DataSet::Assets);
        place
    }

    pub(super) fn change_asset(&mut self, asset: AssetId, change: impl FnOnce(&mut Asset)) {
        change(&mut self.assets[asset as usize]);
        self.versions.next(DataSet::Assets);
    }

    /// Changes how many licences of an asset there are.
    pub(super) fn change_total(&mut self, asset: AssetId, change: impl FnOnce(&mut Asset)) {
        let was_unlimited = self.assets[asset as usize].unlimited;
        self.change_asset(asset, change);
        let version = self.versions.next_licenses();
        let record = &mut self.assets[asset as usize];
        let available = record.available();
        match (was_unlimited, record.unlimited) {
            (_, true) => {}
            (true, false) => record.licenses.renew(available, version),
            (false, false) => record.licenses.fit(available, version),
        }
    }

    // --- Users --------------------------------------------------------------------------------------------------------------------------

    /// A user's record.
    pub fn user(&self, user: UserId) -> Option<&User> {
        self.users.get(user)
    }

    /// How many records of users there are, retired ones included.
    pub fn users_len(&self) -> usize {
        self.users.len()
    }

    /// All records of users, the first registered first.
    pub fn users(&self) -> impl Iterator<Item = (UserId, &User)> {
        self.users.iter()
    }

    /// The user with this `clientUserId` who is not retired.
    pub fn active_user(&self, client_user_id: &str) -> Option<UserId> {
        self.users.find_active(client_user_id)
    }

    /// All records with this `clientUserId`, the first registered first.
    pub fn users_called(&self, client_user_id: &str) -> Vec<UserId> {
        self.users.with_client_id(client_user_id)
    }

    /// `userId` of version 1.
    pub fn user_number(&self, user: UserId) -> u64 {
        self.first_user_number() + u64::from(user)
    }

    /// The user with this `userId`.
    pub fn numbered_user(&self, number: u64) -> Option<UserId> {
        let place = UserId::try_from(number.checked_sub(self.first_user_number())?).ok()?;
        self.users.get(place).map(|_| place)
    }

    fn first_user_number(&self) -> u64 {
        100_000_000 + mix(self.key) % 800_000_000
    }

    /// `inviteCode`: 32 hexadecimal digits that lead to the user and to no other.
    pub fn invite_code(&self, user: UserId) -> String {
        hex(self.invitation_key(), Seal::Invitation, u64::from(user))
    }

    /// The user whom this invitation code invites.
    pub fn invited(&self, code: &str) -> Option<UserId> {
        let user = UserId::try_from(open_hex(self.invitation_key(), Seal::Invitation, code)?).ok()?;
        self.users.get(user).map(|_| user)
    }

    /// What invitation codes are made with. A fork goes on with the key that it has found, but has a `uId` of its own: whoever follows a link comes
    /// to the one of them that handed it out.
    fn invitation_key(&self) -> u64 {
        mix(self.key ^ hash(self.uid.as_bytes()))
    }

    // --- Assignments --------------------------------------------------------------------------------------------------------------------

    /// How many assignments show.
    pub fn assignments_len(&self) -> usize {
        self.assignments.len()
    }

    /// Whether this target holds a licence of this asset, shown or not.
    pub fn is_assigned(&self, asset: AssetKey, target: &Target) -> bool {
        self.asset_id(asset)
            .zip(self.holder(target))
            .is_some_and(|(asset, holder)| self.license(asset, holder).is_some())
    }

    /// The holder with this name: an active user, or a serial number that holds something.
    pub(super) fn holder(&self, target: &Target) -> Option<Holder> {
        match target {
            Target::User(id) => self.users.find_active(id).map(Holder::user),
            Target::Serial(serial) => self.assignments.device(serial),
        }
    }

    /// The licence of an asset that somebody holds, shown or not.
    pub(super) fn license(&self, asset: AssetId, holder: Holder) -> Option<u32> {
        if let Some(row) = self.assignments.find(asset, holder) {
            return Some(self.assignments.row(row).license);
        }
        self.unshown.get(&pair(asset, holder)).map(|(license, _)| *license)
    }

    /// Assigns a licence, if there is one. It becomes known as late as `lateness` says.
    pub(super) fn assign(
        &mut self,
        asset: AssetId,
        target: &Target,
        lateness: Lateness,
    ) -> Result<Taken, ContentRefusal> {
        let holder = match target {
            Target::User(id) => self.users.find_active(id).map(Holder::user),
            Target::Serial(serial) => Some(self.assignments.device_or_new(serial)),
        };
        let holder = holder.ok_or(ContentRefusal::UserNotFound)?;
        let taken = self.assign_to(asset, holder, lateness);
        if taken.is_err() {
            self.forget_idle(holder);
        }
        taken
    }

    fn assign_to(&mut self, asset: AssetId, holder: Holder, lateness: Lateness) -> Result<Taken, ContentRefusal> {
        if let Some(license) = self.license(asset, holder) {
            return Ok(Taken::Before(license));
        }
        let record = &mut self.assets[asset as usize];
        if holder.is_device() && !record.device_assignable {
            return Err(ContentRefusal::NotDeviceAssignable);
        }
        if record.available() == 0 {
            return Err(ContentRefusal::NotEnoughLicenses);
        }
        let license = record.licenses.take(|| self.versions.next_licenses());
        record.assigned += 1;
        self.versions.next(DataSet::Assets);
        if let Some(at) = lateness.store {
            self.arrivals.expect(asset, holder, at);
        }
        match lateness.ticket {
            Some(ticket) => {
                self.unshown.insert(pair(asset, holder), (license, ticket));
            }
            None => self.enter_assignment(asset, holder, license),
        }
        Ok(Taken::License(license))
    }

    fn enter_assignment(&mut self, asset: AssetId, holder: Holder, license: u32) {
        let version = self.versions.next(DataSet::Assignments);
        self.assignments.add(asset, holder, license, version);
    }

    /// Shows what waits for this ticket; answers how many.
    pub(super) fn show_assignments(&mut self, ticket: u64) -> usize {
        let waiting = self.unshown.iter().filter(|(_, (_, of))| *of == ticket);
        let waiting: Vec<(u64, u32)> = waiting.map(|(pair, (license, _))| (*pair, *license)).collect();
        for (pair, license) in &waiting {
            self.unshown.remove(pair);
            let (asset, holder) = parts(*pair);
            self.enter_assignment(asset, holder, *license);
        }
        waiting.len()
    }

    /// Takes a licence back, whatever the asset; answers its number.
    pub(super) fn unassign(&mut self, asset: AssetId, holder: Holder) -> Option<u32> {
        let license = match self.assignments.find(asset, holder) {
            Some(row) => self.assignments.remove(row).license,
            None => self.unshown.remove(&pair(asset, holder))?.0,
        };
        self.arrivals.forget(asset, holder);
        let version = self.versions.next(DataSet::Assignments);
        self.forget_idle(holder);
        let record = &mut self.assets[asset as usize];
        record.assigned -= 1;
        record.licenses.give_back(license, version);
        self.versions.next(DataSet::Assets);
        Some(license)
    }

    /// The assets that somebody holds, shown or not.
    pub(super) fn held(&self, holder: Holder) -> Vec<AssetId> {
        let shown = self.assignments.of_holder(holder).iter().map(|row| self.assignments.row(*row).asset);
        let mut held: Vec<AssetId> = shown.chain(self.waiting_for(holder)).collect();
        held.sort_unstable();
        held
    }

    /// What somebody holds that can be taken back.
    pub(super) fn held_revocable(&self, holder: Holder) -> Vec<AssetId> {
        let mut held = self.held(holder);
        held.retain(|asset| self.assets[*asset as usize].revocable);
        held
    }

    /// The assets that somebody has without that it shows.
    fn waiting_for(&self, holder: Holder) -> impl Iterator<Item = AssetId> + '_ {
        self.unshown.range(pair(0, holder)..=pair(AssetId::MAX, holder)).map(|(pair, _)| parts(*pair).0)
    }

    /// Forgets a serial number that holds nothing. What does not show yet still needs it.
    fn forget_idle(&mut self, holder: Holder) {
        if self.assignments.of_holder(holder).is_empty() && self.waiting_for(holder).next().is_none() {
            self.assignments.forget_idle(holder);
        }
    }

    /// Gives to one user what another holds; what both hold stays where it is.
    pub(super) fn hand_over(&mut self, from: UserId, to: UserId) {
        for asset in self.held(Holder::user(from)) {
            if self.license(asset, Holder::user(to)).is_some() {
                continue;
            }
            let was_shown = self.assignments.find(asset, Holder::user(from));
            let license = match was_shown {
                Some(row) => Some(self.assignments.remove(row).license),
                None => self.unshown.remove(&pair(asset, Holder::user(from))).map(|(license, _)| license),
            };
            if let Some(license) = license {
                self.arrivals.forget(asset, Holder::user(from));
                self.enter_assignment(asset, Holder::user(to), license);
            }
        }
    }
}
