//! `abmsim curl`: signs a request as an MDM would, and has curl make it.

use std::io::IsTerminal as _;
use std::process::Command;

use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use bytes::Bytes;
use clap::{Args, ValueEnum};
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, USER_AGENT};
use http::{Method, StatusCode};
use serde_json::Value;

use super::control::{Control, below};
use super::curl_options::CurlOptions;
use super::failure::{Exit, Failure};
use super::target::Target;
use super::{curl_apps, output, shell};
use crate::clock::wall;
use crate::nearest::nearest;
use crate::pki::{ServerToken, oauth1};
use crate::secret::Secret;

const AGENT: &str = concat!("abmsim-curl/", env!("CARGO_PKG_VERSION"));
const SESSION: &str = "X-ADM-Auth-Session";
const PROTOCOL: &str = "X-Server-Protocol-Version";
/// The protocol version that is spoken where nobody says another.
const PROTOCOL_VERSION: &str = "10";
const JSON: &str = "application/json;charset=UTF8";

/// Ask one of Apple's services, signed, with curl
#[derive(Args, Debug)]
#[command(override_usage = "abmsim curl [OPTIONS] <SERVICE> <PATH> [CURL OPTIONS]…")]
#[command(after_help = "Example: abmsim curl enrollment /server/devices -d '{\"limit\": 5}'\n\
    Your curl options win: -H 'X-Server-Protocol-Version: 3' is sent instead of ours.")]
pub(super) struct Curl {
    /// Which service: enrollment or apps
    #[arg(value_enum, hide_possible_values = true)]
    service: Service,
    /// The path, such as /account
    path: String,
    /// Whatever else curl shall be told
    #[arg(allow_hyphen_values = true, value_name = "CURL OPTIONS")]
    options: Vec<String>,
    /// The MDM server to be [default: the first]
    #[arg(long, value_name = "NAME")]
    server: Option<String>,
    /// The location whose content token to show [default: the first]
    #[arg(long, value_name = "NAME")]
    location: Option<String>,
    /// Print the command line instead of running it
    #[arg(long)]
    print: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Service {
    /// Device enrolment
    Enrollment,
    /// Apps and Books, both versions
    Apps,
    #[value(hide = true)]
    Business,
}

impl Curl {
    pub(super) fn run(self, target: &Target) -> Result<(), Failure> {
        if self.service == Service::Business {
            return Err(absent("business"));
        }
        let control = Control::new(target)?;
        let bundle = control.get(&below(control.organization()?, &[]))?;
        let (url, credential) = match self.service {
            Service::Apps => curl_apps::request(&bundle, &self.path, self.location.as_deref())?,
            Service::Enrollment | Service::Business => self.sign_in(&control, &bundle)?,
        };
        let ca = url.starts_with("https:").then(|| target.ca_path().display().to_string());
        let words = command_line(&url, ca.as_deref(), &credential, &self.options);
        if self.print {
            let quoted: Vec<String> = words.iter().map(|word| shell::quoted(word)).collect();
            return output::data(&format!("curl {}\n", quoted.join(" ")));
        }
        replace_by_curl(&words)
    }

    /// Opens a session of device enrolment.
    fn sign_in(&self, control: &Control, bundle: &Value) -> Result<(String, Credential), Failure> {
        let server = chosen(bundle, &SERVERS, self.server.as_deref())?;
        let token = server_token(server).ok_or_else(|| {
            let name = server["name"].as_str().unwrap_or_default();
            Failure::failed(format!("the MDM server `{name}` has no server token"))
                .hint(format!("make one: `abmsim token {}`", shell::quoted(name)))
        })?;
        let base = bundle["urls"]["enrollment"].as_str().map_or_else(|| control.origin().to_string(), str::to_owned);
        let base = base.trim_end_matches('/');
        let session = open_session(control, base, &token)?;
        let headers = vec![(SESSION, session), (PROTOCOL, PROTOCOL_VERSION.to_owned())];
        Ok((format!("{base}/{}", self.path.trim_start_matches('/')), Credential { headers, json: JSON }))
    }
}

/// What makes a request one of a client that Apple knows.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Credential {
    /// Names and values.
    pub(super) headers: Vec<(&'static str, String)>,
    /// The content type of bodies.
    pub(super) json: &'static str,
}

fn absent(service: &str) -> Failure {
    Failure::usage(format!(
        "`{service}` is not in this version; `abmsim curl enrollment PATH` and `abmsim curl apps PATH` are"
    ))
}

/// What a bundle has several of, of which a client is one.
pub(super) struct Several {
    /// Its key in the bundle.
    pub(super) key: &'static str,
    /// What one is called.
    pub(super) noun: &'static str,
    /// The flag that picks one.
    pub(super) flag: &'static str,
    /// How one is made.
    pub(super) add: &'static str,
}

const SERVERS: Several =
    Several { key: "servers", noun: "MDM server", flag: "--server", add: "abmsim server add NAME" };

/// The one that is meant: by name or id, or the first.
pub(super) fn chosen<'b>(bundle: &'b Value, several: &Several, wanted: Option<&str>) -> Result<&'b Value, Failure> {
    let Several { key, noun, flag, add } = several;
    let all = bundle[*key].as_array().map_or(&[][..], Vec::as_slice);
    let name = |one: &'b Value| one["name"].as_str().unwrap_or_default();
    match wanted {
        Some(wanted) => {
            let by_id = all.iter().find(|one| one["id"] == wanted);
            let found = by_id.or_else(|| all.iter().find(|one| name(one) == wanted));
            found.ok_or_else(|| {
                let names = all.iter().map(name);
                let near =
                    nearest(wanted, names.clone()).map_or(String::new(), |near| format!("; did you mean `{near}`?"));
                Failure::usage(format!("there is no {noun} `{wanted}`{near}"))
                    .hint(format!("there are: {}", names.collect::<Vec<_>>().join(", ")))
            })
        }
        None => {
            let first = all.first().ok_or_else(|| {
                Failure::failed(format!("the organisation has no {noun}")).hint(format!("make one: `{add}`"))
            })?;
            if all.len() > 1 {
                let (name, count) = (name(first), all.len());
                output::note(&format!("as the {noun} `{name}`, the first of {count}; {flag} picks another"));
            }
            Ok(first)
        }
    }
}

fn server_token(server: &Value) -> Option<ServerToken> {
    let token = server.get("token")?;
    let part = |name: &str| token.get(name)?.as_str().map(str::to_owned);
    Some(ServerToken {
        consumer_key: part("consumer_key")?,
        consumer_secret: Secret::new(part("consumer_secret")?),
        access_token: Secret::new(part("access_token")?),
        access_secret: Secret::new(part("access_secret")?),
        expires_at: part("access_token_expiry").and_then(|text| text.parse().ok()).unwrap_or_default(),
    })
}

/// Signs in. What Apple answers to somebody it refuses is printed as it came.
fn open_session(control: &Control, base: &str, token: &ServerToken) -> Result<String, Failure> {
    let url = format!("{base}/session");
    let mut nonce = [0; 16];
    // People run this by hand, perhaps twice within a second: a seeded nonce would repeat itself.
    SystemRandom::new().fill(&mut nonce).map_err(|_| Failure::failed("the system gives no random numbers"))?;
    let nonce: String = nonce.iter().map(|byte| format!("{byte:02x}")).collect();
    let signed = oauth1::authorize("GET", &url, token, wall(), &nonce);
    let signed = signed.map_err(|error| Failure::failed(error.to_string()))?;
    let mut headers = HeaderMap::new();
    headers.insert(AUTHORIZATION, HeaderValue::try_from(signed).expect("a signature is percent-encoded ASCII"));
    headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(JSON));
    headers.insert("x-server-protocol-version", HeaderValue::from_static(PROTOCOL_VERSION));
    let answer = control.fetch(&url, Method::GET, headers, Bytes::new())?;
    let body: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
    match body["auth_session_token"].as_str() {
        Some(session) if answer.status() == StatusCode::OK => Ok(session.to_owned()),
        _ => {
            output::bytes(answer.body())?;
            if std::io::stdout().is_terminal() && !answer.body().ends_with(b"\n") {
                output::data("\n")?;
            }
            output::note(&format!("HTTP {}", answer.status().as_u16()));
            Err(Failure::told(Exit::Failed))
        }
    }
}

/// curl's words: what we add, without what the user's `options` say otherwise, then those.
fn command_line(url: &str, ca: Option<&str>, credential: &Credential, options: &[String]) -> Vec<String> {
    let theirs = CurlOptions::read(options);
    let mut words: Vec<String> = ["--silent", "--show-error"].map(str::to_owned).into();
    let mut add = |flag: &str, value: &str| words.extend([flag.to_owned(), value.to_owned()]);
    if let Some(ca) = ca {
        add("--cacert", ca);
    }
    let kind = theirs.has_body.then_some(("Content-Type", credential.json));
    let ours = credential.headers.iter().map(|(name, value)| (*name, value.as_str()));
    for (name, value) in ours.chain([("User-Agent", AGENT)]).chain(kind).filter(|(name, _)| !theirs.sets(name)) {
        add("--header", &format!("{name}: {value}"));
    }
    words.extend_from_slice(options);
    words.extend(["--url".to_owned(), url.to_owned()]);
    words
}

#[cfg(unix)]
fn replace_by_curl(words: &[String]) -> Result<(), Failure> {
    use std::os::unix::process::CommandExt as _;
    Err(no_curl(&Command::new("curl").args(words).exec()))
}

#[cfg(not(unix))]
fn replace_by_curl(words: &[String]) -> Result<(), Failure> {
    let status = Command::new("curl").args(words).status().map_err(|error| no_curl(&error))?;
    if status.success() { Ok(()) } else { Err(Failure::told(Exit::Failed)) }
}

fn no_curl(error: &std::io::Error) -> Failure {
    let failure = Failure::failed(format!("the program `curl` cannot be run: {error}"));
    failure.hint("install curl, or print the command line with --print and run it elsewhere")
}

#[cfg(test)]
mod tests {
    use clap::FromArgMatches;
    use serde_json::json;

    use super::*;

    fn parsed(words: &[&str]) -> Curl {
        let command = crate::cli::command();
        let words = ["abmsim", "curl"].iter().chain(words).map(Into::into).collect();
        let matches = command.clone().try_get_matches_from(crate::cli::arguments::in_order(words, &command)).unwrap();
        Curl::from_arg_matches(matches.subcommand_matches("curl").unwrap()).unwrap()
    }

    fn words(options: &[&str]) -> String {
        let options: Vec<String> = options.iter().map(|word| (*word).to_owned()).collect();
        let headers = vec![(SESSION, "S1".to_owned()), (PROTOCOL, PROTOCOL_VERSION.to_owned())];
        let credential = Credential { headers, json: JSON };
        command_line("https://127.0.0.1:8443/account", Some("certs/ca.pem"), &credential, &options).join("|")
    }

    #[test]
    fn our_flags_are_found_before_and_after_curls() {
        let curl =
            parsed(&["enrollment", "/account", "-i", "--server", "Mac Fleet", "-d", "{}", "--print", "-sH", "X-A: 1"]);
        assert_eq!(curl.server.as_deref(), Some("Mac Fleet"));
        assert!(curl.print);
        assert_eq!(curl.options, ["-i", "-d", "{}", "-sH", "X-A: 1"]);
        assert_eq!(parsed(&["--server", "x", "enrollment", "account"]).path, "account");
    }

    #[test]
    fn a_plain_request_is_a_protocol_10_client() {
        let wanted = concat!(
            "--silent|--show-error|--cacert|certs/ca.pem|--header|X-ADM-Auth-Session: S1|--header|X-Server-Protocol-Version: 10|",
            "--header|User-Agent: abmsim-curl/0.1.0|--url|https://127.0.0.1:8443/account"
        );
        assert_eq!(words(&[]), wanted);
    }

    #[test]
    fn the_users_options_win() {
        let told = words(&["-H", "x-server-protocol-version: 3", "-A", "mine", "-d", "{}"]);
        assert!(!told.contains("Version: 10") && !told.contains("abmsim-curl"), "{told}");
        assert!(told.contains("Content-Type: application/json;charset=UTF8"));
        assert!(!words(&["-d", "{}", "-H", "Content-Type: text/plain"]).contains("UTF8"));
    }

    #[test]
    fn the_server_is_chosen_by_name_or_id() {
        let bundle = json!({"servers": [{"id": "S1", "name": "Primary MDM"}, {"id": "S2", "name": "Mac Fleet"}]});
        assert_eq!(chosen(&bundle, &SERVERS, Some("S2")).unwrap()["name"], "Mac Fleet");
        assert_eq!(chosen(&bundle, &SERVERS, Some("Primary MDM")).unwrap()["id"], "S1");
        assert_eq!(chosen(&bundle, &SERVERS, None).unwrap()["id"], "S1");
        let failure = chosen(&bundle, &SERVERS, Some("Mac Flet")).unwrap_err();
        assert_eq!(failure.message, "there is no MDM server `Mac Flet`; did you mean `Mac Fleet`?");
    }
}
