//! `POST …/fork`.

use serde_json::{Value, json};

use crate::actors::{MdmServer, Portal, World};

/// An order on its way, and two servers.
const COMING: &str = "
version: 1
seed: 7
clock: {start: 2026-09-01T08:00:00Z, mode: frozen}
organizations:
  - id: acme
    name: Acme Corporation
    servers: [{name: MDM, token: {expires_in: 90d}}, {name: Other}]
    orders:
      - {number: HERE, placed: -9d, devices: [{serial: C02HERE00001, model: iPhone 16, server: MDM}, {serial: C02HERE00002, model: iPad Air, server: MDM}]}
      - {number: SOON, arrives: +2d, devices: [{serial: C02SOON00001, model: iPhone 16, server: MDM}]}
    quirks: {lag: {profile: 1h}, error_body: quoted}
";

async fn fork(world: &World, body: Value) -> (Value, Portal) {
    let bundle = world.portal().post("/fork", body).await;
    let portal = world.portal_of(bundle["id"].as_str().unwrap());
    (bundle, portal)
}

async fn signed_in(portal: &Portal, server: &str) -> MdmServer {
    let mut mdm = portal.mdm(server).await;
    mdm.sign_in().await.expect_ok();
    mdm
}

#[tokio::test]
async fn a_fork_goes_on_from_where_its_parent_is() {
    let world = World::of(COMING).await;
    let (parent, mut mdm) = (world.portal(), world.mdm("MDM").await);
    let profile = mdm.define("kept").await;
    mdm.assign(&profile, &["C02HERE00001"]).await.expect_ok();
    parent.release(&["C02HERE00002"]).await;
    parent.call("PUT", "/terms", json!({"state": "signed", "lag": "3d"})).await;
    parent.advance("10m").await;
    let (bundle, portal) = fork(&world, Value::Null).await;
    assert_eq!(
        (&bundle["name"], bundle["id"].as_str().unwrap().starts_with("org-")),
        (&json!("Acme Corporation"), true)
    );
    for path in ["/clock", "/quirks", "/terms", "/orders", "/devices", "/devices/C02HERE00001", "/devices/C02HERE00002"]
    {
        assert_eq!(portal.get(path).await, parent.get(path).await, "{path}");
    }
    let ran = portal.advance("3d").await;
    let what: Vec<&str> = ran.as_array().unwrap().iter().map(|ran| ran["what"].as_str().unwrap()).collect();
    assert_eq!(
        what,
        [
            "1 changes became visible at MDM",
            "order SOON arrived with 1 devices",
            "the services learnt that the terms are signed"
        ],
        "what was planned for the parent happens in the fork"
    );
    let mut own = signed_in(&portal, "MDM").await;
    assert_eq!(own.fetch_all(10).await.0, ["C02HERE00001", "C02SOON00001"]);
    assert_eq!(own.get(&format!("/profile?profile_uuid={profile}")).await.expect_ok()["profile_name"], "kept");
    assert_eq!(parent.get("/clock").await["now"], "2026-09-01T08:10:00Z");
    assert_eq!(parent.advance("3d").await, ran, "and in the parent when its time comes");
}

#[tokio::test]
async fn a_fork_has_ids_credentials_and_cursors_of_its_own() {
    let world = World::of(COMING).await;
    let (parent, mut mdm) = (world.portal(), world.mdm("MDM").await);
    let (_, cursor) = mdm.fetch_all(10).await;
    let first = mdm.fetch(None, 1).await.cursor();
    parent.advance("5d").await;
    let before = parent.get("").await;
    let (bundle, portal) = fork(&world, json!({})).await;
    for server in [0, 1] {
        let (one, other) = (&before["servers"][server], &bundle["servers"][server]);
        assert_eq!(one["name"], other["name"]);
        assert_ne!(one["id"], other["id"]);
        for key in ["consumer_key", "consumer_secret", "access_token", "access_secret"] {
            assert_ne!(one["token"][key], other["token"][key], "{key}");
        }
        assert_eq!(one["token"]["access_token_expiry"], other["token"]["access_token_expiry"], "the same life is left");
    }
    let mut own = signed_in(&portal, "MDM").await;
    let (_, own_cursor) = own.fetch_all(10).await;
    for cursor in [&cursor, &first] {
        own.sync(cursor).await.expect_refusal(400, "\"INVALID_CURSOR\"");
        own.fetch(Some(cursor), 10).await.expect_refusal(400, "\"INVALID_CURSOR\"");
    }
    mdm.session = None;
    mdm.sign_in().await.expect_ok();
    mdm.sync(&own_cursor).await.expect_refusal(400, "\"INVALID_CURSOR\"");
    mdm.sync(&cursor).await.expect_ok();
    assert_ne!(own.get("/account").await.json()["server_uuid"], mdm.get("/account").await.json()["server_uuid"]);
    parent.call("DELETE", "", Value::Null).await;
    own.get("/account").await.expect_ok();
    mdm.get("/account").await.expect_refusal(401, "\"UNAUTHORIZED\"");
}

#[tokio::test]
async fn a_fork_and_its_parent_do_not_change_each_other() {
    let world = World::small().await;
    let parent = world.portal();
    let (_, portal) = fork(&world, Value::Null).await;
    for (one, other, serial) in [(&parent, &portal, "C02PHONE0001"), (&portal, &parent, "C02PAD000002")] {
        let before = (other.get("/devices").await, other.get("/quirks").await, other.get("/clock").await);
        one.release(&[serial]).await;
        one.assign(&["C02MAC000003"], Some("Second MDM")).await;
        one.quirks(json!({"move_op": "both"})).await;
        one.advance("1d").await;
        one.call("PUT", "/terms", json!({"state": "unsigned"})).await;
        one.post("/devices", json!({"via": "configurator", "count": 3})).await;
        assert_eq!((other.get("/devices").await, other.get("/quirks").await, other.get("/clock").await), before);
        one.call("PUT", "/terms", json!({"state": "signed"})).await;
        one.quirks(json!({"move_op": null})).await;
    }
    let (mut one, mut other) = (signed_in(&parent, "Primary MDM").await, signed_in(&portal, "Primary MDM").await);
    let (mine, theirs) = (one.define("mine").await, other.define("theirs").await);
    assert_ne!(mine, theirs);
    assert_eq!(one.get(&format!("/profile?profile_uuid={theirs}")).await.status, 400);
    assert_eq!(other.get(&format!("/profile?profile_uuid={mine}")).await.status, 400);
    let added = |portal: Portal| async move {
        let added = portal.post("/devices", json!({"via": "configurator"})).await;
        added["items"][0]["serial_number"].as_str().unwrap().to_owned()
    };
    assert_ne!(added(parent).await, added(portal).await, "new devices are its own");
}

#[tokio::test]
async fn a_fork_may_differ_in_id_name_switches_and_clock() {
    let world = World::of(COMING).await;
    let wishes = json!({"id": "later", "name": "Later Ltd", "quirks": {"lag": {"portal": "2m"}, "error_body": "json"},
        "clock": {"start": "2026-09-04T08:00:00Z", "mode": "running", "rate": 2}});
    let (bundle, portal) = fork(&world, wishes).await;
    assert_eq!((&bundle["id"], &bundle["name"]), (&json!("later"), &json!("Later Ltd")));
    let quirks = portal.get("/quirks").await;
    assert_eq!((&quirks["lag"]["portal"], &quirks["lag"]["profile"]), (&json!("2m"), &json!("1h")), "merged");
    assert_eq!(quirks["error_body"], "json");
    let clock = portal.get("/clock").await;
    assert_eq!((&clock["mode"], &clock["rate"]), (&json!("running"), &json!(2)));
    assert!(clock["now"].as_str().unwrap().starts_with("2026-09-04T08:0"), "{clock}");
    assert_eq!(portal.device("C02SOON00001").await["status"], "assigned", "what was due by then has happened");
    assert_eq!(world.portal().get("/quirks").await["error_body"], "quoted");
}

#[tokio::test]
async fn a_fork_that_cannot_be_is_told_why() {
    let world = World::small().await;
    let portal = world.portal();
    portal.refused("POST", "/fork", json!({"id": "acme"}), 409, "ID_TAKEN").await;
    for (body, pointer) in [
        (json!({"id": "No Id"}), "/id"),
        (json!({"id": "x".repeat(101)}), "/id"),
        (json!({"servers": []}), "/servers"),
        (json!({"like": "acme"}), "/like"),
        (json!({"quirks": {"error_bodi": "json"}}), "/quirks/error_bodi"),
        (json!({"quirks": {"session_ttl": "-1h"}}), "/quirks/session_ttl"),
        (json!({"clock": {"start": "soon"}}), "/clock/start"),
        (json!({"ttl": 5}), "/ttl"),
    ] {
        let problem = portal.refused("POST", "/fork", body, 422, "BODY_DOES_NOT_FIT").await;
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
    }
    world.portal_of("nobody").refused("POST", "/fork", Value::Null, 404, "NOT_FOUND").await;
    assert_eq!(world.simulator().directory().len(), 1);
}

#[tokio::test]
async fn forks_are_the_same_in_every_run() {
    let mut runs = Vec::new();
    for _ in 0..2 {
        let world = World::small().await;
        let (_, portal) = fork(&world, Value::Null).await;
        fork(&world, json!({"id": "named"})).await;
        let added = portal.post("/devices", json!({"via": "configurator", "count": 3})).await;
        let profile = signed_in(&portal, "Primary MDM").await.define("mine").await;
        let mut bundles = [portal.get("").await, world.portal_of("named").get("").await];
        bundles.iter_mut().for_each(|bundle| bundle["urls"] = Value::Null);
        runs.push((bundles, added, profile));
    }
    assert_eq!(runs[0], runs[1]);
}

#[tokio::test]
async fn reset_drops_forks() {
    let world = World::small().await;
    let (_, portal) = fork(&world, json!({"id": "branch"})).await;
    let mut mdm = signed_in(&portal, "Primary MDM").await;
    let url = format!("{}/_sim/reset", world.url());
    assert_eq!(portal.client.post(url).send().await.unwrap().status(), 200);
    portal.refused("GET", "", Value::Null, 404, "NOT_FOUND").await;
    mdm.get("/account").await.expect_refusal(401, "UNAUTHORIZED");
    mdm.sign_in().await.expect_refusal(401, "oauth_problem_adviceUnauthorized");
    fork(&world, json!({"id": "branch"})).await;
}

#[tokio::test]
async fn a_fork_lives_as_long_as_it_was_asked_to_whatever_is_put_into_it() {
    let world = World::small().await;
    let (_, portal) = fork(&world, json!({"id": "short", "ttl": "2s"})).await;
    let kept = portal.get("/snapshot").await;
    portal.call("PUT", "/snapshot", kept).await;
    while portal.try_call("GET", "", Value::Null).await.0 != 404 {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    assert_eq!(world.simulator().directory().len(), 1);
}

#[tokio::test]
async fn one_like_a_fork_is_like_its_parent_as_first_loaded() {
    let world = World::small().await;
    world.portal().release(&["C02PHONE0001"]).await;
    fork(&world, json!({"id": "branch"})).await;
    let url = format!("{}/_sim/orgs", world.url());
    let made = world.portal().client.post(url).body(r#"{"like": "branch", "id": "twin"}"#).send().await.unwrap();
    assert_eq!(made.status(), 201);
    assert_eq!(world.portal_of("branch").device("C02PHONE0001").await["status"], "released");
    assert_eq!(world.portal_of("twin").device("C02PHONE0001").await["status"], "assigned");
}

#[tokio::test]
async fn a_renewal_in_a_fork_keeps_the_forks_consumer_key_and_not_its_parents() {
    let world = World::small().await;
    let parent = world.portal();
    parent.renew("Primary MDM").await;
    parent.call("DELETE", "/servers/Primary%20MDM/token", Value::Null).await;
    let keys = |bundle: Value| bundle["servers"].as_array().unwrap().clone();
    let old = keys(parent.get("").await)[1]["token"]["consumer_key"].clone();
    let (_, portal) = fork(&world, Value::Null).await;
    let own = keys(portal.get("").await)[1]["token"]["consumer_key"].clone();
    assert_eq!(portal.renew("Second MDM").await["consumer_key"], own);
    let revived = portal.renew("Primary MDM").await["consumer_key"].clone();
    assert_ne!(revived, parent.renew("Primary MDM").await["consumer_key"]);
    assert_eq!(parent.renew("Second MDM").await["consumer_key"], old);
    signed_in(&portal, "Primary MDM").await;
    signed_in(&parent, "Primary MDM").await;
}
