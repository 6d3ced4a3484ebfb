//! Users of a location.

use serde::{Deserialize, Serialize};

use super::IdHash;

/// A user's place among the users of a location.
pub type UserId = u32;

/// How far a user's invitation has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UserStatus {
    /// Invited; licences can be assigned already.
    #[default]
    Registered,
    /// Has an Apple Account.
    Associated,
    /// No longer a user. The record stays for good.
    Retired,
}

/// Somebody to whom licences can be assigned. Several records can have one `client_user_id`, of which at most one is not retired.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct User {
    /// The id that the MDM server gave.
    pub client_user_id: Box<str>,
    /// Where the invitation goes.
    pub email: Option<Box<str>>,
    /// The Managed Apple Account, where one was named. Apple never tells it.
    pub managed_account: Option<Box<str>>,
    /// How far the invitation has come.
    pub status: UserStatus,
    /// The Apple Account without its name, once there is or was one.
    pub id_hash: Option<IdHash>,
    /// Where this record stands among those that are retired, or those that are not.
    pub(super) in_list: u32,
}

impl User {
    /// Whether licences can be assigned.
    pub fn is_active(&self) -> bool {
        self.status != UserStatus::Retired
    }
}
