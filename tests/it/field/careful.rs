//! An MDM by the rules that the reports taught. What it keeps is what survives a restart; it believes nothing but what it was told.

use std::collections::{BTreeMap, BTreeSet};

use abmsim::clock::{Span, Timestamp};
use serde_json::Value;

use super::line::{Line, Trouble, text};
use super::visit::{Connection, Device};

/// The MDM: its connections, each by itself, and what it told its administrators.
#[derive(Default)]
pub struct Careful {
    connections: Vec<Connection>,
    pub told: Vec<String>,
}

/// Words in a refusal of `/session` that nothing but a new token helps against.
const DEAD: [&str; 6] =
    ["signature_invalid", "token_rejected", "token_expired", "oauth_problem", "FORBIDDEN", "ACCESS_DENIED"];

impl Careful {
    pub fn connect(&mut self, url: String, token: Value) {
        self.connections.push(Connection::new(Line::new(url, token, "careful-mdm/1.0")));
    }

    /// The scheduler strikes. Connections whose time has not come are left alone; what goes wrong with one is no other's business.
    pub async fn round(&mut self, now: Timestamp) {
        for connection in &mut self.connections {
            if let Some(warning) = expiry(connection, now) {
                tell(&mut self.told, warning);
            }
            if connection.dead || connection.not_before.is_some_and(|at| now < at) {
                continue;
            }
            match connection.visit(now).await {
                Ok(()) => (connection.not_before, connection.failures) = (None, 0),
                Err(trouble) => {
                    let wait = wait(connection, &trouble);
                    connection.not_before = Some(now + wait);
                    connection.failures += 1;
                    if let Some(what) = meaning(connection, &trouble) {
                        tell(&mut self.told, what);
                    }
                }
            }
            self.told.append(&mut connection.notes);
        }
    }

    /// The program starts anew: sessions are gone, everything else was stored.
    pub fn restart(&mut self) {
        for connection in &mut self.connections {
            connection.line.mdm.session = None;
        }
    }

    /// An administrator uploads a token: it is tried before it is kept, and it must be for the same server.
    pub async fn upload(&mut self, place: usize, token: Value) {
        let keys = ["consumer_key", "consumer_secret", "access_token", "access_secret"];
        if let Some(key) = keys.iter().find(|key| text(&token, key).is_empty()) {
            return tell(&mut self.told, format!("this token is damaged: it has no {key}"));
        }
        let connection = &mut self.connections[place];
        let mut line = connection.line.clone();
        (line.mdm.token, line.mdm.session) = (token, None);
        let mut trial = Connection::new(line);
        let identified = trial.identify().await;
        match identified {
            Err(trouble) => tell(&mut self.told, format!("this token does not work: {}", trouble.body())),
            Ok(()) if connection.identity.is_some() && connection.identity != trial.identity => {
                tell(&mut self.told, "this token belongs to another server".to_owned());
            }
            Ok(()) => {
                connection.line = trial.line;
                (connection.dead, connection.not_before, connection.failures) = (false, None, 0);
            }
        }
    }

    /// The file that it hands out for the portal.
    pub const CERTIFICATE_FILE: &str = "mdm.pem";

    /// An administrator changes the profile for all devices.
    pub fn change_profile(&mut self, place: usize) {
        self.connections[place].profile = None;
    }

    pub fn lines(&mut self) -> impl Iterator<Item = &mut Line> {
        self.connections.iter_mut().map(|connection| &mut connection.line)
    }

    pub fn serials(&self, place: usize) -> BTreeSet<String> {
        self.devices(place).keys().cloned().collect()
    }

    pub fn profile(&self, place: usize) -> String {
        self.connections[place].profile.clone().unwrap_or_default()
    }

    pub fn status(&self, place: usize, serial: &str) -> String {
        self.devices(place).get(serial).cloned().unwrap_or_default().status
    }

    pub fn enrolled_with(&self, place: usize, serial: &str) -> Option<String> {
        self.devices(place).get(serial)?.enrolled_with.clone()
    }

    fn devices(&self, place: usize) -> &BTreeMap<String, Device> {
        &self.connections[place].devices
    }
}

fn tell(told: &mut Vec<String>, what: String) {
    if !told.contains(&what) {
        told.push(what);
    }
}

/// A month before a token ends somebody hears of it.
fn expiry(connection: &Connection, now: Timestamp) -> Option<String> {
    let ends: Timestamp = text(&connection.line.mdm.token, "access_token_expiry").parse().ok()?;
    (ends < now + Span::from_days(30)).then(|| format!("the server token expires at {ends}"))
}

/// What a person has to do about a refusal, if anything; a token that is refused is not tried again.
fn meaning(connection: &mut Connection, trouble: &Trouble) -> Option<String> {
    if trouble.body().contains("T_C_NOT_SIGNED") {
        return Some("somebody has to agree to Apple's new terms".to_owned());
    }
    let Trouble::NoSession { body, .. } = trouble else { return None };
    connection.dead = DEAD.iter().any(|word| body.contains(word));
    connection.dead.then(|| format!("Apple refuses the server token: upload a new one ({body})"))
}

/// How long to leave Apple alone: as long as it says, an hour where a person has to act, and else less and less often.
fn wait(connection: &Connection, trouble: &Trouble) -> Span {
    match trouble {
        Trouble::Refused { retry_after: Some(seconds), .. } => Span::from_seconds(*seconds),
        trouble if trouble.body().contains("T_C_NOT_SIGNED") => Span::from_seconds(3_600),
        _ => Span::from_seconds(60 << connection.failures.min(5)),
    }
}
