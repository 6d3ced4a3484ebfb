//! Profiles and who gets them.

use serde_json::json;

use super::{breathe, broken, shown};
use crate::actors::World;

const PHONE: &str = "C02PHONE0001";
const SPARE: &str = "C02SPARE0004";

#[tokio::test]
async fn a_request_names_some_devices_and_not_too_many() {
    let world = World::small().await;
    let mut mdm = world.mdm("Primary MDM").await;
    let profile = mdm.define("P").await;
    let many: Vec<String> = (0..1_001).map(|number| format!("C02MANY{number:05}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    mdm.assign(&profile, &many[..1_000]).await.expect_ok();
    assert!(broken(&world.portal()).await.is_empty());
    mdm.assign(&profile, &many).await.expect_ok();
    mdm.assign(&profile, &[]).await.expect_refusal(400, "DEVICE_ID_REQUIRED");
    assert_eq!(broken(&world.portal()).await, ["no-serials", "too-many-serials"]);
}

#[tokio::test]
async fn a_profile_keeps_the_rules_and_is_defined_once() {
    let world = World::small().await;
    let mut mdm = world.mdm("Primary MDM").await;
    mdm.post("/profile", json!({"profile_name": "P"})).await.expect_refusal(400, "CONFIG_URL_REQUIRED");
    let loose = json!({"profile_name": "P", "url": "https://mdm.example/", "supervised": true, "devices": [PHONE]});
    mdm.post("/profile", loose).await.expect_ok();
    assert_eq!(broken(&world.portal()).await, ["profile-refused", "flags-without-is"]);

    let world = World::small().await;
    let mut mdm = world.mdm("Primary MDM").await;
    for _ in 0..3 {
        mdm.define("P").await;
    }
    assert_eq!(broken(&world.portal()).await, ["same-profile-again", "profile-never-assigned"]);
}

#[tokio::test]
async fn a_profile_that_is_not_there_is_forgotten() {
    let world = World::small().await;
    let mut mdm = world.mdm("Primary MDM").await;
    for _ in 0..3 {
        mdm.assign("00000000000000000000000000000000", &[PHONE]).await.expect_refusal(404, "NOT_FOUND");
        breathe().await;
    }
    assert_eq!(broken(&world.portal()).await, ["unknown-profile"]);
}

#[tokio::test]
async fn a_device_that_left_is_forgotten() {
    let world = World::small().await;
    let mut mdm = world.mdm("Primary MDM").await;
    let profile = mdm.define("P").await;
    for _ in 0..3 {
        assert_eq!(mdm.assign(&profile, &[SPARE]).await.expect_ok()["devices"][SPARE], "NOT_ACCESSIBLE");
        breathe().await;
    }
    assert_eq!(shown(&world, "assigns-foreign-devices").await, ["/profile/devices"; 3]);
}

#[tokio::test]
async fn success_is_enough_until_the_device_lost_its_profile() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    portal.quirks(json!({"session_ttl": "90d"})).await;
    let profile = mdm.define("P").await;
    let (_, mut cursor) = mdm.fetch_all(100).await;
    for _ in 0..4 {
        mdm.assign(&profile, &[PHONE]).await.expect_ok();
        portal.assign(&[PHONE], None).await;
        portal.assign(&[PHONE], Some("Primary MDM")).await;
        portal.advance("1h").await;
        let page = mdm.sync(&cursor).await;
        assert!(page.serials().contains(&PHONE.to_owned()));
        cursor = page.cursor();
    }
    assert!(broken(&portal).await.is_empty(), "{:?}", broken(&portal).await);
    for _ in 0..3 {
        mdm.assign(&profile, &[PHONE]).await.expect_ok();
    }
    assert_eq!(broken(&portal).await, ["assigns-again"]);
}

#[tokio::test]
async fn what_fits_in_one_request_is_not_sent_in_twenty() {
    let world = World::of(
        "{version: 1, organizations: [{id: acme, servers: [{name: MDM}], orders: [{placed: -1d, devices: [{model: iPhone 16, count: 20, server: MDM}]}]}]}",
    )
    .await;
    let mut mdm = world.mdm("MDM").await;
    let profile = mdm.define("P").await;
    let (serials, _) = mdm.fetch_all(100).await;
    for serial in &serials {
        mdm.assign(&profile, &[serial]).await.expect_ok();
        mdm.details(serial).await;
    }
    assert_eq!(broken(&world.portal()).await, ["assigns-one-by-one", "details-one-by-one"]);
}
