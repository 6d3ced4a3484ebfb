//! Whatever a crowd does at once, no licence is sold twice and none is lost.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use abmsim::clock::Stopwatch;
use abmsim::random::Random;
use serde_json::Value;
use tokio::sync::RwLock;
use tokio::task::JoinSet;

use super::{CLIENTS, duration, play};
use crate::actors::{ContentManager, Customer, Portal, World};

/// Few licences of much that is wanted; events that take a moment, so that they run into each other.
const LIBRARY: &str = "
version: 1
seed: 7
clock: {start: 2026-09-01T08:00:00Z, mode: running}
organizations:
  - id: acme
    people:
      - {name: Kim Ade, managed_account: kim@acme.example, roles: [content_manager]}
    locations:
      - name: HQ
        assets:
          - {adam_id: 100000001, name: Scarce, licenses: 1}
          - {adam_id: 100000002, name: Wanted, licenses: 12}
          - {adam_id: 100000003, name: Handbook, kind: book, licenses: 40}
          - {adam_id: 100000004, name: Personal, licenses: 6, device_assignable: false}
        users: [{client_user_id: u-1}, {client_user_id: u-2}, {client_user_id: u-3, status: associated}]
      - name: Branch
        assets: [{adam_id: 100000001, licenses: 2}, {adam_id: 100000002, licenses: 8}]
      - {name: Store, country: DE, assets: [{adam_id: 100000003, licenses: 5}]}
    quirks: {event_latency: {base: 5ms}, unknown_user: async, page_size: 100000}
";
const LOCATIONS: [&str; 3] = ["HQ", "Branch", "Store"];
const ASSETS: [&str; 4] = ["100000001", "100000002", "100000003", "100000004"];
const BOOK: &str = "100000003";
/// Between two moments in which everybody stands still and all is counted.
const ROUND: Duration = Duration::from_millis(600);

#[test]
fn a_crowd_is_sold_nothing_twice() {
    play(|seed| async move {
        let world = World::of(LIBRARY).await;
        let hall = Hall::of(&world);
        let before = hall.in_all().await;
        let customers = hall.let_in(seed).await;
        let bought =
            |adam_id: &String| customers.iter().filter_map(|customer| customer.bought.get(adam_id)).sum::<u64>();
        for (adam_id, licenses) in hall.in_all().await {
            assert_eq!(licenses, before[&adam_id] + bought(&adam_id), "{adam_id}: what there was and what was bought");
        }
        let organization = world.simulator().directory().organization("acme").unwrap();
        organization.read(|books, _| books.content.check().unwrap());
        let mut deeds: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
        for (deed, (done, refused)) in customers.iter().flat_map(|customer| &customer.deeds) {
            let known = deeds.entry(deed).or_default();
            *known = (known.0 + done, known.1 + refused);
        }
        println!("done and refused: {deeds:?}");
        for deed in [
            "associate",
            "disassociate",
            "revoke",
            "create",
            "retire",
            "accept",
            "purchase",
            "refund",
            "transfer",
            "look",
        ] {
            assert!(deeds.get(deed).is_some_and(|(done, _)| *done > 0), "nobody did this: {deed} of {deeds:?}");
        }
    });
}

/// Where the crowd meets.
struct Hall {
    portal: Portal,
    managers: Vec<(String, ContentManager)>,
}

impl Hall {
    fn of(world: &World) -> Self {
        let managers = LOCATIONS.map(|name| (name.to_owned(), world.content_manager(name)));
        Self { portal: world.portal(), managers: managers.into() }
    }

    /// Lets everybody do as they like until the time is over. Now and then all stand still and it is counted.
    async fn let_in(&self, seed: u64) -> Vec<Customer> {
        let watch = Stopwatch::start();
        let going = Arc::new(RwLock::new(true));
        let mut crowd = JoinSet::new();
        for number in 0..CLIENTS {
            let random = Random::new(seed, &format!("customer {number}"));
            let mut customer = Customer::new(random, self.portal.clone(), self.managers.clone(), &ASSETS);
            let going = going.clone();
            crowd.spawn(async move {
                while *going.read().await {
                    customer.act().await;
                }
                customer
            });
        }
        loop {
            tokio::time::sleep(ROUND).await;
            let over = watch.elapsed() >= duration();
            // This keeps everybody from beginning anything else.
            let mut going = going.write().await;
            self.count_all().await;
            if over {
                *going = false;
                break;
            }
        }
        let customers = crowd.join_all().await;
        self.count_all().await;
        customers
    }

    /// What has to hold of every location, as its MDM server and the portal see it.
    async fn count_all(&self) {
        for (name, manager) in &self.managers {
            // Deeds that were begun go on: what is compared has to be of one moment, which the version tells.
            let (assets, rows) = loop {
                let version = |page: &Value| page["versionId"].as_str().unwrap().to_owned();
                let before = manager.get("/assets").await.expect_ok();
                let rows = manager.get("/assignments?includeUserState=true").await.expect_ok();
                let after = manager.get("/assets").await.expect_ok();
                if version(&before) == version(&after) {
                    break (
                        before["assets"].as_array().unwrap().clone(),
                        rows["assignments"].as_array().unwrap().clone(),
                    );
                }
            };
            let mut held: BTreeMap<&str, u64> = BTreeMap::new();
            let mut holders = BTreeSet::new();
            for row in &rows {
                let text = |key: &str| row[key].as_str().unwrap_or_default();
                *held.entry(text("adamId")).or_default() += 1;
                // Retired records keep their books, and there may be several that bore one id.
                if text("userStatus") == "Retired" {
                    assert_eq!(text("adamId"), BOOK, "{name}: a retired user holds {row}");
                } else {
                    let holder = (text("adamId"), text("clientUserId"), text("serialNumber"));
                    assert!(holders.insert(holder), "{name}: twice {row}");
                }
            }
            for asset in &assets {
                let count = |key: &str| asset[key].as_u64().unwrap_or_else(|| panic!("{name}: {key} of {asset}"));
                let assigned = held.get(asset["adamId"].as_str().unwrap()).copied().unwrap_or_default();
                assert_eq!(count("assignedCount"), assigned, "{name}: rows of {asset}");
                assert_eq!(count("totalCount"), assigned + count("availableCount"), "{name}: {asset}");
            }
            let shown = self.portal.get(&format!("/locations/{name}/assignments?limit=10000")).await;
            let licenses = shown["items"].as_array().unwrap().iter().map(|row| row["license_id"].as_u64().unwrap());
            let licenses: Vec<u64> = licenses.collect();
            let each: BTreeSet<u64> = licenses.iter().copied().collect();
            assert_eq!(each.len(), licenses.len(), "{name}: a licence is held twice");
        }
    }

    /// Licences of each title in all locations together, refunded ones included.
    async fn in_all(&self) -> BTreeMap<String, u64> {
        let mut all = BTreeMap::new();
        for (_, manager) in &self.managers {
            for asset in manager.get("/assets").await.expect_ok()["assets"].as_array().unwrap() {
                let count = |key: &str| asset[key].as_u64().unwrap();
                let adam_id = asset["adamId"].as_str().unwrap().to_owned();
                *all.entry(adam_id).or_default() += count("totalCount") + count("retiredCount");
            }
        }
        all
    }
}
