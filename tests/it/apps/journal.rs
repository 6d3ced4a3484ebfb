//! What the journal and the metrics keep of Apps and Books.

use serde_json::json;

use super::{library, library_notifying};
use crate::actors::Webhook;

#[tokio::test]
async fn the_journal_names_the_call_the_location_and_the_reason_and_no_token() {
    let webhook = Webhook::open().await;
    let world = library_notifying(&webhook).await;
    let hq = world.content_manager("HQ");
    let set = json!({"notificationUrl": webhook.url(), "notificationAuthToken": "0123456789abcdef0123"});
    hq.post("/client/config", set).await.expect_ok();
    hq.get("/assets?pageIndex=4").await.expect_number(400, 9650);
    let entries = world.portal().journal("").await;
    let refused = entries.iter().find(|entry| entry["operation"] == "apps.assets").unwrap();
    assert_eq!(refused["server"], "HQ");
    assert!(refused["why"].to_string().contains("page 4"), "{refused}");
    assert!(refused["refs"].to_string().contains("apps.pages"), "{refused}");
    let text = json!(entries).to_string();
    assert!(text.contains("apps.set_client_config"));
    for secret in [hq.token(), "0123456789abcdef0123"] {
        assert!(!text.contains(secret));
    }
}

#[tokio::test]
async fn the_metrics_count_the_calls() {
    let world = library().await;
    world.content_manager("HQ").get("/client/config").await.expect_ok();
    let metrics = world.content_manager("HQ").client.get(format!("{}/_sim/metrics", world.url()));
    let text = metrics.send().await.unwrap().text().await.unwrap();
    let line = text.lines().find(|line| line.contains("apps.client_config") && line.ends_with(" 1"));
    assert!(line.is_some(), "{text}");
}
