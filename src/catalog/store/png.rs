//! The least that makes a PNG: two colours, one bit for each pixel, nothing compressed.

use crate::random;

/// What a stored block of deflate may hold.
const BLOCK: usize = 65_535;

/// A square picture of `side` pixels in two colours. `cell` tells to which of some cells a pixel's column or row belongs, and `drawn` which of these,
/// by column and row, have the second colour.
pub fn square<C: PartialEq + Copy>(
    side: u32,
    colors: [[u8; 3]; 2],
    cell: impl Fn(u32) -> C,
    drawn: impl Fn(C, C) -> bool,
) -> Vec<u8> {
    let mut rows: Vec<u8> = Vec::with_capacity(side as usize * (side as usize / 8 + 2));
    let mut last: Option<(C, Vec<u8>)> = None;
    for y in 0..side {
        // Most rows are as the one before.
        let (_, row) = match last.take() {
            Some((above, row)) if above == cell(y) => last.insert((above, row)),
            _ => {
                let byte = |byte: u32| {
                    let bits = (0..8).filter(|bit| byte * 8 + bit < side && drawn(cell(byte * 8 + bit), cell(y)));
                    bits.fold(0_u8, |bits, bit| bits | 0x80 >> bit)
                };
                // Each row begins with its filter: none.
                last.insert((cell(y), std::iter::once(0).chain((0..side.div_ceil(8)).map(byte)).collect()))
            }
        };
        rows.extend_from_slice(row);
    }
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut header = Vec::from(side.to_be_bytes());
    header.extend(side.to_be_bytes());
    // One bit, palette, the only compression and filters that there are, not interlaced.
    header.extend([1, 3, 0, 0, 0]);
    chunk(&mut png, b"IHDR", &header);
    chunk(&mut png, b"PLTE", &colors.concat());
    chunk(&mut png, b"IDAT", &stored(&rows));
    chunk(&mut png, b"IEND", &[]);
    png
}

fn chunk(png: &mut Vec<u8>, name: &[u8; 4], content: &[u8]) {
    png.extend(u32::try_from(content.len()).unwrap_or(u32::MAX).to_be_bytes());
    let start = png.len();
    png.extend(name);
    png.extend(content);
    let sum = crc32(&png[start..]);
    png.extend(sum.to_be_bytes());
}

/// `content` as a zlib stream of stored blocks (RFC 1950, RFC 1951).
fn stored(content: &[u8]) -> Vec<u8> {
    let mut stream = vec![0x78, 0x01];
    let blocks = content.chunks(BLOCK);
    let last = blocks.len().saturating_sub(1);
    for (place, block) in blocks.enumerate() {
        let length = block.len() as u16;
        stream.push(u8::from(place == last));
        stream.extend(length.to_le_bytes());
        stream.extend((!length).to_le_bytes());
        stream.extend(block);
    }
    stream.extend(adler32(content).to_be_bytes());
    stream
}

fn adler32(content: &[u8]) -> u32 {
    const MODULUS: u32 = 65_521;
    // So many bytes can be added before a sum of 32 bits overflows.
    let (low, high) = content.chunks(5_552).fold((1_u32, 0_u32), |(mut low, mut high), chunk| {
        for byte in chunk {
            low += u32::from(*byte);
            high += low;
        }
        (low % MODULUS, high % MODULUS)
    });
    high << 16 | low
}

const CRC: [u32; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut sum = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            sum = if sum & 1 == 1 { 0xedb8_8320 ^ (sum >> 1) } else { sum >> 1 };
            bit += 1;
        }
        table[byte] = sum;
        byte += 1;
    }
    table
};

fn crc32(content: &[u8]) -> u32 {
    !content.iter().fold(!0, |sum, byte| CRC[usize::from((sum as u8) ^ byte)] ^ (sum >> 8))
}

/// Which of the cells of a pattern of `cells` by `cells`, the same on both sides of its middle, are drawn.
pub fn pattern(seed: u64, cells: u32) -> impl Fn(u32, u32) -> bool {
    let bits = random::mix(seed);
    move |column, row| {
        let column = column.min(cells - 1 - column);
        bits >> (row * cells.div_ceil(2) + column) & 1 == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_sums_are_those_of_the_standards() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(crc32(b"IEND"), 0xae42_6082);
        assert_eq!(adler32(b"Wikipedia"), 0x11e6_0398);
    }

    #[test]
    fn a_picture_has_its_size_its_colours_and_every_row() {
        let png = square(9, [[1, 2, 3], [4, 5, 6]], |at| at, |x, y| x == y);
        assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
        assert_eq!(&png[16..29], [0, 0, 0, 9, 0, 0, 0, 9, 1, 3, 0, 0, 0]);
        let at = |name: &[u8]| png.windows(4).position(|window| window == name).unwrap();
        assert_eq!(&png[at(b"PLTE") + 4..][..6], [1, 2, 3, 4, 5, 6]);
        // Two bytes of zlib, five of the block, then nine rows of a filter and two bytes.
        let rows = &png[at(b"IDAT") + 4 + 7..][..27];
        assert_eq!(rows[..6], [0, 0x80, 0, 0, 0x40, 0]);
        assert_eq!(rows[24..], [0, 0, 0x80]);
        assert!(png.ends_with(&[0xae, 0x42, 0x60, 0x82]));
    }

    #[test]
    fn a_large_picture_takes_several_blocks() {
        let rows = 1_024 * 129;
        assert_eq!(stored(&vec![0; rows]).len(), 2 + rows + 3 * 5 + 4);
    }
}
