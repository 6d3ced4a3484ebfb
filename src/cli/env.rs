//! `abmsim env`: what clients need in their environment.

use std::fmt::Write as _;
use std::path::Path;

use clap::{Args, ValueEnum};
use serde_json::{Map, Value};

use super::clients::{self, Client, Line};
use super::failure::Failure;
use super::target::{Target, in_plain_text};
use super::{output, shell};
use crate::http::Origin;

/// Variables that point a client here
#[derive(Args, Debug)]
#[command(after_help = "Example: eval \"$(abmsim env --client zentral)\"\n\
    Known clients: abcli, commandment, fleet, micromdm, nanodep, petarov, zentral; `proxy` for any that takes one.")]
pub(super) struct Env {
    /// A client, for what it needs besides
    #[arg(long, value_name = "NAME")]
    client: Option<String>,
    /// How to print: sh, env or json
    #[arg(
        short,
        long = "output",
        value_name = "FORMAT",
        value_enum,
        default_value = "sh",
        hide_possible_values = true
    )]
    output: Form,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    /// export NAME='value', to be evaluated by a shell
    #[value(alias = "table")]
    Sh,
    /// NAME=value, for an environment file
    Env,
    /// One JSON object
    Json,
}

/// What the lines' placeholders stand for.
struct Here {
    base: String,
    proxy: String,
    ca: String,
    org: Option<String>,
}

impl Env {
    pub(super) fn run(self, target: &Target) -> Result<(), Failure> {
        let client = self.client.as_deref().map(clients::find).transpose().map_err(Failure::usage)?;
        let here = Here::of(&target.apple()?, target);
        if !Path::new(&here.ca).exists() {
            output::note(&format!(
                "hint: {} does not exist yet: start the simulator, or fetch the CA: `abmsim ca`",
                here.ca
            ));
        }
        output::data(&here.render(client, self.output))
    }
}

/// The lines that every client of a simulator at `url` needs.
pub(super) fn exports(url: &str, target: &Target) -> String {
    url.parse().map_or_else(|_| String::new(), |origin| Here::of(&origin, target).render(None, Form::Sh))
}

/// The variables that `client` needs to come to `origin`.
pub(super) fn needed(origin: &Origin, target: &Target, client: Option<&Client>) -> Vec<(&'static str, String)> {
    Here::of(origin, target).variables(client)
}

impl Here {
    fn of(origin: &Origin, target: &Target) -> Self {
        let path = target.ca_path();
        let path = std::path::absolute(&path).unwrap_or(path);
        Self {
            base: origin.to_string(),
            proxy: in_plain_text(origin).to_string(),
            ca: path.display().to_string(),
            org: target.org.clone(),
        }
    }

    fn render(&self, client: Option<&Client>, form: Form) -> String {
        let variables = self.variables(client);
        match form {
            Form::Json => {
                let object: Map<String, Value> =
                    variables.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
                format!("{:#}\n", Value::Object(object))
            }
            Form::Env => variables.iter().map(|(name, value)| format!("{name}={}\n", shell::quoted(value))).collect(),
            Form::Sh => self.script(client),
        }
    }

    fn script(&self, client: Option<&Client>) -> String {
        let mut script =
            String::from("# Where abmsim is, and the CA to trust: for Go and OpenSSL, Python requests, curl, Node\n");
        for (name, value) in self.variables(None) {
            let _ = writeln!(script, "export {name}={}", shell::always_quoted(&value));
        }
        for line in client.iter().flat_map(|client| client.lines) {
            let _ = match line {
                Line::Comment(text) => writeln!(script, "# {text}"),
                Line::Export(name, value) => {
                    writeln!(script, "export {name}={}", shell::always_quoted(&self.filled(value)))
                }
                Line::ByHand(text) => writeln!(script, "#   {}", self.filled(text)),
            };
        }
        script
    }

    fn variables(&self, client: Option<&Client>) -> Vec<(&'static str, String)> {
        let mut variables = vec![("ABMSIM_URL", self.base.clone()), ("ABMSIM_CA", self.ca.clone())];
        variables.extend(self.org.clone().map(|org| ("ABMSIM_ORG", org)));
        for name in ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"] {
            variables.push((name, self.ca.clone()));
        }
        for line in client.iter().flat_map(|client| client.lines) {
            if let Line::Export(name, value) = line {
                variables.push((name, self.filled(value)));
            }
        }
        variables
    }

    fn filled(&self, text: &str) -> String {
        text.replace("{base}", &self.base).replace("{proxy}", &self.proxy).replace("{ca}", &self.ca)
    }
}

#[cfg(test)]
mod tests {
    use super::clients::CLIENTS;
    use super::*;

    fn here() -> Here {
        Here {
            base: "https://127.0.0.1:8443".into(),
            proxy: "http://127.0.0.1:8443".into(),
            ca: "/home/it's me/certs/ca.pem".into(),
            org: None,
        }
    }

    /// What `name` is after a shell has evaluated `script`.
    fn evaluated(script: &str, name: &str) -> String {
        let script = format!("{script}printf %s \"${name}\"");
        let told = std::process::Command::new("sh").args(["-euc", &script]).env_clear().output().unwrap();
        assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
        String::from_utf8(told.stdout).unwrap()
    }

    #[test]
    fn a_shell_can_evaluate_what_every_client_gets() {
        for client in &CLIENTS {
            let script = here().render(Some(client), Form::Sh);
            for name in ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"] {
                assert_eq!(evaluated(&script, name), "/home/it's me/certs/ca.pem", "{}", client.name);
            }
            assert_eq!(evaluated(&script, "ABMSIM_URL"), "https://127.0.0.1:8443");
            assert!(client.lines.len() >= 2 && matches!(client.lines[0], Line::Comment(_)), "{}", client.name);
        }
    }

    #[test]
    fn known_clients_get_what_they_read() {
        let script = |name| here().render(Some(clients::find(name).unwrap()), Form::Sh);
        assert_eq!(evaluated(&script("zentral"), "HTTPS_PROXY"), "http://127.0.0.1:8443");
        assert_eq!(evaluated(&script("fleet"), "FLEET_DEV_VPP_URL"), "https://127.0.0.1:8443/mdm/v2");
        let apps = evaluated(&script("fleet"), "FLEET_DEV_STOKEN_AUTHENTICATED_APPS_URL");
        assert!(apps.starts_with("https://127.0.0.1:8443/v1/catalog/us/stoken-authenticated-apps?platform=iphone&"));
        let secret = evaluated(&script("fleet"), "FLEET_DEV_VPP_PROXY_AUTH_URL");
        assert_eq!(secret, "https://127.0.0.1:8443/api/vpp/v1/auth");
        assert_eq!(evaluated(&script("abcli"), "AB_VPP_BASE"), "https://127.0.0.1:8443/mdm/v2");
        assert_eq!(evaluated(&script("micromdm"), "MICROMDM_DEPSIM_URL"), "https://127.0.0.1:8443");
        assert!(
            script("nanodep").contains(r#"-d '{"base_url":"https://127.0.0.1:8443"}' $BASE_URL/v1/config/$DEP_NAME"#)
        );
        assert!(script("Fleet").contains("SET config_base_url = 'https://127.0.0.1:8443'"));
    }

    #[test]
    fn the_other_forms_hold_the_variables_alone() {
        let json: Value = serde_json::from_str(&here().render(clients::find("zentral").ok(), Form::Json)).unwrap();
        assert_eq!(json["HTTPS_PROXY"], "http://127.0.0.1:8443");
        let env = Here { ca: "/certs/ca.pem".into(), ..here() }.render(None, Form::Env);
        assert!(
            env.starts_with("ABMSIM_URL=https://127.0.0.1:8443\n")
                && env.ends_with("NODE_EXTRA_CA_CERTS=/certs/ca.pem\n")
        );
    }

    #[test]
    fn a_mistyped_client_is_guessed() {
        let why = clients::find("zentrl").err().unwrap();
        assert!(
            why.starts_with("there is no client `zentrl` (did you mean zentral?); known are abcli, commandment,"),
            "{why}"
        );
    }
}
