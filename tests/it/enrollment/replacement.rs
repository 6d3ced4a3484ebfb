//! Which device a device replaces.

use serde_json::json;

use crate::actors::World;

#[tokio::test]
async fn a_replacement_names_the_device_that_it_replaces() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    portal.post("/devices/C02PHONE0001/replace", json!({"serial": "C02PHONE0099"})).await;
    let details = mdm.get("/device/replacementDetails?device=C02PHONE0099").await;
    assert_eq!(
        details.text,
        r#"{"serial_number":"C02PHONE0099","original_device_serial_number":"C02PHONE0001","replacement_date":"2026-09-01"}"#
    );
    assert_eq!(details.status, 200);
}

#[tokio::test]
async fn a_device_that_replaces_none_is_not_found() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    for path in ["/device/replacementDetails", "/device/replacementDetails?device="] {
        mdm.get(path).await.expect_refusal(400, "DEVICE_ID_REQUIRED");
    }
    portal.post("/devices/C02SPARE0004/replace", json!({"serial": "C02SPARE0099"})).await;
    let serials = ["C02PHONE0001", "NOSUCHDEVICE", "C02SPARE0099"];
    for serial in serials {
        mdm.get(&format!("/device/replacementDetails?device={serial}")).await.expect_refusal(400, "DEVICE_NOT_FOUND");
    }
    portal.quirks(json!({"replacement_not_found_status": 404})).await;
    mdm.get("/device/replacementDetails?device=C02PHONE0001").await.expect_refusal(404, "DEVICE_NOT_FOUND");
}
