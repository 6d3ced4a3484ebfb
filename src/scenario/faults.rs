//! Faults in a scenario, and in bodies of the control API.

use hashbrown::HashSet;
use serde_json::Value as Json;

use super::nearest::one_of_these;
use super::path::Path;
use super::plan::OrganizationPlan;
use super::reader::{Part, Reader, entries};
use super::shape::Kind;
use super::tree::{Node, Value};
use crate::faults::{self, Rule};

/// Whom a condition may name as `server`: MDM servers for calls of enrolment, and locations for those of Apps and Books and of the stores, which
/// come with a location's content token.
#[derive(Clone, Debug, Default)]
pub struct Callers<'n> {
    /// Names of MDM servers, and ids where they have some already.
    pub servers: HashSet<&'n str>,
    /// The same of locations.
    pub locations: HashSet<&'n str>,
}

impl Callers<'_> {
    /// What is wrong with the name `called` in a rule for calls of these operations, and what would be right.
    fn mistake<'o>(&self, called: &str, operations: impl Iterator<Item = &'o str>) -> Option<(String, Option<String>)> {
        let knows = |names: &HashSet<&str>| names.iter().any(|known| faults::is_server(known, called));
        let (of_servers, of_locations): (Vec<&str>, Vec<&str>) =
            operations.partition(|operation| operation.starts_with("enrollment."));
        let (minds_servers, minds_locations) = (!of_servers.is_empty(), !of_locations.is_empty());
        if minds_servers && knows(&self.servers) || minds_locations && knows(&self.locations) {
            return None;
        }
        let (what, known) = match (minds_servers, minds_locations) {
            (true, false) => ("server", self.servers.clone()),
            (false, true) => ("location", self.locations.clone()),
            _ => ("server and no location", self.servers.union(&self.locations).copied().collect()),
        };
        let message = format!("there is no {what} called `{called}`");
        let hint = match (minds_servers, minds_locations) {
            (true, false) if knows(&self.locations) => {
                Some(format!("`{called}` is a location: its calls are those of apps.* and catalog.*"))
            }
            (false, true) if knows(&self.servers) => {
                let locations = one_of_these(called, &known).unwrap_or_default();
                Some(format!("`{called}` is an MDM server, and these calls come from locations: {locations}"))
            }
            _ => one_of_these(called, &known),
        };
        Some((message, hint))
    }
}

/// The rules of an organisation's own list, in each of its `parts`.
pub(super) fn read(reader: &mut Reader, parts: &[Part], callers: &Callers<'_>) -> Vec<Rule> {
    let mut rules = Vec::new();
    entries(parts, "faults", |node, path| rules.extend(read_one(reader, node, path, callers, false)));
    rules
}

/// Reads the lists of whole files and gives each rule to the organisation that it names, or to every one.
pub(super) fn distribute(reader: &mut Reader, files: &[Part], organizations: &mut [OrganizationPlan]) {
    let mut read: Vec<(Option<String>, Vec<Rule>)> = Vec::new();
    let ids: Vec<String> = organizations.iter().filter_map(|plan| plan.id.clone()).collect();
    let ids: HashSet<&str> = ids.iter().map(String::as_str).collect();
    entries(files, "faults", |node, path| {
        let org = node.get("org").filter(|org| org.value() != Value::Null);
        if let Some(org) = org {
            reader.check(org, &path.key("org"), &Kind::Id);
        }
        let id = org.and_then(Node::text);
        if let (Some(org), Some(id)) = (org, id.filter(|id| !ids.contains(id))) {
            let hint = one_of_these(id, &ids);
            reader.complain(org, &path.key("org"), format!("there is no organisation with the id `{id}`"), hint);
        }
        if org.is_none() && organizations.is_empty() {
            let hint = "name one under `organizations`".to_owned();
            reader.complain(node, path, "there is no organisation whose calls could fail", Some(hint));
        }
        let meant = organizations.iter().filter(|plan| id.is_none_or(|id| plan.id.as_deref() == Some(id)));
        let mut callers = Callers::default();
        for plan in meant {
            callers.servers.extend(plan.servers.iter().map(|server| server.name.as_str()));
            callers.locations.extend(plan.locations.iter().map(|location| location.name.as_str()));
        }
        read.push((id.map(str::to_owned), read_one(reader, node, path, &callers, true)));
    });
    for (id, rules) in read {
        for plan in organizations.iter_mut().filter(|plan| id.is_none() || plan.id == id) {
            plan.faults.extend(rules.iter().cloned());
        }
    }
}

/// The rules that the body of a request holds: one, a list, or a depsim script; and whether it is one rule by itself.
pub(super) fn read_body(reader: &mut Reader, root: Node, callers: &Callers<'_>) -> (Vec<Rule>, bool) {
    let root_path = Path::ROOT;
    if root.value() == Value::Sequence {
        if root.items().next().is_none() {
            reader.complain(root, &root_path, "a list of no faults", Some("DELETE removes all of them".to_owned()));
        }
        let items = root.items().enumerate();
        let rules: Vec<Rule> = items
            .flat_map(|(index, node)| {
                if node.value() == Value::Null {
                    reader.complain(node, &root_path.index(index), "a fault is a mapping, not nothing", None);
                }
                reader.check(node, &root_path.index(index), &Kind::Mapping);
                read_one(reader, node, &root_path.index(index), callers, false)
            })
            .collect();
        return (rules, false);
    }
    if root.value() != Value::Mapping {
        let hint = "write {\"on\": \"enrollment.account\", \"do\": {\"status\": 503}}, for example".to_owned();
        reader.complain(root, &root_path, "a fault, or a list of them, is wanted", Some(hint));
        return (Vec::new(), false);
    }
    let is_script = root.pairs().any(|(key, _)| key.key().ends_with("_responses"));
    (read_one(reader, root, &root_path, callers, false), !is_script)
}

/// The rule at `node`; several where it is a depsim script.
fn read_one(reader: &mut Reader, node: Node, path: &Path, callers: &Callers<'_>, names_org: bool) -> Vec<Rule> {
    if node.value() != Value::Mapping {
        // That is a mistake which has been noted already.
        return Vec::new();
    }
    let mut given = node.to_map();
    if names_org {
        given.shift_remove("org");
    }
    match faults::read(&Json::Object(given)) {
        Ok(rules) => {
            let when = path.key("when");
            let (place, path) = (node.follow("/when/server"), when.key("server"));
            for rule in &rules {
                for (index, called) in rule.condition().servers().enumerate() {
                    let Some((message, hint)) = callers.mistake(called, rule.operations()) else { continue };
                    match place.value() {
                        Value::Sequence => {
                            let at = node.follow(&format!("/when/server/{index}"));
                            reader.complain(at, &path.index(index), message, hint);
                        }
                        _ => reader.complain(place, &path, message, hint),
                    }
                }
            }
            rules
        }
        Err(mistakes) => {
            for mistake in mistakes {
                let place = node.follow(&mistake.pointer).place();
                let pointer = path.pointer() + &mistake.pointer;
                reader.complaints.add(place, pointer, mistake.message, mistake.hint);
            }
            Vec::new()
        }
    }
}
