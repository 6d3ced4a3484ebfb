//! The JSON Schema and the reader agree.

use jsonschema::Validator;
use serde_json::{Value, json};

use super::*;
use crate::scenario::complaints::Complaints;
use crate::scenario::document::SCENARIO;
use crate::scenario::parse::parse;
use crate::scenario::schema::of_kind;
use crate::scenario::shape::{Kind, Shape};

fn models() -> impl Iterator<Item = &'static str> {
    SHELF.iter().map(|(name, _)| *name)
}

fn validator() -> Validator {
    jsonschema::draft202012::options().build(&schema(models())).unwrap()
}

/// A file as the schema sees it.
fn as_json(text: &str) -> Value {
    let mut complaints = Complaints::default();
    parse(text, 0, None, &mut complaints).unwrap().root().to_json()
}

/// Every shape that a scenario is made of.
fn shapes() -> Vec<&'static Shape> {
    fn collect(kind: &'static Kind, shapes: &mut Vec<&'static Shape>) {
        match kind {
            Kind::List(entry) => collect(entry, shapes),
            Kind::Object(shape) | Kind::One(shape) if !shapes.iter().any(|known| known.name == shape.name) => {
                shapes.push(shape);
                shape.fields().for_each(|field| collect(&field.kind, shapes));
            }
            _ => {}
        }
    }
    let mut shapes = vec![&SCENARIO];
    SCENARIO.fields().for_each(|field| collect(&field.kind, &mut shapes));
    shapes
}

#[test]
fn the_schema_is_a_schema_and_takes_every_shipped_scenario() {
    assert!(jsonschema::meta::is_valid(&schema(models())));
    let validator = validator();
    for file in scenario_files() {
        let instance = as_json(std::str::from_utf8(&file.text).unwrap());
        let errors: Vec<String> = validator.iter_errors(&instance).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{}: {errors:#?}", file.name);
    }
}

#[test]
fn the_schema_refuses_what_the_reader_refuses() {
    let validator = validator();
    assert!(
        validator.is_valid(&json!({ "version": 1, "x-mine": [1], "organizations": [{ "servers": null, "x-y": 1 }] }))
    );
    assert!(
        !validator.is_valid(&as_json(
            include_str!("broken.yaml").replace("people: []", "").replace("- *unknown", "").as_str()
        ))
    );
    let with = |quirks: Value| json!({ "version": 1, "organizations": [{ "quirks": quirks }] });
    assert!(validator.is_valid(&with(json!({ "move_op": "both", "throttle": { "assignments": 2 }, "outage": "off" }))));
    let does = |deed: Value| json!({ "version": 1, "timeline": [{ "at": "2h", "do": deed }] });
    assert!(validator.is_valid(&does(json!({ "assign": { "server": null, "all_available": true }, "x-why": 1 }))));
    assert!(validator.is_valid(&does(json!({ "suppliers": null }))));
    let failing = |fault: Value| json!({ "version": 1, "faults": [fault], "organizations": [{ "faults": [fault] }] });
    for right in [
        json!({ "on": "enrollment.account", "times": 2, "do": { "error": "T_C_NOT_SIGNED" }, "x-note": 1 }),
        json!({ "on": ["enrollment.*"], "when": { "nth": { "every": 2 } }, "do": { "delay": "1s", "close": "mid_body" } }),
        json!({ "get_account_responses": [{ "count": 1, "response": "unauthorized" }] }),
    ] {
        assert!(validator.is_valid(&failing(right.clone())), "{right}");
        crate::faults::read(&right).unwrap();
    }
    for wrong in [
        failing(json!({ "on": "enrollment.accout", "do": { "error": "T_C_NOT_SIGNED" } })),
        failing(json!({ "on": "enrollment.account", "do": { "error": "T_C_NOT_SIGNET" } })),
        failing(json!({ "on": "enrollment.account", "do": {} })),
        failing(json!({ "on": "enrollment.account", "time": 2, "do": { "status": 503 } })),
        with(json!({ "move_op": "sometimes" })),
        with(json!({ "move_opp": "both" })),
        json!({}),
        json!({ "version": 1, "organisations": [] }),
        json!({ "version": 1, "organizations": [{ "servers": [{}] }] }),
        does(json!({})),
        does(json!({ "end_sessions": {}, "assign": { "server": null, "all_available": true } })),
        does(json!({ "asign": { "server": null } })),
        does(json!({ "assign": { "all_available": true } })),
        does(json!({ "quirks": { "move_opp": "both" } })),
    ] {
        assert!(!validator.is_valid(&wrong), "{wrong}");
    }
}

#[test]
fn every_key_and_shape_is_documented_and_known_to_the_schema() {
    let schema = schema(models());
    for shape in shapes() {
        let definition = if shape.name == SCENARIO.name { &schema } else { &schema["$defs"][shape.name] };
        assert!(!shape.about.is_empty() && definition["description"] == shape.about, "{}", shape.name);
        let properties = definition["properties"].as_object().unwrap();
        assert_eq!(properties.len(), shape.fields().count(), "{}", shape.name);
        for field in shape.fields() {
            assert!(field.about.ends_with(['.', '…']), "{}", field.key);
            assert_eq!(properties[field.key]["description"], field.about);
        }
    }
}

/// Reader and schema take the same values under every key. What only the reader can know is left out: that a pattern of digits is no day,
/// that a model is in the catalogue, capitals of a family.
#[test]
fn reader_and_schema_take_the_same_values() {
    let texts = [
        "",
        "x",
        "acme",
        "Acme!",
        "C02XK1ABCDEF",
        "c02xk1abcdef",
        "30s",
        "-0s",
        "-30d",
        "1d12h",
        "5y",
        "2026-09-01",
        "2026-09-01T08:00:00Z",
        "2026-09-01T08:00:00",
        "apple",
        "apple:1",
        "apple:",
        "reseller:1",
        "reseller:",
        "iPhone",
        "unlimited",
        "12345678",
        "1.5",
        "org",
        "edu",
        "signed",
        "frozen",
        "STDQ",
        "app",
        "registered",
        "staff",
        "built_in",
        "-----BEGIN CERTIFICATE-----\nMII",
    ];
    let numbers = [json!(0), json!(1), json!(2), json!(-1), json!(1.5), json!(12_345_678), json!(u64::MAX)];
    let others = [json!(null), json!(true), json!([]), json!({})];
    let values: Vec<Value> = texts.iter().map(|text| json!(text)).chain(numbers).chain(others).collect();
    let definitions = schema(models())["$defs"].clone();
    let fields: Vec<_> =
        shapes().into_iter().flat_map(|shape| shape.fields().map(move |field| (shape, field))).collect();
    let validators = fields.iter().map(|(_, field)| {
        let mut schema = of_kind(&field.kind);
        schema["$defs"] = definitions.clone();
        jsonschema::draft202012::options().build(&schema).unwrap()
    });
    let validators: Vec<Validator> = validators.collect();
    for value in values {
        let text = value.to_string();
        let tree = parse(&text, 0, None, &mut Complaints::default()).unwrap();
        for ((shape, field), validator) in fields.iter().zip(&validators) {
            let mut reader = reader::Reader::new(&surroundings());
            reader.check(tree.root(), &path::Path::ROOT.key(field.key), &field.kind);
            let by_reader = reader.complaints.settle((), &[complaints::Text { name: "", text: &text }]);
            assert_eq!(by_reader.is_ok(), validator.is_valid(&value), "{} of {}: {value}", field.key, shape.one);
        }
    }
}
