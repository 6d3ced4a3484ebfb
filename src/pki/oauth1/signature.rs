//! The signature over a request: RFC 5849, section 3.4.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Uri;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode, percent_encode};

use super::Authorization;
use super::authorization::SIGNATURE;
use crate::clock::Timestamp;
use crate::pki::ServerToken;
use crate::secret::Secret;

/// What stays as it is: RFC 5849, section 3.6.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A text that should be a URL with scheme and host, and is not.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an absolute URL: write it as https://mdmenrollment.apple.com/session")]
pub struct NotAUrl(String);

/// What [`Authorization::verify`] found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The signature is right for this URL.
    Match {
        /// The candidate that the client had signed.
        url: String,
    },
    /// It is right for none of them.
    Mismatch {
        /// What the server signed in vain, one text for each candidate: a client's author compares them with their own.
        /// They hold the access token, so show them shortened.
        base_strings: Vec<String>,
    },
}

impl Authorization {
    /// Whether the client knows both secrets and signed `method` on one of `candidate_urls`: the URL is what the client
    /// thinks it calls, and behind a proxy or an alias that is not the one that arrived here. Candidates that are no
    /// URLs are passed over.
    pub fn verify<'a>(
        &self,
        method: &str,
        candidate_urls: impl Iterator<Item = &'a str>,
        consumer_secret: &Secret,
        token_secret: &Secret,
    ) -> Verdict {
        let key = signing_key(consumer_secret, token_secret);
        let claimed = STANDARD.decode(self.signature()).unwrap_or_default();
        let mut base_strings = Vec::new();
        for url in candidate_urls {
            let Ok(base_string) = base_string(method, url, self.parameters()) else { continue };
            // In constant time, as a real server would: nobody learns a signature by guessing at it.
            if hmac::verify(&key, base_string.as_bytes(), &claimed).is_ok() {
                return Verdict::Match { url: url.to_owned() };
            }
            base_strings.push(base_string);
        }
        Verdict::Mismatch { base_strings }
    }
}

/// The text that is signed: method, URL without its query, and the sorted parameters of `url`'s query and `parameters`
/// (decoded ones). `oauth_signature` is left out; `realm` must not be among them.
pub fn base_string<N: AsRef<str>, V: AsRef<str>>(
    method: &str,
    url: &str,
    parameters: &[(N, V)],
) -> Result<String, NotAUrl> {
    let uri: Uri = url.parse().map_err(|_| NotAUrl(url.to_owned()))?;
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return Err(NotAUrl(url.to_owned()));
    };
    let (_, after_host) = authority.as_str().rsplit_once(authority.host()).unwrap_or_default();
    if authority.host().is_empty() || (authority.port_u16().is_none() && after_host.len() > ":".len()) {
        return Err(NotAUrl(url.to_owned()));
    }
    let (scheme, host) = (scheme.to_ascii_lowercase(), authority.host().to_ascii_lowercase());
    let port = match (scheme.as_str(), authority.port_u16()) {
        (_, None) | ("http", Some(80)) | ("https", Some(443)) => String::new(),
        (_, Some(port)) => format!(":{port}"),
    };
    let given = parameters.iter().map(|(name, value)| (name.as_ref(), value.as_ref()));
    let mut pairs: Vec<(String, String)> = given
        .filter(|(name, _)| *name != SIGNATURE)
        .map(|(name, value)| (encoded(name.as_bytes()), encoded(value.as_bytes())))
        .chain(uri.query().into_iter().flat_map(query_pairs))
        .collect();
    pairs.sort();
    let listed: Vec<String> = pairs.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    let base = format!("{scheme}://{host}{port}{}", uri.path());
    let method = method.to_ascii_uppercase();
    Ok([method.as_bytes(), base.as_bytes(), listed.join("&").as_bytes()].map(encoded).join("&"))
}

/// The signature of a base string, base64.
pub fn signature(base_string: &str, consumer_secret: &Secret, token_secret: &Secret) -> String {
    let key = signing_key(consumer_secret, token_secret);
    STANDARD.encode(hmac::sign(&key, base_string.as_bytes()))
}

/// The `Authorization` header with which the holder of `token` calls `method` on `url`: for our own command line and
/// tests. `at` is by the wall clock; `nonce` has to be new.
pub fn authorize(method: &str, url: &str, token: &ServerToken, at: Timestamp, nonce: &str) -> Result<String, NotAUrl> {
    let seconds = at.seconds().to_string();
    let parameters = [
        ("oauth_consumer_key", token.consumer_key.as_str()),
        ("oauth_nonce", nonce),
        ("oauth_signature_method", "HMAC-SHA1"),
        ("oauth_timestamp", &seconds),
        ("oauth_token", token.access_token.expose()),
        ("oauth_version", "1.0"),
    ];
    let base_string = base_string(method, url, &parameters)?;
    let signature = signature(&base_string, &token.consumer_secret, &token.access_secret);
    let pairs = parameters.into_iter().chain([(SIGNATURE, signature.as_str())]);
    let listed: Vec<String> = pairs.map(|(name, value)| format!("{name}=\"{}\"", encoded(value.as_bytes()))).collect();
    Ok(format!("OAuth realm=\"ADM\", {}", listed.join(", ")))
}

fn signing_key(consumer_secret: &Secret, token_secret: &Secret) -> hmac::Key {
    let secrets = [consumer_secret, token_secret].map(|secret| encoded(secret.expose().as_bytes())).join("&");
    hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secrets.as_bytes())
}

/// The parameters of a query, decoded as a form's are (`+` is a space) and encoded again as OAuth wants it.
pub(super) fn query_pairs(query: &str) -> impl Iterator<Item = (String, String)> {
    let again = |text: &str| {
        let spaced = text.replace('+', " ");
        encoded(&percent_decode(spaced.as_bytes()).collect::<Vec<u8>>())
    };
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let split = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    split.map(move |(name, value)| (again(name), again(value))).filter(|(name, _)| name != SIGNATURE)
}

pub(super) fn encoded(bytes: &[u8]) -> String {
    percent_encode(bytes, ENCODED).to_string()
}

#[cfg(test)]
mod tests;
