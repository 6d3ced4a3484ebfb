//! `…/faults`: rules put in force, shown and removed.

use serde_json::{Value, json};

use super::{counts, fault};
use crate::actors::World;

#[tokio::test]
async fn a_rule_is_shown_as_it_was_given_with_its_id_and_its_counts() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    let rule = json!({
        "on": "enrollment.*",
        "when": {"server": "Primary MDM", "header": {"User-Agent": "tests/*"}, "nth": {"every": 2}},
        "between": ["+0s", "2026-12-31T00:00:00Z"],
        "times": 3,
        "probability": 1.0,
        "do": {"status": 503, "retry_after": 30, "body": {"code": "DOWN"}, "delay": "10ms"},
        "x-note": "mine",
    });
    let (status, made) = portal.try_call("POST", "/faults", rule.clone()).await;
    assert_eq!(status, 201);
    assert_eq!((&made["hits"], &made["calls"]), (&json!(0), &json!(0)));
    assert_eq!(made["created_at"], "2026-09-01T08:00:00Z");
    mdm.get("/account").await.expect_ok();
    assert_eq!(mdm.get("/account").await.status, 503);
    let shown = portal.get(&format!("/faults/{}", made["id"].as_str().unwrap())).await;
    assert_eq!((&shown["hits"], &shown["calls"]), (&json!(1), &json!(2)));
    for (key, value) in rule.as_object().unwrap().iter().filter(|(key, _)| *key != "x-note") {
        assert_eq!(&shown[key], value, "{key}");
    }
    assert_eq!(portal.get("/faults").await["items"], json!([shown]));
}

#[tokio::test]
async fn rules_are_removed_one_by_one_or_all_at_once() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    let rule = json!({"on": "enrollment.account", "do": {"status": 503}});
    let (first, second) = (fault(&portal, rule.clone()).await, fault(&portal, rule.clone()).await);
    assert_ne!(first, second);
    portal.call("DELETE", &format!("/faults/{first}"), Value::Null).await;
    portal.refused("GET", &format!("/faults/{first}"), Value::Null, 404, "NOT_FOUND").await;
    portal.refused("DELETE", &format!("/faults/{first}"), Value::Null, 404, "NOT_FOUND").await;
    assert_eq!(mdm.get("/account").await.status, 503);
    fault(&portal, rule).await;
    assert_eq!(portal.call("DELETE", "/faults", Value::Null).await, "");
    assert_eq!(portal.get("/faults").await["items"], json!([]));
    mdm.get("/account").await.expect_ok();
}

#[tokio::test]
async fn several_rules_are_posted_together_or_not_at_all() {
    let world = World::small().await;
    let portal = world.portal();
    let good = json!({"on": "enrollment.account", "do": {"status": 503}});
    let problem =
        portal.refused("POST", "/faults", json!([good, {"on": "enrollment.account"}]), 422, "BODY_DOES_NOT_FIT").await;
    assert_eq!(problem["errors"][0]["pointer"], "/1");
    assert_eq!(portal.get("/faults").await["items"], json!([]));
    let (status, made) = portal.try_call("POST", "/faults", json!([good, good])).await;
    assert_eq!((status, made["ids"].as_array().unwrap().len()), (201, 2));
    let second = made["ids"][1].as_str().unwrap();
    assert_eq!(counts(&portal, second).await, (0, 0), "each can be asked for by itself");
    portal.call("DELETE", &format!("/faults/{second}"), Value::Null).await;
    portal.call("DELETE", &format!("/faults/{}", made["id"].as_str().unwrap()), Value::Null).await;
    assert_eq!(portal.get("/faults").await["items"], json!([]));
}

#[tokio::test]
async fn yaml_will_do() {
    let world = World::small().await;
    let body = b"on: enrollment.account\nwhen: {nth: 2}\ndo: {error: T_C_NOT_SIGNED}\n";
    let answer = world.portal().send("POST", "/faults", &[("Content-Type", "application/yaml")], body).await;
    assert_eq!((answer.status, &answer.json()["when"]), (201, &json!({"nth": 2})));
}

#[tokio::test]
async fn faults_are_an_organisations_own_and_go_with_a_reset() {
    let world = World::of(
        "{version: 1, organizations: [{id: acme, servers: [{name: MDM}]}, {id: other, servers: [{name: MDM}]}]}",
    )
    .await;
    fault(&world.portal(), json!({"on": "*", "do": {"status": 503}})).await;
    let mut other = world.portal_of("other").mdm("MDM").await;
    other.sign_in().await.expect_ok();
    other.get("/account").await.expect_ok();
    let mut mdm = world.portal().mdm("MDM").await;
    assert_eq!(mdm.sign_in().await.status, 503);
    let url = format!("{}/_sim/reset", world.url());
    world.portal().client.post(url).send().await.unwrap().error_for_status().unwrap();
    assert_eq!(world.portal().get("/faults").await["items"], json!([]));
}

#[tokio::test]
async fn what_struck_is_in_the_journal() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    let id =
        fault(&portal, json!({"on": "enrollment.account", "do": {"error": "T_C_NOT_SIGNED", "delay": "20ms"}})).await;
    mdm.get("/account").await;
    fault(&portal, json!({"on": "enrollment.fetch_devices", "do": {"close": "before_headers"}})).await;
    assert!(
        mdm.client
            .post(format!("{}/server/devices", mdm.url))
            .header("X-ADM-Auth-Session", mdm.session.unwrap())
            .send()
            .await
            .is_err()
    );
    let organization = world.simulator().directory().organization("acme").unwrap();
    let entries = organization.journal.entries();
    let find = |operation: &str| entries.iter().rev().find(|entry| entry.exchange.operation == operation).unwrap();
    let account = &find("enrollment.account").exchange;
    assert_eq!(account.fault, Some((id, "error T_C_NOT_SIGNED, delay 20ms".to_owned())));
    assert!(account.duration >= std::time::Duration::from_millis(20));
    assert_eq!(account.answer.as_ref().unwrap().status, 403);
    assert!(account.why[0].contains("fault-1"), "{:?}", account.why);
    assert!(find("enrollment.fetch_devices").exchange.answer.is_none(), "nothing was said");
}
