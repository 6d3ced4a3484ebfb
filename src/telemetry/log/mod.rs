//! One line for each request, on stderr, among the other lines of the log.
//!
//! A call of an Apple service costs about ten microseconds, and one `write` to a pipe costs one or two; a line for each would be seen in the
//! throughput. So a line is formatted straight into the [`Sink`]'s buffer, and a thread writes what has come together.

mod line;
mod sink;

pub use sink::Sink;

use super::{Observation, Side};

/// The target of these lines, by which `RUST_LOG` may name them.
pub const TARGET: &str = "abmsim::request";

/// How lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Columns, for people.
    Pretty {
        /// Whether the terminal shows colours.
        colored: bool,
    },
    /// One JSON object a line.
    Json,
}

/// The lines of requests.
#[derive(Clone, Debug)]
pub struct RequestLog {
    /// Where they go.
    pub sink: Sink,
    /// How they look.
    pub format: Format,
    /// Whether calls to Apple's services get a line (level `info`).
    pub apple: bool,
    /// Whether calls to the control API do (level `debug`).
    pub control: bool,
}

impl RequestLog {
    /// Writes the line of an exchange, where somebody wants it.
    #[inline]
    pub fn write(&self, seen: &Observation<'_>) {
        let wanted = match seen.side {
            Side::Apple => self.apple,
            Side::Control => self.control,
        };
        if wanted {
            self.sink.line(|line, time| match self.format {
                Format::Pretty { colored } => line::pretty(line, time, seen, colored),
                Format::Json => line::json(line, time, seen),
            });
        }
    }
}
