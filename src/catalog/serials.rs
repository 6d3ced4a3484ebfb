//! Serial numbers for devices that were given none.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::organization::Serial;
use crate::random::{key, mix};

/// A practically endless supply of serial numbers, each computed from its index alone: nothing is stored, nothing repeats.
///
/// They have the length of Apple's own since 2021 (ten characters) and no vowels, so no words; letters and digits that are read for one another
/// are left out. All begin with `Z`, which Apple's ten-character ones, as far as seen, do not contain: none is a real device's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SerialSequence {
    keys: [[u64; 2]; ROUNDS],
}

/// 26 characters: without vowels, 0 and 1 (O and I), and the letters that look like digits (B, S, Z).
const CHARACTERS: &[u8; 26] = b"23456789CDFGHJKLMNPQRTVWXY";
/// The nine characters after the `Z` in two halves, of four and of five.
const LEFT: u32 = 26 * 26 * 26 * 26;
const RIGHT: u32 = LEFT * 26;
/// Rounds of two steps each. Two hide every trace of the index that a person could see; this is not for secrets.
const ROUNDS: usize = 2;

impl SerialSequence {
    /// How many different serial numbers there are for one seed: about 5.4 million million.
    pub const COUNT: u64 = LEFT as u64 * RIGHT as u64;

    /// The sequence for `seed`, the same for ever. Sequences of different seeds are unrelated, so two may share a serial number by chance.
    pub const fn new(seed: u64) -> Self {
        let mut keys = [[0; 2]; ROUNDS];
        let mut round = 0;
        while round < ROUNDS {
            keys[round] = [mix(seed ^ mix(2 * round as u64)), mix(seed ^ mix(2 * round as u64 + 1))];
            round += 1;
        }
        Self { keys }
    }

    /// Whether a serial number looks like one of a sequence: only such a one can be in the way of another.
    pub fn looks_generated(serial: &Serial) -> bool {
        let text = serial.as_bytes();
        text.len() == 10 && text[0] == b'Z'
    }

    /// The serial number at `index`, different for every index below [`COUNT`](Self::COUNT); from there on they come round again.
    #[inline]
    pub fn nth(&self, index: u64) -> Serial {
        let index = index % Self::COUNT;
        let mut left = (index / u64::from(RIGHT)) as u32;
        let mut right = (index % u64::from(RIGHT)) as u32;
        // A Feistel network with addition in place of exclusive or: each step can be undone, so no two indices meet.
        for [to_right, to_left] in self.keys {
            right = add(right, scrambled(left, to_right, RIGHT), RIGHT);
            left = add(left, scrambled(right, to_left, LEFT), LEFT);
        }
        let [a, b, c, d] = spelt(left);
        let [e, f, g, h, i] = spelt(right);
        let text = [b'Z', a, b, c, d, e, f, g, h, i];
        Serial::from_bytes(&text).expect("ten capitals and digits are a serial number")
    }
}

impl Serialize for SerialSequence {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.keys.iter().flatten().map(|key| key::written(*key)))
    }
}

impl<'de> Deserialize<'de> for SerialSequence {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let texts = <[String; 2 * ROUNDS]>::deserialize(deserializer)?;
        let mut keys = [[0; 2]; ROUNDS];
        for (key, text) in keys.iter_mut().flatten().zip(&texts) {
            *key = key::read(text).ok_or_else(|| {
                serde::de::Error::custom(format!("`{text}` is no key: 16 hexadecimal digits are wanted"))
            })?;
        }
        Ok(Self { keys })
    }
}

/// `half` mixed with `key`, evenly spread over `0..bound`.
#[inline]
fn scrambled(half: u32, key: u64, bound: u32) -> u32 {
    let product = u128::from(u64::from(half) ^ key) * 0x9e37_79b9_7f4a_7c15;
    let mixed = (product >> 64) as u64 ^ product as u64;
    (((mixed >> 32) * u64::from(bound)) >> 32) as u32
}

#[inline]
fn add(half: u32, step: u32, bound: u32) -> u32 {
    let sum = half + step;
    // The lesser of the two without a branch, which would be guessed wrong half the time: below zero it wraps to a large number.
    sum.min(sum.wrapping_sub(bound))
}

/// `half`, below 26 to the power of `N`, in `N` characters.
#[inline]
fn spelt<const N: usize>(half: u32) -> [u8; N] {
    // As a fraction of that power, with 56 bits after the point: times 26, the next digit stands before the point. No division, and for numbers
    // this small no error.
    const POINT: u32 = 56;
    let mut fraction = (u64::from(half) + 1) * ((1 << POINT) / 26_u64.pow(N as u32)) - 1;
    let mut text = [0; N];
    for character in &mut text {
        fraction *= 26;
        *character = CHARACTERS[(fraction >> POINT) as usize];
        fraction &= (1 << POINT) - 1;
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    const LENGTH: usize = 10;

    #[test]
    fn a_seed_gives_the_same_serials_for_ever() {
        let serials = |seed| [0, 1, 2, 999_999].map(|index| SerialSequence::new(seed).nth(index).to_string());
        assert_eq!(serials(0), ["ZM7QC2HVRG", "ZJ99X9F273", "ZWL66P7TX4", "Z936NCFKJ5"]);
        assert_eq!(serials(7), ["ZY8RL3YTJY", "Z87HHR9LWH", "Z339WCMM9J", "ZMWVJ34N3X"]);
    }

    #[test]
    fn a_hundred_thousand_serials_in_a_row_differ() {
        let sequence = SerialSequence::new(42);
        let serials: HashSet<_> = (0..100_000).map(|index| sequence.nth(index)).collect();
        assert_eq!(serials.len(), 100_000);
    }

    #[test]
    fn every_place_takes_every_character_about_as_often() {
        let sequence = SerialSequence::new(1);
        let mut counts = [[0_u32; 256]; LENGTH];
        for index in 0..26_000 {
            for (place, byte) in sequence.nth(index).as_bytes().iter().enumerate() {
                counts[place][usize::from(*byte)] += 1;
            }
        }
        for (place, count) in counts.iter().enumerate().skip(1) {
            for byte in CHARACTERS {
                assert!((800..1200).contains(&count[usize::from(*byte)]), "{} at {place}", char::from(*byte));
            }
        }
    }

    #[test]
    fn neighbours_share_no_more_characters_than_strangers() {
        let sequence = SerialSequence::new(3);
        let shared: usize = (0..10_000)
            .map(|index| {
                let (one, other) = (sequence.nth(index), sequence.nth(index + 1));
                one.as_bytes().iter().zip(other.as_bytes()).skip(1).filter(|(a, b)| a == b).count()
            })
            .sum();
        // Nine places, each the same by chance once in 26.
        assert!((3_200..3_800).contains(&shared), "{shared}");
    }

    proptest! {
        #[test]
        fn different_indices_have_different_serials(
            seed: u64,
            one in 0..SerialSequence::COUNT,
            other in 0..SerialSequence::COUNT,
        ) {
            let sequence = SerialSequence::new(seed);
            prop_assert_eq!(one == other, sequence.nth(one) == sequence.nth(other));
            prop_assert_ne!(sequence.nth(one), sequence.nth((one + 1) % SerialSequence::COUNT));
        }

        #[test]
        fn every_index_has_a_valid_serial_without_vowels(seed: u64, index: u64) {
            let serial = SerialSequence::new(seed).nth(index).to_string();
            prop_assert!(serial.parse::<Serial>().is_ok());
            prop_assert_eq!(serial.len(), LENGTH);
            prop_assert!(serial.starts_with('Z'));
            prop_assert!(serial.bytes().skip(1).all(|byte| CHARACTERS.contains(&byte)), "{}", serial);
        }
    }
}
