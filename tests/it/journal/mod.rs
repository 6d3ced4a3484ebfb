//! The journal: what was said to Apple's services, and why it was refused.

mod entries;
mod filters;
mod har;
mod reasons;
mod streaming;
mod waiting;

use serde_json::{Value, json};

use crate::actors::Portal;

const PHONE: &str = "C02PHONE0001";
const PAD: &str = "C02PAD000002";
const MAC: &str = "C02MAC000003";

impl Portal {
    /// The entries of the journal that a query names: `?status=4xx`, or nothing.
    pub async fn journal(&self, query: &str) -> Vec<Value> {
        self.get(&format!("/journal{query}")).await["items"].as_array().unwrap().clone()
    }

    /// The newest entry.
    async fn last(&self) -> Value {
        self.journal("?limit=1").await.pop().expect("something was said")
    }

    /// The reasons of the newest entry, one a line.
    async fn why(&self) -> String {
        let why = self.last().await["why"].clone();
        why.as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect::<Vec<_>>().join("\n")
    }

    async fn clear_journal(&self) {
        self.call("DELETE", "/journal", json!(null)).await;
    }
}

/// The operations of entries, in their order.
fn operations(entries: &[Value]) -> Vec<&str> {
    entries.iter().map(|entry| entry["operation"].as_str().unwrap()).collect()
}
