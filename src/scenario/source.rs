//! Scenario files as they lie on disk, and places in them.

use std::io;
use std::path::Path;

/// A scenario file: its name for messages, and its bytes.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// The name that mistakes are reported under: the path as the user wrote it.
    pub name: String,
    /// What it contains. It should be UTF-8; where it is not, that is a mistake like any other.
    pub text: Vec<u8>,
}

impl SourceFile {
    /// A file that is already in memory.
    pub fn new(name: impl Into<String>, text: impl Into<Vec<u8>>) -> Self {
        Self { name: name.into(), text: text.into() }
    }

    /// The scenario that is served when none is given.
    pub fn default_scenario() -> Self {
        Self::new("default.yaml", include_str!("../../scenarios/default.yaml"))
    }

    /// Reads the file at `path`.
    pub fn open(path: &Path) -> io::Result<Self> {
        Ok(Self::new(path.display().to_string(), std::fs::read(path)?))
    }
}

/// Every so many bytes the number of characters before is kept, so that a column is cheap to find even in a file of one long line.
const BLOCK: usize = 1024;

/// Turns byte offsets into lines and columns.
pub(super) struct Places<'t> {
    text: &'t [u8],
    line_starts: Vec<usize>,
    characters: Vec<usize>,
}

impl<'t> Places<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let text = text.as_bytes();
        let mut line_starts = vec![0];
        for (at, byte) in text.iter().enumerate() {
            let ends_line = *byte == b'\n' || (*byte == b'\r' && text.get(at + 1) != Some(&b'\n'));
            if ends_line {
                line_starts.push(at + 1);
            }
        }
        let mut characters = Vec::with_capacity(text.len() / BLOCK + 1);
        let mut before = 0;
        for block in text.chunks(BLOCK) {
            characters.push(before);
            before += count_characters(block);
        }
        Self { text, line_starts, characters }
    }

    /// The line and the column at byte `at`, both from 1.
    pub(super) fn locate(&self, at: usize) -> (u32, u32) {
        let at = at.min(self.text.len());
        let line = self.line_starts.partition_point(|start| *start <= at);
        let start = self.line_starts[line - 1];
        let column = self.characters_before(at) - self.characters_before(start) + 1;
        (line as u32, column as u32)
    }

    fn characters_before(&self, at: usize) -> usize {
        let block = (at / BLOCK).min(self.characters.len().saturating_sub(1));
        let before = self.characters.get(block).copied().unwrap_or_default();
        before + count_characters(&self.text[block * BLOCK..at])
    }
}

/// Bytes that begin a character.
fn count_characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0xC0 != 0x80).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_not_bytes() {
        let text = "a: é\r\nü: x\rb";
        let places = Places::new(text);
        assert_eq!(places.locate(0), (1, 1));
        assert_eq!(places.locate(text.find('x').unwrap()), (2, 4));
        assert_eq!(places.locate(text.find('b').unwrap()), (3, 1));
        assert_eq!(places.locate(1_000), (3, 2));
    }

    #[test]
    fn a_long_line_is_no_different() {
        let text = format!("{}x", "é".repeat(5_000));
        assert_eq!(Places::new(&text).locate(10_000), (1, 5_001));
        assert_eq!(Places::new("").locate(0), (1, 1));
        assert_eq!(Places::new(&"y".repeat(BLOCK)).locate(BLOCK), (1, 1_025));
    }
}
