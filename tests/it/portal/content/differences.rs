//! `…/diff` of apps and books.

use serde_json::{Value, json};

use super::{pages, scene};
use crate::actors::Portal;
use crate::control::snapshots::take;

async fn changes(portal: &Portal, since: &Value) -> Vec<Value> {
    let diff = portal.get(&format!("/diff?since={}", since.as_str().unwrap())).await;
    diff["changed"].as_array().unwrap().clone()
}

fn kinds(changes: &[Value]) -> Vec<&str> {
    changes.iter().map(|change| change["kind"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_purchase_is_a_line_and_an_asset_that_changed() {
    let (_world, portal) = scene().await;
    let since = take(&portal).await.json()["id"].clone();
    assert_eq!(changes(&portal, &since).await, [Value::Null; 0]);
    portal.post("/purchases", pages(5)).await;
    let changed = changes(&portal, &since).await;
    assert_eq!(kinds(&changed), ["purchase", "asset"]);
    let id = portal.get("/locations/HQ").await["id"].as_str().unwrap().to_owned();
    assert_eq!(changed[1]["id"], format!("{id}/361309726:STDQ"));
    assert_eq!((&changed[1]["before"]["total"], &changed[1]["after"]["total"]), (&json!(10), &json!(15)));
}

#[tokio::test]
async fn credit_tokens_and_users_are_told_by_kind() {
    let (_world, portal) = scene().await;
    let since = take(&portal).await.json()["id"].clone();
    portal.post("/credit", json!({"account": "x", "amount": 1})).await;
    portal.post("/locations/Store/token", json!({})).await;
    let users = portal.get("/locations/HQ/users?client_user_id=u-1").await;
    let code = users["items"][0]["invite_code"].as_str().unwrap();
    portal.post(&format!("/invitations/{code}/accept"), json!({})).await;
    let changed = changes(&portal, &since).await;
    assert_eq!(kinds(&changed), ["credit", "location", "user"]);
    assert_eq!((&changed[0]["before"], &changed[0]["after"]), (&Value::Null, &json!("1.00")));
    assert_eq!(changed[1]["after"]["tokens"].as_array().unwrap().len(), 2);
    let states = ["before", "after"].map(|when| changed[2][when]["status"].as_str().unwrap());
    assert_eq!(states, ["registered", "associated"]);
}

#[tokio::test]
async fn a_new_location_comes_with_all_that_is_in_it() {
    let (_world, portal) = scene().await;
    let since = take(&portal).await.json()["id"].clone();
    let assignment = json!({"adam_id": "1", "client_user_id": "x"});
    let body = json!({"name": "Lab", "assets": [{"adam_id": "1"}], "users": [{"client_user_id": "x"}], "assignments": [assignment]});
    let id = portal.post("/locations", body).await["id"].as_str().unwrap().to_owned();
    let changed = changes(&portal, &since).await;
    assert_eq!(kinds(&changed), ["purchase", "location", "asset", "user", "assignment"]);
    let held = &changed[4];
    assert_eq!((&held["id"], &held["before"]), (&json!(format!("{id}/1:STDQ/x")), &Value::Null));
    assert_eq!(held["after"], json!({"adam_id": "1", "pricing_param": "STDQ", "client_user_id": "x"}));
    let later = take(&portal).await;
    portal.client.post(format!("{}/_sim/reset", portal.url)).send().await.unwrap().error_for_status().unwrap();
    let put = crate::control::snapshots::put(&portal, &later.text).await;
    assert_eq!(put.status, 200, "{}", put.text);
}
