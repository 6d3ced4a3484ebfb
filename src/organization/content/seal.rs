//! Numbers that look like random ids, so that nothing has to be kept to recognise them.

use base64::prelude::{BASE64_STANDARD, Engine};

use crate::random::{hash, mix};

/// What a sealed number stands for; a seal of one kind does not open as another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seal {
    /// A version of the list of assets.
    Assets = 1,
    /// A version of the list of users.
    Users,
    /// A version of the list of assignments.
    Assignments,
    /// A version of the subscriptions.
    Subscriptions,
    /// An event.
    Event,
    /// A user's invitation.
    Invitation,
    /// A place in a list of subscriptions.
    Cursor,
    /// A walk through the users, of version 1.
    UserWalk,
    /// When such a walk began.
    UserMark,
    /// A walk through the licences, of version 1.
    LicenseWalk,
    /// When such a walk began.
    LicenseMark,
    /// A list of assignments that version 1 reads page by page.
    AssignmentList,
}

/// Numbers are below this.
const NUMBERS: u64 = 1 << 48;

/// The 30 hexadecimal digits of a sealed number: 12 for the number, covered, and 18 that prove it.
fn digits(key: u64, kind: Seal, number: u64) -> (u64, u64, u64) {
    let number = number % NUMBERS;
    let proof = mix(key ^ mix(number << 3 ^ kind as u64));
    let more = mix(proof ^ key.rotate_left(17)) & 0xff;
    (number ^ (mix(proof ^ key.rotate_left(32)) % NUMBERS), proof, more)
}

/// A number as an id in the form of a UUID of this version: 1 is what Apple's versions look like, 4 its events.
pub(super) fn uuid(key: u64, kind: Seal, number: u64, version: u8) -> String {
    let (covered, proof, more) = digits(key, kind, number);
    let node = proof & (NUMBERS - 1);
    let clock = (proof >> 48) as u16;
    let variant = 8 + (more & 3);
    format!(
        "{:08x}-{:04x}-{version:x}{:03x}-{variant:x}{:03x}-{node:012x}",
        covered >> 16,
        covered & 0xffff,
        clock >> 4,
        (u64::from(clock) & 0xf) << 8 | more,
    )
}

/// The number in an id that [`uuid`] made with this key, kind and version.
pub(super) fn open_uuid(key: u64, kind: Seal, text: &str, version: u8) -> Option<u64> {
    let parts: Vec<&str> = text.split('-').collect();
    let [first, second, third, fourth, node] = parts[..] else { return None };
    let hex = |text: &str, length: usize| (text.len() == length).then(|| u64::from_str_radix(text, 16).ok())?;
    let covered = hex(first, 8)? << 16 | hex(second, 4)?;
    let clock = (hex(third, 4)? & 0xfff) << 4 | (hex(fourth, 4)? >> 8 & 0xf);
    let proof = clock << 48 | hex(node, 12)?;
    let number = covered ^ (mix(proof ^ key.rotate_left(32)) % NUMBERS);
    (uuid(key, kind, number, version) == text).then_some(number)
}

/// A number as 32 lower-case hexadecimal digits.
pub(super) fn hex(key: u64, kind: Seal, number: u64) -> String {
    let (covered, proof, more) = digits(key, kind, number);
    format!("{proof:016x}{covered:012x}{more:02x}{:02x}", mix(more ^ proof) & 0xff)
}

/// The number in a text that [`hex`] made with this key and kind.
pub(super) fn open_hex(key: u64, kind: Seal, text: &str) -> Option<u64> {
    if text.len() != 32 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let proof = u64::from_str_radix(&text[..16], 16).ok()?;
    let covered = u64::from_str_radix(&text[16..28], 16).ok()?;
    let number = covered ^ (mix(proof ^ key.rotate_left(32)) % NUMBERS);
    (hex(key, kind, number) == text).then_some(number)
}

/// Some bytes in base64: eight that prove them, and they themselves, covered.
pub(super) fn text(key: u64, kind: Seal, bytes: &[u8]) -> String {
    let proof = mix(key ^ mix(hash(bytes) << 3 ^ kind as u64));
    let mut sealed = proof.to_le_bytes().to_vec();
    sealed.extend(covered(key, proof, bytes));
    BASE64_STANDARD.encode(sealed)
}

/// The bytes in a text that [`text`] made with this key and kind.
pub(super) fn open_text(key: u64, kind: Seal, sealed: &str) -> Option<Vec<u8>> {
    let whole = BASE64_STANDARD.decode(sealed).ok()?;
    let (proof, rest) = whole.split_first_chunk()?;
    let proof = u64::from_le_bytes(*proof);
    let bytes: Vec<u8> = covered(key, proof, rest).collect();
    (proof == mix(key ^ mix(hash(&bytes) << 3 ^ kind as u64))).then_some(bytes)
}

fn covered(key: u64, proof: u64, bytes: &[u8]) -> impl Iterator<Item = u8> + '_ {
    let cover = (0_u64..).flat_map(move |word| mix(key.rotate_left(32) ^ mix(proof ^ word)).to_le_bytes());
    bytes.iter().zip(cover).map(|(byte, cover)| byte ^ cover)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_with_its_key_and_kind_alone() {
        for number in [0, 1, 2, 255, 65_536, 1 << 40, NUMBERS - 1] {
            let version = uuid(7, Seal::Users, number, 1);
            assert_eq!(open_uuid(7, Seal::Users, &version, 1), Some(number));
            assert_eq!(open_uuid(8, Seal::Users, &version, 1), None);
            assert_eq!(open_uuid(7, Seal::Assets, &version, 1), None);
            assert_eq!(open_uuid(7, Seal::Users, &version.to_uppercase(), 1), None);
            let code = hex(7, Seal::Invitation, number);
            assert_eq!((code.len(), open_hex(7, Seal::Invitation, &code)), (32, Some(number)));
            assert_eq!(open_hex(8, Seal::Invitation, &code), None);
        }
        for text in ["", "x", "70e8c740-514c-11eb-bb63-a90b882fcd52", "----", "é0e8c740-514c-11eb-bb63-a90b882fcd5"] {
            assert_eq!(open_uuid(7, Seal::Users, text, 1), None);
            assert_eq!(open_hex(7, Seal::Invitation, text), None);
        }
    }

    #[test]
    fn a_text_opens_with_its_key_and_kind_alone() {
        let long = "x".repeat(100);
        for bytes in ["", "a", "seventeen letters", &long] {
            let sealed = text(7, Seal::UserWalk, bytes.as_bytes());
            assert_eq!(open_text(7, Seal::UserWalk, &sealed).as_deref(), Some(bytes.as_bytes()));
            assert_eq!(open_text(8, Seal::UserWalk, &sealed), None);
            assert_eq!(open_text(7, Seal::LicenseWalk, &sealed), None);
        }
        for other in ["", "AAAA", "AAAAAAAAAAAAAAAA", "no base64"] {
            assert_eq!(open_text(7, Seal::UserWalk, other), None);
        }
    }

    #[test]
    fn an_id_looks_like_one() {
        let id = uuid(7, Seal::Event, 3, 4);
        let shape: String = id.chars().map(|c| if c == '-' { '-' } else { 'x' }).collect();
        assert_eq!(shape, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx");
        assert!(&id[14..15] == "4" && matches!(&id[19..20], "8" | "9" | "a" | "b"));
    }
}
