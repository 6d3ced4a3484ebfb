//! What a client did wrong whose signature does not match: common mistakes are made on purpose until one gives the client's signature.

use std::borrow::Cow;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use percent_encoding::percent_decode_str;

use super::Authorization;
use super::key::Key;
use super::signature::encoded;
use super::specimen::{Specimen, specimens};
use crate::secret::{Secret, recognisable};

/// What should have been signed, and with what.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// The method.
    pub method: &'a str,
    /// The URLs that would do.
    pub urls: &'a [Cow<'a, str>],
    /// The secret of the consumer key.
    pub consumer_secret: &'a Secret,
    /// The secret of the access token.
    pub access_secret: &'a Secret,
}

/// The secrets of another token, which a client may have taken for the right ones.
#[derive(Clone, Debug)]
pub struct OtherToken {
    /// Whose it is: "the server `Second MDM`".
    pub whose: String,
    /// The secret of its consumer key.
    pub consumer_secret: Secret,
    /// The secret of its access token.
    pub access_secret: Secret,
}

/// Why the signature of `claimed` does not match, in words for the client's author: what the client did, where that can be told, and the base strings
/// that the server computed. Secrets are shortened.
pub fn diagnose(claimed: &Authorization, expected: &Expected<'_>, others: &[OtherToken]) -> Vec<String> {
    let specimens: Vec<Specimen> =
        expected.urls.iter().flat_map(|url| specimens(claimed, expected.method, url)).collect();
    let right = specimens.iter().filter(|specimen| specimen.mistake.is_none());
    let without_token = |text: &str| {
        let token = claimed.token();
        let shown = recognisable(token);
        let shown = shown.split(' ').next().unwrap_or_default().replace('…', "...");
        // A parameter's value is encoded twice, or less by a mistake.
        let forms = [encoded(encoded(token.as_bytes()).as_bytes()), encoded(token.as_bytes()), token.to_owned()];
        forms.iter().filter(|form| !form.is_empty()).fold(text.to_owned(), |text, form| text.replace(form, &shown))
    };
    let computed = right.clone().map(|specimen| format!("the server's base string: {}", without_token(&specimen.text)));
    let Some(found) = find(claimed, expected, others, &specimens) else {
        let secrets = format!(
            "the secrets were {} and {}",
            expected.consumer_secret.recognisable(),
            expected.access_secret.recognisable()
        );
        let first = format!(
            "oauth_signature matches none of the base strings that the server computed, and no common mistake explains it{}: \
             compare them with the client's, and the secrets",
            shape(claimed.signature())
        );
        return [first].into_iter().chain(computed).chain([secrets]).collect();
    };
    let signed = &found.specimen.text;
    let mut reasons = vec![format!("oauth_signature does not match: {}", found.mistakes.join(", and "))];
    let nearest = right.min_by_key(|specimen| specimen.text.len() - common(&specimen.text, signed));
    if let Some(nearest) = nearest {
        reasons.push(format!("the server's base string: {}", without_token(&nearest.text)));
        if nearest.text != *signed {
            reasons.push(format!("the client's base string: {}", without_token(signed)));
            let (ours, theirs) = (without_token(&nearest.text), without_token(signed));
            reasons.push(difference(&ours, &theirs));
        }
    }
    reasons
}

/// A mistake, or two, that make the client's signature.
struct Found<'s> {
    mistakes: Vec<String>,
    specimen: &'s Specimen,
}

fn find<'s>(
    claimed: &Authorization,
    expected: &Expected<'_>,
    others: &[OtherToken],
    specimens: &'s [Specimen],
) -> Option<Found<'s>> {
    let keys = Key::likely(claimed, expected, others);
    for (form, claim) in claims(claimed.signature()) {
        let algorithm = match claim.len() {
            20 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
            32 => hmac::HMAC_SHA256,
            _ => continue,
        };
        let hash = (claim.len() == 32).then(|| "the client signed with HMAC-SHA256 and said HMAC-SHA1".to_owned());
        // One mistake is likelier than two.
        for two in [false, true] {
            for key in keys.iter().filter(|key| !(two && key.is_foreign)) {
                let signing = hmac::Key::new(algorithm, &key.bytes);
                let fitting = |specimen: &&Specimen| (key.mistake.is_some() && specimen.mistake.is_some()) == two;
                for specimen in specimens.iter().filter(fitting) {
                    if hmac::sign(&signing, specimen.text.as_bytes()).as_ref() == claim {
                        let mistakes = [&form, &hash, &specimen.mistake, &key.mistake];
                        let mistakes = mistakes.into_iter().flatten().cloned().collect();
                        return Some(Found { mistakes, specimen });
                    }
                }
            }
        }
    }
    None
}

/// What a signature may be when it is decoded, with what is wrong about its form.
fn claims(signature: &str) -> Vec<(Option<String>, Vec<u8>)> {
    let config = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let base64 = |text: &str| {
        let forms = [&STANDARD, &URL_SAFE].map(|alphabet| GeneralPurpose::new(alphabet, config).decode(text).ok());
        forms.into_iter().flatten().next()
    };
    let mut claims = Vec::new();
    if let Some(bytes) = base64(signature) {
        let is_standard = base64::engine::general_purpose::STANDARD.decode(signature).is_ok();
        let form = "the client wrote the signature in another base64 than the standard one with padding";
        if let Some(digest) = std::str::from_utf8(&bytes).ok().and_then(hexadecimal) {
            claims.push((Some("the client wrote the signature as base64 of hexadecimal digits".to_owned()), digest));
        }
        claims.push(((!is_standard).then(|| form.to_owned()), bytes));
    }
    if let Some(digest) = hexadecimal(signature) {
        claims.push((Some("the client wrote the signature in hexadecimal digits, not in base64".to_owned()), digest));
    }
    if signature.contains('%')
        && let Ok(once) = percent_decode_str(signature).decode_utf8()
        && let Some(bytes) = base64(&once)
    {
        claims.push((Some("the client percent-encoded the signature twice in the header".to_owned()), bytes));
    }
    if signature.contains(' ')
        && let Some(bytes) = base64(&signature.replace(' ', "+"))
    {
        claims
            .push((Some("a + in the signature became a blank: the client has to percent-encode it".to_owned()), bytes));
    }
    claims
}

fn hexadecimal(text: &str) -> Option<Vec<u8>> {
    let digits = text.len().is_multiple_of(2) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let byte = |at: usize| u8::from_str_radix(text.get(at..at + 2)?, 16).ok();
    if digits { (0..text.len()).step_by(2).map(byte).collect() } else { None }
}

/// What the signature looks like, where that is not what it should.
fn shape(signature: &str) -> String {
    match base64::engine::general_purpose::STANDARD.decode(signature) {
        Err(_) => " (the signature is not base64)".to_owned(),
        Ok(bytes) if bytes.len() != 20 => format!(" (the signature has {} bytes; HMAC-SHA1 makes 20)", bytes.len()),
        Ok(_) => String::new(),
    }
}

/// How many characters two texts have in common at their beginning.
fn common(one: &str, other: &str) -> usize {
    one.chars().zip(other.chars()).take_while(|(one, other)| one == other).map(|(char, _)| char.len_utf8()).sum()
}

/// Where two base strings part.
fn difference(ours: &str, theirs: &str) -> String {
    let at = common(ours, theirs);
    // A percent escape is not torn apart.
    let at = ours[..at].char_indices().rev().take(2).find(|(_, char)| *char == '%').map_or(at, |(percent, _)| percent);
    let from = |text: &str| {
        let rest: String = text[at..].chars().take(40).collect();
        if rest.is_empty() { "nothing more".to_owned() } else { format!("`{rest}`") }
    };
    let place = ours[..at].chars().count() + 1;
    format!("they differ from character {place} on: {} at the client's, {} at the server's", from(theirs), from(ours))
}

#[cfg(test)]
mod tests;
