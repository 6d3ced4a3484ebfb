use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use proptest::prelude::*;

use super::*;

/// The example of Apple's documentation.
const DOCUMENTED: &str = "OAuth realm=\"ADM\", oauth_consumer_key=\"CK_00fadb3d36c6094cf479838455321b7c\", \
    oauth_token=\"AT_O2109279022Oe03b641fd6f07d7face7894211d521fd8bef09c3O137392\", \
    oauth_signature_method=\"HMAC-SHA1\", oauth_signature=\"wOJIO9A2W5mFwDgiDvZbTSMK%2FPY%3D\", \
    oauth_timestamp=\"137131200\", oauth_nonce=\"4572616e48616d6d65724c61686176\", oauth_version=\"1.0\"";

/// A header with one pair replaced; an empty value in place of the pair takes it away.
fn with(name: &str, pair: &str) -> Result<Authorization, Malformed> {
    let pairs = DOCUMENTED.strip_prefix("OAuth ").unwrap().split(", ");
    let kept = pairs.map(|kept| if kept.starts_with(&format!("{name}=")) { pair } else { kept });
    let header = format!("OAuth {}", kept.filter(|kept| !kept.is_empty()).collect::<Vec<_>>().join(","));
    Authorization::parse(&header)
}

fn and(pair: &str) -> Malformed {
    Authorization::parse(&format!("{DOCUMENTED}, {pair}")).unwrap_err()
}

#[test]
fn the_documented_example_is_read() {
    let read = Authorization::parse(DOCUMENTED).unwrap();
    assert_eq!(read.consumer_key(), "CK_00fadb3d36c6094cf479838455321b7c");
    assert_eq!(read.token(), "AT_O2109279022Oe03b641fd6f07d7face7894211d521fd8bef09c3O137392");
    assert_eq!(read.nonce(), "4572616e48616d6d65724c61686176");
    assert_eq!(read.timestamp(), 137_131_200);
    assert_eq!(read.signature(), "wOJIO9A2W5mFwDgiDvZbTSMK/PY=");
    assert_eq!(read.realm(), Some("ADM"));
    assert!(read.parameters().iter().all(|(name, _)| name != "realm"));
}

#[test]
fn separators_scheme_and_order_do_not_matter() {
    let read = Authorization::parse(DOCUMENTED).unwrap();
    let mut pairs: Vec<_> = DOCUMENTED.strip_prefix("OAuth ").unwrap().split(", ").collect();
    for separator in [",", ", ", " ,\t", ",,"] {
        let header = format!("oAUTH {}", pairs.join(separator));
        assert_eq!(Authorization::parse(&header).unwrap(), read);
    }
    pairs.reverse();
    let reversed = Authorization::parse(&format!("OAUTH  {},", pairs.join(","))).unwrap();
    assert_eq!((reversed.token(), reversed.realm()), (read.token(), read.realm()));
}

#[test]
fn realm_and_version_may_be_absent() {
    assert_eq!(with("realm", "").unwrap().realm(), None);
    assert!(with("oauth_version", "").is_ok());
}

#[test]
fn a_realm_is_text_and_not_percent_encoded() {
    assert_eq!(with("realm", r#"REALM="a, \"b\" = 100%""#).unwrap().realm(), Some(r#"a, "b" = 100%"#));
}

#[test]
fn another_scheme_is_not_oauth() {
    for header in ["", "Bearer abc", "OAuth2 x", "Basic", "OAuthoauth_token=\"a\""] {
        assert_eq!(Authorization::parse(header), Err(Malformed::NotOAuth), "{header}");
    }
}

#[test]
fn an_absent_or_empty_parameter_is_missing() {
    assert_eq!(Authorization::parse("OAuth"), Err(Malformed::Missing("oauth_consumer_key")));
    for name in REQUIRED {
        assert_eq!(with(name, ""), Err(Malformed::Missing(name)));
        assert_eq!(with(name, &format!("{name}=\"\"")), Err(Malformed::Missing(name)));
    }
}

#[test]
fn a_parameter_there_twice_is_refused() {
    for name in ["realm", "oauth_nonce", "oauth_version"] {
        assert_eq!(and(&format!("{name}=\"1.0\"")), Malformed::Duplicated(name.to_owned()));
    }
    assert_eq!(and("oauth%5Fnonce=\"x\""), Malformed::Duplicated("oauth_nonce".to_owned()));
}

#[test]
fn unknown_parameters_are_refused() {
    for name in ["oauth_callback", "oauth_verifier", "OAUTH_NONCE", "color"] {
        assert_eq!(and(&format!("{name}=\"x\"")), Malformed::Unsupported(name.to_owned()));
    }
}

#[test]
fn other_methods_versions_and_times_are_refused() {
    for method in ["PLAINTEXT", "HMAC-SHA256", "hmac-sha1"] {
        let expected = Malformed::UnsupportedSignatureMethod(method.to_owned());
        assert_eq!(with("oauth_signature_method", &format!("oauth_signature_method=\"{method}\"")), Err(expected));
    }
    for version in ["1.1", "2.0", ""] {
        let expected = Malformed::UnsupportedVersion(version.to_owned());
        assert_eq!(with("oauth_version", &format!("oauth_version=\"{version}\"")), Err(expected));
    }
    for time in ["soon", "-1", "+1", "1.5", "99999999999999999999", "１"] {
        let expected = Malformed::BadTimestamp(time.to_owned());
        assert_eq!(with("oauth_timestamp", &format!("oauth_timestamp=\"{time}\"")), Err(expected));
    }
}

#[test]
fn broken_percent_encoding_is_refused() {
    for value in ["%", "%4", "a%zz", "%%41", "%ff", "%+1"] {
        let expected = Malformed::BadPercentEncoding("oauth_nonce".to_owned());
        assert_eq!(with("oauth_nonce", &format!("oauth_nonce=\"{value}\"")), Err(expected), "{value}");
    }
}

#[test]
fn what_is_no_list_of_pairs_is_refused_without_showing_values() {
    for pair in ["oauth_nonce", "oauth_nonce=secret", "oauth_nonce=\"secret", "oauth_nonce=\"secret\"x", "=\"x\""] {
        let Err(Malformed::Syntax(place)) = with("oauth_nonce", pair) else { panic!("{pair}") };
        assert!(!place.contains("secret"), "{place}");
    }
    assert!(matches!(and("oauth nonce=\"x\""), Malformed::Syntax(_)));
}

#[test]
fn a_refusal_quotes_no_more_than_there_is_room_for() {
    let method = "x".repeat(5_000);
    let refusal = with("oauth_signature_method", &format!("oauth_signature_method=\"{method}\"")).unwrap_err();
    assert!(refusal.to_string().len() < 150, "{refusal}");
}

#[test]
fn debug_shows_neither_token_nor_signature() {
    let read = Authorization::parse(DOCUMENTED).unwrap();
    let shown = format!("{read:?}");
    assert!(!shown.contains(read.token()) && !shown.contains(read.signature()), "{shown}");
}

proptest! {
    #[test]
    fn no_header_panics(text in ".*", rest in "([a-z_%0-9]{0,9}=?\"?[^\"]{0,9}\"?,? ?){0,9}") {
        let _ = Authorization::parse(&text);
        let _ = Authorization::parse(&format!("OAuth {rest}"));
        let _ = Authorization::parse(&format!("{DOCUMENTED},{text}"));
    }

    #[test]
    fn any_value_is_read_as_it_was_written(values in prop::array::uniform4(".+"), timestamp: u64) {
        let encoded: Vec<_> = values.iter().map(|value| utf8_percent_encode(value, NON_ALPHANUMERIC)).collect();
        let header = format!(
            "OAuth oauth_consumer_key=\"{}\", oauth_token=\"{}\",oauth_nonce=\"{}\" , oauth_signature=\"{}\", \
             oauth_timestamp=\"{timestamp}\", oauth_signature_method=\"HMAC-SHA1\"",
            encoded[0], encoded[1], encoded[2], encoded[3],
        );
        let read = Authorization::parse(&header).unwrap();
        prop_assert_eq!([read.consumer_key(), read.token(), read.nonce(), read.signature()], values.each_ref().map(String::as_str));
        prop_assert_eq!(read.timestamp(), timestamp);
    }
}
