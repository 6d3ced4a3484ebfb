//! Lists that are checked lightly and kept as JSON.

use serde_json::Value as Json;

use super::reader::{Part, entries};
use super::shape::Kind;
use super::tree::Node;

/// The entries of the list under `key` in each of `parts`, as JSON.
pub(super) fn kept(parts: &[Part], key: &str, kind: &Kind) -> Vec<Json> {
    let mut kept = Vec::new();
    entries(parts, key, |node: Node, _| kept.push(node.to_json_as(kind)));
    kept
}
