//! People with Managed Apple Accounts.

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
