//! `abmsim doctor`: why a client does not get here, or not far.

use clap::Args;
use http::Method;
use serde_json::{Value, json};

use super::clients::{self, Client};
use super::control::{Control, Request};
use super::env::needed;
use super::failure::{Exit, Failure};
use super::output::{Format, Output, items};
use super::target::{Target, variable};
use super::{output, table};
use crate::clock::{Timestamp, wall};
use crate::pki::APPLE_HOSTS;

/// Why a client does not get here: variables, CA, tokens, terms, faults
#[derive(Args, Debug)]
#[command(
    after_help = "Example: abmsim doctor --client zentral    (run it where the client runs, with its variables)\n\
    Exit code 6 where something is wrong."
)]
pub(super) struct Doctor {
    #[command(flatten)]
    output: Output,
    /// The client that should come here: `abmsim env -h` lists those that are known
    #[arg(long, value_name = "NAME")]
    client: Option<String>,
}

/// How something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Ok,
    /// It may be meant so.
    Odd,
    Wrong,
}

/// What was found.
#[derive(Debug, PartialEq, Eq)]
struct Finding {
    what: &'static str,
    state: State,
    told: String,
    hint: Option<String>,
}

fn finding(what: &'static str, state: State, told: impl Into<String>) -> Finding {
    Finding { what, state, told: told.into(), hint: None }
}

impl Finding {
    fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    fn shown(&self) -> Value {
        let state = match self.state {
            State::Ok => "ok",
            State::Odd => "odd",
            State::Wrong => "wrong",
        };
        json!({"check": self.what, "state": state, "found": self.told, "hint": self.hint})
    }
}

impl Doctor {
    pub(super) fn run(self, target: &Target) -> Result<(), Failure> {
        let client = self.client.as_deref().map(clients::find).transpose().map_err(Failure::usage)?;
        let control = Control::new(target)?;
        let mut findings = vec![authority(&control, target)?];
        findings.extend(variables(&needed(&target.apple()?, target, client), client, variable));
        let organization = control.get(&control.path(&[])?)?;
        findings.extend(credentials(&organization, client, wall()));
        findings.push(terms(&control.get(&control.path(&["terms"])?)?));
        findings.push(faults(&control.get(&control.path(&["faults"])?)?));
        let came = control.get(&format!("{}?limit=20", control.path(&["journal"])?))?;
        findings.push(exchanges(&came, &control.get("/_sim/journal?limit=20")?));
        self.print(&findings)?;
        match findings.iter().filter(|finding| finding.state == State::Wrong).count() {
            0 => Ok(()),
            _ => Err(Failure::told(Exit::Verification)),
        }
    }

    fn print(&self, findings: &[Finding]) -> Result<(), Failure> {
        let list: Vec<Value> = findings.iter().map(Finding::shown).collect();
        if self.output.format != Format::Table {
            return self.output.list(&json!({ "items": list }), &[]);
        }
        output::data(&table::list(&list, &["check", "state", "found"]))?;
        for finding in findings.iter().filter(|finding| finding.state != State::Ok) {
            if let Some(hint) = &finding.hint {
                output::note(&format!("{}: {hint}", finding.what));
            }
        }
        Ok(())
    }
}

/// Whether the CA that clients are told to trust is the simulator's.
fn authority(control: &Control, target: &Target) -> Result<Finding, Failure> {
    let request = Request { method: Method::GET, path: "/_sim/ca.pem", accept: "application/x-pem-file", body: None };
    let served = control.ask(request)?.into_body();
    let path = target.ca_path();
    let fetch = || format!("fetch it: `abmsim ca > {}`", path.display());
    Ok(match std::fs::read(&path) {
        Ok(kept) if kept.trim_ascii() == served.trim_ascii() => {
            finding("ca", State::Ok, format!("{} is the simulator's CA, at {}", path.display(), control.origin()))
        }
        Ok(_) => {
            finding("ca", State::Wrong, format!("{} is another CA than the simulator's", path.display())).hint(fetch())
        }
        Err(error) => finding("ca", State::Wrong, format!("{} cannot be read: {error}", path.display())).hint(fetch()),
    })
}

/// Those with which one or another kind of program finds its CA: one will do.
const AUTHORITIES: [&str; 4] = ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"];

/// Whether the environment has what the client needs.
fn variables(
    needed: &[(&'static str, String)],
    client: Option<&Client>,
    variable: impl Fn(&str) -> Option<String>,
) -> Vec<Finding> {
    let evaluate = match client {
        Some(client) => format!("eval \"$(abmsim env --client {})\"", client.name),
        None => "eval \"$(abmsim env)\"".to_owned(),
    };
    let of_authority = |(name, _): &&(&'static str, String)| AUTHORITIES.contains(name);
    let trusts = needed.iter().filter(of_authority).any(|(name, value)| variable(name).as_ref() == Some(value));
    let mut findings = vec![match trusts {
        true => finding("trust", State::Ok, "a variable names the simulator's CA"),
        false => finding("trust", State::Odd, format!("none of {} names the simulator's CA", AUTHORITIES.join(", ")))
            .hint(format!("where the client does not trust the CA otherwise: {evaluate}")),
    }];
    let own = needed.iter().filter(|(name, _)| !AUTHORITIES.contains(name) && !name.starts_with("ABMSIM_"));
    let mut goes_by_proxy = false;
    for (name, value) in own {
        goes_by_proxy |= *name == "HTTPS_PROXY";
        // Programs mind either spelling.
        let found = variable(name).or_else(|| variable(&name.to_lowercase()));
        findings.push(match found {
            Some(found) if found.trim_end_matches('/') == value => {
                finding("variable", State::Ok, format!("{name} leads here"))
            }
            Some(found) => {
                finding("variable", State::Wrong, format!("{name} is {found}, and not {value}")).hint(&*evaluate)
            }
            None => finding("variable", State::Wrong, format!("{name} is not set")).hint(&*evaluate),
        });
    }
    let around = ["NO_PROXY", "no_proxy"].into_iter().find_map(|name| Some((name, variable(name)?)));
    if let Some((name, list)) = around.filter(|(_, list)| goes_by_proxy && leads_around(list)) {
        let told = format!("{name} is {list}: requests to Apple's hosts do not take the proxy");
        findings.push(finding("variable", State::Wrong, told).hint(format!("unset {name}, or take Apple's hosts out")));
    }
    findings
}

/// Whether a list of hosts that take no proxy has one of Apple's.
fn leads_around(list: &str) -> bool {
    let mut names = list.split(',').map(|name| name.trim().trim_start_matches("*.").trim_start_matches('.'));
    names.any(|name| {
        let has = |host: &&str| *host == name || host.strip_suffix(name).is_some_and(|rest| rest.ends_with('.'));
        name == "*" || !name.is_empty() && APPLE_HOSTS.iter().any(has)
    })
}

/// Whether each server and each location has a token that lives, also by the clock on the wall, which some clients go by.
fn credentials(organization: &Value, client: Option<&Client>, now: Timestamp) -> Vec<Finding> {
    let minds_the_wall = client.is_none_or(|client| ["zentral", "commandment"].contains(&client.name));
    let list = |key: &str| organization[key].as_array().cloned().unwrap_or_default();
    let mut findings = Vec::new();
    for server in list("servers") {
        let name = server["name"].as_str().unwrap_or_default();
        let renew = format!("abmsim token '{name}'");
        let expiry = server["token"]["access_token_expiry"].as_str();
        let is_over = expiry.and_then(|text| text.parse::<Timestamp>().ok()).is_some_and(|expiry| expiry <= now);
        findings.push(match expiry {
            None => finding("token", State::Odd, format!("the MDM server `{name}` has no server token")).hint(renew),
            Some(expiry) if is_over && minds_the_wall => {
                let told = format!("the server token of `{name}` is over by the clock on the wall: {expiry}");
                finding("token", State::Odd, told)
                    .hint("Zentral and commandment go by that: let the organisation's clock begin later, or renew it")
            }
            Some(_) => finding("token", State::Ok, format!("the MDM server `{name}` has a server token")),
        });
    }
    for location in list("locations") {
        let name = location["name"].as_str().unwrap_or_default();
        findings.push(match location["content_token"].is_string() {
            true => finding("token", State::Ok, format!("the location `{name}` has a content token")),
            false => finding("token", State::Odd, format!("no content token of the location `{name}` is alive"))
                .hint(format!("abmsim license token '{name}'")),
        });
    }
    findings
}

fn terms(terms: &Value) -> Finding {
    match terms["state"].as_str() {
        Some("signed") => finding("terms", State::Ok, "they are signed"),
        state => {
            let told = format!("they are {}: calls answer T_C_NOT_SIGNED", state.unwrap_or("unsigned"));
            finding("terms", State::Odd, told).hint("abmsim terms sign")
        }
    }
}

fn faults(list: &Value) -> Finding {
    match items(list).len() {
        0 => finding("faults", State::Ok, "there are none"),
        count => {
            let hits: u64 = items(list).iter().filter_map(|rule| rule["hits"].as_u64()).sum();
            finding("faults", State::Odd, format!("{count} rules are in force, and struck {hits} calls"))
                .hint("abmsim fault list")
        }
    }
}

/// What came, and what did not find an organisation.
fn exchanges(own: &Value, strays: &Value) -> Finding {
    let refusal = |entry: &Value| Some((entry["operation"].as_str()?.to_owned(), entry["why"][0].as_str()?.to_owned()));
    match (items(own).last(), items(strays).last()) {
        (Some(last), _) => match refusal(last) {
            Some((operation, why)) => finding("journal", State::Odd, format!("the last call, {operation}: {why}"))
                .hint("abmsim journal --refused"),
            None => {
                let operation = last["operation"].as_str().unwrap_or_default();
                finding("journal", State::Ok, format!("the last call, {operation}, was answered"))
            }
        },
        (None, Some(stray)) => {
            let (_, why) = refusal(stray).unwrap_or_default();
            finding("journal", State::Odd, format!("requests came that lead to no organisation: {why}"))
                .hint("abmsim journal --strays")
        }
        (None, None) => finding("journal", State::Odd, "nothing has come yet"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn states(findings: &[Finding]) -> Vec<State> {
        findings.iter().map(|finding| finding.state).collect()
    }

    #[test]
    fn variables_that_lead_elsewhere_are_named() {
        let needed = [("SSL_CERT_FILE", "/ca.pem".to_owned()), ("HTTPS_PROXY", "http://127.0.0.1:8443".to_owned())];
        let zentral = clients::find("zentral").ok();
        let with = |set: &'static [(&str, &str)]| {
            let look_up =
                |name: &str| set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
            variables(&needed, zentral, look_up)
        };
        assert_eq!(states(&with(&[])), [State::Odd, State::Wrong]);
        let right = with(&[("SSL_CERT_FILE", "/ca.pem"), ("https_proxy", "http://127.0.0.1:8443/")]);
        assert_eq!(states(&right), [State::Ok, State::Ok]);
        let around = with(&[("HTTPS_PROXY", "http://127.0.0.1:8443"), ("NO_PROXY", "localhost, .apple.com")]);
        assert_eq!(states(&around), [State::Odd, State::Ok, State::Wrong]);
        assert!(around[2].told.contains("do not take the proxy"), "{around:?}");
        let elsewhere = with(&[("HTTPS_PROXY", "http://proxy.example")]);
        assert_eq!(elsewhere[1].told, "HTTPS_PROXY is http://proxy.example, and not http://127.0.0.1:8443");
    }

    #[test]
    fn only_lists_that_name_apple_lead_around_the_proxy() {
        for (list, leads) in [
            ("*", true),
            ("mdmenrollment.apple.com", true),
            (".itunes.apple.com", true),
            ("localhost,127.0.0.1,example.com", false),
            ("snapple.com", false),
            ("", false),
        ] {
            assert_eq!(leads_around(list), leads, "{list}");
        }
    }

    #[test]
    fn a_token_that_is_over_by_the_wall_matters_to_those_who_go_by_it() {
        let organization = json!({
            "servers": [{"name": "MDM", "token": {"access_token_expiry": "2020-01-01T00:00:00Z"}}, {"name": "New"}],
            "locations": [{"name": "HQ", "content_token": null}],
        });
        let now = "2026-01-01T00:00:00Z".parse().unwrap();
        let of = |client| states(&credentials(&organization, clients::find(client).ok(), now));
        assert_eq!(of("zentral"), [State::Odd, State::Odd, State::Odd]);
        assert_eq!(of("nanodep"), [State::Ok, State::Odd, State::Odd]);
    }

    #[test]
    fn the_last_call_tells_how_far_a_client_got() {
        let none = json!({"items": []});
        let refused = json!({"items": [{"operation": "enrollment.session", "why": ["the signature is another"]}]});
        assert_eq!(exchanges(&none, &none).told, "nothing has come yet");
        assert!(exchanges(&refused, &none).told.ends_with("enrollment.session: the signature is another"));
        assert_eq!(exchanges(&none, &refused).hint.as_deref(), Some("abmsim journal --strays"));
        let well = json!({"items": [{"operation": "enrollment.account"}]});
        assert_eq!(exchanges(&well, &none).state, State::Ok);
    }
}
