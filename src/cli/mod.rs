//! The command line. A file is a verb; around them:
//!
//! ```text
//! arguments   the verb that may be left out, a variable for every flag
//! target      which simulator is meant → control → its control API → problem: what it refuses
//! output      data on stdout: table, JSON, YAML, variables; notes on stderr
//! failure     what goes wrong, and the exit code for it
//! ```

mod arguments;
mod ca;
mod calendar;
mod certificate;
mod check;
mod clients;
mod clock;
mod completions;
mod control;
mod curl;
mod curl_apps;
mod curl_options;
mod device;
mod doctor;
mod env;
mod exchange;
mod failure;
mod fault;
mod fidelity;
mod journal;
mod license;
mod license_location;
mod license_token;
mod listen;
mod logging;
mod notification;
mod order;
mod org;
mod output;
mod people;
mod problem;
mod ready;
mod report;
mod scenario;
mod schema;
mod serve;
mod server;
mod shell;
mod table;
mod target;
mod terms;
mod timeline;
mod token;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

pub use failure::{Exit, Failure};

/// A fake Apple Business Manager, to test MDM products against
#[derive(Parser, Debug)]
#[command(name = "abmsim", version, about, max_term_width = 110)]
#[command(subcommand_required = true)]
#[command(override_usage = "abmsim [SCENARIO…] [OPTIONS] | abmsim <VERB> …")]
#[command(
    help_template = "{about}\n\n{usage-heading} {usage}\n\n{subcommands}{after-help}",
    disable_help_subcommand = true
)]
#[command(subcommand_help_heading = "Verbs", after_help = AFTER_HELP)]
struct Cli {
    #[command(flatten)]
    target: target::Target,
    #[command(subcommand)]
    verb: Verb,
}

const AFTER_HELP: &str = "\
Start it with `abmsim`, ask it with `abmsim curl enrollment /account`; `abmsim <VERB> -h` says more.
A running simulator is found by --url, its CA by --ca or --certs; --org is ABMSIM_ORG.";

#[derive(Subcommand, Debug)]
enum Verb {
    Serve(serve::Serve),
    Check(check::Check),
    Schema(schema::Schema),
    Scenario(scenario::Scenario),
    Ready(ready::Ready),
    Ca(ca::Ca),
    Env(env::Env),
    Doctor(doctor::Doctor),
    Curl(curl::Curl),
    Token(token::Token),
    Org(org::Org),
    Server(server::Server),
    Device(device::Device),
    Order(order::Order),
    License(license::License),
    Notification(notification::Notification),
    Terms(terms::Terms),
    Clock(clock::Clock),
    Fault(fault::Fault),
    Report(report::Report),
    Journal(journal::Journal),
    Fidelity(fidelity::Fidelity),
    Completions(completions::Completions),
}

/// `abmsim serve` by itself. A simulator runs for hours, and what it has once touched of the program stays in memory: the flags of all other
/// verbs need not be built for it.
#[derive(Parser, Debug)]
#[command(name = "abmsim", version, about, max_term_width = 110)]
struct ServeAlone {
    #[command(flatten)]
    target: target::Target,
    #[command(subcommand)]
    verb: ServeVerb,
}

#[derive(Subcommand, Debug)]
enum ServeVerb {
    Serve(serve::Serve),
}

/// Verbs that have nothing to do with a running simulator: its flags are not in their help.
const ON_THEIR_OWN: [&str; 5] = ["serve", "check", "schema", "scenario", "completions"];

/// Does what the command line says, and reports how it went.
pub fn run(arguments: Vec<OsString>) -> ExitCode {
    let result = match read(arguments) {
        Ok((target, Verb::Serve(serve))) => serve.run(&target),
        Ok((target, verb)) => carry_out(verb, &target),
        Err(error) => {
            // Help goes to stdout, mistakes to stderr; whether somebody reads it is not ours to judge.
            let _ = error.print();
            return if error.use_stderr() { Exit::Usage.into() } else { Exit::Ok.into() };
        }
    };
    match result {
        Ok(()) => Exit::Ok.into(),
        Err(failure) => {
            let text = failure.text();
            if !text.is_empty() {
                output::note(text.trim_end());
            }
            failure.exit.into()
        }
    }
}

fn read(arguments: Vec<OsString>) -> Result<(target::Target, Verb), clap::Error> {
    let alone = dressed(ServeAlone::command(), &["serve"]);
    let arguments = arguments::with_verb(arguments, &alone);
    if arguments::verb(&arguments, &alone).is_some_and(|verb| verb == "serve") {
        let matches = alone.try_get_matches_from(arguments)?;
        let ServeAlone { target, verb: ServeVerb::Serve(serve) } = ServeAlone::from_arg_matches(&matches)?;
        return Ok((target, Verb::Serve(serve)));
    }
    let command = command();
    let arguments = arguments::in_order(arguments, &command);
    let Cli { target, verb } = Cli::from_arg_matches(&command.try_get_matches_from(arguments)?)?;
    Ok((target, verb))
}

fn carry_out(verb: Verb, target: &target::Target) -> Result<(), Failure> {
    match verb {
        Verb::Serve(serve) => serve.run(target),
        Verb::Check(check) => check.run(),
        Verb::Schema(schema) => schema.run(),
        Verb::Scenario(scenario) => scenario.run(),
        Verb::Ready(ready) => ready.run(target),
        Verb::Ca(ca) => ca.run(target),
        Verb::Env(env) => env.run(target),
        Verb::Doctor(doctor) => doctor.run(target),
        Verb::Curl(curl) => curl.run(target),
        Verb::Token(token) => token.run(target),
        Verb::Org(org) => org.run(target),
        Verb::Server(server) => server.run(target),
        Verb::Device(device) => device.run(target),
        Verb::Order(order) => order.run(target),
        Verb::License(license) => license.run(target),
        Verb::Notification(notification) => notification.run(target),
        Verb::Terms(terms) => terms.run(target),
        Verb::Clock(clock) => clock.run(target),
        Verb::Fault(fault) => fault.run(target),
        Verb::Report(report) => report.run(target),
        Verb::Journal(journal) => journal.run(target),
        Verb::Fidelity(fidelity) => fidelity.run(target),
        Verb::Completions(completions) => completions.run(),
    }
}

/// The whole command line, as clap reads it.
fn command() -> clap::Command {
    dressed(Cli::command(), &ON_THEIR_OWN)
}

/// `command` with a variable for every flag, and without the simulator's flags in the help of verbs that are `on_their_own`.
fn dressed(mut command: clap::Command, on_their_own: &[&str]) -> clap::Command {
    let shared: Vec<clap::Arg> = command.get_arguments().filter(|arg| arg.is_global_set()).cloned().collect();
    for &verb in on_their_own {
        // A flag that is there already is not handed down from above, and so stays out of the help.
        let hidden = shared.iter().filter(|arg| !(verb == "serve" && serve::SHARED.contains(&arg.get_id().as_str())));
        let hidden = hidden.map(|arg| arg.clone().hide(true)).collect::<Vec<_>>();
        command = command.mut_subcommand(verb, |command| command.args(hidden));
    }
    arguments::with_variables(command)
}

#[cfg(test)]
mod tests;
