//! Keys as clients make them of their secrets, with one mistake each.

use super::signature::encoded;
use super::{Authorization, Expected, OtherToken};

/// The most other tokens that are tried.
const OTHERS: usize = 50;

/// A key that a client may have signed with.
pub(super) struct Key {
    /// What is wrong with it; nothing where it is the right one.
    pub(super) mistake: Option<String>,
    pub(super) bytes: Vec<u8>,
    /// It has secrets of another token in it. There may be many of those, so that they are tried without a second mistake.
    pub(super) is_foreign: bool,
}

impl Key {
    /// The right key, and those that clients sign with who make a mistake.
    pub(super) fn likely(claimed: &Authorization, expected: &Expected<'_>, others: &[OtherToken]) -> Vec<Self> {
        let (consumer, access) = (expected.consumer_secret.expose(), expected.access_secret.expose());
        let joined = |consumer: &str, access: &str| [consumer, access].map(|text| encoded(text.as_bytes())).join("&");
        let mut keys = vec![Self { mistake: None, bytes: joined(consumer, access).into_bytes(), is_foreign: false }];
        let mut push = |text: String, mistake: &str, is_foreign: bool| {
            let bytes = text.into_bytes();
            if keys.iter().all(|known| known.bytes != bytes) {
                keys.push(Self { mistake: Some(format!("the client signed with {mistake}")), bytes, is_foreign });
            }
        };
        let mut add = |text: String, mistake: &str| push(text, mistake, false);
        add(joined(consumer, ""), "the consumer secret alone: the key is consumer_secret&access_secret");
        add(
            encoded(consumer.as_bytes()),
            "the consumer secret alone, without even the &: the key is consumer_secret&access_secret",
        );
        add(joined("", access), "the access secret alone: the key is consumer_secret&access_secret");
        add(encoded(access.as_bytes()), "the access secret alone: the key is consumer_secret&access_secret");
        add(joined(access, consumer), "the two secrets the wrong way round: the consumer secret goes first");
        add(format!("{consumer}{access}"), "the two secrets without the & between them");
        add(format!("{consumer}&{access}"), "secrets that are not percent-encoded in the key");
        add(encoded(joined(consumer, access).as_bytes()), "a key whose & is percent-encoded");
        add(
            joined(&encoded(consumer.as_bytes()), &encoded(access.as_bytes())),
            "secrets that are percent-encoded twice",
        );
        add(joined(claimed.consumer_key(), claimed.token()), "consumer key and access token in place of their secrets");
        add(joined(consumer, claimed.token()), "the access token in place of the access secret");
        add(joined(claimed.consumer_key(), access), "the consumer key in place of the consumer secret");
        add("&".to_owned(), "no secrets at all");
        add(String::new(), "an empty key");
        for end in ["\n", "\r\n", " "] {
            add(
                joined(&format!("{consumer}{end}"), access),
                "a consumer secret with a blank or a line break at its end",
            );
            add(
                joined(consumer, &format!("{access}{end}")),
                "an access secret with a blank or a line break at its end",
            );
            add(format!("{}{end}", joined(consumer, access)), "a key with a blank or a line break at its end");
        }
        if let (Some(consumer), Some(access)) = (consumer.strip_prefix("CS_"), access.strip_prefix("AS_")) {
            add(joined(consumer, access), "secrets without their prefixes CS_ and AS_, which belong to them");
        }
        add(joined(&consumer.to_uppercase(), &access.to_uppercase()), "secrets in capital letters");
        add(joined(&consumer.to_lowercase(), &access.to_lowercase()), "secrets in small letters");
        let mut add = |text: String, mistake: &str| push(text, mistake, true);
        for OtherToken { whose, consumer_secret, access_secret } in others.iter().take(OTHERS) {
            add(joined(consumer_secret.expose(), access_secret.expose()), &format!("the secrets of {whose}"));
            add(joined(consumer, access_secret.expose()), &format!("the access secret of {whose}"));
            add(joined(consumer_secret.expose(), access), &format!("the consumer secret of {whose}"));
        }
        keys
    }
}
