//! Faults, and other lists that are checked lightly and kept as JSON.

use hashbrown::HashSet;
use serde_json::Value as Json;

use super::nearest::one_of_these;
use super::reader::{Part, Reader, entries};
use super::shape::{Field, Kind, Shape};
use super::tree::Node;

pub(super) static FAULT: Shape = Shape {
    name: "fault",
    one: "a fault",
    about: "A rule that makes calls fail.",
    base: None,
    fields: &[
        Field::new("org", Kind::Id, "The organisation whose calls fail; absent: every one."),
        Field::required("on", Kind::Text, "The operation, such as enrollment.sync_devices."),
        Field::new("when", Kind::Mapping, "Which of its calls: serial, server, header, nth."),
        Field::new("between", Kind::List(&Kind::Moment), "From when to when, in simulated time."),
        Field::new("times", Kind::Integer(1, u32::MAX as u64), "How often; absent: always."),
        Field::new("probability", Kind::Above0To(1.0), "How likely each time; default 1."),
        Field::required("do", Kind::Mapping, "What happens instead: error, status, delay, close, quirk, result …"),
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
