//! `abmsim fidelity`: how true to Apple each behaviour is, and how that is known.

use clap::Args;

use super::control::Control;
use super::failure::Failure;
use super::output::Output;
use super::target::Target;

/// How we know that Apple behaves so: the ledger of behaviours
#[derive(Args, Debug)]
#[command(after_help = "Example: abmsim fidelity | grep assumed")]
pub(super) struct Fidelity {
    #[command(flatten)]
    output: Output,
}

impl Fidelity {
    pub(super) fn run(self, target: &Target) -> Result<(), Failure> {
        let ledger = Control::new(target)?.get("/_sim/fidelity")?;
        self.output.list(&ledger, &["id", "status", "statement"])
    }
}
