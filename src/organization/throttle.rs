//! The throttle on profile assignments.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::DeviceId;
use super::quirks::Throttle;
use super::written::sorted;
use crate::clock::{Span, Timestamp};

/// Which devices had profiles assigned lately, and which have to rest. Apple asks clients to pause for what `retry_after_seconds` says
/// (from protocol version 10 on); its support speaks of 24 hours.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Throttled {
    #[serde(serialize_with = "sorted")]
    devices: HashMap<DeviceId, Record>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Record {
    #[serde(with = "crate::clock::millis::list")]
    assignments: Vec<Timestamp>,
    #[serde(with = "crate::clock::millis::option")]
    until: Option<Timestamp>,
}

impl Throttled {
    /// Counts an attempt to assign a profile to `device`; answers how long it still has to rest where it is refused.
    pub fn attempt(&mut self, device: DeviceId, now: Timestamp, rules: &Throttle) -> Result<(), Span> {
        let record = self.devices.entry(device).or_default();
        if let Some(until) = record.until.filter(|until| now < *until) {
            let until = if rules.extends { now + rules.cooldown } else { until };
            record.until = Some(until);
            return Err(until - now);
        }
        record.until = None;
        record.assignments.retain(|at| *at + rules.window > now);
        if record.assignments.len() >= rules.assignments as usize {
            record.assignments.clear();
            record.until = Some(now + rules.cooldown);
            return Err(rules.cooldown);
        }
        record.assignments.push(now);
        Ok(())
    }

    /// The devices that anything is known of.
    pub(super) fn devices(&self) -> impl Iterator<Item = DeviceId> {
        self.devices.keys().copied()
    }

    /// Until when `device` rests, if it does at `now`.
    pub fn until(&self, device: DeviceId, now: Timestamp) -> Option<Timestamp> {
        self.devices.get(&device)?.until.filter(|until| now < *until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(extends: bool) -> Throttle {
        Throttle { assignments: 2, extends, ..Throttle::default() }
    }

    #[test]
    fn the_assignment_after_the_last_allowed_starts_the_cooldown() {
        let mut throttled = Throttled::default();
        let start = Timestamp::from_millis(0);
        assert_eq!(throttled.attempt(1, start, &rules(false)), Ok(()));
        assert_eq!(throttled.attempt(1, start, &rules(false)), Ok(()));
        assert_eq!(throttled.attempt(1, start, &rules(false)), Err(Span::from_days(1)));
        assert_eq!(throttled.attempt(2, start, &rules(false)), Ok(()), "another device has its own count");
        let later = start + Span::from_seconds(3_600);
        assert_eq!(throttled.attempt(1, later, &rules(false)), Err(Span::from_seconds(23 * 3_600)));
        assert_eq!(throttled.until(1, later), Some(start + Span::from_days(1)));
        assert_eq!(throttled.attempt(1, start + Span::from_days(1), &rules(false)), Ok(()));
    }

    #[test]
    fn assignments_outside_the_window_do_not_count() {
        let mut throttled = Throttled::default();
        for hour in 0..10 {
            assert_eq!(throttled.attempt(1, Timestamp::from_seconds(hour * 3_600), &rules(false)), Ok(()));
        }
    }

    #[test]
    fn a_retry_storm_extends_the_cooldown_where_that_is_switched_on() {
        let mut throttled = Throttled::default();
        let at = |hours: u32| Timestamp::from_seconds(hours * 3_600);
        for _ in 0..3 {
            let _ = throttled.attempt(1, at(0), &rules(true));
        }
        assert_eq!(throttled.attempt(1, at(23), &rules(true)), Err(Span::from_days(1)));
        assert!(throttled.attempt(1, at(25), &rules(true)).is_err());
    }
}
