//! The log of `serve`, on stderr.

use std::io::IsTerminal as _;
use std::time::Duration;

use clap::ValueEnum;
use tracing_subscriber::filter::{LevelFilter, ParseError, Targets};
use tracing_subscriber::prelude::*;

use super::failure::{Exit, Failure};
use crate::nearest::nearest;
use crate::telemetry::log::{Format, RequestLog, Sink, TARGET};

/// How long the end of the program waits for somebody to read the log.
const LAST: Duration = Duration::from_secs(1);

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum LogFormat {
    /// For people
    Pretty,
    /// One JSON object a line
    Json,
}

/// How much is logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Level {
    /// What went wrong
    Error,
    /// What is odd
    Warn,
    /// A line for each request to Apple's services
    Info,
    /// Control calls too, and what happens to connections
    Debug,
}

/// The log. What waits in it is written when this is dropped.
pub(super) struct Log {
    sink: Sink,
    format: Format,
    wanted: Targets,
}

impl Log {
    /// Begins to log what `RUST_LOG` says, or else `level`.
    pub(super) fn begin(format: LogFormat, level: Level) -> Result<Self, Failure> {
        let wanted = match std::env::var_os("RUST_LOG").filter(|text| !text.to_string_lossy().trim().is_empty()) {
            Some(text) => targets(&text.to_string_lossy())?,
            None => level.targets(),
        };
        let sink = Sink::stderr();
        let writer = sink.clone();
        let colored =
            std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        let subscriber =
            tracing_subscriber::fmt().with_max_level(LevelFilter::TRACE).with_writer(move || writer.clone());
        // One was installed before only where somebody embeds us; then theirs is the right one.
        let (format, _) = match format {
            LogFormat::Pretty => {
                let subscriber = subscriber.with_ansi(colored).finish().with(wanted.clone());
                (Format::Pretty { colored }, subscriber.try_init())
            }
            LogFormat::Json => {
                let subscriber = subscriber.json().flatten_event(true).finish().with(wanted.clone());
                (Format::Json, subscriber.try_init())
            }
        };
        let panicking = sink.clone();
        let hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            // What led to it comes before it.
            panicking.flush(LAST);
            hook(panic);
        }));
        Ok(Self { sink, format, wanted })
    }

    /// The lines of requests, where somebody wants them.
    pub(super) fn requests(&self) -> Option<RequestLog> {
        let wants = |level| self.wanted.would_enable(TARGET, &level);
        let (apple, control) = (wants(tracing::Level::INFO), wants(tracing::Level::DEBUG));
        (apple || control).then(|| RequestLog { sink: self.sink.clone(), format: self.format, apple, control })
    }

    /// Writes what waits: somebody is about to write to stderr by another way.
    pub(super) fn flush(&self) {
        self.sink.flush(LAST);
    }
}

/// What `RUST_LOG` asks for.
fn targets(text: &str) -> Result<Targets, Failure> {
    // `EnvFilter` could filter by fields too, with regular expressions, which are a tenth of the program's code.
    let wrong = |why: String| {
        Failure::new(Exit::Configuration, format!("RUST_LOG is `{text}`, which cannot be read: {why}")).hint(
            "write a level (off, error, warn, info, debug, trace), or levels by module: RUST_LOG=warn,abmsim=debug",
        )
    };
    for word in text.split(',').map(str::trim) {
        // A level that is mistyped would pass for a module's name, of which nothing is ever heard.
        let is_level = word.parse::<LevelFilter>().is_ok();
        if let Some(near) = nearest(word, LEVELS).filter(|_| !is_level && !word.contains('=')) {
            return Err(wrong(format!("`{word}` is no level; did you mean `{near}`?")));
        }
    }
    text.parse().map_err(|error: ParseError| wrong(error.to_string()))
}

const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];

impl Drop for Log {
    fn drop(&mut self) {
        self.flush();
    }
}

impl Level {
    fn targets(self) -> Targets {
        let (ours, others) = match self {
            Self::Error => (LevelFilter::ERROR, LevelFilter::ERROR),
            Self::Warn => (LevelFilter::WARN, LevelFilter::WARN),
            Self::Info => (LevelFilter::INFO, LevelFilter::WARN),
            Self::Debug => (LevelFilter::DEBUG, LevelFilter::WARN),
        };
        Targets::new().with_default(others).with_target("abmsim", ours)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_and_modules_are_understood_and_slips_are_not() {
        for right in ["info", "WARN", "0", "warn,abmsim=debug", "abmsim", "hyper=trace, off", "abmsim::http=debug"] {
            assert!(targets(right).is_ok(), "{right}");
        }
        for (wrong, told) in [
            ("ifno", "`ifno` is no level; did you mean `info`?"),
            ("abmsim=loud", "cannot be read"),
            ("warn,abmsim=debgu", "cannot be read"),
            ("a=b=c", "cannot be read"),
        ] {
            let failure = targets(wrong).unwrap_err();
            assert!(failure.exit == Exit::Configuration && failure.message.contains(told), "{}", failure.message);
        }
    }
}
