//! Who can hold a licence.

use serde::{Deserialize, Serialize};

/// Who is to get or lose a licence, as MDM servers name them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// A user, by `clientUserId`.
    User(String),
    /// A device, by serial number.
    Serial(String),
}

/// Who holds a licence: the place of a user, or with the highest bit that of a serial number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Holder(u32);

const DEVICE: u32 = 1 << 31;

impl Holder {
    pub(super) const fn user(place: u32) -> Self {
        Self(place)
    }

    pub(super) const fn device(place: u32) -> Self {
        Self(place | DEVICE)
    }

    pub(super) const fn numbered(number: u32) -> Self {
        Self(number)
    }

    pub(super) const fn is_device(self) -> bool {
        self.0 & DEVICE != 0
    }

    pub(super) const fn place(self) -> u32 {
        self.0 & !DEVICE
    }

    pub(super) const fn number(self) -> u32 {
        self.0
    }
}
