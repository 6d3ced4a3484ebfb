//! Subscriptions.

use abmsim::clock::Span;
use abmsim::organization::content::Seats;
use serde_json::{Value, json};

use super::library;
use crate::actors::World;

/// Two renewing seats and an expiring one of subscription 77 of app 7, and one seat of 78.
fn buy(world: &World) {
    let acme = world.simulator().directory().organization("acme").unwrap();
    acme.write(|books, now| {
        let location = books.content.find_location("HQ").unwrap();
        for (adam_id, seats) in [(77, Seats { renewing: 2, expiring: 1 }), (78, Seats { renewing: 1, expiring: 0 })] {
            books.buy_subscription(location, (7, adam_id), seats, Span::from_days(30), now).unwrap();
        }
    });
}

#[tokio::test]
async fn subscriptions_are_managed_or_not_and_say_null_where_nobody_manages_the_location() {
    let world = library().await;
    let hq = world.content_manager("HQ");
    let on = hq.send("POST", "/subscriptions/enable", &[], None).await;
    assert!(
        on.text.starts_with(r#"{"mdmInfo":null,"subscriptionManagement":true,"tokenExpirationDate":"#),
        "{}",
        on.text
    );
    let off = hq.send("POST", "/subscriptions/disable", &[], None).await.expect_ok();
    assert_eq!(off["subscriptionManagement"], false);
    hq.send("POST", "/subscriptions/enable", &[], None).await.expect_ok();
    buy(&world);
    hq.send("POST", "/subscriptions/disable", &[], None).await.expect_number(400, 9818);
}

#[tokio::test]
async fn subscriptions_are_listed_with_their_counts_and_a_cursor() {
    let world = library().await;
    let hq = world.content_manager("HQ");
    hq.send("POST", "/subscriptions/enable", &[], None).await.expect_ok();
    buy(&world);
    let list = hq.get("/subscriptions?adamId=77").await.expect_ok();
    let entry = json!({
        "parentAdamId": 7,
        "adamId": 77,
        "status": "ACTIVE",
        "periodEndDate": "2026-10-01",
        "counts": {
            "assigned": {"renewing": 0, "expiring": 0},
            "available": {"renewing": 2, "expiring": 1},
            "total": {"renewing": 2, "expiring": 1},
        },
    });
    assert_eq!(list["subscriptions"], json!([entry]));
    let keys: Vec<&String> = list.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["subscriptions", "uId", "tokenExpirationDate", "versionId"]);
    for (query, count) in [("?adamId=77&adamId=78", 2), ("?adamId=77,78", 2), ("?parentAdamId=8", 0)] {
        let list = hq.get(&format!("/subscriptions{query}")).await.expect_ok();
        assert_eq!(list["subscriptions"].as_array().unwrap().len(), count, "{query}");
    }
    world.portal().quirks(json!({"page_size": 1})).await;
    let first = hq.get("/subscriptions").await.expect_ok();
    let cursor = first["nextCursor"].as_str().unwrap();
    let last = hq.get(&format!("/subscriptions?cursor={cursor}")).await.expect_ok();
    assert_eq!((&last["subscriptions"][0]["adamId"], last.get("nextCursor")), (&json!(78), None));
    assert!(cursor.len() > 40 && cursor.bytes().all(|byte| byte.is_ascii_alphanumeric()), "as base64 looks: {cursor}");
    for list in ["assignments", "admins"] {
        hq.get(&format!("/subscriptions/{list}?cursor={cursor}")).await.expect_number(400, 9812);
    }
    hq.get("/subscriptions?cursor=none").await.expect_number(400, 9812);
    hq.get("/subscriptions?adamId=x").await.expect_number(400, 9813);
}

#[tokio::test]
async fn users_get_and_lose_subscriptions_by_events() {
    let world = library().await;
    let hq = world.content_manager("HQ");
    hq.send("POST", "/subscriptions/enable", &[], None).await.expect_ok();
    buy(&world);
    let body = json!({"adamIds": [77], "clientUserIds": ["u-1"], "renewing": true});
    let event = hq.event("/subscriptions/associate", body).await;
    assert_eq!((&event["eventType"], &event["eventStatus"]), (&json!("ASSOCIATE"), &json!("COMPLETE")));
    let held = json!([{"adamId": 77, "clientUserId": "u-1", "renewing": true}]);
    let list = |query: &'static str| {
        let hq = hq.clone();
        async move { hq.get(&format!("/subscriptions/assignments{query}")).await.expect_ok()["assignments"].clone() }
    };
    assert_eq!(list("").await, held);
    assert_eq!(list("?parentAdamId=7&clientUserId=u-1").await, held);
    assert_eq!(list("?clientUserId=u-2").await, json!([]));
    let body = |deferred: bool| json!({"adamIds": [77], "clientUserIds": ["u-1"], "deferred": deferred});
    hq.event("/subscriptions/disassociate", body(true)).await;
    assert_eq!(list("").await[0]["renewing"], false);
    let event = hq.event("/subscriptions/disassociate", body(false)).await;
    assert_eq!((&event["eventType"], list("").await), (&json!("DISASSOCIATE"), json!([])));
}

#[tokio::test]
async fn administrators_of_subscriptions_come_and_go_at_once() {
    let world = library().await;
    let hq = world.content_manager("HQ");
    hq.send("POST", "/subscriptions/enable", &[], None).await.expect_ok();
    buy(&world);
    let body = json!({"adamIds": [77], "clientUserIds": ["u-1"]});
    let added = hq.post("/subscriptions/admins/add", body.clone()).await.expect_ok();
    let keys: Vec<&String> = added.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["uId", "tokenExpirationDate", "versionId"]);
    let admins = hq.get("/subscriptions/admins?adamId=77").await.expect_ok()["admins"].clone();
    assert_eq!(admins, json!([{"adamId": 77, "clientUserId": "u-1"}]));
    let admins = hq.get("/subscriptions/admins?includeUserState=true").await.expect_ok()["admins"].clone();
    assert_eq!((&admins[0]["userStatus"], admins[0]["idHash"].is_string()), (&json!("Associated"), true));
    hq.post("/subscriptions/admins/remove", body).await.expect_ok();
    assert_eq!(hq.get("/subscriptions/admins").await.expect_ok()["admins"], json!([]));
}

#[tokio::test]
async fn what_is_wrong_with_subscriptions_has_numbers_of_its_own() {
    let world = library().await;
    let hq = world.content_manager("HQ");
    hq.send("POST", "/subscriptions/enable", &[], None).await.expect_ok();
    buy(&world);
    let ids: Vec<u64> = (0..26).collect();
    let body = |ids: Value, users: Value| json!({"adamIds": ids, "clientUserIds": users, "renewing": true});
    for (path, body, number) in [
        ("associate", json!({"adamIds": [77], "clientUserIds": ["u-1"]}), 9811),
        ("associate", body(json!([]), json!(["u-1"])), 9811),
        ("associate", body(json!([77, 77]), json!(["u-1"])), 9811),
        ("associate", body(json!([77]), json!(["u-1", "u-1"])), 9811),
        ("disassociate", body(json!([77, 77]), json!(["u-1"])), 9811),
        ("associate", body(json!([1]), json!(["u-1"])), 9813),
        ("associate", body(json!([-77]), json!(["u-1"])), 9813),
        ("admins/add", body(json!([-77]), json!(["u-1"])), 9813),
        ("associate", body(json!([77]), json!(["u-2"])), 9814),
        ("associate", body(json!(ids), json!(["u-1"])), 9816),
        ("associate", body(json!(["77"]), json!(["u-1"])), 9602),
        ("disassociate", body(json!([77]), json!(["u-1"])), 9815),
        ("admins/add", body(json!([77]), json!(["u-9"])), 9814),
        ("admins/remove", body(json!([]), json!([])), 9811),
    ] {
        hq.post(&format!("/subscriptions/{path}"), body).await.expect_number(400, number);
    }
}
