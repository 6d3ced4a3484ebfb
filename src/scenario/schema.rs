//! The JSON Schema of scenario files, made from the same tables as the reader.

use serde_json::{Map, Value, json};

use crate::faults;
use crate::organization::{Family, Quirks};

use super::document::SCENARIO;
use super::shape::{Field, Kind, Shape};

/// The JSON Schema (2020-12) of the scenario file. `models` are the catalogue's names, which editors then complete.
pub fn schema<'m>(models: impl IntoIterator<Item = &'m str>) -> Value {
    let mut definitions = Map::new();
    for field in SCENARIO.fields() {
        define_in(&field.kind, &mut definitions);
    }
    let names: Vec<&str> = models.into_iter().collect();
    definitions.insert("model".to_owned(), json!({ "type": "string", "enum": names }));
    define_quirks(&mut definitions);
    let mut schema = object(&SCENARIO);
    definitions.insert("fault".to_owned(), faults::schema());
    let own = &mut definitions["organization"]["properties"]["faults"];
    for list in [own, &mut schema["properties"]["faults"]] {
        list["items"] = json!({ "$ref": "#/$defs/fault" });
    }
    schema.insert("$schema".to_owned(), "https://json-schema.org/draft/2020-12/schema".into());
    schema.insert("title".to_owned(), "abmsim scenario".into());
    schema.insert("$defs".to_owned(), definitions.into());
    schema.into()
}

/// The switches are described where they are defined; here their schema takes the place of "any mapping".
fn define_quirks(definitions: &mut Map<String, Value>) {
    let mut quirks = Quirks::schema();
    if let Some(Value::Object(inner)) = quirks.as_object_mut().and_then(|quirks| quirks.remove("$defs")) {
        definitions.extend(inner);
    }
    definitions.insert("quirks".to_owned(), quirks);
    for place in ["organization", "deed"] {
        let property = &mut definitions[place]["properties"]["quirks"];
        let description = property["description"].take();
        *property = json!({ "anyOf": [{ "$ref": "#/$defs/quirks" }, { "type": "null" }], "description": description });
    }
}

fn define_in(kind: &Kind, definitions: &mut Map<String, Value>) {
    match kind {
        Kind::List(entry) => define_in(entry, definitions),
        Kind::One(shape) if !definitions.contains_key(shape.name) => {
            define_in(&Kind::Object(shape), definitions);
            let one: Vec<Value> = shape.fields().map(|field| json!({ "required": [field.key] })).collect();
            definitions[shape.name]["oneOf"] = one.into();
        }
        Kind::Object(shape) if !definitions.contains_key(shape.name) => {
            definitions.insert(shape.name.to_owned(), object(shape).into());
            for field in shape.fields() {
                define_in(&field.kind, definitions);
            }
        }
        _ => {}
    }
}

fn object(shape: &Shape) -> Map<String, Value> {
    let properties: Map<String, Value> = shape.fields().map(|field| (field.key.to_owned(), property(field))).collect();
    let required: Vec<&str> = shape.fields().filter(|field| field.is_required).map(|field| field.key).collect();
    let mut object = Map::new();
    object.insert("description".to_owned(), shape.about.into());
    object.insert("type".to_owned(), "object".into());
    object.insert("properties".to_owned(), properties.into());
    object.insert("patternProperties".to_owned(), json!({ "^x-": {} }));
    object.insert("additionalProperties".to_owned(), false.into());
    if !required.is_empty() {
        object.insert("required".to_owned(), required.into());
    }
    object
}

fn property(field: &Field) -> Value {
    let mut schema = of_kind(&field.kind);
    if let Some(schema) = schema.as_object_mut() {
        schema.insert("description".to_owned(), field.about.into());
    }
    schema
}

/// What the reader takes for a value of `kind`, as far as a schema can say it. Where a collection is optional, nothing at all stands for an
/// empty one.
pub(super) fn of_kind(kind: &Kind) -> Value {
    match kind {
        Kind::Text => json!({ "type": ["string", "number"], "minLength": 1 }),
        Kind::Server => json!({ "type": ["string", "number", "null"], "minLength": 1 }),
        Kind::Model => {
            let any = json!({ "type": ["string", "number"], "minLength": 1 });
            json!({ "anyOf": [{ "$ref": "#/$defs/model" }, any] })
        }
        Kind::Id => json!({ "type": ["string", "integer"], "pattern": "^[a-z0-9-]+$" }),
        Kind::Digits => json!({ "type": ["string", "integer"], "minimum": 0, "pattern": "^[0-9]+$" }),
        Kind::Serial => {
            let (least, most) = (10_000_000_u64, 99_999_999_999_999_u64);
            json!({ "type": ["string", "integer"], "minimum": least, "maximum": most, "pattern": "^[A-Z0-9]{8,14}$" })
        }
        Kind::Source => json!({ "type": "string", "pattern": "^(apple|apple:.+|reseller:.+)$" }),
        Kind::Certificate => json!({ "type": "string", "pattern": "-----BEGIN CERTIFICATE-----" }),
        Kind::Family => json!({ "type": "string", "enum": Family::ALL.map(Family::name) }),
        Kind::Span => json!({ "type": "string", "pattern": SPAN }),
        Kind::Length => json!({ "type": "string", "pattern": LENGTH }),
        Kind::Time => json!({ "type": "string", "pattern": TIME }),
        Kind::Moment => json!({ "type": "string", "anyOf": [{ "pattern": SPAN }, { "pattern": TIME }] }),
        Kind::Choice(words) => json!({ "type": "string", "enum": words }),
        Kind::Integer(1, 1) => json!({ "const": 1 }),
        Kind::Integer(least, most) => json!({ "type": "integer", "minimum": least, "maximum": most }),
        Kind::Licenses => json!({ "anyOf": [{ "type": "integer", "minimum": 1 }, { "const": "unlimited" }] }),
        Kind::Above0To(most) if most.is_finite() => json!({ "type": "number", "exclusiveMinimum": 0, "maximum": most }),
        Kind::Above0To(_) => json!({ "type": "number", "exclusiveMinimum": 0 }),
        Kind::Price => json!({ "type": ["number", "string"], "minimum": 0, "pattern": "^[0-9]+([.][0-9]+)?$" }),
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::One(shape) => json!({ "$ref": format!("#/$defs/{}", shape.name) }),
        Kind::Object(shape) if shape.fields().any(|field| field.is_required) => {
            json!({ "$ref": format!("#/$defs/{}", shape.name) })
        }
        Kind::Object(shape) => json!({ "anyOf": [{ "$ref": format!("#/$defs/{}", shape.name) }, { "type": "null" }] }),
        Kind::List(entry) => json!({ "type": ["array", "null"], "items": of_entry(entry) }),
        Kind::Mapping => json!({ "type": ["object", "null"] }),
    }
}

/// Like `of_kind`, for an entry of a list, which must not be empty.
fn of_entry(kind: &Kind) -> Value {
    match kind {
        Kind::Object(shape) | Kind::One(shape) => json!({ "$ref": format!("#/$defs/{}", shape.name) }),
        Kind::Mapping => json!({ "type": "object" }),
        _ => of_kind(kind),
    }
}

const SPAN: &str = "^[+-]?([0-9]+(ms|s|m|h|d))+$";
const LENGTH: &str = "^([+]?([0-9]+(ms|s|m|h|d))+|-(0+(ms|s|m|h|d))+)$";
const TIME: &str =
    "^[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2}))?$";
