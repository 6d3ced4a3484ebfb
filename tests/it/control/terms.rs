//! `…/terms`.

use serde_json::{Value, json};

use crate::actors::World;

#[tokio::test]
async fn terms_are_signed_unless_the_scenario_says_otherwise() {
    let world = World::small().await;
    assert_eq!(world.portal().get("/terms").await, json!({"state": "signed", "blocking": false}));
    let unsigned =
        World::of("{version: 1, organizations: [{id: acme, terms: unsigned, servers: [{name: MDM}]}]}").await;
    assert_eq!(unsigned.portal().get("/terms").await, json!({"state": "unsigned", "blocking": true}));
    unsigned.portal().mdm("MDM").await.sign_in().await.expect_refusal(403, "T_C_NOT_SIGNED");
}

#[tokio::test]
async fn new_terms_block_every_call_until_they_are_signed() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    portal.call("PUT", "/terms", json!({"state": "unsigned"})).await;
    mdm.get("/account").await.expect_refusal(403, "T_C_NOT_SIGNED");
    mdm.sign_in().await.expect_refusal(403, "T_C_NOT_SIGNED");
    let signed = portal.call("PUT", "/terms", json!({"state": "signed"})).await;
    assert_eq!(signed, json!({"state": "signed", "blocking": false}));
    mdm.get("/account").await.expect_ok();
}

#[tokio::test]
async fn a_signature_may_take_hours_to_be_known_and_new_tokens_fail_too() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    portal.call("PUT", "/terms", json!({"state": "unsigned"})).await;
    let signed = portal.call("PUT", "/terms", json!({"state": "signed", "lag": "18h"})).await;
    assert_eq!(signed, json!({"state": "signed", "blocking": true, "effective_at": "2026-09-02T02:00:00Z"}));
    portal.quirks(json!({"session_ttl": "7d"})).await;
    assert_eq!(portal.advance("17h59m59s").await, json!([]));
    mdm.get("/account").await.expect_refusal(403, "T_C_NOT_SIGNED");
    portal.renew("Second MDM").await;
    portal.mdm("Second MDM").await.sign_in().await.expect_refusal(403, "T_C_NOT_SIGNED");
    let ran = portal.advance("1s").await;
    assert_eq!((&ran[0]["at"], ran.as_array().unwrap().len()), (&json!("2026-09-02T02:00:00Z"), 1));
    mdm.get("/account").await.expect_ok();
    assert_eq!(portal.get("/terms").await, json!({"state": "signed", "blocking": false}));
}

#[tokio::test]
async fn newer_terms_call_off_a_signature_that_is_on_its_way() {
    let world = World::small().await;
    let portal = world.portal();
    portal.call("PUT", "/terms", json!({"state": "signed", "lag": "18h"})).await;
    portal.call("PUT", "/terms", json!({"state": "unsigned"})).await;
    assert_eq!(portal.advance("2d").await, json!([]));
    assert_eq!(portal.get("/terms").await["blocking"], true);
}

#[tokio::test]
async fn a_body_that_says_nothing_of_the_kind_does_not_fit() {
    let world = World::small().await;
    for (body, pointer) in [
        (Value::Null, ""),
        (json!({}), ""),
        (json!({"state": "maybe"}), "/state"),
        (json!({"state": "signed", "lag": "soon"}), "/lag"),
        (json!({"state": "signed", "lag": "-1h"}), "/lag"),
        (json!({"state": "signed", "lagg": "1h"}), "/lagg"),
    ] {
        let problem = world.portal().refused("PUT", "/terms", body, 422, "BODY_DOES_NOT_FIT").await;
        assert_eq!(problem["errors"][0]["pointer"], pointer);
    }
    assert_eq!(world.portal().get("/terms").await["state"], "signed");
}
