//! Parts of a scenario that are kept as JSON.

use serde_json::{Map, Number, Value as Json};

use super::scalar::integer;
use super::shape::{Kind, is_free};
use super::tree::{Node, Value};

impl Node<'_> {
    /// This value as JSON, where nothing is known about it.
    pub(super) fn to_json(self) -> Json {
        match self.value() {
            Value::Null | Value::Wrong => Json::Null,
            Value::Bool(flag) => Json::Bool(flag),
            Value::Integer(text) => whole(text).unwrap_or_else(|| text.into()),
            Value::Float(text) => fraction(text).unwrap_or_else(|| text.into()),
            Value::Text(text) => text.into(),
            Value::Sequence => self.items().map(Self::to_json).collect(),
            Value::Mapping => self.pairs().map(|(key, value)| (key.key().to_owned(), value.to_json())).collect(),
        }
    }

    /// This value as JSON, where it is known to be of `kind`: numbers that stand for text are text, notes of the user's own are gone.
    pub(super) fn to_json_as(self, kind: &Kind) -> Json {
        match kind {
            Kind::Object(shape) | Kind::One(shape) => Json::Object(
                self.pairs()
                    .filter_map(|(key, value)| {
                        let field = shape.field(key.key())?;
                        Some((field.key.to_owned(), value.to_json_as(&field.kind)))
                    })
                    .collect(),
            ),
            Kind::List(entry) => self.items().map(|item| item.to_json_as(entry)).collect(),
            kind if kind.is_text() => self.text().map_or(Json::Null, Json::from),
            _ => self.to_json(),
        }
    }

    /// This mapping as JSON, without notes of the user's own at its top.
    pub(super) fn to_map(self) -> Map<String, Json> {
        let known = self.pairs().filter(|(key, _)| !is_free(key.key()));
        known.map(|(key, value)| (key.key().to_owned(), value.to_json())).collect()
    }
}

/// A whole number, unless writing it as one would change it (`007` is more likely an order number).
fn whole(text: &str) -> Option<Json> {
    if text.starts_with("0x") || text.starts_with("0o") {
        return integer(text).map(Json::from);
    }
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_canonical = digits == "0" || digits.starts_with(|first: char| matches!(first, '1'..='9'));
    if !is_canonical {
        return None;
    }
    text.parse::<i64>().map(Json::from).or_else(|_| text.parse::<u64>().map(Json::from)).ok()
}

fn fraction(text: &str) -> Option<Json> {
    text.parse().ok().and_then(Number::from_f64).map(Json::Number)
}
