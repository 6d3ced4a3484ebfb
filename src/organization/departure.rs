//! How devices leave an organisation: released, disowned by their server, left by their user, or replaced.

use super::quirks::{DisownRefused, EmitsDeleted};
use super::{Books, Change, Device, DeviceId, DeviceStatus, Move, Op, Outcome, Replacement, Serial, ServerId};
use crate::clock::Timestamp;

/// Why a user cannot take a device out of the organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CannotLeave {
    /// It was not added with Apple Configurator.
    #[error("only devices added with Apple Configurator can be taken out by their user")]
    NotProvisional,
    /// The 30 days are over.
    #[error("the provisional period of 30 days is over")]
    TooLate,
}

impl CannotLeave {
    /// The refusal's name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotProvisional => "NOT_PROVISIONAL",
            Self::TooLate => "PROVISIONAL_PERIOD_OVER",
        }
    }
}

impl Books {
    /// Releases devices in the portal. Servers are not told, unless `release_emits` says so. Answers how many there were to release.
    pub fn release(&mut self, devices: &[DeviceId], by: u16, now: Timestamp) -> usize {
        let emits = self.quirks.release_emits;
        let released: Vec<DeviceId> =
            devices.iter().copied().filter(|device| self.let_go(*device, emits, false, now)).collect();
        let count = released.len();
        self.history.note(now, by, "released", released);
        count
    }

    /// Releases devices for an MDM server (`POST /devices/disown`).
    pub fn disown(&mut self, server: ServerId, serials: &[String], now: Timestamp) -> Vec<Outcome> {
        let allowed = self.servers[usize::from(server)].allow_release;
        let emits = self.quirks.disown_emits;
        let by = self.actors.place(&self.admin_of(server));
        let mut gone = Vec::new();
        let outcomes = serials.iter().map(|serial| match self.accessible(server, serial) {
            None => Outcome::NotAccessible,
            Some(_) if !allowed && self.quirks.disown_refused == DisownRefused::NotAccessible => Outcome::NotAccessible,
            Some(_) if !allowed => Outcome::Failed,
            Some(device) => {
                self.let_go(device, emits, false, now);
                gone.push(device);
                Outcome::Success
            }
        });
        let outcomes = outcomes.collect();
        self.history.note(now, by, "disowned by its MDM server", gone);
        outcomes
    }

    /// A user leaves remote management within the 30 days: the device is out, and its server is told.
    pub fn leave(&mut self, device: DeviceId, now: Timestamp) -> Result<(), CannotLeave> {
        let until = self.devices.extra(device).and_then(|extra| extra.provisional_until);
        let until = until.ok_or(CannotLeave::NotProvisional)?;
        if now >= until {
            return Err(CannotLeave::TooLate);
        }
        self.let_go(device, EmitsDeleted::Deleted, false, now);
        self.history.note(now, 0, "taken out of the organisation by its user", vec![device]);
        Ok(())
    }

    /// A repair replaces a device: the old one is released, the new one takes its place at its server. `None` where the old one cannot be
    /// replaced or the new serial number is taken.
    pub fn replace(&mut self, device: DeviceId, serial: Option<Serial>, now: Timestamp) -> Option<DeviceId> {
        let (old, old_serial) = (self.devices[device], *self.devices.serial(device));
        let taken = serial.is_some_and(|serial| self.devices.find(&serial).is_some());
        if taken || matches!(old.status(), DeviceStatus::Released | DeviceStatus::Pending) {
            return None;
        }
        let server = old.server();
        self.let_go(device, EmitsDeleted::Deleted, true, now);
        let serial = serial.unwrap_or_else(|| self.next_serial());
        let new = self.devices.add(serial, Device::new(old.kind, old.order));
        self.devices.extra_mut(new).replaces = Some(Replacement { original: old_serial, at: now });
        self.history.note(now, 0, format!("replaced by {serial}"), vec![device]);
        self.history.note(now, 0, format!("replaces {old_serial}"), vec![new]);
        if server.is_some() {
            self.place(&[new], Move { to: server, by: 0, deadline: None }, now);
        }
        Some(new)
    }

    /// Takes a device out; answers false where it was out already.
    fn let_go(&mut self, device: DeviceId, emits: EmitsDeleted, replaced: bool, now: Timestamp) -> bool {
        if self.devices[device].status() == DeviceStatus::Released {
            return false;
        }
        let was_at = self.visible_at(device);
        let row = Change { replaced, ..self.change(device, Op::Deleted, now) };
        self.unshown.remove(&device);
        self.stale_details.remove(&device);
        self.end_migration(device);
        if let Some(server) = was_at {
            let seat = self.devices[device].seat;
            self.servers[usize::from(server)].roster.leave(seat);
            if emits == EmitsDeleted::Deleted {
                self.announce(server, row, now);
            }
        }
        self.forget_waiting_rows(device);
        let record = &mut self.devices[device];
        record.set_server(None);
        record.set_released(true);
        record.set_pending(false);
        record.set_activated(false);
        record.set_enrolled(false);
        if record.has_extra() {
            let extra = self.devices.extra_mut(device);
            extra.provisional_until = None;
            extra.lock = None;
        }
        true
    }
}
