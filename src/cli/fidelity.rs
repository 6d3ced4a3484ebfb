//! `abmsim fidelity`: how true to Apple each behaviour is, and how that is known.

use clap::Args;
use serde_json::json;

use super::control::Control;
use super::failure::Failure;
use super::output::Output;
use super::target::Target;
use crate::fidelity::Ledger;

/// How we know that Apple behaves so: the ledger of behaviours
#[derive(Args, Debug)]
#[command(after_help = "Example: abmsim fidelity | grep assumed\n\
    It is this program's ledger; with --url that of a running simulator.")]
pub(super) struct Fidelity {
    #[command(flatten)]
    output: Output,
}

impl Fidelity {
    pub(super) fn run(self, target: &Target) -> Result<(), Failure> {
        let ledger = if target.url.is_some() {
            Control::new(target)?.get("/_sim/fidelity")?
        } else {
            json!({ "items": Ledger::get().entries })
        };
        self.output.list(&ledger, &["id", "status", "statement"])
    }
}
