//! Subscriptions that are bought.

use serde_json::json;

use super::{misfit, scene, unknown};

#[tokio::test]
async fn seats_are_bought_where_subscriptions_are_managed() {
    let (_world, portal) = scene().await;
    let body = |enable: bool| json!({"location": "HQ", "parent_adam_id": "1", "adam_id": "2", "renewing": 5, "expiring": 1, "period": "30d", "enable": enable});
    portal.refused("POST", "/subscriptions", body(false), 409, "SUBSCRIPTIONS_OFF").await;
    let (status, bought) = portal.try_call("POST", "/subscriptions", body(true)).await;
    let expected = json!({
        "adam_id": "2", "parent_adam_id": "1", "status": "ACTIVE", "period": "30d", "period_end": "2026-10-01T08:00:00Z",
        "total": {"renewing": 5, "expiring": 1}, "assigned": {"renewing": 0, "expiring": 0}, "available": {"renewing": 5, "expiring": 1},
    });
    assert_eq!((status, &bought), (201, &expected));
    let shown = portal.get("/locations/HQ").await;
    assert_eq!((&shown["manages_subscriptions"], &shown["subscriptions"]), (&json!(true), &json!([expected])));
    assert_eq!(portal.advance("30d").await[0]["what"], "a period of subscription 2 ended at HQ");
    let after = &portal.get("/locations/HQ").await["subscriptions"][0];
    assert_eq!(after["total"], json!({"renewing": 5, "expiring": 0}));
}

#[tokio::test]
async fn a_wrong_subscription_is_told() {
    let (_world, portal) = scene().await;
    let body = json!({"location": "HQ", "parent_adam_id": "1", "adam_id": "2", "renewing": 1});
    for (key, value, pointer) in [
        ("renewing", json!(0), "/renewing"),
        ("renewing", json!(-1), "/renewing"),
        ("period", json!("0s"), "/period"),
        ("period", json!("month"), "/period"),
        ("parent_adam_id", json!("x"), "/parent_adam_id"),
        ("seats", json!(1), "/seats"),
    ] {
        let mut body = body.clone();
        body[key] = value;
        assert_eq!(misfit(&portal, "POST", "/subscriptions", body).await, pointer);
    }
    let mut elsewhere = body;
    elsewhere["location"] = json!("Nowhere");
    unknown(&portal, &[("POST", "/subscriptions", elsewhere)]).await;
}
