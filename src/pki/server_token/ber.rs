//! Just enough of ASN.1's basic encoding rules to write the frame of a server token: `der` and `cms` write definite
//! lengths only, and Apple's files have indefinite ones.

/// How constructed values are framed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framing {
    /// Length `80`, contents, end-of-contents `00 00`: BER as Bouncy Castle writes it, and so Apple.
    Indefinite,
    /// The length in front: DER.
    Definite,
}

impl Framing {
    /// A constructed value with `tag` around `parts`.
    pub fn wrap(self, tag: u8, parts: &[&[u8]]) -> Vec<u8> {
        match self {
            Self::Definite => definite(tag, parts),
            Self::Indefinite => [&[tag, 0x80], parts.concat().as_slice(), &[0, 0]].concat(),
        }
    }
}

/// A value of definite length, the length in its shortest form.
pub(super) fn definite(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let contents = parts.concat();
    let length = contents.len().to_be_bytes();
    let significant = &length[length.iter().position(|byte| *byte != 0).unwrap_or(length.len() - 1)..];
    let mut value = vec![tag];
    if contents.len() >= 0x80 {
        value.push(0x80 | significant.len() as u8);
    }
    value.extend_from_slice(significant);
    value.extend_from_slice(&contents);
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_take_their_shortest_form() {
        assert_eq!(definite(4, &[]), [4, 0]);
        assert_eq!(definite(4, &[&[7; 0x7f]])[..2], [4, 0x7f]);
        assert_eq!(definite(4, &[&[7; 0x80]])[..3], [4, 0x81, 0x80]);
        assert_eq!(definite(4, &[&[7; 200], &[7; 100]])[..4], [4, 0x82, 0x01, 0x2c]);
    }

    #[test]
    fn indefinite_values_end_in_two_zeros() {
        assert_eq!(Framing::Indefinite.wrap(0x30, &[&[2, 1], &[0]]), [0x30, 0x80, 2, 1, 0, 0, 0]);
        assert_eq!(Framing::Definite.wrap(0x30, &[&[2, 1], &[0]]), [0x30, 3, 2, 1, 0]);
    }
}
