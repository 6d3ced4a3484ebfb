//! `abmsim org people`: accounts with their roles.

use clap::{Args, Subcommand};
use http::Method;
use serde_json::{Map, Value, json};

use super::control::Control;
use super::failure::Failure;
use super::fault::put;
use super::output::Output;

#[derive(Subcommand, Debug)]
pub(super) enum PeopleDeed {
    /// All of them
    List,
    /// Another one
    Add {
        /// The Managed Apple Account
        account: String,
        /// The full name
        #[arg(long)]
        name: String,
        #[command(flatten)]
        rights: Rights,
    },
    /// Change somebody
    Set {
        /// The Managed Apple Account
        account: String,
        /// The full name
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        rights: Rights,
        /// Let them sign in again
        #[arg(long, conflicts_with = "deactivate")]
        activate: bool,
        /// Let them sign in no more
        #[arg(long)]
        deactivate: bool,
    },
    /// Delete somebody; the server tokens that they made die
    Delete {
        /// The Managed Apple Account
        account: String,
    },
}

/// What somebody may do.
#[derive(Args, Debug)]
pub(super) struct Rights {
    /// Roles, such as content_manager; several with commas
    #[arg(long, value_delimiter = ',')]
    roles: Option<Vec<String>>,
    /// Where the roles hold, by name or id; several with commas
    #[arg(long, value_delimiter = ',', value_name = "NAMES")]
    locations: Option<Vec<String>>,
}

impl PeopleDeed {
    pub(super) fn run(self, control: &Control, output: &Output) -> Result<(), Failure> {
        let people = control.path(&["people"])?;
        match self {
            Self::List => {
                output.list(&control.get(&people)?, &["managed_account", "name", "roles", "locations", "status"])
            }
            Self::Add { account, name, rights } => {
                let mut body = rights.body();
                body.extend([("managed_account".to_owned(), account.into()), ("name".to_owned(), name.into())]);
                output.item(&control.send(Method::POST, &people, &body.into())?)
            }
            Self::Set { account, name, rights, activate, deactivate } => {
                let mut body = rights.body();
                put(&mut body, "name", &name);
                put(&mut body, "status", &activate.then_some("active").or(deactivate.then_some("deactivated")));
                let path = control.path(&["people", &account])?;
                output.item(&control.send(Method::PATCH, &path, &body.into())?)
            }
            Self::Delete { account } => output.item(&control.delete(&control.path(&["people", &account])?)?),
        }
    }
}

impl Rights {
    fn body(self) -> Map<String, Value> {
        let mut body = Map::new();
        body.extend(self.roles.map(|roles| ("roles".to_owned(), json!(roles))));
        body.extend(self.locations.map(|locations| ("locations".to_owned(), json!(locations))));
        body
    }
}
