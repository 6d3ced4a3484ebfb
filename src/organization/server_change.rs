//! What an administrator changes at an MDM server: its name and settings, its token.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Books, Family, ServerId, TokenFate};
use crate::clock::{Span, Timestamp};
use crate::pki::ServerToken;

/// How long a server token lives.
pub const TOKEN_LIFE: Span = Span::from_days(365);

/// Names that the portal keeps for itself.
const RESERVED: [&str; 2] = ["Unassigned", "Reassigned"];

/// Changes to a server; what is `None` stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerChange {
    /// Its name.
    pub name: Option<String>,
    /// Families whose new devices come to it, and to no other server any more.
    pub default_for: Option<Vec<Family>>,
    /// Whether it may release devices.
    pub allow_release: Option<bool>,
    /// Whether Apple gives it access.
    pub access: Option<bool>,
    /// The account that it acts for.
    pub admin: Option<String>,
}

/// Why a server cannot have a name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CannotName {
    /// It is none, or one of the portal's own.
    #[error("a server needs a name other than Unassigned and Reassigned")]
    Unfit,
    /// Another server has it.
    #[error("there is a server `{0}` already")]
    Taken(String),
}

impl fmt::Display for ServerChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let families = |families: &Vec<Family>| match families.as_slice() {
            [] => "default for nothing".to_owned(),
            some => format!("default for {}", some.iter().map(|family| family.name()).collect::<Vec<_>>().join(", ")),
        };
        let either = |is: bool, yes: &str, no: &str| if is { yes.to_owned() } else { no.to_owned() };
        let parts = [
            self.name.as_ref().map(|name| format!("name {name}")),
            self.default_for.as_ref().map(families),
            self.allow_release.map(|may| either(may, "may release devices", "may not release devices")),
            self.access.map(|has| either(has, "access", "no access")),
            self.admin.as_ref().map(|admin| format!("administrator {admin}")),
        ];
        f.write_str(&parts.into_iter().flatten().collect::<Vec<_>>().join(", "))
    }
}

impl Books {
    /// Whether a server may be called `name`: a new one, or the one that is `own`.
    pub fn check_server_name(&self, name: &str, own: Option<ServerId>) -> Result<(), CannotName> {
        if name.trim().is_empty() || RESERVED.contains(&name) {
            return Err(CannotName::Unfit);
        }
        match self.find_server(name) {
            Some(other) if Some(other) != own => Err(CannotName::Taken(name.to_owned())),
            _ => Ok(()),
        }
    }

    /// Changes a server, or nothing where the name will not do.
    pub fn change_server(&mut self, server: ServerId, change: ServerChange) -> Result<(), CannotName> {
        if let Some(name) = &change.name {
            self.check_server_name(name, Some(server))?;
        }
        if let Some(families) = &change.default_for {
            for other in &mut self.servers {
                other.default_for.retain(|family| !families.contains(family));
            }
        }
        let mdm = &mut self.servers[usize::from(server)];
        mdm.name = change.name.unwrap_or_else(|| std::mem::take(&mut mdm.name));
        mdm.default_for = change.default_for.unwrap_or_else(|| std::mem::take(&mut mdm.default_for));
        mdm.allow_release = change.allow_release.unwrap_or(mdm.allow_release);
        mdm.access_denied = change.access.map_or(mdm.access_denied, |access| !access);
        mdm.admin = change.admin.unwrap_or_else(|| std::mem::take(&mut mdm.admin));
        Ok(())
    }

    /// A new token is downloaded, by `admin` or by whoever did last; the old one dies.
    pub fn renew_token(
        &mut self,
        server: ServerId,
        admin: Option<String>,
        lifetime: Span,
        now: Timestamp,
    ) -> ServerToken {
        let mdm = &mut self.servers[usize::from(server)];
        let same_admin = admin.as_ref().is_none_or(|admin| *admin == mdm.admin);
        // The same person who renews keeps the consumer key; another one gets another.
        let key = mdm.token.as_ref().filter(|_| same_admin).map(|token| token.consumer_key.clone());
        let key = key.or_else(|| mdm.last_consumer_key.clone().filter(|_| same_admin));
        let made = ServerToken::generate(&mut self.random, now, lifetime, key.as_deref());
        mdm.admin = admin.unwrap_or_else(|| std::mem::take(&mut mdm.admin));
        mdm.renew(Some(made.clone()), TokenFate::Replaced);
        made
    }

    /// A number that changes whenever a token does: who keeps an index of consumer keys sees by it that the index is old.
    pub fn token_changes(&self) -> u64 {
        self.servers.iter().map(|server| u64::from(server.token_generation)).sum()
    }
}
