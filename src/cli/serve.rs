//! `abmsim serve`: the simulator itself.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::failure::Failure;
use super::listen;
use super::target::Target;
use crate::http::Origin;

/// Those of the shared flags that `serve` has a use for.
pub(super) const SHARED: [&str; 3] = ["certs", "control_token", "control_token_file"];

/// Serve a scenario; what happens when no verb is said
#[derive(Args, Debug)]
#[command(after_help = "Example: abmsim serve acme.yaml --listen 127.0.0.1:0 --seed 7\n\
    Without a SCENARIO the default is served: `abmsim scenario show default`. Several are merged.")]
pub(super) struct Serve {
    /// Scenario files
    #[arg(env = "ABMSIM_SCENARIO", hide_env = true, value_delimiter = ',')]
    scenario: Vec<PathBuf>,
    /// Addresses for HTTPS, HTTP and CONNECT; port 0: any free one
    #[arg(long, value_name = "ADDRESS", value_delimiter = ',', value_parser = listen::address, default_value = "127.0.0.1:8443")]
    listen: Vec<SocketAddr>,
    /// An address for the control API alone [default: it is on --listen]
    #[arg(long, value_name = "ADDRESS", value_parser = listen::address)]
    control_listen: Option<SocketAddr>,
    /// What clients call it, for links in answers [default: what they called it in the request]
    #[arg(long, value_name = "URL")]
    public_url: Option<Origin>,
    /// The seed of everything random [default: the scenario's, or 0]
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
    /// More host names and addresses for its certificate
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    san: Vec<String>,
    /// How to log
    #[arg(long, value_enum, default_value = "pretty")]
    log_format: LogFormat,
    /// Behave like another simulator
    #[arg(long, value_enum)]
    compat: Option<Compat>,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum LogFormat {
    /// For people
    Pretty,
    /// One JSON object a line
    Json,
}

/// What else there is to behave like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Compat {
    /// Apple's old DEP simulator
    Depsim,
}

impl Serve {
    pub(super) fn run(self, target: &Target) -> Result<(), Failure> {
        let control_token = target.token()?;
        // TO BE JOINED: here belongs the thin call of `crate::simulator`: a multi-threaded runtime, the scenario read with
        // `scenario_file::read` (mistakes: exit 3), `Settings` from these fields, `simulator::serve(…)`, its errors to exit codes 3, 4, 5.
        let _ = (self, &target.certs, control_token);
        Err(Failure::failed("this build has no simulator in it yet"))
    }
}

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
        assert_eq!(serve.listen, ["127.0.0.1:8443".parse().unwrap()]);
        assert!(serve.scenario.is_empty() && serve.control_listen.is_none() && serve.compat.is_none());
        assert_eq!(serve.log_format, LogFormat::Pretty);
    }

    #[test]
    fn everything_can_be_said() {
        let serve = parsed(
            "abmsim serve a.yaml b.yaml --listen 0 --listen [::1]:1,127.0.0.1:2 --control-listen localhost:3 --certs c \
             --control-token t --public-url https://abm.test --seed 7 --san abm.test,10.0.0.1 --log-format json --compat depsim",
        );
        assert_eq!(serve.scenario, [PathBuf::from("a.yaml"), PathBuf::from("b.yaml")]);
        assert_eq!(serve.listen.len(), 3);
        assert_eq!(serve.control_listen, Some("127.0.0.1:3".parse().unwrap()));
        assert_eq!(serve.san, ["abm.test", "10.0.0.1"]);
        assert_eq!((serve.seed, serve.compat), (Some(7), Some(Compat::Depsim)));
    }
}
