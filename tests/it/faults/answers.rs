//! The call's own answer, spoilt.

use serde_json::{Value, json};

use super::{counts, fault};
use crate::actors::{MdmServer, World};

async fn world() -> (World, MdmServer) {
    let world = World::small().await;
    let mdm = world.mdm("Primary MDM").await;
    (world, mdm)
}

const PHONE: &str = "C02PHONE0001";
const PAD: &str = "C02PAD000002";
const MAC: &str = "C02MAC000003";

#[tokio::test]
async fn a_truncated_body_is_complete_in_http_and_no_json() {
    let (world, mut mdm) = world().await;
    let whole = mdm.get("/account").await.text;
    fault(&world.portal(), json!({"on": "enrollment.account", "do": {"body": "truncated"}})).await;
    let cut = mdm.get("/account").await;
    assert_eq!((cut.status, cut.header("content-length")), (200, Some((whole.len() / 2).to_string().as_str())));
    assert_eq!(cut.text, whole[..whole.len() / 2]);
    assert!(serde_json::from_str::<Value>(&cut.text).is_err());
}

#[tokio::test]
async fn an_empty_body_keeps_its_status_and_the_call_its_effect() {
    let (world, mut mdm) = world().await;
    let profile = mdm.define("P").await;
    fault(&world.portal(), json!({"on": "enrollment.assign_profile", "do": {"body": "empty"}})).await;
    let answer = mdm.assign(&profile, &[PHONE]).await;
    assert_eq!((answer.status, answer.text.as_str(), answer.header("content-length")), (200, "", Some("0")));
    assert_eq!(world.portal().device(PHONE).await["profile_status"], "assigned");
}

#[tokio::test]
async fn rows_are_missing_from_a_page_or_there_twice() {
    let (world, mut mdm) = world().await;
    let portal = world.portal();
    for (rows, serials) in [
        (json!({"omit": 1}), vec![PHONE, PAD]),
        (json!({"omit": 9}), vec![]),
        (json!({"omit": PAD}), vec![PHONE, MAC]),
        (json!({"omit": ["C02P*"]}), vec![MAC]),
        (json!({"duplicate": 1}), vec![PHONE, PAD, MAC, MAC]),
        (json!({"duplicate": PHONE}), vec![PHONE, PHONE, PAD, MAC]),
        (json!({"omit": PAD, "duplicate": 2}), vec![PHONE, PHONE, MAC, MAC]),
    ] {
        fault(&portal, json!({"on": "enrollment.fetch_devices", "times": 1, "do": {"rows": rows}})).await;
        assert_eq!(mdm.fetch(None, 100).await.serials(), serials, "{rows}");
    }
    assert_eq!(mdm.fetch(None, 100).await.serials(), [PHONE, PAD, MAC]);
}

#[tokio::test]
async fn a_device_that_never_shows_in_sync_is_still_fetched_and_told_of() {
    let (world, mut mdm) = world().await;
    let portal = world.portal();
    let (_, cursor) = mdm.fetch_all(100).await;
    let id = fault(&portal, json!({"on": "enrollment.sync_devices", "do": {"rows": {"omit": "C02SPARE0004"}}})).await;
    assert!(mdm.sync(&cursor).await.rows().is_empty());
    assert_eq!(counts(&portal, &id).await, (0, 0), "a page without it is left alone");
    portal.assign(&["C02SPARE0004"], Some("Primary MDM")).await;
    let page = mdm.sync(&cursor).await;
    assert!(page.rows().is_empty());
    assert!(mdm.sync(&page.cursor()).await.rows().is_empty(), "it never comes");
    assert_eq!(counts(&portal, &id).await, (1, 1));
    assert!(mdm.fetch_all(100).await.0.contains(&"C02SPARE0004".to_owned()));
    assert_eq!(mdm.details("C02SPARE0004").await["response_status"], "SUCCESS");
}

#[tokio::test]
async fn serial_numbers_are_missing_from_the_answer_to_a_call_for_many() {
    let (world, mut mdm) = world().await;
    let portal = world.portal();
    let profile = mdm.define("P").await;
    let rule = json!({"on": ["enrollment.assign_profile", "enrollment.device_details"], "do": {"rows": {"omit": PAD}}});
    fault(&portal, rule).await;
    let answer = mdm.assign(&profile, &[PHONE, PAD, MAC]).await.expect_ok();
    assert_eq!(answer["devices"], json!({PHONE: "SUCCESS", MAC: "SUCCESS"}));
    assert_eq!(portal.device(PAD).await["profile_status"], "assigned", "it was assigned all the same");
    let details = mdm.post("/devices", json!({"devices": [PHONE, PAD]})).await.expect_ok();
    assert_eq!(details["devices"].as_object().unwrap().keys().collect::<Vec<_>>(), [PHONE]);
}

#[tokio::test]
async fn a_page_comes_with_the_cursor_that_asked_for_it() {
    let (world, mut mdm) = world().await;
    let portal = world.portal();
    let (_, cursor) = mdm.fetch_all(100).await;
    let rule = json!({"on": "enrollment.*", "times": 2, "do": {"quirk": "repeat_cursor"}});
    let id = fault(&portal, rule).await;
    mdm.fetch(None, 2).await.expect_ok();
    for _ in 0..2 {
        let page = mdm.sync(&cursor).await.expect_ok();
        assert_eq!((&page["cursor"], &page["more_to_follow"]), (&json!(cursor), &json!(true)));
    }
    let page = mdm.sync(&cursor).await.expect_ok();
    assert_ne!(page["cursor"], json!(cursor));
    assert_eq!(page["more_to_follow"], false);
    assert_eq!(counts(&portal, &id).await, (3, 2), "a call without a cursor has none to be repeated");
}

#[tokio::test]
async fn a_stale_answer_is_what_the_same_was_answered_before() {
    let (world, mut mdm) = world().await;
    let portal = world.portal();
    let profile = mdm.define("P").await;
    assert_eq!(mdm.details(PHONE).await["profile_status"], "empty");
    let id = fault(&portal, json!({"on": "enrollment.device_details", "times": 2, "do": {"quirk": "stale"}})).await;
    mdm.assign(&profile, &[PHONE]).await.expect_ok();
    assert_eq!(mdm.details(PAD).await["profile_status"], "empty", "nobody asked for this one before: it is answered");
    assert_eq!(counts(&portal, &id).await.1, 0);
    for _ in 0..2 {
        assert_eq!(mdm.details(PHONE).await["profile_status"], "empty");
    }
    assert_eq!(mdm.details(PHONE).await["profile_status"], "assigned");
}

#[tokio::test]
async fn a_stale_answer_belongs_to_one_server() {
    let (world, mut mdm) = world().await;
    let mut other = world.mdm("Second MDM").await;
    assert_eq!(mdm.details(PHONE).await["response_status"], "SUCCESS");
    fault(&world.portal(), json!({"on": "enrollment.device_details", "do": {"quirk": "stale"}})).await;
    assert_eq!(other.details(PHONE).await["response_status"], "NOT_ACCESSIBLE");
}

#[tokio::test]
async fn answers_may_hold_what_no_client_knows_yet() {
    let (world, mut mdm) = world().await;
    fault(&world.portal(), json!({"on": "*", "do": {"quirk": "future"}})).await;
    let page = mdm.fetch(None, 100).await.expect_ok();
    assert!(page["future_attribute"].is_object() && page["cursor"].is_string());
    let row = &page["devices"][0];
    assert_eq!((&row["serial_number"], &row["device_family"]), (&json!(PHONE), &json!("Future")));
    assert!(row["future_attribute"].is_object());
    assert!(mdm.get("/account").await.expect_ok()["future_attribute"].is_object());
}

#[tokio::test]
async fn a_refused_call_is_not_altered() {
    let (world, mut mdm) = world().await;
    fault(&world.portal(), json!({"on": "enrollment.*", "do": {"rows": {"omit": 1}}})).await;
    mdm.post("/devices", json!({"devices": []})).await.expect_refusal(400, "DEVICE_ID_REQUIRED");
    mdm.sync("x").await.expect_refusal(400, "INVALID_CURSOR");
}
