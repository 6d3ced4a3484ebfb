//! Devices that boot, and locks on them.

use std::sync::Arc;

use super::quirks::{Emits, OrgVersion, ProvisionalStarts};
use super::{ActivationLock, Books, DeviceId, DeviceStatus, EnrollmentProfile, Family, Op, ProfileStatus, ServerId};
use crate::clock::Timestamp;

/// What became of a request to lock a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockOutcome {
    /// Locked.
    Success,
    /// Not a device of this server.
    NotAccessible,
    /// The organisation is in the old programme.
    OrgNotSupported,
    /// Devices of this kind have no activation lock.
    DeviceNotSupported,
    /// Locked before.
    DeviceAlreadyLocked,
    /// The escrow key is none.
    Failed,
}

impl Books {
    /// A device boots, erased or new: it asks Apple for its profile and gets it. Its profile status becomes `pushed`.
    /// `None` where no profile is assigned to it.
    pub fn activate(&mut self, device: DeviceId, now: Timestamp) -> Option<Arc<EnrollmentProfile>> {
        self.finish_migration(device);
        let first = !self.devices[device].is_activated();
        let by_configurator =
            self.devices[device].order == 0 && self.devices[device].status() != DeviceStatus::Released;
        let starts = self.quirks.provisional_starts == ProvisionalStarts::Activated;
        let begun = self.devices.extra(device).is_some_and(|extra| extra.provisional_until.is_some());
        if first && by_configurator && starts && !begun {
            self.begin_provisional(device, now);
        }
        self.devices[device].set_activated(true);
        let server = self.visible_at(device)?;
        let given =
            matches!(self.devices[device].standing.profile_status, ProfileStatus::Assigned | ProfileStatus::Pushed);
        if !given {
            self.history.note(now, 0, "activated without a profile", vec![device]);
            return None;
        }
        self.push_profile(device, server, now);
        self.profiles.get(self.devices[device].standing.profile).cloned()
    }

    /// A device is wiped. What it was given stays on record until it is activated again.
    pub fn erase(&mut self, device: DeviceId, now: Timestamp) {
        self.devices[device].set_activated(false);
        self.devices[device].set_enrolled(false);
        self.content.installations.forget(self.devices.serial(device).as_str());
        self.history.note(now, 0, "erased", vec![device]);
    }

    fn push_profile(&mut self, device: DeviceId, server: ServerId, now: Timestamp) {
        self.devices[device].set_enrolled(true);
        let standing = &mut self.devices[device].standing;
        standing.profile_status = ProfileStatus::Pushed;
        standing.profile_pushed_at = now.seconds();
        let profile = self.profiles.get(self.devices[device].standing.profile).map(|profile| &profile.profile_uuid);
        let what = format!("activated and given the profile {}", profile.map_or("", String::as_str));
        self.history.note(now, 0, what, vec![device]);
        if self.quirks.push_emits == Emits::Modified {
            let row = self.change(device, Op::Modified, now);
            self.announce(server, row, now);
        }
    }

    /// The deadline of a migration has passed: the device moves by itself.
    pub(super) fn migrate_now(&mut self, device: DeviceId, now: Timestamp) {
        self.finish_migration(device);
        let Some(server) = self.visible_at(device) else { return };
        self.history.note(now, 0, "made to move to its new MDM server", vec![device]);
        self.devices[device].set_activated(true);
        if self.devices[device].standing.profile_status == ProfileStatus::Assigned {
            self.push_profile(device, server, now);
        } else {
            let row = self.change(device, Op::Modified, now);
            self.announce(server, row, now);
        }
    }

    /// A device that was to migrate begins to: the lock of the server that it leaves is gone.
    fn finish_migration(&mut self, device: DeviceId) {
        if self.devices.extra(device).is_some_and(|extra| extra.migration.is_some()) {
            self.devices.extra_mut(device).lock = None;
            self.end_migration(device);
        }
    }

    /// Locks a device to the organisation (`POST /device/activationlock`). `escrow_key` is 64 hexadecimal digits.
    pub fn lock(&mut self, server: ServerId, serial: &str, lock: ActivationLock, now: Timestamp) -> LockOutcome {
        let Some(device) = self.accessible(server, serial) else { return LockOutcome::NotAccessible };
        if self.quirks.org_version == OrgVersion::V1 {
            return LockOutcome::OrgNotSupported;
        }
        let family = self.kinds[self.devices[device].kind].facts.family;
        if matches!(family, Family::AppleTV | Family::IPod) {
            return LockOutcome::DeviceNotSupported;
        }
        if self.devices.extra(device).is_some_and(|extra| extra.lock.is_some()) {
            return LockOutcome::DeviceAlreadyLocked;
        }
        let well_formed = |key: &String| key.len() == 64 && key.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !lock.escrow_key.as_ref().is_none_or(well_formed) {
            return LockOutcome::Failed;
        }
        self.devices.extra_mut(device).lock = Some(lock);
        let by = self.actors.place(&self.servers[usize::from(server)].name.clone());
        self.history.note(now, by, "locked to the organisation", vec![device]);
        LockOutcome::Success
    }
}
