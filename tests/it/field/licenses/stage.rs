//! Where a story of Apps and Books is played: one organisation, and one client with a token for every location of it.

use std::collections::BTreeSet;

use abmsim::clock::{Span, Timestamp};
use abmsim::scenario::Embedded;
use abmsim::simulator::Settings;
use serde_json::json;

use super::careful::{Careful, subscription};
use super::desk::{Desk, Want, seat};
use super::naive::Naive;
use crate::actors::{ContentManager, Developer, Manner, Portal, Webhook, World};
use crate::field::stage::Verdict;

pub enum Client {
    Naive(Naive),
    Careful(Careful),
}

pub struct Stage {
    world: World,
    pub client: Client,
    pub portal: Portal,
    developer: Developer,
    webhook: Webhook,
    /// The newest entry of the journal when calls were last counted anew.
    counted: u64,
    pub now: Timestamp,
}

/// What notifications carry.
const PROOF: &str = "proof-of-the-simulator";

impl Stage {
    /// A simulator that serves the scenario `name`, and a client that was given the tokens of all locations.
    pub async fn set(name: &str, is_careful: bool) -> Self {
        let scenario = Embedded::find(name).unwrap_or_else(|| panic!("there is no scenario {name}"));
        // The careful client refuses what carries another token.
        let fourth = if is_careful { 403 } else { 200 };
        let webhook = Webhook::minding(&[200, 200, 200, fourth].map(Manner::Answer)).await;
        let settings = Settings { webhook_ca: Some(webhook.certificate.clone()), ..Settings::default() };
        let world = World::with(settings, scenario.text).await;
        let portal = world.portal();
        let devices = portal.get("/devices?limit=1000").await;
        let known = devices["items"].as_array().unwrap().iter();
        let known = known.map(|device| device["serial_number"].as_str().unwrap().to_owned()).collect();
        let mut client =
            if is_careful { Client::Careful(Careful::new(known)) } else { Client::Naive(Naive::default()) };
        for location in portal.get("/locations").await["items"].as_array().unwrap() {
            let name = location["name"].as_str().unwrap();
            let desk = Desk::new(name, world.content_manager(name));
            match &mut client {
                Client::Naive(client) => client.connect(desk),
                Client::Careful(client) => client.connect(desk),
            }
        }
        let developer = Developer::of(&world);
        let now = portal.get("/clock").await["now"].as_str().unwrap().parse().unwrap();
        Self { world, client, portal, developer, webhook, counted: 0, now }
    }

    /// The scheduler strikes, and devices do as they are told.
    pub async fn round(&mut self) {
        match &mut self.client {
            Client::Naive(client) => client.round(&self.developer).await,
            Client::Careful(client) => client.round(self.now, &self.developer).await,
        }
        let commands = match &mut self.client {
            Client::Naive(client) => client.commands().into_iter().map(|command| (command, self.now)).collect(),
            Client::Careful(client) => client.commands(self.now),
        };
        for (command, first) in commands {
            let path = format!("/devices/{}/install", command.serial);
            let asked = json!({"adam_id": command.title, "account": command.account});
            let (_, answer) = self.portal.try_call("POST", &path, asked).await;
            if let Client::Careful(client) = &mut self.client {
                client.reported(command, first, &answer, self.now);
            }
        }
    }

    /// Time passes while the client sleeps; notifications arrive all the same.
    pub async fn sleep(&mut self, span: &str) {
        self.portal.advance(span).await;
        self.now = self.now + span.parse::<Span>().unwrap();
        for posted in self.webhook.rest() {
            let bearer = posted.header("authorization");
            match &mut self.client {
                Client::Naive(client) => client.notified(bearer, &posted.body),
                Client::Careful(client) => _ = client.notified(bearer, &posted.body),
            }
        }
    }

    pub async fn pass(&mut self, times: usize, step: &str) {
        for _ in 0..times {
            self.sleep(step).await;
            self.round().await;
        }
    }

    /// Somebody is to have a licence of a location.
    pub fn want(&mut self, location: &str, title: &str, holder: &str) {
        self.want_with(location, title, holder, None);
    }

    /// The same for a device whose user has an account on it.
    pub fn want_with(&mut self, location: &str, title: &str, holder: &str, user: Option<(&str, &str)>) {
        let user = user.map(|(user, account)| (user.to_owned(), account.to_owned()));
        let (location, title, holder) = (location.to_owned(), title.to_owned(), holder.to_owned());
        let want = Want { location, title, holder, user };
        match &mut self.client {
            Client::Naive(client) => client.want(want),
            Client::Careful(client) => client.want(want),
        }
    }

    /// Somebody leaves, or a device does.
    pub fn leave(&mut self, holder: &str) {
        match &mut self.client {
            Client::Naive(client) => client.leave(holder),
            Client::Careful(client) => client.leave(holder),
        }
    }

    /// A person downloads a new token for the first location and gives it to the client.
    pub async fn renew(&mut self, location: &str) {
        let made = self.portal.post(&format!("/locations/{location}/token"), json!({})).await;
        let token = made["content_token"].as_str().unwrap_or_else(|| panic!("no token in {made}")).to_owned();
        let desk = Desk::new(location, ContentManager::new(self.world.url(), token));
        match &mut self.client {
            Client::Naive(client) => client.upload(0, desk).await,
            Client::Careful(client) => client.upload(0, desk),
        }
    }

    /// A person says that the first location is ours.
    pub fn reclaim(&mut self) {
        if let Client::Careful(client) = &mut self.client {
            client.reclaim(0);
        }
    }

    /// Somebody else with the location's token.
    pub fn colleague(&self, location: &str) -> ContentManager {
        self.world.content_manager(location)
    }

    /// The client wants to be notified of counts.
    pub async fn subscribe(&mut self) {
        let body = subscription(&self.webhook.url(), PROOF);
        match &mut self.client {
            Client::Naive(client) => client.subscribe(body).await,
            Client::Careful(client) => client.subscribe(body).await,
        }
        self.webhook.rest();
    }

    /// Somebody holds a licence, by the portal.
    pub async fn holds(&self, location: &str, title: &str, holder: &str) -> Verdict {
        let rows = self.portal.get(&format!("/locations/{location}/assignments?adam_id={title}&limit=1000")).await;
        let held =
            rows["items"].as_array().unwrap().iter().any(|row| {
                row["serial_number"].as_str() == Some(holder) || row["client_user_id"].as_str() == Some(holder)
            });
        if held { Ok(()) } else { Err(format!("{holder} does not hold {title}")) }
    }

    /// A device has a title, by its history.
    pub async fn has_installed(&self, serial: &str) -> Verdict {
        let device = self.portal.device(serial).await;
        let has = device["history"].to_string().contains("installed ");
        if has { Ok(()) } else { Err(format!("{serial} has not installed anything")) }
    }

    /// No licence is lost on somebody who is gone.
    pub async fn has_no_seat_astray(&self, location: &str) -> Verdict {
        let seats = self.portal.get(&format!("/locations/{location}/seats")).await;
        if seats["astray_count"] == 0 { Ok(()) } else { Err(format!("has seats astray: {}", seats["astray"])) }
    }

    /// The client knows who holds what, by Apple's own list.
    pub async fn knows_seats(&self, location: &str) -> Verdict {
        let rows = self.colleague(location).all("/assignments?includeUserState=true", "assignments").await;
        let truth: BTreeSet<_> = rows.iter().filter(|row| row["userStatus"] != "Retired").map(seat).collect();
        let known = match &self.client {
            Client::Naive(client) => &client.seats,
            Client::Careful(client) => &client.places[0].seats,
        };
        if *known == truth { Ok(()) } else { Err(format!("knows {} seats of {}", known.len(), truth.len())) }
    }

    /// The client knows how many licences are left.
    pub async fn knows_count(&self, location: &str, title: &str) -> Verdict {
        let seats = self.portal.get(&format!("/locations/{location}/seats")).await;
        let truth = seats["items"].as_array().unwrap().iter().find(|item| item["adam_id"] == title);
        let truth = truth.unwrap()["available"].as_i64();
        let known = match &self.client {
            Client::Naive(client) => client.available.get(title).copied(),
            Client::Careful(client) => client.places[0].assets.get(title).map(|asset| asset.available),
        };
        if known == truth { Ok(()) } else { Err(format!("counts {known:?} of {truth:?}")) }
    }

    /// What the client calls a title.
    pub fn calls(&self, title: &str, name: &str) -> Verdict {
        let known = match &self.client {
            Client::Naive(client) => client.names.get(title).cloned(),
            Client::Careful(client) => client.places[0].assets.get(title).and_then(|asset| asset.name.clone()),
        };
        if known.as_deref() == Some(name) { Ok(()) } else { Err(format!("calls {title} {known:?}, not {name}")) }
    }

    pub fn was_told(&self, word: &str) -> Verdict {
        let told: &[String] = match &self.client {
            Client::Naive(_) => &[],
            Client::Careful(client) => &client.told,
        };
        let heard = told.iter().any(|what| what.contains(word));
        if heard { Ok(()) } else { Err(format!("nobody was told of `{word}`, only {told:?}")) }
    }

    /// No more than `most` calls of an operation are in the journal since they were last counted anew.
    pub async fn asked_at_most(&self, most: usize, operation: &str) -> Verdict {
        let path = format!("/journal?operation={operation}&since={}&limit=1000", self.counted);
        let asked = self.portal.get(&path).await["items"].as_array().unwrap().len();
        if asked <= most { Ok(()) } else { Err(format!("called {operation} {asked} times, and {most} would do")) }
    }

    pub async fn count_anew(&mut self) {
        let newest = self.portal.get("/journal?limit=1").await;
        self.counted = newest["items"][0]["id"].as_u64().unwrap_or_default();
    }

    /// What the report has against the client: rule and severity, and the requests that show it.
    pub async fn findings(&self) -> Vec<(String, String, String)> {
        let report = self.portal.get("/report").await;
        let findings = report["findings"].as_array().unwrap().iter().map(|finding| {
            let word = |key: &str| finding[key].as_str().unwrap_or_default().to_owned();
            (word("rule"), word("severity"), finding["shown"].to_string())
        });
        findings.collect()
    }
}
