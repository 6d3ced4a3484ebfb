//! `abmsim server`: the MDM servers ("device management services") of an organisation.

use std::path::PathBuf;

use clap::builder::BoolishValueParser;
use clap::{ArgAction, Args, Subcommand};
use http::Method;
use serde_json::{Map, Value};

use super::certificate;
use super::control::Control;
use super::failure::Failure;
use super::output::{Output, note};
use super::target::Target;
use super::token::Token;

/// MDM servers: list, add, change, give tokens
#[derive(Args, Debug)]
#[command(after_help = "Example: abmsim server set 'Mac Fleet' --allow-release no --default-for Mac")]
pub(super) struct Server {
    #[command(subcommand)]
    deed: Deed,
}

#[derive(Subcommand, Debug)]
enum Deed {
    /// All of them
    List {
        #[command(flatten)]
        output: Output,
    },
    /// One of them
    Show {
        /// The MDM server, by name or id
        server: String,
        #[command(flatten)]
        output: Output,
    },
    /// Another one
    Add {
        /// Its name
        name: String,
        #[command(flatten)]
        traits: Traits,
        #[command(flatten)]
        output: Output,
    },
    /// Change it
    Set {
        /// The MDM server, by name or id
        server: String,
        /// Another name
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        traits: Traits,
        #[command(flatten)]
        output: Output,
    },
    /// A new server token; the same as `abmsim token`
    Token(Token),
    /// Kill its server token
    Revoke {
        /// The MDM server, by name or id
        server: String,
    },
}

/// What can be said of a server, old or new.
#[derive(Args, Debug)]
struct Traits {
    /// Whether it may release (disown) devices
    #[arg(long, value_name = "yes|no", action = ArgAction::Set, value_parser = BoolishValueParser::new(), hide_possible_values = true)]
    allow_release: Option<bool>,
    /// Whether it may come in at all
    #[arg(long, value_name = "yes|no", action = ArgAction::Set, value_parser = BoolishValueParser::new(), hide_possible_values = true)]
    access: Option<bool>,
    /// Families whose new devices come here by themselves: iPhone,iPad,… or none
    #[arg(long, value_name = "FAMILIES", value_delimiter = ',')]
    default_for: Option<Vec<String>>,
    /// Its certificate (PEM or DER), to which its tokens are sealed
    #[arg(long, value_name = "FILE")]
    certificate: Option<PathBuf>,
    /// The account that gets its tokens
    #[arg(long, value_name = "ACCOUNT")]
    admin: Option<String>,
}

impl Traits {
    fn body(&self, name: Option<String>) -> Result<Map<String, Value>, Failure> {
        let mut body = Map::new();
        let mut put = |name: &str, value: Option<Value>| body.extend(value.map(|value| (name.to_owned(), value)));
        put("name", name.map(Value::from));
        put("admin", self.admin.clone().map(Value::from));
        put("allow_release", self.allow_release.map(Value::from));
        put("access", self.access.map(Value::from));
        put(
            "default_for",
            self.default_for.as_ref().map(|families| {
                let named = families.iter().filter(|family| !family.is_empty() && !family.eq_ignore_ascii_case("none"));
                named.cloned().collect::<Vec<_>>().into()
            }),
        );
        put("certificate", self.certificate.as_deref().map(certificate::read).transpose()?.map(Value::from));
        Ok(body)
    }
}

impl Server {
    pub(super) fn run(self, target: &Target) -> Result<(), Failure> {
        match self.deed {
            Deed::List { output } => {
                let control = Control::new(target)?;
                let servers = control.get(&control.path(&["servers"])?)?;
                output.list(&servers, &["id", "name", "devices", "default_for", "allow_release", "access"])
            }
            Deed::Show { server, output } => {
                let control = Control::new(target)?;
                output.item(&control.get(&control.path(&["servers", &server])?)?)
            }
            Deed::Add { name, traits, output } => {
                let body = traits.body(Some(name.clone()))?;
                let control = Control::new(target)?;
                let added = control.send(Method::POST, &control.path(&["servers"])?, &body.into())?;
                output.item(&added)
            }
            Deed::Set { server, name, traits, output } => {
                let body = traits.body(name)?;
                if body.is_empty() {
                    return Err(Failure::usage("nothing to change is said")
                        .hint("say --name, --allow-release, --access, --default-for, --certificate or --admin"));
                }
                let control = Control::new(target)?;
                output.item(&control.send(Method::PATCH, &control.path(&["servers", &server])?, &body.into())?)
            }
            Deed::Token(token) => token.run(target),
            Deed::Revoke { server } => {
                let control = Control::new(target)?;
                control.delete(&control.path(&["servers", &server, "token"])?)?;
                note(&format!("the server token of `{server}` is dead"));
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::FromArgMatches;
    use serde_json::json;

    use super::*;

    fn change(words: &[&str]) -> Result<Value, String> {
        let words = ["abmsim", "server", "set", "Mac Fleet"].iter().chain(words);
        let matches = crate::cli::command().try_get_matches_from(words).map_err(|error| error.to_string())?;
        let server = Server::from_arg_matches(matches.subcommand_matches("server").unwrap()).unwrap();
        let Deed::Set { name, traits, .. } = server.deed else { panic!("it is `set`") };
        traits.body(name).map(Value::from).map_err(|failure| failure.message)
    }

    #[test]
    fn only_what_is_said_is_changed() {
        assert_eq!(change(&["--allow-release", "no"]), Ok(json!({"allow_release": false})));
        let wanted = json!({"name": "Macs", "access": true, "default_for": ["Mac", "AppleTV"]});
        assert_eq!(change(&["--default-for", "Mac,AppleTV", "--access", "true", "--name", "Macs"]), Ok(wanted));
        assert_eq!(change(&["--default-for", "none"]), Ok(json!({"default_for": []})));
        assert_eq!(change(&[]), Ok(json!({})));
        assert!(change(&["--access", "maybe"]).is_err());
    }
}
