//! People with Managed Apple Accounts.

use super::content::LocationId;
use super::quirks::Behaviour;
use super::{Books, TokenFate};

/// A person in the organisation.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Full name.
    pub name: String,
    /// Their Managed Apple Account.
    pub managed_account: String,
    /// Their roles, as scenarios write them.
    pub roles: Vec<String>,
    /// The locations where the roles hold; none: everywhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub locations: Vec<LocationId>,
    /// Whether they can sign in.
    #[serde(default)]
    pub status: AccountStatus,
}

/// Whether somebody can sign in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountStatus {
    /// They can.
    #[default]
    Active,
    /// They cannot, until the account is active again.
    Deactivated,
}

/// What is to be different about a person; what is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PersonChange {
    /// The name.
    pub name: Option<String>,
    /// The roles.
    pub roles: Option<Vec<String>>,
    /// Where they hold.
    pub locations: Option<Vec<LocationId>>,
    /// Whether they can sign in.
    pub status: Option<AccountStatus>,
}

/// Why something about a person cannot be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PersonRefusal {
    /// Nobody has this account.
    Unknown,
    /// Somebody has it already.
    AccountTaken,
    /// An organisation has so many administrators at most.
    TooManyAdministrators(usize),
    /// Whoever does this would have to be an administrator.
    OnlyAdministrators,
}

impl Person {
    /// Somebody who can sign in, with roles that hold everywhere.
    pub fn new(name: impl Into<String>, managed_account: impl Into<String>, roles: Vec<String>) -> Self {
        let (name, managed_account) = (name.into(), managed_account.into());
        Self { name, managed_account, roles, locations: Vec::new(), status: AccountStatus::Active }
    }
}

impl Books {
    /// The person with this Managed Apple Account.
    pub fn person(&self, account: &str) -> Option<&Person> {
        self.people.iter().find(|person| person.managed_account.eq_ignore_ascii_case(account))
    }

    /// How many administrators there may be: the first and four more, said the guide of 2018; today it is nine more.
    pub fn most_administrators(&self) -> usize {
        if self.quirks.behaviour == Behaviour::In2018 { 5 } else { 10 }
    }

    /// Adds a person. `by` is who does it; people managers make no administrators.
    pub fn add_person(&mut self, person: Person, by: Option<&str>) -> Result<&Person, PersonRefusal> {
        if self.has_managed_account(&person.managed_account) {
            return Err(PersonRefusal::AccountTaken);
        }
        self.check_administrators(None, &person, by)?;
        self.people.push(person);
        self.people.last().ok_or(PersonRefusal::Unknown)
    }

    /// Changes a person: name, roles, where they hold, whether they can sign in. People managers change nothing about administrators.
    pub fn change_person(
        &mut self,
        account: &str,
        change: PersonChange,
        by: Option<&str>,
    ) -> Result<&Person, PersonRefusal> {
        let place = self.place_of(account)?;
        let before = &self.people[place];
        let PersonChange { name, roles, locations, status } = change;
        let after = Person {
            name: name.unwrap_or_else(|| before.name.clone()),
            managed_account: before.managed_account.clone(),
            roles: roles.unwrap_or_else(|| before.roles.clone()),
            locations: locations.unwrap_or_else(|| before.locations.clone()),
            status: status.unwrap_or(before.status),
        };
        self.check_administrators(Some(before), &after, by)?;
        self.people[place] = after;
        Ok(&self.people[place])
    }

    /// Deletes a person, as [`remove_person`](Self::remove_person) does, where whoever does it may. Answers how many server tokens died.
    pub fn delete_person(&mut self, account: &str, by: Option<&str>) -> Result<usize, PersonRefusal> {
        let person = &self.people[self.place_of(account)?];
        self.check_administrators(Some(person), person, by)?;
        let account = person.managed_account.clone();
        Ok(self.remove_person(&account).unwrap_or_default())
    }

    fn place_of(&self, account: &str) -> Result<usize, PersonRefusal> {
        let place = self.people.iter().position(|person| person.managed_account.eq_ignore_ascii_case(account));
        place.ok_or(PersonRefusal::Unknown)
    }

    fn check_administrators(
        &self,
        before: Option<&Person>,
        after: &Person,
        by: Option<&str>,
    ) -> Result<(), PersonRefusal> {
        let was = before.is_some_and(Person::is_administrator);
        let is_trusted = by.and_then(|by| self.person(by)).is_none_or(Person::is_administrator);
        if (was || after.is_administrator()) && !is_trusted {
            return Err(PersonRefusal::OnlyAdministrators);
        }
        let most = self.most_administrators();
        let count = self.people.iter().filter(|person| person.is_administrator()).count();
        if !was && after.is_administrator() && count >= most {
            return Err(PersonRefusal::TooManyAdministrators(most));
        }
        Ok(())
    }

    /// A person leaves the organisation: the server tokens that they made die, and whoever uses them is refused as forbidden. Answers how many
    /// tokens; `None` where the organisation has nobody with this account.
    pub fn remove_person(&mut self, account: &str) -> Option<usize> {
        let before = self.people.len();
        self.people.retain(|person| person.managed_account != account);
        let mut tokens = 0;
        for server in self.servers.iter_mut().filter(|server| server.admin == account && server.token.is_some()) {
            server.renew(None, TokenFate::AdminRemoved);
            tokens += 1;
        }
        (tokens > 0 || self.people.len() < before).then_some(tokens)
    }
}
