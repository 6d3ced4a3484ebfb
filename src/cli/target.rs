//! The running simulator that a verb talks to, as the command line and the environment name it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};

use clap::Args;

use super::failure::{Exit, Failure};
use super::listen;
use crate::http::{Origin, Scheme};
use crate::secret::Secret;

const DEFAULT_URL: &str = "https://127.0.0.1:8443";

/// The flags that verbs share. `serve` uses the certificates' directory and the control token too.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Which simulator")]
pub(super) struct Target {
    /// Where it listens [default: what ABMSIM_LISTEN says, or https://127.0.0.1:8443]
    #[arg(long, global = true, value_name = "URL")]
    pub(super) url: Option<String>,
    /// Its CA certificate [default: ca.pem in --certs]
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) ca: Option<PathBuf>,
    /// The directory of its certificates
    #[arg(long, global = true, value_name = "DIR", default_value = "certs")]
    pub(super) certs: PathBuf,
    /// The organisation [default: the only one]
    #[arg(long, global = true, value_name = "ID")]
    pub(super) org: Option<String>,
    /// Who does it, of the organisation's people: refused where they may not [default: nobody in particular]
    #[arg(long = "as", global = true, value_name = "ACCOUNT")]
    pub(super) actor: Option<String>,
    /// The token of its control API; on loopback none is needed
    #[arg(long, global = true, value_name = "TOKEN", value_parser = secret)]
    pub(super) control_token: Option<Secret>,
    /// A file with that token
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) control_token_file: Option<PathBuf>,
}

fn secret(text: &str) -> Result<Secret, std::convert::Infallible> {
    Ok(Secret::new(text))
}

impl Target {
    /// Where the control API is.
    pub(super) fn origin(&self) -> Result<Origin, Failure> {
        origin(self.url.as_deref(), &["ABMSIM_CONTROL_LISTEN", "ABMSIM_LISTEN"], variable)
    }

    /// Where Apple's services are: on the same listener, unless the control API has one of its own.
    pub(super) fn apple(&self) -> Result<Origin, Failure> {
        origin(self.url.as_deref(), &["ABMSIM_LISTEN"], variable)
    }

    /// The file of the CA certificate, there or not.
    pub(super) fn ca_path(&self) -> PathBuf {
        self.ca.clone().unwrap_or_else(|| self.certs.join("ca.pem"))
    }

    /// The CA certificate, PEM. One that was named must be there; of the default place nobody promised anything.
    pub(super) fn ca(&self) -> Result<Option<String>, Failure> {
        let path = self.ca_path();
        match std::fs::read_to_string(&path) {
            Ok(pem) => Ok(Some(pem)),
            Err(error) if self.ca.is_none() && error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(unreadable("the CA certificate", &path, &error)),
        }
    }

    /// The control API's token, if there is one.
    pub(super) fn token(&self) -> Result<Option<Secret>, Failure> {
        match (&self.control_token, &self.control_token_file) {
            (Some(_), Some(_)) => Err(Failure::usage("a control token and a file with one are given; give one of them")
                .hint("they are --control-token or ABMSIM_CONTROL_TOKEN, and --control-token-file or ABMSIM_CONTROL_TOKEN_FILE")),
            (Some(token), None) => Ok(Some(token.clone())),
            (None, Some(path)) => {
                let text = std::fs::read_to_string(path);
                let text = text.map_err(|error| unreadable("the control token", path, &error))?;
                match text.trim() {
                    "" => {
                        let message = format!("{} is empty; it should hold the control token", path.display());
                        Err(Failure::new(Exit::Configuration, message))
                    }
                    token => Ok(Some(Secret::new(token))),
                }
            }
            (None, None) => Ok(None),
        }
    }
}

fn unreadable(what: &str, path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(Exit::Configuration, format!("cannot read {what} from {}: {error}", path.display()))
}

/// A variable of the environment that is not empty.
pub(super) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// What `url` says; or else the first of the variables `listening` with which `serve` was started (a container's health check has nothing
/// else); or else the default.
fn origin(url: Option<&str>, listening: &[&str], variable: impl Fn(&str) -> Option<String>) -> Result<Origin, Failure> {
    if let Some(url) = url {
        return url.parse().map_err(|error| Failure::usage(format!("--url (ABMSIM_URL): {error}")));
    }
    let listening = listening.iter().find_map(|name| variable(name));
    let address = listening.and_then(|list| listen::address(list.split(',').next()?.trim()).ok());
    match address.filter(|address| address.port() != 0) {
        Some(address) => Ok(reachable(address)),
        None => Ok(DEFAULT_URL.parse().expect("the default is a base URL")),
    }
}

/// Where to ask for somebody who listens on `address`.
fn reachable(address: SocketAddr) -> Origin {
    let host = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.to_string(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.to_string(),
        ip => ip.to_string(),
    };
    let port = Some(address.port()).filter(|port| *port != Scheme::Https.default_port());
    Origin { scheme: Scheme::Https, host, port }
}

/// The same port in plain text, which it speaks too: what needs no CA.
pub(super) fn in_plain_text(origin: &Origin) -> Origin {
    let port = origin.port.unwrap_or(origin.scheme.default_port());
    let port = Some(port).filter(|port| *port != Scheme::Http.default_port());
    Origin { scheme: Scheme::Http, host: origin.host.clone(), port }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn derived(url: Option<&str>, variables: &[(&str, &str)]) -> String {
        let look_up =
            |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        let listening = ["ABMSIM_CONTROL_LISTEN", "ABMSIM_LISTEN"];
        origin(url, &listening, look_up).map_or_else(|failure| failure.message, |origin| origin.to_string())
    }

    #[test]
    fn the_url_is_what_was_said_or_where_serve_was_told_to_listen() {
        assert_eq!(derived(None, &[]), "https://127.0.0.1:8443");
        assert_eq!(derived(None, &[("ABMSIM_LISTEN", "0.0.0.0:9000")]), "https://127.0.0.1:9000");
        assert_eq!(derived(None, &[("ABMSIM_LISTEN", "[::]:443")]), "https://[::1]");
        assert_eq!(derived(None, &[("ABMSIM_LISTEN", "192.0.2.7:8443, 127.0.0.1:1")]), "https://192.0.2.7:8443");
        let both = [("ABMSIM_LISTEN", "0.0.0.0:8443"), ("ABMSIM_CONTROL_LISTEN", "127.0.0.1:9443")];
        assert_eq!(derived(None, &both), "https://127.0.0.1:9443");
        assert_eq!(derived(Some("http://abm.test:80/"), &both), "http://abm.test");
    }

    #[test]
    fn a_port_that_the_system_chooses_tells_nothing() {
        assert_eq!(derived(None, &[("ABMSIM_LISTEN", "127.0.0.1:0")]), "https://127.0.0.1:8443");
        assert_eq!(derived(None, &[("ABMSIM_LISTEN", "nonsense")]), "https://127.0.0.1:8443");
    }

    #[test]
    fn a_url_with_a_path_is_refused() {
        assert!(derived(Some("https://abm.test/server"), &[]).starts_with("--url (ABMSIM_URL):"));
    }

    #[test]
    fn plain_text_is_on_the_same_port() {
        for (secured, plain) in [
            ("https://127.0.0.1:8443", "http://127.0.0.1:8443"),
            ("https://abm.test", "http://abm.test:443"),
            ("http://abm.test", "http://abm.test"),
        ] {
            assert_eq!(in_plain_text(&secured.parse().unwrap()).to_string(), plain);
        }
    }
}
