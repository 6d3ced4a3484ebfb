//! Waiting when told to, and how often things are asked.

use serde_json::json;

use super::{breathe, broken, shown};
use crate::actors::World;

const PHONE: &str = "C02PHONE0001";

#[tokio::test]
async fn retry_after_is_waited_for_by_either_clock() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    portal.quirks(json!({"outage": {"status": 503, "retry_after": 30}})).await;
    assert_eq!(mdm.get("/account").await.status, 503);
    portal.advance("30s").await;
    assert_eq!(mdm.get("/account").await.status, 503);
    assert!(broken(&portal).await.is_empty(), "it waited as long as it was told");
    breathe().await;
    assert_eq!(mdm.get("/account").await.status, 503);
    assert_eq!(shown(&world, "ignores-retry-after").await, ["/account"; 2]);
}

#[tokio::test]
async fn a_service_that_is_down_is_left_alone() {
    let world = World::small().await;
    let mut mdm = world.mdm("Primary MDM").await;
    world.portal().quirks(json!({"outage": {"status": 502}})).await;
    for _ in 0..5 {
        assert_eq!(mdm.get("/account").await.status, 502);
    }
    assert_eq!(broken(&world.portal()).await, ["hammers-when-down"]);
}

#[tokio::test]
async fn terms_are_waited_for() {
    let world = World::small().await;
    let mut mdm = world.mdm("Primary MDM").await;
    world.portal().call("PUT", "/terms", json!({"state": "unsigned"})).await;
    for _ in 0..6 {
        mdm.get("/account").await.expect_refusal(403, "T_C_NOT_SIGNED");
        breathe().await;
    }
    assert_eq!(shown(&world, "hammers-while-terms-wait").await, ["/account"; 6]);
}

#[tokio::test]
async fn throttled_devices_rest() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    portal
        .quirks(json!({"throttle": {"assignments": 1, "window": "1h", "cooldown": "24h"}, "session_ttl": "90d"}))
        .await;
    let profile = mdm.define("P").await;
    mdm.assign(&profile, &[PHONE]).await.expect_ok();
    assert_eq!(mdm.assign(&profile, &[PHONE]).await.expect_ok()["retry_after_seconds"], 86_400);
    portal.advance("24h").await;
    assert_eq!(mdm.assign(&profile, &[PHONE]).await.expect_ok()["devices"][PHONE], "SUCCESS");
    assert!(broken(&portal).await.is_empty(), "it waited");
    assert_eq!(mdm.assign(&profile, &[PHONE]).await.expect_ok()["devices"][PHONE], "THROTTLED");
    breathe().await;
    mdm.assign(&profile, &[PHONE]).await.expect_ok();
    assert_eq!(broken(&portal).await, ["retries-throttled-early"]);
}

#[tokio::test]
async fn failed_devices_are_not_tried_again_at_once_and_again() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    portal.quirks(json!({"throttle": {"assignments": 1, "window": "1h", "cooldown": "24h"}})).await;
    let profile = mdm.define("P").await;
    mdm.version = Some(7);
    for _ in 0..4 {
        mdm.assign(&profile, &[PHONE]).await.expect_ok();
        breathe().await;
    }
    assert_eq!(broken(&portal).await, ["retries-failed-at-once", "failed-may-be-throttled"]);
}

#[tokio::test]
async fn syncing_in_a_loop_brings_nothing() {
    let world = World::small().await;
    let mut mdm = world.mdm("Primary MDM").await;
    let (_, mut cursor) = mdm.fetch_all(100).await;
    for _ in 0..10 {
        cursor = mdm.sync(&cursor).await.cursor();
    }
    assert_eq!(broken(&world.portal()).await, ["polls-in-a-loop"]);

    let world = World::small().await;
    let mut mdm = world.mdm("Primary MDM").await;
    let (_, mut cursor) = mdm.fetch_all(100).await;
    for _ in 0..10 {
        cursor = mdm.sync(&cursor).await.cursor();
        world.portal().advance("5s").await;
    }
    assert_eq!(broken(&world.portal()).await, ["polls-often"]);

    let world = World::small().await;
    let mut mdm = world.mdm("Primary MDM").await;
    let (_, mut cursor) = mdm.fetch_all(100).await;
    for _ in 0..20 {
        cursor = mdm.sync(&cursor).await.cursor();
        world.portal().advance("30s").await;
    }
    assert!(broken(&world.portal()).await.is_empty());
}
