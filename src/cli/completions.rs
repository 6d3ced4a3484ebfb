//! `abmsim completions`: for those who press Tab.

use clap::Args;
use clap_complete::Shell;

use super::failure::Failure;
use super::output;

/// A completion script for your shell
#[derive(Args, Debug)]
#[command(after_help = "Example: abmsim completions zsh > ~/.zfunc/_abmsim")]
pub(super) struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    pub(super) fn run(self) -> Result<(), Failure> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut super::command(), "abmsim", &mut script);
        output::bytes(&script)
    }
}
