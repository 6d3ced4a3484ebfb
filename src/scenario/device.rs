//! The lines of an order.

use hashbrown::{HashMap, HashSet};
use serde_json::Map;

use crate::organization::Serial;
use crate::organization::content::SystemVersion;

use super::complaints::Place;
use super::nearest::one_of_these;
use super::path::Path;
use super::plan::{DevicePlan, ModelPlan, ServerChoice};
use super::reader::Reader;
use super::shape::{Field, Kind, Shape};
use super::tree::Node;

/// The most devices that a scenario may have.
pub(super) const MOST: u64 = 10_000_000;

pub(super) static DEVICE: Shape = Shape {
    name: "device",
    one: "a device",
    about: "A line of an order: one device by its serial number, or `count` devices alike. Without `model` and `serial`: a random mix.",
    base: None,
    fields: &[
        Field::new(
            "model",
            Kind::Model,
            "A model of the catalogue, or any text with `family` beside it; absent: drawn at random.",
        ),
        Field::new(
            "family",
            Kind::Family,
            "The family of a model that is not in the catalogue, or that models are drawn from.",
        ),
        Field::new(
            "serial",
            Kind::Serial,
            "Its serial number: 8 to 14 of A–Z and 0–9, unique within the organisation.",
        ),
        Field::new("count", Kind::Integer(1, MOST), "How many such devices; default 1."),
        Field::new("color", Kind::Text, "Colour, as Apple writes it (BLACK); absent: one of the model's."),
        Field::new("capacity", Kind::Text, "Capacity (128GB); absent: one of the model's."),
        Field::new(
            "server",
            Kind::Server,
            "The MDM server it is assigned to; null: none; absent: its family's default server.",
        ),
        Field::new("asset_tag", Kind::Text, "The supplier's asset tag."),
        Field::new("applecare", Kind::Mapping, "AppleCare coverage."),
        Field::new(
            "os_version",
            Kind::Text,
            "The version of its operating system: with an old one it cannot install what is assigned.",
        ),
        Field::new(
            "enrolled",
            Kind::Choice(&["built_in"]),
            "How it is enrolled already: `built_in` is Apple's own device management.",
        ),
    ],
};

/// Keys that are kept as written.
const MORE: [&str; 2] = ["applecare", "enrolled"];

/// What order lines are checked against: the organisation they are in.
pub(super) struct Ordering<'t> {
    /// Names by which a server may be called.
    pub(super) servers: HashSet<&'t str>,
    serials: HashMap<Serial, Place>,
    /// Servers that do not exist, with the hint for each: a mistake in a file is often made a thousand times.
    strangers: HashMap<&'t str, Option<String>>,
}

impl<'t> Ordering<'t> {
    pub(super) fn new(servers: HashSet<&'t str>) -> Self {
        Self { servers, serials: HashMap::new(), strangers: HashMap::new() }
    }

    /// One line of an order.
    pub(super) fn read_device(&mut self, reader: &mut Reader, line: Node<'t>, path: &Path) -> DevicePlan {
        let mut device = DevicePlan {
            model: ModelPlan::Any,
            serial: None,
            count: 1,
            color: None,
            capacity: None,
            server: ServerChoice::Default,
            asset_tag: None,
            os_version: None,
            more: Map::new(),
        };
        let (mut model, mut family, mut count) = (None, None, None);
        for (key, value) in line.pairs() {
            match key.key() {
                "model" => model = Some(value),
                "family" => family = Some(value),
                "serial" => device.serial = self.read_serial(reader, value, path),
                "count" => count = Some(value),
                "color" => device.color = value.owned(),
                "capacity" => device.capacity = value.owned(),
                "server" => device.server = self.read_server(reader, value, path),
                "asset_tag" => device.asset_tag = value.owned(),
                "os_version" => device.os_version = read_os_version(reader, value, path),
                key if MORE.contains(&key) => {
                    let kind = DEVICE.field(key).map_or(&Kind::Mapping, |field| &field.kind);
                    device.more.insert(key.to_owned(), value.to_json_as(kind));
                }
                _ => {}
            }
        }
        device.count = count.and_then(Node::integer).map_or(1, |count| count.min(MOST) as u32);
        if let Some(count) = count.filter(|_| device.serial.is_some() && device.count > 1) {
            let hint = "leave out `serial` or `count`".to_owned();
            reader.complain(count, &path.key("count"), "one serial number is one device", Some(hint));
        }
        device.model = match (model, family) {
            (Some(model), family) => read_model(reader, model, family, path),
            (None, family) => family.and_then(Node::family).map_or(ModelPlan::Any, ModelPlan::AnyOf),
        };
        device
    }

    fn read_serial(&mut self, reader: &mut Reader, node: Node, path: &Path) -> Option<Serial> {
        let serial = Serial::from_bytes(node.text()?.as_bytes())?;
        if let Some(first) = self.serials.insert(serial, node.place()) {
            reader.complain_second(
                node,
                &path.key("serial"),
                format!("two devices have the serial number `{serial}`"),
                first,
            );
        }
        Some(serial)
    }

    fn read_server(&mut self, reader: &mut Reader, node: Node<'t>, path: &Path) -> ServerChoice {
        let Some(name) = node.text() else { return ServerChoice::Unassigned };
        if !name.is_empty() && !self.servers.contains(name) {
            let servers = &self.servers;
            let hint = self.strangers.entry(name).or_insert_with(|| one_of_these(name, servers)).clone();
            reader.complain(node, &path.key("server"), format!("there is no server called `{name}`"), hint);
        }
        ServerChoice::Named(name.to_owned())
    }
}

fn read_os_version(reader: &mut Reader, node: Node, path: &Path) -> Option<SystemVersion> {
    let text = node.text()?;
    let version = text.parse();
    if version.is_err() {
        let hint = "write numbers with dots between them, such as `17.4`".to_owned();
        reader.complain(node, &path.key("os_version"), format!("`{text}` is no version of a system"), Some(hint));
    }
    version.ok()
}

pub(super) fn read_model(reader: &mut Reader, node: Node, family_node: Option<Node>, path: &Path) -> ModelPlan {
    let name = node.text().unwrap_or_default();
    let family = family_node.and_then(Node::family);
    let known = reader.family_of(name);
    match (known, family) {
        (Some(known), Some(family)) if known != family => {
            let hint = "leave out `family`, or give the model a name that the catalogue does not have".to_owned();
            let message = format!("`{name}` is of the family {}, not {}", known.name(), family.name());
            reader.complain(node, &path.key("model"), message, Some(hint));
        }
        (None, None) if !name.is_empty() && family_node.is_none() => {
            let suggestion = reader.surroundings.models.suggest(name);
            let meant = suggestion.map(|meant| format!("did you mean `{meant}`? ")).unwrap_or_default();
            let hint =
                format!("{meant}`abmsim schema` lists the models; with `family` beside it, a model may be any text");
            reader.complain(node, &path.key("model"), format!("`{name}` is not in the catalogue"), Some(hint));
        }
        _ => {}
    }
    match (known, family) {
        (None, Some(family)) => ModelPlan::Custom { name: name.to_owned(), family },
        _ => ModelPlan::Catalog(name.to_owned()),
    }
}
