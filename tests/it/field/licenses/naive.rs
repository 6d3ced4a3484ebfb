//! A client of Apps and Books as it is first written. Every mistake in it was made by somebody in earnest.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::desk::{Command, Desk, Want, body, seat};
use crate::actors::{Answer, Developer};

/// How often it asks again where there are too many requests, at once.
const TRIES: usize = 20;

#[derive(Default)]
pub struct Naive {
    desks: Vec<Desk>,
    /// Titles with the licences that are left: of all locations, since a title surely is a title.
    pub available: BTreeMap<String, i64>,
    pub names: BTreeMap<String, String>,
    /// Who holds what.
    pub seats: BTreeSet<(String, String)>,
    wants: Vec<Want>,
    leavers: Vec<String>,
    commands: Vec<Command>,
    /// It is notified of counts, and reads them no more.
    subscribed: bool,
}

impl Naive {
    pub fn connect(&mut self, desk: Desk) {
        self.desks.push(desk);
    }

    pub fn want(&mut self, want: Want) {
        self.wants.push(want);
    }

    pub fn leave(&mut self, holder: &str) {
        self.leavers.push(holder.to_owned());
    }

    /// An administrator uploads a token; the page shows the location first, as it is.
    pub async fn upload(&mut self, place: usize, desk: Desk) {
        if self.call(place, "GET", "/client/config", None).await.is_some() {
            self.desks[place] = desk;
        }
    }

    pub async fn subscribe(&mut self, body: Value) {
        self.subscribed = self.call(0, "POST", "/client/config", Some(body)).await.is_some();
    }

    pub fn notified(&mut self, _: Option<&str>, notification: &Value) {
        let delta = &notification["notification"];
        let title = delta["adamId"].as_str().unwrap_or_default().to_owned();
        *self.available.entry(title).or_default() += delta["countDelta"].as_i64().unwrap_or_default();
    }

    /// The scheduler strikes.
    pub async fn round(&mut self, developer: &Developer) {
        for place in 0..self.desks.len() {
            if !self.subscribed || self.available.is_empty() {
                for asset in self.list(place, "/assets", "assets").await {
                    let title = asset["adamId"].as_str().unwrap_or_default().to_owned();
                    self.available.insert(title, asset["availableCount"].as_i64().unwrap_or_default());
                }
            }
            let rows = self.list(place, "/assignments?excludeInactiveUsers=true", "assignments").await;
            self.seats.extend(rows.iter().map(seat));
        }
        self.name(developer).await;
        self.take_back().await;
        self.associate().await;
    }

    /// A list, up to the page with nothing on it.
    async fn list(&mut self, place: usize, path: &str, list: &str) -> Vec<Value> {
        let (mut rows, mut index) = (Vec::new(), 0);
        let mark = if path.contains('?') { '&' } else { '?' };
        while let Some(page) = self.call(place, "GET", &format!("{path}{mark}pageIndex={index}"), None).await {
            let here = page[list].as_array().cloned().unwrap_or_default();
            let is_last = here.is_empty() || page["nextPageIndex"].is_null();
            rows.extend(here);
            index += 1;
            if is_last {
                break;
            }
        }
        rows
    }

    /// Names of titles, from the store.
    async fn name(&mut self, developer: &Developer) {
        let ids = self.available.keys().cloned().collect::<Vec<_>>().join(",");
        let Some(desk) = self.desks.first().filter(|_| self.names.is_empty() && !ids.is_empty()) else { return };
        let path = format!("/v1/catalog/us/stoken-authenticated-apps?ids={ids}&platform=iphone");
        let cookie = format!("itvt={}", desk.manager.token());
        let answer = developer.get_with(&path, &[("Cookie", &cookie)]).await;
        let known: Value = serde_json::from_str(&answer.text).unwrap_or_default();
        for app in known["data"].as_array().into_iter().flatten() {
            let name = app["attributes"]["name"].as_str().unwrap_or_default().to_owned();
            self.names.insert(app["id"].as_str().unwrap_or_default().to_owned(), name);
        }
    }

    /// What users hold who leave; devices need no licences any more once they are gone.
    async fn take_back(&mut self) {
        for holder in std::mem::take(&mut self.leavers).into_iter().filter(|holder| holder.starts_with("u-")) {
            let held: Vec<String> =
                self.seats.iter().filter(|(_, who)| *who == holder).map(|(title, _)| title.clone()).collect();
            let titles: Vec<&str> = held.iter().map(String::as_str).collect();
            self.call(0, "POST", "/assets/disassociate", Some(body(&titles, [holder.as_str()].into_iter()))).await;
        }
    }

    /// Everything that is wanted of a title, in one request.
    async fn associate(&mut self) {
        let titles: BTreeSet<String> = self.wants.iter().map(|want| want.title.clone()).collect();
        for title in titles {
            if self.available.get(&title).is_none_or(|left| *left <= 0) {
                continue;
            }
            let holders: Vec<String> =
                self.wants.iter().filter(|want| want.title == title).map(|want| want.holder.clone()).collect();
            let body = body(&[&title], holders.iter().map(String::as_str));
            if self.call(0, "POST", "/assets/associate", Some(body)).await.is_none() {
                continue;
            }
            self.wants.retain(|want| want.title != title);
            for serial in holders.into_iter().filter(|holder| !holder.starts_with("u-")) {
                self.commands.push(Command { serial, title: title.clone(), account: None });
            }
        }
    }

    /// What devices are told to do now.
    pub fn commands(&mut self) -> Vec<Command> {
        std::mem::take(&mut self.commands)
    }

    /// The body of a good answer: one with status 200.
    async fn call(&mut self, place: usize, method: &str, path: &str, body: Option<Value>) -> Option<Value> {
        for _ in 0..TRIES {
            let answer: Answer = self.desks[place].ask(method, path, body.clone()).await?;
            let told: Value = serde_json::from_str(&answer.text).unwrap_or_default();
            if told["errorNumber"] != 9646 {
                return Some(told).filter(|_| answer.status == 200);
            }
        }
        None
    }
}
