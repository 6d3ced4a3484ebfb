//! `abmsim clock`: an organisation's time.

use clap::{Args, Subcommand};
use http::Method;
use serde_json::{Value, json};

use super::control::Control;
use super::failure::Failure;
use super::output::Output;
use super::target::Target;
use crate::clock::{Span, Timestamp};

/// The organisation's time: show, freeze, run, set, advance
#[derive(Args, Debug)]
#[command(after_help = "Example: abmsim clock advance 8d    (cursors expire, and everything due happens)")]
pub(super) struct Clock {
    #[command(flatten)]
    output: Output,
    #[command(subcommand)]
    deed: Deed,
}

#[derive(Subcommand, Debug)]
enum Deed {
    /// What time it is there
    Show,
    /// Time stands still until it is advanced
    Freeze,
    /// Time passes by itself
    Run,
    /// Jump to a moment, such as 2026-09-01T08:00:00Z; everything due until then happens
    Set {
        /// The moment
        time: Timestamp,
    },
    /// Let time pass; everything due happens
    Advance {
        /// How much, such as 30s, 18h or 8d
        time: Span,
    },
    /// How many simulated seconds pass in a second
    Rate {
        /// 60: a minute a second
        rate: f64,
    },
}

impl Deed {
    /// The change, where there is one.
    fn body(&self) -> Option<Value> {
        match self {
            Self::Show => None,
            Self::Freeze => Some(json!({ "mode": "frozen" })),
            Self::Run => Some(json!({ "mode": "running" })),
            Self::Set { time } => Some(json!({ "set": time })),
            Self::Advance { time } => Some(json!({ "advance": time })),
            Self::Rate { rate } => Some(json!({ "rate": rate })),
        }
    }
}

impl Clock {
    pub(super) fn run(self, target: &Target) -> Result<(), Failure> {
        let control = Control::new(target)?;
        let path = control.path(&["clock"])?;
        let answer = match self.deed.body() {
            None => control.get(&path),
            Some(body) => control.send(Method::POST, &path, &body),
        };
        self.output.item(&answer?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bodies_are_those_of_the_contract() {
        let advance = Deed::Advance { time: Span::from_days(8) };
        assert_eq!(advance.body(), Some(json!({"advance": "8d"})));
        let set = Deed::Set { time: Timestamp::from_seconds(0) };
        assert_eq!(set.body(), Some(json!({"set": "1970-01-01T00:00:00Z"})));
        assert_eq!(Deed::Rate { rate: 60.0 }.body().unwrap().to_string(), r#"{"rate":60.0}"#);
        assert_eq!(Deed::Freeze.body(), Some(json!({"mode": "frozen"})));
    }
}
