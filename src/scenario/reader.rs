//! The one who reads: checks every value against its shape and collects what is wrong.

use hashbrown::HashMap;
use serde_json::{Map, Value as Json};

use crate::organization::Family;

use super::complaints::{Complaints, Place};
use super::environment::Environment;
use super::kind::found;
use super::nearest::did_you_mean;
use super::path::Path;
use super::shape::{Kind, Shape, is_free};
use super::tree::{Node, Value};

/// The models that order lines may name: the device catalogue.
pub trait Models {
    /// The family of the model that is called exactly `name`; nothing for a model that the catalogue does not have.
    fn family(&self, name: &str) -> Option<Family>;

    /// The model that somebody who wrote `name` most likely meant.
    fn suggest(&self, name: &str) -> Option<String>;
}

/// What is wrong with a switch: where (a JSON pointer into `quirks`), what, and what would be right.
pub type QuirkMistake = (String, String, Option<String>);

/// What reading a scenario needs from the rest of the house.
#[derive(Clone, Copy)]
pub struct Surroundings<'s> {
    /// Where `${VARIABLE}` in files comes from. Bodies of the control API are never expanded.
    pub environment: &'s Environment<'s>,
    /// The catalogue.
    pub models: &'s dyn Models,
    /// Finds what is wrong with `quirks`.
    pub check_quirks: &'s dyn Fn(&Map<String, Json>) -> Vec<QuirkMistake>,
}

/// The state of a reading.
pub(super) struct Reader<'s> {
    pub(super) surroundings: Surroundings<'s>,
    pub(super) complaints: Complaints,
    /// Devices so far, in the whole scenario.
    pub(super) devices: u64,
    /// What the catalogue said about the models met so far.
    models: HashMap<Box<str>, Option<Family>>,
}

/// A part of an organisation: organisations with the same id in several files are read as one.
pub(super) struct Part<'t, 'p> {
    pub(super) node: Node<'t>,
    pub(super) path: Path<'p>,
}

impl<'s> Reader<'s> {
    pub(super) fn new(surroundings: &Surroundings<'s>) -> Self {
        Self { surroundings: *surroundings, complaints: Complaints::default(), devices: 0, models: HashMap::new() }
    }

    /// Notes a mistake at `node`.
    pub(super) fn complain(&mut self, node: Node, path: &Path, message: impl Into<String>, hint: Option<String>) {
        self.complaints.add(node.place(), path.pointer(), message.into(), hint);
    }

    /// Notes that `node` says again what stands at `first`.
    pub(super) fn complain_second(&mut self, node: Node, path: &Path, message: String, first: Place) {
        self.complaints.add_second(node.place(), path.pointer(), message, first);
    }

    /// Checks `node` and everything in it against `kind`.
    pub(super) fn check(&mut self, node: Node, path: &Path, kind: &Kind) {
        let value = node.value();
        if let Err(hint) = kind.check(value) {
            let message = match value {
                Value::Null => format!("{} has no value", path.label()),
                Value::Text("") => format!("{} is empty", path.label()),
                _ => format!("{} must be {}, not {}", path.label(), kind.expected(), found(value)),
            };
            return self.complain(node, path, message, hint);
        }
        match kind {
            Kind::Object(shape) if value != Value::Wrong => self.check_keys(node, path, shape),
            Kind::One(shape) if value != Value::Wrong => {
                self.check_keys(node, path, shape);
                self.check_one(node, path, shape);
            }
            Kind::List(entry) => {
                for (index, item) in node.items().enumerate() {
                    self.check_entry(item, &path.index(index), entry);
                }
            }
            _ => {}
        }
    }

    /// Like `check`, for an entry of a list: there, nothing is not a way to leave something out.
    fn check_entry(&mut self, node: Node, path: &Path, kind: &Kind) {
        if node.value() == Value::Null {
            let hint = format!("write {}, or remove the entry", kind.expected());
            return self.complain(node, path, format!("{} is empty", path.label()), Some(hint));
        }
        self.check(node, path, kind);
    }

    fn check_keys(&mut self, node: Node, path: &Path, shape: &Shape) {
        for (name, value) in node.pairs() {
            let key = name.key();
            if let Some(field) = shape.field(key) {
                self.check(value, &path.key(key), &field.kind);
            } else if !is_free(key) && !matches!(name.value(), Value::Sequence | Value::Mapping | Value::Wrong) {
                let keys = || shape.fields().map(|field| field.key);
                let all = || {
                    format!("its keys are {}; keys that begin with x- are free", keys().collect::<Vec<_>>().join(", "))
                };
                let hint = did_you_mean(key, keys()).unwrap_or_else(all);
                self.complain(name, &path.key(key), format!("{} has no key `{key}`", shape.one), Some(hint));
            }
        }
        for field in shape.fields() {
            if field.is_required && node.get(field.key).is_none() {
                let hint = format!("`{}`: {}", field.key, field.about);
                self.complain(node, path, format!("{} needs `{}`", shape.one, field.key), Some(hint));
            }
        }
    }

    /// Complains where there is more than one of a shape's keys, or none.
    fn check_one(&mut self, node: Node, path: &Path, shape: &Shape) {
        let mut given = node.pairs().map(|(name, _)| name).filter(|name| !is_free(name.key()));
        let Some(first) = given.next() else {
            let keys: Vec<&str> = shape.fields().map(|field| field.key).collect();
            let hint = format!("write one of {}", keys.join(", "));
            return self.complain(node, path, format!("{} says nothing", shape.one), Some(hint));
        };
        for other in given.filter(|name| shape.field(name.key()).is_some()) {
            let message = format!("{} says `{}` beside `{}`", shape.one, other.key(), first.key());
            self.complain(other, &path.key(other.key()), message, Some("write an entry for each".to_owned()));
        }
    }

    /// The family of the model called `name`, if the catalogue has it.
    pub(super) fn family_of(&mut self, name: &str) -> Option<Family> {
        if let Some(family) = self.models.get(name) {
            return *family;
        }
        let family = self.surroundings.models.family(name);
        self.models.insert(name.into(), family);
        family
    }
}

/// Visits the entries of the list under `key` in each of `parts`.
pub(super) fn entries<'t>(parts: &[Part<'t, '_>], key: &str, mut visit: impl FnMut(Node<'t>, &Path)) {
    for part in parts {
        let path = part.path.key(key);
        let list = part.node.get(key);
        for (index, item) in list.into_iter().flat_map(Node::items).enumerate() {
            visit(item, &path.index(index));
        }
    }
}

/// What the last of `parts` that has `key` says.
pub(super) fn last<'t, T>(parts: &[Part<'t, '_>], key: &str, read: impl Fn(Node<'t>) -> Option<T>) -> Option<T> {
    parts.iter().rev().find_map(|part| part.node.get(key).and_then(&read))
}
