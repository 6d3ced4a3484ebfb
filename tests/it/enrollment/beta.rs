//! Tokens for beta programmes.

use serde_json::json;

use crate::actors::World;

#[tokio::test]
async fn beta_tokens_come_twice_and_stay_the_same() {
    let world = World::small().await;
    let mut mdm = world.mdm("Primary MDM").await;
    let answer = mdm.get("/os-beta-enrollment/tokens").await.expect_ok();
    let tokens = answer["betaEnrollmentTokens"].as_array().unwrap();
    assert_eq!(answer["betaEnrollmentTokens"], answer["seedBuildTokens"]);
    let systems = ["iOS", "OSX", "tvOS", "watchOS", "visionOS", "homePodOS"];
    for token in tokens {
        let keys: Vec<&String> = token.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["token", "title", "os"]);
        let text = token["token"].as_str().unwrap();
        assert!(text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{text}");
        assert!(systems.contains(&token["os"].as_str().unwrap()), "{token}");
    }
    assert!(systems.iter().all(|os| tokens.iter().any(|token| token["os"] == *os)));
    assert_eq!(mdm.at_version(1).get("/os-beta-enrollment/tokens").await.expect_ok(), answer);
}

#[tokio::test]
async fn the_mac_has_two_names_and_the_twin_can_be_absent() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    portal.quirks(json!({"beta_os_mac": "macOS", "seed_build_tokens": false})).await;
    let answer = mdm.get("/os-beta-enrollment/tokens").await.expect_ok();
    assert_eq!(answer.get("seedBuildTokens"), None);
    let systems: Vec<_> =
        answer["betaEnrollmentTokens"].as_array().unwrap().iter().map(|it| it["os"].clone()).collect();
    assert!(systems.contains(&json!("macOS")) && !systems.contains(&json!("OSX")));
}

#[tokio::test]
async fn an_organisation_can_have_turned_beta_software_off() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    portal.quirks(json!({"beta_tokens": false})).await;
    mdm.get("/os-beta-enrollment/tokens").await.expect_refusal(403, "APPLE_SEED_FOR_IT_TURNED_OFF");
    assert_eq!(mdm.get("/account").await.status, 200);
}
