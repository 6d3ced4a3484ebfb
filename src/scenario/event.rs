//! The timeline, and other lists that are checked lightly and kept as JSON.

use hashbrown::HashSet;
use serde_json::Value as Json;

use super::nearest::one_of_these;
use super::reader::{Part, Reader, entries};
use super::shape::{Field, Kind, Shape};
use super::tree::Node;

pub(super) static EVENT: Shape = Shape {
    name: "event",
    one: "an event",
    about: "Something that happens on Apple's side at a given time.",
    base: None,
    fields: &[
        Field::required("at", Kind::Moment, "When: a date, or a duration from the clock's start such as +2h."),
        Field::new("org", Kind::Id, "The organisation that it happens to; absent: every one."),
        Field::required("do", Kind::Mapping, "What happens: assign, release …"),
    ],
};

/// The entries under `key` as JSON. Organisations that they name must exist.
pub(super) fn read(
    reader: &mut Reader,
    parts: &[Part],
    key: &str,
    shape: &'static Shape,
    ids: &HashSet<&str>,
) -> Vec<Json> {
    let mut events = Vec::new();
    entries(parts, key, |node, path| {
        let organization = node.get("org").and_then(|org| Some((org, org.text()?)));
        if let Some((org, id)) = organization.filter(|(_, id)| !ids.contains(id)) {
            let hint = one_of_these(id, ids);
            reader.complain(org, &path.key("org"), format!("there is no organisation with the id `{id}`"), hint);
        }
        events.push(node.to_json_as(&Kind::Object(shape)));
    });
    events
}

/// The entries of the list under `key` in each of `parts`, as JSON.
pub(super) fn kept(parts: &[Part], key: &str, kind: &Kind) -> Vec<Json> {
    let mut kept = Vec::new();
    entries(parts, key, |node: Node, _| kept.push(node.to_json_as(kind)));
    kept
}
