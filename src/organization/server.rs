//! An MDM server: the portal's "device management service".

use std::collections::HashMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::written::sorted;
use super::{ChangeLog, Family, Nonces, Roster};
use crate::clock::{Millis, Timestamp};
use crate::pki::{MdmCertificate, ServerToken};

/// One MDM server of an organisation.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MdmServer {
    /// Its id everywhere: `server_uuid`, 32 upper-case hexadecimal digits.
    pub id: String,
    /// Its name in the portal, unique in the organisation.
    pub name: String,
    /// The families whose new devices come here by themselves.
    pub default_for: Vec<Family>,
    /// Whether it may release devices.
    pub allow_release: bool,
    /// Whether Apple denies it access (`ACCESS_DENIED`).
    pub access_denied: bool,
    /// The MDM's certificate, to which tokens are encrypted.
    pub certificate: Option<MdmCertificate>,
    /// The one live token.
    pub token: Option<ServerToken>,
    /// The Apple Account that generated it: `admin_id`.
    pub admin: String,
    /// How many tokens there have been: a session belongs to one of them.
    pub token_generation: u32,
    /// The consumer key of the last token, which the same person who renews keeps.
    pub last_consumer_key: Option<String>,
    /// The token before the live one: clients mix their secrets up.
    pub last_token: Option<ServerToken>,
    /// What became of the access tokens before.
    #[serde(serialize_with = "sorted")]
    pub dead_tokens: HashMap<String, TokenFate>,
    /// OAuth nonces used so far.
    pub nonces: Nonces,
    /// The devices at it.
    pub roster: Roster,
    /// What happened to them.
    pub log: ChangeLog,
    /// What makes its cursors unreadable to others.
    #[serde(with = "crate::random::key")]
    pub cursor_key: u64,
    /// The service discovery URL for account-driven enrolment, and when it was set.
    #[serde(serialize_with = "write_discovery", deserialize_with = "read_discovery")]
    pub service_discovery: Option<(String, Timestamp)>,
}

/// What became of a token that no longer lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenFate {
    /// A newer one was downloaded.
    Replaced,
    /// It was revoked in the portal.
    Revoked,
    /// The account that made it was removed.
    AdminRemoved,
}

impl MdmServer {
    /// Makes `token` the live one; the one before dies as `fate` says.
    pub fn renew(&mut self, token: Option<ServerToken>, fate: TokenFate) {
        if let Some(old) = std::mem::replace(&mut self.token, token) {
            self.last_consumer_key = Some(old.consumer_key.clone());
            self.dead_tokens.insert(old.access_token.expose().to_owned(), fate);
            self.last_token = Some(old);
        }
        self.token_generation += 1;
    }
}

fn write_discovery<S: Serializer>(set: &Option<(String, Timestamp)>, serializer: S) -> Result<S::Ok, S::Error> {
    set.as_ref().map(|(url, at)| (url, Millis(*at))).serialize(serializer)
}

fn read_discovery<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<(String, Timestamp)>, D::Error> {
    let set = Option::<(String, Millis)>::deserialize(deserializer)?;
    Ok(set.map(|(url, at)| (url, at.0)))
}
