//! `abmsim serve`: the simulator itself.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::failure::{Exit, Failure};
use super::logging::{Level, Log, LogFormat};
use super::output::{self, Output};
use super::target::Target;
use super::{calendar, check, env, listen};
use crate::http::Origin;
use crate::scenario::{self, SourceFile, Surroundings};
use crate::simulator::{self, Certificates, Compat, Settings, Simulator};
use crate::telemetry::traces;

/// Those of the shared flags that `serve` has a use for.
pub(super) const SHARED: [&str; 3] = ["certs", "control_token", "control_token_file"];

/// Serve a scenario; what happens when no verb is said
#[derive(Args, Debug)]
#[command(after_help = "Example: abmsim serve acme.yaml --listen 127.0.0.1:0 --seed 7\n\
    Without a SCENARIO the default is served: `abmsim scenario show default`. Several are merged.\n\
    `abmsim scenario list` names others that are in the program: `abmsim serve field/terms-wave`.")]
pub(super) struct Serve {
    /// Scenario files, or names of scenarios in the program
    #[arg(env = "ABMSIM_SCENARIO", value_delimiter = ',')]
    scenario: Vec<PathBuf>,
    /// The address for HTTPS, HTTP and CONNECT; port 0: any free one
    #[arg(long, value_name = "ADDRESS", value_parser = listen::address, default_value = "127.0.0.1:8443")]
    listen: SocketAddr,
    /// An address for the control API alone [default: it is on --listen]
    #[arg(long, value_name = "ADDRESS", value_parser = listen::address)]
    control_listen: Option<SocketAddr>,
    /// What clients call it, for links in answers [default: what they called it in the request]
    #[arg(long, value_name = "URL")]
    public_url: Option<Origin>,
    /// The seed of everything random [default: the scenario's, or 0]
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
    /// A file in which everything is kept from one run to the next; it holds credentials
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// More host names and addresses for its certificate
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    san: Vec<String>,
    /// A CA, beside the system's, for the addresses that notifications go to
    #[arg(long, value_name = "FILE")]
    webhook_ca: Option<PathBuf>,
    /// Mebibytes that an organisation's journal may take; 0: no journal
    #[arg(long, value_name = "MIB", default_value = "8")]
    journal_size: u16,
    /// How to log: pretty or json
    #[arg(long, value_name = "FORMAT", value_enum, default_value = "pretty", hide_possible_values = true)]
    log_format: LogFormat,
    /// What to log: error, warn, info (a line for each request) or debug (control calls too); RUST_LOG says it in detail
    #[arg(long, value_name = "LEVEL", value_enum, default_value = "info", hide_possible_values = true)]
    log_level: Level,
    /// Behave like another simulator: depsim, Apple's old one
    #[arg(long, value_name = "NAME", value_enum, hide_possible_values = true)]
    compat: Option<Compatibility>,
    /// Print what is going to happen, and when; serve nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    output: Output,
}

/// What else there is to behave like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Compatibility {
    /// Apple's old DEP simulator
    Depsim,
}

impl Serve {
    pub(super) fn run(self, target: &Target) -> Result<(), Failure> {
        let log = Log::begin(self.log_format, self.log_level)?;
        let files = match self.scenario.as_slice() {
            [] => vec![SourceFile::default_scenario()],
            paths => check::open(paths)?,
        };
        let scenario = scenario::read(&files, &Surroundings::house()).map_err(simulator::Failure::from)?;
        check::warn(&scenario);
        let (is_dry, output) = (self.dry_run, self.output.clone());
        let settings = self.settings(target)?;
        if is_dry {
            return output.list(&calendar::of(&settings, scenario)?, &calendar::COLUMNS);
        }
        let settings = Settings { request_log: log.requests(), traces: traces(), ..settings };
        raise_file_limit();
        give_way();
        let runtime = tokio::runtime::Runtime::new();
        let runtime = runtime.map_err(|error| Failure::failed(format!("cannot start: {error}")))?;
        runtime.block_on(async {
            let stopped = signals()?;
            let simulator = Simulator::serve(settings, scenario).await?;
            log.flush();
            output::note(&banner(&simulator, target));
            output::data(&format!("abmsim ready {}\n", simulator.url()))?;
            stopped.await;
            Ok(simulator.stop().await?)
        })
    }

    fn settings(self, target: &Target) -> Result<Settings, Failure> {
        Ok(Settings {
            listen: self.listen,
            control_listen: self.control_listen,
            control_token: target.token()?,
            certificates: Certificates::Kept(target.certs.clone()),
            names: self.san,
            public_url: self.public_url,
            webhook_ca: self.webhook_ca.as_deref().map(webhook_ca).transpose()?,
            seed: self.seed,
            state: self.state,
            journal: usize::from(self.journal_size) << 20,
            compat: self.compat.map(|Compatibility::Depsim| Compat::Depsim),
            ..Settings::default()
        })
    }
}

fn webhook_ca(file: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(file).map_err(|error| {
        let why = format!("the webhook CA {} cannot be read: {error}", file.display());
        Failure::new(Exit::Configuration, why)
    })
}

impl From<simulator::Failure> for Failure {
    fn from(failure: simulator::Failure) -> Self {
        if let simulator::Failure::Scenario(mistakes) = &failure {
            // In the form that editors and terminals turn into links, with nothing before it.
            output::note(&mistakes.to_string());
            return Self::told(Exit::Configuration);
        }
        let exit = match failure.exit_code() {
            3 => Exit::Configuration,
            4 => Exit::CannotBind,
            5 => Exit::State,
            _ => Exit::Failed,
        };
        Self::new(exit, failure.to_string())
    }
}

/// The collector of traces that the environment names, if it does.
fn traces() -> Option<traces::Settings> {
    let (settings, odd) = traces::Settings::read(|name| std::env::var(name).ok());
    for line in odd {
        tracing::warn!("{line}");
    }
    settings
}

/// Every connection is an open file. Some systems allow a process 256 of them, until it asks for more.
#[cfg(unix)]
fn raise_file_limit() {
    const ENOUGH: u64 = 20_000;
    if let Err(error) = rlimit::increase_nofile_limit(ENOUGH) {
        tracing::debug!(%error, "the limit of open files stays as it is");
    }
}

#[cfg(not(unix))]
fn raise_file_limit() {}

/// Lets clients go first: they mostly run on the same processors, and have no use for another answer before they have read the one that is there.
/// Where both want a processor, servers of equal rank keep clients from it, while another processor idles. Threads begun from now on inherit
/// the rank, which is so little lower that among busy programs we still get four tenths of a processor and not five.
#[cfg(unix)]
fn give_way() {
    const A_LITTLE: i32 = 2;
    if let Err(error) = rustix::process::nice(A_LITTLE) {
        tracing::debug!(%error, "the rank among other programs stays as it is");
    }
}

#[cfg(not(unix))]
fn give_way() {}

/// Ends when somebody wants us to stop: SIGTERM or Ctrl-C.
#[cfg(unix)]
fn signals() -> Result<impl Future<Output = ()>, Failure> {
    use tokio::signal::unix::{SignalKind, signal};
    let cannot = |error: std::io::Error| Failure::failed(format!("cannot listen for signals: {error}"));
    let mut terminate = signal(SignalKind::terminate()).map_err(cannot)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(cannot)?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Ends when somebody wants us to stop: Ctrl-C.
#[cfg(not(unix))]
fn signals() -> Result<impl Future<Output = ()>, Failure> {
    Ok(async { _ = tokio::signal::ctrl_c().await })
}

/// What people want to know: who is served, what clients need, and a control token that nobody knows yet.
fn banner(simulator: &Simulator, target: &Target) -> String {
    let organizations = simulator.directory().organizations();
    let devices: usize =
        organizations.iter().map(|organization| organization.read(|books, _| books.devices.len())).sum();
    let mut ids = organizations.iter().map(|organization| organization.id.as_str());
    let mut named = ids.by_ref().take(SHOWN).collect::<Vec<_>>().join(", ");
    if ids.next().is_some() {
        named.push_str(", …");
    }
    let mut banner = format!("abmsim {}: {named} with {devices} devices\n", env!("CARGO_PKG_VERSION"));
    banner.push_str(&env::exports(&simulator.url(), target));
    if let Some(address) = simulator.control_address() {
        banner.push_str(&format!("# The control API is on https://{address} alone\n"));
    }
    if let Some(token) = simulator.made_token() {
        banner.push_str(&format!("export ABMSIM_CONTROL_TOKEN='{}'    # made for this run\n", token.expose()));
    }
    banner.push_str("# Try: abmsim curl enrollment /account");
    banner
}

/// Organisations that the banner names.
const SHOWN: usize = 5;

#[cfg(test)]
mod tests {
    use clap::FromArgMatches;

    use super::*;

    fn parsed(line: &str) -> Serve {
        let command = crate::cli::command();
        let matches = command.try_get_matches_from(line.split_whitespace()).unwrap();
        Serve::from_arg_matches(matches.subcommand_matches("serve").unwrap()).unwrap()
    }

    #[test]
    fn the_defaults_are_those_of_the_contract() {
        let serve = parsed("abmsim serve");
        assert_eq!(serve.listen, "127.0.0.1:8443".parse().unwrap());
        assert!(serve.scenario.is_empty() && serve.control_listen.is_none() && serve.compat.is_none());
        assert_eq!((serve.log_format, serve.log_level), (LogFormat::Pretty, Level::Info));
        assert_eq!((serve.log_format, serve.journal_size), (LogFormat::Pretty, 8));
    }

    #[test]
    fn everything_can_be_said() {
        let serve = parsed(
            "abmsim serve a.yaml b.yaml --listen [::1]:0 --control-listen localhost:3 --certs c \
             --control-token t --public-url https://abm.test --seed 7 --state s.json --san abm.test,10.0.0.1 --log-format json --compat depsim",
        );
        assert_eq!(serve.scenario, [PathBuf::from("a.yaml"), PathBuf::from("b.yaml")]);
        assert_eq!(serve.listen.to_string(), "[::1]:0");
        assert_eq!(serve.control_listen, Some("127.0.0.1:3".parse().unwrap()));
        assert_eq!(serve.san, ["abm.test", "10.0.0.1"]);
        assert_eq!(serve.state, Some(PathBuf::from("s.json")));
        assert_eq!((serve.seed, serve.compat), (Some(7), Some(Compatibility::Depsim)));
    }
}
