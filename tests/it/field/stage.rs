//! Where a story is played: a simulator with a scenario of the library, and one MDM with a connection to every server that is its own.

use std::collections::BTreeSet;

use abmsim::clock::{Span, Timestamp};
use abmsim::scenario::Embedded;
use serde_json::Value;

use super::careful::Careful;
use super::line::{Line, text};
use super::naive::Naive;
use crate::actors::{Portal, World};

/// Whether an MDM came through, or what went wrong with it.
pub type Verdict = Result<(), String>;

/// One of the two MDMs.
pub enum Client {
    Naive(Naive),
    Careful(Careful),
}

pub struct Stage {
    world: World,
    pub client: Client,
    /// Organisation and server of each connection.
    connections: Vec<(String, String)>,
    /// An administrator of each organisation.
    portals: Vec<(String, Portal)>,
    /// The newest entry of each journal when calls were last counted anew.
    counted: Vec<u64>,
    pub now: Timestamp,
}

impl Stage {
    /// A simulator that serves the scenario `name`, and an MDM that was given the tokens of all servers whose names begin with `MDM`.
    pub async fn set(name: &str, client: Client) -> Self {
        let scenario = Embedded::find(name).unwrap_or_else(|| panic!("there is no scenario {name}"));
        let world = World::of(scenario.text).await;
        let first = world.portal();
        let listed = first.client.get(format!("{}/_sim/orgs", world.url())).send().await.unwrap();
        let listed: Value = listed.json().await.unwrap();
        let now = text(&listed["items"][0], "now").parse().unwrap();
        let ids = listed["items"].as_array().unwrap().iter().map(|org| text(org, "id").to_owned());
        let portals: Vec<_> = ids.map(|id| (id.clone(), world.portal_of(&id))).collect();
        let counted = vec![0; portals.len()];
        let mut stage = Self { world, client, connections: Vec::new(), portals, counted, now };
        for organization in stage.portals.iter().map(|(id, _)| id.clone()).collect::<Vec<_>>() {
            stage.connect(organization).await;
        }
        stage
    }

    async fn connect(&mut self, organization: String) {
        let servers = self.portal(&organization).get("/servers").await;
        for server in servers["items"].as_array().unwrap() {
            let (url, token, name) = (self.world.url(), server["token"].clone(), text(server, "name"));
            if !name.starts_with("MDM") {
                continue;
            }
            match &mut self.client {
                Client::Naive(client) => client.connect(url, token),
                Client::Careful(client) => client.connect(url, token),
            }
            self.connections.push((organization.clone(), name.to_owned()));
        }
    }

    /// An administrator of an organisation.
    pub fn portal(&self, organization: &str) -> &Portal {
        let found = self.portals.iter().find(|(id, _)| id == organization);
        &found.unwrap_or_else(|| panic!("no organisation {organization}")).1
    }

    /// The MDM's scheduler strikes.
    pub async fn round(&mut self) {
        match &mut self.client {
            Client::Naive(client) => client.round().await,
            Client::Careful(client) => client.round(self.now).await,
        }
    }

    /// Time passes while the MDM sleeps.
    pub async fn sleep(&mut self, span: &str) {
        for (_, portal) in &self.portals {
            portal.advance(span).await;
        }
        self.now = self.now + span.parse::<Span>().unwrap();
    }

    /// Time passes, and after each `step` the scheduler strikes.
    pub async fn pass(&mut self, times: usize, step: &str) {
        for _ in 0..times {
            self.sleep(step).await;
            self.round().await;
        }
    }

    pub fn restart(&mut self) {
        match &mut self.client {
            Client::Naive(client) => client.restart(),
            Client::Careful(client) => client.restart(),
        }
    }

    /// An administrator makes a new token in the portal; the old one is dead.
    pub async fn renew(&self, place: usize) -> Value {
        let (organization, server) = &self.connections[place];
        self.portal(organization).renew(server).await
    }

    /// The live token of a connection's server, as the portal would give it out.
    pub async fn live_token(&self, place: usize) -> Value {
        let (organization, server) = &self.connections[place];
        let path = format!("/servers/{}", server.replace(' ', "%20"));
        self.portal(organization).get(&path).await["token"].clone()
    }

    /// An administrator gives the MDM a token.
    pub async fn upload(&mut self, place: usize, token: Value) {
        match &mut self.client {
            Client::Naive(client) => client.upload(place, token).await,
            Client::Careful(client) => client.upload(place, token).await,
        }
    }

    /// An administrator changes the profile for all devices; the MDM sees to it in the next round.
    pub async fn change_profile(&mut self) {
        match &mut self.client {
            Client::Naive(client) => client.change_profile(0),
            Client::Careful(client) => client.change_profile(0),
        }
    }

    pub fn certificate_file(&self) -> &'static str {
        match self.client {
            Client::Naive(_) => Naive::CERTIFICATE_FILE,
            Client::Careful(_) => Careful::CERTIFICATE_FILE,
        }
    }

    /// The profile that the MDM wants on its devices.
    pub fn profile(&self, place: usize) -> String {
        match &self.client {
            Client::Naive(client) => client.profile(place),
            Client::Careful(client) => client.profile(place),
        }
    }

    /// What the MDM shows as a device's status.
    pub fn status(&self, serial: &str) -> String {
        match &self.client {
            Client::Naive(client) => client.status(0, serial),
            Client::Careful(client) => client.status(0, serial),
        }
    }

    /// The profile with which the MDM believes a device to be enrolled.
    pub fn enrolled_with(&self, serial: &str) -> Option<String> {
        match &self.client {
            Client::Naive(client) => client.enrolled_with(0, serial),
            Client::Careful(client) => client.enrolled_with(0, serial),
        }
    }

    fn serials(&self, place: usize) -> BTreeSet<String> {
        match &self.client {
            Client::Naive(client) => client.serials(place),
            Client::Careful(client) => client.serials(place),
        }
    }

    pub fn lines(&mut self) -> Vec<&mut Line> {
        match &mut self.client {
            Client::Naive(client) => client.lines().collect(),
            Client::Careful(client) => client.lines().collect(),
        }
    }

    /// Somebody was told of it.
    pub fn was_told(&self, word: &str) -> Verdict {
        let told: &[String] = match &self.client {
            Client::Naive(_) => &[],
            Client::Careful(client) => &client.told,
        };
        let heard = told.iter().any(|what| what.contains(word));
        if heard { Ok(()) } else { Err(format!("nobody was told of `{word}`, only {told:?}")) }
    }

    /// What Apple has at the server of a connection.
    async fn truth(&self, place: usize) -> Vec<Value> {
        let (organization, server) = &self.connections[place];
        let path = format!("/devices?server={}&limit=10000", server.replace(' ', "%20"));
        let (portal, mut devices, mut cursor) = (self.portal(organization), Vec::new(), "0".to_owned());
        loop {
            let mut page = portal.get(&format!("{path}&cursor={cursor}")).await;
            devices.append(page["items"].as_array_mut().unwrap());
            match page["next"].as_str() {
                Some(next) => next.clone_into(&mut cursor),
                None => return devices,
            }
        }
    }

    /// Everything is as it should be: the MDM knows its devices, and they have their profiles.
    pub async fn is_well(&self) -> Verdict {
        self.agrees().await?;
        self.provides().await
    }

    /// For every connection the MDM knows the devices that Apple has there, no more and no less.
    pub async fn agrees(&self) -> Verdict {
        for place in 0..self.connections.len() {
            self.agrees_at(place).await?;
        }
        Ok(())
    }

    pub async fn agrees_at(&self, place: usize) -> Verdict {
        let truth = self.truth(place).await;
        let truth: BTreeSet<String> = truth.iter().map(|device| text(device, "serial_number").to_owned()).collect();
        let known = self.serials(place);
        let (organization, server) = &self.connections[place];
        for (what, mut serials) in [("does not know", &truth - &known), ("still has", &known - &truth)] {
            if !serials.is_empty() {
                let count = serials.len();
                serials = serials.into_iter().take(5).collect();
                return Err(format!("for {organization}/{server} {what} {count} ({serials:?})"));
            }
        }
        Ok(())
    }

    /// Every device at a connection's server has the profile that the MDM wants for it.
    pub async fn provides(&self) -> Verdict {
        for place in 0..self.connections.len() {
            let ours = self.profile(place);
            for device in self.truth(place).await {
                let status = text(&device, "profile_status");
                if !matches!(status, "assigned" | "pushed") || text(&device, "profile_uuid") != ours {
                    let serial = &device["serial_number"];
                    return Err(format!("{serial} does not have the profile: {status}, {}", device["profile_uuid"]));
                }
            }
        }
        Ok(())
    }

    /// No more than `most` calls of an operation are in the journals since they were last counted anew.
    pub async fn asked_at_most(&self, most: usize, operation: &str) -> Verdict {
        let mut asked = 0;
        for ((_, portal), since) in self.portals.iter().zip(&self.counted) {
            let journal = portal.get(&format!("/journal?operation={operation}&since={since}")).await;
            asked += journal["items"].as_array().unwrap().len();
        }
        if asked <= most { Ok(()) } else { Err(format!("called {operation} {asked} times, and {most} would do")) }
    }

    /// Counts from here on.
    pub async fn count_anew(&mut self) {
        self.counted.clear();
        for (_, portal) in &self.portals {
            let newest = portal.get("/journal?limit=1").await;
            self.counted.push(newest["items"][0]["id"].as_u64().unwrap_or_default());
        }
    }

    /// Why calls of an operation were refused, by the journal of `acme`.
    pub async fn reasons(&self, operation: &str) -> String {
        let journal = self.portal("acme").get(&format!("/journal?operation={operation}&refused=true")).await;
        let entries = journal["items"].as_array().unwrap().iter();
        entries.map(|entry| entry["why"].to_string()).collect::<Vec<_>>().join("\n")
    }

    /// The profiles that a device was given when it was turned on, by the portal's history.
    pub async fn really_enrolled_with(&self, serial: &str) -> Option<String> {
        let device = self.portal("acme").device(serial).await;
        let deeds = device["history"].as_array().unwrap().iter().rev();
        let mut given = deeds.filter_map(|deed| text(deed, "what").strip_prefix("activated and given the profile "));
        given.next().map(str::to_owned)
    }

    /// What the report of every organisation has against the MDM: rule and severity, and the requests that show it.
    pub async fn findings(&self) -> Vec<(String, String, String)> {
        let mut findings = Vec::new();
        for (_, portal) in &self.portals {
            let report = portal.get("/report").await;
            findings.extend(report["findings"].as_array().unwrap().iter().map(|finding| {
                let word = |key: &str| text(finding, key).to_owned();
                (word("rule"), word("severity"), finding["shown"].to_string())
            }));
        }
        findings
    }

    pub fn is_careful(&self) -> bool {
        matches!(self.client, Client::Careful(_))
    }
}
