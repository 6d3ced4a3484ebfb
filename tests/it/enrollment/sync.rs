//! Syncing what has changed.

use serde_json::{Value, json};

use crate::actors::{MdmServer, Portal, World};

const SPARE: &str = "C02SPARE0004";
const PHONE: &str = "C02PHONE0001";

async fn scene() -> (World, Portal, MdmServer, String) {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    portal.quirks(json!({"session_ttl": "90d"})).await;
    let (_, cursor) = mdm.fetch_all(10).await;
    (world, portal, mdm, cursor)
}

fn op(op: &str, serial: &str) -> (String, String) {
    (op.to_owned(), serial.to_owned())
}

#[tokio::test]
async fn nothing_new_is_an_empty_page_with_a_fresh_cursor() {
    let (_world, portal, mut mdm, cursor) = scene().await;
    portal.advance("90s").await;
    let page = mdm.sync(&cursor).await;
    assert_eq!(page.rows(), [] as [Value; 0]);
    assert_eq!(page.json()["more_to_follow"], false);
    assert_eq!(page.json()["fetched_until"], "2026-09-01T08:01:30Z");
    assert_ne!(page.cursor(), cursor);
    assert_eq!(mdm.sync(&page.cursor()).await.rows(), [] as [Value; 0], "never EXHAUSTED_CURSOR");
}

#[tokio::test]
async fn a_sync_needs_a_cursor() {
    let (_world, _, mut mdm, _) = scene().await;
    for body in [json!({}), json!({"cursor": null}), json!({"cursor": ""}), json!({"limit": 5})] {
        mdm.post("/devices/sync", body).await.expect_refusal(400, "CURSOR_REQUIRED");
    }
}

#[tokio::test]
async fn a_page_is_known_until_the_date_of_its_last_row() {
    let (_world, portal, mut mdm, cursor) = scene().await;
    portal.advance("1h").await;
    portal.assign(&[SPARE], Some("Primary MDM")).await;
    portal.advance("1h").await;
    let page = mdm.sync(&cursor).await;
    assert_eq!(page.json()["fetched_until"], page.rows()[0]["op_date"]);
    assert_eq!(page.json()["fetched_until"], "2026-09-01T09:00:00Z");
}

#[tokio::test]
async fn an_old_cursor_gives_the_same_rows_byte_for_byte() {
    let (_world, portal, mut mdm, cursor) = scene().await;
    let profile = mdm.define("Everybody").await;
    portal.assign(&[SPARE], Some("Primary MDM")).await;
    mdm.assign(&profile, &[SPARE, PHONE]).await.expect_ok();
    let ask = json!({"cursor": cursor, "limit": 2});
    let rows = |text: &str| text.split("],\"fetched_until\"").next().unwrap().to_owned();
    let before = mdm.post("/devices/sync", ask.clone()).await;
    portal.activate(PHONE).await;
    portal.assign(&[SPARE, PHONE], Some("Second MDM")).await;
    portal.release(&[SPARE]).await;
    portal.advance("6d").await;
    let again = mdm.post("/devices/sync", ask).await;
    assert_eq!(rows(&before.text), rows(&again.text));
    assert_eq!(before.json()["more_to_follow"], true);
}

#[tokio::test]
async fn a_device_that_was_released_and_came_back_does_not_change_old_rows() {
    let (_world, portal, mut mdm, cursor) = scene().await;
    portal.assign(&[PHONE], None).await;
    let before = mdm.sync(&cursor).await.rows();
    portal.release(&[PHONE]).await;
    portal.post("/devices", json!({"via": "configurator", "serial": PHONE})).await;
    assert_eq!(mdm.sync(&cursor).await.rows(), before);
}

#[tokio::test]
async fn pages_of_a_sync_have_exact_borders() {
    let (_world, portal, mut mdm, cursor) = scene().await;
    for _ in 0..2 {
        portal.assign(&[SPARE], Some("Primary MDM")).await;
        portal.assign(&[SPARE], None).await;
    }
    for (limit, more) in [(3, true), (4, false), (5, false)] {
        let page = mdm.post("/devices/sync", json!({"cursor": cursor, "limit": limit})).await;
        assert_eq!(page.json()["more_to_follow"], more, "limit {limit}");
    }
    let first = mdm.post("/devices/sync", json!({"cursor": cursor, "limit": 3})).await;
    let second = mdm.post("/devices/sync", json!({"cursor": first.cursor(), "limit": 3})).await;
    assert_eq!(first.ops(), [op("added", SPARE), op("deleted", SPARE), op("added", SPARE)]);
    assert_eq!(second.ops(), [op("deleted", SPARE)]);
}

#[tokio::test]
async fn a_limit_out_of_range_is_clamped_in_a_sync_too() {
    let (_world, portal, mut mdm, cursor) = scene().await;
    portal.post("/devices", json!({"via": "configurator", "count": 1100, "server": "Primary MDM"})).await;
    for (limit, rows) in [(json!(null), 100), (json!(0), 1), (json!(-3), 1), (json!(1000), 1_000), (json!(5000), 1_000)]
    {
        let page = mdm.post("/devices/sync", json!({"cursor": cursor, "limit": limit})).await;
        assert_eq!(page.rows().len(), rows, "{limit}");
    }
}

#[tokio::test]
async fn the_last_row_can_be_delivered_once_more() {
    let (_world, portal, mut mdm, cursor) = scene().await;
    portal.quirks(json!({"redeliver_last": true})).await;
    portal.assign(&[SPARE], Some("Primary MDM")).await;
    portal.assign(&[SPARE], None).await;
    let first = mdm.sync(&cursor).await;
    assert_eq!(first.ops(), [op("added", SPARE), op("deleted", SPARE)], "a fetch has no row to deliver again");
    let second = mdm.sync(&first.cursor()).await;
    assert_eq!(second.ops(), [op("deleted", SPARE)]);
    assert_eq!(second.json()["fetched_until"], first.json()["fetched_until"]);
    assert_eq!(mdm.sync(&second.cursor()).await.rows(), [] as [Value; 0]);
}

#[tokio::test]
async fn the_same_cursor_can_come_back_with_the_promise_of_more() {
    let (_world, portal, mut mdm, cursor) = scene().await;
    portal.quirks(json!({"repeat_cursor": 2})).await;
    portal.assign(&[SPARE], Some("Primary MDM")).await;
    for _ in 0..2 {
        let page = mdm.sync(&cursor).await;
        assert_eq!((page.cursor(), page.serials()), (cursor.clone(), vec![SPARE.to_owned()]));
        assert_eq!(page.json()["more_to_follow"], true);
    }
    let last = mdm.sync(&cursor).await;
    assert_ne!(last.cursor(), cursor);
    assert_eq!(last.json()["more_to_follow"], false);
    let first = mdm.fetch(None, 1).await;
    let second = mdm.fetch(Some(&first.cursor()), 1).await;
    assert_eq!(second.cursor(), first.cursor(), "and in a fetch");
}

#[tokio::test]
async fn a_device_can_be_missing_from_sync_though_it_is_in_fetch_and_details() {
    let (_world, portal, mut mdm, cursor) = scene().await;
    portal.quirks(json!({"sync_omits": [SPARE]})).await;
    portal.assign(&[SPARE], Some("Primary MDM")).await;
    assert_eq!(mdm.sync(&cursor).await.rows(), [] as [Value; 0]);
    assert!(mdm.fetch_all(10).await.0.contains(&SPARE.to_owned()));
    assert_eq!(mdm.details(SPARE).await["response_status"], "SUCCESS");
}

#[tokio::test]
async fn every_answer_has_a_cursor_of_its_own_though_nothing_is_new_and_time_stands() {
    let (_world, _portal, mut mdm, fetched) = scene().await;
    let first = mdm.sync(&fetched).await;
    assert_eq!(first.rows(), [json!(null); 0]);
    let second = mdm.sync(&first.cursor()).await;
    assert!(fetched != first.cursor() && first.cursor() != second.cursor());
}
