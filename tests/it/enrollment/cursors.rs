//! The life of a cursor.

use serde_json::json;

use crate::actors::World;

#[tokio::test]
async fn a_cursor_dies_after_seven_days() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    portal.quirks(json!({"session_ttl": "60d"})).await;
    let unfinished = mdm.fetch(None, 1).await.cursor();
    let (_, synced) = mdm.fetch_all(10).await;
    portal.advance("7d").await;
    assert_eq!(mdm.fetch(Some(&unfinished), 1).await.status, 200, "exactly seven days are no more than seven days");
    assert_eq!(mdm.sync(&synced).await.status, 200);
    mdm.fetch(Some(&synced), 1).await.expect_refusal(400, "EXHAUSTED_CURSOR");
    portal.advance("1s").await;
    mdm.fetch(Some(&unfinished), 1).await.expect_refusal(400, "EXPIRED_CURSOR");
    mdm.sync(&synced).await.expect_refusal(400, "EXPIRED_CURSOR");
    mdm.fetch(Some(&synced), 1).await.expect_refusal(400, "EXPIRED_CURSOR");
}

#[tokio::test]
async fn every_page_begins_a_cursors_seven_days_anew() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    portal.quirks(json!({"session_ttl": "60d"})).await;
    let (_, mut cursor) = mdm.fetch_all(10).await;
    for _ in 0..3 {
        portal.advance("6d").await;
        cursor = mdm.sync(&cursor).await.cursor();
    }
}

#[tokio::test]
async fn the_life_of_a_cursor_can_be_set() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    let (_, cursor) = mdm.fetch_all(10).await;
    portal.quirks(json!({"cursor_ttl": "10m"})).await;
    portal.advance("11m").await;
    mdm.sync(&cursor).await.expect_refusal(400, "EXPIRED_CURSOR");
}

#[tokio::test]
async fn a_fetch_with_nothing_left_is_exhausted() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    let (_, finished) = mdm.fetch_all(2).await;
    let synced = mdm.sync(&finished).await.cursor();
    for cursor in [&finished, &synced] {
        mdm.fetch(Some(cursor), 100).await.expect_refusal(400, "EXHAUSTED_CURSOR");
    }
    portal.quirks(json!({"fetch_with_sync_cursor": "invalid"})).await;
    mdm.fetch(Some(&finished), 100).await.expect_refusal(400, "INVALID_CURSOR");
}

#[tokio::test]
async fn what_is_no_cursor_of_this_server_is_invalid() {
    let world = World::of(
        "
version: 1
clock: {start: 2026-09-01T08:00:00Z, mode: frozen}
organizations:
  - {id: acme, servers: [{name: A}, {name: B}], orders: [{devices: [{model: iPhone 16, count: 3, server: A}]}]}
  - {id: other, servers: [{name: A}]}
",
    )
    .await;
    let (mut a, mut b) = (world.mdm("A").await, world.mdm("B").await);
    let mut other = world.portal_of("other").mdm("A").await;
    other.sign_in().await.expect_ok();
    let (_, cursor) = a.fetch_all(2).await;
    let unfinished = a.fetch(None, 2).await.cursor();
    let mut garbled = cursor.clone();
    garbled.replace_range(0..1, if garbled.starts_with('M') { "N" } else { "M" });
    let long = "A".repeat(1_001);
    let foreign = [b.fetch_all(2).await.1, other.fetch_all(2).await.1];
    let texts = [&garbled, &long, "x", "MTY1NzE3NTczOC0w", " ", "null", &foreign[0], &foreign[1]];
    for text in texts {
        a.fetch(Some(text), 10).await.expect_refusal(400, "INVALID_CURSOR");
        a.sync(text).await.expect_refusal(400, "INVALID_CURSOR");
    }
    b.fetch(Some(&unfinished), 10).await.expect_refusal(400, "INVALID_CURSOR");
}

#[tokio::test]
async fn a_cursor_is_short_base64_without_padding() {
    let world = World::small().await;
    let mut mdm = world.mdm("Primary MDM").await;
    for cursor in [mdm.fetch(None, 1).await.cursor(), mdm.fetch(None, 10).await.cursor()] {
        assert!(cursor.len() <= 128, "{cursor}");
        assert!(cursor.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/'), "{cursor}");
    }
}

#[tokio::test]
async fn a_cursor_outlives_the_token_with_which_it_was_fetched() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    let (_, cursor) = mdm.fetch_all(10).await;
    portal.renew("Primary MDM").await;
    let mut renewed = world.mdm("Primary MDM").await;
    assert_eq!(renewed.sync(&cursor).await.status, 200);
}

#[tokio::test]
async fn good_cursors_can_be_called_invalid_now_and_then() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    let (_, cursor) = mdm.fetch_all(10).await;
    let unfinished = mdm.fetch(None, 1).await.cursor();
    portal.quirks(json!({"invalid_cursor_rate": 1.0})).await;
    mdm.sync(&cursor).await.expect_refusal(400, "INVALID_CURSOR");
    mdm.fetch(Some(&unfinished), 1).await.expect_refusal(400, "INVALID_CURSOR");
    for body in [json!({}), json!({"cursor": null}), json!({"cursor": ""})] {
        assert_eq!(mdm.post("/server/devices", body).await.status, 200, "nothing to call invalid");
    }
    mdm.post("/devices/sync", json!({})).await.expect_refusal(400, "CURSOR_REQUIRED");
}

#[tokio::test]
async fn a_cursor_of_an_unfinished_fetch_syncs_what_happened_since_it_began() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    let unfinished = mdm.fetch(None, 1).await.cursor();
    portal.assign(&["C02SPARE0004"], Some("Primary MDM")).await;
    assert_eq!(mdm.sync(&unfinished).await.serials(), ["C02SPARE0004"]);
    portal.quirks(json!({"sync_with_fetch_cursor": "invalid"})).await;
    mdm.sync(&unfinished).await.expect_refusal(400, "INVALID_CURSOR");
}
