//! What the simulator costs, beside what the machine can do. `benches/README.md` says how to read it.

mod conditions;
mod connection;
mod contest;
mod floor;
mod inside;
mod latency;
mod licenses;
mod load;
mod manager;
mod mdm;
mod memory;
mod pages;
mod product;
mod report;
mod sample;
mod scenario;
mod start;
mod throughput;

use std::env;
use std::error::Error;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use report::Report;

/// Why a number could not be taken.
type Failure = Box<dyn Error + Send + Sync>;

/// A group of measurements.
struct Section {
    /// What to call it on the command line.
    name: &'static str,
    title: &'static str,
    measure: fn(&Effort, &mut Report) -> Result<(), Failure>,
}

const SECTIONS: [Section; 7] = [
    Section { name: "throughput", title: "Throughput, 16 connections kept alive", measure: throughput::measure },
    Section { name: "latency", title: "Latency, one connection", measure: latency::measure },
    Section { name: "pages", title: "A page of 1,000 rows from the middle of the list", measure: pages::measure },
    Section { name: "licenses", title: "Apps and Books", measure: licenses::measure },
    Section { name: "memory", title: "Memory", measure: memory::measure },
    Section { name: "start", title: "Start, from exec to the first answer", measure: start::measure },
    Section { name: "inside", title: "Inside the process, without a network", measure: inside::measure },
];

/// How much time the measurements may take.
struct Effort {
    /// Times that everything is measured; medians are reported.
    rounds: usize,
    /// How long one side is put under load in one round.
    load: Duration,
    /// Times that a program is started.
    starts: usize,
}

const THOROUGH: Effort = Effort { rounds: 5, load: Duration::from_millis(1_000), starts: 15 };
const QUICK: Effort = Effort { rounds: 3, load: Duration::from_millis(300), starts: 5 };

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [floor::ROLE, certificates, answers] => return floor::serve(Path::new(certificates), Path::new(answers)),
        // `cargo test --all-targets` runs benches too, and without this.
        _ if !arguments.iter().any(|argument| argument == "--bench") => return ExitCode::SUCCESS,
        _ => {}
    }
    let effort = if arguments.iter().any(|argument| argument == "--quick") { QUICK } else { THOROUGH };
    let names: Vec<&String> = arguments.iter().filter(|argument| !argument.starts_with("--")).collect();
    let wanted = |section: &&Section| names.is_empty() || names.iter().any(|name| section.name.contains(name.as_str()));
    let mut report = Report::default();
    for section in SECTIONS.iter().filter(wanted) {
        report.begin(section.name, section.title);
        if let Err(failure) = (section.measure)(&effort, &mut report) {
            report.give_up(&failure);
        }
    }
    report.finish()
}
