//! Apple's beta programmes, as tokens that an MDM hands to devices.

use crate::random;

/// The programmes: operating system and title.
const PROGRAMMES: [(&str, &str); 8] = [
    ("iOS", "iOS 26 AppleSeed Beta"),
    ("iOS", "iOS 27 AppleSeed Beta"),
    ("OSX", "macOS 26 AppleSeed Beta"),
    ("OSX", "macOS 27 AppleSeed Beta"),
    ("tvOS", "tvOS 27 AppleSeed Beta"),
    ("watchOS", "watchOS 27 AppleSeed Beta"),
    ("visionOS", "visionOS 27 AppleSeed Beta"),
    ("homePodOS", "HomePod software 27 AppleSeed Beta"),
];

/// Operating system, title and token (64 letters and digits) of each programme; the tokens are the organisation's own, by its `org_id_hash`.
pub fn beta_programmes(org_id_hash: &str) -> impl Iterator<Item = (&'static str, String, String)> {
    let key = random::hash(org_id_hash.as_bytes());
    PROGRAMMES.into_iter().map(move |(os, title)| {
        let seed = key ^ random::hash(title.as_bytes());
        let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        let token = (0..64).map(|place| char::from(letters[(random::mix(seed ^ place) % 62) as usize])).collect();
        (os, title.to_owned(), token)
    })
}
