//! Rules for editors.

use serde_json::{Value, json};

use super::Operation;

/// The JSON Schema of a rule as a scenario has it, where it names its organisation with `org`; in place of a rule, a depsim script will do.
pub fn schema() -> Value {
    let operations: Vec<&str> = Operation::all().map(|operation| operation.name).collect();
    let mut errors: Vec<&str> = Operation::all().flat_map(|operation| operation.errors()).collect();
    errors.sort_unstable();
    errors.dedup();
    let operation = json!({ "anyOf": [{ "enum": operations }, { "type": "string", "pattern": "[*?]" }] });
    let texts = json!({ "type": ["string", "number", "array"], "items": { "type": ["string", "number"] } });
    let mut server = texts.clone();
    server["description"] = "The MDM server whose calls fail; for Apps and Books, and the stores, the location whose content token they show.".into();
    let org = json!({ "type": ["string", "integer"], "pattern": "^[a-z0-9-]+$", "description": "The organisation whose calls fail; absent: every one." });
    let between = json!({
        "type": ["array", "null"], "minItems": 2, "maxItems": 2, "items": { "type": ["string", "null"] },
        "description": "From when to before when, in simulated time: dates, or durations from when the rule is made.",
    });
    let rule = json!({
        "type": "object",
        "required": ["on", "do"],
        "properties": {
            "org": org,
            "on": {
                "anyOf": [operation, { "type": "array", "minItems": 1, "items": operation }],
                "description": "The operation, such as enrollment.sync_devices; several, or a name with wildcards.",
            },
            "when": {
                "type": ["object", "null"],
                "properties": {
                    "serial": texts, "server": server,
                    "header": { "type": ["object", "null"], "additionalProperties": texts },
                    "nth": { "type": ["integer", "array", "object", "null"], "minimum": 1 },
                    "between": between,
                },
                "patternProperties": { "^x-": {} },
                "additionalProperties": false,
                "description": "Which of its calls.",
            },
            "between": between,
            "times": { "type": ["integer", "null"], "minimum": 1, "description": "How often; absent: always." },
            "probability": {
                "type": ["number", "null"], "exclusiveMinimum": 0, "maximum": 1,
                "description": "How likely each time; default 1.",
            },
            "do": effect(&errors),
        },
        "patternProperties": { "^x-": {} },
        "additionalProperties": false,
    });
    let script = json!({
        "type": "object",
        "properties": { "org": org, "device_insertions": {} },
        "patternProperties": { "_responses$": { "type": "array" }, "^x-": {} },
        "additionalProperties": false,
        "description": "A failure script of depsim's.",
    });
    json!({ "description": "A rule that makes calls fail.", "anyOf": [rule, script] })
}

fn effect(errors: &[&str]) -> Value {
    let amount = json!({ "type": ["integer", "string", "array"], "minimum": 1 });
    let result = json!({
        "type": "object",
        "required": ["status"],
        "properties": { "serial": {}, "status": { "type": ["string", "integer"] }, "retry_after_seconds": { "type": "integer", "minimum": 0 } },
        "patternProperties": { "^x-": {} },
        "additionalProperties": false,
    });
    let caseless: Vec<String> = errors.iter().map(|error| error.to_ascii_lowercase()).collect();
    json!({
        "type": "object",
        "properties": {
            "error": {
                "anyOf": [{ "enum": errors }, { "enum": caseless }],
                "description": "An error of the call's own catalogue.",
            },
            "status": { "type": "integer", "minimum": 200, "maximum": 599, "description": "Any status." },
            "body": { "description": "What goes with `status`, or truncated, html, empty." },
            "retry_after": { "type": ["integer", "string"], "description": "Seconds or a date, for the header of this name." },
            "close": { "enum": ["before_headers", "mid_body"], "description": "The connection is closed." },
            "delay": { "type": "string", "description": "How long the answer waits, in wall time." },
            "trickle": { "type": ["string", "integer"], "description": "How fast the body flows, such as 1KB/s." },
            "rows": {
                "type": "object",
                "properties": { "omit": amount, "duplicate": amount },
                "patternProperties": { "^x-": {} },
                "additionalProperties": false,
                "description": "Devices that are missing from the answer, or there twice.",
            },
            "quirk": { "enum": ["repeat_cursor", "new_version", "stale", "future"], "description": "A habit that was seen." },
            "result": {
                "anyOf": [result, { "type": "array", "minItems": 1, "items": result }],
                "description": "What single devices are told, for which nothing is done; or the number with which tasks of an event fail.",
            },
            "pass": { "type": "boolean", "description": "Nothing happens, and no later rule is asked." },
            "duplicate": { "type": "integer", "minimum": 1, "maximum": 100, "description": "How many times more a notification is sent." },
            "drop": { "type": "boolean", "description": "A notification is not sent." },
            "reorder": { "type": "boolean", "description": "A notification is sent after the next one, or a minute later." },
            "bearer": { "enum": ["wrong"], "description": "A notification carries another token." },
            "takes_effect": { "type": "boolean", "description": "Whether the call is made although its answer is lost." },
        },
        "patternProperties": { "^x-": {} },
        "additionalProperties": false,
        "minProperties": 1,
        "description": "What happens.",
    })
}
