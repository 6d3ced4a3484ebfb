//! Results of single devices, for which nothing is done.

use serde_json::{Value, json};

use super::{counts, fault};
use crate::actors::{MdmServer, World};

const PHONE: &str = "C02PHONE0001";
const PAD: &str = "C02PAD000002";

async fn world() -> (World, MdmServer, String) {
    let world = World::small().await;
    let mut mdm = world.mdm("Primary MDM").await;
    let profile = mdm.define("P").await;
    (world, mdm, profile)
}

fn result(on: &str, result: Value) -> Value {
    json!({"on": format!("enrollment.{on}"), "do": {"result": result}})
}

#[tokio::test]
async fn a_throttled_device_is_not_assigned_and_the_others_are() {
    let (world, mut mdm, profile) = world().await;
    let portal = world.portal();
    let id = fault(&portal, result("assign_profile", json!({"serial": PAD, "status": "THROTTLED"}))).await;
    let answer = mdm.assign(&profile, &[PHONE, PAD, "C02NOBODY001"]).await.expect_ok();
    assert_eq!(answer["devices"], json!({PHONE: "SUCCESS", PAD: "THROTTLED", "C02NOBODY001": "NOT_ACCESSIBLE"}));
    assert_eq!(answer["retry_after_seconds"], 86_400, "as long as a throttle lasts");
    let status = async |serial: &str| portal.device(serial).await["profile_status"].clone();
    assert_eq!((status(PHONE).await, status(PAD).await), (json!("assigned"), json!("empty")));
    mdm.assign(&profile, &[PHONE]).await.expect_ok();
    assert_eq!(counts(&portal, &id).await, (1, 1), "a call without the device is left alone");
}

#[tokio::test]
async fn throttled_is_a_word_of_version_9_and_the_time_to_wait_of_version_10() {
    let (world, mdm, profile) = world().await;
    let rule = json!({"serial": PAD, "status": "THROTTLED", "retry_after_seconds": 30});
    fault(&world.portal(), result("assign_profile", rule)).await;
    for (version, word, wait) in
        [(8, "FAILED", json!(null)), (9, "THROTTLED", json!(null)), (10, "THROTTLED", json!(30))]
    {
        let answer = mdm.at_version(version).assign(&profile, &[PAD]).await.expect_ok();
        assert_eq!((&answer["devices"][PAD], &answer["retry_after_seconds"]), (&json!(word), &wait), "{version}");
    }
}

#[tokio::test]
async fn several_devices_have_results_of_their_own() {
    let (world, mut mdm, profile) = world().await;
    let results = json!([{"serial": PAD, "status": "FAILED"}, {"serial": "C02M*", "status": "NOT_ACCESSIBLE"}]);
    fault(&world.portal(), result("assign_profile", results)).await;
    let answer = mdm.assign(&profile, &[PHONE, PAD, "C02MAC000003"]).await.expect_ok();
    assert_eq!(answer["devices"], json!({PHONE: "SUCCESS", PAD: "FAILED", "C02MAC000003": "NOT_ACCESSIBLE"}));
}

#[tokio::test]
async fn without_a_serial_number_it_is_every_device() {
    let (world, mut mdm, profile) = world().await;
    fault(&world.portal(), result("assign_profile", json!({"status": "FAILED"}))).await;
    let answer = mdm.assign(&profile, &[PHONE, PAD]).await.expect_ok();
    assert_eq!(answer["devices"], json!({PHONE: "FAILED", PAD: "FAILED"}));
    assert_eq!(answer["profile_uuid"], json!(profile));
    mdm.assign("00000000000000000000000000000000", &[PHONE]).await.expect_refusal(404, "NOT_FOUND");
}

#[tokio::test]
async fn a_success_may_be_a_lie() {
    let (world, mut mdm, profile) = world().await;
    fault(&world.portal(), result("assign_profile", json!({"serial": PHONE, "status": "SUCCESS"}))).await;
    assert_eq!(mdm.assign(&profile, &[PHONE]).await.expect_ok()["devices"][PHONE], "SUCCESS");
    assert_eq!(world.portal().device(PHONE).await["profile_status"], "empty");
}

#[tokio::test]
async fn profiles_that_are_removed_and_devices_that_are_disowned() {
    let (world, mut mdm, profile) = world().await;
    let portal = world.portal();
    mdm.assign(&profile, &[PHONE, PAD]).await.expect_ok();
    fault(&portal, result("remove_profile", json!({"serial": PHONE, "status": "FAILED"}))).await;
    fault(&portal, result("disown", json!({"serial": PHONE, "status": "NOT_FOUND"}))).await;
    let devices = json!({"devices": [PHONE, PAD]});
    let removed = mdm.call("DELETE", "/profile/devices", Some(&devices)).await.expect_ok();
    assert_eq!(removed["devices"], json!({PHONE: "FAILED", PAD: "SUCCESS"}));
    let disowned = mdm.post("/devices/disown", devices).await.expect_ok();
    assert_eq!(disowned["devices"], json!({PHONE: "NOT_FOUND", PAD: "SUCCESS"}));
    let phone = portal.device(PHONE).await;
    assert_eq!((&phone["profile_status"], &phone["status"]), (&json!("assigned"), &json!("assigned")));
    assert_eq!(portal.device(PAD).await["status"], "released");
}

#[tokio::test]
async fn a_definition_with_devices_and_details() {
    let (world, mut mdm, _) = world().await;
    fault(&world.portal(), result("define_profile", json!({"serial": PAD, "status": "FAILED"}))).await;
    fault(&world.portal(), result("device_details", json!({"serial": PAD, "status": "NOT_FOUND"}))).await;
    let body = json!({"profile_name": "Q", "url": "https://mdm.example/enroll", "devices": [PAD, PHONE]});
    assert_eq!(mdm.post("/profile", body).await.expect_ok()["devices"], json!({PAD: "FAILED", PHONE: "SUCCESS"}));
    let details = mdm.post("/devices", json!({"devices": [PAD, PHONE]})).await.expect_ok();
    assert_eq!(details["devices"][PAD], json!({"response_status": "NOT_FOUND"}));
    assert_eq!(details["devices"][PHONE]["response_status"], "SUCCESS");
}

#[tokio::test]
async fn a_lock_that_fails_is_not_set() {
    let (world, mut mdm, _) = world().await;
    let mut rule = result("activation_lock", json!({"serial": PHONE, "status": "DEVICE_NOT_SUPPORTED"}));
    rule["times"] = json!(1);
    fault(&world.portal(), rule).await;
    let lock = json!({ "device": PHONE });
    let answer = mdm.post("/device/activationlock", lock.clone()).await.expect_ok();
    assert_eq!(answer, json!({"serial_number": PHONE, "response_status": "DEVICE_NOT_SUPPORTED"}));
    assert_eq!(mdm.post("/device/activationlock", lock).await.expect_ok()["response_status"], "SUCCESS");
}
