//! The journal as an HTTP Archive.

use serde_json::{Value, json};

use super::PHONE;
use crate::actors::{MdmServer, Portal, World};

const ACCEPT: (&str, &str) = ("accept", "application/har+json");

async fn archive(portal: &Portal, query: &str) -> Value {
    let answer = portal.send("GET", &format!("/journal{query}"), &[ACCEPT], b"").await;
    assert_eq!(answer.header("content-type"), Some("application/har+json"));
    answer.expect_ok()
}

#[track_caller]
fn texts(value: &Value, keys: &[&str]) {
    for key in keys {
        assert!(value[*key].is_string(), "{key} is no text in {value}");
    }
}

#[track_caller]
fn numbers(value: &Value, keys: &[&str]) {
    for key in keys {
        assert!(value[*key].is_number(), "{key} is no number in {value}");
    }
}

/// What HAR 1.2 requires of a list of names and values.
#[track_caller]
fn pairs(value: &Value) {
    for pair in value.as_array().unwrap() {
        texts(pair, &["name", "value"]);
    }
}

/// Everything that HAR 1.2 requires.
#[track_caller]
fn check(archive: &Value) {
    let log = &archive["log"];
    assert_eq!(log["version"], "1.2");
    texts(&log["creator"], &["name", "version"]);
    for entry in log["entries"].as_array().unwrap() {
        texts(entry, &["startedDateTime"]);
        let started = entry["startedDateTime"].as_str().unwrap();
        assert!(started.len() == 24 && started.as_bytes()[19] == b'.' && started.ends_with('Z'), "{started}");
        numbers(entry, &["time"]);
        assert!(entry["cache"].is_object());
        let timings = &entry["timings"];
        numbers(timings, &["send", "wait", "receive"]);
        let sum: f64 = ["send", "wait", "receive"].iter().map(|key| timings[*key].as_f64().unwrap()).sum();
        assert!((sum - entry["time"].as_f64().unwrap()).abs() < 1e-9, "time is the sum of its parts");
        let (request, response) = (&entry["request"], &entry["response"]);
        texts(request, &["method", "url", "httpVersion"]);
        texts(response, &["statusText", "httpVersion", "redirectURL"]);
        numbers(response, &["status"]);
        for message in [request, response] {
            numbers(message, &["headersSize", "bodySize"]);
            pairs(&message["headers"]);
            pairs(&message["cookies"]);
        }
        pairs(&request["queryString"]);
        if let Some(data) = request.get("postData") {
            texts(data, &["mimeType", "text"]);
        }
        numbers(&response["content"], &["size"]);
        texts(&response["content"], &["mimeType"]);
        let extensions = entry.as_object().unwrap().keys().filter(|key| key.starts_with('_')).count();
        assert_eq!(
            entry.as_object().unwrap().len() - extensions,
            7,
            "what HAR does not know begins with an underscore"
        );
    }
}

#[tokio::test]
async fn the_archive_has_all_that_har_requires() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    mdm.post("/devices?a=1&b=x%20y", json!({"devices": [PHONE]})).await.expect_ok();
    mdm.post("/devices/sync", json!({})).await.expect_refusal(400, "CURSOR_REQUIRED");
    let with_cookie = mdm.client.post(format!("{}/devices", mdm.url)).header("Cookie", "a=0123456789abcdefgh; b=2");
    MdmServer::receive(with_cookie.body(vec![0xff, 0x00])).await;
    let archive = archive(&portal, "").await;
    check(&archive);
    let entries = archive["log"]["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 4);
    let details = &entries[1];
    assert_eq!(details["request"]["url"], format!("{}/devices?a=1&b=x%20y", world.url()));
    assert_eq!(details["request"]["queryString"], json!([{"name": "a", "value": "1"}, {"name": "b", "value": "x y"}]));
    let data = &details["request"]["postData"];
    assert_eq!(data["text"], json!({"devices": [PHONE]}).to_string());
    assert_eq!(data["mimeType"], "application/json;charset=UTF8");
    let content = &details["response"]["content"];
    let body: Value = serde_json::from_str(content["text"].as_str().unwrap()).unwrap();
    assert_eq!(body["devices"][PHONE]["response_status"], "SUCCESS");
    assert_eq!(content["size"], content["text"].as_str().unwrap().len());
    let refused = &entries[2];
    assert_eq!(
        (&refused["response"]["status"], &refused["response"]["statusText"]),
        (&json!(400), &json!("Bad Request"))
    );
    assert_eq!(refused["_operation"], "enrollment.sync_devices");
    assert_eq!(refused["_why"], json!(["`cursor` is missing"]));
    assert_eq!(refused["_refs"], json!(["enrollment.cursor-required"]));
    let binary = &entries[3]["request"];
    assert_eq!((&binary["postData"]["text"], &binary["postData"]["_encoding"]), (&json!("/wA="), &json!("base64")));
    let cookies =
        json!([{"name": "a", "value": "012345…efgh (18 characters)"}, {"name": "b", "value": "… (1 characters)"}]);
    assert_eq!(binary["cookies"], cookies);
}

#[tokio::test]
async fn filters_and_waiting_work_for_archives_and_one_exchange_is_one_too() {
    let world = World::small().await;
    let portal = world.portal();
    check(&archive(&portal, "?wait=50ms").await);
    world.mdm("Primary MDM").await;
    let found = archive(&portal, "?operation=enrollment.session&wait=60s").await;
    check(&found);
    assert_eq!(found["log"]["entries"].as_array().unwrap().len(), 1);
    assert_eq!(archive(&portal, "/1").await, found);
    assert_eq!(archive(&portal, "?status=5xx").await["log"]["entries"], json!([]));
}
