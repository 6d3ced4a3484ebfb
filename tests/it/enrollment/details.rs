//! Details of devices by serial number.

use serde_json::{Value, json};

use crate::actors::World;

const PHONE: &str = "C02PHONE0001";

#[tokio::test]
async fn what_is_not_at_the_server_is_not_accessible() {
    let world = World::small().await;
    let mut mdm = world.mdm("Primary MDM").await;
    let asked = json!({"devices": [PHONE, "C02SPARE0004", "NOSUCHDEVICE", "", "c02phone0001", "a\"b"]});
    let answer = mdm.post("/devices", asked).await.expect_ok();
    let devices = answer["devices"].as_object().unwrap();
    assert_eq!(devices.len(), 6);
    assert_eq!(devices[PHONE]["response_status"], "SUCCESS");
    for serial in ["C02SPARE0004", "NOSUCHDEVICE", "", "c02phone0001", "a\"b"] {
        assert_eq!(devices[serial], json!({"response_status": "NOT_ACCESSIBLE"}), "{serial}");
    }
}

#[tokio::test]
async fn five_thousand_serial_numbers_are_answered_each_once() {
    let world = World::of(
        "
version: 1
organizations:
  - {id: acme, servers: [{name: Big}], orders: [{placed: -1d, devices: [{model: iPhone 16, count: 4000, server: Big}]}]}
",
    )
    .await;
    let mut mdm = world.mdm("Big").await;
    let (mut serials, _) = mdm.fetch_all(1_000).await;
    serials.extend((0..1_000).map(|number| format!("UNKNOWN{number:05}")));
    serials.push(serials[0].clone());
    let answer = mdm.post("/devices", json!({ "devices": serials })).await;
    let devices = answer.expect_ok()["devices"].as_object().unwrap().clone();
    assert_eq!(devices.len(), 5_000);
    assert_eq!(devices.values().filter(|device| device["response_status"] == "SUCCESS").count(), 4_000);
    assert_eq!(answer.text.matches(&format!("\"{}\":{{", serials[0])).count(), 1, "a duplicate is answered once");
}

#[tokio::test]
async fn somebody_must_be_asked_for() {
    let world = World::small().await;
    let mut mdm = world.mdm("Primary MDM").await;
    for path in ["/devices", "/devices/disown"] {
        for body in [json!({}), json!({"devices": []}), json!({"devices": null})] {
            mdm.post(path, body).await.expect_refusal(400, "DEVICE_ID_REQUIRED");
        }
        for body in [json!({"devices": PHONE}), json!({"devices": [5]}), json!({"devices": [null]}), json!([PHONE])] {
            mdm.post(path, body).await.expect_refusal(400, "MALFORMED_REQUEST_BODY");
        }
    }
}

#[tokio::test]
async fn details_can_lag_behind_an_assignment() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    portal.quirks(json!({"lag": {"details": "30s"}})).await;
    let profile = mdm.define("Everybody").await;
    mdm.assign(&profile, &[PHONE]).await.expect_ok();
    portal.advance("29s").await;
    assert_eq!(mdm.details(PHONE).await["profile_status"], "empty");
    portal.advance("1s").await;
    let late = mdm.details(PHONE).await;
    assert_eq!((&late["profile_status"], &late["profile_uuid"]), (&json!("assigned"), &json!(profile)));
}

#[tokio::test]
async fn a_lagging_profile_does_not_follow_a_device_to_its_next_server() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    portal.quirks(json!({"lag": {"details": "1h"}})).await;
    let profile = mdm.define("Everybody").await;
    mdm.assign(&profile, &[PHONE]).await.expect_ok();
    portal.assign(&[PHONE], Some("Second MDM")).await;
    assert_eq!(world.mdm("Second MDM").await.details(PHONE).await["profile_status"], "removed");
}

#[tokio::test]
async fn the_last_ones_asked_for_can_be_missing_from_the_answer() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    portal.quirks(json!({"result_omits": 1})).await;
    let asked = json!({"devices": [PHONE, "C02PAD000002", "C02MAC000003"]});
    let names = |answer: &Value| answer["devices"].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let left = [PHONE, "C02PAD000002"];
    assert_eq!(names(&mdm.post("/devices", asked.clone()).await.expect_ok()), left);
    let profile = mdm.define("Everybody").await;
    assert_eq!(names(&mdm.assign(&profile, &[PHONE, "C02PAD000002", "C02MAC000003"]).await.expect_ok()), left);
    assert_eq!(mdm.details(PHONE).await, Value::Null);
    portal.quirks(json!({"result_omits": 0})).await;
    assert_eq!(mdm.details("C02MAC000003").await["profile_status"], "assigned", "it was assigned all the same");
}

#[tokio::test]
async fn the_status_stands_in_every_entry() {
    let world = World::small().await;
    let mdm = world.mdm("Primary MDM").await;
    let device = mdm.at_version(3).details(PHONE).await;
    let keys: Vec<&String> = device.as_object().unwrap().keys().collect();
    let expected = [
        "serial_number",
        "description",
        "model",
        "os",
        "device_family",
        "color",
        "profile_status",
        "device_assigned_by",
        "device_assigned_date",
        "response_status",
    ];
    assert_eq!(keys, expected);
}
