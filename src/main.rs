//! The `abmsim` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    abmsim::cli::run(std::env::args_os().collect())
}
