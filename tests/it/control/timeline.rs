//! `timeline:` of a scenario and `…/timeline`: what happens on Apple's side by itself.

use std::time::Duration;

use abmsim::simulator::Settings;
use serde_json::{Value, json};

use crate::actors::{Portal, World};

/// The small world with a timeline.
const ACME: &str = "
version: 1
seed: 7
clock: {start: 2026-09-01T08:00:00Z, mode: frozen}
organizations:
  - id: acme
    servers: [{name: Primary MDM}, {name: Second MDM}]
    people: [{name: Robin Vos, managed_account: robin@acme.example, roles: [administrator]}]
    orders:
      - number: W100000001
        devices:
          - {serial: C02PHONE0001, model: iPhone 16, server: Primary MDM}
          - {serial: C02PAD000002, model: iPad Air, server: Primary MDM}
          - {serial: C02SPARE0004, model: iPhone 16, server: null}
timeline:
";

async fn world(events: &str) -> World {
    World::of(&format!("{ACME}{events}")).await
}

/// The dates and words of what ran.
fn told(ran: &Value) -> Vec<(&str, &str)> {
    let items = ran.as_array().unwrap().iter();
    items.map(|item| (item["at"].as_str().unwrap(), item["what"].as_str().unwrap())).collect()
}

async fn states(portal: &Portal) -> Vec<String> {
    let listed = portal.get("/timeline").await;
    let items = listed["items"].as_array().unwrap().iter();
    items.map(|item| item["state"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn events_happen_in_order_at_their_own_times_and_are_reported() {
    let world = world(
        "
  - {at: +3h, do: {release: {serial: C02PAD000002}}}
  - {at: +2h, org: acme, note: the handover, do: {assign: {order: W100000001, server: Second MDM, as: kim@acme.example}}}
  - {at: 2026-09-01T09:00:00Z, delay: 30m, do: {activate: {serials: [C02PHONE0001, C02PAD000002]}}}
  - {at: +4h, do: {order: {number: W2, arrives: +1h, devices: [{serial: C02NEW000005, model: iPhone 16, server: Second MDM}]}}}
",
    )
    .await;
    let portal = world.portal();
    let mut mdm = world.mdm("Second MDM").await;
    let (_, cursor) = mdm.fetch_all(100).await;
    assert_eq!(states(&portal).await, ["planned"; 4]);
    let ran = portal.advance("2h").await;
    assert_eq!(
        told(&ran),
        [
            ("2026-09-01T09:30:00Z", "C02PHONE0001, C02PAD000002 activated"),
            ("2026-09-01T10:00:00Z", "C02PHONE0001, C02PAD000002, C02SPARE0004 assigned to Second MDM"),
        ]
    );
    assert_eq!((ran[0].get("note"), &ran[1]["note"]), (None, &json!("the handover")));
    assert_eq!(ran[1].get("failed"), None);
    let device = portal.device("C02SPARE0004").await;
    assert_eq!(
        (device["server"].as_str(), device["assigned_at"].as_str()),
        (Some("Second MDM"), Some("2026-09-01T10:00:00Z"))
    );
    let history = device["history"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(history["by"], "kim@acme.example");
    mdm.sign_in().await.expect_ok();
    assert_eq!(mdm.sync(&cursor).await.rows().len(), 3, "servers see it as they see everything else");
    assert_eq!(states(&portal).await, ["done", "done", "planned", "planned"]);
    let ran = portal.advance("1d").await;
    assert_eq!(
        told(&ran),
        [
            ("2026-09-01T11:00:00Z", "C02PAD000002 released"),
            ("2026-09-01T12:00:00Z", "W2 placed: 1 device"),
            ("2026-09-01T13:00:00Z", "order W2 arrived with 1 devices"),
        ]
    );
    assert_eq!(portal.device("C02NEW000005").await["server"], "Second MDM");
    assert_eq!(portal.advance("9d").await, json!([]), "nothing happens twice");
}

#[tokio::test]
async fn every_verb_does_what_the_portal_does() {
    let world = world(
        "
  - {at: 1h, do: {terms: {state: unsigned}}}
  - {at: 2h, do: {terms: {state: signed, lag: 1h}}}
  - {at: 4h, do: {quirks: {outage: {status: 503, retry_after: 60}}}}
  - {at: 5h, do: {quirks: {outage: 'off'}}}
  - {at: 6h, do: {access: {server: Primary MDM, granted: false}}}
  - {at: 7h, do: {access: {server: Primary MDM, granted: true}}}
  - {at: 8h, do: {change_server: {server: Second MDM, name: Third MDM, default_for: [iPad], allow_release: false}}}
  - {at: 9h, do: {add: {model: iPad Air, serial: C02ADDED0007, server: Third MDM, as: kim@acme.example}}}
  - {at: 10h, do: {leave: {serial: C02ADDED0007}}}
  - {at: 11h, do: {replace: {serial: C02PHONE0001, with: C02REPAIR008}}}
  - {at: 12h, do: {assign: {all_available: true, server: Third MDM}}}
  - {at: 13h, do: {assign: {serial: C02REPAIR008, server: Third MDM, deadline: 2d}}}
  - {at: 14h, do: {cancel_migration: {serial: C02REPAIR008}}}
  - {at: 15h, do: {assign: {serial: C02REPAIR008, server: null}}}
  - {at: 16h, do: {suppliers: {reseller_ids: [16FCE4A0]}}}
  - {at: 17h, do: {erase: {serial: C02PAD000002}}}
  - {at: 18h, do: {end_sessions: }}
",
    )
    .await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    portal.quirks(json!({"session_ttl": "9d"})).await;
    let account = |answer: crate::actors::Answer| (answer.status, answer.text);
    portal.advance("1h").await;
    assert_eq!(mdm.get("/account").await.text, "T_C_NOT_SIGNED");
    portal.advance("1h").await;
    assert_eq!(mdm.get("/account").await.text, "T_C_NOT_SIGNED", "the services do not know yet");
    assert_eq!(told(&portal.advance("1h").await)[0].1, "the services learnt that the terms are signed");
    mdm.get("/account").await.expect_ok();
    portal.advance("1h").await;
    assert_eq!(mdm.get("/account").await.status, 503);
    portal.advance("1h").await;
    mdm.get("/account").await.expect_ok();
    portal.advance("1h").await;
    assert_eq!(account(mdm.get("/account").await), (403, "ACCESS_DENIED".to_owned()));
    portal.advance("1h").await;
    mdm.get("/account").await.expect_ok();
    portal.advance("2h").await;
    let third = portal.get("/servers/Third%20MDM").await;
    assert_eq!((&third["default_for"], &third["allow_release"]), (&json!(["iPad"]), &json!(false)));
    assert_eq!(portal.device("C02ADDED0007").await["server"], "Third MDM");
    portal.advance("2h").await;
    assert_eq!(portal.device("C02ADDED0007").await["status"], "released");
    assert_eq!(portal.device("C02REPAIR008").await["replaces"], "C02PHONE0001");
    portal.advance("1h").await;
    assert_eq!(portal.device("C02SPARE0004").await["server"], "Third MDM");
    portal.advance("1h").await;
    assert_eq!(portal.device("C02REPAIR008").await["mdm_migration_deadline"], "2026-09-03T21:00:00Z");
    portal.advance("1h").await;
    assert_eq!(portal.device("C02REPAIR008").await["server"], "Primary MDM");
    portal.advance("1h").await;
    assert_eq!(portal.device("C02REPAIR008").await["status"], "unassigned");
    let ran = portal.advance("2h").await;
    assert_eq!(told(&ran)[0].1, "suppliers were entered, and 0 devices appeared");
    assert_eq!(portal.device("C02PAD000002").await["activated"], false);
    mdm.get("/account").await.expect_ok();
    portal.advance("1h").await;
    assert_eq!(mdm.get("/account").await.status, 401);
    assert_eq!(states(&portal).await, ["done"; 17]);
}

#[tokio::test]
async fn what_cannot_be_done_is_reported_with_the_reason_and_the_rest_goes_on() {
    let world = world(
        "
  - {at: 1h, note: doomed, do: {add: {model: iPad Air, server: Second MDM}}}
  - {at: 1h, do: {change_server: {server: Second MDM, name: Other MDM}}}
  - {at: 2h, do: {renew_token: {server: Second MDM}}}
  - {at: 3h, do: {assign: {serials: [C02NOBODY001, C02PHONE0001], server: Other MDM}}}
  - {at: 4h, do: {release: {serial: C02NOBODY001}}}
  - {at: 5h, do: {leave: {serial: C02PHONE0001}}}
  - {at: 6h, do: {order: {number: W100000001, devices: [{model: iPhone 16}]}}}
  - {at: 7h, do: {revoke_token: {server: Other MDM}}}
  - {at: 8h, do: {revoke_token: {server: Other MDM}}}
  - {at: 9h, do: {remove_person: {account: nobody@acme.example}}}
",
    )
    .await;
    let portal = world.portal();
    let ran = portal.advance("9h").await;
    let failed: Vec<bool> = ran.as_array().unwrap().iter().map(|item| item["failed"] == true).collect();
    assert_eq!(failed, [false, false, true, false, true, true, true, false, true, true]);
    let words: Vec<&str> = told(&ran).into_iter().map(|(_, what)| what).collect();
    assert_eq!(words[2], "renew the token of Second MDM — failed: there is no server `Second MDM`");
    assert_eq!(words[3], "C02PHONE0001 assigned to Other MDM, but not all: there is no device `C02NOBODY001`");
    assert_eq!(words[4], "release C02NOBODY001 — failed: there is no device `C02NOBODY001`");
    assert!(
        words[5].ends_with("only devices added with Apple Configurator can be taken out by their user"),
        "{}",
        words[5]
    );
    assert!(words[6].ends_with("there is an order W100000001 already"), "{}", words[6]);
    assert!(words[8].ends_with("the server has no token"), "{}", words[8]);
    assert!(words[9].ends_with("nobody in the organisation has this account"), "{}", words[9]);
    let listed = portal.get("/timeline").await;
    assert_eq!(listed["items"][2]["state"], "failed");
    assert_eq!(listed["items"][2]["outcome"], "there is no server `Second MDM`");
    assert_eq!(listed["items"][0]["note"], "doomed");
}

const RENEWAL: &str = "
  - {at: +1h, do: {renew_token: {server: Primary MDM, admin: kim@acme.example, expires_in: 30d}}}
";

#[tokio::test]
async fn a_renewal_ends_the_old_token_and_its_sessions_and_the_new_one_works() {
    let world = world(RENEWAL).await;
    let (portal, mut old) = (world.portal(), world.mdm("Primary MDM").await);
    portal.quirks(json!({"session_ttl": "9d"})).await;
    let ran = portal.advance("1h").await;
    assert_eq!(told(&ran)[0].1, "the token of Primary MDM was renewed until 2026-10-01T09:00:00Z");
    old.get("/account").await.expect_refusal(401, "UNAUTHORIZED");
    old.sign_in().await.expect_refusal(403, "signature_invalidForbidden");
    let mut new = portal.mdm("Primary MDM").await;
    assert_ne!(new.token["consumer_key"], old.token["consumer_key"], "Kim's is another");
    new.sign_in().await.expect_ok();
    assert_eq!(new.get("/account").await.expect_ok()["admin_id"], "kim@acme.example");
}

/// A day in 80 milliseconds or so.
const RUNNING: &str = "{start: 2026-09-01T08:00:00Z, mode: running, rate: 1000000}";

#[tokio::test]
async fn a_running_clock_plays_by_itself_and_a_key_nobody_asked_for_is_found() {
    // The token that comes is known beforehand: the same seed has made it before.
    let rehearsed = world(RENEWAL).await;
    rehearsed.portal().advance("1h").await;
    let mut expected = rehearsed.portal().mdm("Primary MDM").await;

    let running = format!("{ACME}{RENEWAL}").replace("{start: 2026-09-01T08:00:00Z, mode: frozen}", RUNNING);
    let world = World::of(&running).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    // Nobody has looked since. Its expiry and its moment of making are the event's, not those of whoever looks first.
    expected.url = world.url();
    let answer = expected.sign_in().await;
    answer.expect_ok();
    assert_eq!(world.portal().mdm("Primary MDM").await.token, expected.token);
    let listed = world.portal().get("/timeline").await;
    assert_eq!(
        (&listed["items"][0]["state"], &listed["items"][0]["at"]),
        (&json!("done"), &json!("2026-09-01T09:00:00Z"))
    );
}

#[tokio::test]
async fn a_session_does_not_outlive_a_renewal_that_nobody_looked_at() {
    let world = world(RENEWAL).await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    portal.quirks(json!({"session_ttl": "999999d"})).await;
    portal.post("/clock", json!({"mode": "running", "rate": 1_000_000})).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    mdm.get("/account").await.expect_refusal(401, "UNAUTHORIZED");
}

#[tokio::test]
async fn whoever_leaves_takes_their_tokens_along() {
    let world = world("  - {at: 1h, do: {remove_person: {account: robin@acme.example}}}\n").await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    portal.quirks(json!({"session_ttl": "9d"})).await;
    let ran = portal.advance("1h").await;
    assert_eq!(told(&ran)[0].1, "robin@acme.example left the organisation, and 2 server tokens with them");
    assert_eq!(mdm.get("/account").await.status, 401, "its sessions are over");
    mdm.sign_in().await.expect_refusal(403, "FORBIDDEN");
    portal.post("/servers/Primary%20MDM/token", json!({"admin": "kim@acme.example"})).await;
    portal.mdm("Primary MDM").await.sign_in().await.expect_ok();
}

const WAVES: &str = "
  - {at: 1h, jitter: 30m, every: 1d, times: 4, do: {activate: {serial: C02PHONE0001}}}
  - {at: 2h, jitter: 30m, do: {activate: {serial: C02PAD000002}}}
";

/// The dates of a timeline.
async fn dates(portal: &Portal) -> Vec<String> {
    let listed = portal.get("/timeline").await;
    listed["items"].as_array().unwrap().iter().map(|item| item["at"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn waves_come_with_chance_that_the_seed_decides() {
    let scenario = format!("{ACME}{WAVES}");
    let of_seed = async |seed| {
        let world = World::with(Settings { seed: Some(seed), ..Settings::default() }, &scenario).await;
        dates(&world.portal()).await
    };
    let seven = of_seed(7).await;
    assert_eq!(seven.len(), 5);
    for (day, date) in [1, 1, 2, 3, 4].iter().zip(&seven) {
        assert!(date.starts_with(&format!("2026-09-0{day}T09:")) || date.starts_with("2026-09-01T10:"), "{date}");
    }
    let minutes: std::collections::HashSet<&str> = seven.iter().map(|date| &date[14..]).collect();
    assert!(minutes.len() >= 4, "each wave has a chance of its own: {seven:?}");
    assert_eq!(of_seed(7).await, seven);
    assert_ne!(of_seed(8).await, seven);
}

#[tokio::test]
async fn a_reset_and_a_likeness_play_the_timeline_anew() {
    let world = world(WAVES).await;
    let portal = world.portal();
    let before = dates(&portal).await;
    portal.advance("20d").await;
    assert_eq!(states(&portal).await, ["done"; 5]);
    let url = format!("{}/_sim/orgs", world.url());
    let like = |body: Value| portal.client.post(&url).json(&body).send();
    like(json!({"like": "acme", "id": "copy"})).await.unwrap();
    assert_eq!(states(&world.portal_of("copy")).await, ["planned"; 5]);
    assert_eq!(dates(&world.portal_of("copy")).await, before, "the same chances");
    like(json!({"like": "acme", "id": "later", "clock": {"start": "2026-10-01T08:00:00Z"}})).await.unwrap();
    let later: Vec<String> = dates(&world.portal_of("later")).await;
    assert_eq!(later, before.iter().map(|date| date.replace("2026-09", "2026-10")).collect::<Vec<_>>());
    let refused = like(json!({"like": "acme", "timeline": [{"at": "1h", "do": {"end_sessions": {}}}]})).await.unwrap();
    assert_eq!(refused.status(), 422);
    portal.client.post(format!("{}/_sim/reset", world.url())).send().await.unwrap();
    assert_eq!(states(&portal).await, ["planned"; 5]);
    assert_eq!(dates(&portal).await, before);
}

#[tokio::test]
async fn without_a_start_the_timeline_counts_from_when_each_clock_began() {
    let scenario = "{version: 1, clock: {mode: frozen}, organizations: [{id: acme}],
        timeline: [{at: 1h, do: {terms: {state: unsigned}}}]}";
    let world = World::of(scenario).await;
    let first = dates(&world.portal()).await;
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    let url = format!("{}/_sim/orgs", world.url());
    world.portal().client.post(&url).json(&json!({"like": "acme", "id": "copy"})).send().await.unwrap();
    let copy = world.portal_of("copy");
    assert!(dates(&copy).await > first, "an hour after the copy was made");
    assert_eq!(told(&copy.advance("1h").await)[0].1, "new terms wait for consent");
}

#[tokio::test]
async fn an_organisation_may_be_founded_with_a_timeline() {
    let world = World::small().await;
    let body = json!({
        "id": "fresh", "clock": {"start": "2026-01-01", "mode": "frozen"}, "servers": [{"name": "MDM"}],
        "timeline": [{"at": "1h", "do": {"order": {"number": "W9", "devices": [{"model": "iPhone 16", "count": 3, "server": "MDM"}]}}}],
    });
    let url = format!("{}/_sim/orgs", world.url());
    let founded = world.portal().client.post(&url).json(&body).send().await.unwrap();
    assert_eq!(founded.status(), 201);
    let portal = world.portal_of("fresh");
    assert_eq!(told(&portal.advance("1h").await)[0], ("2026-01-01T01:00:00Z", "W9 placed: 3 devices"));
    let mut mdm = portal.mdm("MDM").await;
    mdm.sign_in().await.expect_ok();
    assert_eq!(mdm.fetch_all(10).await.0.len(), 3);
}

#[tokio::test]
async fn events_are_planned_and_called_off_while_it_runs() {
    let world = World::small().await;
    let portal = world.portal();
    portal.advance("1d").await;
    let event = json!({"at": "+2h", "note": "later", "do": {"release": {"serial": "C02PAD000002"}}});
    let planned = portal.post("/timeline", event).await;
    let wanted = json!({
        "id": "1", "at": "2026-09-02T10:00:00Z", "what": "release C02PAD000002", "note": "later", "state": "planned",
        "outcome": null,
    });
    assert_eq!(planned, wanted);
    let waves = json!({"at": "1h", "every": "1h", "times": 2, "do": {"end_sessions": {}}});
    let waves = portal.post("/timeline", waves).await;
    assert_eq!(waves["items"].as_array().unwrap().len(), 2);
    portal.call("DELETE", "/timeline/2", Value::Null).await;
    portal.refused("DELETE", "/timeline/2", Value::Null, 409, "EVENT_OVER").await;
    portal.refused("DELETE", "/timeline/9", Value::Null, 404, "NOT_FOUND").await;
    portal.refused("DELETE", "/timeline/0", Value::Null, 404, "NOT_FOUND").await;
    let ran = portal.advance("1d").await;
    assert_eq!(
        told(&ran).iter().map(|(_, what)| *what).collect::<Vec<_>>(),
        ["C02PAD000002 released", "all sessions were ended"]
    );
    let listed = portal.get("/timeline").await;
    let of = |place: usize, key: &str| listed["items"][place][key].clone();
    assert_eq!((of(0, "state"), of(1, "state"), of(2, "state")), (json!("called_off"), json!("done"), json!("done")));
    assert_eq!((of(1, "id"), of(1, "outcome")), (json!("1"), json!("C02PAD000002 released")));
}

#[tokio::test]
async fn a_body_that_makes_no_sense_is_refused_with_all_of_its_mistakes() {
    let world = World::small().await;
    let portal = world.portal();
    let body = json!({"at": "2026-08-01", "org": "acme", "do": {"renew_token": {"server": "Primary MDN"}}});
    let problem = portal.refused("POST", "/timeline", body, 422, "BODY_DOES_NOT_FIT").await;
    let pointers: Vec<&str> =
        problem["errors"].as_array().unwrap().iter().map(|error| error["pointer"].as_str().unwrap()).collect();
    assert_eq!(pointers, ["/at", "/org", "/do/renew_token/server"]);
    for body in [json!({}), json!({"at": "1h"}), json!({"at": "1h", "do": {}}), json!({"at": "1h", "do": null})] {
        portal.refused("POST", "/timeline", body, 422, "BODY_DOES_NOT_FIT").await;
    }
    assert_eq!(portal.get("/timeline").await, json!({"items": []}));
}

#[tokio::test]
async fn the_week_of_the_scenario_goes_as_it_says() {
    let world = World::of(include_str!("../../../scenarios/week.yaml")).await;
    let portal = world.portal();
    let ran = portal.advance("7d").await;
    let failed: Vec<&Value> = ran.as_array().unwrap().iter().filter(|item| item["failed"] == true).collect();
    assert!(failed.is_empty(), "{failed:?}");
    let words: Vec<&str> = told(&ran).into_iter().map(|(_, what)| what).collect();
    assert!(words.contains(&"25 devices activated") && words.contains(&"25 devices assigned to New MDM"), "{words:?}");
    assert!(words.contains(&"robin@acme.example left the organisation, and 1 server token with them"), "{words:?}");
    assert_eq!(portal.get("/servers/Old%20MDM").await["token"], Value::Null);
    let mut kim = portal.mdm("New MDM").await;
    kim.sign_in().await.expect_ok();
    assert_eq!(portal.device("C02WEEK00009").await["replaces"], "C02WEEK00001");
}
