//! One device's record.

use serde::{Deserialize, Serialize};

use super::content::SystemVersion;
use super::written::is_default;
use super::{Destination, Serial};
use crate::clock::Timestamp;

/// A device's place in its organisation's [`Devices`](super::Devices): stable for ever, released or not.
pub type DeviceId = u32;
/// An MDM server's place in its organisation.
pub type ServerId = u16;

/// Where a device stands with the organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeviceStatus {
    /// In the organisation, at no server.
    Unassigned,
    /// At an MDM server.
    Assigned,
    /// Sold by a supplier that the organisation has not entered: invisible until it does.
    Pending,
    /// Given up by the organisation, or lost to a replacement.
    Released,
}

/// How far an enrolment profile has got to a device: `profile_status` on the wire.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[repr(u8)]
pub enum ProfileStatus {
    /// Never had a profile.
    #[default]
    Empty,
    /// Assigned, not yet fetched.
    Assigned,
    /// Fetched by the device when it was activated.
    Pushed,
    /// Had one; it was removed, or the device moved.
    Removed,
}

impl ProfileStatus {
    /// Apple's word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Assigned => "assigned",
            Self::Pushed => "pushed",
            Self::Removed => "removed",
        }
    }
}

/// Everything in a device's record that changes with assignments: 20 bytes, copied whole into change-log rows, so that a row read again
/// later says what it said the first time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Standing {
    /// Place of the profile in the organisation's [`Profiles`](super::Profiles), plus one; 0: none.
    #[serde(skip_serializing_if = "is_default")]
    pub profile: u32,
    /// When the device was assigned to its server, in seconds since 1970; 0: never.
    #[serde(skip_serializing_if = "is_default")]
    pub assigned_at: u32,
    /// When the profile was assigned; 0: never.
    #[serde(skip_serializing_if = "is_default")]
    pub profile_assigned_at: u32,
    /// When the device fetched the profile; 0: not yet.
    #[serde(skip_serializing_if = "is_default")]
    pub profile_pushed_at: u32,
    /// Who assigned the device: a place in the organisation's [`Actors`](super::Actors).
    #[serde(skip_serializing_if = "is_default")]
    pub assigned_by: u16,
    /// How far the profile has got.
    #[serde(skip_serializing_if = "is_default")]
    pub profile_status: ProfileStatus,
}

/// A device's record: 36 bytes, no allocation. Its serial number is in [`Devices`](super::Devices), what few devices have in [`Extra`]; what
/// follows from the serial number is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Device {
    #[serde(default, skip_serializing_if = "is_default")]
    flags: u8,
    /// What it is: a place in the organisation's [`Kinds`](super::Kinds).
    pub kind: u32,
    /// The order that it came with, plus one; 0: none (added with Apple Configurator).
    #[serde(default, skip_serializing_if = "is_default")]
    pub order: u32,
    /// Its place in its server's roster.
    #[serde(default, skip_serializing_if = "is_default")]
    pub seat: u32,
    /// Its server, plus one; 0: none.
    #[serde(default, skip_serializing_if = "is_default")]
    server: u16,
    /// Its standing.
    #[serde(default, skip_serializing_if = "is_default")]
    pub standing: Standing,
}

const RELEASED: u8 = 1;
const PENDING: u8 = 2;
const ACTIVATED: u8 = 4;
const HAS_EXTRA: u8 = 8;
const ENROLLED: u8 = 16;

impl Device {
    /// A new device of `kind` from `order` (a place plus one, 0 for none), at no server.
    pub fn new(kind: u32, order: u32) -> Self {
        Self { flags: 0, kind, order, seat: 0, server: 0, standing: Standing::default() }
    }

    /// The server that it is assigned to.
    #[inline]
    pub fn server(&self) -> Option<ServerId> {
        self.server.checked_sub(1)
    }

    /// Notes the server that it is assigned to.
    pub fn set_server(&mut self, server: Option<ServerId>) {
        self.server = server.map_or(0, |server| server + 1);
    }

    /// Where it stands with the organisation.
    pub fn status(&self) -> DeviceStatus {
        match (self.has(RELEASED), self.has(PENDING), self.server) {
            (true, _, _) => DeviceStatus::Released,
            (_, true, _) => DeviceStatus::Pending,
            (_, _, 0) => DeviceStatus::Unassigned,
            _ => DeviceStatus::Assigned,
        }
    }

    /// Notes that the organisation gave it up, or got it back.
    pub fn set_released(&mut self, released: bool) {
        self.set(RELEASED, released);
    }

    /// Notes that its supplier is unknown, or has become known.
    pub fn set_pending(&mut self, pending: bool) {
        self.set(PENDING, pending);
    }

    /// Whether it has been set up since it was last erased.
    pub fn is_activated(&self) -> bool {
        self.has(ACTIVATED)
    }

    /// Notes whether it is set up.
    pub fn set_activated(&mut self, activated: bool) {
        self.set(ACTIVATED, activated);
    }

    /// Whether it was given a profile of the server that it is at when it was set up: another profile assigned to it then reads `pushed` at
    /// once (seen by Zentral).
    pub fn is_enrolled(&self) -> bool {
        self.has(ENROLLED)
    }

    /// Notes whether it was given a profile of its server.
    pub fn set_enrolled(&mut self, enrolled: bool) {
        self.set(ENROLLED, enrolled);
    }

    /// Whether the organisation keeps an [`Extra`] for it.
    #[inline]
    pub fn has_extra(&self) -> bool {
        self.has(HAS_EXTRA)
    }

    pub(super) fn set_has_extra(&mut self) {
        self.set(HAS_EXTRA, true);
    }

    /// Whether its flags are some that there are.
    pub(super) fn has_known_flags(&self) -> bool {
        self.flags & !(RELEASED | PENDING | ACTIVATED | HAS_EXTRA | ENROLLED) == 0
    }

    #[inline]
    fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    fn set(&mut self, flag: u8, on: bool) {
        if on {
            self.flags |= flag;
        } else {
            self.flags &= !flag;
        }
    }
}

/// What only few devices have.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Extra {
    /// The supplier's asset tag.
    #[serde(skip_serializing_if = "is_default")]
    pub asset_tag: Option<String>,
    /// The version of its operating system.
    #[serde(skip_serializing_if = "is_default")]
    pub os_version: Option<SystemVersion>,
    /// Until when its user may still leave remote management (devices added with Apple Configurator).
    #[serde(with = "crate::clock::millis::option", skip_serializing_if = "is_default")]
    pub provisional_until: Option<Timestamp>,
    /// By when its user must have moved it to the new MDM server (`mdm_migration_deadline`, protocol version 8).
    #[serde(skip_serializing_if = "is_default")]
    pub migration: Option<Migration>,
    /// The device that it replaces.
    #[serde(skip_serializing_if = "is_default")]
    pub replaces: Option<Replacement>,
    /// Where it goes once its supplier is known.
    #[serde(skip_serializing_if = "is_default")]
    pub destination: Option<Destination>,
    /// Its organisation-linked activation lock.
    #[serde(skip_serializing_if = "is_default")]
    pub lock: Option<ActivationLock>,
}

/// A move to another MDM server that the device has yet to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Migration {
    /// When the device is made to move.
    #[serde(with = "crate::clock::millis")]
    pub deadline: Timestamp,
    /// The server that it leaves: where it goes back to when the migration is cancelled.
    pub from: ServerId,
}

/// A repair that gave a device's user another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Replacement {
    /// The serial number that is gone.
    pub original: Serial,
    /// When it was replaced.
    #[serde(with = "crate::clock::millis")]
    pub at: Timestamp,
}

/// An activation lock set by an MDM server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActivationLock {
    /// The hash of the bypass code, 64 hexadecimal digits; absent: locked to the person who created the server.
    pub escrow_key: Option<String>,
    /// The text that a locked device shows.
    pub lost_message: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_takes_52_bytes() {
        assert_eq!(size_of::<Device>(), 36);
    }

    #[test]
    fn status_follows_from_flags_and_server() {
        let mut device = Device::new(0, 1);
        assert_eq!(device.status(), DeviceStatus::Unassigned);
        device.set_server(Some(0));
        assert_eq!((device.status(), device.server()), (DeviceStatus::Assigned, Some(0)));
        device.set_pending(true);
        assert_eq!(device.status(), DeviceStatus::Pending);
        device.set_released(true);
        assert_eq!(device.status(), DeviceStatus::Released);
    }
}
