//! What happened to the devices of one MDM server since a client last asked.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::written::is_default;
use super::{DeviceId, Standing};
use crate::clock::{Millis, Span, Timestamp};

/// What a change-log row says happened: `op_type` on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Op {
    /// The device came.
    Added,
    /// Something about it changed; Apple also says so of devices that came from another server.
    Modified,
    /// It left.
    Deleted,
}

impl Op {
    /// Apple's word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Modified => "modified",
            Self::Deleted => "deleted",
        }
    }
}

/// One row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// The device.
    pub device: DeviceId,
    /// What happened.
    pub op: Op,
    /// Whether it left because a repair replaced it (`released_by_replacement`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub replaced: bool,
    /// When, in seconds since 1970: `op_date`.
    pub at: u32,
    /// Its migration deadline at that moment, in seconds since 1970; 0: none.
    #[serde(default, skip_serializing_if = "is_default")]
    pub deadline: u32,
    /// How it stood right after.
    #[serde(default, skip_serializing_if = "is_default")]
    pub standing: Standing,
}

/// The rows of one server, oldest first, addressed by a position that never changes. Rows that no living cursor can reach are forgotten.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeLog {
    forgotten: u64,
    #[serde(serialize_with = "write_rows", deserialize_with = "read_rows")]
    rows: Vec<(Timestamp, Change)>,
}

impl ChangeLog {
    /// Adds a row that becomes visible at `now`.
    pub fn append(&mut self, now: Timestamp, change: Change) {
        self.rows.push((now, change));
    }

    /// The position behind the last row.
    pub fn end(&self) -> u64 {
        self.forgotten + self.rows.len() as u64
    }

    /// The position of the oldest row that is still known.
    pub fn start(&self) -> u64 {
        self.forgotten
    }

    /// The date of the last row.
    pub fn last_date(&self) -> Option<u32> {
        self.rows.last().map(|(_, change)| change.at)
    }

    /// At most `limit` rows from `position` on. Rows that were forgotten are skipped.
    pub fn read(&self, position: u64, limit: usize) -> impl ExactSizeIterator<Item = &Change> {
        let start = usize::try_from(position.saturating_sub(self.forgotten)).unwrap_or(usize::MAX).min(self.rows.len());
        let end = start.saturating_add(limit).min(self.rows.len());
        self.rows[start..end].iter().map(|(_, change)| change)
    }

    /// Every row that is still known, oldest first.
    pub(super) fn rows(&self) -> impl Iterator<Item = &Change> {
        self.rows.iter().map(|(_, change)| change)
    }

    /// Forgets what no cursor younger than `lifetime` can reach, once that is at least half of all rows.
    pub fn forget_unreachable(&mut self, now: Timestamp, lifetime: Span) {
        let oldest = now - lifetime;
        let unreachable = self.rows.partition_point(|(visible, _)| *visible < oldest);
        if unreachable > 1024 && unreachable * 2 > self.rows.len() {
            self.rows.drain(..unreachable);
            self.forgotten += unreachable as u64;
        }
    }
}

fn write_rows<S: Serializer>(rows: &[(Timestamp, Change)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(rows.iter().map(|(visible, change)| (Millis(*visible), change)))
}

fn read_rows<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<(Timestamp, Change)>, D::Error> {
    let rows = Vec::<(Millis, Change)>::deserialize(deserializer)?;
    Ok(rows.into_iter().map(|(visible, change)| (visible.0, change)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(device: DeviceId) -> Change {
        Change { device, op: Op::Added, replaced: false, at: 0, deadline: 0, standing: Standing::default() }
    }

    #[test]
    fn positions_survive_forgetting() {
        let mut log = ChangeLog::default();
        let day = |days| Timestamp::from_millis(0) + Span::from_days(days);
        for device in 0..3_000 {
            log.append(day(if device < 2_000 { 0 } else { 9 }), change(device));
        }
        log.forget_unreachable(day(10), Span::from_days(7));
        assert_eq!(log.end(), 3_000);
        assert_eq!(log.read(2_500, 2).map(|row| row.device).collect::<Vec<_>>(), [2_500, 2_501]);
        assert_eq!(log.read(0, 1).map(|row| row.device).collect::<Vec<_>>(), [2_000]);
        assert_eq!(log.read(u64::MAX, 10).len(), 0);
    }

    #[test]
    fn a_row_takes_48_bytes() {
        assert_eq!(size_of::<(Timestamp, Change)>(), 48);
    }
}
