//! MDM servers in a scenario.

use hashbrown::HashMap;

use crate::clock::Span;
use crate::organization::Family;

use super::complaints::Place;
use super::path::Path;
use super::plan::ServerPlan;
use super::reader::{Part, Reader, entries};
use super::shape::{Field, Kind, Shape};
use super::tree::Node;

/// More servers than this an organisation cannot have.
const MOST: usize = 250;

/// Names that the portal shows for devices without a server and in activities.
const RESERVED: [&str; 2] = ["Unassigned", "Reassigned"];

pub(super) static TOKEN: Shape = Shape {
    name: "token",
    one: "a token",
    about: "The token that is handed out when the scenario is loaded.",
    base: None,
    fields: &[Field::new(
        "expires_in",
        Kind::Span,
        "How long it lives; default 365d. Negative: it has already expired.",
    )],
};

pub(super) static SERVER: Shape = Shape {
    name: "server",
    one: "a server",
    about: "An MDM server: what the portal calls a device management service.",
    base: None,
    fields: &[
        Field::required("name", Kind::Text, "Its name, unique within the organisation."),
        Field::new(
            "default_for",
            Kind::List(&Kind::Family),
            "Families whose new devices are assigned to it by themselves. Each family has at most one default server.",
        ),
        Field::new("token", Kind::Object(&TOKEN), "Its first server token."),
        Field::new("certificate", Kind::Certificate, "The certificate that its token is encrypted to, in PEM."),
        Field::new("allow_release", Kind::Flag, "Whether it may release devices (disown); default true."),
        Field::new("admin", Kind::Text, "The Apple Account that made its token; absent: the first administrator's."),
    ],
};

/// How long a server token lives where nothing is said.
pub(super) const TOKEN_LIFE: Span = Span::from_days(365);

/// The servers of an organisation.
pub(super) fn read(reader: &mut Reader, parts: &[Part]) -> Vec<ServerPlan> {
    let mut servers = Vec::new();
    let mut names = HashMap::new();
    let mut defaults = HashMap::new();
    entries(parts, "servers", |node, path| {
        check_name(reader, node, path, &mut names);
        check_defaults(reader, node, path, &mut defaults);
        if servers.len() == MOST {
            reader.complain(node, path, format!("an organisation has at most {MOST} servers"), None);
        }
        let families = node.get("default_for").into_iter().flat_map(Node::items);
        servers.push(ServerPlan {
            name: node.get("name").and_then(Node::owned).unwrap_or_default(),
            default_for: families.filter_map(Node::family).collect(),
            token_expires_in: node.get("token").and_then(|token| token.get("expires_in")?.span()).unwrap_or(TOKEN_LIFE),
            certificate: node.get("certificate").and_then(Node::owned),
            allow_release: node.get("allow_release").and_then(Node::flag).unwrap_or(true),
            admin: node.get("admin").and_then(Node::owned),
            depsim_credentials: false,
        });
    });
    servers
}

fn check_name<'t>(reader: &mut Reader, server: Node<'t>, path: &Path, names: &mut HashMap<&'t str, Place>) {
    let Some(node) = server.get("name") else { return };
    let Some(name) = node.text() else { return };
    if RESERVED.contains(&name) {
        let hint = "the portal uses it for devices without a server".to_owned();
        reader.complain(node, &path.key("name"), format!("`{name}` cannot be a server's name"), Some(hint));
    }
    if let Some(first) = names.insert(name, node.place()) {
        reader.complain_second(node, &path.key("name"), format!("two servers are called `{name}`"), first);
    }
}

fn check_defaults(reader: &mut Reader, server: Node, path: &Path, defaults: &mut HashMap<Family, Place>) {
    let Some(list) = server.get("default_for") else { return };
    for (index, node) in list.items().enumerate() {
        let Some(family) = node.family() else { continue };
        if let Some(first) = defaults.insert(family, node.place()) {
            let message = format!("{} already has a default server", family.name());
            reader.complain_second(node, &path.key("default_for").index(index), message, first);
        }
    }
}
