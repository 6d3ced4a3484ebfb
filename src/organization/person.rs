//! People with Managed Apple Accounts.

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
}

impl Books {
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
