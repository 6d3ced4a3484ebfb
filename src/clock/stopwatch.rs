//! How long something takes.

use std::time::{Duration, Instant};

/// Real time that passes, unmoved when somebody sets the wall clock.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// A stopwatch that begins to run now.
    #[expect(clippy::disallowed_methods, reason = "every other part of the program takes time from this module")]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// The time since its start.
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}
