//! Organisations in a scenario.

use hashbrown::HashSet;
use serde_json::{Map, Value as Json};

use crate::clock::{Timestamp, wall};

use super::clock::{self, CLOCK};
use super::content::API_ACCOUNT;
use super::device::Ordering;
use super::faults::{self, Callers};
use super::kept::kept;
use super::location::{self, LOCATION};
use super::order::ORDER;
use super::person::{self, PERSON};
use super::plan::{ClockPlan, OrganizationKind, OrganizationPlan, Suppliers};
use super::reader::{Part, Reader, entries, last};
use super::server::{self, SERVER};
use super::shape::{Field, Kind, Shape};
use super::timeline::OWN_EVENT;
use super::tree::Node;

pub(super) static SUPPLIERS: Shape = Shape {
    name: "suppliers",
    one: "a list of suppliers",
    about: "Suppliers that the organisation knows; orders from others stay pending. Absent: every supplier is known.",
    base: None,
    fields: &[
        Field::new("customer_numbers", Kind::List(&Kind::Text), "Apple Customer Numbers."),
        Field::new("reseller_ids", Kind::List(&Kind::Text), "DEP Reseller IDs."),
    ],
};

pub(super) static ORGANIZATION: Shape = Shape {
    name: "organization",
    one: "an organisation",
    about: "An organisation in Apple Business Manager or Apple School Manager.",
    base: None,
    fields: &[
        Field::new(
            "id",
            Kind::Id,
            "Its id in the control API: lower-case letters, digits and dashes; absent: made up.",
        ),
        Field::new("name", Kind::Text, "Its legal name; absent: made up."),
        Field::new("type", Kind::Choice(&["org", "edu"]), "Business (`org`, the default) or school (`edu`)."),
        Field::new(
            "terms",
            Kind::Choice(&["signed", "unsigned"]),
            "`unsigned` while new terms wait for an administrator's consent; default signed.",
        ),
        Field::new("email", Kind::Text, "Its e-mail address; absent: made up."),
        Field::new("phone", Kind::Text, "Its telephone number; absent: made up."),
        Field::new("address", Kind::Text, "Its postal address in one line; absent: made up."),
        Field::new("servers", Kind::List(&Kind::Object(&SERVER)), "Its MDM servers, at most 250."),
        Field::new("suppliers", Kind::Object(&SUPPLIERS), "Suppliers that it knows; absent: every one."),
        Field::new("orders", Kind::List(&Kind::Object(&ORDER)), "Its orders, and so its devices."),
        Field::new("people", Kind::List(&Kind::Object(&PERSON)), "Its people."),
        Field::new("locations", Kind::List(&Kind::Object(&LOCATION)), "Its locations, with apps and books."),
        Field::new(
            "api_accounts",
            Kind::List(&Kind::Object(&API_ACCOUNT)),
            "Its accounts for the Business API: kept for a service that is to come.",
        ),
        Field::new("user_groups", Kind::List(&Kind::Mapping), "Groups of its people."),
        Field::new("packages", Kind::List(&Kind::Mapping), "Packages for Apple's own device management."),
        Field::new("configurations", Kind::List(&Kind::Mapping), "Configurations for Apple's own device management."),
        Field::new("blueprints", Kind::List(&Kind::Mapping), "Blueprints for Apple's own device management."),
        Field::new(
            "quirks",
            Kind::Mapping,
            "Named switches that differ from their defaults: what PATCH …/quirks takes.",
        ),
        Field::new("faults", Kind::List(&Kind::Mapping), "Rules that make its calls fail: what POST …/faults takes."),
        Field::new("clock", Kind::Object(&CLOCK), "A clock of its own; what is absent comes from the scenario's."),
        Field::new("timeline", Kind::List(&Kind::Object(&OWN_EVENT)), "What happens to it on Apple's side, and when."),
    ],
};

/// Lists that are kept as JSON, a list of pairs of key and entries, for services that are made from them. `api_accounts` have a
/// field of their own in the plan.
const KEPT: [&str; 4] = ["user_groups", "packages", "configurations", "blueprints"];

/// The organisation that `parts` describe together, without its timeline: lists are joined, and of everything else the last word counts.
/// `clock` is the scenario's.
pub(super) fn read(reader: &mut Reader, parts: &[Part], clock: &ClockPlan) -> OrganizationPlan {
    let own_clock = clock::read(parts);
    let start = own_clock.start.or(clock.start).unwrap_or_else(wall);
    let servers = server::read(reader, parts);
    let names: HashSet<&str> = servers.iter().map(|server| server.name.as_str()).collect();
    let locations = location::read(reader, parts);
    let called = locations.iter().map(|location| location.name.as_str()).collect();
    let faults = faults::read(reader, parts, &Callers { servers: names.clone(), locations: called });
    let orders = read_orders(reader, parts, names, start);
    let text = |key: &str| last(parts, key, Node::owned);
    OrganizationPlan {
        id: text("id"),
        name: text("name"),
        kind: match text("type").as_deref() {
            Some("edu") => OrganizationKind::School,
            _ => OrganizationKind::Business,
        },
        terms_signed: text("terms").is_none_or(|terms| terms == "signed"),
        email: text("email"),
        phone: text("phone"),
        address: text("address"),
        suppliers: read_suppliers(parts),
        orders,
        people: person::read(reader, parts),
        locations,
        api_accounts: kept(parts, "api_accounts", &Kind::Object(&API_ACCOUNT)),
        more: read_more(parts),
        quirks: read_quirks(reader, parts),
        faults,
        clock: own_clock,
        timeline: Vec::new(),
        servers,
    }
}

fn read_orders<'t>(
    reader: &mut Reader,
    parts: &[Part<'t, '_>],
    servers: HashSet<&'t str>,
    start: Timestamp,
) -> Vec<super::plan::OrderPlan> {
    let mut ordering = Ordering::new(servers);
    let mut orders = Vec::new();
    entries(parts, "orders", |node, path| orders.push(ordering.read_order(reader, node, path, start)));
    orders
}

fn read_suppliers(parts: &[Part]) -> Option<Suppliers> {
    let mut suppliers = None;
    for part in parts {
        let Some(node) = part.node.get("suppliers") else { continue };
        let known: &mut Suppliers = suppliers.get_or_insert_default();
        let list = |key| node.get(key).into_iter().flat_map(Node::items).filter_map(Node::owned);
        known.customer_numbers.extend(list("customer_numbers"));
        known.reseller_ids.extend(list("reseller_ids"));
    }
    suppliers
}

fn read_more(parts: &[Part]) -> Map<String, Json> {
    let lists = KEPT.into_iter().map(|key| (key.to_owned(), Json::Array(kept(parts, key, &Kind::Mapping))));
    lists.filter(|(_, list)| list.as_array().is_some_and(|list| !list.is_empty())).collect()
}

fn read_quirks(reader: &mut Reader, parts: &[Part]) -> Map<String, Json> {
    let mut quirks = Map::new();
    for part in parts {
        let Some(node) = part.node.get("quirks") else { continue };
        let own = node.to_map();
        for (pointer, message, hint) in (reader.surroundings.check_quirks)(&own) {
            let path = part.path.key("quirks").pointer() + &pointer;
            reader.complaints.add(node.follow(&pointer).place(), path, message, hint);
        }
        quirks.extend(own);
    }
    quirks
}
