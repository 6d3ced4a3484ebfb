//! `abmsim fault`: rules that make calls fail.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use http::Method;
use serde_json::{Map, Value, json};

use super::control::Control;
use super::failure::Failure;
use super::order::document;
use super::output::{Output, items};
use super::target::Target;

/// Faults: rules that make calls fail, and how often they struck
#[derive(Args, Debug)]
#[command(
    after_help = "Example: abmsim fault add --on enrollment.sync_devices --error EXPIRED_CURSOR --times 1\n         \
                  abmsim fault add - <<< '{on: \"enrollment.*\", do: {close: mid_body, delay: 2s}}'"
)]
pub(super) struct Fault {
    #[command(flatten)]
    output: Output,
    #[command(subcommand)]
    deed: Deed,
}

#[derive(Subcommand, Debug)]
enum Deed {
    /// All of them, with their hits
    List,
    /// One of them
    Show {
        /// Its id
        id: String,
    },
    /// Another one: from a file (a rule, a list of rules, a depsim script; - for standard input) or from flags
    Add(Box<Addition>),
    /// Remove one of them
    Remove {
        /// Its id
        id: String,
    },
    /// Remove all of them
    Clear,
}

#[derive(Args, Debug)]
struct Addition {
    /// The file, YAML or JSON
    #[arg(required_unless_present = "on")]
    file: Option<PathBuf>,
    #[command(flatten)]
    said: Said,
}

/// A rule in flags: what people want most; everything else goes in a file.
#[derive(Args, Debug)]
struct Said {
    /// The operation, such as enrollment.sync_devices or 'enrollment.*'; several with commas
    #[arg(long, value_name = "OPERATION", conflicts_with = "file", value_delimiter = ',')]
    on: Vec<String>,
    /// Only calls for this device; wildcards will do
    #[arg(long, conflicts_with = "file", requires = "on")]
    serial: Option<String>,
    /// Only calls of this MDM server; for Apps and Books of this location; by name or id
    #[arg(long, conflicts_with = "file", requires = "on", value_name = "NAME")]
    server: Option<String>,
    /// Only calls with this header, such as 'User-Agent: nanodep*'
    #[arg(long, conflicts_with = "file", requires = "on", value_name = "NAME: VALUE", value_parser = header)]
    header: Vec<(String, String)>,
    /// Only the so-manieth matching call, from 1
    #[arg(long, conflicts_with = "file", requires = "on", value_name = "NUMBER")]
    nth: Option<u64>,
    /// How often [default: always]
    #[arg(long, conflicts_with = "file", requires = "on")]
    times: Option<u64>,
    /// How likely each time, up to 1
    #[arg(long, conflicts_with = "file", requires = "on")]
    probability: Option<f64>,
    /// An error of the call's own catalogue, such as EXPIRED_CURSOR
    #[arg(long, conflicts_with = "file", requires = "on", value_name = "NAME")]
    error: Option<String>,
    /// A status
    #[arg(long, conflicts_with = "file", requires = "on")]
    status: Option<u16>,
    /// Retry-After: seconds or a date
    #[arg(long, conflicts_with = "file", requires = "on", value_name = "WHEN")]
    retry_after: Option<String>,
    /// A body for the status; or truncated, html, empty
    #[arg(long, conflicts_with = "file", requires = "on")]
    body: Option<String>,
    /// Let the answer wait, such as 2s
    #[arg(long, conflicts_with = "file", requires = "on", value_name = "TIME")]
    delay: Option<String>,
    /// Let the body flow slowly, such as 1KB/s
    #[arg(long, conflicts_with = "file", requires = "on", value_name = "RATE")]
    trickle: Option<String>,
    /// Close the connection: before_headers or mid_body
    #[arg(long, conflicts_with = "file", requires = "on", value_name = "WHERE")]
    close: Option<String>,
    /// repeat_cursor, new_version, stale or future
    #[arg(long, conflicts_with = "file", requires = "on")]
    quirk: Option<String>,
    /// What the devices are told, such as THROTTLED; with --serial that device
    #[arg(long, conflicts_with = "file", requires = "on", value_name = "STATUS")]
    result: Option<String>,
}

fn header(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once(':').ok_or("write NAME: VALUE")?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}

impl Said {
    fn body(&self) -> Value {
        let mut when = Map::new();
        put(&mut when, "server", &self.server);
        put(&mut when, "nth", &self.nth);
        if !self.header.is_empty() {
            let headers: Map<String, Value> =
                self.header.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
            when.insert("header".to_owned(), headers.into());
        }
        let mut effect = Map::new();
        for (key, value) in [
            ("error", &self.error),
            ("body", &self.body),
            ("retry_after", &self.retry_after),
            ("delay", &self.delay),
            ("trickle", &self.trickle),
            ("close", &self.close),
            ("quirk", &self.quirk),
        ] {
            put(&mut effect, key, value);
        }
        put(&mut effect, "status", &self.status);
        match &self.result {
            Some(status) => {
                let mut result = Map::new();
                put(&mut result, "serial", &self.serial);
                result.insert("status".to_owned(), json!(status));
                effect.insert("result".to_owned(), result.into());
            }
            None => put(&mut when, "serial", &self.serial),
        }
        let on = if let [on] = self.on.as_slice() { json!(on) } else { json!(self.on) };
        let mut rule = Map::new();
        rule.insert("on".to_owned(), on);
        if !when.is_empty() {
            rule.insert("when".to_owned(), when.into());
        }
        put(&mut rule, "times", &self.times);
        put(&mut rule, "probability", &self.probability);
        rule.insert("do".to_owned(), effect.into());
        rule.into()
    }
}

/// Puts what was said into `map`.
pub(super) fn put(map: &mut Map<String, Value>, key: &str, value: &Option<impl serde::Serialize>) {
    map.extend(value.as_ref().map(|value| (key.to_owned(), json!(value))));
}

impl Fault {
    pub(super) fn run(self, target: &Target) -> Result<(), Failure> {
        let control = Control::new(target)?;
        let path = control.path(&["faults"])?;
        match &self.deed {
            Deed::List => self.list(&control.get(&path)?),
            Deed::Show { id } => self.output.item(&control.get(&control.path(&["faults", id])?)?),
            Deed::Add(addition) => {
                let added = match &addition.file {
                    Some(file) => control.send_document(&path, document(file)?),
                    None => control.send(Method::POST, &path, &addition.said.body()),
                }?;
                if added.get("items").is_some() { self.list(&added) } else { self.output.item(&added) }
            }
            Deed::Remove { id } => control.delete(&control.path(&["faults", id])?).map(|_| ()),
            Deed::Clear => control.delete(&path).map(|_| ()),
        }
    }

    /// Prints rules; in a table what they do is written in JSON.
    fn list(&self, list: &Value) -> Result<(), Failure> {
        let mut list = list.clone();
        if self.output.format == super::output::Format::Table {
            let flat = items(&list).iter().map(|rule| {
                let mut rule = rule.clone();
                for key in ["on", "when", "do"] {
                    if let Some(value) = rule.get_mut(key).filter(|value| !value.is_string()) {
                        *value = Value::String(value.to_string());
                    }
                }
                rule
            });
            list = json!({ "items": flat.collect::<Vec<_>>() });
        }
        self.output.list(&list, &["id", "on", "when", "times", "probability", "do", "hits", "calls"])
    }
}

#[cfg(test)]
mod tests {
    use clap::FromArgMatches;

    use super::*;

    fn added(words: &[&str]) -> Result<Addition, clap::Error> {
        let words = ["abmsim", "fault", "add"].iter().chain(words);
        let matches = crate::cli::command().try_get_matches_from(words)?;
        match Fault::from_arg_matches(matches.subcommand_matches("fault").unwrap())?.deed {
            Deed::Add(addition) => Ok(*addition),
            _ => panic!("it is `add`"),
        }
    }

    #[test]
    fn flags_make_a_rule() {
        let words = ["--on", "enrollment.sync_devices", "--error", "EXPIRED_CURSOR", "--times", "1"];
        let wanted = json!({"on": "enrollment.sync_devices", "times": 1, "do": {"error": "EXPIRED_CURSOR"}});
        assert_eq!(added(&words).unwrap().said.body(), wanted);
        let words =
            ["--on", "enrollment.*", "--header", "User-Agent: nanodep*", "--status", "503", "--retry-after", "30"];
        let wanted = json!({"on": "enrollment.*", "when": {"header": {"User-Agent": "nanodep*"}},
            "do": {"retry_after": "30", "status": 503}});
        assert_eq!(added(&words).unwrap().said.body(), wanted);
        let words = ["--on", "enrollment.assign_profile", "--serial", "C02A", "--result", "THROTTLED"];
        let wanted =
            json!({"on": "enrollment.assign_profile", "do": {"result": {"serial": "C02A", "status": "THROTTLED"}}});
        assert_eq!(added(&words).unwrap().said.body(), wanted);
    }

    #[test]
    fn every_flag_makes_a_rule_that_is_one() {
        for words in [
            ["--close", "mid_body"],
            ["--delay", "2s"],
            ["--trickle", "1KB/s"],
            ["--body", "truncated"],
            ["--quirk", "repeat_cursor"],
            ["--error", "INVALID_CURSOR"],
            ["--status", "502"],
        ] {
            let flags: Vec<&str> = ["--on", "enrollment.fetch_devices"].into_iter().chain(words).collect();
            crate::faults::read(&added(&flags).unwrap().said.body()).unwrap_or_else(|wrong| panic!("{wrong:?}"));
        }
    }

    #[test]
    fn a_file_or_flags_and_not_both() {
        assert_eq!(added(&["-"]).unwrap().file, Some("-".into()));
        assert!(added(&[]).is_err());
        assert!(added(&["rule.yaml", "--on", "enrollment.account"]).is_err());
        assert!(added(&["--error", "EXPIRED_CURSOR"]).is_err());
    }
}
