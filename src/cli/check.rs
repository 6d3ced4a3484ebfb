//! `abmsim check`: what is wrong with scenario files, all at once.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use super::calendar;
use super::failure::{Exit, Failure};
use super::order::document;
use super::output::{self, Output};
use crate::clock::wall;
use crate::scenario::plan::Scenario;
use crate::scenario::{self, Embedded, Mistakes, SourceFile, Surroundings};
use crate::simulator::Settings;

/// Find every mistake in scenario files
#[derive(Args, Debug)]
#[command(after_help = "Example: abmsim check acme.yaml\n\
    Several files are read as one scenario, as `serve` reads them; with --each every file by itself.\n\
    --dry-run prints the calendar: what the timeline plans, and orders that arrive later.\n\
    Exit code 3 when there are mistakes.")]
pub(super) struct Check {
    /// Scenario files; - for standard input
    #[arg(required = true)]
    scenario: Vec<PathBuf>,
    /// The files are scenarios of their own
    #[arg(long)]
    each: bool,
    /// Print what is going to happen, and when
    #[arg(long)]
    dry_run: bool,
    /// The seed of everything random, for --dry-run [default: the scenario's, or 0]
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
    #[command(flatten)]
    output: Output,
}

impl Check {
    pub(super) fn run(self) -> Result<(), Failure> {
        let files = open(&self.scenario)?;
        let groups: Vec<&[SourceFile]> = if self.each { files.chunks(1).collect() } else { vec![&files] };
        let mut is_wrong = false;
        let mut lines = Vec::new();
        for group in groups {
            match scenario::read(group, &Surroundings::house()) {
                Ok(read) if self.dry_run => {
                    warn(&read);
                    let settings = Settings { seed: self.seed, ..Settings::default() };
                    lines.extend_from_slice(output::items(&calendar::of(&settings, read)?));
                }
                Ok(read) => tell(&read, group)?,
                Err(mistakes) => {
                    is_wrong = true;
                    complain(&mistakes, group.len());
                }
            }
        }
        match is_wrong {
            true => Err(Failure::told(Exit::Configuration)),
            false if self.dry_run => self.output.list(&json!({ "items": lines }), &calendar::COLUMNS),
            false => Ok(()),
        }
    }
}

/// Reads `paths`, or the scenarios in the program that have such a name where there is no such file; what cannot be read is a mistake in the
/// configuration.
pub(super) fn open(paths: &[PathBuf]) -> Result<Vec<SourceFile>, Failure> {
    paths.iter().map(|path| read(path)).collect()
}

fn read(path: &Path) -> Result<SourceFile, Failure> {
    let name = path.to_str().filter(|_| !path.exists()).unwrap_or_default();
    if let Some(embedded) = Embedded::find(name) {
        return Ok(embedded.source());
    }
    let configuration = |failure: Failure| {
        let failure = Failure { exit: Exit::Configuration, ..failure };
        match Embedded::nearest(name) {
            Some(near) => failure.hint(format!("the program has a scenario `{near}`")),
            None => failure,
        }
    };
    Ok(SourceFile::new(path.display().to_string(), document(path).map_err(configuration)?))
}

fn complain(mistakes: &Mistakes, files: usize) {
    output::note(&mistakes.to_string());
    let count = mistakes.list().len();
    output::note(&format!("{} in all", counted(count, "mistake")));
    if files > 1 {
        output::note("hint: the files were read as one scenario; --each reads every file by itself");
    }
}

/// A line for every file: what it has by itself, where it can be read by itself.
fn tell(scenario: &Scenario, files: &[SourceFile]) -> Result<(), Failure> {
    for file in files {
        let alone = match files {
            [_] => None,
            _ => Some(scenario::read(std::slice::from_ref(file), &Surroundings::house())),
        };
        let has = match &alone {
            None => summary(scenario),
            Some(Ok(alone)) => summary(alone),
            Some(Err(_)) => "right together with the others".to_owned(),
        };
        output::data(&format!("{}: {has}\n", file.name))?;
    }
    warn(scenario);
    Ok(())
}

/// Says what is right and yet will surprise somebody.
pub(super) fn warn(scenario: &Scenario) {
    for warning in scenario::warnings(scenario, wall()) {
        output::note(&format!("warning: {warning}"));
    }
}

fn summary(scenario: &Scenario) -> String {
    let organizations = &scenario.organizations;
    let servers = organizations.iter().map(|organization| organization.servers.len()).sum();
    let orders = organizations.iter().flat_map(|organization| &organization.orders);
    let devices = |lines: &[scenario::plan::DevicePlan]| lines.iter().map(|line| line.count as usize).sum::<usize>();
    let (mut ordered, mut bought) = (0, 0);
    for order in orders {
        ordered += order.count as usize;
        bought += order.count as usize * devices(&order.devices);
    }
    [
        counted(organizations.len(), "organisation"),
        counted(servers, "MDM server"),
        counted(ordered, "order"),
        counted(bought, "device"),
    ]
    .join(", ")
}

fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scenario(text: &str) -> Scenario {
        scenario::read(&[SourceFile::new("acme.yaml", text)], &Surroundings::house()).unwrap()
    }

    #[test]
    fn a_scenario_is_summed_up() {
        let text = "version: 1\norganizations:\n  - id: acme\n    servers: [{name: A}, {name: B}]\n    orders:\n      \
                    - {count: 3, devices: [{model: iPhone 16, count: 4}, {model: Mac mini}]}\n";
        assert_eq!(summary(&scenario(text)), "1 organisation, 2 MDM servers, 3 orders, 15 devices");
    }
}
