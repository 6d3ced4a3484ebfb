//! Developer tokens: the JWTs with which the makers of MDM products call Apple's catalogue.
//!
//! Apple documents their form: ES256, a key id and a team id of ten characters each, and a life of half a year at most.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ParsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use dashmap::DashMap;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::clock::Timestamp;

/// The longest that a token may still live, in seconds: six months, as documented.
const LONGEST: i64 = 15_777_000;
/// The length of key ids and team ids.
const ID: usize = 10;

/// What is wrong with a developer token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeveloperTokenRefusal {
    /// There is none.
    #[error("there is no developer token: send `Authorization: Bearer` with one")]
    Missing,
    /// Not a JWT.
    #[error("the developer token is no JWT: {0}")]
    Malformed(&'static str),
    /// Signed in another way.
    #[error("the developer token's `alg` is `{0}`; only ES256 is accepted")]
    Algorithm(String),
    /// An id of the wrong length.
    #[error("the developer token's `{name}` is `{value}`; it has to have {ID} characters")]
    Id {
        /// `kid` or `iss`.
        name: &'static str,
        /// What is there.
        value: String,
    },
    /// It is over.
    #[error("the developer token expired at {0}")]
    Expired(Timestamp),
    /// It lives too long.
    #[error("the developer token expires at {0}, more than {LONGEST} seconds from now")]
    TooLong(Timestamp),
    /// The team has keys, and this is none of them.
    #[error("team {team} has no key `{key}`")]
    UnknownKey {
        /// `iss`.
        team: String,
        /// `kid`.
        key: String,
    },
    /// The key did not make the signature.
    #[error("the signature of the developer token is not that of its key")]
    Signature,
}

/// Not a public key for ES256.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeveloperKeyRefusal {
    /// An id of the wrong length.
    #[error("key ids and team ids have {ID} characters")]
    Id,
    /// Not such a key.
    #[error("this is no public key on the curve P-256: a PEM that begins with `-----BEGIN PUBLIC KEY-----` is wanted")]
    Key,
}

/// A developer token that is good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeveloperToken {
    /// `kid`.
    pub key_id: String,
    /// `iss`: the developer's team.
    pub team: String,
}

/// The public keys of developers, by team. Signatures are checked for teams that have one here; others are taken at their word.
#[derive(Debug, Default)]
pub struct DeveloperKeys(DashMap<String, Vec<(String, ParsedPublicKey)>>);

/// A token of a team that is nobody's, good for as long as one may be: for clients that ask a service of their own for one. Nobody can have the
/// key to its signature, so that it is refused once that team is given a key.
pub fn lent(now: Timestamp) -> String {
    const NOBODY: &str = "ABMSIM0000";
    let issued = now.millis() / 1_000;
    let part = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let header = part(serde_json::json!({"alg": "ES256", "kid": NOBODY}));
    let claims = part(serde_json::json!({"iss": NOBODY, "iat": issued, "exp": issued + LONGEST}));
    format!("{header}.{claims}.{}", URL_SAFE_NO_PAD.encode([0; 64]))
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    #[serde(default)]
    kid: String,
}

#[derive(Deserialize)]
struct Claims {
    #[serde(default)]
    iss: String,
    iat: Option<f64>,
    exp: Option<f64>,
}

impl DeveloperKeys {
    /// Enters a public key (PEM) under its id; the team's key of the same id is replaced.
    pub fn register(&self, team: &str, key_id: &str, pem: &str) -> Result<(), DeveloperKeyRefusal> {
        if [team, key_id].iter().any(|id| id.chars().count() != ID) {
            return Err(DeveloperKeyRefusal::Id);
        }
        let inside = pem.trim().strip_prefix("-----BEGIN PUBLIC KEY-----");
        let inside = inside.and_then(|rest| rest.strip_suffix("-----END PUBLIC KEY-----"));
        let base64: String = inside.ok_or(DeveloperKeyRefusal::Key)?.split_whitespace().collect();
        let der = STANDARD.decode(base64).map_err(|_| DeveloperKeyRefusal::Key)?;
        let key = ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, der).map_err(|_| DeveloperKeyRefusal::Key)?;
        let mut keys = self.0.entry(team.to_owned()).or_default();
        keys.retain(|(id, _)| id != key_id);
        keys.push((key_id.to_owned(), key));
        Ok(())
    }

    /// Forgets the keys of a team; answers whether there were any.
    pub fn forget(&self, team: &str) -> bool {
        self.0.remove(team).is_some()
    }

    /// The teams that have keys, with the ids of these.
    pub fn teams(&self) -> Vec<(String, Vec<String>)> {
        let ids = |keys: &[(String, ParsedPublicKey)]| keys.iter().map(|(id, _)| id.clone()).collect();
        let mut teams: Vec<_> = self.0.iter().map(|entry| (entry.key().clone(), ids(entry.value()))).collect();
        teams.sort();
        teams
    }

    /// Checks what an `Authorization` header has, by the wall clock's `now`.
    pub fn check(&self, authorization: Option<&str>, now: Timestamp) -> Result<DeveloperToken, DeveloperTokenRefusal> {
        use DeveloperTokenRefusal as Refusal;
        let (scheme, token) = authorization.and_then(|text| text.split_once(' ')).ok_or(Refusal::Missing)?;
        if !scheme.eq_ignore_ascii_case("Bearer") {
            return Err(Refusal::Missing);
        }
        let token = token.trim();
        let (signed, signature) = token.rsplit_once('.').ok_or(Refusal::Malformed("it has no three parts"))?;
        let (header, claims) = signed.split_once('.').ok_or(Refusal::Malformed("it has no three parts"))?;
        let header: Header = part(header).ok_or(Refusal::Malformed("its header is no JSON with `alg`"))?;
        let claims: Claims = part(claims).ok_or(Refusal::Malformed("its claims are no JSON of the right types"))?;
        if header.alg != "ES256" {
            return Err(Refusal::Algorithm(header.alg));
        }
        for (name, value) in [("kid", &header.kid), ("iss", &claims.iss)] {
            if value.chars().count() != ID {
                return Err(Refusal::Id { name, value: value.clone() });
            }
        }
        let (Some(_), Some(expires)) = (claims.iat, claims.exp) else {
            return Err(Refusal::Malformed("`iat` or `exp` is missing"));
        };
        let expires = Timestamp::from_millis((expires * 1_000.0) as i64);
        if expires <= now {
            return Err(Refusal::Expired(expires));
        }
        if expires.millis() - now.millis() > LONGEST * 1_000 {
            return Err(Refusal::TooLong(expires));
        }
        self.check_signature(&claims.iss, &header.kid, signed, signature)?;
        Ok(DeveloperToken { key_id: header.kid, team: claims.iss })
    }

    fn check_signature(&self, team: &str, key: &str, signed: &str, made: &str) -> Result<(), DeveloperTokenRefusal> {
        // What is not checked has to be there all the same.
        let made = URL_SAFE_NO_PAD.decode(made).ok().filter(|made| !made.is_empty());
        let made = made.ok_or(DeveloperTokenRefusal::Malformed("its signature is no base64url"))?;
        let Some(keys) = self.0.get(team) else { return Ok(()) };
        let unknown = || DeveloperTokenRefusal::UnknownKey { team: team.to_owned(), key: key.to_owned() };
        let (_, public) = keys.iter().find(|(id, _)| id == key).ok_or_else(unknown)?;
        public.verify_sig(signed.as_bytes(), &made).map_err(|_| DeveloperTokenRefusal::Signature)
    }
}

fn part<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
    use aws_lc_rs::rand::SystemRandom;
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_788_249_600);
    const TEAM: &str = "TEAM123456";
    const KEY: &str = "KEY1234567";

    fn claims() -> Value {
        json!({"iss": TEAM, "iat": 1_788_249_600, "exp": 1_788_249_660})
    }

    fn token(header: &Value, claims: &Value, key: Option<&EcdsaKeyPair>) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(header), part(claims));
        let made = match key {
            Some(key) => key.sign(&SystemRandom::new(), signed.as_bytes()).unwrap().as_ref().to_vec(),
            None => vec![7; 64],
        };
        format!("Bearer {signed}.{}", URL_SAFE_NO_PAD.encode(made))
    }

    fn checked(token: &str) -> Result<DeveloperToken, DeveloperTokenRefusal> {
        DeveloperKeys::default().check(Some(token), NOW)
    }

    fn pair() -> (EcdsaKeyPair, String) {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        let der: PublicKeyX509Der<'_> = pair.public_key().as_der().unwrap();
        let pem = format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", STANDARD.encode(der.as_ref()));
        (pair, pem)
    }

    #[test]
    fn any_es256_token_of_the_right_form_is_good_while_its_team_has_no_key() {
        let good = checked(&token(&json!({"alg": "ES256", "kid": KEY}), &claims(), None)).unwrap();
        assert_eq!((good.key_id.as_str(), good.team.as_str()), (KEY, TEAM));
    }

    #[test]
    fn a_token_of_another_form_is_refused() {
        use DeveloperTokenRefusal as Refusal;
        let header = json!({"alg": "ES256", "kid": KEY});
        let with = |name: &str, value: Value| {
            let mut claims = claims();
            claims[name] = value;
            checked(&token(&header, &claims, None)).unwrap_err()
        };
        assert!(matches!(with("iss", json!("SHORT")), Refusal::Id { name: "iss", .. }));
        assert!(matches!(with("exp", json!(1_788_249_600)), Refusal::Expired(_)));
        assert!(matches!(with("exp", json!(1_788_249_600_i64 + LONGEST + 1)), Refusal::TooLong(_)));
        assert!(matches!(with("exp", json!("soon")), Refusal::Malformed(_)));
        assert!(matches!(with("iat", Value::Null), Refusal::Malformed(_)));
        let other = |header: Value| checked(&token(&header, &claims(), None)).unwrap_err();
        assert_eq!(other(json!({"alg": "HS256", "kid": KEY})), Refusal::Algorithm("HS256".into()));
        assert!(matches!(other(json!({"alg": "ES256"})), Refusal::Id { name: "kid", .. }));
        for garbage in ["Bearer", "Bearer x", "Bearer a.b.c", "Basic abc", "", "Bearer ..", "Bearer é.é.é"] {
            assert!(checked(garbage).is_err(), "{garbage}");
        }
        assert_eq!(DeveloperKeys::default().check(None, NOW), Err(Refusal::Missing));
    }

    #[test]
    fn a_token_that_is_lent_is_good_and_then_over() {
        let lent = format!("Bearer {}", lent(NOW));
        assert!(checked(&lent).is_ok());
        let later = NOW + crate::clock::Span::from_seconds(LONGEST);
        assert!(DeveloperKeys::default().check(Some(&lent), later).is_err());
    }

    #[test]
    fn the_longest_life_is_fine() {
        let mut claims = claims();
        claims["exp"] = json!(1_788_249_600_i64 + LONGEST);
        assert!(checked(&token(&json!({"alg": "ES256", "kid": KEY}), &claims, None)).is_ok());
    }

    #[test]
    fn the_signature_is_checked_once_the_team_has_a_key() {
        let ((pair, pem), (other, _)) = (pair(), pair());
        let keys = DeveloperKeys::default();
        keys.register(TEAM, KEY, &pem).unwrap();
        let header = json!({"alg": "ES256", "kid": KEY});
        let check = |token: &str| keys.check(Some(token), NOW);
        assert!(check(&token(&header, &claims(), Some(&pair))).is_ok());
        assert_eq!(check(&token(&header, &claims(), Some(&other))), Err(DeveloperTokenRefusal::Signature));
        let unknown = token(&json!({"alg": "ES256", "kid": "ANOTHERKEY"}), &claims(), Some(&pair));
        assert!(matches!(check(&unknown), Err(DeveloperTokenRefusal::UnknownKey { .. })));
        assert_eq!(keys.teams(), [(TEAM.to_owned(), vec![KEY.to_owned()])]);
        assert!(keys.forget(TEAM) && check(&token(&header, &claims(), None)).is_ok());
    }

    #[test]
    fn what_is_no_key_is_not_registered() {
        let keys = DeveloperKeys::default();
        let (_, pem) = pair();
        assert_eq!(keys.register("SHORT", KEY, &pem), Err(DeveloperKeyRefusal::Id));
        for garbage in ["", "key", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"] {
            assert_eq!(keys.register(TEAM, KEY, garbage), Err(DeveloperKeyRefusal::Key));
        }
    }

    fn said(token: &str) -> Option<String> {
        checked(token).err().map(|refusal| refusal.to_string())
    }

    proptest! {
        #[test]
        fn no_token_panics(token in "\\PC*", header in "\\PC*", claims in "\\PC*") {
            _ = said(&token);
            let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
            _ = said(&format!("Bearer {}.{}.{}", part(&header), part(&claims), part(&token)));
        }

        #[test]
        fn no_time_panics(exp in any::<f64>(), iat in any::<i64>()) {
            _ = said(&token(&json!({"alg": "ES256", "kid": KEY}), &json!({"iss": TEAM, "exp": exp, "iat": iat}), None));
        }
    }
}
