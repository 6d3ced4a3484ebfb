//! `abmsim terms`: Apple's terms and conditions.

use clap::{Args, Subcommand};
use http::Method;
use serde_json::json;

use super::control::Control;
use super::failure::Failure;
use super::output::Output;
use super::target::Target;
use crate::clock::Span;

/// Apple's terms: show, sign, or have new ones wait
#[derive(Args, Debug)]
#[command(after_help = "Example: abmsim terms unsign    (every call answers T_C_NOT_SIGNED)")]
pub(super) struct Terms {
    #[command(flatten)]
    output: Output,
    #[command(subcommand)]
    deed: Deed,
}

#[derive(Subcommand, Debug)]
enum Deed {
    /// Whether they are signed
    Show,
    /// An administrator agrees
    Sign {
        /// How long until servers notice, such as 18h
        #[arg(long, value_name = "TIME")]
        lag: Option<Span>,
    },
    /// New terms appear that nobody has agreed to
    Unsign,
}

impl Terms {
    pub(super) fn run(self, target: &Target) -> Result<(), Failure> {
        let control = Control::new(target)?;
        let path = control.path(&["terms"])?;
        let answer = match self.deed {
            Deed::Show => control.get(&path),
            Deed::Sign { lag: None } => control.send(Method::PUT, &path, &json!({ "state": "signed" })),
            Deed::Sign { lag: Some(lag) } => {
                control.send(Method::PUT, &path, &json!({ "state": "signed", "lag": lag }))
            }
            Deed::Unsign => control.send(Method::PUT, &path, &json!({ "state": "unsigned" })),
        }?;
        if answer.is_null() { Ok(()) } else { self.output.item(&answer) }
    }
}
