//! When notifications are sent, and sent again.

use serde_json::json;

use super::Notified;
use crate::actors::{Manner, Webhook};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_taken_is_sent_twice_more_with_the_same_id() {
    let manners = [Manner::Answer(500), Manner::Answer(403), Manner::Answer(302)];
    let mut acme = Notified::with(Webhook::minding(&manners).await).await;
    acme.buy(1);
    let first = acme.webhook.next().await;
    assert!(acme.webhook.rest().is_empty(), "the clock stands");
    let ran = acme.portal().advance("59s").await;
    assert_eq!(ran, json!([]));
    let ran = acme.portal().advance("10m").await;
    let url = acme.webhook.url();
    assert_eq!(
        ran,
        json!([
            {"at": "2026-09-01T08:01:00Z", "what": format!("notified {url}: ASSET_COUNT, 403"), "failed": true},
            {"at": "2026-09-01T08:05:00Z", "what": format!("notified {url}: ASSET_COUNT, 302"), "failed": true},
        ])
    );
    let again = acme.webhook.rest();
    assert_eq!(again.len(), 2);
    assert!(again.iter().all(|posted| posted.body == first.body));
    let log = acme.portal().get("/notifications").await;
    assert_eq!(log["items"][0]["state"], "failed");
    let statuses: Vec<_> = log["items"][0]["attempts"].as_array().unwrap().iter().map(|one| &one["status"]).collect();
    assert_eq!(statuses, [&json!(500), &json!(403), &json!(302)]);
    assert_eq!(acme.portal().advance("1d").await, json!([]), "never again");
    assert!(acme.webhook.rest().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn once_it_is_taken_it_is_not_sent_again() {
    let mut acme = Notified::with(Webhook::minding(&[Manner::HangUp, Manner::Answer(204)]).await).await;
    acme.buy(1);
    acme.webhook.next().await;
    let ran = acme.portal().advance("1h").await;
    assert_eq!(ran.as_array().unwrap().len(), 1, "{ran}");
    assert_eq!(ran[0]["at"], "2026-09-01T08:01:00Z");
    assert_eq!(acme.webhook.rest().len(), 1);
    assert_eq!(acme.portal().get("/notifications").await["items"][0]["state"], "delivered");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_advance_tells_events_and_notifications_in_the_order_of_their_time() {
    let mut acme = Notified::with(Webhook::minding(&[Manner::Answer(500)]).await).await;
    acme.create_users(["w-1".to_owned()]);
    let ran = acme.portal().advance("5m").await;
    let whats: Vec<&str> = ran.as_array().unwrap().iter().map(|line| line["what"].as_str().unwrap()).collect();
    let url = acme.webhook.url();
    assert_eq!(whats.len(), 3, "{whats:?}");
    assert!(whats[0].starts_with("event CREATE at HQ"), "{whats:?}");
    assert_eq!(whats[1], format!("notified {url}: USER_MANAGEMENT, 500"));
    assert_eq!(whats[2], format!("notified {url}: USER_MANAGEMENT, 200"));
    let at = |line: usize| ran[line]["at"].as_str().unwrap().to_owned();
    assert_eq!(at(0), at(1));
    assert!(at(1) < at(2));
    assert_eq!(acme.portal().get("/clock").await["now"], "2026-09-01T08:05:00Z");
    assert_eq!(acme.webhook.rest().len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_running_clock_sends_by_itself() {
    let mut acme = Notified::with(Webhook::minding(&[Manner::Answer(500)]).await).await;
    acme.portal().post("/clock", json!({"mode": "running", "rate": 600})).await;
    acme.create_users(["w-1".to_owned()]);
    let first = acme.webhook.next().await;
    let second = acme.webhook.next().await;
    assert_eq!(first.body, second.body);
    let log = acme.portal().get("/notifications?state=delivered&wait=5s&count=1").await;
    assert_eq!(log["items"].as_array().unwrap().len(), 1, "{log}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_snapshot_put_back_sends_what_was_still_to_be_sent() {
    let mut acme = Notified::with(Webhook::minding(&[Manner::Answer(500)]).await).await;
    acme.buy(1);
    let first = acme.webhook.next().await;
    let ran = acme.portal().advance("1s").await;
    assert_eq!(ran, json!([]));
    let snapshot = acme.portal().get("/snapshot").await;
    acme.portal().advance("10m").await;
    assert_eq!(acme.webhook.next().await.id(), first.id());
    acme.portal().call("PUT", "/snapshot", snapshot).await;
    let ran = acme.portal().advance("10m").await;
    assert_eq!(ran.as_array().unwrap().len(), 1, "{ran}");
    assert_eq!(acme.webhook.next().await.id(), first.id());
}
