//! Moving devices between MDM servers: what an administrator does in the portal.

use super::quirks::MoveOp;
use super::schedule::ShownAssignment;
use super::{Books, Change, DeviceId, DeviceStatus, Event, Migration, Op, ProfileStatus, ServerId};
use crate::clock::Timestamp;

/// Where devices are moved, by whom, and by when they must have followed.
#[derive(Clone, Copy, Debug)]
pub struct Move {
    /// The new server; none unassigns.
    pub to: Option<ServerId>,
    /// Who moves them: a place in the organisation's actors.
    pub by: u16,
    /// By when devices that are already set up must have moved.
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
}

impl Books {
    /// Moves devices; answers what became of each.
    pub fn place(&mut self, devices: &[DeviceId], how: Move, now: Timestamp) -> Vec<(DeviceId, Placed)> {
        let mut shown = Vec::new();
        let mut moved = Vec::new();
        let mut results = Vec::with_capacity(devices.len());
        for &device in devices {
            let placed = match self.devices[device].status() {
                DeviceStatus::Released => Placed::Released,
                DeviceStatus::Pending => Placed::Pending,
                _ if how.to.is_none() => Placed::Unassigned,
                _ => Placed::Assigned,
            };
            results.push((device, placed));
            if matches!(placed, Placed::Assigned | Placed::Unassigned) {
                shown.push(self.place_one(device, how, now));
                moved.push(device);
            }
        }
        let what = match how.to {
            Some(server) => format!("assigned to {}", self.servers[usize::from(server)].name),
            None => "unassigned".to_owned(),
        };
        self.history.note(now, how.by, what, moved);
        self.show_or_wait(shown, now);
        results
    }

    /// Changes the record of one device, and answers what its servers are to see of it.
    fn place_one(&mut self, device: DeviceId, how: Move, now: Timestamp) -> ShownAssignment {
        let was_at = self.visible_at(device);
        let before = self.change(device, Op::Deleted, now);
        let record = &mut self.devices[device];
        let had_profile = record.standing.profile_status != ProfileStatus::Empty;
        record.set_server(how.to);
        if had_profile {
            self.strip_profile(device, how.to.is_none());
        }
        let record = &mut self.devices[device];
        if how.to.is_some() {
            record.standing.assigned_at = now.seconds();
            record.standing.assigned_by = how.by;
        }
        self.plan_migration(device, was_at, how, now);
        let left = was_at.filter(|_| was_at != how.to).map(|server| (server, before));
        let joined = how.to.map(|server| {
            let modified = self.change(device, Op::Modified, now);
            let added = Change { op: Op::Added, at: (now + self.quirks.op_date_delay).seconds(), ..modified };
            let rows = match (was_at, self.quirks.move_op) {
                (None, _) => [Some(added), None],
                (Some(from), _) if from == server => [Some(modified), None],
                (Some(_), MoveOp::Modified) => [Some(modified), None],
                (Some(_), MoveOp::Added) => [Some(added), None],
                (Some(_), MoveOp::Both) => [Some(added), Some(modified)],
            };
            (server, rows)
        });
        ShownAssignment { device, left, joined }
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
        {
            self.devices.extra_mut(device).migration = Some(Migration { deadline, from });
            self.schedule.plan(deadline, Event::MigrationDue { device });
        }
    }

    /// Forgets a device's migration deadline, because the device moved or the move was called off.
    pub(super) fn end_migration(&mut self, device: DeviceId) {
        if self.devices.extra(device).is_some_and(|extra| extra.migration.is_some()) {
            self.devices.extra_mut(device).migration = None;
            self.schedule.call_off(|event| matches!(event, Event::MigrationDue { device: due } if *due == device));
        }
    }

    /// Calls a migration off before the device has moved: it goes back to the server that it was to leave. Answers false where there is none.
    pub fn cancel_migration(&mut self, device: DeviceId, by: u16, now: Timestamp) -> bool {
        let Some(migration) = self.devices.extra(device).and_then(|extra| extra.migration) else { return false };
        self.place(&[device], Move { to: Some(migration.from), by, deadline: None }, now);
        true
    }

    /// The row for what is happening to `device` now.
    pub(super) fn change(&self, device: DeviceId, op: Op, now: Timestamp) -> Change {
        let deadline = self.devices.extra(device).and_then(|extra| extra.migration);
        Change {
            device,
            op,
            replaced: false,
            at: now.seconds(),
            deadline: deadline.map_or(0, |migration| migration.deadline.seconds()),
            standing: self.devices[device].standing,
        }
    }

    fn show_or_wait(&mut self, shown: Vec<ShownAssignment>, now: Timestamp) {
        if shown.is_empty() {
            return;
        }
        let lag = self.quirks.lag.portal;
        if lag.is_zero() || !self.recording {
            for assignment in shown {
                self.show(assignment, now);
            }
            return;
        }
        for assignment in &shown {
            self.forget_waiting(assignment.device);
            let was_at = assignment.left.map(|(server, _)| server);
            let stays = assignment.joined.map(|(server, _)| server).filter(|_| was_at.is_none());
            let unseen = stays.filter(|server| self.is_seated(assignment.device, *server));
            self.shown_at.insert(assignment.device, was_at.or(unseen));
        }
        self.schedule.plan(now + lag, Event::AssignmentShows { shown });
    }

    /// Drops what an earlier assignment of the device has not shown yet: the later one shows instead.
    pub(super) fn forget_waiting(&mut self, device: DeviceId) {
        if self.shown_at.contains_key(&device) {
            self.schedule.forget_shown(device);
        }
    }

    fn is_seated(&self, device: DeviceId, server: ServerId) -> bool {
        self.servers[usize::from(server)].roster.holds(self.devices[device].seat, device)
    }

    /// Lets the servers see an assignment.
    pub(super) fn show(&mut self, assignment: ShownAssignment, now: Timestamp) {
        let device = assignment.device;
        self.shown_at.remove(&device);
        if let Some((server, row)) = assignment.left {
            let seat = self.devices[device].seat;
            self.servers[usize::from(server)].roster.leave(seat);
            self.append(server, row, now);
        }
        if let Some((server, rows)) = assignment.joined {
            if !self.is_seated(device, server) {
                self.devices[device].seat = self.servers[usize::from(server)].roster.seat(device);
            }
            for row in rows.into_iter().flatten() {
                self.append(server, row, now);
            }
        }
    }

    /// Adds a row to a server's change log, unless a switch hides the device from sync.
    pub(super) fn append(&mut self, server: ServerId, row: Change, now: Timestamp) {
        if !self.recording {
            return;
        }
        if !self.quirks.sync_omits.is_empty() {
            let serial = self.devices[row.device].serial;
            if self.quirks.sync_omits.iter().any(|omitted| omitted == serial.as_str()) {
                return;
            }
        }
        let hides = self.quirks.throttle.as_ref().is_some_and(|throttle| throttle.hides);
        if let Some(until) = self.throttled.until(row.device, now).filter(|_| hides) {
            if row.op != Op::Deleted {
                self.schedule.plan(until, Event::RowsShow { server, rows: vec![row] });
            }
            return;
        }
        let lifetime = self.quirks.cursor_ttl;
        let log = &mut self.servers[usize::from(server)].log;
        log.append(now, row);
        log.forget_unreachable(now, lifetime);
    }
}
