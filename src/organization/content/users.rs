//! All users of a location.

use hashbrown::HashTable;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::recency::Recency;
use super::{IdHash, User, UserId, UserStatus};
use crate::random;

/// The users: records that stay for good, with lists of the active and the retired ones, indexes by `clientUserId` and by Apple Account, and
/// the order of changes.
#[derive(Clone, Debug, Default)]
pub(super) struct Users {
    kept: Kept,
    by_client_id: HashTable<UserId>,
    by_account: HashTable<UserId>,
}

/// What is written down of them; the indexes follow from it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    records: Vec<User>,
    recency: Recency,
    active: Vec<UserId>,
    retired: Vec<UserId>,
}

fn hash_of_client_id(records: &[User], user: UserId) -> u64 {
    random::hash(records[user as usize].client_user_id.as_bytes())
}

fn hash_of_account(records: &[User], user: UserId) -> u64 {
    records[user as usize].id_hash.map_or(0, |hash| hash.key())
}

impl Users {
    /// How many records there are.
    pub(super) fn len(&self) -> usize {
        self.kept.records.len()
    }

    /// A record.
    pub(super) fn get(&self, user: UserId) -> Option<&User> {
        self.kept.records.get(user as usize)
    }

    /// All records, the first registered first.
    pub(super) fn iter(&self) -> impl Iterator<Item = (UserId, &User)> {
        (0..).zip(&self.kept.records)
    }

    /// Those that are not retired.
    pub(super) fn active(&self) -> &[UserId] {
        &self.kept.active
    }

    /// Those that are.
    pub(super) fn retired(&self) -> &[UserId] {
        &self.kept.retired
    }

    /// All records with this `clientUserId`, the first registered first.
    pub(super) fn with_client_id(&self, client_user_id: &str) -> Vec<UserId> {
        let hash = random::hash(client_user_id.as_bytes());
        let found = self.by_client_id.iter_hash(hash).copied();
        let mut found: Vec<UserId> = found.filter(|user| &*self[*user].client_user_id == client_user_id).collect();
        found.sort_unstable();
        found
    }

    /// The user with this `clientUserId` who is not retired.
    pub(super) fn find_active(&self, client_user_id: &str) -> Option<UserId> {
        let hash = random::hash(client_user_id.as_bytes());
        let records = &self.kept.records;
        let is_it = |&user: &UserId| {
            let user = &records[user as usize];
            user.is_active() && &*user.client_user_id == client_user_id
        };
        self.by_client_id.find(hash, is_it).copied()
    }

    /// All records of an Apple Account, the first registered first.
    pub(super) fn with_account(&self, account: IdHash) -> Vec<UserId> {
        let found = self.by_account.iter_hash(account.key()).copied();
        let mut found: Vec<UserId> = found.filter(|user| self[*user].id_hash == Some(account)).collect();
        found.sort_unstable();
        found
    }

    /// The records that changed after `version`, the earliest first.
    pub(super) fn since(&self, version: u64) -> Vec<UserId> {
        self.kept.recency.since(version)
    }

    /// The same from the latest on, as [`Recency::back`] has it.
    pub(super) fn back(&self, since: u64, after: Option<(u32, u64)>) -> impl Iterator<Item = (u32, u64)> + '_ {
        self.kept.recency.back(since, after)
    }

    /// Adds a record, registered and without an account.
    pub(super) fn add(&mut self, client_user_id: &str, version: u64) -> UserId {
        let id = self.kept.records.len() as UserId;
        self.kept.records.push(User {
            client_user_id: client_user_id.into(),
            email: None,
            managed_account: None,
            status: UserStatus::Registered,
            id_hash: None,
            in_list: self.kept.active.len() as u32,
        });
        self.kept.active.push(id);
        self.kept.recency.push(version);
        let records = &self.kept.records;
        let hash = hash_of_client_id(records, id);
        self.by_client_id.insert_unique(hash, id, |&user| hash_of_client_id(records, user));
        id
    }

    /// Changes what a record says; its id, status and account have verbs of their own.
    pub(super) fn edit(&mut self, user: UserId, version: u64, change: impl FnOnce(&mut User)) {
        change(&mut self.kept.records[user as usize]);
        self.kept.recency.touch(user, version);
    }

    /// Gives a record another status.
    pub(super) fn set_status(&mut self, user: UserId, status: UserStatus, version: u64) {
        let (was_active, at) = (self[user].is_active(), self[user].in_list);
        self.kept.records[user as usize].status = status;
        self.kept.recency.touch(user, version);
        if was_active == self[user].is_active() {
            return;
        }
        let Kept { records, active, retired, .. } = &mut self.kept;
        let (from, to) = if was_active { (active, retired) } else { (retired, active) };
        from.swap_remove(at as usize);
        if let Some(&moved) = from.get(at as usize) {
            records[moved as usize].in_list = at;
        }
        records[user as usize].in_list = to.len() as u32;
        to.push(user);
    }

    /// Binds a record to an Apple Account.
    pub(super) fn bind(&mut self, user: UserId, account: IdHash, version: u64) {
        let records = &self.kept.records;
        if records[user as usize].id_hash.is_some()
            && let Ok(entry) = self.by_account.find_entry(hash_of_account(records, user), |&other| other == user)
        {
            entry.remove();
        }
        self.kept.records[user as usize].id_hash = Some(account);
        let records = &self.kept.records;
        self.by_account.insert_unique(account.key(), user, |&user| hash_of_account(records, user));
        self.kept.recency.touch(user, version);
    }

    /// What is wrong with lists and indexes, if anything.
    pub(super) fn check(&self) -> Result<(), String> {
        self.kept.recency.check()?;
        let accounts = self.iter().filter(|(_, user)| user.id_hash.is_some()).count();
        let lists = self.kept.active.len() + self.kept.retired.len();
        if [lists, self.by_client_id.len(), self.kept.recency.len()].iter().any(|count| *count != self.len())
            || accounts != self.by_account.len()
        {
            return Err(format!("{} users, but {lists} in lists and {accounts} with accounts", self.len()));
        }
        for (id, user) in self.iter() {
            let list = if user.is_active() { &self.kept.active } else { &self.kept.retired };
            if list.get(user.in_list as usize) != Some(&id) {
                return Err(format!("the user {id} is not in its list"));
            }
            let same = self.with_client_id(&user.client_user_id);
            if same.iter().filter(|user| self[**user].is_active()).count() > 1 {
                return Err(format!("two active users are called {}", user.client_user_id));
            }
        }
        Ok(())
    }
}

impl std::ops::Index<UserId> for Users {
    type Output = User;

    fn index(&self, user: UserId) -> &User {
        &self.kept.records[user as usize]
    }
}

impl Serialize for Users {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.kept.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Users {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let kept = Kept::deserialize(deserializer)?;
        let records = &kept.records;
        let mut by_client_id = HashTable::with_capacity(records.len());
        let mut by_account = HashTable::new();
        for user in 0..records.len() as UserId {
            let hash = hash_of_client_id(records, user);
            by_client_id.insert_unique(hash, user, |&user| hash_of_client_id(records, user));
            if records[user as usize].id_hash.is_some() {
                let hash = hash_of_account(records, user);
                by_account.insert_unique(hash, user, |&user| hash_of_account(records, user));
            }
        }
        let read = Self { kept, by_client_id, by_account };
        read.check().map_err(serde::de::Error::custom)?;
        Ok(read)
    }
}
