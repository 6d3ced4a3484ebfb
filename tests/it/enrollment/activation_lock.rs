//! Locking devices to the organisation.

use serde_json::{Value, json};

use crate::actors::{MdmServer, World};

const PHONE: &str = "C02PHONE0001";
const KEY: &str = "6ab40d5eabe7218ec04182f461005600c7e3426bddd82cdb405bde9a1e0014b5";

async fn lock(mdm: &mut MdmServer, body: Value) -> String {
    let answer = mdm.post("/device/activationlock", body.clone()).await.expect_ok();
    assert_eq!(answer["serial_number"], body["device"]);
    answer["response_status"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_device_is_locked_once() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    let body = json!({"device": PHONE, "escrow_key": KEY.to_uppercase(), "lost_message": ""});
    assert_eq!(lock(&mut mdm, body.clone()).await, "SUCCESS");
    assert_eq!(portal.device(PHONE).await["locked"], true);
    assert_eq!(lock(&mut mdm, body).await, "DEVICE_ALREADY_LOCKED");
    let empty = json!({"device": "C02PAD000002", "escrow_key": "", "lost_message": "Call us"});
    assert_eq!(lock(&mut mdm, empty).await, "SUCCESS", "an empty key is none");
}

#[tokio::test]
async fn outcomes_have_their_words() {
    let world = World::of(
        "
version: 1
organizations:
  - id: acme
    servers: [{name: MDM}]
    orders:
      - devices:
          - {serial: C02PHONE0001, model: iPhone 16, server: MDM}
          - {serial: C02TV0000002, model: Lobby TV, family: AppleTV, server: MDM}
",
    )
    .await;
    let (portal, mut mdm) = (world.portal(), world.mdm("MDM").await);
    assert_eq!(lock(&mut mdm, json!({"device": "NOSUCHDEVICE"})).await, "NOT_ACCESSIBLE");
    assert_eq!(lock(&mut mdm, json!({"device": "C02TV0000002"})).await, "DEVICE_NOT_SUPPORTED");
    for key in ["short", &KEY[1..], &format!("g{}", &KEY[1..])] {
        assert_eq!(lock(&mut mdm, json!({"device": PHONE, "escrow_key": key})).await, "FAILED", "{key}");
    }
    portal.quirks(json!({"org_version": "v1"})).await;
    assert_eq!(lock(&mut mdm, json!({"device": PHONE})).await, "ORG_NOT_SUPPORTED");
}

#[tokio::test]
async fn a_lock_names_its_device() {
    let world = World::small().await;
    let mut mdm = world.mdm("Primary MDM").await;
    for body in [json!({}), json!({"device": ""}), json!({"device": null})] {
        mdm.post("/device/activationlock", body).await.expect_refusal(400, "DEVICE_ID_REQUIRED");
    }
    mdm.post("/device/activationlock", json!({"device": [PHONE]})).await.expect_refusal(400, "MALFORMED_REQUEST_BODY");
}

#[tokio::test]
async fn a_migration_takes_the_old_servers_lock_off() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    assert_eq!(lock(&mut mdm, json!({"device": PHONE})).await, "SUCCESS");
    let body = json!({"serials": [PHONE], "server": "Second MDM", "deadline": "2026-09-10T08:00:00Z"});
    portal.post("/assignments", body).await;
    assert_eq!(portal.device(PHONE).await["locked"], true, "not before it starts");
    portal.activate(PHONE).await;
    assert_eq!(portal.device(PHONE).await["locked"], false);
}
