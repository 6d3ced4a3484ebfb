//! The service discovery URL for account-driven enrolment.

use serde_json::json;

use crate::actors::World;

const PATH: &str = "/account-driven-enrollment/profile";

#[tokio::test]
async fn a_url_is_set_read_and_forgotten() {
    let world = World::small().await;
    let mut mdm = world.mdm("Primary MDM").await;
    mdm.get(PATH).await.expect_refusal(404, "NOT_FOUND");
    let set = mdm.post(PATH, json!({"mdm_service_discovery_url": "https://mdm.example/discovery"})).await;
    assert_eq!((set.status, set.text.as_str()), (200, "{}"));
    let expected = json!({
        "mdm_service_discovery_url": "https://mdm.example/discovery",
        "last_updated_timestamp": "2026-09-01T08:00:00Z",
    });
    assert_eq!(mdm.get(PATH).await.expect_ok(), expected);
    world.mdm("Second MDM").await.get(PATH).await.expect_refusal(404, "NOT_FOUND");
    let cleared = mdm.call("DELETE", PATH, None).await;
    assert_eq!((cleared.status, cleared.text.as_str()), (200, "{}"));
    mdm.get(PATH).await.expect_refusal(404, "NOT_FOUND");
    assert_eq!(mdm.call("DELETE", PATH, None).await.status, 200, "there is nothing wrong with nothing");
}

#[tokio::test]
async fn a_url_must_be_there_and_https() {
    let world = World::small().await;
    let mut mdm = world.mdm("Primary MDM").await;
    for body in [json!({}), json!({"mdm_service_discovery_url": null}), json!({"mdm_service_discovery_url": ""})] {
        mdm.post(PATH, body).await.expect_refusal(400, "MDM_SERVICE_DISCOVERY_URL_REQUIRED");
    }
    for url in ["http://mdm.example", "mdm.example", "https://", "https:///path", "https://a b.example"] {
        let body = json!({ "mdm_service_discovery_url": url });
        mdm.post(PATH, body).await.expect_refusal(400, "MDM_SERVICE_DISCOVERY_URL_NOT_VALID");
    }
    mdm.post(PATH, json!({"mdm_service_discovery_url": 5})).await.expect_refusal(400, "MALFORMED_REQUEST_BODY");
}

#[tokio::test]
async fn an_organisation_can_be_without_account_driven_enrolment() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    portal.quirks(json!({"account_driven_unsupported": true})).await;
    mdm.get(PATH).await.expect_refusal(400, "ORG_NOT_SUPPORTED");
    mdm.call("DELETE", PATH, None).await.expect_refusal(400, "ORG_NOT_SUPPORTED");
    let body = json!({"mdm_service_discovery_url": "https://mdm.example"});
    mdm.post(PATH, body).await.expect_refusal(400, "ORG_NOT_SUPPORTED");
}
