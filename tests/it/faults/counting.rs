//! How often a rule strikes, and which of several.

use serde_json::{Value, json};

use super::{counts, fault};
use crate::actors::{MdmServer, World};

async fn statuses(mdm: &mut MdmServer, count: usize) -> Vec<u16> {
    let mut statuses = Vec::new();
    for _ in 0..count {
        statuses.push(mdm.get("/account").await.status);
    }
    statuses
}

fn rule(status: u16, more: Value) -> Value {
    let mut rule = json!({"on": "enrollment.account", "do": {"status": status}});
    rule.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    rule
}

#[tokio::test]
async fn a_rule_strikes_so_many_times() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    let id = fault(&portal, rule(503, json!({"times": 2}))).await;
    assert_eq!(statuses(&mut mdm, 4).await, [503, 503, 200, 200]);
    assert_eq!(counts(&portal, &id).await, (4, 2));
}

#[tokio::test]
async fn the_first_rule_made_strikes_and_the_next_when_it_is_used_up() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    let first = fault(&portal, rule(500, json!({"times": 2}))).await;
    let second = fault(&portal, rule(502, json!({"times": 1}))).await;
    assert_eq!(statuses(&mut mdm, 4).await, [500, 500, 502, 200]);
    assert_eq!((counts(&portal, &first).await, counts(&portal, &second).await), ((4, 2), (4, 1)));
}

#[tokio::test]
async fn every_rule_counts_for_itself_whoever_strikes() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    fault(&portal, rule(500, json!({"when": {"nth": 1}}))).await;
    fault(&portal, rule(502, json!({"when": {"nth": 2}}))).await;
    assert_eq!(statuses(&mut mdm, 3).await, [500, 502, 200]);
}

#[tokio::test]
async fn a_rule_that_lets_calls_pass_spares_them_from_later_ones() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    fault(&portal, json!({"on": "enrollment.account", "times": 1, "do": {"pass": true}})).await;
    fault(&portal, rule(503, json!({}))).await;
    assert_eq!(statuses(&mut mdm, 2).await, [200, 503]);
}

/// Which of so many calls failed, in a world of this seed.
async fn chance(seed: u64, rules: &[Value]) -> Vec<u16> {
    let scenario = format!("{{version: 1, seed: {seed}, organizations: [{{id: acme, servers: [{{name: MDM}}]}}]}}");
    let world = World::of(&scenario).await;
    let mut mdm = world.mdm("MDM").await;
    for rule in rules {
        fault(&world.portal(), rule.clone()).await;
    }
    statuses(&mut mdm, 60).await
}

#[tokio::test]
async fn chance_is_the_same_for_the_same_seed_and_for_each_rule_its_own() {
    let likely = rule(503, json!({"probability": 0.3}));
    let first = chance(7, std::slice::from_ref(&likely)).await;
    assert_eq!(chance(7, std::slice::from_ref(&likely)).await, first);
    assert_ne!(chance(8, std::slice::from_ref(&likely)).await, first);
    let struck = first.iter().filter(|status| **status == 503).count();
    assert!((8..30).contains(&struck), "{struck} of 60 with a probability of 0.3");
    let beside = json!({"on": "enrollment.fetch_devices", "probability": 0.5, "do": {"status": 500}});
    assert_eq!(chance(7, &[likely.clone(), beside]).await, first, "another rule changes nothing");
    assert_eq!(chance(7, &[rule(503, json!({"probability": 1}))]).await, [503; 60]);
}

#[tokio::test]
async fn rules_disturb_no_ids() {
    let defined = async |rule: Option<Value>| {
        let world = World::small().await;
        let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
        if let Some(rule) = rule {
            fault(&portal, rule).await;
        }
        statuses(&mut mdm, 5).await;
        mdm.define("P").await
    };
    assert_eq!(defined(None).await, defined(Some(rule(503, json!({"probability": 0.5})))).await);
}

#[tokio::test]
async fn an_organisation_like_another_has_its_faults_and_its_luck() {
    let world = World::of(
        "{version: 1, organizations: [{id: acme, servers: [{name: MDM}], \
         faults: [{on: enrollment.account, probability: 0.5, do: {status: 503}}]}]}",
    )
    .await;
    let mut mdm = world.mdm("MDM").await;
    let first = statuses(&mut mdm, 20).await;
    let found = world.portal().client.post(format!("{}/_sim/orgs", world.url()));
    found.json(&json!({"like": "acme", "id": "copy"})).send().await.unwrap().error_for_status().unwrap();
    let mut copy = world.portal_of("copy").mdm("MDM").await;
    copy.sign_in().await.expect_ok();
    assert_eq!(statuses(&mut copy, 20).await, first);
}
