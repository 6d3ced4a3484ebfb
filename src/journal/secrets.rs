//! What nobody may read in a journal: credentials, shortened so far that two can be told apart and none can be used.

use std::borrow::Cow;

use http::{HeaderName, HeaderValue, header};
use memchr::memmem;

use crate::secret::recognisable;

/// Names whose values in a JSON body are credentials.
const KEYS: [&str; 10] = [
    "auth_session_token",
    "escrow_key",
    "access_token",
    "access_secret",
    "consumer_secret",
    "client_assertion",
    "content_token",
    "notificationAuthToken",
    "sToken",
    "fleetServerSecret",
];

/// Parameters of an OAuth header that are none.
const OPEN: [&str; 6] =
    ["realm", "oauth_consumer_key", "oauth_signature_method", "oauth_timestamp", "oauth_nonce", "oauth_version"];

/// A header's value as it may be shown.
pub fn header<'v>(name: &HeaderName, value: &'v HeaderValue) -> Cow<'v, str> {
    let text = String::from_utf8_lossy(value.as_bytes());
    if name == header::AUTHORIZATION || name == header::PROXY_AUTHORIZATION {
        authorization(&text).into()
    } else if name == header::COOKIE || name == header::SET_COOKIE {
        text.split("; ").enumerate().map(|(at, part)| cookie(name, at, part)).collect::<Vec<_>>().join("; ").into()
    } else if name == "x-adm-auth-session" || name == "vpp-token" {
        recognisable(&text).into()
    } else {
        text
    }
}

/// A cookie's value is one; its attributes in `Set-Cookie` are none.
fn cookie(name: &HeaderName, at: usize, part: &str) -> String {
    match part.split_once('=') {
        Some((cookie, value)) if at == 0 || name == header::COOKIE => format!("{cookie}={}", recognisable(value)),
        _ => part.to_owned(),
    }
}

/// The scheme and, of OAuth, what is no secret; whatever is not understood counts as one.
fn authorization(value: &str) -> String {
    let (scheme, rest) = value.trim().split_once([' ', '\t']).unwrap_or((value.trim(), ""));
    if !scheme.eq_ignore_ascii_case("OAuth") {
        return if rest.is_empty() { recognisable(scheme) } else { format!("{scheme} {}", recognisable(rest)) };
    }
    let parameter = |part: &str| match part.split_once('=') {
        Some((name, _)) if OPEN.contains(&name.trim()) => part.to_owned(),
        Some((name, value)) => format!("{name}=\"{}\"", recognisable(value.trim().trim_matches('"'))),
        None if part.trim().is_empty() => part.to_owned(),
        None => recognisable(part),
    };
    // A comma within quotes ends nothing, but whoever writes one has no good header, and a part too many is shown as a secret.
    let shown: Vec<String> = rest.split(',').map(parameter).collect();
    format!("{scheme} {}", shown.join(","))
}

/// A body as it may be shown. It need not be JSON in full: one that was cut off in the midst of a secret is shortened as well.
pub fn body(bytes: &[u8]) -> Cow<'_, [u8]> {
    let mut shown = Cow::Borrowed(bytes);
    for key in KEYS {
        if memmem::find(&shown, key.as_bytes()).is_some() {
            shown = Cow::Owned(without(&shown, key));
        }
    }
    let is_form = !matches!(bytes.trim_ascii_start().first(), None | Some(b'{' | b'[' | b'"'));
    match std::str::from_utf8(bytes) {
        Ok(text) if is_form => match query(text) {
            Cow::Borrowed(_) => shown,
            Cow::Owned(shortened) => Cow::Owned(shortened.into_bytes()),
        },
        _ => shown,
    }
}

/// A query, a form, or a path with its query, as it may be shown.
pub fn query(text: &str) -> Cow<'_, str> {
    let names = ["sToken", "client_assertion"];
    let secret = |pair: &str| {
        let (name, value) = pair.split_once('=')?;
        let bare = name.rsplit_once('?').map_or(name, |(_, name)| name);
        let bare = percent_encoding::percent_decode_str(bare).decode_utf8_lossy();
        match bare.as_ref() {
            // With which Apple Account somebody accepts an invitation is nobody's business, and an address is known by any part of it.
            "appleId" => Some(format!("{name}=… ({} characters)", value.chars().count())),
            bare => names.contains(&bare).then(|| format!("{name}={}", recognisable(value))),
        }
    };
    if !text.split('&').any(|pair| secret(pair).is_some()) {
        return Cow::Borrowed(text);
    }
    let pairs = text.split('&').map(|pair| secret(pair).map_or(Cow::Borrowed(pair), Cow::Owned));
    Cow::Owned(pairs.collect::<Vec<_>>().join("&"))
}

/// `bytes` with every value of `"key"` shortened.
fn without(bytes: &[u8], key: &str) -> Vec<u8> {
    let quoted = format!("\"{key}\"");
    let mut shown = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(at) = memmem::find(rest, quoted.as_bytes()) {
        let (before, after) = rest.split_at(at + quoted.len());
        shown.extend_from_slice(before);
        rest = after;
        let Some((lead, value, length)) = text_value(rest) else { continue };
        shown.extend_from_slice(&rest[..lead]);
        shown.extend_from_slice(recognisable(&String::from_utf8_lossy(value)).as_bytes());
        rest = &rest[lead + length..];
    }
    shown.extend_from_slice(rest);
    shown
}

/// The text after a name's colon: where it begins, what it is, and how long it is, up to its closing quote or the end.
fn text_value(bytes: &[u8]) -> Option<(usize, &[u8], usize)> {
    let blank = |bytes: &[u8]| bytes.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    let colon = blank(bytes);
    let after = bytes.get(colon..)?.strip_prefix(b":")?;
    let lead = blank(after);
    let text = after.get(lead..)?.strip_prefix(b"\"")?;
    let mut length = 0;
    while let Some(byte) = text.get(length) {
        match byte {
            b'"' => break,
            b'\\' => length += 2,
            _ => length += 1,
        }
    }
    let length = length.min(text.len());
    Some((colon + 1 + lead + 1, &text[..length], length))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(name: HeaderName, value: &str) -> String {
        header(&name, &HeaderValue::from_str(value).unwrap()).into_owned()
    }

    fn body_of(text: &str) -> String {
        String::from_utf8(body(text.as_bytes()).into_owned()).unwrap()
    }

    const SECRET: &str = "0123456789abcdefghijklmnopqrstuvwxyz";
    const SHORT: &str = "012345…wxyz (36 characters)";

    #[test]
    fn of_an_oauth_header_the_key_stays() {
        let value = format!(
            "OAuth realm=\"ADM\", oauth_consumer_key=\"CK_{SECRET}\", oauth_token=\"{SECRET}\",oauth_signature=\"{SECRET}\", \
             oauth_nonce=\"n\", oauth_callback=\"{SECRET}\""
        );
        let wanted = format!(
            "OAuth realm=\"ADM\", oauth_consumer_key=\"CK_{SECRET}\", oauth_token=\"{SHORT}\",oauth_signature=\"{SHORT}\", \
             oauth_nonce=\"n\", oauth_callback=\"{SHORT}\""
        );
        assert_eq!(shown(header::AUTHORIZATION, &value), wanted);
    }

    #[test]
    fn other_credentials_are_shortened_whole() {
        assert_eq!(shown(header::AUTHORIZATION, &format!("Bearer {SECRET}")), format!("Bearer {SHORT}"));
        assert_eq!(shown(header::AUTHORIZATION, SECRET), SHORT);
        assert_eq!(shown(HeaderName::from_static("x-adm-auth-session"), SECRET), SHORT);
        assert_eq!(shown(header::COOKIE, &format!("a={SECRET}; b=1")), format!("a={SHORT}; b=… (1 characters)"));
        assert_eq!(shown(header::SET_COOKIE, &format!("a={SECRET}; Path=/")), format!("a={SHORT}; Path=/"));
        assert_eq!(shown(header::USER_AGENT, SECRET), SECRET);
    }

    #[test]
    fn bodies_keep_everything_but_their_secrets() {
        assert_eq!(
            body_of(&format!(r#"{{"auth_session_token":"{SECRET}","n":1}}"#)),
            format!(r#"{{"auth_session_token":"{SHORT}","n":1}}"#)
        );
        let twice = format!(r#"[{{"escrow_key" : "{SECRET}"}}, {{"escrow_key":"{SECRET}","escrow_key":null}}]"#);
        assert_eq!(body_of(&twice), twice.replace(SECRET, SHORT));
        for plain in [r#"{"devices":["escrow_key"]}"#, r#"{"escrow_key":3}"#, r#"{"escrow_key""#, "", "\"escrow_key\":"]
        {
            assert_eq!(body_of(plain), plain);
        }
    }

    #[test]
    fn forms_and_queries_keep_everything_but_their_secrets() {
        let short = |text: &str| text.replace(SECRET, SHORT);
        for text in [
            format!("sToken={SECRET}&adamIdStr=1"),
            format!("a=b&sToken={SECRET}"),
            format!("a=b&s%54oken={SECRET}"),
            format!("/mdm/getVPPAssetsSrv?sToken={SECRET}&a=b"),
        ] {
            assert_eq!(query(&text), short(&text));
            assert_eq!(body_of(&text), short(&text));
        }
        for plain in ["", "a=b&c", "/devices?token=x", "stoken=x", "text with sToken in it"] {
            assert_eq!((query(plain).as_ref(), body_of(plain).as_str()), (plain, plain));
        }
    }

    #[test]
    fn of_an_apple_id_its_length_alone_is_shown() {
        let text = "mt=8&appleId=somebody%40icloud.example";
        assert_eq!(
            (query(text).as_ref(), body_of(text).as_str()),
            ("mt=8&appleId=… (25 characters)", "mt=8&appleId=… (25 characters)")
        );
    }

    #[test]
    fn a_body_that_was_cut_off_tells_nothing_either() {
        let cut = format!(r#"{{"auth_session_token":"{SECRET}"#);
        assert_eq!(body_of(&cut), cut.replace(SECRET, SHORT));
        let escaped = format!(r#"{{"auth_session_token":"{SECRET}\"{SECRET}\"#);
        assert!(!body_of(&escaped).contains(SECRET));
    }

    proptest! {
        #[test]
        fn no_body_panics(text in "(\"escrow_key\"|:|\"| |\\\\|x){0,12}") {
            body(text.as_bytes());
        }
    }
}
