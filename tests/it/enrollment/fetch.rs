//! Fetching the list of devices, page by page.

use serde_json::{Value, json};

use crate::actors::World;

const BIG: &str = "
version: 1
seed: 7
clock: {start: 2026-09-01T08:00:00Z, mode: frozen}
organizations:
  - id: acme
    servers: [{name: Big}, {name: Empty}]
    orders: [{placed: -30d, devices: [{model: iPhone 16, count: 1205, server: Big}]}]
";

#[tokio::test]
async fn a_limit_out_of_range_is_clamped_and_an_absent_one_is_a_hundred() {
    let world = World::of(BIG).await;
    let mut mdm = world.mdm("Big").await;
    for (limit, rows) in [
        (json!({}), 100),
        (json!({"limit": null}), 100),
        (json!({"limit": 0}), 1),
        (json!({"limit": -1}), 1),
        (json!({"limit": 1}), 1),
        (json!({"limit": 1000}), 1_000),
        (json!({"limit": 1001}), 1_000),
        (json!({"limit": 9_000_000_000_000_i64}), 1_000),
    ] {
        let page = mdm.post("/server/devices", limit.clone()).await;
        assert_eq!(page.rows().len(), rows, "{limit}");
        assert_eq!(page.json()["more_to_follow"], true);
    }
}

#[tokio::test]
async fn a_body_of_the_wrong_shape_is_malformed() {
    let world = World::small().await;
    let mdm = world.mdm("Primary MDM").await;
    for body in ["", "[]", "{", "null", r#"{"limit":"10"}"#, r#"{"limit":1.5}"#, r#"{"limit":true}"#, r#"{"cursor":5}"#]
    {
        for path in ["/server/devices", "/devices/sync"] {
            mdm.send("POST", path, Some(body)).await.expect_refusal(400, "MALFORMED_REQUEST_BODY");
        }
    }
    assert_eq!(mdm.send("POST", "/server/devices", Some("{\"limit\":2,\"more\":[1]}\n")).await.rows().len(), 2);
}

#[tokio::test]
async fn no_cursor_null_and_an_empty_one_begin_at_the_beginning() {
    let world = World::small().await;
    let mut mdm = world.mdm("Primary MDM").await;
    for body in [json!({}), json!({"cursor": null}), json!({"cursor": ""})] {
        assert_eq!(mdm.post("/server/devices", body).await.serials(), ["C02PHONE0001", "C02PAD000002", "C02MAC000003"]);
    }
}

#[tokio::test]
async fn a_page_that_ends_with_the_last_device_promises_nothing() {
    let world = World::small().await;
    let mut mdm = world.mdm("Primary MDM").await;
    for (limit, more) in [(2, true), (3, false), (4, false)] {
        assert_eq!(mdm.fetch(None, limit).await.json()["more_to_follow"], more, "limit {limit}");
    }
    let first = mdm.fetch(None, 2).await;
    let second = mdm.fetch(Some(&first.cursor()), 1).await;
    assert_eq!(second.serials(), ["C02MAC000003"]);
    assert_eq!(second.json()["more_to_follow"], false);
}

#[tokio::test]
async fn a_list_is_known_until_now_and_its_keys_have_their_order() {
    let world = World::small().await;
    let mut mdm = world.mdm("Primary MDM").await;
    let page = mdm.fetch(None, 100).await;
    let keys: Vec<String> = page.json().as_object().unwrap().keys().cloned().collect();
    assert_eq!(keys, ["devices", "fetched_until", "more_to_follow", "cursor"]);
    assert_eq!(page.json()["fetched_until"], "2026-09-01T08:00:00Z");
    assert!(page.rows().iter().all(|row| row.get("op_type").is_none() && row.get("op_date").is_none()));
}

#[tokio::test]
async fn a_server_without_devices_has_an_empty_list() {
    let world = World::of(BIG).await;
    let mut mdm = world.mdm("Empty").await;
    let page = mdm.fetch(None, 100).await;
    assert!(page.text.starts_with(r#"{"devices":[],"fetched_until":"#), "{}", page.text);
    assert_eq!(page.json()["more_to_follow"], false);
    assert_eq!(mdm.sync(&page.cursor()).await.rows(), [] as [Value; 0]);
}

#[tokio::test]
async fn devices_stand_in_the_order_in_which_they_came_to_the_server() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    portal.assign(&["C02SPARE0004"], Some("Primary MDM")).await;
    portal.assign(&["C02PHONE0001"], Some("Second MDM")).await;
    portal.assign(&["C02PHONE0001"], Some("Primary MDM")).await;
    let expected = ["C02PAD000002", "C02MAC000003", "C02SPARE0004", "C02PHONE0001"];
    assert_eq!(mdm.fetch(None, 100).await.serials(), expected);
}

#[tokio::test]
async fn what_comes_or_goes_while_a_client_pages_is_left_to_sync() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    let first = mdm.fetch(None, 1).await;
    assert_eq!(first.serials(), ["C02PHONE0001"]);
    portal.assign(&["C02SPARE0004"], Some("Primary MDM")).await;
    portal.assign(&["C02PAD000002"], None).await;
    let second = mdm.fetch(Some(&first.cursor()), 10).await;
    assert_eq!(second.serials(), ["C02MAC000003"], "the iPad left, the spare one came too late");
    assert_eq!(second.json()["more_to_follow"], false);
    let ops = mdm.sync(&second.cursor()).await.ops();
    let row = |op: &str, serial: &str| (op.to_owned(), serial.to_owned());
    assert_eq!(ops, [row("added", "C02SPARE0004"), row("deleted", "C02PAD000002")]);
}

#[tokio::test]
async fn a_fetch_in_pages_and_one_in_a_piece_give_the_same() {
    let world = World::of(BIG).await;
    let mut mdm = world.mdm("Big").await;
    let (whole, _) = mdm.fetch_all(1_000).await;
    let (pieces, _) = mdm.fetch_all(97).await;
    assert_eq!(whole.len(), 1_205);
    assert_eq!(whole, pieces);
}
