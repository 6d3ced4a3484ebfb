//! What concurrent clients see of an asset could have been seen by one after the other.

use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use abmsim::clock::Stopwatch;
use abmsim::random::Random;
use serde_json::json;
use tokio::task::JoinSet;

use super::linearizability::{Operation, Sequential, linearize};
use super::{CLIENTS, duration, play};
use crate::actors::{ContentManager, Portal, World};

/// Assets, each with clients of its own.
const ASSETS: usize = 25;
/// Licences of each in the beginning.
const LICENSES: u32 = 2;
/// Devices that they are for.
const DEVICES: u64 = 5;
/// Operations of a client in one history. Then the next one begins where nobody asks for anything.
const OPERATIONS: usize = 8;
/// Between two questions after an event. Nothing depends on it.
const PAUSE: Duration = Duration::from_millis(2);

/// An asset as one client would see it, who is alone.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Shelf {
    total: u32,
    retired: u32,
    /// Who holds a licence, a bit for each device.
    held: u32,
}

/// What was asked, and what was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Call {
    /// A device is to get a licence; the event was completed, or failed since none was left.
    Associate { device: u64, completed: bool },
    /// It is taken back, if it has one.
    Disassociate { device: u64 },
    /// One more is bought; so many were in use then.
    Purchase { in_use: u32 },
    /// One is refunded, unless all are in use.
    Refund { in_use: Option<u32> },
    /// The counts.
    Count { total: u32, assigned: u32, available: u32, retired: u32 },
    /// Whether a device holds one.
    Holds { device: u64, one: bool },
}

impl Shelf {
    fn assigned(&self) -> u32 {
        self.held.count_ones()
    }

    fn has(&self, device: u64) -> bool {
        self.held >> device & 1 == 1
    }
}

impl Sequential for Shelf {
    type Call = Call;

    fn after(&self, call: &Call) -> Option<Self> {
        let assigned = self.assigned();
        match *call {
            Call::Associate { device, completed } => {
                let can = self.has(device) || assigned < self.total;
                let held = if can { self.held | 1 << device } else { self.held };
                (can == completed).then_some(Self { held, ..self.clone() })
            }
            Call::Disassociate { device } => Some(Self { held: self.held & !(1 << device), ..self.clone() }),
            Call::Purchase { in_use } => (in_use == assigned).then_some(Self { total: self.total + 1, ..self.clone() }),
            Call::Refund { in_use: None } => (assigned == self.total).then(|| self.clone()),
            Call::Refund { in_use: Some(in_use) } => (in_use == assigned && assigned < self.total).then(|| Self {
                total: self.total - 1,
                retired: self.retired + 1,
                ..self.clone()
            }),
            Call::Count { total, assigned: seen, available, retired } => {
                let is_so =
                    (total, seen, available, retired) == (self.total, assigned, self.total - assigned, self.retired);
                is_so.then(|| self.clone())
            }
            Call::Holds { device, one } => (self.has(device) == one).then(|| self.clone()),
        }
    }
}

/// A library of such assets. Events take a moment, so that what comes to pass between question and answer is not done by the question.
fn library() -> String {
    let mut assets = String::new();
    for asset in 0..ASSETS {
        writeln!(assets, "          - {{adam_id: {}, licenses: {LICENSES}}}", adam_id(asset)).unwrap();
    }
    format!(
        "
version: 1
seed: 7
clock: {{start: 2026-09-01T08:00:00Z, mode: running}}
organizations:
  - id: acme
    locations:
      - name: HQ
        assets:
{assets}
    quirks: {{event_latency: {{base: 3ms}}}}
"
    )
}

fn adam_id(asset: usize) -> String {
    (100_000_001 + asset).to_string()
}

/// One client of one asset.
struct Client {
    number: usize,
    asset: String,
    random: Random,
    portal: Portal,
    manager: ContentManager,
    moments: Arc<AtomicU64>,
}

impl Client {
    async fn operate(&mut self) -> Operation<Call> {
        let (deed, device) = (self.random.below(12), self.random.below(DEVICES));
        let moment = || self.moments.fetch_add(1, Ordering::SeqCst);
        let invoked = moment();
        let call = match deed {
            0..4 => Call::Associate { device, completed: self.event("associate", device).await },
            4..6 => {
                assert!(self.event("disassociate", device).await, "to take back can never fail");
                Call::Disassociate { device }
            }
            6 => Call::Purchase { in_use: self.trade("/purchases").await.unwrap() },
            7..9 => Call::Refund { in_use: self.trade("/refunds").await },
            9..11 => self.count().await,
            _ => self.look(device).await,
        };
        Operation { client: self.number, invoked, answered: moment(), call }
    }

    /// The counts and every device, by somebody who is alone.
    async fn look_at_everything(&self) -> Vec<Operation<Call>> {
        let moment = || self.moments.fetch_add(1, Ordering::SeqCst);
        let (client, invoked) = (CLIENTS, moment());
        let mut seen = vec![Operation { client, invoked, call: self.count().await, answered: moment() }];
        for device in 0..DEVICES {
            let invoked = moment();
            seen.push(Operation { client, invoked, call: self.look(device).await, answered: moment() });
        }
        seen
    }

    fn serial(device: u64) -> String {
        format!("C02HISTORY{device:02}")
    }

    /// Whether an event was completed, once it is over.
    async fn event(&self, verb: &str, device: u64) -> bool {
        let body = json!({"assets": [{"adamId": self.asset}], "serialNumbers": [Self::serial(device)]});
        let id = ContentManager::event_of(&self.manager.post(&format!("/assets/{verb}"), body).await);
        loop {
            let event = self.manager.get(&format!("/status?eventId={id}")).await.expect_ok();
            match event["eventStatus"].as_str().unwrap() {
                "PENDING" => tokio::time::sleep(PAUSE).await,
                "COMPLETE" => return true,
                _ => {
                    assert_eq!(event["failures"][0]["errorNumber"], 9709, "{event}");
                    return false;
                }
            }
        }
    }

    /// How many were in use when one was bought or refunded; nothing where that was refused.
    async fn trade(&self, path: &str) -> Option<u32> {
        let body = json!({"location": "HQ", "adam_id": self.asset, "quantity": 1});
        let (status, trade) = self.portal.try_call("POST", path, body).await;
        if status == 201 {
            return Some(trade["in_use"].as_u64().unwrap() as u32);
        }
        assert_eq!((status, trade["code"].as_str()), (409, Some("LICENSES_IN_USE")), "{trade}");
        None
    }

    async fn count(&self) -> Call {
        let page = self.manager.get(&format!("/assets?adamId={}", self.asset)).await.expect_ok();
        let count = |key: &str| page["assets"][0][key].as_u64().unwrap() as u32;
        Call::Count {
            total: count("totalCount"),
            assigned: count("assignedCount"),
            available: count("availableCount"),
            retired: count("retiredCount"),
        }
    }

    async fn look(&self, device: u64) -> Call {
        let path = format!("/assignments?adamId={}&serialNumber={}", self.asset, Self::serial(device));
        let page = self.manager.get(&path).await.expect_ok();
        Call::Holds { device, one: page["size"] == 1 }
    }
}

#[test]
fn what_a_crowd_sees_could_have_happened_one_by_one() {
    play(|seed| async move {
        let world = World::of(&library()).await;
        let (portal, manager, moments) = (world.portal(), world.content_manager("HQ"), Arc::new(AtomicU64::new(0)));
        let client = |number: usize, round: usize| Client {
            number,
            asset: adam_id(number % ASSETS),
            random: Random::new(seed, &format!("client {number} of round {round}")),
            portal: portal.clone(),
            manager: manager.clone(),
            moments: moments.clone(),
        };
        let mut shelves = vec![Shelf { total: LICENSES, retired: 0, held: 0 }; ASSETS];
        let watch = Stopwatch::start();
        for round in 0.. {
            let mut crowd = JoinSet::new();
            for number in 0..CLIENTS {
                let mut client = client(number, round);
                crowd.spawn(async move {
                    let mut done = Vec::new();
                    for _ in 0..OPERATIONS {
                        done.push(client.operate().await);
                    }
                    done
                });
            }
            let mut histories = vec![Vec::new(); ASSETS];
            for operation in crowd.join_all().await.into_iter().flatten() {
                histories[operation.client % ASSETS].push(operation);
            }
            for (asset, mut history) in histories.into_iter().enumerate() {
                // Several orders may explain a history, and only one of them is what the next round goes on from.
                history.extend(client(asset, round).look_at_everything().await);
                shelves[asset] = judge(&shelves[asset], &history);
            }
            if watch.elapsed() >= duration() {
                break;
            }
        }
    });
}

/// The asset after a history, which must have been possible.
fn judge(shelf: &Shelf, history: &[Operation<Call>]) -> Shelf {
    match linearize(shelf.clone(), history) {
        Ok(order) => order.iter().fold(shelf.clone(), |shelf, operation| shelf.after(&operation.call).unwrap()),
        Err(longest) => {
            let lines = |operations: &[Operation<Call>]| {
                operations.iter().fold(String::new(), |text, operation| format!("{text}\n  {operation:?}"))
            };
            let mut history = history.to_vec();
            history.sort_by_key(|operation| operation.invoked);
            panic!(
                "no order explains this, from {shelf:?} on:{}\nThe longest beginning of one:{}",
                lines(&history),
                lines(&longest)
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shelf() -> Shelf {
        Shelf { total: 1, retired: 0, held: 0 }
    }

    fn at(invoked: u64, answered: u64, call: Call) -> Operation<Call> {
        Operation { client: 0, invoked, answered, call }
    }

    const fn associate(device: u64, completed: bool) -> Call {
        Call::Associate { device, completed }
    }

    #[test]
    fn a_licence_that_is_sold_twice_is_noticed() {
        assert!(linearize(shelf(), &[at(0, 3, associate(1, true)), at(1, 2, associate(2, true))]).is_err());
        assert!(linearize(shelf(), &[at(0, 3, associate(1, true)), at(1, 2, associate(2, false))]).is_ok());
        let with_one_bought =
            [at(0, 5, associate(1, true)), at(1, 4, associate(2, true)), at(2, 3, Call::Purchase { in_use: 1 })];
        assert!(linearize(shelf(), &with_one_bought).is_ok());
    }

    #[test]
    fn a_licence_that_is_lost_is_noticed() {
        let free = [at(0, 1, associate(1, true)), at(2, 3, Call::Disassociate { device: 1 })];
        for (call, is_possible) in [
            (associate(2, false), false),
            (associate(2, true), true),
            (Call::Refund { in_use: None }, false),
            (Call::Refund { in_use: Some(0) }, true),
            (Call::Count { total: 1, assigned: 1, available: 0, retired: 0 }, false),
            (Call::Count { total: 1, assigned: 0, available: 1, retired: 0 }, true),
            (Call::Holds { device: 1, one: true }, false),
            (Call::Holds { device: 1, one: false }, true),
        ] {
            let history = [&free[..], &[at(4, 5, call)]].concat();
            assert_eq!(linearize(shelf(), &history).is_ok(), is_possible, "{call:?}");
        }
    }

    #[test]
    fn an_answer_from_the_past_is_noticed() {
        let bought = Call::Count { total: 2, assigned: 0, available: 2, retired: 0 };
        let before = Call::Count { total: 1, assigned: 0, available: 1, retired: 0 };
        let buy = Call::Purchase { in_use: 0 };
        assert!(linearize(shelf(), &[at(0, 5, buy), at(1, 2, before), at(3, 4, bought)]).is_ok());
        assert!(linearize(shelf(), &[at(0, 5, buy), at(1, 2, bought), at(3, 4, before)]).is_err());
    }
}
