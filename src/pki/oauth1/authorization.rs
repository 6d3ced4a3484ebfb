//! The `Authorization: OAuth …` header.

use percent_encoding::percent_decode_str;

/// The parameters of an `Authorization: OAuth …` header, decoded, each there once and all of them known. Whether the
/// signature is right is for [`verify`](Self::verify) to tell.
#[derive(Clone, PartialEq, Eq)]
pub struct Authorization {
    realm: Option<String>,
    /// All but `realm`, in the order of the header.
    parameters: Vec<(String, String)>,
    timestamp: u64,
}

/// Why a header is not an [`Authorization`]. Apple answers all of these with 400.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// Another scheme.
    #[error("the Authorization header's scheme is not OAuth: it should begin with `OAuth oauth_consumer_key=\"…\"`")]
    NotOAuth,
    /// Not a list of `name="value"`.
    #[error("the Authorization header cannot be read at `{0}`: write name=\"value\" pairs with commas between them")]
    Syntax(String),
    /// A parameter that has to be there is absent or empty.
    #[error("the OAuth parameter {0} is missing or empty")]
    Missing(&'static str),
    /// A parameter is there twice.
    #[error("the OAuth parameter {0} is there more than once")]
    Duplicated(String),
    /// A parameter that Apple does not know here.
    #[error(
        "the OAuth parameter {0} is not supported: /session takes oauth_consumer_key, oauth_token, oauth_signature_method, oauth_signature, oauth_timestamp, oauth_nonce, oauth_version and realm"
    )]
    Unsupported(String),
    /// A signature method other than HMAC-SHA1.
    #[error("the oauth_signature_method {0} is not supported: sign with HMAC-SHA1")]
    UnsupportedSignatureMethod(String),
    /// A version other than 1.0.
    #[error("the oauth_version is {0}: it should be 1.0, or absent")]
    UnsupportedVersion(String),
    /// A `%` without two hexadecimal digits, or bytes that are not UTF-8.
    #[error("the value of {0} is not percent-encoded UTF-8")]
    BadPercentEncoding(String),
    /// A time that is no number.
    #[error("the oauth_timestamp {0} is not a number of seconds since 1970")]
    BadTimestamp(String),
}

const CONSUMER_KEY: &str = "oauth_consumer_key";
const TOKEN: &str = "oauth_token";
const SIGNATURE_METHOD: &str = "oauth_signature_method";
pub(super) const SIGNATURE: &str = "oauth_signature";
const TIMESTAMP: &str = "oauth_timestamp";
const NONCE: &str = "oauth_nonce";
const VERSION: &str = "oauth_version";
const REQUIRED: [&str; 6] = [CONSUMER_KEY, TOKEN, SIGNATURE_METHOD, SIGNATURE, TIMESTAMP, NONCE];

impl Authorization {
    /// Reads a header's value. Pairs stand in any order with `,` or `, ` between them; `realm` may be there and is no
    /// part of what is signed.
    pub fn parse(header: &str) -> Result<Self, Malformed> {
        let header = header.trim();
        let (scheme, mut rest) = header.split_once([' ', '\t']).unwrap_or((header, ""));
        if !scheme.eq_ignore_ascii_case("OAuth") {
            return Err(Malformed::NotOAuth);
        }
        let mut realm = None;
        let mut parameters: Vec<(String, String)> = Vec::with_capacity(7);
        loop {
            rest = rest.trim_start_matches([' ', '\t', ',']);
            if rest.is_empty() {
                break;
            }
            let (name, value, after) = pair(rest).ok_or_else(|| Malformed::Syntax(name_at(rest)))?;
            rest = after;
            if name.eq_ignore_ascii_case("realm") {
                if realm.replace(value).is_some() {
                    return Err(Malformed::Duplicated("realm".to_owned()));
                }
                continue;
            }
            let name = decoded(name).ok_or_else(|| Malformed::Syntax(name_at(name)))?;
            if parameters.iter().any(|(known, _)| *known == name) {
                return Err(Malformed::Duplicated(name));
            }
            if name != VERSION && !REQUIRED.contains(&name.as_str()) {
                return Err(Malformed::Unsupported(excerpt(&name)));
            }
            let value = decoded(&value).ok_or_else(|| Malformed::BadPercentEncoding(name.clone()))?;
            parameters.push((name, value));
        }
        let mut read = Self { realm, parameters, timestamp: 0 };
        if let Some(absent) = REQUIRED.into_iter().find(|name| read.parameter(name).is_empty()) {
            return Err(Malformed::Missing(absent));
        }
        match read.parameter(SIGNATURE_METHOD) {
            "HMAC-SHA1" => {}
            other => return Err(Malformed::UnsupportedSignatureMethod(excerpt(other))),
        }
        match read.parameters.iter().find(|(name, _)| name == VERSION) {
            Some((_, other)) if other != "1.0" => return Err(Malformed::UnsupportedVersion(excerpt(other))),
            _ => {}
        }
        let timestamp = read.parameter(TIMESTAMP);
        // `parse` alone would take a sign.
        let number = timestamp.bytes().all(|byte| byte.is_ascii_digit()).then(|| timestamp.parse().ok()).flatten();
        read.timestamp = number.ok_or_else(|| Malformed::BadTimestamp(excerpt(timestamp)))?;
        Ok(read)
    }

    fn parameter(&self, name: &str) -> &str {
        self.parameters.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// Whose server this is: `CK_…`.
    pub fn consumer_key(&self) -> &str {
        self.parameter(CONSUMER_KEY)
    }

    /// The access token, `AT_…`.
    pub fn token(&self) -> &str {
        self.parameter(TOKEN)
    }

    /// What keeps two requests of one second apart.
    pub fn nonce(&self) -> &str {
        self.parameter(NONCE)
    }

    /// When the client says that it signed: seconds since 1970 by its own clock.
    pub fn timestamp(&self) -> u64 {
        self.timestamp
    }

    /// The signature, base64.
    pub fn signature(&self) -> &str {
        self.parameter(SIGNATURE)
    }

    /// The realm, `ADM` in Apple's example, if the client sent one.
    pub fn realm(&self) -> Option<&str> {
        self.realm.as_deref()
    }

    /// Every parameter of the header but `realm`, decoded.
    pub fn parameters(&self) -> &[(String, String)] {
        &self.parameters
    }
}

impl std::fmt::Debug for Authorization {
    /// Without token and signature.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Authorization")
            .field("consumer_key", &self.consumer_key())
            .field("nonce", &self.nonce())
            .field("timestamp", &self.timestamp)
            .field("realm", &self.realm)
            .finish_non_exhaustive()
    }
}

/// The first `name="value"` of `text`, the value without its quotes and backslashes, and what follows.
fn pair(text: &str) -> Option<(&str, String, &str)> {
    let (name, rest) = text.split_once('=')?;
    let name = name.trim_end_matches([' ', '\t']);
    if name.is_empty() || name.contains(|c: char| c.is_ascii_whitespace() || c == '"' || c == ',') {
        return None;
    }
    let quoted = rest.trim_start_matches([' ', '\t']).strip_prefix('"')?;
    let mut value = String::with_capacity(quoted.len());
    let mut characters = quoted.char_indices();
    let end = loop {
        match characters.next()? {
            (at, '"') => break at,
            (_, '\\') => value.push(characters.next()?.1),
            (_, character) => value.push(character),
        }
    };
    let rest = quoted[end + 1..].trim_start_matches([' ', '\t']);
    (rest.is_empty() || rest.starts_with(',')).then_some((name, value, rest))
}

/// `text` without its percent-encoding; nothing where that is broken.
fn decoded(text: &str) -> Option<String> {
    let whole = text.split('%').skip(1).all(|escape| {
        let digits = escape.as_bytes().get(..2);
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    });
    if whole { percent_decode_str(text).decode_utf8().ok().map(Into::into) } else { None }
}

/// Where reading stopped, without the value: it may be a secret.
fn name_at(text: &str) -> String {
    excerpt(text.split(['=', '"']).next().unwrap_or_default())
}

/// As much of a client's text as a message has room for.
fn excerpt(text: &str) -> String {
    let mut shown: String = text.chars().take(40).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests;
