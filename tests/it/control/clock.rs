//! `…/clock`.

use serde_json::{Value, json};

use abmsim::clock::{Span, Timestamp, wall};

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

/// What an Apple answer says the time is, in seconds from `start`.
async fn date_after(mdm: &mut crate::actors::MdmServer, start: &str) -> i64 {
    let answer = mdm.get("/account").await;
    let date = answer.header("date").unwrap();
    let date =
        time::OffsetDateTime::parse(&date.replace("GMT", "+0000"), &time::format_description::well_known::Rfc2822);
    let start: Timestamp = start.parse().unwrap();
    date.unwrap().unix_timestamp() - start.millis() / 1_000
}

#[tokio::test]
async fn the_date_header_shows_the_organisations_time_however_its_clock_goes() {
    let world =
        World::of("{version: 1, organizations: [{id: acme, servers: [{name: MDM}], quirks: {session_ttl: 9999d}}]}")
            .await;
    let (portal, mut mdm) = (world.portal(), world.mdm("MDM").await);
    let real = wall().to_string();
    assert!((0..60).contains(&date_after(&mut mdm, &real).await), "the wall clock");
    portal.post("/clock", json!({"advance": "8d"})).await;
    assert!((8 * 86_400..8 * 86_400 + 60).contains(&date_after(&mut mdm, &real).await), "an offset from it");
    portal.post("/clock", json!({"set": "2020-02-29T12:00:00Z"})).await;
    let passed = date_after(&mut mdm, "2020-02-29T12:00:00Z").await;
    assert!((0..60).contains(&passed), "set back, running on: {passed}");
    portal.post("/clock", json!({"set": "2030-01-01", "mode": "frozen"})).await;
    for _ in 0..2 {
        assert_eq!(date_after(&mut mdm, "2030-01-01").await, 0, "frozen");
    }
    portal.post("/clock", json!({"mode": "running", "rate": 100_000})).await;
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    let passed = date_after(&mut mdm, "2030-01-01").await;
    assert!(passed >= 5_000, "at a rate: {passed}");
}

#[tokio::test]
async fn an_offset_clock_runs_on_from_where_it_was_set_and_advances_from_there() {
    let world = World::of(ARRIVALS).await;
    let portal = world.portal();
    let set = portal.post("/clock", json!({"mode": "running", "set": "2026-09-03T07:59:59.900Z"})).await;
    assert_eq!((&set["mode"], &set["ran"]), (&json!("running"), &json!([])));
    while portal.get("/clock").await["now"].as_str().unwrap() < "2026-09-03T08:00:01Z" {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert_eq!(portal.device("C02SOON00001").await["status"], "assigned", "it arrived while time ran");
    let advanced = portal.post("/clock", json!({"advance": "3d"})).await;
    assert!(advanced["now"].as_str().unwrap().starts_with("2026-09-06T08:0"), "{advanced}");
    assert_eq!(advanced["ran"].as_array().unwrap().len(), 1, "{advanced}");
    assert_eq!(advanced["ran"][0]["at"], "2026-09-06T08:00:00Z", "at its own moment");
}

#[tokio::test]
async fn what_was_due_when_a_call_came_is_in_what_ran() {
    let world = World::of(ARRIVALS).await;
    let acme = world.simulator().directory().organization("acme").unwrap();
    // A second passes and nobody looks: a week there.
    let turn =
        abmsim::organization::Turn { rate: Some(1e8), mode: Some(abmsim::clock::Mode::Running), ..Default::default() };
    assert_eq!(acme.turn_clock(turn), []);
    tokio::time::sleep(std::time::Duration::from_millis(30)).await;
    let stopped = world.portal().post("/clock", json!({"mode": "frozen"})).await;
    let numbers: Vec<&str> =
        stopped["ran"].as_array().unwrap().iter().map(|ran| ran["what"].as_str().unwrap()).collect();
    assert_eq!(numbers, ["order SOON arrived with 1 devices", "order LATE arrived with 1 devices"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn advances_at_the_same_time_add_up() {
    let world = World::small().await;
    let portal = world.portal();
    let advances = (0..20).map(|_| {
        let portal = portal.clone();
        tokio::spawn(async move { portal.advance("1h").await })
    });
    for advance in advances.collect::<Vec<_>>() {
        advance.await.unwrap();
    }
    assert_eq!(portal.get("/clock").await["now"], "2026-09-02T04:00:00Z");
}

#[tokio::test]
async fn events_that_are_planned_on_the_way_run_on_the_way() {
    let world = World::of(ARRIVALS).await;
    let (portal, mut mdm) = (world.portal(), world.mdm("MDM").await);
    portal.quirks(json!({"lag": {"portal": "1d"}, "session_ttl": "90d"})).await;
    let (_, cursor) = mdm.fetch_all(10).await;
    let ran = portal.advance("7d").await;
    let told: Vec<(&str, &str)> = ran
        .as_array()
        .unwrap()
        .iter()
        .map(|ran| (&ran["at"].as_str().unwrap()[..10], ran["what"].as_str().unwrap()))
        .collect();
    let shown = "the assignment of 1 devices became visible";
    let wanted = [
        ("2026-09-03", "order SOON arrived with 1 devices"),
        ("2026-09-04", shown),
        ("2026-09-06", "order LATE arrived with 1 devices"),
        ("2026-09-07", shown),
    ];
    assert_eq!(told, wanted);
    assert_eq!(mdm.sync(&cursor).await.serials(), ["C02SOON00001", "C02LATE00001"]);
}

/// Everything that ages, on a clock that runs with an offset: what a frozen one does is in the tests of each.
#[tokio::test]
async fn everything_ages_on_a_running_clock_as_it_does_on_a_frozen_one() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    portal.post("/clock", json!({"mode": "running"})).await;
    portal.quirks(json!({"session_ttl": "2h", "throttle": {"assignments": 1, "window": "1h", "cooldown": "3h"}})).await;
    let (_, cursor) = mdm.fetch_all(10).await;
    let profile = mdm.define("one").await;
    mdm.assign(&profile, &["C02PHONE0001"]).await.expect_ok();
    let word = |answer: crate::actors::Answer| answer.expect_ok()["devices"]["C02PHONE0001"].clone();
    assert_eq!(word(mdm.assign(&profile, &["C02PHONE0001"]).await), "THROTTLED");
    let hand = json!({"via": "configurator", "serial": "C02HAND00001", "server": "Primary MDM"});
    portal.post("/devices", hand).await;
    let now: Timestamp = portal.get("/clock").await["now"].as_str().unwrap().parse().unwrap();
    let deadline = (now + Span::from_days(2)).to_string();
    let body = json!({"serials": ["C02PAD000002"], "server": "Second MDM", "deadline": deadline});
    portal.post("/assignments", body).await;

    portal.advance("119m").await;
    mdm.get("/account").await.expect_ok();
    portal.advance("2m").await;
    mdm.get("/account").await.expect_refusal(401, "UNAUTHORIZED");
    mdm.sign_in().await.expect_ok();
    assert_eq!(word(mdm.assign(&profile, &["C02PHONE0001"]).await), "THROTTLED");
    portal.advance("1h").await;
    assert_eq!(word(mdm.assign(&profile, &["C02PHONE0001"]).await), "SUCCESS", "the cooldown is over");
    let ran = portal.advance("2d").await;
    assert_eq!(ran[0]["what"], "C02PAD000002 reached its migration deadline");
    mdm.sign_in().await.expect_ok();
    mdm.sync(&cursor).await.expect_ok();
    portal.advance("5d").await;
    mdm.sign_in().await.expect_ok();
    mdm.sync(&cursor).await.expect_refusal(400, "EXPIRED_CURSOR");
    portal.call("PUT", "/terms", json!({"state": "signed", "lag": "18h"})).await;
    mdm.get("/account").await.expect_refusal(403, "T_C_NOT_SIGNED");
    assert_eq!(portal.advance("18h").await[0]["what"], "the services learnt that the terms are signed");
    mdm.sign_in().await.expect_ok();
    let ran = portal.advance("23d").await;
    assert_eq!(ran[0]["what"], "the provisional period of C02HAND00001 ended");
    portal.refused("POST", "/devices/C02HAND00001/leave", Value::Null, 409, "PROVISIONAL_PERIOD_OVER").await;
    portal.advance("340d").await;
    mdm.sign_in().await.expect_refusal(403, "token_expiredForbidden");
}

#[tokio::test]
async fn a_clock_that_is_set_back_undoes_nothing_and_what_is_to_come_comes_once() {
    let world = World::of(ARRIVALS).await;
    let (portal, mut mdm) = (world.portal(), world.mdm("MDM").await);
    let (_, cursor) = mdm.fetch_all(10).await;
    portal.quirks(json!({"session_ttl": "90d"})).await;
    portal.advance("2d").await;
    portal.post("/clock", json!({"set": "2026-09-01T08:00:00Z"})).await;
    assert_eq!(mdm.sync(&cursor).await.serials(), ["C02SOON00001"], "it stays");
    let (_, later) = mdm.fetch_all(10).await;
    portal.post("/clock", json!({"set": "2026-08-01T08:00:00Z"})).await;
    mdm.sync(&later).await.expect_ok();
    let ran = portal.post("/clock", json!({"set": "2026-09-30"})).await["ran"].clone();
    assert_eq!(ran.as_array().unwrap().len(), 1, "{ran}");
}
