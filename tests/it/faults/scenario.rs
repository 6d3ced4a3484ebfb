//! Faults in scenario files.

use serde_json::{Value, json};

use crate::actors::{MdmServer, World};

const SCENARIO: &str = "
version: 1
seed: 3
clock: {start: 2026-09-01T08:00:00Z, mode: frozen}
organizations:
  - id: acme
    servers: [{name: MDM}]
    faults:
      - {on: enrollment.account, times: 1, do: {status: 500}}
  - id: other
    servers: [{name: MDM}]
faults:
  - {on: enrollment.session, times: 1, do: {error: TOO_MANY_REQUESTS}}
  - {org: other, on: enrollment.account, times: 1, between: [+1h, +2h], do: {status: 502}}
";

async fn mdm(world: &World, org: &str) -> MdmServer {
    let mut mdm = world.portal_of(org).mdm("MDM").await;
    mdm.sign_in().await.expect_refusal(429, "TOO_MANY_REQUESTS");
    mdm.sign_in().await.expect_ok();
    mdm
}

#[tokio::test]
async fn a_file_has_rules_for_one_organisation_and_for_all() {
    let world = World::of(SCENARIO).await;
    let (mut acme, mut other) = (mdm(&world, "acme").await, mdm(&world, "other").await);
    assert_eq!((acme.get("/account").await.status, other.get("/account").await.status), (500, 200));
    world.portal_of("other").advance("59m").await;
    other.get("/account").await.expect_ok();
    world.portal_of("other").advance("1m").await;
    other.sign_in().await.expect_ok();
    assert_eq!(other.get("/account").await.status, 502);
    acme.get("/account").await.expect_ok();
}

#[tokio::test]
async fn a_reset_and_an_organisation_like_another_have_them_fresh() {
    let world = World::of(SCENARIO).await;
    let mut acme = mdm(&world, "acme").await;
    assert_eq!(acme.get("/account").await.status, 500);
    let post = async |path: &str, body: Value| {
        let request = world.portal().client.post(format!("{}{path}", world.url())).json(&body);
        request.send().await.unwrap().error_for_status().unwrap();
    };
    let own = json!([{"on": "enrollment.fetch_devices", "do": {"status": 504}}]);
    post("/_sim/orgs", json!({"like": "acme", "id": "copy", "faults": own})).await;
    let mut copy = mdm(&world, "copy").await;
    assert_eq!(copy.get("/account").await.status, 500);
    assert_eq!(copy.fetch(None, 5).await.status, 504, "what the request adds is there too");
    post("/_sim/reset", json!({})).await;
    let mut acme = mdm(&world, "acme").await;
    assert_eq!(acme.get("/account").await.status, 500);
    acme.get("/account").await.expect_ok();
}

#[tokio::test]
async fn a_run_with_faults_is_repeated_to_the_byte() {
    let day = async || {
        let world = World::of(SCENARIO).await;
        let portal = world.portal();
        let mut mdm = mdm(&world, "acme").await;
        let rules = json!([
            {"on": "enrollment.*", "probability": 0.4, "do": {"error": "FORBIDDEN"}},
            {"on": "enrollment.define_profile", "probability": 0.5, "do": {"body": "truncated"}},
        ]);
        let mut answers = vec![portal.post("/faults", rules).await.to_string()];
        for _ in 0..15 {
            for answer in [
                mdm.get("/account").await,
                mdm.fetch(None, 1).await,
                mdm.post("/profile", json!({"url": "https://m.example", "profile_name": "P"})).await,
            ] {
                answers.push(format!("{} {:?} {}", answer.status, answer.headers, answer.text));
            }
        }
        answers.push(portal.get("/faults").await.to_string());
        answers
    };
    assert_eq!(day().await, day().await);
}
