//! The log of deliveries.

use serde_json::json;

use super::{Notified, TOKEN};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_has_what_was_sent_and_how_that_went() {
    let mut acme = Notified::open().await;
    acme.buy(3);
    let posted = acme.webhook.next().await;
    let log = acme.portal().get("/notifications?type=ASSET_COUNT&state=delivered&wait=10s&count=1").await;
    let item = &log["items"][0];
    assert_eq!((&item["id"], &item["type"]), (&json!(posted.id()), &json!("ASSET_COUNT")));
    assert_eq!((&item["body"], &item["url"]), (&posted.body, &json!(acme.webhook.url())));
    assert_eq!((&item["state"], &item["location"]), (&json!("delivered"), &json!("HQ")));
    assert_eq!((&item["at"], &item["attempts"][0]["at"]), (&json!("2026-09-01T08:00:00Z"), &item["at"]));
    assert_eq!(item["attempts"][0]["status"], 200);
    assert!(item["attempts"][0]["duration_us"].as_u64().unwrap() > 0);
    let metrics = acme.portal().client.get(format!("{}/_sim/metrics", acme.portal().url)).send().await.unwrap();
    assert!(metrics.text().await.unwrap().contains("\nabmsim_notifications_taken_total 1\n"));
    assert!(!log.to_string().contains(TOKEN) && item["bearer"].is_string(), "{item}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_is_waited_for_and_answers_when_there_is_enough() {
    let acme = Notified::open().await;
    let portal = acme.portal();
    let waiting = tokio::spawn(async move { portal.get("/notifications?state=delivered&wait=30s&count=2").await });
    acme.buy(1);
    acme.buy(2);
    assert_eq!(waiting.await.unwrap()["items"].as_array().unwrap().len(), 2);
    let none = acme.portal().get("/notifications?state=failed&wait=100ms&count=1").await;
    assert_eq!(none["items"], json!([]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_lost_while_too_many_wait_is_told() {
    let acme = Notified::open().await;
    // Nothing listens there: whatever is sent is to be sent again.
    acme.subscribe("https://127.0.0.1:1/");
    assert_eq!(acme.portal().get("/notifications").await.get("lost"), None);
    acme.buy_often(2_005);
    let listed = acme.portal().get("/notifications").await;
    let items = listed["items"].as_array().unwrap();
    assert_eq!((items.len(), &items[0]["number"], &listed["lost"]), (2_000, &json!(6), &json!(5)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_has_come_to_its_end_is_forgotten_first() {
    let mut acme = Notified::open().await;
    acme.buy(1);
    acme.webhook.next().await;
    acme.portal().get("/notifications?state=delivered&wait=10s").await;
    acme.buy_often(2_000);
    let listed = acme.portal().get("/notifications").await;
    let items = listed["items"].as_array().unwrap();
    assert_eq!((items.len(), &items[0]["number"], listed.get("lost")), (2_000, &json!(2), None));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_question_that_does_not_fit_is_refused() {
    let acme = Notified::open().await;
    for query in ["?typ=ASSET_COUNT", "?type=ASSET_COUNTS", "?state=lost", "?wait=20m", "?count=x"] {
        let (status, problem) = acme.portal().try_call("GET", &format!("/notifications{query}"), json!(null)).await;
        assert_eq!(status, 400, "{query}: {problem}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_test_is_sent_when_it_is_asked_for() {
    let mut acme = Notified::open().await;
    let sent = acme.portal().post("/notifications", json!({"location": "HQ"})).await;
    let posted = acme.webhook.next().await;
    assert_eq!(
        (&sent["id"], &sent["type"], &sent["state"]),
        (&json!(posted.id()), &json!("TEST_NOTIFICATION"), &json!("delivered"))
    );
    assert_eq!(posted.body["notification"], json!({}));
    for named in [sent["number"].to_string(), posted.id().to_owned()] {
        assert_eq!(acme.portal().get(&format!("/notifications/{named}")).await, sent);
    }
    acme.fault(json!({"drop": true}), 1).await;
    let lost = acme.portal().post("/notifications", json!({"location": "HQ"})).await;
    assert_eq!((&lost["state"], &lost["attempts"]), (&json!("dropped"), &json!([])));
    acme.portal().refused("POST", "/notifications", json!({"location": "HK"}), 404, "NOT_FOUND").await;
    acme.portal().post("/locations", json!({"name": "Branch"})).await;
    let silent = json!({"location": "Branch"});
    acme.portal().refused("POST", "/notifications", silent, 409, "NO_NOTIFICATION_URL").await;
    let (status, _) = acme.portal().try_call("GET", "/notifications/99", json!(null)).await;
    assert_eq!(status, 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fault_may_be_for_the_notifications_of_one_location() {
    let mut acme = Notified::open().await;
    acme.portal().post("/locations", json!({"name": "Branch"})).await;
    let on = |location: &str| json!({"on": "apps.notification", "when": {"server": location}, "do": {"drop": true}});
    acme.portal().post("/faults", on("Branch")).await;
    acme.buy(1);
    acme.webhook.next().await;
    acme.portal().post("/faults", on("HQ")).await;
    acme.buy(2);
    let dropped = acme.portal().get("/notifications?state=dropped&wait=10s").await;
    assert_eq!(dropped["items"][0]["faults"], json!(["fault-2: drop"]));
}
