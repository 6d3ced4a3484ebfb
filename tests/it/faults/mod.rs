//! Fault rules: every effect and every condition, as clients meet them.

mod answers;
mod conditions;
mod connections;
mod counting;
mod depsim;
mod devices;
mod errors;
mod mistakes;
mod rules;
mod scenario;

use serde_json::{Value, json};

use crate::actors::Portal;

/// Puts a rule in force; answers its id.
async fn fault(portal: &Portal, rule: Value) -> String {
    portal.post("/faults", rule).await["id"].as_str().unwrap().to_owned()
}

/// How many calls matched a rule, and how many it struck.
async fn counts(portal: &Portal, id: &str) -> (u64, u64) {
    let rule = portal.get(&format!("/faults/{id}")).await;
    (rule["calls"].as_u64().unwrap(), rule["hits"].as_u64().unwrap())
}

/// A rule that answers all calls of an operation with an error, once.
fn once(on: &str, error: &str) -> Value {
    json!({"on": on, "times": 1, "do": {"error": error}})
}
