//! Documents that somebody puts back and that are no snapshots, or bad ones.

use serde_json::{Value, json};

use super::snapshots::{put, take};
use crate::actors::{Portal, World};

/// Changes `document` at `pointer` and puts it back; answers the problem.
async fn spoilt(portal: &Portal, document: &Value, pointer: &str, value: Value) -> Value {
    let mut document = document.clone();
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    match document.pointer_mut(parent).unwrap_or_else(|| panic!("no {parent}")) {
        Value::Object(map) => _ = map.insert(key.to_owned(), value),
        Value::Array(list) => list[key.parse::<usize>().unwrap()] = value,
        other => panic!("{other}"),
    }
    portal.refused("PUT", "/snapshot", document, 422, "BODY_DOES_NOT_FIT").await
}

#[tokio::test]
async fn a_document_that_does_not_fit_is_told_where() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    portal.quirks(json!({"lag": {"portal": "1h", "profile": "1h"}})).await;
    let profile = mdm.define("one").await;
    mdm.assign(&profile, &["C02PAD000002"]).await.expect_ok();
    portal.assign(&["C02PHONE0001"], Some("Second MDM")).await;
    let line = json!({"model": "iPad Air", "count": 3});
    portal.post("/orders", json!({"number": "W2", "arrives": "+3d", "devices": [line]})).await;
    let document = take(&portal).await.json();
    let before = portal.get("/devices").await;
    for (pointer, value) in [
        ("/version", json!(2)),
        ("/at", json!(-5)),
        ("/sessions/0/server", json!(2)),
        ("/consumer_keys/CK_x", json!(7)),
        ("/state/devices/records/1/kind", json!(9)),
        ("/state/devices/records/1/order", json!(9)),
        ("/state/devices/records/1/server", json!(3)),
        ("/state/devices/records/1/flags", json!(32)),
        ("/state/devices/records/1/seat", json!(77)),
        ("/state/devices/records/1/standing/profile", json!(2)),
        ("/state/devices/records/1/standing/assigned_by", json!(44)),
        ("/state/servers/0/id", json!("x")),
        ("/state/servers/0/token_generation", json!(u32::MAX)),
        ("/state/servers/0/roster/last", json!(u32::MAX)),
        ("/state/servers/0/log/forgotten", json!(u64::MAX)),
        ("/state/servers/1/name", json!("Primary MDM")),
        ("/state/orders/1/number", json!("W100000001")),
        ("/state/orders/1/lines/0/goods/generated/kinds", json!([])),
        ("/state/orders/1/lines/0/destination", json!({"server": 5})),
        ("/state/profiles/0/server", json!(2)),
        ("/state/profiles/0/profile/profile_uuid", json!("\"")),
        ("/state/history/0/by", json!(50)),
        ("/state/history/0/devices", json!({"range": [3, 1]})),
        ("/state/schedule/events/0/what", json!({"migration_due": {"device": 4}})),
        ("/state/schedule/events/2/ticket", json!(99)),
        ("/state/schedule/planned", json!(u64::MAX)),
        ("/state/unshown/9", json!({"visible": null, "ticket": 1})),
        ("/state/throttled/9", json!({"assignments": [], "until": null})),
        ("/state/stale_details/9", json!([0, {}])),
        ("/state/serials_used", json!(u64::MAX)),
        // What cannot even be read.
        ("/state/clock/rate", json!(0)),
        ("/state/clock/mode", json!("slow")),
        ("/state/quirks/session_ttl", json!("soon")),
        ("/state/identity/kind", json!("club")),
        ("/state/devices/serials/1", json!("c02")),
        ("/state/servers/0/cursor_key", json!("12")),
        ("/state/schedule/events/0/what", json!({"rows_show": {"server": 0, "devices": 7}})),
        ("/state/random/seed", json!("ü")),
        ("/state/serials/0", json!("zz")),
        ("/state/more", json!(1)),
        ("/more", json!(1)),
    ] {
        let problem = spoilt(&portal, &document, pointer, value).await;
        let told = problem["errors"][0]["pointer"].as_str().unwrap();
        let near = pointer.starts_with(told) || told.starts_with(pointer);
        assert!(near && told.len() > 1, "{pointer}: {problem}");
    }
    let mut twice = document.clone();
    twice["state"]["devices"]["serials"][1] = twice["state"]["devices"]["serials"][0].clone();
    let problem = portal.refused("PUT", "/snapshot", twice, 422, "BODY_DOES_NOT_FIT").await;
    assert_eq!(problem["errors"][0]["pointer"], "/state/devices", "{problem}");
    let mut fewer = document.clone();
    fewer["state"]["devices"]["serials"].as_array_mut().unwrap().pop();
    let problem = portal.refused("PUT", "/snapshot", fewer, 422, "BODY_DOES_NOT_FIT").await;
    assert_eq!(problem["errors"][0]["pointer"], "/state/devices", "{problem}");
    for (body, pointer) in
        [("", ""), ("{", ""), ("[]", ""), ("{\"version\": 1}", ""), ("{\"version\": 3, \"x\": 1}", "/version")]
    {
        let answer = put(&portal, body).await;
        assert_eq!((answer.status, &answer.json()["errors"][0]["pointer"]), (422, &json!(pointer)), "{body}");
    }
    assert_eq!(portal.get("/devices").await, before, "nothing of it came in");
    mdm.get("/account").await.expect_ok();
    world.portal_of("nobody").refused("PUT", "/snapshot", document, 404, "NOT_FOUND").await;
}

#[tokio::test]
async fn credentials_that_are_anothers_by_now_are_not_taken_from_it() {
    let world = World::small().await;
    let portal = world.portal();
    portal.post("/fork", json!({"id": "twin"})).await;
    let twin = world.portal_of("twin");
    let mut theirs = twin.mdm("Primary MDM").await;
    theirs.sign_in().await.expect_ok();
    let document = take(&portal).await.json();
    let mut key = document.clone();
    key["state"]["servers"][0]["token"]["consumer_key"] = theirs.token["consumer_key"].clone();
    let mut old_key = document.clone();
    old_key["consumer_keys"][theirs.token["consumer_key"].as_str().unwrap()] = json!(0);
    let mut session = document.clone();
    session["sessions"] = take(&twin).await.json()["sessions"].clone();
    for document in [key, old_key, session] {
        portal.refused("PUT", "/snapshot", document, 409, "CREDENTIAL_TAKEN").await;
    }
    assert_eq!(theirs.get("/account").await.expect_ok()["server_uuid"], twin.get("").await["servers"][0]["id"]);
}

/// Spoils a document in one place, which `seed` chooses.
fn mutated(document: &Value, seed: u64) -> Value {
    fn places(value: &Value, here: &str, found: &mut Vec<String>) {
        match value {
            Value::Object(map) => map.iter().for_each(|(key, value)| {
                let here = format!("{here}/{}", key.replace('~', "~0").replace('/', "~1"));
                found.push(here.clone());
                places(value, &here, found);
            }),
            Value::Array(list) => list.iter().enumerate().for_each(|(place, value)| {
                found.push(format!("{here}/{place}"));
                places(value, &format!("{here}/{place}"), found);
            }),
            _ => {}
        }
    }
    let mut document = document.clone();
    let mut found = Vec::new();
    places(&document, "", &mut found);
    // The switches are more than half of the places, and each is checked by itself.
    found.retain(|place| !place.starts_with("/state/quirks/") || seed.is_multiple_of(7));
    let mixed = |step: u64| abmsim::random::mix(seed.wrapping_mul(31).wrapping_add(step)) as usize;
    let place = &found[mixed(1) % found.len()];
    let others = [
        json!(null),
        json!(0),
        json!(1),
        json!(2),
        json!(5),
        json!(-1),
        json!(255),
        json!(65_535),
        json!(u32::MAX),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(1e300),
        json!(""),
        json!("x"),
        json!(true),
        json!([]),
        json!({}),
        json!([0, 0]),
        json!("0000000000000000"),
    ];
    let target = document.pointer_mut(place).unwrap();
    *target = match (mixed(2) % 4, target.take()) {
        (0, Value::Number(number)) => json!(number.as_i64().unwrap_or_default().wrapping_add(1)),
        (0, Value::Array(mut list)) => {
            list.pop();
            list.into()
        }
        (1, Value::Array(mut list)) => {
            list.extend(list.clone());
            list.into()
        }
        (0 | 1, Value::Object(mut map)) => {
            if let Some(key) = map.keys().next().cloned() {
                map.shift_remove(&key);
            }
            map.into()
        }
        _ => others[mixed(3) % others.len()].clone(),
    };
    document
}

#[tokio::test]
async fn no_document_whatever_is_wrong_with_it_does_harm() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    let throttle = json!({"assignments": 1});
    portal.quirks(json!({"lag": {"portal": "1h", "profile": "1h", "details": "1h"}, "throttle": throttle, "repeat_cursor": 1, "session_rotate_every": 2})).await;
    let (_, cursor) = mdm.fetch_all(1).await;
    let profile = mdm.define("one").await;
    for _ in 0..2 {
        mdm.assign(&profile, &["C02PAD000002", "C02MAC000003"]).await;
    }
    portal.assign(&["C02PHONE0001"], Some("Second MDM")).await;
    portal.post("/devices", json!({"via": "configurator", "server": "Primary MDM"})).await;
    portal
        .post("/orders", json!({"number": "W2", "arrives": "+3d", "devices": [{"model": "iPad Air", "count": 3}]}))
        .await;
    portal.call("PUT", "/terms", json!({"state": "signed", "lag": "1h"})).await;
    portal.renew("Second MDM").await;
    let document = take(&portal).await;
    let (json, text) = (document.json(), document.text);
    let mut fitting = 0;
    for seed in 0..200 {
        let spoilt = if seed % 10 == 0 {
            let mut cut = text.clone();
            cut.truncate((abmsim::random::mix(seed) as usize) % text.len());
            cut
        } else {
            mutated(&json, seed).to_string()
        };
        let answer = put(&portal, &spoilt).await;
        if answer.status != 200 {
            assert!(matches!(answer.status, 409 | 422), "{seed}: {} {}", answer.status, answer.text);
            assert!(answer.status == 409 || answer.json()["errors"][0]["detail"].is_string());
            continue;
        }
        fitting += 1;
        for path in ["", "/devices", "/servers", "/orders", "/terms", "/clock", "/snapshot", "/diff?since=acme-1"] {
            let (status, answer) = portal.try_call("GET", path, Value::Null).await;
            assert!(status == 200 || path.contains("diff"), "{seed} {path}: {answer}");
        }
        for name in ["Primary MDM", "Second MDM"] {
            let token =
                portal.get("").await["servers"].as_array().unwrap().iter().find(|it| it["name"] == name).cloned();
            let Some(token) = token.map(|it| it["token"].clone()).filter(Value::is_object) else { continue };
            let mut mdm = portal.mdm_with(token);
            mdm.sign_in().await;
            mdm.fetch(None, 10).await;
            mdm.sync(&cursor).await;
            mdm.assign(&profile, &["C02PAD000002", "C02SPARE0004"]).await;
            mdm.post("/devices", json!({"devices": ["C02PAD000002", "C02MAC000003"]})).await;
        }
        portal.try_call("POST", "/clock", json!({"advance": "400d"})).await;
        portal.try_call("POST", "/assignments", json!({"order": "W100000001", "server": "Second MDM"})).await;
        portal.try_call("POST", "/devices", json!({"via": "configurator", "server": "Primary MDM"})).await;
        portal.try_call("POST", "/devices/C02MAC000003/activate", Value::Null).await;
        portal.try_call("POST", "/releases", json!({"serials": ["C02PHONE0001", "C02PAD000002"]})).await;
        portal.try_call("POST", "/servers/Primary%20MDM/token", json!({})).await;
        let (status, fork) = portal.try_call("POST", "/fork", json!({"id": "branch"})).await;
        assert_eq!(status, 201, "{fork}");
        portal.colleague("branch").call("DELETE", "", Value::Null).await;
    }
    assert!(fitting > 10, "some of them fit: {fitting}");
    assert_eq!(put(&portal, &text).await.status, 200);
}
