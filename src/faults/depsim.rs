//! Failure scripts of Apple's old depsim: for each call a list of what it answers, one after the other.

use serde_json::{Map, Value, json};

use super::reading::{Reading, below, get};
use super::{FaultMistake, Operation, Rule};

/// The lists of a script, and the calls that they are for.
const LISTS: [(&str, &str); 10] = [
    ("get_session_responses", "enrollment.session"),
    ("get_account_responses", "enrollment.account"),
    ("post_server_devices_responses", "enrollment.fetch_devices"),
    ("post_devices_sync_responses", "enrollment.sync_devices"),
    ("post_devices_responses", "enrollment.device_details"),
    ("post_devices_disown_responses", "enrollment.disown"),
    ("post_profile_responses", "enrollment.define_profile"),
    ("get_profile_responses", "enrollment.get_profile"),
    ("put_profile_devices_responses", "enrollment.assign_profile"),
    ("delete_profile_devices_responses", "enrollment.remove_profile"),
];

/// What else a configuration of depsim holds; it has nothing to do with faults.
const INSERTIONS: &str = "device_insertions";

/// Whether this is a script of depsim's and no rule.
pub fn is_script(keys: &Map<String, Value>) -> bool {
    keys.keys().any(|key| key.ends_with("_responses"))
}

/// The rules that do what a script says. Of each list the first is used up before the next: rules strike in the order in which they are made.
pub(super) fn translate(script: &Map<String, Value>) -> Result<Vec<Rule>, Vec<FaultMistake>> {
    let mut reading = Reading::default();
    let mut rules = Vec::new();
    let known: Vec<&str> = LISTS.iter().map(|(key, _)| *key).chain([INSERTIONS]).collect();
    let _ = reading.mapping(&Value::Object(script.clone()), "", "a depsim script", &known);
    for (key, operation) in LISTS {
        let (Some(list), Some(operation)) = (get(script, key), Operation::find(operation)) else { continue };
        let pointer = below("", key);
        let Value::Array(list) = list else {
            let hint = "write [{\"count\": 1, \"response\": \"unauthorized\"}]".to_owned();
            reading.wrong(&pointer, format!("`{key}` is a list"), Some(hint));
            continue;
        };
        for (place, step) in list.iter().enumerate() {
            rules.extend(read_step(&mut reading, step, &below(&pointer, &place.to_string()), operation));
        }
    }
    reading.settle(Some(rules))
}

fn read_step(reading: &mut Reading, step: &Value, pointer: &str, operation: &Operation) -> Option<Rule> {
    let map = reading.mapping(step, pointer, "a step of a depsim script", &["count", "response"])?;
    let count = match get(map, "count") {
        Some(count) => reading.whole(count, &below(pointer, "count"), 0..=u64::from(u32::MAX))?,
        None => 1,
    };
    let at = below(pointer, "response");
    let Some(response) = get(map, "response").and_then(Value::as_str) else {
        reading.wrong(pointer, "a step of a depsim script needs `response`", None);
        return None;
    };
    let Some(effect) = effect(response, operation) else {
        let known = responses(operation);
        let message = format!("depsim has no response `{response}` for this call");
        reading.unknown(&at, message, response, known.iter().map(String::as_str));
        return None;
    };
    if count == 0 {
        return None;
    }
    let rule = Rule::read(&json!({"on": operation.name, "times": count, "do": effect}));
    rule.map_err(|mistakes| reading.wrong(&at, mistakes[0].message.clone(), None)).ok()
}

/// What a response of depsim's is among our effects.
fn effect(response: &str, operation: &Operation) -> Option<Value> {
    let result = |status: &str| operation.results.contains(&status).then(|| json!({"result": {"status": status}}));
    let error = |name: &str| operation.error(name).map(|name| json!({ "error": name }));
    match response {
        "success" => Some(json!({"pass": true})),
        "bad_request" => error("BAD_REQUEST"),
        "invalid_method" => error("METHOD_NOT_ALLOWED"),
        "not_found" => result("NOT_FOUND").or_else(|| error("NOT_FOUND")),
        "not_accessible" | "failed" | "throttled" => result(&response.to_ascii_uppercase()),
        "unauthorized" | "forbidden" | "too_many_requests" => error(response),
        other => error(other.strip_prefix("bad_request_").or_else(|| other.strip_prefix("forbidden_"))?),
    }
}

/// The responses that a script may name for a call.
fn responses(operation: &Operation) -> Vec<String> {
    let words = [
        "success",
        "unauthorized",
        "forbidden",
        "invalid_method",
        "bad_request",
        "too_many_requests",
        "not_found",
        "not_accessible",
        "failed",
        "forbidden_access_denied",
        "forbidden_t_c_not_signed",
    ];
    let words = words.into_iter().filter(|word| effect(word, operation).is_some()).map(str::to_owned);
    let coded = operation.errors().filter(|name| name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_'));
    words.chain(coded.map(|name| format!("bad_request_{}", name.to_ascii_lowercase()))).collect()
}
