//! What the events of an organisation may name.

use hashbrown::HashSet;

use super::nearest::one_of_these;
use super::path::Path;
use super::plan::OrganizationPlan;
use super::reader::Reader;
use super::tree::Node;

/// Names that events may use, as far as they are known beforehand. Where some are made up when the organisation is founded, as serial numbers
/// mostly are, any name may be right, and there is nothing (`None`) to check against: then it shows when the event's time has come.
#[derive(Default)]
pub(super) struct Acquaintance<'k> {
    pub(super) servers: Option<HashSet<&'k str>>,
    orders: Option<HashSet<&'k str>>,
    serials: Option<HashSet<&'k str>>,
    accounts: Option<HashSet<&'k str>>,
    locations: Option<HashSet<&'k str>>,
}

impl<'k> Acquaintance<'k> {
    /// Everything that `plan` names, and what the events themselves bring in: orders, devices, new names of servers.
    pub(super) fn of(plan: &'k OrganizationPlan, events: &[Node<'k>]) -> Self {
        let ordered = || plan.orders.iter().flat_map(|order| &order.devices);
        let accounts: Option<HashSet<&str>> = plan.people.iter().map(|who| who.managed_account.as_deref()).collect();
        let admins = || plan.servers.iter().map(|server| server.admin.as_deref());
        let mut known = Self {
            servers: Some(plan.servers.iter().map(|server| server.name.as_str()).collect()),
            orders: plan.orders.iter().map(|order| order.number.as_deref()).collect(),
            serials: ordered().map(|line| line.serial.as_ref().map(|serial| serial.as_str())).collect(),
            locations: Some(plan.locations.iter().map(|location| location.name.as_str()).collect()),
            // A server whose administrator nobody named belongs to the first there is, or to the organisation's own address.
            accounts: accounts.filter(|accounts| !accounts.is_empty() && admins().all(|admin| admin.is_some())),
        };
        if let Some(accounts) = &mut known.accounts {
            accounts.extend(admins().flatten());
        }
        events.iter().filter_map(|event| event.get("do")).for_each(|deed| known.learn(deed));
        known
    }

    /// These servers, and anything else.
    pub(super) fn with_servers(servers: &[&'k str]) -> Self {
        Self { servers: Some(servers.iter().copied().collect()), ..Self::default() }
    }

    fn learn(&mut self, deed: Node<'k>) {
        for (verb, node) in deed.pairs() {
            let text = |key: &str| node.get(key).and_then(Node::text);
            match verb.key() {
                "order" => {
                    add(&mut self.orders, text("number"));
                    let lines = node.get("devices").into_iter().flat_map(Node::items);
                    lines.for_each(|line| add(&mut self.serials, line.get("serial").and_then(Node::text)));
                }
                "add" => add(&mut self.serials, text("serial")),
                "replace" => add(&mut self.serials, text("with")),
                "change_server" | "renew_token" => {
                    for (known, key) in [(&mut self.servers, "name"), (&mut self.accounts, "admin")] {
                        if let Some(known) = known {
                            known.extend(text(key));
                        }
                    }
                }
                _ => {}
            }
        }
    }

    /// Complains where `node` names no server.
    pub(super) fn check_server(&self, reader: &mut Reader, node: Node, path: &Path) {
        let (Some(name), Some(servers)) = (node.text().filter(|name| !name.is_empty()), &self.servers) else { return };
        if !servers.contains(name) {
            let hint = one_of_these(name, servers);
            reader.complain(node, path, format!("there is no server called `{name}`"), hint);
        }
    }

    /// Complains where `node` names no order.
    pub(super) fn check_order(&self, reader: &mut Reader, node: Node, path: &Path) {
        check(reader, node, path, &self.orders, "order");
    }

    /// Complains where `node` names no device.
    pub(super) fn check_serial(&self, reader: &mut Reader, node: Node, path: &Path) {
        check(reader, node, path, &self.serials, "device");
    }

    /// Complains where `node` names no location.
    pub(super) fn check_location(&self, reader: &mut Reader, node: Node, path: &Path) {
        check(reader, node, path, &self.locations, "location");
    }

    /// Complains where `node` names nobody.
    pub(super) fn check_account(&self, reader: &mut Reader, node: Node, path: &Path) {
        check(reader, node, path, &self.accounts, "account");
    }
}

/// One more name; where it is made up later, anything may be right.
fn add<'k>(known: &mut Option<HashSet<&'k str>>, name: Option<&'k str>) {
    match (known.as_mut(), name) {
        (Some(names), Some(name)) => _ = names.insert(name),
        (_, None) => *known = None,
        (None, _) => {}
    }
}

fn check(reader: &mut Reader, node: Node, path: &Path, known: &Option<HashSet<&str>>, noun: &str) {
    let (Some(name), Some(known)) = (node.text().filter(|name| !name.is_empty()), known) else { return };
    if !known.contains(name) {
        reader.complain(node, path, format!("there is no {noun} `{name}`"), one_of_these(name, known));
    }
}
