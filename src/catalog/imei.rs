//! International Mobile Equipment Identities.

use std::fmt;

/// An IMEI: 15 digits, the last a check digit (Luhn).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Imei {
    digits: [u8; 15],
}

/// What two digits add to the Luhn sum; the second of them counts double.
const LUHN: [u8; 100] = {
    let mut sums = [0; 100];
    let mut pair = 0;
    while pair < 100 {
        let doubled = 2 * (pair % 10);
        sums[pair] = (pair / 10 + doubled / 10 + doubled % 10) as u8;
        pair += 1;
    }
    sums
};

impl Imei {
    /// The IMEI of the `serial`-th unit of the `model`-th type: each below a million, more is cut off. The type code begins with 35 (Europe's
    /// reporting body), as most of Apple's do.
    #[inline]
    pub(super) fn new(model: u32, serial: u32) -> Self {
        let mut digits = *b"350000000000000";
        let mut sum = u32::from(LUHN[35]);
        for (part, place) in [(model, 2), (serial, 8)] {
            for (pair, at) in [(part / 10_000 % 100, place), (part / 100 % 100, place + 2), (part % 100, place + 4)] {
                digits[at..at + 2].copy_from_slice(&two_digits(pair));
                sum += u32::from(LUHN[pair as usize]);
            }
        }
        digits[14] = b'0' + ((10 - sum % 10) % 10) as u8;
        Self { digits }
    }

    /// Its 15 digits.
    pub fn as_bytes(&self) -> &[u8; 15] {
        &self.digits
    }

    /// The MEID that goes with it: on devices for every kind of network the IMEI without its check digit.
    pub fn meid(&self) -> [u8; 14] {
        let mut meid = [0; 14];
        meid.copy_from_slice(&self.digits[..14]);
        meid
    }

    /// With the blanks that Apple prints: `35 129600 314225 1`.
    #[inline]
    pub fn spaced(&self) -> [u8; 18] {
        let mut text = [b' '; 18];
        text[..2].copy_from_slice(&self.digits[..2]);
        text[3..9].copy_from_slice(&self.digits[2..8]);
        text[10..16].copy_from_slice(&self.digits[8..14]);
        text[17] = self.digits[14];
        text
    }
}

/// `number`, below 100, in two digits.
#[inline]
pub(super) fn two_digits(number: u32) -> [u8; 2] {
    const PAIRS: [[u8; 2]; 100] = {
        let mut pairs = [[0; 2]; 100];
        let mut number = 0;
        while number < 100 {
            pairs[number] = [b'0' + (number / 10) as u8, b'0' + (number % 10) as u8];
            number += 1;
        }
        pairs
    };
    PAIRS[number as usize]
}

/// Plain digits; `{:#}` for Apple's blanks.
impl fmt::Display for Imei {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let spaced = self.spaced();
        let text: &[u8] = if f.alternate() { &spaced } else { &self.digits };
        f.write_str(std::str::from_utf8(text).unwrap_or_default())
    }
}

impl fmt::Debug for Imei {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_digit_is_luhns() {
        // A published example: 35-209900-176148-1.
        assert_eq!(Imei::new(209_900, 176_148).to_string(), "352099001761481");
        for (model, serial) in [(0, 0), (999_999, 999_999), (123_456, 654_321), (129_600, 314_225)] {
            let digits = *Imei::new(model, serial).as_bytes();
            let sum: u32 = (digits.iter().rev().enumerate())
                .map(|(place, digit)| u32::from(digit - b'0') * (1 + place as u32 % 2))
                .map(|value| value / 10 + value % 10)
                .sum();
            assert_eq!(sum % 10, 0, "{digits:?}");
        }
    }

    #[test]
    fn apple_prints_blanks() {
        assert_eq!(format!("{:#}", Imei::new(129_600, 314_225)), "35 129600 314225 3");
    }
}
