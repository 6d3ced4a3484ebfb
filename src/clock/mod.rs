//! Time, simulated and real.
//!
//! Everything that an organisation does happens at a [`Timestamp`] of its own [`Clock`]. The wall clock is read in this module alone
//! (clippy's `disallowed-methods` keeps it so); it drives a running clock and judges OAuth timestamps.

pub mod millis;
mod moment;
mod span;
mod stopwatch;
mod timepiece;
mod timestamp;
mod written;

pub use millis::Millis;
pub use moment::Moment;
pub use span::{ParseSpanError, Span};
pub use stopwatch::Stopwatch;
pub use timepiece::{Clock, Mode};
pub use timestamp::{ParseTimestampError, Timestamp, wall, wall_nanoseconds};
pub use written::WrittenTime;
