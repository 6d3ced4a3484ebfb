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
///
/// Written down it is how it goes and not what it shows: whoever keeps a clock keeps the moment too.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(into = "Going", try_from = "Going")]
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

    /// Whether a clock can go at `rate` simulated seconds per second.
    pub fn is_rate(rate: f64) -> bool {
        rate.is_finite() && rate > 0.0 && rate <= 1e9
    }

    /// The same clock showing `moment` now; the wall clock itself, which nobody sets, stays what it is.
    pub fn kept_at(self, moment: Timestamp) -> Self {
        if self.is_wall() { self } else { Self::new(moment.min(Timestamp::LAST), self.mode, self.rate) }
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

/// How a clock goes.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Going {
    mode: Mode,
    rate: f64,
    /// Whether it is the wall clock itself.
    wall: bool,
}

impl From<Clock> for Going {
    fn from(clock: Clock) -> Self {
        Self { mode: clock.mode, rate: clock.rate, wall: clock.is_wall() }
    }
}

impl TryFrom<Going> for Clock {
    type Error = String;

    fn try_from(going: Going) -> Result<Self, String> {
        if !Self::is_rate(going.rate) {
            return Err("`rate` is a number of simulated seconds per second, above 0".to_owned());
        }
        match going {
            Going { mode: Mode::Running, rate: 1.0, wall: true } => Ok(Self::default()),
            Going { wall: true, .. } => Err("the wall clock is running, at the rate 1".to_owned()),
            // A millisecond apart: this one is not the wall clock, and is to be told what it shows.
            Going { mode, rate, wall: false } => {
                let now = wall();
                Ok(Self::at(now + Span::from_millis(1), mode, rate, now))
            }
        }
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
