//! Seeded randomness: the same seed gives the same serials, ids and tokens.

use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

/// The generator that everything random in one organisation is drawn from. Its algorithm (ChaCha8) is named, so that a seed means the same
/// in every release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Position", try_from = "Position")]
pub struct Random(ChaCha8Rng);

impl Random {
    /// A generator for `seed`, kept apart from its neighbours by `label` (an organisation's id, say).
    pub fn new(seed: u64, label: &str) -> Self {
        Self(ChaCha8Rng::seed_from_u64(mix(seed ^ hash(label.as_bytes()))))
    }

    /// A 64-bit number.
    pub fn number(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A number in `0..bound`; 0 for an empty range.
    pub fn below(&mut self, bound: u64) -> u64 {
        if bound == 0 { 0 } else { self.0.random_range(0..bound) }
    }

    /// True with probability `chance`, which is clamped to 0…1.
    pub fn chance(&mut self, chance: f64) -> bool {
        chance > 0.0 && self.0.random::<f64>() < chance
    }

    /// `N` random bytes.
    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.fill_bytes(&mut bytes);
        bytes
    }

    /// `digits` lower-case hexadecimal digits.
    pub fn hex(&mut self, digits: usize) -> String {
        (0..digits).map(|_| char::from(b"0123456789abcdef"[self.below(16) as usize])).collect()
    }

    /// `digits` upper-case hexadecimal digits.
    pub fn hex_upper(&mut self, digits: usize) -> String {
        self.hex(digits).to_ascii_uppercase()
    }

    /// The generator in the form that the `fake` crate takes.
    pub fn rng(&mut self) -> &mut impl Rng {
        &mut self.0
    }
}

/// A 64-bit permutation (the finaliser of SplitMix64): turns counters into numbers without a pattern.
#[inline]
pub const fn mix(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// A 64-bit hash of `bytes` that is the same in every release and on every machine. Not for secrets.
#[inline]
pub fn hash(bytes: &[u8]) -> u64 {
    let mut hashed = 0x51_7c_c1_b7_27_22_0a_95_u64 ^ bytes.len() as u64;
    let mut chunks = bytes.chunks_exact(8);
    for chunk in &mut chunks {
        let mut word = [0; 8];
        word.copy_from_slice(chunk);
        hashed = (hashed.rotate_left(5) ^ u64::from_le_bytes(word)).wrapping_mul(0xf135_7aea_2e62_a9c5);
    }
    let mut word = [0; 8];
    word[..chunks.remainder().len()].copy_from_slice(chunks.remainder());
    hashed = (hashed.rotate_left(5) ^ u64::from_le_bytes(word)).wrapping_mul(0xf135_7aea_2e62_a9c5);
    mix(hashed)
}

/// Where a generator stands, as it is written down.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Position {
    /// Its seed, 64 hexadecimal digits.
    seed: String,
    /// How many 32-bit words it has given.
    words: u64,
}

impl From<Random> for Position {
    fn from(Random(generator): Random) -> Self {
        let seed = generator.get_seed();
        let seed = seed.chunks_exact(8).map(|eight| {
            let mut word = [0; 8];
            word.copy_from_slice(eight);
            key::written(u64::from_be_bytes(word))
        });
        Self { seed: seed.collect(), words: u64::try_from(generator.get_word_pos()).unwrap_or(u64::MAX) }
    }
}

impl TryFrom<Position> for Random {
    type Error = String;

    fn try_from(position: Position) -> Result<Self, String> {
        let wrong = || format!("`{}` is no seed: 64 hexadecimal digits are wanted", position.seed);
        let digits = position.seed.as_bytes();
        if digits.len() != 64 || !digits.is_ascii() {
            return Err(wrong());
        }
        let mut seed = [0; 32];
        for (eight, digits) in seed.chunks_exact_mut(8).zip(digits.chunks_exact(16)) {
            let word = std::str::from_utf8(digits).ok().and_then(key::read).ok_or_else(wrong)?;
            eight.copy_from_slice(&word.to_be_bytes());
        }
        let mut generator = ChaCha8Rng::from_seed(seed);
        generator.set_word_pos(u128::from(position.words));
        Ok(Self(generator))
    }
}

/// Keys of 64 bits in documents: 16 hexadecimal digits, since many readers of JSON keep only 53 bits of a number.
pub mod key {
    use serde::{Deserialize, Deserializer, Serializer};

    /// A key as text.
    pub fn written(key: u64) -> String {
        format!("{key:016x}")
    }

    /// The key in a text, if that is one.
    pub fn read(text: &str) -> Option<u64> {
        let is_key = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_key { u64::from_str_radix(text, 16).ok() } else { None }
    }

    /// Writes a key.
    pub fn serialize<S: Serializer>(key: &u64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&written(*key))
    }

    /// Reads a key.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
        let text = String::deserialize(deserializer)?;
        read(&text)
            .ok_or_else(|| serde::de::Error::custom(format!("`{text}` is no key: 16 hexadecimal digits are wanted")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_means_the_same_in_every_release() {
        let mut random = Random::new(7, "acme");
        assert_eq!(random.hex(16), "de3192bb688ce978");
    }

    #[test]
    fn a_generator_goes_on_where_it_was_written_down() {
        let mut random = Random::new(7, "acme");
        for draws in [0, 1, 3, 16, 100] {
            random.hex(draws);
            random.chance(0.5);
            let text = serde_json::to_string(&random).unwrap();
            let mut read: Random = serde_json::from_str(&text).unwrap();
            assert_eq!(read, random);
            assert_eq!(read.hex(40), random.hex(40));
        }
    }

    #[test]
    fn labels_keep_generators_apart() {
        assert_ne!(Random::new(7, "acme").number(), Random::new(7, "other").number());
    }
}
