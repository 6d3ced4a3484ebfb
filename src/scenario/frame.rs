//! Collections that are still open while a document is read.

use super::path::escape;
use super::tree::Tree;

/// A collection whose end is not reached yet.
pub(super) struct Frame {
    pub(super) cell: usize,
    /// The cell of the current key, in a mapping.
    pub(super) key: usize,
    /// Values so far, in a sequence.
    pub(super) entries: usize,
    pub(super) is_mapping: bool,
    pub(super) expects_key: bool,
    /// Whether one of the keys is `<<`.
    pub(super) merges: bool,
    /// Levels of collections inside.
    pub(super) height: usize,
    pub(super) anchor: usize,
}

/// A complete value that aliases can refer to.
pub(super) struct Anchor {
    pub(super) cell: usize,
    pub(super) height: usize,
}

/// The JSON pointer to the value that is being read, inside all of `frames`.
pub(super) fn pointer(frames: &[Frame], tree: &Tree) -> String {
    let mut pointer = String::new();
    for frame in frames {
        let step = match (frame.is_mapping, frame.expects_key) {
            (false, _) => frame.entries.to_string(),
            (true, false) => escape(tree.scalar(frame.key)).into_owned(),
            (true, true) => continue,
        };
        pointer.push('/');
        pointer.push_str(&step);
    }
    pointer
}
