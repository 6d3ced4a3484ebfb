//! Reading what an event does.

use crate::clock::Timestamp;
use crate::organization::{Choice, Happening, Serial, ServerChange, Suppliers, TOKEN_LIFE, TokenFate};

use super::acquaintance::Acquaintance;
use super::content_deed;
use super::deed::DEED;
use super::device::{Ordering, read_model};
use super::path::Path;
use super::plan::{AddPlan, DeedPlan, ModelPlan};
use super::reader::Reader;
use super::tree::{Node, Value};

/// What the only verb in `deed` says. `at` is the moment at which it happens. Nothing where there was something to complain about.
pub(super) fn read<'t>(
    reader: &mut Reader,
    deed: Node<'t>,
    path: &Path,
    known: &Acquaintance<'t>,
    at: Timestamp,
) -> Option<DeedPlan> {
    let (verb, node) = deed.pairs().find(|(verb, _)| DEED.field(verb.key()).is_some())?;
    let path = path.key(verb.key());
    let mut words = Words { reader, node, path: &path, known };
    let happening =
        match verb.key() {
            "order" => {
                let mut ordering = Ordering::new(known.servers.clone()?);
                return Some(DeedPlan::Order(ordering.read_order(words.reader, node, &path, at)));
            }
            "add" => return Some(DeedPlan::Add(words.addition())),
            "assign" => words.assign(at),
            "release" => words.choice().map(|devices| Happening::Release { devices, by: words.text("as") }),
            "activate" => words.choice().map(Happening::Activate),
            "erase" => words.choice().map(Happening::Erase),
            "leave" => words.choice().map(Happening::Leave),
            "cancel_migration" => words.choice().map(Happening::CancelMigration),
            "replace" => Some(Happening::Replace { serial: words.known_serial()?, with: words.serial("with") }),
            "terms" => {
                let lag = node.get("lag").and_then(Node::span).unwrap_or_default();
                Some(Happening::Terms { signed: node.get("state")?.text()? == "signed", lag })
            }
            "renew_token" => {
                let lifetime = node.get("expires_in").and_then(Node::span).unwrap_or(TOKEN_LIFE);
                Some(Happening::RenewToken { server: words.server()?, admin: words.text("admin"), lifetime })
            }
            "revoke_token" => {
                let fate = match node.get("fate").and_then(Node::text) {
                    Some("admin_removed") => TokenFate::AdminRemoved,
                    _ => TokenFate::Revoked,
                };
                Some(Happening::RevokeToken { server: words.server()?, fate })
            }
            "remove_person" => {
                let account = node.get("account")?;
                known.check_account(words.reader, account, &path.key("account"));
                Some(Happening::RemovePerson { account: account.owned()? })
            }
            "access" => {
                let access = Some(node.get("granted")?.flag()?);
                let change = ServerChange { access, ..ServerChange::default() };
                Some(Happening::ChangeServer { server: words.server()?, change })
            }
            "change_server" => words.change_server(),
            "end_sessions" => Some(Happening::EndSessions),
            "quirks" => Some(words.quirks()),
            verb @ ("buy" | "refund" | "transfer" | "associate" | "disassociate" | "change_password"
            | "claim_location") => content_deed::read(words.reader, verb, node, &path, known).map(Happening::Content),
            "suppliers" => {
                let list = |key| node.get(key).into_iter().flat_map(Node::items).filter_map(Node::owned).collect();
                let suppliers =
                    || Suppliers { customer_numbers: list("customer_numbers"), reseller_ids: list("reseller_ids") };
                Some(Happening::Suppliers((node.value() != Value::Null).then(suppliers)))
            }
            _ => None,
        };
    happening.map(DeedPlan::Other)
}

/// What stands behind a verb.
struct Words<'w, 't, 's> {
    reader: &'w mut Reader<'s>,
    node: Node<'t>,
    path: &'w Path<'w>,
    known: &'w Acquaintance<'t>,
}

impl Words<'_, '_, '_> {
    fn text(&self, key: &str) -> Option<String> {
        self.node.get(key).and_then(Node::owned)
    }

    fn serial(&self, key: &str) -> Option<Serial> {
        Serial::from_bytes(self.node.get(key)?.text()?.as_bytes())
    }

    fn known_serial(&mut self) -> Option<String> {
        let node = self.node.get("serial")?;
        self.check_serial(node, &self.path.key("serial"));
        node.owned()
    }

    fn check_serial(&mut self, node: Node, path: &Path) {
        // What is no serial number at all has been complained about.
        if node.text().is_some_and(|text| Serial::from_bytes(text.as_bytes()).is_some()) {
            self.known.check_serial(self.reader, node, path);
        }
    }

    /// The server that must be named.
    fn server(&mut self) -> Option<String> {
        let node = self.node.get("server")?;
        self.known.check_server(self.reader, node, &self.path.key("server"));
        node.owned()
    }

    /// The devices chosen, by exactly one of the ways that there are.
    fn choice(&mut self) -> Option<Choice> {
        const WAYS: [&str; 4] = ["serial", "serials", "order", "all_available"];
        let ways = || WAYS.iter().copied().filter(|way| *way != "all_available" || self.is_assign());
        let given: Vec<&str> = ways().filter(|way| self.node.get(way).is_some()).collect();
        let [way] = given.as_slice() else {
            if matches!(self.node.value(), Value::Mapping | Value::Null) {
                let hint = format!("write one of {}", ways().collect::<Vec<_>>().join(", "));
                self.reader.complain(self.node, self.path, "which devices is not clear", Some(hint));
            }
            return None;
        };
        let (node, path) = (self.node.get(way)?, self.path.key(way));
        match *way {
            "serial" => {
                self.check_serial(node, &path);
                Some(Choice::Serials(vec![node.owned()?]))
            }
            "serials" => {
                node.items().enumerate().for_each(|(index, serial)| self.check_serial(serial, &path.index(index)));
                Some(Choice::Serials(node.items().filter_map(Node::owned).collect()))
            }
            "order" => {
                self.known.check_order(self.reader, node, &path);
                Some(Choice::Order(node.owned()?))
            }
            _ => {
                if node.flag() == Some(false) {
                    let hint = "write true, or choose devices by `serials` or `order`".to_owned();
                    self.reader.complain(node, &path, "`all_available` chooses nothing when it is false", Some(hint));
                }
                Some(Choice::AllAvailable)
            }
        }
    }

    fn is_assign(&self) -> bool {
        self.path.label() == "`assign`"
    }

    fn assign(&mut self, at: Timestamp) -> Option<Happening> {
        let devices = self.choice();
        let server = self.node.get("server")?;
        self.known.check_server(self.reader, server, &self.path.key("server"));
        let deadline = self.node.get("deadline");
        if let Some((node, moment)) = deadline.and_then(|node| Some((node, node.moment()?))) {
            let path = self.path.key("deadline");
            if server.value() == Value::Null {
                let hint = Some("leave `deadline` out, or name a server".to_owned());
                self.reader.complain(node, &path, "a device that goes to no server has no deadline", hint);
            } else if moment.after(at) <= at {
                self.reader.complain(node, &path, "the deadline lies before the event", None);
            }
        }
        Some(Happening::Assign {
            devices: devices?,
            server: server.owned(),
            deadline: deadline.and_then(Node::moment),
            by: self.text("as"),
        })
    }

    fn addition(&mut self) -> AddPlan {
        let count = self.node.get("count").and_then(Node::integer).unwrap_or(1);
        if let Some(node) = self.node.get("count").filter(|_| count > 1 && self.node.get("serial").is_some()) {
            let hint = "leave out `serial` or `count`".to_owned();
            self.reader.complain(node, &self.path.key("count"), "one serial number is one device", Some(hint));
        }
        if let Some(server) = self.node.get("server") {
            self.known.check_server(self.reader, server, &self.path.key("server"));
        }
        let family = self.node.get("family");
        let model = match self.node.get("model") {
            Some(model) => Some(read_model(self.reader, model, family, self.path)),
            None => family.and_then(Node::family).map(ModelPlan::AnyOf),
        };
        AddPlan {
            model,
            color: self.text("color"),
            capacity: self.text("capacity"),
            count: count as u32,
            serial: self.serial("serial"),
            server: self.text("server"),
            by: self.text("as"),
        }
    }

    fn change_server(&mut self) -> Option<Happening> {
        let families = self.node.get("default_for");
        let change = ServerChange {
            name: self.text("name"),
            default_for: families.map(|list| list.items().filter_map(Node::family).collect()),
            allow_release: self.node.get("allow_release").and_then(Node::flag),
            access: None,
            admin: self.text("admin"),
        };
        let says_more = self.node.pairs().any(|(key, _)| key.key() != "server");
        if self.node.value() == Value::Mapping && !says_more {
            let hint = "write `name`, `default_for`, `allow_release` or `admin`".to_owned();
            self.reader.complain(self.node, self.path, "nothing is changed", Some(hint));
        }
        Some(Happening::ChangeServer { server: self.server()?, change })
    }

    fn quirks(&mut self) -> Happening {
        let patch = self.node.to_map();
        for (pointer, message, hint) in (self.reader.surroundings.check_quirks)(&patch) {
            let path = self.path.pointer() + &pointer;
            self.reader.complaints.add(self.node.follow(&pointer).place(), path, message, hint);
        }
        Happening::Quirks(patch)
    }
}
