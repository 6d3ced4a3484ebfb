//! The throttle on profile assignments.

use serde_json::{Value, json};

use crate::actors::{MdmServer, Portal, World};

const PHONE: &str = "C02PHONE0001";
const PAD: &str = "C02PAD000002";

/// One assignment an hour and device; more are refused for a day.
async fn scene(more: Value) -> (World, Portal, MdmServer, String) {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    let mut throttle = json!({"assignments": 1, "window": "1h", "cooldown": "24h"});
    throttle.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    portal.quirks(json!({"throttle": throttle, "session_ttl": "90d"})).await;
    let profile = mdm.define("Everybody").await;
    mdm.assign(&profile, &[PHONE]).await.expect_ok();
    (world, portal, mdm, profile)
}

#[tokio::test]
async fn each_version_hears_of_the_throttle_in_its_own_words() {
    let (_world, _, mdm, profile) = scene(json!({})).await;
    for (version, word, retry) in [(8, "FAILED", None), (9, "THROTTLED", None), (10, "THROTTLED", Some(json!(86_400)))]
    {
        let answer = mdm.at_version(version).assign(&profile, &[PHONE, PAD]).await.expect_ok();
        assert_eq!(answer["devices"][PHONE], word, "version {version}");
        assert_eq!(answer.get("retry_after_seconds"), retry.as_ref(), "version {version}");
    }
}

#[tokio::test]
async fn without_a_throttled_device_there_is_no_time_to_wait() {
    let (_world, _, mut mdm, profile) = scene(json!({})).await;
    assert_eq!(mdm.assign(&profile, &[PAD]).await.expect_ok().get("retry_after_seconds"), None);
}

#[tokio::test]
async fn the_cooldown_ends_on_the_organisations_clock() {
    let (_world, portal, mut mdm, profile) = scene(json!({})).await;
    let answer = mdm.assign(&profile, &[PHONE]).await.expect_ok();
    assert_eq!(answer["retry_after_seconds"], 86_400);
    portal.advance("23h").await;
    assert_eq!(mdm.assign(&profile, &[PHONE]).await.expect_ok()["retry_after_seconds"], 3_600);
    portal.advance("1h").await;
    assert_eq!(mdm.assign(&profile, &[PHONE]).await.expect_ok()["devices"][PHONE], "SUCCESS");
}

#[tokio::test]
async fn trying_again_can_begin_the_cooldown_anew() {
    let (_world, portal, mut mdm, profile) = scene(json!({"extends": true})).await;
    mdm.assign(&profile, &[PHONE]).await.expect_ok();
    for _ in 0..3 {
        portal.advance("23h").await;
        assert_eq!(mdm.assign(&profile, &[PHONE]).await.expect_ok()["retry_after_seconds"], 86_400);
    }
    portal.advance("24h").await;
    assert_eq!(mdm.assign(&profile, &[PHONE]).await.expect_ok()["devices"][PHONE], "SUCCESS");
}

#[tokio::test]
async fn one_throttled_device_can_fail_all_of_its_request() {
    let (_world, _, mut mdm, profile) = scene(json!({"whole_batch": true})).await;
    let answer = mdm.assign(&profile, &[PHONE, PAD, "NOSUCHDEVICE"]).await.expect_ok();
    assert_eq!(answer["devices"], json!({(PHONE): "THROTTLED", (PAD): "THROTTLED", "NOSUCHDEVICE": "NOT_ACCESSIBLE"}));
    assert_eq!(mdm.details(PAD).await["profile_status"], "empty");
}

#[tokio::test]
async fn a_define_knows_no_throttled_devices() {
    let (_world, _, mut mdm, _) = scene(json!({})).await;
    let body = json!({"profile_name": "p", "url": "https://m.example", "devices": [PHONE, PAD]});
    let answer = mdm.post("/profile", body).await.expect_ok();
    assert_eq!(answer["devices"], json!({(PHONE): "FAILED", (PAD): "SUCCESS"}));
    assert_eq!(answer.get("retry_after_seconds"), None);
}

#[tokio::test]
async fn there_is_no_throttle_by_default() {
    let world = World::small().await;
    let mut mdm = world.mdm("Primary MDM").await;
    let profile = mdm.define("Everybody").await;
    for _ in 0..20 {
        assert_eq!(mdm.assign(&profile, &[PHONE]).await.expect_ok()["devices"][PHONE], "SUCCESS");
    }
}
