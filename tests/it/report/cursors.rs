//! Cursors and pages.

use serde_json::json;

use super::{breathe, broken, shown};
use crate::actors::World;

/// Thirty devices at one server, none at another.
async fn thirty() -> World {
    World::of(
        "{version: 1, clock: {start: 2026-09-01T08:00:00Z, mode: frozen}, organizations: [{id: acme, servers: [{name: MDM}, {name: Other}],
          orders: [{placed: -1d, devices: [{model: iPhone 16, count: 30, server: MDM}]}]}]}",
    )
    .await
}

#[tokio::test]
async fn a_cursor_that_comes_back_unchanged_is_no_reason_to_ask_at_once() {
    let world = thirty().await;
    world.portal().quirks(json!({"repeat_cursor": 5})).await;
    let mut mdm = world.mdm("MDM").await;
    let cursor = mdm.fetch(None, 20).await.cursor();
    for _ in 0..3 {
        assert_eq!(mdm.fetch(Some(&cursor), 20).await.cursor(), cursor);
    }
    assert_eq!(shown(&world, "cursor-loop").await, ["/server/devices"; 3]);
}

#[tokio::test]
async fn every_answers_cursor_replaces_the_one_before() {
    let world = thirty().await;
    let mut mdm = world.mdm("MDM").await;
    let (_, cursor) = mdm.fetch_all(100).await;
    for _ in 0..4 {
        mdm.sync(&cursor).await.expect_ok();
        breathe().await;
    }
    assert_eq!(broken(&world.portal()).await, ["cursor-not-adopted"]);
}

#[tokio::test]
async fn an_expired_cursor_is_given_up() {
    let world = thirty().await;
    let mut mdm = world.mdm("MDM").await;
    world.portal().quirks(json!({"session_ttl": "90d"})).await;
    let (_, cursor) = mdm.fetch_all(100).await;
    world.portal().advance("8d").await;
    for _ in 0..3 {
        mdm.sync(&cursor).await.expect_refusal(400, "EXPIRED_CURSOR");
        breathe().await;
    }
    assert_eq!(shown(&world, "keeps-refused-cursor").await, ["/devices/sync"; 3]);
}

#[tokio::test]
async fn a_cursor_belongs_to_a_server_and_sync_needs_one() {
    let world = thirty().await;
    let (mut mdm, mut other) = (world.mdm("MDM").await, world.mdm("Other").await);
    let (_, cursor) = mdm.fetch_all(100).await;
    other.sync(&cursor).await.expect_refusal(400, "INVALID_CURSOR");
    mdm.post("/devices/sync", json!({})).await.expect_refusal(400, "CURSOR_REQUIRED");
    let report = world.portal().get("/report").await;
    assert_eq!(super::finding(&report, "cursor-of-another-server")["servers"], json!(["Other"]));
    assert_eq!(super::finding(&report, "sync-without-cursor")["servers"], json!(["MDM"]));
}

#[tokio::test]
async fn fetching_with_a_sync_cursor_is_noted_and_fetching_anew_is_worse() {
    let world = thirty().await;
    let mut mdm = world.mdm("MDM").await;
    let (_, mut cursor) = mdm.fetch_all(100).await;
    for _ in 0..3 {
        mdm.fetch(Some(&cursor), 100).await.expect_refusal(400, "EXHAUSTED_CURSOR");
        cursor = mdm.sync(&cursor).await.cursor();
    }
    assert_eq!(broken(&world.portal()).await, ["fetches-with-sync-cursor"]);
    mdm.fetch(Some(&cursor), 100).await.expect_refusal(400, "EXHAUSTED_CURSOR");
    breathe().await;
    mdm.fetch_all(100).await;
    assert_eq!(broken(&world.portal()).await, ["fetches-anew-when-exhausted", "fetches-with-sync-cursor"]);
}

#[tokio::test]
async fn after_one_fetch_a_client_syncs() {
    let world = thirty().await;
    let mut mdm = world.mdm("MDM").await;
    for _ in 0..2 {
        mdm.fetch_all(100).await;
        breathe().await;
    }
    assert!(broken(&world.portal()).await.is_empty(), "one may begin anew");
    mdm.fetch_all(100).await;
    assert_eq!(broken(&world.portal()).await, ["fetches-where-it-should-sync"]);
}

#[tokio::test]
async fn sync_begins_where_the_last_page_ended() {
    let world = thirty().await;
    let mut mdm = world.mdm("MDM").await;
    let first = mdm.fetch(None, 20).await.cursor();
    mdm.sync(&first).await.expect_ok();
    assert_eq!(shown(&world, "stops-at-page-border").await, ["/server/devices", "/devices/sync"]);

    let world = thirty().await;
    let mut mdm = world.mdm("MDM").await;
    let first = mdm.fetch(None, 20).await.cursor();
    assert_eq!(mdm.fetch(Some(&first), 20).await.json()["more_to_follow"], false);
    mdm.sync(&first).await.expect_ok();
    assert_eq!(broken(&world.portal()).await, ["not-the-last-cursor"]);
}

#[tokio::test]
async fn a_list_is_read_to_its_end_in_pages_of_a_size() {
    let world = thirty().await;
    let mut mdm = world.mdm("MDM").await;
    for _ in 0..3 {
        mdm.fetch(None, 20).await.expect_ok();
    }
    assert_eq!(broken(&world.portal()).await, ["reads-first-page-only"]);

    let world = thirty().await;
    let mut mdm = world.mdm("MDM").await;
    mdm.fetch_all(5_000).await;
    mdm.fetch_all(2).await;
    let broken = broken(&world.portal()).await;
    assert_eq!(broken, ["limit-out-of-range", "tiny-pages"]);
}
