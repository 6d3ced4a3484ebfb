//! Who is notified, and who cannot be.

use std::time::Duration;

use abmsim::clock::Stopwatch;
use abmsim::simulator::Settings;
use serde_json::json;

use super::{HQ, Notified, SCENARIO, TOKEN};
use crate::actors::{Manner, Webhook, World};

async fn untrusting(webhook: Webhook) -> Notified {
    let world = World::with(Settings::default(), SCENARIO).await;
    let notified = Notified { world, webhook };
    notified.subscribe(&notified.webhook.url());
    notified
}

/// Why the first attempt failed. An advance is settled when all is sent.
async fn error_of(acme: &Notified) -> String {
    acme.portal().advance("1s").await;
    acme.portal().get("/notifications").await["items"][0]["attempts"][0]["error"].to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_of_nobody_known_is_refused_unless_that_is_wanted() {
    let mut acme = untrusting(Webhook::open().await).await;
    acme.buy(1);
    let error = error_of(&acme).await;
    assert!(error.contains("webhook_tls: insecure"), "{error}");
    assert!(acme.webhook.rest().is_empty());
    acme.portal().quirks(json!({"webhook_tls": "insecure"})).await;
    acme.portal().advance("1m").await;
    assert_eq!(acme.webhook.next().await.kind(), "ASSET_COUNT");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_for_another_name_is_refused() {
    let mut acme = Notified::open().await;
    acme.subscribe(&format!("https://[::ffff:127.0.0.1]:{}/hook", acme.webhook.address.port()));
    acme.buy(1);
    let error = error_of(&acme).await;
    assert!(error.contains("certificate"), "{error}");
    assert!(acme.webhook.rest().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_goes_to_link_local_and_metadata_addresses() {
    let acme = Notified::open().await;
    for url in ["https://2852039166/latest", "https://169.254.169.254/", "https://[fd00:ec2::254]/"] {
        // Past the check of the client's own call, as by a name that leads there.
        acme.act(|books, _| books.content.location_mut(HQ).configuration.notification_url = Some(url.to_owned()));
        acme.buy(1);
        acme.portal().advance("1s").await;
        let log = acme.portal().get("/notifications?limit=1").await;
        let error = log["items"][0]["attempts"][0]["error"].to_string();
        assert!(error.contains("no notification goes"), "{url}: {error}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redirect_is_not_followed() {
    let mut acme = Notified::with(Webhook::minding(&[Manner::Redirect]).await).await;
    acme.buy(1);
    acme.webhook.next().await;
    acme.portal().advance("1s").await;
    let log = acme.portal().get("/notifications").await;
    assert_eq!(log["items"][0]["attempts"][0]["status"], 307);
    assert_eq!(log["items"][0]["state"], "pending");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receiver_that_never_answers_holds_nobody_up() {
    let mut acme = Notified::with(Webhook::minding(&[Manner::Silence]).await).await;
    let began = Stopwatch::start();
    acme.buy(1);
    acme.webhook.next().await;
    acme.buy(2);
    assert_eq!(acme.portal().get("/clock").await["mode"], "frozen");
    assert_eq!(acme.webhook.next().await.body["notification"]["countDelta"], 2);
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
    let log = acme.portal().get("/notifications?state=pending&limit=1").await;
    assert_eq!(log["items"][0]["attempts"], json!([]));
    acme.portal().advance("1s").await;
    let log = acme.portal().get("/notifications").await;
    assert!(log["items"][0]["attempts"][0]["error"].to_string().contains("no answer within"), "{log}");
    assert!(began.elapsed() < Duration::from_secs(9), "an advance waits for one attempt: {:?}", began.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_simulator_stops_while_somebody_does_not_answer() {
    let mut acme = Notified::with(Webhook::minding(&[Manner::Silence]).await).await;
    acme.buy(1);
    acme.webhook.next().await;
    let began = Stopwatch::start();
    acme.world.stop().await;
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_is_tried_before_it_is_taken() {
    let manners = [Manner::Answer(200), Manner::Answer(403), Manner::Silence];
    let mut acme = Notified::with(Webhook::minding(&manners).await).await;
    let (notifier, url) = (acme.world.simulator().notifier().clone(), acme.webhook.url());
    assert_eq!(notifier.test(&acme.acme(), HQ, &url, TOKEN).await, Ok(()));
    let posted = acme.webhook.next().await;
    let uid = acme.act(|books, _| books.content.location(HQ).uid.clone());
    assert_eq!(
        posted.body,
        json!({"notification": {}, "notificationId": posted.id(), "notificationType": "TEST_NOTIFICATION", "uId": uid})
    );
    let why = notifier.test(&acme.acme(), HQ, &url, TOKEN).await.unwrap_err();
    assert!(why.contains("403"), "{why}");
    let began = Stopwatch::start();
    assert!(notifier.test(&acme.acme(), HQ, &url, TOKEN).await.is_err());
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    let log = acme.portal().get("/notifications?type=TEST_NOTIFICATION").await;
    let states: Vec<_> = log["items"].as_array().unwrap().iter().map(|item| item["state"].clone()).collect();
    assert_eq!(states, ["delivered", "failed", "failed"]);
    assert_eq!(acme.portal().advance("1h").await, json!([]), "a test is not repeated");
}
