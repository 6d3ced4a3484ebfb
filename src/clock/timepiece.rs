//! An organisation's clock.

use serde::{Deserialize, Serialize};

use super::{Span, Timestamp, wall};

/// Whether simulated time passes by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Simulated time follows the wall clock, times the rate.
    #[default]
    Running,
    /// Simulated time stands until somebody moves it.
    Frozen,
}

/// A clock: a simulated moment, the wall moment at which it was set, and how fast it goes on from there.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    mode: Mode,
    rate: f64,
    simulated: Timestamp,
    set_at_wall: Timestamp,
}

impl Clock {
    /// A clock that shows `start` now. `rate` is simulated seconds per wall second.
    pub fn new(start: Timestamp, mode: Mode, rate: f64) -> Self {
        Self::at(start, mode, rate, wall())
    }

    fn at(start: Timestamp, mode: Mode, rate: f64, wall: Timestamp) -> Self {
        Self { mode, rate, simulated: start, set_at_wall: wall }
    }

    /// The simulated moment.
    #[inline]
    pub fn now(&self) -> Timestamp {
        match self.mode {
            Mode::Frozen => self.simulated,
            Mode::Running => {
                let passed = wall() - self.set_at_wall;
                let millis =
                    if self.rate == 1.0 { passed.millis() } else { (passed.millis() as f64 * self.rate) as i64 };
                (self.simulated + Span::from_millis(millis)).min(Timestamp::LAST)
            }
        }
    }

    /// Whether it shows what the wall clock shows.
    #[inline]
    pub fn is_wall(&self) -> bool {
        self.mode == Mode::Running && self.rate == 1.0 && self.simulated == self.set_at_wall
    }

    /// Whether time passes by itself.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// Simulated seconds per wall second while running.
    pub fn rate(&self) -> f64 {
        self.rate
    }

    /// Moves the hands to `moment`, keeping mode and rate.
    pub fn set(&mut self, moment: Timestamp) {
        *self = Self::new(moment.min(Timestamp::LAST), self.mode, self.rate);
    }

    /// Freezes the clock or lets it run, from the moment it shows.
    pub fn set_mode(&mut self, mode: Mode) {
        *self = Self::new(self.now(), mode, self.rate);
    }

    /// Changes how fast it runs, from the moment it shows.
    pub fn set_rate(&mut self, rate: f64) {
        *self = Self::new(self.now(), self.mode, rate);
    }
}

impl Default for Clock {
    /// The wall clock itself.
    fn default() -> Self {
        let now = wall();
        Self::at(now, Mode::Running, 1.0, now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frozen_clock_stands_and_moves_when_told() {
        let start: Timestamp = "2026-09-01".parse().unwrap();
        let mut clock = Clock::new(start, Mode::Frozen, 1.0);
        assert_eq!(clock.now(), start);
        clock.set(start + Span::from_days(8));
        assert_eq!(clock.now().to_string(), "2026-09-09T00:00:00Z");
    }

    #[test]
    fn changing_the_mode_keeps_the_moment() {
        let start: Timestamp = "2026-09-01".parse().unwrap();
        let mut clock = Clock::new(start, Mode::Running, 1000.0);
        clock.set_mode(Mode::Frozen);
        let stopped = clock.now();
        assert!(stopped >= start);
        assert_eq!(clock.now(), stopped);
    }

    #[test]
    fn a_clock_never_passes_the_last_moment() {
        let clock = Clock::new(Timestamp::LAST, Mode::Running, 1e9);
        assert!(clock.now().is_representable());
    }
}
