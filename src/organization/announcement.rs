//! Announcing changes to MDM servers: rows on their way to the change logs.

use super::{Books, Change, DeviceId, Event, Op, ServerId};
use crate::clock::Timestamp;

/// A row that a server is to see later.
#[derive(Clone, Copy, Debug, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WaitingRow {
    #[serde(with = "crate::clock::millis")]
    due: Timestamp,
    pub(super) server: ServerId,
    pub(super) row: Change,
}

impl Books {
    /// The row for what is happening to `device` now.
    pub(super) fn change(&self, device: DeviceId, op: Op, now: Timestamp) -> Change {
        let migration = self.devices.extra(device).and_then(|extra| extra.migration);
        Change {
            device,
            op,
            replaced: false,
            at: now.seconds(),
            deadline: migration.map_or(0, |migration| migration.deadline.seconds()),
            standing: self.devices[device].standing,
        }
    }

    /// Announces a change to a server. What the server was yet to hear of the device comes
    /// before it, so that no client ends with an older state than it began with.
    pub(super) fn announce(&mut self, server: ServerId, row: Change, now: Timestamp) {
        match self.hidden_until(row.device, now) {
            Some(_) if row.op == Op::Deleted => self.forget_waiting_rows(row.device),
            Some(until) => self.announce_at(until, server, vec![row]),
            None => {
                self.announce_waiting(server, row.device, Timestamp::LAST, now);
                self.log(server, row, now);
            }
        }
    }

    /// Announces changes to a server when `due` has come.
    pub(super) fn announce_at(&mut self, due: Timestamp, server: ServerId, rows: Vec<Change>) {
        let devices = rows.iter().map(|row| row.device).collect();
        for row in rows {
            self.waiting_rows.entry(row.device).or_default().push(WaitingRow { due, server, row });
        }
        self.schedule.plan(due, Event::RowsShow { server, devices });
    }

    /// Adds the rows of `device` that wait for `server` and are due to its log, with those that were made before them; answers how many.
    pub(super) fn announce_waiting(
        &mut self,
        server: ServerId,
        device: DeviceId,
        due: Timestamp,
        now: Timestamp,
    ) -> usize {
        let Some(waiting) = self.waiting_rows.get(&device) else { return 0 };
        let Some(last) = waiting.iter().rposition(|row| row.server == server && row.due <= due) else { return 0 };
        if let Some(until) = self.hidden_until(device, now) {
            self.wait_longer(server, device, until);
            return 0;
        }
        let (early, late): (Vec<_>, Vec<_>) = (0..)
            .zip(self.waiting_rows.remove(&device).unwrap_or_default())
            .partition(|(place, row)| *place <= last && row.server == server);
        if !late.is_empty() {
            self.waiting_rows.insert(device, late.into_iter().map(|(_, row)| row).collect());
        }
        let count = early.len();
        for (_, waiting) in early {
            self.log(server, waiting.row, now);
        }
        count
    }

    fn wait_longer(&mut self, server: ServerId, device: DeviceId, until: Timestamp) {
        let waiting = self.waiting_rows.get_mut(&device).into_iter().flatten();
        for row in waiting.filter(|row| row.server == server) {
            row.due = row.due.max(until);
        }
        self.schedule.plan(until, Event::RowsShow { server, devices: vec![device] });
    }

    /// Forgets what servers were yet to hear of a device.
    pub(super) fn forget_waiting_rows(&mut self, device: DeviceId) {
        self.waiting_rows.remove(&device);
    }

    /// Adds a row to a server's change log. Its date is that of its entry, so that dates never go back in a log.
    fn log(&mut self, server: ServerId, mut row: Change, now: Timestamp) {
        if !self.recording || self.is_omitted(row.device) {
            return;
        }
        let delayed = (now + self.quirks.op_date_delay).seconds();
        let lifetime = self.quirks.cursor_ttl;
        let log = &mut self.servers[usize::from(server)].log;
        row.at = if row.op == Op::Added { delayed } else { now.seconds() };
        // A later last row is one that `op_date_delay` dated ahead, or else the clock was set back.
        row.at = log.last_date().filter(|last| *last <= delayed).map_or(row.at, |last| row.at.max(last));
        log.append(now, row);
        log.forget_unreachable(now, lifetime);
    }

    /// Whether the `sync_omits` switch keeps a device out of sync.
    fn is_omitted(&self, device: DeviceId) -> bool {
        let omitted = &self.quirks.sync_omits;
        !omitted.is_empty() && omitted.iter().any(|serial| serial == self.devices.serial(device).as_str())
    }

    /// Until when the throttle hides a device from sync.
    fn hidden_until(&self, device: DeviceId, now: Timestamp) -> Option<Timestamp> {
        let hides = self.quirks.throttle.as_ref().is_some_and(|throttle| throttle.hides);
        if hides { self.throttled.until(device, now) } else { None }
    }
}
