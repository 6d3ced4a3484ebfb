//! `abmsim notification`.

use serde_json::{Value, json};

use super::{Served, run};
use crate::actors::Webhook;

const SCENARIO: &str = "
version: 1
clock: {start: 2026-09-01T08:00:00Z, mode: frozen}
organizations:
  - id: acme
    people: [{name: Robin Vos, managed_account: robin@acme.example, roles: [administrator]}]
    locations: [{name: HQ, assets: [{adam_id: 361309726, licenses: 5}]}]
    quirks: {webhook_tls: insecure}
";

fn json_of(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|wrong| panic!("{wrong}: {text}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn notifications_are_listed_tried_and_spoilt_from_a_shell() {
    let mut webhook = Webhook::open().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("scenario.yaml");
    std::fs::write(&file, SCENARIO).unwrap();
    let served = Served::start(&[file.to_str().unwrap()]);
    let (code, _, err) = run(&mut served.verb(&["notification", "test"]));
    assert!(code == 1 && err.contains("has set no address for notifications"), "{code} {err}");
    let config = json!({"notificationUrl": webhook.url(), "notificationAuthToken": "s3cret", "notificationTypes": ["ASSET_COUNT"]});
    let path = ["curl", "apps", "/client/config", "-d"];
    let body = config.to_string();
    if !super::has_curl() {
        eprintln!("SKIPPED: there is no curl program");
        return;
    }
    served.ok(&[&path[..], &[body.as_str()]].concat());
    assert_eq!(webhook.next().await.body["notificationType"], "TEST_NOTIFICATION");
    assert!(served.ok(&["notification", "test"]).contains("delivered"));
    webhook.next().await;
    served.ok(&["notification", "fault", "--drop", "--location", "HQ", "--times", "1"]);
    let (code, out, err) = run(&mut served.verb(&["notification", "test", "HQ"]));
    assert!(code == 1 && out.contains("dropped") && err.contains("a fault let it vanish"), "{code} {out} {err}");
    served.ok(&["license", "buy", "361309726", "--quantity", "2"]);
    let list = ["notification", "list", "--type", "ASSET_COUNT", "--state", "delivered", "--wait", "10s", "-o", "json"];
    let listed = json_of(&served.ok(&list));
    assert_eq!(listed["items"][0]["attempts"][0]["status"], 200);
    let table = served.ok(&["notification", "list"]);
    assert!(table.contains("STATE") && table.contains("dropped") && table.contains("ASSET_COUNT"), "{table}");
    let number = listed["items"][0]["number"].to_string();
    assert_eq!(json_of(&served.ok(&["notification", "show", &number, "-o", "json"])), listed["items"][0]);
    let none = ["notification", "list", "--state", "failed", "--wait", "100ms", "--count", "2"];
    let (code, _, err) = run(&mut served.verb(&none));
    assert!(code == 1 && err.contains("0 of 2 notifications came within 100ms"), "{code} {err}");
}
