use oauth1_request::signature_method::HmacSha1;
use oauth1_request::{Builder, Credentials};
use proptest::prelude::*;

use super::*;

const APPLE: &str = "https://mdmenrollment.apple.com/session";

/// The credentials built into Apple's old simulator: consumer key and secret, access token and secret.
const DEPSIM: [&str; 4] = [
    "CK_48dd68d198350f51258e885ce9a5c37ab7f98543c4a697323d75682a6c10a32501cb247e3db08105db868f73f2c972bdb6ae77112aea803b9219eb52689d42e6",
    "CS_34c7b2b531a600d99a0e4edcf4a78ded79b86ef318118c2f5bcfee1b011108c32d5302df801adbe29d446eb78f02b13144e323eb9aad51c79f01e50cb45c3a68",
    "AT_927696831c59ba510cfe4ec1a69e5267c19881257d4bca2906a99d0785b785a6f6fdeb09774954fdd5e2d0ad952e3af52c6d8d2f21c924ba0caf4a031c158b89",
    "AS_c31afd7a09691d83548489336e8ff1cb11b82b6bca13f793344496a556b1f4972eaff4dde6deb5ac9cf076fdfa97ec97699c34d515947b9cf9ed31c99dded6ba",
];
const TEST: [&str; 4] = ["CK_test", "CS_test", "AT_test", "AS_test"];

fn token([consumer_key, consumer_secret, access_token, access_secret]: [&str; 4]) -> ServerToken {
    ServerToken {
        consumer_key: consumer_key.to_owned(),
        consumer_secret: Secret::new(consumer_secret),
        access_token: Secret::new(access_token),
        access_secret: Secret::new(access_secret),
        expires_at: Timestamp::LAST,
    }
}

fn authorized(credentials: [&str; 4], url: &str) -> Authorization {
    let at = Timestamp::from_seconds(1_700_000_000);
    Authorization::parse(&authorize("GET", url, &token(credentials), at, "0123456789abcdef").unwrap()).unwrap()
}

fn verdict(authorization: &Authorization, credentials: [&str; 4], urls: &[&str]) -> Verdict {
    let token = token(credentials);
    authorization.verify("GET", urls.iter().copied(), &token.consumer_secret, &token.access_secret)
}

#[test]
fn the_base_string_is_that_of_rfc_5849() {
    let parameters = [
        ("oauth_consumer_key", "9djdj82h48djs9d2"),
        ("oauth_token", "kkk9d7dh3k39sjv7"),
        ("oauth_signature_method", "HMAC-SHA1"),
        ("oauth_timestamp", "137131201"),
        ("oauth_nonce", "7d8f3e4a"),
        ("oauth_signature", "bYT5CMsGcbgUdFHObYMEfcx6bsw="),
        ("c2", ""),
        ("a3", "2 q"),
    ];
    let expected = "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D%26c2%3D%26\
        oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1%26\
        oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7";
    let url = "http://EXAMPLE.COM:80/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b";
    assert_eq!(base_string("post", url, &parameters).unwrap(), expected);
    let plus = "http://example.com/request?b5=%3D%253D&&a3=a&c%40&a2=r+b&oauth_signature=x";
    assert_eq!(base_string("POST", plus, &parameters).unwrap(), expected);
}

#[test]
fn known_signatures_are_made_and_found_right() {
    for (credentials, url, expected) in [
        (TEST, APPLE, "BRL5Le54s2T7+9Koh1w7WFxin4g="),
        (DEPSIM, "http://localhost:8080/session", "xs+P25tmXDkahl/9VUvtVxOybmM="),
        (DEPSIM, APPLE, "48jFDaoJP9Z5Z5+Jp9YeojVfCio="),
    ] {
        let authorization = authorized(credentials, url);
        assert_eq!(authorization.signature(), expected);
        let candidates = ["https://127.0.0.1:8443/session", url];
        assert_eq!(verdict(&authorization, credentials, &candidates), Verdict::Match { url: url.to_owned() });
    }
}

#[test]
fn hosts_and_default_ports_are_normalized() {
    let no_parameters: [(&str, &str); 0] = [];
    let signed = |url: &str| base_string("GET", url, &no_parameters).unwrap();
    assert_eq!(signed("HTTPS://MDMenrollment.Apple.com:443/session"), signed(APPLE));
    assert_eq!(signed("http://[::1]:80/Session"), "GET&http%3A%2F%2F%5B%3A%3A1%5D%2FSession&");
    assert_eq!(signed("https://localhost:80/"), "GET&https%3A%2F%2Flocalhost%3A80%2F&");
    assert_eq!(signed("http://localhost:443"), "GET&http%3A%2F%2Flocalhost%3A443%2F&");
    assert_eq!(signed("https://user@localhost:8443/session"), "GET&https%3A%2F%2Flocalhost%3A8443%2Fsession&");
}

#[test]
fn a_query_is_signed_along() {
    let authorization = authorized(TEST, "https://localhost:8443/session?b=2&a=%7E+x");
    let found = |url| matches!(verdict(&authorization, TEST, &[url]), Verdict::Match { .. });
    assert!(found("https://localhost:8443/session?a=~%20x&b=2"));
    assert!(!found("https://localhost:8443/session?a=~%20x&b=3"));
    assert!(!found("https://localhost:8443/session"));
}

#[test]
fn a_mismatch_tells_what_the_server_signed() {
    let authorization = authorized(TEST, APPLE);
    let candidates = ["https://localhost:8443/session", "no url", "https://localhost:8443/other"];
    let Verdict::Mismatch { base_strings } = verdict(&authorization, TEST, &candidates) else { panic!() };
    let parameters = authorization.parameters();
    let expected = [candidates[0], candidates[2]].map(|url| base_string("GET", url, parameters).unwrap());
    assert_eq!(base_strings, expected);
}

#[test]
fn wrong_secrets_methods_and_signatures_do_not_match() {
    let authorization = authorized(TEST, APPLE);
    let [key, secret, token, token_secret] = TEST;
    for wrong in [[key, "CS_other", token, token_secret], [key, secret, token, "AS_other"]] {
        assert!(matches!(verdict(&authorization, wrong, &[APPLE]), Verdict::Mismatch { .. }));
    }
    let (secret, token_secret) = (Secret::new(secret), Secret::new(token_secret));
    let posted = authorization.verify("POST", [APPLE].into_iter(), &secret, &token_secret);
    assert!(matches!(posted, Verdict::Mismatch { .. }));

    let header = authorize("GET", APPLE, &self::token(TEST), Timestamp::from_seconds(1_700_000_000), "n").unwrap();
    let (start, _) = header.split_once("oauth_signature=\"").unwrap();
    for forged in ["x", "%%", "", "AAAAAAAAAAAAAAAAAAAAAAAAAAA%3D"] {
        let Ok(forged) = Authorization::parse(&format!("{start}oauth_signature=\"{forged}\"")) else { continue };
        assert!(matches!(verdict(&forged, TEST, &[APPLE]), Verdict::Mismatch { .. }), "{}", forged.signature());
    }
}

#[test]
fn what_is_no_absolute_url_is_refused() {
    let no_hosts = ["", "/session", "localhost", "localhost:8443", "https://", "https://:80/", "https://a b/"];
    for url in no_hosts.into_iter().chain(["https://host:x/", "https://host:99999/"]) {
        assert_eq!(authorize("GET", url, &token(TEST), Timestamp::LAST, "n"), Err(NotAUrl(url.to_owned())), "{url}");
    }
}

/// A header made by a library that is not ours.
fn signed_elsewhere(url: &str, credentials: [&str; 4], nonce: &str, timestamp: u64) -> String {
    let [consumer_key, consumer_secret, access_token, access_secret] = credentials;
    let mut builder = Builder::<_, _>::new(Credentials::new(consumer_key, consumer_secret), HmacSha1::new());
    builder.token(Credentials::new(access_token, access_secret)).nonce(nonce);
    if let Some(timestamp) = std::num::NonZeroU64::new(timestamp) {
        builder.timestamp(timestamp);
    }
    builder.get(url, &())
}

proptest! {
    #[test]
    fn what_another_library_signs_matches(values in prop::array::uniform4(".+"), nonce in ".+", timestamp in 1..u64::MAX) {
        let credentials = values.each_ref().map(String::as_str);
        let header = signed_elsewhere(APPLE, credentials, &nonce, timestamp);
        let authorization = Authorization::parse(&header).unwrap();
        prop_assert_eq!(authorization.nonce(), &nonce);
        prop_assert_eq!(verdict(&authorization, credentials, &[APPLE]), Verdict::Match { url: APPLE.to_owned() });
    }

    #[test]
    fn no_url_panics(url in ".*", rest in "[a-z0-9:/?%=&@.\\[\\]#-]{0,30}") {
        let _ = base_string("GET", &url, &[("a", "b")]);
        let _ = base_string("GET", &format!("https://{rest}"), &[("a", "b")]);
    }
}
