//! Who may ask, and how the services say no.

use abmsim::clock::Span;
use abmsim::organization::content::{TokenKind, inner_token};
use serde_json::json;

use super::library;
use crate::actors::VppClient;
use crate::apps::tokens::token;

#[tokio::test]
async fn refusals_are_answers_with_status_200() {
    let world = library().await;
    let hq = world.vpp_client("HQ");
    let nobody = VppClient { token: "dG9rZW4=".to_owned(), ..hq.clone() };
    let refused = nobody.call("getVPPAssetsSrv", json!({})).await;
    let body = r#"{"errorMessage":"Invalid authentication token","errorNumber":9622,"status":-1}"#;
    assert_eq!((refused.status, refused.text.as_str()), (200, body));
    hq.send("POST", "getVPPAssetsSrv", &[], "{}").await.expect_vpp(9601);
    let inner = VppClient { token: inner_token(&hq.token).unwrap(), ..hq };
    inner.refused("getVPPAssetsSrv", json!({}), 9622).await;
}

#[tokio::test]
async fn a_token_is_expired_revoked_or_read_only_and_one_of_the_old_programme_will_do() {
    let world = library().await;
    let hq = world.vpp_client("HQ");
    let with = |kind, life| VppClient::like(&token(&world, kind, life));
    with(TokenKind::Full, Some(Span::ZERO)).refused("getVPPAssetsSrv", json!({}), 9621).await;
    let legacy = with(TokenKind::Legacy, None).ask("getVPPAssetsSrv", json!({})).await;
    assert!(legacy.get("location").is_none() && legacy["uId"].is_string());
    let reader = with(TokenKind::ReadOnly, None);
    for service in ["getVPPAssetsSrv", "getVPPUsersSrv", "getVPPLicensesSrv", "getAssignments", "VPPClientConfigSrv"] {
        reader.ask(service, json!({})).await;
    }
    for (service, arguments) in [
        ("registerVPPUserSrv", json!({"clientUserIdStr": "u-9"})),
        ("manageVPPLicensesByAdamIdSrv", json!({"adamIdStr": "361309726", "associateSerialNumbers": ["A"]})),
        ("VPPClientConfigSrv", json!({"clientContext": "mine"})),
    ] {
        let refused = reader.refused(service, arguments, 9637).await;
        assert_eq!(refused["errorMessage"], "sToken not allowed");
    }
    let near = with(TokenKind::Full, Some(Span::from_days(15))).ask("getVPPAssetsSrv", json!({})).await;
    assert_eq!(near["tokenExpDate"], "2026-09-16T08:00:00+0000");
    assert!(hq.ask("getVPPAssetsSrv", json!({})).await.get("tokenExpDate").is_none());
    let acme = world.simulator().directory().organization("acme").unwrap();
    acme.write(|books, now| books.change_password("kim@acme.example", now));
    let revoked = hq.refused("getVPPAssetsSrv", json!({}), 9625).await;
    assert_eq!(revoked["errorMessage"], "The server has revoked the sToken.");
}

#[tokio::test]
async fn services_that_were_removed_say_so() {
    let world = library().await;
    let hq = world.vpp_client("HQ");
    for service in ["associateVPPLicenseSrv", "disassociateVPPLicenseSrv", "associateVPPLicenseWithVPPUserSrv"] {
        let refused = hq.refused(service, json!({}), 9634).await;
        assert_eq!(refused["errorMessage"], "This service is no longer available.");
    }
}

#[tokio::test]
async fn load_and_outages_are_told() {
    let world = library().await;
    let hq = world.vpp_client("HQ");
    world.portal().quirks(json!({"rate_limit": "documented", "limits": {"maxRequestPerSecond": 1}})).await;
    hq.ask("getVPPAssetsSrv", json!({})).await;
    hq.refused("getVPPAssetsSrv", json!({}), 9646).await;
    world.portal().quirks(json!({"rate_limit": "off", "outage": {"status": 503, "retry_after": 7}})).await;
    let down = hq.call("getVPPAssetsSrv", json!({})).await;
    assert_eq!((down.status, down.header("retry-after"), &down.json()["errorNumber"]), (503, Some("7"), &json!(9644)));
}
