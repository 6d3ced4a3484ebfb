//! The OAuth header of `/session`, as clients of every kind write it: signed with a library that is not ours, then bent.

use std::num::NonZeroU64;

use abmsim::clock::wall;
use oauth1_request::{Builder, Credentials, HMAC_SHA1};

use super::MdmServer;

/// How a header is signed; what is not said is as it should be.
pub struct Signature {
    url: String,
    timestamp: u64,
    nonce: String,
    version: bool,
    credentials: [String; 4],
}

impl Signature {
    /// As `mdm` would sign now, with this nonce.
    pub fn of(mdm: &MdmServer, nonce: &str) -> Self {
        let keys = ["consumer_key", "consumer_secret", "access_token", "access_secret"];
        let credentials = keys.map(|key| mdm.token[key].as_str().unwrap().to_owned());
        let timestamp = wall().seconds().into();
        Self { url: format!("{}/session", mdm.url), timestamp, nonce: nonce.to_owned(), version: true, credentials }
    }

    pub fn url(self, url: &str) -> Self {
        Self { url: url.to_owned(), ..self }
    }

    pub fn at(self, timestamp: u64) -> Self {
        Self { timestamp, ..self }
    }

    /// So many seconds from now.
    pub fn off_by(self, seconds: i64) -> Self {
        let timestamp = self.timestamp.saturating_add_signed(seconds);
        Self { timestamp, ..self }
    }

    /// Without `oauth_version`, which is optional.
    pub fn without_version(self) -> Self {
        Self { version: false, ..self }
    }

    pub fn consumer_key(mut self, key: &str) -> Self {
        key.clone_into(&mut self.credentials[0]);
        self
    }

    pub fn consumer_secret(mut self, secret: &str) -> Self {
        secret.clone_into(&mut self.credentials[1]);
        self
    }

    pub fn access_token(mut self, token: &str) -> Self {
        token.clone_into(&mut self.credentials[2]);
        self
    }

    /// The header, as the library writes it.
    pub fn header(&self) -> String {
        let [key, key_secret, token, token_secret] = &self.credentials;
        let mut builder = Builder::new(Credentials::new(key, key_secret), HMAC_SHA1);
        builder.token(Credentials::new(token, token_secret)).nonce(self.nonce.as_str()).version(self.version);
        builder.timestamp(NonZeroU64::new(self.timestamp));
        builder.get(&self.url, &())
    }

    /// The header taken apart: names and values as they stand there, without quotes.
    pub fn pairs(&self) -> Vec<(String, String)> {
        let header = self.header();
        let list = header.strip_prefix("OAuth ").unwrap().split(',');
        let pair = |pair: &str| {
            let (name, value) = pair.trim().split_once('=').unwrap();
            (name.to_owned(), value.trim_matches('"').to_owned())
        };
        list.map(pair).collect()
    }
}

/// A header put together again.
pub fn header_of(pairs: &[(String, String)], separator: &str) -> String {
    let listed: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}=\"{value}\"")).collect();
    format!("OAuth {}", listed.join(separator))
}
