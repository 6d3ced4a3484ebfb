//! Seeded randomness: the same seed gives the same serials, ids and tokens.

use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// The generator that everything random in one organisation is drawn from. Its algorithm (ChaCha8) is named, so that a seed means the same
/// in every release.
#[derive(Clone, Debug)]
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_means_the_same_in_every_release() {
        let mut random = Random::new(7, "acme");
        assert_eq!(random.hex(16), "de3192bb688ce978");
    }

    #[test]
    fn labels_keep_generators_apart() {
        assert_ne!(Random::new(7, "acme").number(), Random::new(7, "other").number());
    }
}
