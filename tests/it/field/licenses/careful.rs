//! A client of Apps and Books that knows what can go wrong. It gets by with what Apple tells it.

use std::collections::BTreeSet;

use abmsim::clock::{Span, Timestamp};
use serde_json::{Value, json};

use super::desk::{Command, Desk, Want};
use super::visit::{Place, Trouble};
use crate::actors::Developer;

/// How long "License not found" may mean "not yet".
const PATIENCE: Span = Span::from_seconds(1_800);

pub struct Careful {
    pub places: Vec<Place>,
    /// What people should know.
    pub told: Vec<String>,
    /// Serial numbers that devices have told.
    known: BTreeSet<String>,
    /// Commands to be sent, with when, and when the first was.
    commands: Vec<(Command, Timestamp, Timestamp)>,
}

impl Careful {
    pub fn new(known: BTreeSet<String>) -> Self {
        Self { places: Vec::new(), told: Vec::new(), known, commands: Vec::new() }
    }

    pub fn connect(&mut self, desk: Desk) {
        self.places.push(Place::new(desk));
    }

    pub fn want(&mut self, want: Want) {
        if !want.is_for_user() && !self.known.contains(&want.holder) {
            self.tell(format!("no device has told us the serial number {}", want.holder));
            return;
        }
        let place = self.places.iter_mut().find(|place| place.desk.location == want.location);
        place.expect("a location that is known").wants.push(want);
    }

    /// Somebody leaves, or a device does.
    pub fn leave(&mut self, holder: &str) {
        self.known.remove(holder);
        for place in &mut self.places {
            place.wants.retain(|want| want.holder != holder);
            place.leavers.push(holder.to_owned());
        }
    }

    pub fn upload(&mut self, place: usize, desk: Desk) {
        let place = &mut self.places[place];
        place.desk = desk;
        (place.is_dead, place.not_before, place.failures) = (false, None, 0);
    }

    /// A person says that a location is ours after all.
    pub fn reclaim(&mut self, place: usize) {
        (self.places[place].is_claimed, self.places[place].is_foreign) = (false, false);
    }

    pub async fn subscribe(&mut self, mut body: Value) {
        let place = &mut self.places[0];
        place.bearer = body["notificationAuthToken"].as_str().map(str::to_owned);
        body["mdmInfo"] = place.mdm_info();
        place.is_claimed = place.call("POST", "/client/config", Some(body)).await.is_ok();
    }

    /// Whether it takes the notification: one with another bearer it refuses, and one that it has seen it takes without a further thought.
    pub fn notified(&mut self, bearer: Option<&str>, notification: &Value) -> bool {
        let place = &mut self.places[0];
        if bearer != place.bearer.as_ref().map(|own| format!("Bearer {own}")).as_deref() {
            return false;
        }
        let delta = &notification["notification"];
        let id = notification["notificationId"].as_str().unwrap_or_default();
        if place.seen.insert(id.to_owned())
            && let Some(asset) = place.assets.get_mut(delta["adamId"].as_str().unwrap_or_default())
        {
            asset.available += delta["countDelta"].as_i64().unwrap_or_default();
        }
        true
    }

    /// The scheduler strikes: each location by itself.
    pub async fn round(&mut self, now: Timestamp, developer: &Developer) {
        let (mut told, mut commands) = (Vec::new(), Vec::new());
        for place in &mut self.places {
            if place.is_dead || place.not_before.is_some_and(|at| now < at) {
                continue;
            }
            let (outcome, location) = (place.visit(now, developer).await, place.desk.location.clone());
            let wait = outcome.as_ref().err().map(|trouble| trouble.wait(place.failures, now));
            place.failures = if wait.is_some() { place.failures + 1 } else { 0 };
            place.not_before = wait.map(|wait| now + wait);
            place.is_dead = matches!(outcome, Err(Trouble::Refused { number: 9621 | 9625, .. }));
            told.append(&mut place.notes);
            if let Err(trouble) = outcome {
                told.push(format!("{location}: {trouble:?}"));
            }
            commands.extend(place.done.drain(..).filter_map(command));
        }
        told.into_iter().for_each(|what| self.tell(what));
        self.commands.extend(commands.into_iter().map(|command| (command, now, now)));
    }

    /// What devices are told to do now.
    pub fn commands(&mut self, now: Timestamp) -> Vec<(Command, Timestamp)> {
        let (due, later) = std::mem::take(&mut self.commands).into_iter().partition(|(_, at, _)| *at <= now);
        self.commands = later;
        due.into_iter().map(|(command, _, first): (Command, Timestamp, Timestamp)| (command, first)).collect()
    }

    /// What a device reports of a command that was first sent at `first`.
    pub fn reported(&mut self, command: Command, first: Timestamp, answer: &Value, now: Timestamp) {
        if answer["installed"] == true {
            return;
        }
        if answer["error"]["number"] == 9610 && now - first < PATIENCE {
            self.commands.push((command, now + Span::from_seconds(300), first));
        } else {
            self.tell(format!("{} cannot install {}: {}", command.serial, command.title, answer["error"]));
        }
    }

    fn tell(&mut self, what: String) {
        if !self.told.contains(&what) {
            self.told.push(what);
        }
    }
}

/// The command that follows from a licence that was given.
fn command(want: Want) -> Option<Command> {
    let account = want.user.map(|(_, account)| account);
    (!want.holder.starts_with("u-")).then_some(Command { serial: want.holder, title: want.title, account })
}

/// What everybody says who wants to be notified of counts.
pub fn subscription(url: &str, token: &str) -> Value {
    json!({"notificationUrl": url, "notificationAuthToken": token, "notificationTypes": ["ASSET_COUNT"]})
}
