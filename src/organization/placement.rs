//! Moving devices between MDM servers: what an administrator does in the portal.

use super::quirks::MoveOp;
use super::{Books, Change, DeviceId, DeviceStatus, Event, Migration, Op, ProfileStatus, ServerId};
use crate::clock::Timestamp;

/// Where devices are moved, by whom, and by when they must have followed.
#[derive(Clone, Copy, Debug, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Move {
    /// The new server; none unassigns.
    pub to: Option<ServerId>,
    /// Who moves them: a place in the organisation's actors.
    pub by: u16,
    /// By when devices that are already set up must have moved.
    #[serde(with = "crate::clock::millis::option")]
    pub deadline: Option<Timestamp>,
}

/// What became of one device that was to be moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Placed {
    /// It was moved.
    Assigned,
    /// It was taken from its server.
    Unassigned,
    /// The organisation gave it up: it can no longer be assigned.
    Released,
    /// Its supplier is unknown: it cannot be assigned yet.
    Pending,
    /// Its user may still take it out of the organisation: until then it cannot migrate.
    Provisional,
}

/// A device that was moved in the portal a moment ago: its MDM servers do not know yet.
#[derive(Clone, Copy, Debug, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unshown {
    /// The server where it still shows.
    pub visible: Option<ServerId>,
    /// The event that shows it; one of an earlier move has another number.
    pub ticket: u64,
}

impl Books {
    /// Moves devices; answers what became of each. The portal shows it at once, the MDM servers after `lag.portal`.
    pub fn place(&mut self, devices: &[DeviceId], how: Move, now: Timestamp) -> Vec<(DeviceId, Placed)> {
        let placed: Vec<_> = devices.iter().map(|device| (*device, self.can_place(*device, how, now))).collect();
        let movable = placed.iter().filter(|(_, placed)| matches!(placed, Placed::Assigned | Placed::Unassigned));
        // Whoever is at no server already is not moved by being taken from it.
        let moves = |device: &DeviceId| how.to.is_some() || self.devices[*device].server().is_some();
        let moved: Vec<DeviceId> = movable.map(|(device, _)| *device).filter(moves).collect();
        let what = match how.to {
            Some(server) => format!("assigned to {}", self.servers[usize::from(server)].name),
            None => "unassigned".to_owned(),
        };
        self.history.note(now, how.by, what, moved.clone());
        self.show_or_wait(moved, how, now);
        placed
    }

    fn can_place(&self, device: DeviceId, how: Move, now: Timestamp) -> Placed {
        let provisional_until = self.devices.extra(device).and_then(|extra| extra.provisional_until);
        match self.devices[device].status() {
            DeviceStatus::Released => Placed::Released,
            DeviceStatus::Pending => Placed::Pending,
            _ if how.to.is_none() => Placed::Unassigned,
            _ if how.deadline.is_some() && provisional_until.is_some_and(|until| now < until) => Placed::Provisional,
            _ => Placed::Assigned,
        }
    }

    fn show_or_wait(&mut self, devices: Vec<DeviceId>, how: Move, now: Timestamp) {
        if devices.is_empty() {
            return;
        }
        let lag = self.quirks.lag.portal;
        let ticket = self.schedule.next_ticket();
        for &device in &devices {
            let visible = self.visible_at(device);
            self.devices[device].set_server(how.to);
            if lag.is_zero() || !self.recording {
                self.unshown.remove(&device);
                self.show(device, visible, how, now);
            } else {
                self.unshown.insert(device, Unshown { visible, ticket });
            }
        }
        if !lag.is_zero() && self.recording {
            self.schedule.plan(now + lag, Event::AssignmentShows { devices, how, ticket });
        }
    }

    /// Lets the servers see those of the devices that were not moved again since; answers how many.
    pub(super) fn show_waiting(&mut self, devices: Vec<DeviceId>, how: Move, ticket: u64, now: Timestamp) -> usize {
        let mut count = 0;
        for device in devices {
            if let Some(waiting) = self.unshown.get(&device).copied().filter(|waiting| waiting.ticket == ticket) {
                self.unshown.remove(&device);
                self.show(device, waiting.visible, how, now);
                count += 1;
            }
        }
        count
    }

    /// The enrolment service learns of a move: from here on it has its effects, its dates and its rows.
    fn show(&mut self, device: DeviceId, was_at: Option<ServerId>, how: Move, now: Timestamp) {
        self.stale_details.remove(&device);
        if let Some(server) = was_at.filter(|_| was_at != how.to) {
            let seat = self.devices[device].seat;
            self.servers[usize::from(server)].roster.leave(seat);
            let row = self.change(device, Op::Deleted, now);
            self.announce(server, row, now);
            self.devices[device].set_enrolled(false);
        }
        if self.devices[device].standing.profile_status != ProfileStatus::Empty {
            self.strip_profile(device, how.to.is_none());
        }
        self.plan_migration(device, was_at, how, now);
        let Some(server) = how.to else { return };
        let record = &mut self.devices[device];
        record.standing.assigned_at = now.seconds();
        record.standing.assigned_by = how.by;
        if was_at != how.to {
            record.seat = self.servers[usize::from(server)].roster.seat(device);
        }
        let modified = self.change(device, Op::Modified, now);
        let added = Change { op: Op::Added, ..modified };
        let rows = match (was_at, self.quirks.move_op) {
            (None, _) => [Some(added), None],
            (Some(from), _) if from == server => [Some(modified), None],
            (Some(_), MoveOp::Modified) => [Some(modified), None],
            (Some(_), MoveOp::Added) => [Some(added), None],
            (Some(_), MoveOp::Both) => [Some(added), Some(modified)],
        };
        for row in rows.into_iter().flatten() {
            self.announce(server, row, now);
        }
    }

    /// What a move leaves of a profile: its id and time, with status `removed`; on unassignment perhaps nothing.
    fn strip_profile(&mut self, device: DeviceId, unassigned: bool) {
        let keeps = !unassigned || self.quirks.unassign_keeps_profile;
        let standing = &mut self.devices[device].standing;
        standing.profile_pushed_at = 0;
        if keeps {
            standing.profile_status = ProfileStatus::Removed;
        } else {
            (standing.profile, standing.profile_assigned_at) = (0, 0);
            standing.profile_status = ProfileStatus::Empty;
        }
    }

    fn plan_migration(&mut self, device: DeviceId, was_at: Option<ServerId>, how: Move, now: Timestamp) {
        self.end_migration(device);
        if let (Some(deadline), Some(from), Some(_)) = (how.deadline, was_at, how.to)
            && deadline > now
            && was_at != how.to
        {
            self.devices.extra_mut(device).migration = Some(Migration { deadline, from });
            self.schedule.plan(deadline, Event::MigrationDue { device });
        }
    }

    /// Forgets a device's migration deadline, because the device moved or the move was called off.
    pub(super) fn end_migration(&mut self, device: DeviceId) {
        if self.devices.extra(device).is_some_and(|extra| extra.migration.is_some()) {
            self.devices.extra_mut(device).migration = None;
        }
    }

    /// Calls a migration off before the device has moved: it goes back to the server that it was to leave. Answers false where there is none.
    pub fn cancel_migration(&mut self, device: DeviceId, by: u16, now: Timestamp) -> bool {
        let Some(migration) = self.devices.extra(device).and_then(|extra| extra.migration) else { return false };
        self.place(&[device], Move { to: Some(migration.from), by, deadline: None }, now);
        true
    }
}
