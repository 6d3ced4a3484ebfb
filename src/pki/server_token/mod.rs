//! Server tokens: the credentials with which an MDM opens sessions, and the file in which it gets them.
//!
//! - `certificate`: what the MDM uploads
//! - `envelope` and `ber`: the `.p7m` file, sealed to that certificate

mod ber;
mod certificate;
mod envelope;

pub use certificate::{CertificateRefusal, MdmCertificate};

use serde::{Deserialize, Serialize};

use crate::clock::{Span, Timestamp};
use crate::random::Random;
use crate::secret::Secret;
use ber::Framing;

/// The four OAuth credentials of one MDM server, and when they end. Exactly one is alive per server; a new one kills
/// the old.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerToken {
    /// `CK_` and 96 hexadecimal digits. The same person who renews keeps it; clients compare it to tell their server
    /// from another.
    pub consumer_key: String,
    /// `CS_` and 40 hexadecimal digits.
    #[serde(with = "crate::secret::exposed")]
    pub consumer_secret: Secret,
    /// `AT_O`, a number, `O`, 40 hexadecimal digits, `O`, the moment of its making in milliseconds.
    #[serde(with = "crate::secret::exposed")]
    pub access_token: Secret,
    /// `AS_` and 40 hexadecimal digits.
    #[serde(with = "crate::secret::exposed")]
    pub access_secret: Secret,
    /// The moment of its making plus its lifetime (365 days at Apple), to the millisecond; shown in whole seconds.
    #[serde(with = "crate::clock::millis")]
    pub expires_at: Timestamp,
}

/// Why a token could not be sealed: the cryptographic library gave no reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the server token could not be encrypted to the MDM's certificate")]
pub struct SealError;

/// The keys in the order of Apple's files.
#[derive(Serialize)]
struct Clear<'a> {
    consumer_key: &'a str,
    consumer_secret: &'a str,
    access_token: &'a str,
    access_secret: &'a str,
    access_token_expiry: Timestamp,
}

impl ServerToken {
    /// A new token, made at `now`. On renewal `consumer_key` is the old token's. No value is longer than 128
    /// characters: a client of note has database columns of that width.
    pub fn generate(random: &mut Random, now: Timestamp, lifetime: Span, consumer_key: Option<&str>) -> Self {
        let consumer_key = consumer_key.map_or_else(|| Self::make_consumer_key(random), str::to_owned);
        // Nine to eleven digits have been seen.
        let number = 100_000_000 + random.below(99_900_000_000);
        Self {
            consumer_key,
            consumer_secret: Secret::new(format!("CS_{}", random.hex(40))),
            access_token: Secret::new(format!("AT_O{number}O{}O{}", random.hex(40), now.millis())),
            access_secret: Secret::new(format!("AS_{}", random.hex(40))),
            expires_at: now + lifetime,
        }
    }

    /// A consumer key that nobody has.
    pub fn make_consumer_key(random: &mut Random) -> String {
        format!("CK_{}", random.hex(96))
    }

    /// The token in clear, one line of JSON: what the file holds inside.
    pub fn to_json(&self) -> String {
        let clear = Clear {
            consumer_key: &self.consumer_key,
            consumer_secret: self.consumer_secret.expose(),
            access_token: self.access_token.expose(),
            access_secret: self.access_secret.expose(),
            access_token_expiry: self.expires_at,
        };
        serde_json::to_string(&clear).expect("texts are always JSON")
    }

    /// The `.p7m` file that the portal offers for download, to the byte as Apple makes it: BER with indefinite lengths.
    pub fn seal(&self, certificate: &MdmCertificate) -> Result<Vec<u8>, SealError> {
        self.seal_with(certificate, Framing::Indefinite)
    }

    /// The same file with DER inside, for a client that reads no BER. Apple never makes it.
    pub fn seal_der(&self, certificate: &MdmCertificate) -> Result<Vec<u8>, SealError> {
        self.seal_with(certificate, Framing::Definite)
    }

    fn seal_with(&self, certificate: &MdmCertificate, framing: Framing) -> Result<Vec<u8>, SealError> {
        envelope::seal(self.inner_text().as_bytes(), certificate, framing).map_err(|_| SealError)
    }

    /// Header lines end in CR LF and body lines in LF: so it is in Apple's files.
    fn inner_text(&self) -> String {
        format!(
            "Content-Type: text/plain;charset=UTF-8\r\nContent-Transfer-Encoding: 7bit\r\n\r\n\
             -----BEGIN MESSAGE-----\n{}\n-----END MESSAGE-----\n",
            self.to_json()
        )
    }

    /// What the portal calls the file: `Primary MDM_Token_2026-09-01T08-00-00Z_smime.p7m`. Characters that cannot stand
    /// in a file's name become `_`; others are kept, non-ASCII ones too.
    pub fn file_name(server_name: &str, now: Timestamp) -> String {
        let keep = |c: char| if c.is_control() || r#"/\:*?"<>|"#.contains(c) { '_' } else { c };
        let server: String = server_name.chars().map(keep).collect();
        format!("{server}_Token_{}_smime.p7m", now.to_string().replace(':', "-"))
    }
}

#[cfg(test)]
mod judged_by_openssl;
#[cfg(test)]
mod specimens;

#[cfg(test)]
mod tests {
    use super::*;

    fn token() -> ServerToken {
        let now = Timestamp::from_millis(1_737_111_741_803);
        ServerToken::generate(&mut Random::new(7, "acme"), now, Span::from_days(365), None)
    }

    fn digits(text: &str, count: usize) -> bool {
        text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
    }

    #[test]
    fn values_have_apples_shapes() {
        for seed in 0..200 {
            let now = Timestamp::from_millis(1_737_111_741_803);
            let token = ServerToken::generate(&mut Random::new(seed, ""), now, Span::from_days(365), None);
            assert!(digits(token.consumer_key.strip_prefix("CK_").unwrap(), 96));
            assert!(digits(token.consumer_secret.expose().strip_prefix("CS_").unwrap(), 40));
            assert!(digits(token.access_secret.expose().strip_prefix("AS_").unwrap(), 40));
            let parts: Vec<_> = token.access_token.expose().split('O').collect();
            let ["AT_", number, hex, "1737111741803"] = parts[..] else { panic!("{parts:?}") };
            assert!((9..=11).contains(&number.len()) && number.parse::<u64>().is_ok() && digits(hex, 40));
            assert!(token.access_token.expose().len() <= 128);
        }
    }

    #[test]
    fn the_expiry_is_the_making_plus_the_lifetime_cut_to_seconds() {
        assert_eq!(token().expires_at.to_string(), "2026-01-17T11:02:21Z");
    }

    #[test]
    fn the_same_seed_gives_the_same_token() {
        assert_eq!(token(), token());
    }

    #[test]
    fn renewal_keeps_the_consumer_key_and_changes_everything_else() {
        let old = token();
        let mut random = Random::new(8, "acme");
        let new = ServerToken::generate(&mut random, old.expires_at, Span::from_days(365), Some(&old.consumer_key));
        assert_eq!(new.consumer_key, old.consumer_key);
        assert_ne!(new.consumer_secret, old.consumer_secret);
        assert_ne!(new.access_token, old.access_token);
        assert_ne!(new.access_secret, old.access_secret);
    }

    #[test]
    fn json_is_one_line_in_apples_order() {
        let token = ServerToken {
            consumer_key: "CK_1".to_owned(),
            consumer_secret: Secret::new("CS_2"),
            access_token: Secret::new("AT_3"),
            access_secret: Secret::new("AS_4"),
            expires_at: "2026-01-17T11:02:21Z".parse().unwrap(),
        };
        let expected = concat!(
            r#"{"consumer_key":"CK_1","consumer_secret":"CS_2","access_token":"AT_3","access_secret":"AS_4","#,
            r#""access_token_expiry":"2026-01-17T11:02:21Z"}"#
        );
        assert_eq!(token.to_json(), expected);
    }

    #[test]
    fn debug_shows_no_secret() {
        let token = token();
        let shown = format!("{token:?}");
        for secret in [&token.consumer_secret, &token.access_token, &token.access_secret] {
            assert!(!shown.contains(secret.expose()), "{shown}");
        }
    }

    #[test]
    fn the_file_is_named_for_server_and_moment() {
        let now = "2022-07-01T22:18:53Z".parse().unwrap();
        assert_eq!(ServerToken::file_name("mdmserver1", now), "mdmserver1_Token_2022-07-01T22-18-53Z_smime.p7m");
        assert_eq!(ServerToken::file_name("a/\"b\r\nZürich", now), "a__b__Zürich_Token_2022-07-01T22-18-53Z_smime.p7m");
    }
}
