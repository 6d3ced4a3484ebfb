//! `abmsim scenario`: the scenarios that are in the program.

use clap::{Args, Subcommand};
use serde_json::json;

use super::failure::Failure;
use super::output::{self, Output};
use crate::scenario::{Embedded, LIBRARY};

/// The scenarios in the program: to read, copy and change
#[derive(Args, Debug)]
#[command(after_help = "Example: abmsim scenario show school > school.yaml\n\
    Those under field/ are troubles that developers reported: `abmsim serve field/terms-wave` plays one.")]
pub(super) struct Scenario {
    #[command(subcommand)]
    deed: Deed,
}

#[derive(Subcommand, Debug)]
enum Deed {
    /// What there is
    List {
        #[command(flatten)]
        output: Output,
    },
    /// Print one
    Show {
        /// Its name
        name: String,
    },
}

impl Scenario {
    pub(super) fn run(self) -> Result<(), Failure> {
        match self.deed {
            Deed::List { output } => {
                let items: Vec<_> =
                    LIBRARY.iter().map(|known| json!({ "name": known.name, "about": known.about() })).collect();
                output.list(&json!({ "items": items }), &["name", "about"])
            }
            Deed::Show { name } => output::data(text(&name)?),
        }
    }
}

/// The text of the scenario called `name`.
fn text(name: &str) -> Result<&'static str, Failure> {
    Embedded::find(name).map(|found| found.text).ok_or_else(|| {
        let near = Embedded::nearest(name).map_or(String::new(), |near| format!("; did you mean `{near}`?"));
        Failure::usage(format!("there is no scenario `{name}` in the program{near}"))
            .hint("`abmsim scenario list` shows what there is")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_name_is_guessed() {
        assert!(text("scool").unwrap_err().message.contains("did you mean `school`?"));
    }
}
