//! Organisations side by side: nothing of one works in another or shows there.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde_json::{Value, json};
use tokio::task::JoinSet;

use abmsim::clock::{Span, Timestamp};

use crate::actors::{MdmServer, Portal, World};

/// An organisation with two devices at the first of its servers, whose serial numbers nobody else has.
fn plan(number: usize) -> Value {
    let phone = |letter: &str| json!({"serial": serial(number, letter), "model": "iPhone 16", "server": "First"});
    json!({
        "id": format!("org-{number}"),
        "servers": [{"name": "First"}, {"name": "Second"}],
        "orders": [{"devices": [phone("A"), phone("B")]}],
        "quirks": {"lag": {"profile": "0s"}},
    })
}

fn serial(number: usize, letter: &str) -> String {
    format!("C0{number:06}{letter}0")
}

/// Who works for one organisation, with everything that must be of no use elsewhere.
struct Staff {
    number: usize,
    portal: Portal,
    mdm: MdmServer,
    second: MdmServer,
    cursor: String,
    profile: String,
    own: Vec<String>,
}

async fn hire(portal: Portal, number: usize) -> Staff {
    let made = portal.client.post(format!("{}/_sim/orgs", portal.url)).body(plan(number).to_string());
    let made = made.send().await.unwrap();
    assert_eq!(made.status(), 201);
    let bundle: Value = serde_json::from_str(&made.text().await.unwrap()).unwrap();
    let server = |place: usize| portal.mdm_with(bundle["servers"][place]["token"].clone());
    let (mut mdm, mut second) = (server(0), server(1));
    mdm.sign_in().await.expect_ok();
    second.sign_in().await.expect_ok();
    let (a, b) = (serial(number, "A"), serial(number, "B"));
    let (fetched, cursor) = mdm.fetch_all(1).await;
    assert_eq!(fetched, [a.clone(), b.clone()]);
    let profile = mdm.define(&format!("of {number}")).await;
    assert_eq!(mdm.assign(&profile, &[&a, &b]).await.expect_ok()["devices"][&a], "SUCCESS");
    portal.assign(&[&b], Some("Second")).await;
    let heard: Vec<(String, String)> = mdm.sync(&cursor).await.ops();
    let row = |op: &str, serial: &str| (op.to_owned(), serial.to_owned());
    assert_eq!(heard, [row("modified", &a), row("modified", &b), row("deleted", &b)]);
    assert_eq!(second.fetch_all(10).await.0, std::slice::from_ref(&b));
    let mut own = vec![a, b, cursor.clone(), profile.clone()];
    own.extend([&mdm, &second].map(|mdm| mdm.session.clone().unwrap()));
    for token in [&mdm.token, &second.token] {
        own.extend(token.as_object().unwrap().iter().filter(|(key, _)| *key != "access_token_expiry").map(text_of));
    }
    own.extend((0..2).map(|place: usize| bundle["servers"][place]["id"].as_str().unwrap().to_owned()));
    Staff { number, portal, mdm, second, cursor, profile, own }
}

fn text_of((_, value): (&String, &Value)) -> String {
    value.as_str().unwrap().to_owned()
}

/// What `one` gets with everything that `other` has.
async fn try_doors(one: &mut Staff, other: &Staff) {
    let (own, foreign) = (serial(one.number, "A"), serial(other.number, "A"));
    one.mdm.sync(&other.cursor).await.expect_refusal(400, "INVALID_CURSOR");
    assert_eq!(one.mdm.details(&foreign).await, json!({"response_status": "NOT_ACCESSIBLE"}));
    assert_eq!(one.mdm.assign(&other.profile, &[&own]).await.status, 404);
    assert_eq!(one.mdm.get(&format!("/profile?profile_uuid={}", other.profile)).await.status, 400);
    let disowned = one.mdm.post("/devices/disown", json!({"devices": [foreign]})).await.expect_ok();
    assert_eq!(disowned["devices"][&foreign], "NOT_ACCESSIBLE");
    let moved = one.portal.assign(&[&foreign], Some("First")).await;
    assert_eq!(moved["devices"][&foreign], "not_found");
    // Keys of one with secrets of the other open nothing, either way round.
    for (key, secrets) in [(&one.mdm.token, &other.mdm.token), (&other.mdm.token, &one.mdm.token)] {
        let mut mixed = secrets.clone();
        mixed["consumer_key"] = key["consumer_key"].clone();
        let mut burglar = MdmServer { token: mixed, session: None, ..one.mdm.clone() };
        burglar.sign_in().await.expect_refusal(401, "oauth_problem_adviceUnauthorized");
    }
    // A session is its owner's, whoever sends it.
    let mut guest = MdmServer { session: other.mdm.session.clone(), ..one.mdm.clone() };
    assert_eq!(guest.fetch_all(10).await.0, [serial(other.number, "A")]);
}

/// Everything that an organisation shows, in one text.
async fn everything(staff: &mut Staff) -> String {
    let mut all = String::new();
    for path in ["/devices", "/snapshot"] {
        all.push_str(&staff.portal.get(path).await.to_string());
    }
    all.push_str(&staff.portal.device(&serial(staff.number, "B")).await.to_string());
    all.push_str(&staff.mdm.get("/account").await.text);
    all.push_str(&staff.second.fetch(None, 100).await.text);
    all.push_str(&staff.mdm.sync(&staff.cursor.clone()).await.text);
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_hundred_in_parallel_share_nothing() {
    const MANY: usize = 500;
    let world = World::small().await;
    let acme = world.portal();
    let mut hiring = JoinSet::new();
    for number in 0..MANY {
        hiring.spawn(hire(acme.colleague(&format!("org-{number}")), number));
    }
    let mut staffs = hiring.join_all().await;
    staffs.sort_by_key(|staff| staff.number);
    let mut owners = HashMap::new();
    for staff in &staffs {
        for secret in &staff.own {
            assert_eq!(owners.insert(secret.clone(), staff.number), None, "{secret} is there twice");
        }
    }
    let owners = Arc::new(owners);
    // Each tries its neighbour's doors, and shows everything that it has: nothing of any other is in it.
    let cursors: Vec<(usize, String, String, MdmServer)> =
        staffs.iter().map(|it| (it.number, it.cursor.clone(), it.profile.clone(), it.mdm.clone())).collect();
    let mut visits = JoinSet::new();
    for (mut one, (number, cursor, profile, mdm)) in staffs.into_iter().zip(cursors.into_iter().cycle().skip(1)) {
        let owners = owners.clone();
        visits.spawn(async move {
            let other = Staff {
                number,
                cursor,
                profile,
                second: mdm.clone(),
                mdm,
                portal: one.portal.clone(),
                own: Vec::new(),
            };
            try_doors(&mut one, &other).await;
            let shown = everything(&mut one).await;
            let words = shown.split(|c: char| !c.is_ascii_alphanumeric() && !"_+/".contains(c));
            let owned: HashSet<(&usize, &str)> = words.filter_map(|word| Some((owners.get(word)?, word))).collect();
            assert!(owned.iter().all(|(owner, _)| **owner == one.number), "{} shows {owned:?}", one.number);
            assert!(owned.len() > 10, "what is its own was found: {owned:?}");
            one
        });
    }
    let mut staffs = visits.join_all().await;
    staffs.sort_by_key(|staff| staff.number);
    // Half of them go; the others notice nothing.
    for staff in staffs.iter().step_by(2) {
        staff.portal.call("DELETE", "", Value::Null).await;
    }
    for staff in &mut staffs {
        let session = staff.mdm.get("/account").await;
        let signed_in = staff.mdm.sign_in().await;
        if staff.number % 2 == 0 {
            session.expect_refusal(401, "UNAUTHORIZED");
            signed_in.expect_refusal(401, "oauth_problem_adviceUnauthorized");
        } else {
            session.expect_ok();
            signed_in.expect_ok();
            assert_eq!(staff.mdm.fetch_all(10).await.0, [serial(staff.number, "A")]);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_stand_side_by_side_each_with_time_and_switches_of_its_own() {
    const MANY: usize = 1_000;
    let world = World::small().await;
    let acme = world.portal();
    let portal = |number: usize| acme.colleague(&format!("twin-{number}"));
    for number in 0..MANY {
        let (path, body) = match number % 2 {
            0 => ("/orgs", json!({"id": format!("twin-{number}"), "like": "acme"})),
            _ => ("/orgs/acme/fork", json!({"id": format!("twin-{number}")})),
        };
        let made = acme.client.post(format!("{}/_sim{path}", world.url())).body(body.to_string());
        assert_eq!(made.send().await.unwrap().status(), 201);
    }
    assert_eq!(world.simulator().directory().len(), MANY + 1);
    for number in 0..MANY {
        portal(number).advance(&format!("{number}h")).await;
    }
    for number in (0..MANY).step_by(100) {
        portal(number).quirks(json!({"error_body": "json"})).await;
        portal(number).release(&["C02PHONE0001"]).await;
    }
    let mut keys = HashSet::new();
    let start: Timestamp = "2026-09-01T08:00:00Z".parse().unwrap();
    for number in 0..MANY {
        let changed = number % 100 == 0;
        let bundle = portal(number).get("").await;
        for server in bundle["servers"].as_array().unwrap() {
            assert!(keys.insert(server["token"]["consumer_key"].to_string()));
            assert!(keys.insert(server["id"].to_string()));
        }
        let then = start + Span::from_seconds(3_600 * number as i64);
        assert_eq!(portal(number).get("/clock").await["now"], then.to_string());
        if number % 10 != 0 {
            continue;
        }
        let status = portal(number).device("C02PHONE0001").await["status"].clone();
        assert_eq!(status, if changed { "released" } else { "assigned" });
        let word = portal(number).get("/quirks").await["error_body"].clone();
        assert_eq!(word, if changed { "json" } else { "bare" });
    }
}
