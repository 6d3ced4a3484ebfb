//! `abmsim scenario`: the scenarios that are in the program.

use clap::{Args, Subcommand};
use serde_json::json;

use super::failure::Failure;
use super::output::{self, Output};
use crate::nearest::nearest;

/// The scenarios in the program: to read, copy and change
#[derive(Args, Debug)]
#[command(after_help = "Example: abmsim scenario show school > school.yaml")]
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

/// Name and text.
const EMBEDDED: [(&str, &str); 6] = [
    ("default", include_str!("../../scenarios/default.yaml")),
    ("small", include_str!("../../scenarios/small.yaml")),
    ("school", include_str!("../../scenarios/school.yaml")),
    ("week", include_str!("../../scenarios/week.yaml")),
    ("expiring", include_str!("../../scenarios/expiring.yaml")),
    ("large", include_str!("../../scenarios/large.yaml")),
];

impl Scenario {
    pub(super) fn run(self) -> Result<(), Failure> {
        match self.deed {
            Deed::List { output } => {
                let items = EMBEDDED.map(|(name, text)| json!({ "name": name, "about": about(text) }));
                output.list(&json!({ "items": items }), &["name", "about"])
            }
            Deed::Show { name } => output::data(text(&name)?),
        }
    }
}

/// The text of the scenario called `name`.
fn text(name: &str) -> Result<&'static str, Failure> {
    let wanted = name.strip_suffix(".yaml").unwrap_or(name);
    let found = EMBEDDED.iter().find(|(known, _)| *known == wanted);
    found.map(|(_, text)| *text).ok_or_else(|| {
        let names = EMBEDDED.map(|(name, _)| name);
        let near = nearest(wanted, names).map_or(String::new(), |near| format!("; did you mean `{near}`?"));
        Failure::usage(format!("there is no scenario `{name}` in the program{near}"))
            .hint(format!("there are: {}", names.join(", ")))
    })
}

/// The first sentence of the comment at the top.
fn about(text: &str) -> String {
    let lines = text.lines().map_while(|line| line.strip_prefix('#')).map(str::trim);
    let comment = lines.collect::<Vec<_>>().join(" ");
    comment.split_inclusive(". ").next().unwrap_or_default().trim_end_matches(['.', ' ']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scenario_file_is_in_the_program_and_says_what_it_is() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios");
        for entry in std::fs::read_dir(folder).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            assert!(about(text(&name).unwrap()).len() > 20, "{name}");
        }
    }

    #[test]
    fn a_mistyped_name_is_guessed() {
        assert!(text("scool").unwrap_err().message.contains("did you mean `school`?"));
    }
}
