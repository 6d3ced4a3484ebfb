//! Assigning profiles to devices and removing them.

use serde_json::json;

use crate::actors::World;

const PHONE: &str = "C02PHONE0001";
const PAD: &str = "C02PAD000002";

#[tokio::test]
async fn a_profile_is_assigned_by_post_and_by_put() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    let profile = mdm.define("Everybody").await;
    let body = json!({"profile_uuid": profile, "devices": [PHONE, "C02SPARE0004"]});
    for method in ["POST", "PUT"] {
        let answer = mdm.call(method, "/profile/devices", Some(&body)).await.expect_ok();
        let expected =
            json!({"profile_uuid": profile, "devices": {(PHONE): "SUCCESS", "C02SPARE0004": "NOT_ACCESSIBLE"}});
        assert_eq!(answer, expected, "{method}");
    }
    for (choice, allowed, refused) in [("post", "POST", "PUT"), ("put", "PUT", "POST")] {
        portal.quirks(json!({"assign_methods": choice})).await;
        mdm.call(allowed, "/profile/devices", Some(&body)).await.expect_ok();
        mdm.call(refused, "/profile/devices", Some(&body)).await.expect_refusal(405, "");
    }
}

#[tokio::test]
async fn devices_are_missed_before_the_profile() {
    let world = World::small().await;
    let mut mdm = world.mdm("Primary MDM").await;
    for (body, code) in [
        (json!({}), "DEVICE_ID_REQUIRED"),
        (json!({"profile_uuid": "X"}), "DEVICE_ID_REQUIRED"),
        (json!({"profile_uuid": "X", "devices": []}), "DEVICE_ID_REQUIRED"),
        (json!({"devices": [PHONE]}), "PROFILE_UUID_REQUIRED"),
        (json!({"devices": [PHONE], "profile_uuid": ""}), "PROFILE_UUID_REQUIRED"),
        (json!({"devices": [PHONE], "profile_uuid": 5}), "MALFORMED_REQUEST_BODY"),
    ] {
        mdm.post("/profile/devices", body).await.expect_refusal(400, code);
    }
}

#[tokio::test]
async fn an_unknown_profile_cannot_be_assigned() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    let foreign = world.mdm("Second MDM").await.define("Others").await;
    for profile in [foreign.as_str(), "00000000000000000000000000000000", "x"] {
        mdm.assign(profile, &[PHONE]).await.expect_refusal(404, "NOT_FOUND");
    }
    portal.quirks(json!({"assign_unknown_profile": "profile_not_found"})).await;
    mdm.assign(&foreign, &[PHONE]).await.expect_refusal(400, "PROFILE_NOT_FOUND");
    assert_eq!(mdm.details(PHONE).await["profile_status"], "empty");
}

#[tokio::test]
async fn more_than_a_thousand_devices_are_fine() {
    let world = World::of(
        "
version: 1
organizations:
  - {id: acme, servers: [{name: Big}], orders: [{placed: -1d, devices: [{model: iPhone 16, count: 1900, server: Big}]}]}
",
    )
    .await;
    let mut mdm = world.mdm("Big").await;
    let (serials, _) = mdm.fetch_all(1_000).await;
    let profile = mdm.define("Everybody").await;
    let answer = mdm.post("/profile/devices", json!({"profile_uuid": profile, "devices": serials})).await.expect_ok();
    let results = answer["devices"].as_object().unwrap();
    assert_eq!(results.len(), 1_900);
    assert!(results.values().all(|result| result == "SUCCESS"));
    assert!(results.keys().eq(serials.iter()), "in the order asked");
}

#[tokio::test]
async fn a_removed_profile_stays_on_record() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    let profile = mdm.define("Everybody").await;
    mdm.assign(&profile, &[PHONE]).await.expect_ok();
    let body = json!({"devices": [PHONE, PAD, "C02SPARE0004"], "profile_uuid": "whatever"});
    let answer = mdm.call("DELETE", "/profile/devices", Some(&body)).await.expect_ok();
    assert_eq!(answer, json!({"devices": {(PHONE): "SUCCESS", (PAD): "SUCCESS", "C02SPARE0004": "NOT_ACCESSIBLE"}}));
    let device = mdm.details(PHONE).await;
    assert_eq!((&device["profile_status"], &device["profile_uuid"]), (&json!("removed"), &json!(profile)));
    assert_eq!(mdm.details(PAD).await["profile_status"], "empty", "it never had one");
    let booted = portal.activate(PHONE).await;
    assert_eq!((&booted["profile"], &booted["profile_status"]), (&json!(null), &json!("removed")));
    mdm.call("DELETE", "/profile/devices", Some(&json!({}))).await.expect_refusal(400, "DEVICE_ID_REQUIRED");
}

#[tokio::test]
async fn a_second_removal_changes_nothing_more() {
    let world = World::small().await;
    let mut mdm = world.mdm("Primary MDM").await;
    let profile = mdm.define("Everybody").await;
    mdm.assign(&profile, &[PHONE]).await.expect_ok();
    let (_, cursor) = mdm.fetch_all(10).await;
    for _ in 0..2 {
        mdm.call("DELETE", "/profile/devices", Some(&json!({"devices": [PHONE]}))).await.expect_ok();
    }
    assert_eq!(mdm.sync(&cursor).await.rows().len(), 1);
}

#[tokio::test]
async fn a_device_that_checked_in_reads_pushed_as_soon_as_it_is_assigned_again() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    let (first, second) = (mdm.define("First").await, mdm.define("Second").await);
    mdm.assign(&first, &[PHONE]).await.expect_ok();
    assert_eq!(mdm.details(PHONE).await["profile_status"], "assigned");
    portal.activate(PHONE).await;
    mdm.assign(&second, &[PHONE]).await.expect_ok();
    let device = mdm.details(PHONE).await;
    assert_eq!((&device["profile_status"], &device["profile_uuid"]), (&json!("pushed"), &json!(second)));
    portal.post(&format!("/devices/{PHONE}/erase"), json!({})).await;
    mdm.assign(&first, &[PHONE]).await.expect_ok();
    let erased = mdm.details(PHONE).await;
    assert_eq!((&erased["profile_status"], erased.get("profile_push_time")), (&json!("assigned"), None));
}

#[tokio::test]
async fn a_device_that_was_set_up_without_a_profile_waits_for_its_next_activation() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    assert_eq!(portal.activate(PHONE).await["profile"], json!(null));
    let profile = mdm.define("Everybody").await;
    mdm.assign(&profile, &[PHONE]).await.expect_ok();
    assert_eq!(mdm.details(PHONE).await["profile_status"], "assigned");
}

#[tokio::test]
async fn a_device_of_another_server_is_not_enrolled_at_its_new_one() {
    let world = World::small().await;
    let (portal, mut mdm, mut second) = (world.portal(), world.mdm("Primary MDM").await, world.mdm("Second MDM").await);
    let profile = mdm.define("Everybody").await;
    mdm.assign(&profile, &[PHONE]).await.expect_ok();
    portal.activate(PHONE).await;
    portal.assign(&[PHONE], Some("Second MDM")).await;
    let profile = second.define("Others").await;
    second.assign(&profile, &[PHONE]).await.expect_ok();
    assert_eq!(second.details(PHONE).await["profile_status"], "assigned");
}
