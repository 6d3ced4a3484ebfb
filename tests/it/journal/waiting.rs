//! Waiting until something was said.

use std::time::Duration;

use abmsim::clock::Stopwatch;
use serde_json::json;
use tokio::time::sleep;

use super::{PHONE, operations};
use crate::actors::World;

const MOMENT: Duration = Duration::from_millis(100);

#[tokio::test]
async fn what_is_there_already_is_answered_at_once() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    mdm.get("/account").await.expect_ok();
    let watch = Stopwatch::start();
    assert_eq!(portal.journal("?operation=enrollment.account&wait=60s").await.len(), 1);
    assert_eq!(portal.journal("?wait=60s&count=2").await.len(), 2);
    assert_eq!(portal.journal("?count=99").await.len(), 2, "a count alone waits for nothing");
    assert!(watch.elapsed() < Duration::from_secs(30));
}

#[tokio::test]
async fn an_exchange_is_waited_for_until_the_device_has_its_profile() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    let query = format!("?operation=enrollment.assign_profile&serial={PHONE}&status=200&wait=60s");
    let waiter = tokio::spawn({
        let portal = portal.clone();
        async move { portal.journal(&query).await }
    });
    sleep(MOMENT).await;
    let profile = mdm.define("Everybody").await;
    mdm.assign(&profile, &["C02PAD000002"]).await.expect_ok();
    sleep(MOMENT).await;
    assert!(!waiter.is_finished(), "that was another device");
    mdm.assign(&profile, &[PHONE]).await.expect_ok();
    let found = waiter.await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["response"]["body"]["devices"][PHONE], "SUCCESS");
}

#[tokio::test]
async fn many_wait_side_by_side_and_each_for_its_own_count() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    let waiters: Vec<_> = (0..60)
        .map(|number| {
            let portal = portal.clone();
            let count = number % 3 + 1;
            tokio::spawn(async move { (count, portal.journal(&format!("?since=1&wait=60s&count={count}")).await) })
        })
        .collect();
    sleep(MOMENT).await;
    for _ in 0..3 {
        mdm.get("/account").await.expect_ok();
    }
    for waiter in waiters {
        let (count, found) = waiter.await.unwrap();
        assert!(
            found.len() >= count && operations(&found).iter().all(|name| *name == "enrollment.account"),
            "{found:?}"
        );
    }
}

#[tokio::test]
async fn at_its_end_there_is_what_there_is_and_the_organisations_clock_does_not_matter() {
    let world = World::small().await;
    let portal = world.portal();
    let watch = Stopwatch::start();
    assert_eq!(portal.get("/journal?wait=200ms&count=5").await, json!({"items": []}));
    assert!(watch.elapsed() >= Duration::from_millis(200), "the clock is frozen, the wall is not");
    world.mdm("Primary MDM").await;
    assert_eq!(portal.journal("?wait=200ms&count=5").await.len(), 1);
}

#[tokio::test]
async fn waiting_ends_when_the_organisation_is_gone() {
    let world = World::small().await;
    let portal = world.portal();
    let waiter = tokio::spawn({
        let portal = portal.clone();
        async move { portal.try_call("GET", "/journal?wait=60s", json!(null)).await }
    });
    sleep(MOMENT).await;
    portal.call("DELETE", "", json!(null)).await;
    assert_eq!(waiter.await.unwrap(), (200, json!({"items": []})));
}

#[tokio::test]
async fn waiting_ends_when_the_simulator_stops() {
    let world = World::small().await;
    let portal = world.portal();
    let waiter = tokio::spawn(async move { portal.try_call("GET", "/journal?wait=60s", json!(null)).await });
    sleep(MOMENT).await;
    let watch = Stopwatch::start();
    world.stop().await;
    assert_eq!(waiter.await.unwrap(), (200, json!({"items": []})));
    assert!(watch.elapsed() < Duration::from_secs(4), "nobody was cut off");
}

#[tokio::test]
async fn who_goes_away_holds_nothing_up() {
    let world = World::small().await;
    let portal = world.portal();
    let waiter = tokio::spawn({
        let portal = portal.clone();
        async move { portal.journal("?wait=60s").await }
    });
    sleep(MOMENT).await;
    waiter.abort();
    let watch = Stopwatch::start();
    world.stop().await;
    assert!(watch.elapsed() < Duration::from_secs(4));
}
