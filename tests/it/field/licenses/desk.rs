//! What both clients of Apps and Books have: a desk with one content token, and what is wanted of them.

use std::time::Duration;

use serde_json::Value;

use crate::actors::{Answer, ContentManager};

/// A licence that somebody is to have.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Want {
    /// The location whose licence it is to be.
    pub location: String,
    pub title: String,
    /// A serial number, or a user, whose id begins with `u-`.
    pub holder: String,
    /// Who uses the device, with the account that is on it.
    pub user: Option<(String, String)>,
}

impl Want {
    pub fn is_for_user(&self) -> bool {
        is_user(&self.holder)
    }
}

pub fn is_user(holder: &str) -> bool {
    holder.starts_with("u-")
}

/// An install command for a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    pub serial: String,
    pub title: String,
    pub account: Option<String>,
}

/// Somebody at a location with its token.
pub struct Desk {
    pub location: String,
    pub manager: ContentManager,
    /// How many requests are left before the administrator goes home.
    pub patience: usize,
}

impl Desk {
    pub fn new(location: &str, manager: ContentManager) -> Self {
        Self { location: location.to_owned(), manager, patience: 500 }
    }

    /// A call; nothing where nobody has the patience.
    pub async fn ask(&mut self, method: &str, path: &str, body: Option<Value>) -> Option<Answer> {
        self.patience = self.patience.checked_sub(1)?;
        // Whoever asks has read the answer before.
        tokio::time::sleep(Duration::from_millis(4)).await;
        Some(match body {
            Some(body) => self.manager.send(method, path, &JSON, Some(&body.to_string())).await,
            None => self.manager.send(method, path, &[], None).await,
        })
    }
}

const JSON: [(&str, &str); 1] = [("Content-Type", "application/json")];

/// Who holds what, by a row of a list of assignments.
pub fn seat(row: &Value) -> (String, String) {
    let holder = row["serialNumber"].as_str().or(row["clientUserId"].as_str()).unwrap_or_default();
    (row["adamId"].as_str().unwrap_or_default().to_owned(), holder.to_owned())
}

/// The body of an association or disassociation.
pub fn body<'w>(titles: &[&str], holders: impl Iterator<Item = &'w str>) -> Value {
    let (users, serials): (Vec<&str>, Vec<&str>) = holders.partition(|holder| is_user(holder));
    let assets: Vec<Value> = titles.iter().map(|title| serde_json::json!({ "adamId": title })).collect();
    serde_json::json!({"assets": assets, "clientUserIds": users, "serialNumbers": serials})
}
