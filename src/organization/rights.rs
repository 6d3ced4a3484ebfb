//! What people may do in the portal, by their roles. Who calls the control API may act as one of them.

use super::Books;
use super::content::LocationId;
use super::person::{AccountStatus, Person};

/// Something that not everybody may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// Accept terms, say who may sell, add locations, make and change administrators.
    Administration,
    /// Add people, change their roles, deactivate and delete them.
    People,
    /// MDM servers with their tokens, devices.
    Devices,
    /// Apps and books with their tokens.
    Content,
}

use Right::{Administration, Content, Devices, People};

impl Right {
    /// What it is about, in words.
    fn words(self) -> &'static str {
        match self {
            Administration => "what administrators alone may do",
            People => "people",
            Devices => "MDM servers and devices",
            Content => "apps and books",
        }
    }
}

/// Every role, as scenarios write them: those of Apple Business Manager, then those that Apple School Manager adds; with what each gives. The guide
/// of 2018 has the first four; what the others give is assumed.
static GIVEN: [(&str, &[Right]); 11] = [
    ("administrator", &[Administration, People, Devices, Content]),
    ("people_manager", &[People]),
    ("device_manager", &[Devices]),
    ("content_manager", &[Content]),
    ("staff", &[]),
    ("it_administrator", &[Devices, Content]),
    ("marketing_administrator", &[]),
    ("site_manager", &[People, Content]),
    ("manager", &[]),
    ("instructor", &[]),
    ("student", &[]),
];

/// The names of all roles.
pub static ROLES: [&str; GIVEN.len()] = {
    let mut names = [""; GIVEN.len()];
    let mut place = 0;
    while place < names.len() {
        names[place] = GIVEN[place].0;
        place += 1;
    }
    names
};

/// Why somebody may not do something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotPermitted {
    /// Nobody has this account.
    Unknown,
    /// Somebody may not; why, in words.
    Forbidden(String),
}

impl Person {
    /// Whether one of the roles gives a right.
    pub fn has(&self, right: Right) -> bool {
        GIVEN.iter().any(|(role, rights)| rights.contains(&right) && self.roles.iter().any(|own| own == role))
    }

    /// Whether the person is an administrator.
    pub fn is_administrator(&self) -> bool {
        self.has(Administration)
    }
}

impl Books {
    /// Whether the person with this account may do something, at these locations; without a `right`, whether they may sign in at all.
    pub fn permit(
        &self,
        account: &str,
        right: Option<Right>,
        locations: &[LocationId],
    ) -> Result<&Person, NotPermitted> {
        let person = self.person(account).ok_or(NotPermitted::Unknown)?;
        let forbidden = |why: String| Err(NotPermitted::Forbidden(why));
        if person.status == AccountStatus::Deactivated {
            return forbidden(format!("the account {account} is deactivated"));
        }
        let Some(right) = right else { return Ok(person) };
        if !person.has(right) {
            let roles = if person.roles.is_empty() { "no role".to_owned() } else { person.roles.join(", ") };
            return forbidden(format!("{account} has {roles}, which gives no right to {}", right.words()));
        }
        let elsewhere = |location: &&LocationId| !person.locations.is_empty() && !person.locations.contains(location);
        match locations.iter().find(elsewhere) {
            None => Ok(person),
            Some(location) => {
                let named = self.content.locations.get(usize::from(*location));
                let name = named.map_or("", |location| location.name.as_str());
                forbidden(format!("{account} has rights at other locations, and none at `{name}`"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(roles: &[&str]) -> Person {
        Person::new("Kim Ade", "kim@acme.example", roles.iter().map(|role| (*role).to_owned()).collect())
    }

    #[test]
    fn the_roles_of_the_guide_give_what_it_says() {
        for (role, rights) in [
            ("administrator", [true, true, true, true]),
            ("people_manager", [false, true, false, false]),
            ("device_manager", [false, false, true, false]),
            ("content_manager", [false, false, false, true]),
            ("staff", [false; 4]),
        ] {
            let person = person(&[role]);
            assert_eq!([Administration, People, Devices, Content].map(|right| person.has(right)), rights, "{role}");
        }
        let several = person(&["device_manager", "content_manager"]);
        assert!(several.has(Devices) && several.has(Content) && !several.has(People));
        assert!(ROLES.contains(&"student") && ROLES.len() == 11);
    }
}
