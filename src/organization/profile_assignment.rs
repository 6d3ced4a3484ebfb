//! Assigning enrolment profiles to devices and removing them: what an MDM server does.

use std::sync::Arc;

use super::quirks::{Emits, OddProfiles, RemovedProfile, UnknownSerials};
use super::{Books, Change, DeviceId, EnrollmentProfile, Op, Outcome, ProfileStatus, Refusal, ServerId, Standing};
use crate::clock::{Span, Timestamp};

/// What became of a request to assign a profile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assignment {
    /// Per serial number, in the order asked.
    pub outcomes: Vec<Outcome>,
    /// How long to wait before the throttled ones are tried again.
    pub retry_after: Option<Span>,
}

impl Books {
    /// Keeps a new profile and assigns it to the devices named with it (`POST /profile`).
    pub fn define_profile(
        &mut self,
        server: ServerId,
        mut profile: EnrollmentProfile,
        serials: &[String],
        now: Timestamp,
    ) -> Result<(Arc<EnrollmentProfile>, Assignment), Refusal> {
        if self.quirks.odd_profiles == OddProfiles::ServerError && is_odd(&profile) {
            return Err(Refusal::ServerError);
        }
        let unknown = serials.iter().any(|serial| self.accessible(server, serial).is_none());
        if unknown && self.quirks.define_unknown_serials == UnknownSerials::NotFound {
            return Err(Refusal::NotFound);
        }
        profile.profile_uuid = self.random.hex_upper(32);
        let place = self.profiles.add(server, profile);
        let assignment = self.assign(server, place, serials, now);
        let profile = self.profiles.get(place).cloned().unwrap_or_default();
        Ok((profile, assignment))
    }

    /// The server's profile with this id.
    pub fn profile(&self, server: ServerId, id: &str) -> Result<Arc<EnrollmentProfile>, Refusal> {
        let place = self.profiles.find(server, id).ok_or(Refusal::ProfileNotFound)?;
        self.profiles.get(place).cloned().ok_or(Refusal::ProfileNotFound)
    }

    /// Assigns a profile to devices (`POST` and `PUT /profile/devices`).
    pub fn assign_profile(
        &mut self,
        server: ServerId,
        profile: &str,
        serials: &[String],
        now: Timestamp,
    ) -> Result<Assignment, Refusal> {
        let place = self.profiles.find(server, profile).ok_or(Refusal::AssignedProfileNotFound)?;
        Ok(self.assign(server, place, serials, now))
    }

    fn assign(&mut self, server: ServerId, profile: u32, serials: &[String], now: Timestamp) -> Assignment {
        let devices: Vec<Option<DeviceId>> = serials.iter().map(|serial| self.accessible(server, serial)).collect();
        let most = self.quirks.most_serials as usize;
        if most > 0 && serials.len() > most {
            let failed = |device: &Option<DeviceId>| device.map_or(Outcome::NotAccessible, |_| Outcome::Failed);
            return Assignment { outcomes: devices.iter().map(failed).collect(), retry_after: None };
        }
        let retry_after = self.throttle(&devices, now);
        let whole = self.quirks.throttle.as_ref().is_some_and(|throttle| throttle.whole_batch) && retry_after.is_some();
        let mut rows = Vec::new();
        let outcomes = devices.iter().map(|device| match *device {
            None => Outcome::NotAccessible,
            Some(device) if whole || self.throttled.until(device, now).is_some() => Outcome::Throttled,
            Some(device) => {
                self.keep_stale_details(device, now);
                let enrolled = self.devices[device].is_enrolled();
                let standing = &mut self.devices[device].standing;
                standing.profile = profile;
                standing.profile_assigned_at = now.seconds();
                // A device that has checked in before reads `pushed` at once (seen by Zentral).
                standing.profile_status = if enrolled { ProfileStatus::Pushed } else { ProfileStatus::Assigned };
                if !enrolled {
                    standing.profile_pushed_at = 0;
                }
                rows.push(self.change(device, Op::Modified, now));
                Outcome::Success
            }
        });
        let outcomes = outcomes.collect();
        self.note_profile("profile assigned", server, &rows, now);
        self.tell_later(server, rows, now);
        Assignment { outcomes, retry_after }
    }

    /// Counts the attempt against each device's throttle; answers the longest rest that any of them needs.
    fn throttle(&mut self, devices: &[Option<DeviceId>], now: Timestamp) -> Option<Span> {
        let rules = self.quirks.throttle.clone()?;
        devices.iter().flatten().filter_map(|device| self.throttled.attempt(*device, now, &rules).err()).max()
    }

    /// Removes the profiles of devices (`DELETE /profile/devices`). A device that is set up keeps what it has until it is erased.
    pub fn remove_profile(&mut self, server: ServerId, serials: &[String], now: Timestamp) -> Vec<Outcome> {
        let keeps_id = self.quirks.removed_profile == RemovedProfile::Removed;
        let mut rows = Vec::new();
        let outcomes = serials.iter().map(|serial| {
            let Some(device) = self.accessible(server, serial) else { return Outcome::NotAccessible };
            let status = self.devices[device].standing.profile_status;
            if status == ProfileStatus::Empty || (status == ProfileStatus::Removed && keeps_id) {
                return Outcome::Success;
            }
            self.keep_stale_details(device, now);
            let standing = &mut self.devices[device].standing;
            standing.profile_pushed_at = 0;
            standing.profile_status = ProfileStatus::Removed;
            if !keeps_id {
                *standing =
                    Standing { profile: 0, profile_assigned_at: 0, profile_status: ProfileStatus::Empty, ..*standing };
            }
            rows.push(self.change(device, Op::Modified, now));
            Outcome::Success
        });
        let outcomes = outcomes.collect();
        self.note_profile("profile removed", server, &rows, now);
        self.tell_later(server, rows, now);
        outcomes
    }

    fn note_profile(&mut self, what: &str, server: ServerId, rows: &[Change], now: Timestamp) {
        if !rows.is_empty() {
            let by = self.actors.place(&self.servers[usize::from(server)].name.clone());
            self.history.note(now, by, what, rows.iter().map(|row| row.device).collect());
        }
    }

    /// Rows for the profile calls of an MDM server reach its own change log after `lag.profile`.
    fn tell_later(&mut self, server: ServerId, rows: Vec<Change>, now: Timestamp) {
        if rows.is_empty() || self.quirks.profile_emits == Emits::None {
            return;
        }
        let lag = self.quirks.lag.profile;
        if lag.is_zero() {
            for row in rows {
                self.announce(server, row, now);
            }
        } else {
            self.announce_at(now + lag, server, rows);
        }
    }

    fn keep_stale_details(&mut self, device: DeviceId, now: Timestamp) {
        let lag = self.quirks.lag.details;
        if !lag.is_zero() {
            let standing = self.details_standing(device, now);
            self.stale_details.insert(device, (now + lag, standing));
        }
    }

    /// How a device stands as far as details tell: a little behind, where the `lag.details` switch says so.
    pub fn details_standing(&self, device: DeviceId, now: Timestamp) -> Standing {
        match self.stale_details.get(&device) {
            Some((until, standing)) if now < *until => *standing,
            _ => self.devices[device].standing,
        }
    }
}

/// Flags that contradict each other. Which of them Apple chokes on is not known (MicroMDM's users met a bare 500).
fn is_odd(profile: &EnrollmentProfile) -> bool {
    let needs_supervision = profile.is_multi_user || profile.auto_advance_setup || profile.is_return_to_service;
    (needs_supervision && !profile.is_supervised) || (profile.is_multi_user && profile.is_return_to_service)
}
