//! `abmsim check`: what is wrong with scenario files, all at once.

use std::path::{Path, PathBuf};

use clap::Args;

use super::failure::{Exit, Failure};
use super::order::document;
use super::output;
use crate::clock::{Timestamp, wall};
use crate::scenario::plan::{OrganizationPlan, Scenario};
use crate::scenario::{self, Mistakes, SourceFile, Surroundings};

/// Find every mistake in scenario files
#[derive(Args, Debug)]
#[command(after_help = "Example: abmsim check acme.yaml\n\
    Several files are read as one scenario, as `serve` reads them; with --each every file by itself.\n\
    Exit code 3 when there are mistakes.")]
pub(super) struct Check {
    /// Scenario files; - for standard input
    #[arg(required = true)]
    scenario: Vec<PathBuf>,
    /// The files are scenarios of their own
    #[arg(long)]
    each: bool,
}

impl Check {
    pub(super) fn run(self) -> Result<(), Failure> {
        let files = open(&self.scenario)?;
        let groups: Vec<&[SourceFile]> = if self.each { files.chunks(1).collect() } else { vec![&files] };
        let mut is_wrong = false;
        for group in groups {
            match scenario::read(group, &Surroundings::house()) {
                Ok(read) => tell(&read, group)?,
                Err(mistakes) => {
                    is_wrong = true;
                    complain(&mistakes, group.len());
                }
            }
        }
        if is_wrong { Err(Failure::told(Exit::Configuration)) } else { Ok(()) }
    }
}

/// Reads `paths`; a file that cannot be read is a mistake in the configuration.
pub(super) fn open(paths: &[PathBuf]) -> Result<Vec<SourceFile>, Failure> {
    paths.iter().map(|path| read(path)).collect()
}

fn read(path: &Path) -> Result<SourceFile, Failure> {
    let configuration = |failure: Failure| Failure { exit: Exit::Configuration, ..failure };
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
    warnings(scenario, wall()).iter().for_each(|warning| output::note(&format!("warning: {warning}")));
    Ok(())
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

/// What is right and yet will surprise somebody: tokens that are over by the wall clock although they live by the simulated one. Some clients
/// (Zentral, commandment) compare the token file with their own clock.
pub(super) fn warnings(scenario: &Scenario, wall: Timestamp) -> Vec<String> {
    let start = |organization: &OrganizationPlan| organization.clock.start.or(scenario.clock.start);
    let mut warnings = Vec::new();
    for organization in &scenario.organizations {
        let Some(start) = start(organization) else { continue };
        for server in &organization.servers {
            let over = start + server.token_expires_in;
            if over > start && over <= wall {
                let name = organization.id.as_deref().or(organization.name.as_deref()).unwrap_or("an organisation");
                warnings.push(format!(
                    "the server token of `{}` ({name}) ends at {over} by the simulated clock; clients that compare with their own clock \
                     will say that it has expired: start the clock later, or give the token a longer `expires_in`",
                    server.name
                ));
            }
        }
    }
    warnings
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

    #[test]
    fn a_token_that_clients_will_think_expired_is_warned_of() {
        let text = "version: 1\nclock: {start: 2020-01-01}\norganizations:\n  - id: acme\n    servers:\n      \
                    - {name: Old}\n      - {name: Long, token: {expires_in: 9000d}}\n      - {name: Over, token: {expires_in: -1d}}\n";
        let told = warnings(&scenario(text), "2026-01-01".parse().unwrap());
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].starts_with("the server token of `Old` (acme) ends at 2020-12-31T00:00:00Z"), "{}", told[0]);
        assert!(warnings(&scenario(text), "2020-06-01".parse().unwrap()).is_empty());
    }
}
