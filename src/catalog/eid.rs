//! eUICC identifiers: the numbers of eSIM chips.

use std::fmt;

use super::imei::two_digits;

/// An EID: 32 digits, the last two check digits (the whole number leaves 1 when divided by 97).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Eid {
    digits: [u8; 32],
}

/// Telecommunications, Germany, issuer 32: what the EIDs in Apple's devices begin with.
const ISSUER: u32 = 89_049_032;

impl Eid {
    /// The EID whose 22 digits between issuer and check digits are `high`, `middle` (each below 100 million) and `low` (below a million).
    #[inline]
    pub(super) fn new(high: u32, middle: u32, low: u32) -> Self {
        const fn shift(digits: u32) -> u64 {
            let (mut rest, mut left) = (1, digits);
            while left > 0 {
                rest = rest * 10 % 97;
                left -= 1;
            }
            rest
        }
        let rest = u64::from(ISSUER) * shift(24)
            + u64::from(high) * shift(16)
            + u64::from(middle) * shift(8)
            + u64::from(low) * shift(2);
        let mut digits = [0; 32];
        write_eight(&mut digits[..8], ISSUER);
        write_eight(&mut digits[8..16], high);
        write_eight(&mut digits[16..24], middle);
        write_eight(&mut digits[24..], low * 100 + (98 - rest % 97) as u32);
        Self { digits }
    }

    /// Its 32 digits.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.digits
    }
}

#[inline]
fn write_eight(text: &mut [u8], number: u32) {
    for (place, pair) in
        [number / 1_000_000, number / 10_000 % 100, number / 100 % 100, number % 100].into_iter().enumerate()
    {
        text[2 * place..2 * place + 2].copy_from_slice(&two_digits(pair));
    }
}

impl fmt::Display for Eid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(std::str::from_utf8(&self.digits).unwrap_or_default())
    }
}

impl fmt::Debug for Eid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_eid_leaves_one_when_divided_by_97() {
        for (high, middle, low) in [(0, 0, 0), (99_999_999, 99_999_999, 999_999), (400_888, 26_000_174, 839_293)] {
            let eid = Eid::new(high, middle, low).to_string();
            assert!(eid.len() == 32 && eid.starts_with("89049032"), "{eid}");
            assert_eq!(eid.parse::<u128>().unwrap() % 97, 1, "{eid}");
        }
        assert_eq!(&Eid::new(400_888, 26_000_174, 839_293).to_string()[8..30], "0040088826000174839293");
    }
}
