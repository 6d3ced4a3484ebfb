//! `abmsim schema`: what a scenario file may hold, for editors.

use clap::Args;

use super::failure::Failure;
use super::output;
use crate::catalog::Catalog;
use crate::scenario;

/// The JSON Schema of scenario files, for your editor
#[derive(Args, Debug)]
#[command(after_help = "Example: abmsim schema > abmsim.schema.json\n\
    Then begin a scenario with the line: # yaml-language-server: $schema=abmsim.schema.json")]
pub(super) struct Schema {}

impl Schema {
    pub(super) fn run(self) -> Result<(), Failure> {
        output::data(&format!("{:#}\n", scenario::schema(Catalog::get().names())))
    }
}
