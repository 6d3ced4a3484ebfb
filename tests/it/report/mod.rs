//! The report: naive clients break its rules, a careful one breaks none.

mod careful;
mod cursors;
mod forms;
mod licenses;
mod manners;
mod patience;
mod profiles;
mod sessions;

use std::time::Duration;

use serde_json::Value;

use crate::actors::{Portal, World};

/// The rules that were broken, the worst first.
async fn broken(portal: &Portal) -> Vec<String> {
    let report = portal.get("/report").await;
    let findings = report["findings"].as_array().unwrap().iter();
    findings.map(|finding| finding["rule"].as_str().unwrap().to_owned()).collect()
}

/// The finding of a rule that must have been broken.
#[track_caller]
fn finding(report: &Value, rule: &str) -> Value {
    let found = report["findings"].as_array().unwrap().iter().find(|finding| finding["rule"] == rule);
    found.unwrap_or_else(|| panic!("nobody broke {rule}: {report:#}")).clone()
}

/// The paths of the requests that show that a rule was broken.
async fn shown(world: &World, rule: &str) -> Vec<String> {
    let finding = finding(&world.portal().get("/report").await, rule);
    let shown = finding["shown"].as_array().unwrap().iter();
    let shown: Vec<String> = shown.map(|entry| entry["path"].as_str().unwrap().to_owned()).collect();
    assert!(finding["count"].as_u64().unwrap() >= shown.len() as u64, "{finding}");
    shown
}

/// Long enough for a client to have the answer before it sends the next request.
async fn breathe() {
    tokio::time::sleep(Duration::from_millis(4)).await;
}
