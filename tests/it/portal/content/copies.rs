//! Locations in organisations that are copied, kept, put back and reset.

use serde_json::{Value, json};

use super::{SCENARIO, counts, pages, scene};
use crate::actors::{Portal, World};
use crate::control::snapshots::{put, take};

/// Ids, `uId`s and content tokens of all locations.
async fn credentials(portal: &Portal) -> Vec<String> {
    let mut found = Vec::new();
    for location in portal.get("").await["locations"].as_array().unwrap() {
        let shown = portal.get(&format!("/locations/{}", location["id"].as_str().unwrap())).await;
        found.extend(["id", "uid"].map(|key| shown[key].as_str().unwrap().to_owned()));
        found.extend(shown["tokens"].as_array().unwrap().iter().map(|token| token["content_token"].to_string()));
    }
    found
}

async fn create(world: &World, body: Value) -> Portal {
    let url = format!("{}/_sim/orgs", world.url());
    let made = world.portal().client.post(url).json(&body).send().await.unwrap();
    assert_eq!(made.status(), 201);
    let made: Value = made.json().await.unwrap();
    world.portal_of(made["id"].as_str().unwrap())
}

#[tokio::test]
async fn an_organisation_like_another_has_its_licences_as_loaded_and_tokens_of_its_own() {
    let (world, portal) = scene().await;
    portal.post("/purchases", pages(5)).await;
    let other = create(&world, json!({"like": "acme", "id": "copy"})).await;
    assert_eq!(counts(&other, "HQ", "361309726").await, [10, 2, 8, 0], "as first loaded");
    let (own, first) = (credentials(&other).await, credentials(&portal).await);
    assert_eq!(own.len(), first.len());
    assert!(own.iter().all(|credential| !first.contains(credential)));
    let code = portal.get("/locations/HQ/users?client_user_id=u-1").await["items"][0]["invite_code"].clone();
    let path = format!("/invitations/{}/accept", code.as_str().unwrap());
    other.refused("POST", &path, json!({}), 404, "NOT_FOUND").await;
}

#[tokio::test]
async fn a_fork_goes_on_from_the_licences_with_tokens_of_its_own() {
    let (world, portal) = scene().await;
    portal.post("/purchases", pages(5)).await;
    portal.post("/locations/HQ/claim", json!({"mdm_info": {"id": "1", "name": "Mine"}})).await;
    portal.advance("5d").await;
    let bundle = portal.post("/fork", json!({})).await;
    let fork = world.portal_of(bundle["id"].as_str().unwrap());
    assert_eq!(counts(&fork, "HQ", "361309726").await, [15, 2, 13, 0], "as they are now");
    assert_eq!(fork.get("/purchases").await, portal.get("/purchases").await);
    let (own, first) = (credentials(&fork).await, credentials(&portal).await);
    assert!(own.len() == first.len() && own.iter().all(|credential| !first.contains(credential)));
    let code = portal.get("/locations/HQ/users?client_user_id=u-1").await["items"][0]["invite_code"].clone();
    let path = format!("/invitations/{}/accept", code.as_str().unwrap());
    fork.refused("POST", &path, json!({}), 404, "NOT_FOUND").await;
    let (shown, parent) = (fork.get("/locations/HQ").await, portal.get("/locations/HQ").await);
    assert_eq!(shown["configuration"], parent["configuration"]);
    assert_eq!(shown["tokens"][0]["expires_at"], parent["tokens"][0]["expires_at"], "the same life is left");
    fork.post("/transfers", json!({"from": "HQ", "to": "Store", "adam_id": "361309726", "quantity": 13})).await;
    assert_eq!(counts(&portal, "HQ", "361309726").await, [15, 2, 13, 0]);
}

#[tokio::test]
async fn a_snapshot_keeps_licences_and_tokens() {
    let (_world, portal) = scene().await;
    let before = (credentials(&portal).await, portal.get("/locations/HQ").await, portal.get("/purchases").await);
    let kept = take(&portal).await;
    portal.post("/purchases", pages(5)).await;
    portal.post("/people/noor@acme.example/password", json!({})).await;
    portal.post("/locations", json!({"name": "New"})).await;
    portal.post("/credit", json!({"account": "x", "amount": 1})).await;
    assert_eq!(put(&portal, &kept.text).await.status, 200);
    let after = (credentials(&portal).await, portal.get("/locations/HQ").await, portal.get("/purchases").await);
    assert_eq!(after, before, "to the byte, and alive");
}

#[tokio::test]
async fn a_reset_brings_back_licences_and_tokens_as_loaded() {
    let (world, portal) = scene().await;
    let before = (credentials(&portal).await, portal.get("/locations/HQ").await);
    portal.post("/purchases", pages(5)).await;
    portal.call("DELETE", "/locations/HQ/token", Value::Null).await;
    portal.client.post(format!("{}/_sim/reset", world.url())).send().await.unwrap().error_for_status().unwrap();
    assert_eq!((credentials(&portal).await, portal.get("/locations/HQ").await), before);
    let (again, second) = (World::of(SCENARIO).await, World::of(SCENARIO).await);
    assert_eq!(credentials(&again.portal()).await, credentials(&second.portal()).await, "the seed decides");
}
