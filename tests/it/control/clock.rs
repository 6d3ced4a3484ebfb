//! `…/clock`.

use serde_json::{Value, json};

use crate::actors::World;

/// Two orders on their way, the later one first in the file.
const ARRIVALS: &str = "
version: 1
clock: {start: 2026-09-01T08:00:00Z, mode: frozen}
organizations:
  - id: acme
    servers: [{name: MDM}]
    orders:
      - {number: LATE, arrives: +5d, devices: [{serial: C02LATE00001, model: iPhone 16, server: MDM}]}
      - {number: SOON, arrives: +2d, devices: [{serial: C02SOON00001, model: iPhone 16, server: MDM}]}
";

#[tokio::test]
async fn a_frozen_clock_stands() {
    let world = World::small().await;
    let face = json!({"now": "2026-09-01T08:00:00Z", "mode": "frozen", "rate": 1});
    assert_eq!(world.portal().get("/clock").await, face);
    assert_eq!(world.portal().get("/clock").await, face);
    let answered = world.portal().post("/clock", json!({})).await;
    assert_eq!(answered, json!({"now": "2026-09-01T08:00:00Z", "mode": "frozen", "rate": 1, "ran": []}));
}

#[tokio::test]
async fn advancing_runs_what_is_due_in_order_and_at_its_moment() {
    let world = World::of(ARRIVALS).await;
    let (portal, mut mdm) = (world.portal(), world.mdm("MDM").await);
    portal.call("PUT", "/terms", json!({"state": "signed", "lag": "3d"})).await;
    portal.quirks(json!({"terms_refused_at": "session", "session_ttl": "90d"})).await;
    let (serials, cursor) = mdm.fetch_all(10).await;
    assert_eq!(serials, [""; 0]);
    let answered = portal.post("/clock", json!({"advance": "6d"})).await;
    assert_eq!(answered["now"], "2026-09-07T08:00:00Z");
    let ran: Vec<(&str, &str)> = answered["ran"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| (event["at"].as_str().unwrap(), event["what"].as_str().unwrap().split(' ').nth(1).unwrap()))
        .collect();
    let order =
        [("2026-09-03T08:00:00Z", "SOON"), ("2026-09-04T08:00:00Z", "services"), ("2026-09-06T08:00:00Z", "LATE")];
    assert_eq!(ran, order);
    let rows = mdm.sync(&cursor).await.rows();
    assert_eq!(rows[0]["device_assigned_date"], "2026-09-03T08:00:00Z", "as of then, not as of now");
    assert_eq!(rows[1]["device_assigned_date"], "2026-09-06T08:00:00Z");
    assert_eq!(portal.advance("1d").await, json!([]));
}

#[tokio::test]
async fn the_clock_is_set_to_a_moment_in_either_direction() {
    let world = World::of(ARRIVALS).await;
    let portal = world.portal();
    let answered = portal.post("/clock", json!({"set": "2026-09-03T08:00:00Z"})).await;
    assert_eq!(answered["ran"].as_array().unwrap().len(), 1);
    let back = portal.post("/clock", json!({"set": "2026-01-01"})).await;
    assert_eq!((&back["now"], &back["ran"]), (&json!("2026-01-01T00:00:00Z"), &json!([])));
    assert_eq!(portal.post("/clock", json!({"set": "2026-09-30"})).await["ran"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn set_comes_before_advance_in_one_call() {
    let world = World::small().await;
    let both = json!({"advance": "8d", "set": "2027-01-01T00:00:00Z"});
    assert_eq!(world.portal().post("/clock", both).await["now"], "2027-01-09T00:00:00Z");
}

#[tokio::test]
async fn a_running_clock_runs_at_its_rate_and_stops_where_it_is() {
    let world = World::of(ARRIVALS).await;
    let portal = world.portal();
    let running = portal.post("/clock", json!({"mode": "running", "rate": 1e8})).await;
    assert_eq!((&running["mode"], &running["rate"]), (&json!("running"), &json!(100_000_000)));
    while portal.get("/clock").await["now"].as_str().unwrap() < "2026-09-10" {
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
    assert_eq!(portal.get("/devices").await["items"].as_array().unwrap().len(), 2, "orders arrive by themselves");
    let stopped = portal.post("/clock", json!({"mode": "frozen"})).await["now"].clone();
    assert_eq!(portal.get("/clock").await["now"], stopped);
}

#[tokio::test]
async fn time_ends_in_2105() {
    let world = World::small().await;
    let portal = world.portal();
    for _ in 0..2 {
        let answered = portal.post("/clock", json!({"advance": "99999d"})).await;
        assert!(answered["now"].as_str().unwrap().starts_with("2105-12-"), "{answered}");
    }
    portal.renew("Primary MDM").await;
}

#[tokio::test]
async fn a_body_that_makes_no_sense_changes_nothing() {
    let world = World::small().await;
    for (body, pointer) in [
        (json!({"advance": "-1d"}), "/advance"),
        (json!({"rate": 0}), "/rate"),
        (json!({"rate": -60}), "/rate"),
        (json!({"rate": 1e12, "set": "2030-01-01"}), "/rate"),
        (json!({"mode": "fast"}), "/mode"),
        (json!({"set": "tomorrow"}), "/set"),
        (json!({"set": "1950-01-01"}), "/set"),
        (json!({"forward": "1d"}), "/forward"),
        (json!("1d"), ""),
    ] {
        let problem = world.portal().refused("POST", "/clock", body, 422, "BODY_DOES_NOT_FIT").await;
        assert_eq!(problem["errors"][0]["pointer"], pointer);
    }
    let face: Value = world.portal().get("/clock").await;
    assert_eq!((&face["now"], &face["rate"]), (&json!("2026-09-01T08:00:00Z"), &json!(1)));
}
