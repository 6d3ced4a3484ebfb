//! Disowning: an MDM server releases devices from the organisation.

use serde_json::json;

use crate::actors::World;

const PHONE: &str = "C02PHONE0001";

#[tokio::test]
async fn a_disowned_device_is_gone_for_good() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    let asked = json!({"devices": [PHONE, PHONE, "C02SPARE0004", "NOSUCHDEVICE"]});
    let answer = mdm.post("/devices/disown", asked).await.expect_ok();
    let expected =
        json!({"devices": {(PHONE): "SUCCESS", "C02SPARE0004": "NOT_ACCESSIBLE", "NOSUCHDEVICE": "NOT_ACCESSIBLE"}});
    assert_eq!(answer, expected);
    assert_eq!(portal.device(PHONE).await["status"], "released");
    let again = mdm.post("/devices/disown", json!({"devices": [PHONE]})).await.expect_ok();
    assert_eq!(again["devices"][PHONE], "NOT_ACCESSIBLE");
    let profile = mdm.define("Everybody").await;
    assert_eq!(mdm.assign(&profile, &[PHONE]).await.expect_ok()["devices"][PHONE], "NOT_ACCESSIBLE");
    assert_eq!(portal.assign(&[PHONE], Some("Primary MDM")).await["devices"][PHONE], "released");
}

#[tokio::test]
async fn a_server_that_may_not_release_fails() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    portal.call("PATCH", "/servers/Primary%20MDM", json!({"allow_release": false})).await;
    let asked = json!({"devices": [PHONE, "NOSUCHDEVICE"]});
    let answer = mdm.post("/devices/disown", asked.clone()).await.expect_ok();
    assert_eq!(answer["devices"], json!({(PHONE): "FAILED", "NOSUCHDEVICE": "NOT_ACCESSIBLE"}));
    portal.quirks(json!({"disown_refused": "NOT_ACCESSIBLE"})).await;
    let answer = mdm.post("/devices/disown", asked).await.expect_ok();
    assert_eq!(answer["devices"][PHONE], "NOT_ACCESSIBLE");
    assert_eq!(portal.device(PHONE).await["status"], "assigned");
}

#[tokio::test]
async fn a_disowned_device_can_come_back_through_configurator() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    let (_, cursor) = mdm.fetch_all(10).await;
    mdm.post("/devices/disown", json!({"devices": [PHONE]})).await.expect_ok();
    let back = portal.post("/devices", json!({"via": "configurator", "serial": PHONE, "server": "Primary MDM"})).await;
    assert_eq!(back["items"][0]["model"], "iPhone 16", "it is what it was");
    assert_eq!(mdm.sync(&cursor).await.ops(), [("added".to_owned(), PHONE.to_owned())]);
}
