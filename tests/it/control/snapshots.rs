//! `…/snapshot` and `…/diff`.

use serde_json::{Value, json};

use crate::actors::{Answer, MdmServer, Portal, World};

pub async fn take(portal: &Portal) -> Answer {
    let taken = portal.send("GET", "/snapshot", &[], b"").await;
    assert_eq!(taken.status, 200, "{}", taken.text);
    taken
}

pub async fn put(portal: &Portal, document: &str) -> Answer {
    portal.send("PUT", "/snapshot", &[("Content-Type", "application/json")], document.as_bytes()).await
}

fn id(snapshot: &Answer) -> String {
    snapshot.json()["id"].as_str().unwrap().to_owned()
}

/// Kind and id of everything that changed since a snapshot.
async fn changed(portal: &Portal, since: &str) -> Vec<(String, String)> {
    let diff = portal.get(&format!("/diff?since={since}")).await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    diff["changed"].as_array().unwrap().iter().map(|change| (text(&change["kind"]), text(&change["id"]))).collect()
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(kind, id)| ((*kind).to_owned(), (*id).to_owned())).collect()
}

/// Turns everything upside down.
async fn upset(portal: &Portal, mdm: &mut MdmServer) {
    let profile = mdm.define("later").await;
    mdm.assign(&profile, &["C02PHONE0001"]).await.expect_ok();
    portal.release(&["C02PAD000002"]).await;
    portal.assign(&["C02MAC000003"], Some("Second MDM")).await;
    portal.post("/devices", json!({"via": "configurator", "count": 2, "server": "Primary MDM"})).await;
    portal.quirks(json!({"error_body": "json", "lag": {"portal": "1h"}})).await;
    portal.renew("Primary MDM").await;
    portal.post("/servers", json!({"name": "Third"})).await;
    portal.call("PUT", "/terms", json!({"state": "unsigned"})).await;
    portal.advance("30d").await;
}

#[tokio::test]
async fn what_is_put_back_is_as_it_was_to_the_byte() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    let profile = mdm.define("before").await;
    mdm.assign(&profile, &["C02MAC000003"]).await.expect_ok();
    let cursor = mdm.fetch(None, 1).await.cursor();
    let kept = take(&portal).await;
    let rest = mdm.fetch(Some(&cursor), 100).await;
    let bundle = portal.get("").await;
    upset(&portal, &mut mdm.clone()).await;
    let mut third = portal.mdm("Third").await;
    mdm.get("/account").await.expect_refusal(401, r#"{"code":"UNAUTHORIZED"}"#);

    let answered = put(&portal, &kept.text).await;
    assert_eq!((answered.status, answered.json()), (200, bundle));
    let again = mdm.fetch(Some(&cursor), 100).await;
    assert_eq!((again.status, &again.text), (200, &rest.text), "the session, the cursor and the page");
    assert_eq!(again.headers["x-apple-request-uuid"], rest.headers["x-apple-request-uuid"]);
    third.sign_in().await.expect_refusal(401, "oauth_problem_adviceUnauthorized");
    assert_eq!(portal.get("/clock").await["now"], "2026-09-01T08:00:00Z");
    assert_eq!(changed(&portal, &id(&kept)).await, []);
    let second = take(&portal).await.json();
    let mut first = kept.json();
    for key in ["id", "answers"] {
        first[key] = second[key].clone();
    }
    assert_eq!(first, second);
    mdm.sign_in().await.expect_ok();
}

#[tokio::test]
async fn sessions_of_before_go_on_and_those_opened_since_are_over() {
    let world = World::small().await;
    let (portal, mut old) = (world.portal(), world.mdm("Primary MDM").await);
    portal.quirks(json!({"session_rotate_every": 3})).await;
    let mut ended = world.mdm("Second MDM").await;
    portal.call("DELETE", "/sessions", Value::Null).await;
    old.sign_in().await.expect_ok();
    old.get("/account").await.expect_ok();
    let mut rotated = old.clone();
    let kept = take(&portal).await;
    // The third call replaces the token.
    old.get("/account").await.expect_ok();
    let first = old.session.clone();
    old.get("/account").await.expect_ok();
    assert_ne!(old.session, first);
    let mut young = world.mdm("Second MDM").await;
    put(&portal, &kept.text).await.expect_ok();
    young.get("/account").await.expect_refusal(401, "UNAUTHORIZED");
    old.get("/account").await.expect_refusal(401, "UNAUTHORIZED");
    ended.get("/account").await.expect_refusal(401, "UNAUTHORIZED");
    let before = rotated.session.clone();
    rotated.get("/account").await.expect_ok();
    rotated.get("/account").await.expect_ok();
    assert_ne!(rotated.session, before, "its calls are counted on");
    assert_eq!(rotated.session, old.session, "and the same token follows");
}

#[tokio::test]
async fn what_waits_to_happen_happens_after_it_was_put_back() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    portal.quirks(json!({"lag": {"portal": "2h", "profile": "1h"}, "session_ttl": "30d"})).await;
    let (_, cursor) = mdm.fetch_all(10).await;
    let profile = mdm.define("slow").await;
    mdm.assign(&profile, &["C02PHONE0001"]).await.expect_ok();
    portal.assign(&["C02SPARE0004"], Some("Primary MDM")).await;
    portal.assign(&["C02PAD000002"], None).await;
    let kept = take(&portal).await;
    let ran = portal.advance("3h").await;
    assert_eq!(ran.as_array().unwrap().len(), 3, "{ran}");
    let rows = mdm.sync(&cursor).await;
    assert_eq!(rows.rows().len(), 3);
    put(&portal, &kept.text).await.expect_ok();
    assert_eq!(mdm.sync(&cursor).await.rows().len(), 0);
    assert_eq!(portal.advance("3h").await, ran);
    assert_eq!(mdm.sync(&cursor).await.text, rows.text);
}

#[tokio::test]
async fn a_snapshot_of_another_organisation_comes_with_new_credentials() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    let (_, cursor) = mdm.fetch_all(10).await;
    portal.release(&["C02PHONE0001"]).await;
    let kept = take(&portal).await;
    let url = format!("{}/_sim/orgs", world.url());
    portal.client.post(url).body(r#"{"id": "other", "servers": [{"name": "MDM"}]}"#).send().await.unwrap();
    let other = world.portal_of("other");
    let mut former = other.mdm("MDM").await;
    former.sign_in().await.expect_ok();
    let bundle = put(&other, &kept.text).await.expect_ok();
    assert_eq!((&bundle["id"], &bundle["name"]), (&json!("other"), &json!("Acme Corporation")));
    let original = portal.get("").await;
    for server in [0, 1] {
        let (one, two) = (&original["servers"][server], &bundle["servers"][server]);
        assert_ne!(one["id"], two["id"]);
        assert_ne!(one["token"]["consumer_key"], two["token"]["consumer_key"]);
        assert_ne!(one["token"]["access_secret"], two["token"]["access_secret"]);
    }
    former.get("/account").await.expect_refusal(401, "UNAUTHORIZED");
    former.sign_in().await.expect_refusal(401, "oauth_problem_adviceUnauthorized");
    let mut own = other.mdm("Primary MDM").await;
    own.sign_in().await.expect_ok();
    assert_eq!(own.fetch_all(10).await.0, ["C02PAD000002", "C02MAC000003"]);
    own.sync(&cursor).await.expect_refusal(400, "INVALID_CURSOR");
    mdm.sync(&cursor).await.expect_ok();
    assert_eq!(changed(&other, &id(&kept)).await, [], "it is remembered under its id");
    let again = put(&other, &kept.text).await.expect_ok();
    assert_ne!(again["servers"][0]["token"], bundle["servers"][0]["token"], "each time others");
    own.get("/account").await.expect_refusal(401, "UNAUTHORIZED");
}

#[tokio::test]
async fn a_snapshot_outlives_the_simulator() {
    let kept = {
        let world = World::small().await;
        let mdm = world.mdm("Primary MDM").await;
        world.portal().release(&["C02PHONE0001"]).await;
        (take(&world.portal()).await.text, mdm)
    };
    let world = World::small().await;
    let mut mdm = kept.1;
    mdm.url = world.url();
    put(&world.portal(), &kept.0).await.expect_ok();
    assert_eq!(mdm.fetch_all(10).await.0, ["C02PAD000002", "C02MAC000003"], "the session of then");
    mdm.sign_in().await.expect_ok();
}

#[tokio::test]
async fn the_same_state_is_the_same_document() {
    let mut texts = Vec::new();
    for _ in 0..2 {
        let world = World::small().await;
        let portal = world.portal();
        portal.quirks(json!({"lag": {"portal": "1h", "details": "1h"}, "throttle": {"assignments": 9}})).await;
        portal.assign(&["C02PHONE0001", "C02MAC000003", "C02SPARE0004"], Some("Second MDM")).await;
        portal.post("/devices", json!({"via": "configurator", "count": 5})).await;
        texts.push(take(&portal).await.text);
    }
    assert_eq!(texts[0], texts[1]);
    let document: Value = serde_json::from_str(&texts[0]).unwrap();
    assert_eq!((&document["version"], &document["id"]), (&json!(1), &json!("acme-1")));
}

#[tokio::test]
async fn a_clock_goes_on_from_what_it_showed_and_the_wall_clock_stays_that() {
    let world =
        World::of("{version: 1, organizations: [{id: acme}, {id: fast, clock: {start: 2026-01-01, rate: 3600}}]}")
            .await;
    let (acme, fast) = (world.portal(), world.portal_of("fast"));
    let (wall, offset) = (take(&acme).await, take(&fast).await);
    let second = id(&wall);
    assert_eq!(changed(&acme, &second).await, [], "that a clock runs is no change");
    acme.post("/clock", json!({"set": "2030-01-01"})).await;
    assert_eq!(changed(&acme, &second).await, pairs(&[("clock", "acme")]));
    fast.advance("400d").await;
    put(&acme, &wall.text).await.expect_ok();
    put(&fast, &offset.text).await.expect_ok();
    let now = fast.get("/clock").await;
    assert_eq!((&now["rate"], &now["mode"]), (&json!(3600), &json!("running")));
    assert!(now["now"].as_str().unwrap() < "2026-02", "{now}");
    let now: abmsim::clock::Timestamp = acme.get("/clock").await["now"].as_str().unwrap().parse().unwrap();
    assert!((abmsim::clock::wall() - now).millis().abs() < 60_000);
    assert_eq!(changed(&acme, &second).await, []);
}

#[tokio::test]
async fn a_diff_has_each_thing_before_and_after() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    let since = id(&take(&portal).await);
    assert_eq!(portal.get(&format!("/diff?since={since}")).await, json!({"since": "acme-1", "changed": []}));
    let before = portal.device("C02PHONE0001").await;
    let profile = mdm.define("new").await;
    mdm.assign(&profile, &["C02PHONE0001"]).await.expect_ok();
    portal.quirks(json!({"error_body": "json", "lag": {"portal": "1h"}})).await;
    portal.call("PUT", "/terms", json!({"state": "unsigned"})).await;
    portal.call("PUT", "/suppliers", json!({"reseller_ids": ["16FCE4A0"]})).await;
    portal.post("/servers", json!({"name": "Third"})).await;
    portal.advance("1h").await;
    let line = json!({"serial": "C02NEW000005", "model": "iPad Air"});
    portal.post("/orders", json!({"number": "W2", "source": "reseller:16FCE4A0", "devices": [line]})).await;
    let third = portal.get("/servers/Third").await;
    assert_eq!(
        changed(&portal, &since).await,
        pairs(&[
            ("clock", "acme"),
            ("terms", "acme"),
            ("suppliers", "acme"),
            ("quirks", "acme"),
            ("server", third["id"].as_str().unwrap()),
            ("order", "W2"),
            ("profile", &profile),
            ("device", "C02PHONE0001"),
            ("device", "C02NEW000005"),
        ])
    );
    let diff = portal.get(&format!("/diff?since={since}")).await["changed"].clone();
    let of = |kind: &str| diff.as_array().unwrap().iter().find(|change| change["kind"] == kind).unwrap().clone();
    let clock = of("clock");
    assert_eq!(
        (&clock["before"]["now"], &clock["after"]["now"]),
        (&json!("2026-09-01T08:00:00Z"), &json!("2026-09-01T09:00:00Z"))
    );
    assert_eq!(
        (&of("terms")["before"]["state"], &of("terms")["after"]["state"]),
        (&json!("signed"), &json!("unsigned"))
    );
    let lag = json!({"portal": "0s", "profile": "0s", "details": "0s"});
    assert_eq!(of("quirks")["before"], json!({"error_body": "bare", "lag": lag}), "the switches that differ");
    assert_eq!((&of("server")["before"], &of("server")["after"]), (&Value::Null, &third));
    assert_eq!((&of("order")["before"], &of("order")["after"]["arrived"]), (&Value::Null, &json!(true)));
    assert_eq!(of("profile")["after"]["profile_name"], "new");
    let mut shown = before;
    shown.as_object_mut().unwrap().remove("history");
    assert_eq!(of("device")["before"], shown);
    assert_eq!(of("device")["after"]["profile_status"], "assigned");
}

#[tokio::test]
async fn a_diff_tells_what_is_gone_and_what_looks_as_before_is_no_change() {
    let world = World::small().await;
    let portal = world.portal();
    let first = take(&portal).await;
    portal.assign(&["C02PHONE0001"], Some("Second MDM")).await;
    portal.assign(&["C02PHONE0001"], Some("Primary MDM")).await;
    assert_eq!(
        changed(&portal, &id(&first)).await,
        pairs(&[("device", "C02PHONE0001")]),
        "assigned by somebody else now"
    );
    portal.post("/servers", json!({"name": "Third"})).await;
    portal.post("/devices", json!({"via": "configurator", "serial": "C02HAND00001"})).await;
    let third = portal.get("/servers/Third").await["id"].clone();
    let later = id(&take(&portal).await);
    put(&portal, &first.text).await.expect_ok();
    let gone = changed(&portal, &later).await;
    assert_eq!(
        gone,
        pairs(&[("server", third.as_str().unwrap()), ("device", "C02PHONE0001"), ("device", "C02HAND00001")])
    );
    let diff = portal.get(&format!("/diff?since={later}")).await;
    assert_eq!(diff["changed"][2]["after"], Value::Null);
    portal.call("PATCH", "/servers/Primary%20MDM", json!({"name": "Renamed"})).await;
    let renamed = changed(&portal, &id(&first)).await;
    assert_eq!(renamed.len(), 4, "a server and the three devices that name it: {renamed:?}");
}

#[tokio::test]
async fn the_last_sixteen_are_remembered() {
    let world = World::small().await;
    let portal = world.portal();
    for number in 1..=17 {
        assert_eq!(id(&take(&portal).await), format!("acme-{number}"));
    }
    portal.get("/diff?since=acme-2").await;
    portal.get("/diff?since=acme-17").await;
    let problem = portal.refused("GET", "/diff?since=acme-1", Value::Null, 404, "NOT_FOUND").await;
    assert!(problem["detail"].as_str().unwrap().contains("there is no remembered snapshot `acme-1`"), "{problem}");
    portal.refused("GET", "/diff", Value::Null, 400, "BAD_QUERY").await;
    let twin = portal.post("/fork", json!({"id": "twin"})).await;
    assert_eq!(twin["id"], "twin");
    world.portal_of("twin").refused("GET", "/diff?since=acme-17", Value::Null, 404, "NOT_FOUND").await;
}
