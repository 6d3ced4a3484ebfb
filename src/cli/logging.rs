//! The log of `serve`, on stderr.

use std::io::IsTerminal as _;
use std::time::Duration;

use clap::ValueEnum;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::prelude::*;

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
    pub(super) fn begin(format: LogFormat, level: Level) -> Self {
        // `EnvFilter` could filter by fields too, with regular expressions, which are a tenth of the program's code.
        let wanted = std::env::var("RUST_LOG").ok().filter(|text| !text.trim().is_empty());
        let wanted = wanted.and_then(|text| text.parse::<Targets>().ok()).unwrap_or_else(|| level.targets());
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
        Self { sink, format, wanted }
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
