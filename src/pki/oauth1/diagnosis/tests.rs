use aws_lc_rs::digest;
use base64::engine::general_purpose::{STANDARD as BASE64, URL_SAFE_NO_PAD};

use super::*;

const URL: &str = "http://127.0.0.1:8443/session";
const KEY: &str = "CK_0123456789abcdef0123456789abcdef";
const TOKEN: &str = "AT_O123456789O0123456789abcdef0123456789abcdefO1788249600000";
const CONSUMER_SECRET: &str = "CS_0123456789abcdef0123456789abcdef01234567";
const ACCESS_SECRET: &str = "AS_76543210fedcba9876543210fedcba9876543210";
/// The parameters as a base string has them; no value here changes when it is encoded.
const LIST: &str = "oauth_consumer_key=CK_0123456789abcdef0123456789abcdef&oauth_nonce=abc&oauth_signature_method=HMAC-SHA1&\
    oauth_timestamp=1700000000&oauth_token=AT_O123456789O0123456789abcdef0123456789abcdefO1788249600000&oauth_version=1.0";

fn key() -> String {
    format!("{CONSUMER_SECRET}&{ACCESS_SECRET}")
}

fn base(method: &str, url: &str, list: &str) -> String {
    [method, url, list].map(|part| encoded(part.as_bytes())).join("&")
}

fn signed(text: &str, key: &str) -> Vec<u8> {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, key.as_bytes());
    hmac::sign(&key, text.as_bytes()).as_ref().to_vec()
}

fn told_of(signature: &str) -> Vec<String> {
    let parameters = LIST.replace('&', "\", ").replace('=', "=\"");
    let header = format!("OAuth realm=\"ADM\", {parameters}\", oauth_signature=\"{}\"", encoded(signature.as_bytes()));
    let claimed = Authorization::parse(&header).unwrap();
    let urls = [URL.into(), "https://127.0.0.1:8443/session".into(), "https://mdmenrollment.apple.com/session".into()];
    let (consumer_secret, access_secret) = (Secret::new(CONSUMER_SECRET), Secret::new(ACCESS_SECRET));
    let expected =
        Expected { method: "GET", urls: &urls, consumer_secret: &consumer_secret, access_secret: &access_secret };
    let other = OtherToken {
        whose: "the server `Second MDM`".to_owned(),
        consumer_secret: Secret::new("CS_other"),
        access_secret: Secret::new("AS_other"),
    };
    let told = diagnose(&claimed, &expected, &[other]);
    for secret in [TOKEN, CONSUMER_SECRET, ACCESS_SECRET, "CS_other", "AS_other"] {
        assert!(!told.iter().any(|line| line.contains(secret)), "{told:#?}");
    }
    told
}

/// The first line of what is told of a signature over `text` with `key`.
#[track_caller]
fn mistake(text: &str, key: &str) -> String {
    let told = told_of(&BASE64.encode(signed(text, key)));
    let first = told[0].strip_prefix("oauth_signature does not match: ").unwrap_or_else(|| panic!("{told:#?}"));
    first.to_owned()
}

#[test]
fn urls_that_are_not_quite_right_are_recognised() {
    for (url, what) in [
        ("http://127.0.0.1/session", "without the port"),
        ("http://127.0.0.1:8443/session/", "with a slash at its end"),
        ("http://127.0.0.1:8443", "without its path"),
        ("http://mdmenrollment.apple.com/session", "with the other scheme"),
        ("https://mdmenrollment.apple.com:443/session", "with the default port, which is left out"),
        ("https://MDMENROLLMENT.APPLE.COM/session", "with capital letters in the host"),
        ("/session", "without scheme and host"),
    ] {
        assert_eq!(mistake(&base("GET", url, LIST), &key()), format!("the client signed the URL {url}, {what}"));
    }
}

#[test]
fn methods_and_parameters_that_are_not_quite_right_are_recognised() {
    assert_eq!(mistake(&base("POST", URL, LIST), &key()), "the client signed the method `POST` in place of `GET`");
    assert_eq!(mistake(&base("get", URL, LIST), &key()), "the client signed the method `get` in place of `GET`");
    for (list, what) in [
        (format!("{LIST}&realm=ADM"), "the client signed the realm, which is no part of the base string"),
        (LIST.replace("&oauth_version=1.0", ""), "the client signed the parameters without oauth_version, and sent it"),
        (
            LIST.replace("oauth_consumer_key=CK_0123456789abcdef0123456789abcdef&", "")
                + "&oauth_consumer_key=CK_0123456789abcdef0123456789abcdef",
            "",
        ),
    ] {
        if what.is_empty() {
            let told = told_of(&BASE64.encode(signed(&base("GET", URL, &list), &key())));
            assert!(told[0].contains("no common mistake"), "an order of one's own is nobody's guess: {told:#?}");
        } else {
            assert_eq!(mistake(&base("GET", URL, &list), &key()), what);
        }
    }
}

#[test]
fn base_strings_that_are_put_together_otherwise_are_recognised() {
    let good = base("GET", URL, LIST);
    for (text, what) in [
        (format!("GET&{URL}&{LIST}"), "the client put the base string together without percent-encoding its parts"),
        (
            format!("GET&{URL}&{}", encoded(LIST.as_bytes())),
            "the client did not percent-encode the URL in the base string",
        ),
        (
            good.replace("%3A", "%3a").replace("%2F", "%2f").replace("%3D", "%3d"),
            "the client wrote percent escapes in small letters",
        ),
        (encoded(good.as_bytes()), "the client percent-encoded the whole base string once more"),
    ] {
        assert_eq!(mistake(&text, &key()), what);
    }
}

#[test]
fn wrong_keys_are_recognised() {
    let (cs, access) = (CONSUMER_SECRET, ACCESS_SECRET);
    for (key, what) in [
        (format!("{cs}&"), "the consumer secret alone: the key is consumer_secret&access_secret"),
        (format!("{access}&{cs}"), "the two secrets the wrong way round: the consumer secret goes first"),
        (format!("{cs}{access}"), "the two secrets without the & between them"),
        (format!("{cs}&{access}\n"), "a key with a blank or a line break at its end"),
        (
            format!("{cs}&{}", encoded(format!("{access}\n").as_bytes())),
            "an access secret with a blank or a line break at its end",
        ),
        (format!("{KEY}&{TOKEN}"), "consumer key and access token in place of their secrets"),
        ("CS_other&AS_other".to_owned(), "the secrets of the server `Second MDM`"),
        (format!("{cs}&AS_other"), "the access secret of the server `Second MDM`"),
        (format!("{}&{}", &cs[3..], &access[3..]), "secrets without their prefixes CS_ and AS_, which belong to them"),
    ] {
        assert_eq!(mistake(&base("GET", URL, LIST), &key), format!("the client signed with {what}"));
    }
}

#[test]
fn signatures_in_another_form_are_recognised() {
    let good = signed(&base("GET", URL, LIST), &key());
    let hex: String = good.iter().map(|byte| format!("{byte:02x}")).collect();
    for (signature, what) in [
        (hex.clone(), "the client wrote the signature in hexadecimal digits, not in base64"),
        (BASE64.encode(&hex), "the client wrote the signature as base64 of hexadecimal digits"),
        (encoded(BASE64.encode(&good).as_bytes()), "the client percent-encoded the signature twice in the header"),
        (
            URL_SAFE_NO_PAD.encode(&good),
            "the client wrote the signature in another base64 than the standard one with padding",
        ),
    ] {
        assert_eq!(told_of(&signature)[0], format!("oauth_signature does not match: {what}"));
    }
    let key = hmac::Key::new(hmac::HMAC_SHA256, key().as_bytes());
    let longer = hmac::sign(&key, base("GET", URL, LIST).as_bytes());
    let told = told_of(&BASE64.encode(longer.as_ref()));
    assert_eq!(told[0], "oauth_signature does not match: the client signed with HMAC-SHA256 and said HMAC-SHA1");
}

#[test]
fn two_mistakes_at_once_are_told_both() {
    let text = base("GET", "http://127.0.0.1/session", LIST);
    let told = mistake(&text, &format!("{CONSUMER_SECRET}&"));
    assert_eq!(
        told,
        "the client signed the URL http://127.0.0.1/session, without the port, and the client signed with the consumer secret alone: \
         the key is consumer_secret&access_secret"
    );
}

#[test]
fn both_base_strings_are_shown_and_where_they_part() {
    let told = told_of(&BASE64.encode(signed(&base("GET", "http://127.0.0.1/session", LIST), &key())));
    let shown = |url: &str| base("GET", url, LIST).replace(TOKEN, "AT_O12...0000");
    assert_eq!(
        told[1..],
        [
            format!("the server's base string: {}", shown(URL)),
            format!("the client's base string: {}", shown("http://127.0.0.1/session")),
            "they differ from character 27 on: `%2Fsession&oauth_consumer_key%3DCK_01234` at the client's, \
             `%3A8443%2Fsession&oauth_consumer_key%3DC` at the server's"
                .to_owned(),
        ]
    );
}

#[test]
fn what_cannot_be_told_is_shown_for_comparison() {
    let told = told_of(&BASE64.encode(digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, b"anything").as_ref()));
    assert!(told[0].contains("no common mistake explains it: compare"), "{told:#?}");
    let computed = told.iter().filter(|line| line.starts_with("the server's base string: GET&http")).count();
    assert_eq!(computed, 3, "{told:#?}");
    assert_eq!(told.last().unwrap(), "the secrets were CS_012…4567 (43 characters) and AS_765…3210 (43 characters)");
    for (signature, shape) in [("!!", "is not base64"), ("AAAA", "has 3 bytes; HMAC-SHA1 makes 20")] {
        assert!(told_of(signature)[0].contains(shape), "{signature}");
    }
}
