//! One of many clients that do as they like with the licences of some locations.

use std::collections::BTreeMap;
use std::time::Duration;

use abmsim::random::Random;
use serde_json::{Value, json};

use super::{Answer, ContentManager, Portal};

/// How long somebody waits before asking again after an event. Nothing depends on it.
const PAUSE: Duration = Duration::from_millis(2);
/// Users and devices that a location may meet: few, so that clients get in each other's way.
const USERS: u64 = 12;
const DEVICES: u64 = 30;
/// Apple Accounts that invitations are accepted with.
const ACCOUNTS: u64 = 4;

/// A client with a content token of each location, who is an administrator too.
pub struct Customer {
    random: Random,
    portal: Portal,
    managers: Vec<(String, ContentManager)>,
    assets: Vec<String>,
    /// Licences that it has bought, by title.
    pub bought: BTreeMap<String, u64>,
    /// How often each of its deeds was done, and refused.
    pub deeds: BTreeMap<&'static str, (u64, u64)>,
}

impl Customer {
    pub fn new(random: Random, portal: Portal, managers: Vec<(String, ContentManager)>, assets: &[&str]) -> Self {
        let assets = assets.iter().map(|adam_id| (*adam_id).to_owned()).collect();
        Self { random, portal, managers, assets, bought: BTreeMap::new(), deeds: BTreeMap::new() }
    }

    /// Does something. To be refused is part of it; any other answer ends the test.
    pub async fn act(&mut self) {
        match self.random.below(30) {
            0..9 => self.manage("associate", "/assets/associate").await,
            9..14 => self.manage("disassociate", "/assets/disassociate").await,
            14..16 => self.revoke().await,
            16..19 => self.users("create", "/users/create").await,
            19..21 => self.users("retire", "/users/retire").await,
            21..23 => self.accept().await,
            23..25 => self.trade("purchase").await,
            25..27 => self.trade("refund").await,
            27..29 => self.trade("transfer").await,
            _ => self.look().await,
        }
    }

    async fn manage(&mut self, deed: &'static str, path: &str) {
        let count = 1 + self.random.below(2) as usize;
        let assets = self.some(count, Self::asset);
        let assets: Vec<Value> = assets.into_iter().map(|adam_id| json!({ "adamId": adam_id })).collect();
        let mut body = self.targets();
        body["assets"] = json!(assets);
        self.begin(deed, path, body).await;
    }

    async fn revoke(&mut self) {
        let body = self.targets();
        self.begin("revoke", "/assets/revoke", body).await;
    }

    async fn users(&mut self, deed: &'static str, path: &str) {
        let users = self.some(2, Self::user);
        let users: Vec<Value> = users.into_iter().map(|id| json!({ "clientUserId": id })).collect();
        self.begin(deed, path, json!({ "users": users })).await;
    }

    /// Begins an event and waits until it is over.
    async fn begin(&mut self, deed: &'static str, path: &str, body: Value) {
        let manager = self.manager();
        let answer = manager.post(path, body.clone()).await;
        if !self.was_done(deed, &answer) {
            return;
        }
        let path = format!("/status?eventId={}", ContentManager::event_of(&answer));
        loop {
            let event = manager.get(&path).await.expect_ok();
            let count = |key: &str| event[key].as_u64().unwrap();
            assert!(count("numCompleted") <= count("numRequested"), "{body}: {event}");
            match event["eventStatus"].as_str().unwrap() {
                "PENDING" => tokio::time::sleep(PAUSE).await,
                "COMPLETE" => return assert_eq!(count("numCompleted"), count("numRequested"), "{body}: {event}"),
                _ => return assert!(event["failures"].is_array(), "{body}: {event}"),
            }
        }
    }

    /// A user accepts the invitation, with an account that others may have.
    async fn accept(&mut self) {
        let (manager, user) = (self.manager(), self.user());
        let found = manager.get(&format!("/users?activeOnly=true&clientUserId={user}")).await.expect_ok();
        let Some(code) = found["users"][0]["inviteCode"].as_str() else { return };
        let body = json!({"apple_account": format!("private{}@icloud.example", self.random.below(ACCOUNTS))});
        let accepted = self.portal.try_call("POST", &format!("/invitations/{code}/accept"), body).await;
        self.note("accept", accepted, 200);
    }

    async fn trade(&mut self, deed: &'static str) {
        let asset = self.asset();
        let (first, second) = (self.location(), self.location());
        let quantity = 1 + self.random.below(3);
        let body = match deed {
            "transfer" if first == second => return,
            "transfer" => json!({"from": first, "to": second, "adam_id": asset, "quantity": quantity}),
            _ => json!({"location": first, "adam_id": asset, "quantity": quantity}),
        };
        let answer = self.portal.try_call("POST", &format!("/{deed}s"), body).await;
        if self.note(deed, answer, 201) && deed == "purchase" {
            *self.bought.entry(asset).or_default() += quantity;
        }
    }

    /// Looks whether a location adds up while everybody is at it: each answer shows one moment.
    async fn look(&mut self) {
        let place = self.random.below(self.managers.len() as u64) as usize;
        let (name, manager) = &self.managers[place];
        for asset in manager.get("/assets").await.expect_ok()["assets"].as_array().unwrap() {
            let [total, assigned, available, retired] =
                ["totalCount", "assignedCount", "availableCount", "retiredCount"]
                    .map(|key| asset[key].as_i64().unwrap());
            assert!(total >= 0 && assigned >= 0 && available >= 0 && retired >= 0, "{name}: {asset}");
            assert_eq!(total, assigned + available, "{name}: {asset}");
        }
        let shown = self.portal.get(&format!("/locations/{name}")).await;
        let assigned = shown["assets"].as_array().unwrap().iter().map(|asset| asset["assigned"].as_u64().unwrap());
        assert_eq!(assigned.sum::<u64>(), shown["assignments_count"].as_u64().unwrap(), "{name}: {shown}");
        self.deeds.entry("look").or_default().0 += 1;
    }

    // --- What it chooses ----------------------------------------------------------------------------------------------------------------

    /// Users, devices, or both: a request for devices alone is not refused for users that there are not.
    fn targets(&mut self) -> Value {
        let (devices, users) = (self.random.below(4) as usize, self.random.below(6).saturating_sub(3) as usize);
        let serials = self.some(devices, |customer| format!("C02CROWD{:04}", customer.random.below(DEVICES)));
        let users = self.some(if devices == 0 { users.max(1) } else { users }, Self::user);
        json!({"serialNumbers": serials, "clientUserIds": users})
    }

    /// Up to so many, each once.
    fn some(&mut self, count: usize, mut choose: impl FnMut(&mut Self) -> String) -> Vec<Value> {
        let mut chosen: Vec<String> = (0..count).map(|_| choose(self)).collect();
        chosen.sort();
        chosen.dedup();
        chosen.into_iter().map(Value::from).collect()
    }

    fn user(&mut self) -> String {
        format!("u-{}", self.random.below(USERS))
    }

    fn asset(&mut self) -> String {
        let place = self.random.below(self.assets.len() as u64) as usize;
        self.assets[place].clone()
    }

    fn location(&mut self) -> String {
        let place = self.random.below(self.managers.len() as u64) as usize;
        self.managers[place].0.clone()
    }

    fn manager(&mut self) -> ContentManager {
        let place = self.random.below(self.managers.len() as u64) as usize;
        self.managers[place].1.clone()
    }

    // --- What it notes ------------------------------------------------------------------------------------------------------------------

    fn was_done(&mut self, deed: &'static str, answer: &Answer) -> bool {
        self.note(deed, (answer.status, answer.json()), 200)
    }

    /// Whether it was done. What is not has to be a refusal: of the request by Apple (400), or of the deed by the portal (404, 409).
    fn note(&mut self, deed: &'static str, (status, answer): (u16, Value), good: u16) -> bool {
        let known = self.deeds.entry(deed).or_default();
        assert!(status == good || [400, 404, 409].contains(&status), "{deed}: {status} {answer}");
        if status == good {
            known.0 += 1;
        } else {
            known.1 += 1;
        }
        status == good
    }
}
