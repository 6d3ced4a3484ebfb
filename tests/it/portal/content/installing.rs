//! Devices that ask the store for what was assigned.

use serde_json::{Value, json};

use super::{SCENARIO, misfit};
use crate::actors::{Portal, World};

async fn scene() -> (World, Portal) {
    let orders = "    orders: [{devices: [{serial: C02PHONE0001, model: iPhone 16}, {serial: C02PHONE0002, model: iPhone 16}]}]\n";
    let world = World::of(&format!("{SCENARIO}{orders}")).await;
    let portal = world.portal();
    portal.quirks(json!({"event_latency": "0s"})).await;
    (world, portal)
}

async fn install(portal: &Portal, serial: &str, adam_id: &str, account: Value) -> Value {
    portal.post(&format!("/devices/{serial}/install"), json!({"adam_id": adam_id, "account": account})).await
}

#[tokio::test]
async fn a_device_is_told_whether_it_may_install_and_why_not() {
    let (world, portal) = scene().await;
    let has = install(&portal, "C02PHONE0001", "361309726", Value::Null).await;
    let expected = json!({"serial_number": "C02PHONE0001", "adam_id": "361309726", "installed": true, "location": "HQ",
        "license": "device", "client_user_id": null});
    assert_eq!(has, expected);
    let history = portal.device("C02PHONE0001").await["history"].to_string();
    assert!(history.contains("installed Pages with its own licence of HQ"), "{history}");

    let has_not = install(&portal, "C02PHONE0002", "361309726", Value::Null).await;
    assert_eq!((&has_not["installed"], &has_not["error"]["number"]), (&json!(false), &json!(9610)));
    let why = has_not["why"].as_str().unwrap();
    assert!(why.contains("1 users hold one, which counts on devices with their accounts alone"), "{why}");

    portal.quirks(json!({"store_lag": "2m"})).await;
    let body = json!({"assets": [{"adamId": "361309726"}], "serialNumbers": ["C02PHONE0002"]});
    let event = world.content_manager("HQ").event("/assets/associate", body).await;
    assert_eq!(event["eventStatus"], "COMPLETE");
    let early = install(&portal, "C02PHONE0002", "361309726", Value::Null).await;
    assert_eq!(early["error"], json!({"code": "not_heard_of", "number": 9610, "message": "License not found"}));
    assert!(early["why"].as_str().unwrap().contains("at 2026-09-01T08:02:00Z"), "{early}");
    portal.advance("2m").await;
    assert_eq!(install(&portal, "C02PHONE0002", "361309726", Value::Null).await["installed"], true);

    portal.refused("POST", "/devices/C02NOBODY001/install", json!({"adam_id": 1}), 404, "NOT_FOUND").await;
    assert_eq!(misfit(&portal, "POST", "/devices/C02PHONE0001/install", json!({"adam_id": "x"})).await, "/adam_id");
}

#[tokio::test]
async fn an_old_system_is_told_so_and_a_scenario_says_what_runs_on_a_device() {
    let orders = "    orders: [{devices: [{serial: C02PHONE0001, model: iPhone 16, os_version: 8.4}]}]\n";
    let world = World::of(&format!("{SCENARIO}{orders}")).await;
    let portal = world.portal();
    assert_eq!(portal.device("C02PHONE0001").await["os_version"], "8.4");
    let old = install(&portal, "C02PHONE0001", "361309726", Value::Null).await;
    assert_eq!((&old["installed"], &old["error"]["code"]), (&json!(false), &json!("system_too_old")));
    assert_eq!(old["why"], "C02PHONE0001 runs 8.4, and its licence counts from iOS 9 on");
    let path = "/devices/C02PHONE0001/install";
    let new = portal.post(path, json!({"adam_id": "361309726", "os_version": "17.4"})).await;
    assert_eq!(new["installed"], true);
    let odd = json!({"adam_id": "361309726", "os_version": "new"});
    assert_eq!(misfit(&portal, "POST", path, odd).await, "/os_version");
}

#[tokio::test]
async fn what_a_snapshot_puts_back_the_store_still_has_to_hear_of() {
    let (world, portal) = scene().await;
    portal.quirks(json!({"store_lag": "2m"})).await;
    let body = json!({"assets": [{"adamId": "361309726"}], "serialNumbers": ["C02PHONE0002"]});
    world.content_manager("HQ").event("/assets/associate", body).await;
    let kept = portal.get("/snapshot").await;
    portal.advance("2m").await;
    portal.call("PUT", "/snapshot", kept).await;
    let early = install(&portal, "C02PHONE0002", "361309726", Value::Null).await;
    assert_eq!(early["error"]["code"], "not_heard_of");
    portal.advance("2m").await;
    assert_eq!(install(&portal, "C02PHONE0002", "361309726", Value::Null).await["installed"], true);
}
