//! Faults on notifications.

use serde_json::json;

use super::{Notified, TOKEN};
use crate::actors::{Manner, Webhook};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_notification_comes_more_than_once() {
    let mut acme = Notified::open().await;
    acme.fault(json!({"duplicate": 2}), 1).await;
    acme.buy(1);
    acme.buy(2);
    let deltas = deltas(&mut acme, 4).await;
    assert_eq!(deltas, [1, 1, 1, 2]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_notification_vanishes_for_good() {
    let mut acme = Notified::open().await;
    acme.fault(json!({"drop": true}), 1).await;
    acme.buy(1);
    acme.buy(2);
    assert_eq!(deltas(&mut acme, 1).await, [2]);
    acme.portal().advance("1h").await;
    assert!(acme.webhook.rest().is_empty());
    let log = acme.portal().get("/notifications?state=dropped").await;
    assert_eq!(log["items"][0]["faults"], json!(["fault-1: drop"]));
    assert_eq!(log["items"][0]["attempts"], json!([]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_notification_is_overtaken_by_the_next_one_or_comes_late() {
    let mut acme = Notified::open().await;
    acme.fault(json!({"reorder": true}), 1).await;
    acme.buy(1);
    acme.buy(2);
    assert_eq!(deltas(&mut acme, 2).await, [2, 1]);
    acme.fault(json!({"reorder": true}), 1).await;
    acme.buy(3);
    let ran = acme.portal().advance("2m").await;
    assert_eq!(deltas(&mut acme, 1).await, [3]);
    assert!(ran.to_string().contains("2026-09-01T08:01:00Z"), "a minute later: {ran}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_notification_is_late_and_holds_nothing_up() {
    let mut acme = Notified::open().await;
    acme.fault(json!({"delay": "3s"}), 1).await;
    acme.buy(1);
    acme.buy(2);
    assert_eq!(deltas(&mut acme, 2).await, [2, 1]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_bearer_is_refused_and_the_right_one_follows() {
    let mut acme = Notified::with(Webhook::minding(&[Manner::Answer(403)]).await).await;
    acme.fault(json!({"bearer": "wrong"}), 1).await;
    acme.buy(1);
    let first = acme.webhook.next().await;
    assert_ne!(first.header("authorization"), Some(format!("Bearer {TOKEN}").as_str()));
    acme.portal().advance("1m").await;
    let second = acme.webhook.next().await;
    assert_eq!(second.header("authorization"), Some(format!("Bearer {TOKEN}").as_str()));
    assert_eq!(second.body, first.body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn chance_is_the_same_with_the_same_seed() {
    let mut runs = Vec::new();
    for _ in 0..2 {
        let mut acme = Notified::open().await;
        let rule = json!({"on": "apps.notification", "probability": 0.5, "do": {"drop": true}});
        acme.portal().post("/faults", rule).await;
        for number in 1..=12 {
            acme.buy(number);
        }
        acme.portal().advance("1m").await;
        runs.push(
            acme.webhook.rest().iter().map(|one| one.body["notification"]["countDelta"].clone()).collect::<Vec<_>>(),
        );
    }
    assert_eq!(runs[0], runs[1]);
    assert!(!runs[0].is_empty() && runs[0].len() < 12, "{runs:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_happen_to_a_notification_is_said() {
    let acme = Notified::open().await;
    for (on, effect, words) in [
        ("apps.notification", json!({"status": 503}), "a notification has no answer of ours"),
        ("apps.notification", json!({"close": "mid_body"}), "a notification can be delayed"),
        ("apps.notification", json!({"duplicate": 0}), "`duplicate` must be a whole number"),
        ("apps.notification", json!({"bearer": "mine"}), "`bearer` cannot be"),
        ("apps.notification", json!({"drop": true, "reorder": true}), "do not go together"),
        ("enrollment.account", json!({"drop": true}), "is a call of the client's"),
    ] {
        let (status, problem) = acme.portal().try_call("POST", "/faults", json!({"on": on, "do": effect})).await;
        assert_eq!(status, 422, "{on} {effect}");
        assert!(problem.to_string().contains(words), "{problem}");
    }
}

async fn deltas(acme: &mut Notified, count: usize) -> Vec<i64> {
    let mut deltas = Vec::new();
    for _ in 0..count {
        deltas.push(acme.webhook.next().await.body["notification"]["countDelta"].as_i64().unwrap());
    }
    deltas
}
