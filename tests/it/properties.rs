//! What holds whatever happens in whatever order: an MDM that fetches and then syncs misses nothing and hears nothing twice. In process, for
//! speed: thousands of little stories.

use std::collections::BTreeSet;

use abmsim::clock::{Span, Timestamp};
use abmsim::organization::{
    Change, DeviceId, DeviceStatus, KindFacts, Move, Op, Organization, Refusal, Refused, ServerId,
};
use abmsim::scenario::{Founding, SourceFile, Surroundings, found, read};
use proptest::prelude::*;
use serde_json::json;

const SCENARIO: &str = "
version: 1
clock: {start: 2026-09-01T08:00:00Z, mode: frozen}
organizations:
  - id: acme
    servers: [{name: A}, {name: B}]
    orders:
      - placed: -1d
        devices: [{model: iPhone 16, count: 5, server: A}, {model: iPhone 16, count: 3, server: B}, {model: iPhone 16, count: 2, server: null}]
";

/// One thing that somebody does.
#[derive(Clone, Debug)]
pub enum Step {
    Assign { devices: Vec<u32>, to: Option<ServerId>, deadline: Option<u8> },
    CancelMigration(u32),
    Release(u32),
    Disown(ServerId, u32),
    AssignProfile(ServerId, Vec<u32>),
    RemoveProfile(ServerId, u32),
    Activate(u32),
    Erase(u32),
    Replace(u32),
    AddByConfigurator { again: u32, to: Option<ServerId> },
    Wait(u32),
    Poll { server: ServerId, limit: usize },
}

pub fn step() -> impl Strategy<Value = Step> {
    let device = 0_u32..14;
    let server = 0_u16..2;
    let to = proptest::option::weighted(0.8, 0_u16..2);
    let devices = proptest::collection::vec(0_u32..14, 1..5);
    prop_oneof![
        4 => (devices.clone(), to.clone(), proptest::option::weighted(0.2, 1_u8..90))
            .prop_map(|(devices, to, deadline)| Step::Assign { devices, to, deadline }),
        1 => device.clone().prop_map(Step::CancelMigration),
        1 => device.clone().prop_map(Step::Release),
        1 => (server.clone(), device.clone()).prop_map(|(server, device)| Step::Disown(server, device)),
        3 => (server.clone(), devices).prop_map(|(server, devices)| Step::AssignProfile(server, devices)),
        2 => (server.clone(), device.clone()).prop_map(|(server, device)| Step::RemoveProfile(server, device)),
        2 => device.clone().prop_map(Step::Activate),
        1 => device.clone().prop_map(Step::Erase),
        1 => device.clone().prop_map(Step::Replace),
        1 => (device, to).prop_map(|(again, to)| Step::AddByConfigurator { again, to }),
        4 => prop_oneof![0_u32..200, 0_u32..50_000, 0_u32..400_000].prop_map(Step::Wait),
        6 => (server, 1_usize..5).prop_map(|(server, limit)| Step::Poll { server, limit }),
    ]
}

pub fn quirks() -> impl Strategy<Value = serde_json::Value> {
    let move_op = prop_oneof![Just("modified"), Just("added"), Just("both")];
    let portal = prop_oneof![Just("0s"), Just("90s"), Just("2h")];
    let profile = prop_oneof![Just("0s"), Just("60s"), Just("1h")];
    let delay = prop_oneof![Just("0s"), Just("1s")];
    let gone = prop_oneof![Just("deleted"), Just("none")];
    (move_op, portal, profile, delay, gone, any::<bool>(), any::<bool>()).prop_map(
        |(move_op, portal, profile, delay, gone, keeps, throttles)| {
            json!({
                "move_op": move_op, "lag": {"portal": portal, "profile": profile}, "op_date_delay": delay,
                "release_emits": gone, "disown_emits": gone, "unassign_keeps_profile": keeps,
                "throttle": if throttles { json!({"assignments": 1, "window": "1h", "cooldown": "2h"}) } else { json!("off") },
            })
        },
    )
}

pub fn acme(quirks: &serde_json::Value) -> Organization {
    let scenario = read(&[SourceFile::new("test.yaml", SCENARIO)], &Surroundings::house()).unwrap();
    let began = Timestamp::from_seconds(1_788_249_600);
    let founding = Founding { id: "acme", content: "acme", seed: 7, clock: scenario.clock, began };
    let mut books = found(&scenario.organizations[0], founding).unwrap();
    books.quirks = std::sync::Arc::new(books.quirks.patched(quirks.as_object().unwrap()).unwrap());
    Organization::new("acme".to_owned(), books)
}

/// A request for a page of a sync, with what came back.
struct Asked {
    at: Timestamp,
    cursor: String,
    limit: usize,
    rows: Vec<Change>,
}

/// An MDM that keeps a list of its devices as Apple's documentation says.
#[derive(Default)]
struct Client {
    cursor: Option<String>,
    syncs: bool,
    since: u64,
    devices: BTreeSet<DeviceId>,
    heard: Vec<Change>,
    asked: Vec<Asked>,
}

impl Client {
    /// Asks for one page; answers whether there is more.
    fn poll(&mut self, acme: &Organization, server: ServerId, limit: usize) -> bool {
        acme.read(|books, now| {
            if self.cursor.is_none() {
                self.since = books.servers[usize::from(server)].log.end();
            }
            if !self.syncs {
                return match books.fetch(server, self.cursor.as_deref(), limit, now) {
                    Ok(page) => {
                        self.devices.extend(&page.rows);
                        self.cursor = Some(page.cursor);
                        self.syncs = !page.more_to_follow;
                        true
                    }
                    Err(refused) => self.begin_anew(&refused),
                };
            }
            let cursor = self.cursor.clone().unwrap();
            match books.sync(server, &cursor, limit, now) {
                Ok(page) => {
                    assert!(page.rows.len() <= limit);
                    for row in &page.rows {
                        match row.op {
                            Op::Deleted => self.devices.remove(&row.device),
                            Op::Added | Op::Modified => self.devices.insert(row.device),
                        };
                    }
                    self.heard.extend(&page.rows);
                    self.asked.push(Asked { at: now, cursor, limit, rows: page.rows });
                    self.cursor = Some(page.cursor);
                    page.more_to_follow
                }
                Err(refused) => self.begin_anew(&refused),
            }
        })
    }

    fn begin_anew(&mut self, refused: &Refused) -> bool {
        assert_eq!(refused.refusal, Refusal::ExpiredCursor, "{}", refused.why);
        *self = Self::default();
        true
    }
}

pub fn take(acme: &Organization, profiles: &[String; 2], step: &Step) {
    let serial = |device: DeviceId| {
        acme.read(|books, _| (device < books.devices.len() as DeviceId).then(|| *books.devices.serial(device)))
    };
    let text = |device: DeviceId| vec![serial(device).map_or_else(String::new, |serial| serial.to_string())];
    let there = |device: DeviceId| acme.read(|books, _| (device as usize) < books.devices.len());
    match step {
        Step::Assign { devices, to, deadline } => {
            let mut devices: Vec<DeviceId> = devices.iter().copied().filter(|device| there(*device)).collect();
            devices.dedup();
            acme.write(|books, now| {
                let deadline = deadline.map(|hours| now + Span::from_seconds(i64::from(hours) * 3_600));
                books.place(&devices, Move { to: *to, by: 0, deadline }, now);
            });
        }
        Step::CancelMigration(device) if there(*device) => {
            acme.write(|books, now| books.cancel_migration(*device, 0, now));
        }
        Step::Release(device) if there(*device) => {
            acme.write(|books, now| books.release(&[*device], 0, now));
        }
        Step::Disown(server, device) => {
            acme.write(|books, now| books.disown(*server, &text_of(books, *device), now));
        }
        Step::AssignProfile(server, devices) => {
            let serials: Vec<String> = devices.iter().flat_map(|device| text(*device)).collect();
            acme.write(|books, now| books.assign_profile(*server, &profiles[usize::from(*server)], &serials, now))
                .unwrap();
        }
        Step::RemoveProfile(server, device) => {
            let serials = text(*device);
            acme.write(|books, now| books.remove_profile(*server, &serials, now));
        }
        Step::Activate(device) if there(*device) => {
            acme.write(|books, now| books.activate(*device, now));
        }
        Step::Erase(device) if there(*device) => acme.write(|books, now| books.erase(*device, now)),
        Step::Replace(device) if there(*device) => {
            acme.write(|books, now| books.replace(*device, None, now));
        }
        Step::AddByConfigurator { again, to } => {
            let serial = serial(*again);
            acme.write(|books, now| {
                let _ = books.add_by_configurator(serial, KindFacts::default(), *to, 0, now);
            });
        }
        Step::Wait(seconds) => {
            acme.advance(Span::from_seconds(i64::from(*seconds)));
        }
        _ => {}
    }
}

fn text_of(books: &abmsim::organization::Books, device: DeviceId) -> Vec<String> {
    (device < books.devices.len() as DeviceId).then(|| books.devices.serial(device).to_string()).into_iter().collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn who_fetches_and_then_syncs_misses_nothing_and_hears_nothing_twice(
        quirks in quirks(),
        steps in proptest::collection::vec(step(), 1..60),
    ) {
        let acme = acme(&quirks);
        let profiles = [0, 1].map(|server| acme.write(|books, now| {
            let (profile, _) = books.define_profile(server, Default::default(), &[], now).unwrap();
            profile.profile_uuid.clone()
        }));
        let mut clients = [Client::default(), Client::default()];
        for step in &steps {
            if let Step::Poll { server, limit } = step {
                clients[usize::from(*server)].poll(&acme, *server, *limit);
            } else {
                take(&acme, &profiles, step);
            }
        }
        acme.advance(Span::from_seconds(7_200));
        for (server, client) in (0..).zip(&mut clients) {
            while client.poll(&acme, server, 3) {}
            acme.read(|books, now| {
                let log = &books.servers[usize::from(server)].log;
                let rows: Vec<Change> = log.read(client.since, usize::MAX).copied().collect();
                prop_assert_eq!(&client.heard, &rows, "each row once, in order");
                prop_assert!(rows.is_sorted_by_key(|row| row.at), "dates never go back");
                let all = books.fetch(server, None, usize::MAX, now).unwrap().rows;
                let there: BTreeSet<DeviceId> = all.into_iter().collect();
                prop_assert!(there.is_subset(&client.devices), "{there:?} {:?}", client.devices);
                for lost in client.devices.difference(&there) {
                    let status = books.devices[*lost].status();
                    let silently = quirks["release_emits"] == "none";
                    prop_assert!(silently && (status != DeviceStatus::Assigned || was_released(books, *lost)),
                        "{lost} is {status:?} and not at {server}");
                }
                for asked in client.asked.iter().filter(|asked| now - asked.at <= Span::from_days(7)) {
                    let Ok(again) = books.sync(server, &asked.cursor, asked.limit, now) else { continue };
                    prop_assert_eq!(&again.rows[..asked.rows.len()], &asked.rows[..], "a replay");
                }
                Ok(())
            })?;
        }
    }
}

fn was_released(books: &abmsim::organization::Books, device: DeviceId) -> bool {
    books.history.of(device).any(|deed| deed.what == "released" || deed.what.starts_with("disowned"))
}

/// Rows older than a cursor lives are forgotten, which bounds memory. A client that pages so slowly that it still needs them is told so.
#[test]
fn a_client_that_pages_for_weeks_is_sent_back_and_loses_nothing_silently() {
    let acme = acme(&json!({"lag": {"profile": "0s"}}));
    let devices: Vec<DeviceId> = (0..10).collect();
    let mut client = Client::default();
    while !client.syncs {
        client.poll(&acme, 0, 100);
    }
    let shuffle = |times: u16| {
        for turn in 0..times {
            acme.write(|books, now| books.place(&devices, Move { to: Some(turn % 2), by: 0, deadline: None }, now));
        }
    };
    shuffle(300);
    client.poll(&acme, 0, 100);
    acme.advance(Span::from_days(6));
    client.poll(&acme, 0, 100);
    acme.advance(Span::from_days(6));
    shuffle(2);
    client.poll(&acme, 0, 100);
    assert!(client.cursor.is_none(), "2,800 rows that it had not seen are forgotten");
    while client.poll(&acme, 0, 100) {}
    acme.read(|books, now| {
        let there: BTreeSet<DeviceId> = books.fetch(0, None, 100, now).unwrap().rows.into_iter().collect();
        assert_eq!(client.devices, there);
    });
}
