//! `…/servers`.

use serde_json::{Value, json};

use crate::actors::{MdmKey, World};

#[tokio::test]
async fn servers_are_listed_in_full_and_shown_one_by_one() {
    let world = World::small().await;
    let portal = world.portal();
    let list = portal.get("/servers").await;
    let first = &list["items"][0];
    assert_eq!((&first["name"], &first["devices"], &first["access"]), (&json!("Primary MDM"), &json!(3), &json!(true)));
    assert_eq!((&first["admin"], &first["allow_release"]), (&json!("robin@acme.example"), &json!(true)));
    assert_eq!(portal.get("/servers/Primary%20MDM").await, *first);
    assert_eq!(portal.get(&format!("/servers/{}", first["id"].as_str().unwrap())).await, *first, "its id will do");
    let problem = portal.refused("GET", "/servers/Primery%20MDM", Value::Null, 404, "NOT_FOUND").await;
    assert!(problem["detail"].as_str().unwrap().contains("did you mean `Primary MDM`?"), "{problem}");
}

#[tokio::test]
async fn a_new_server_can_be_used_at_once() {
    let world = World::small().await;
    let portal = world.portal();
    let (status, made) = portal.try_call("POST", "/servers", json!({"name": "Third", "default_for": ["iPad"]})).await;
    assert_eq!((status, &made["default_for"]), (201, &json!(["iPad"])));
    let mut mdm = portal.mdm("Third").await;
    mdm.sign_in().await.expect_ok();
    let account = mdm.get("/account").await.expect_ok();
    assert_eq!((&account["server_name"], &account["server_uuid"]), (&json!("Third"), &made["id"]));
    portal.assign(&["C02SPARE0004"], Some("Third")).await;
    assert_eq!(mdm.fetch_all(10).await.0, ["C02SPARE0004"]);
}

#[tokio::test]
async fn a_new_server_brings_its_certificate() {
    let world = World::small().await;
    let portal = world.portal();
    let key = MdmKey::rsa_2048();
    let made = portal.post("/servers", json!({"name": "Third", "certificate": key.pem})).await;
    assert_eq!(made["certificate"]["key_bits"], 2048);
    assert_eq!(made["certificate"]["subject"], "CN=depserver");
    let headers = [("Content-Type", "application/x-pem-file")];
    let raw = portal.send("POST", "/servers?name=Fourth", &headers, key.pem.as_bytes()).await;
    assert_eq!((raw.status, &raw.json()["certificate"]), (201, &made["certificate"]));
    let file = portal.send("POST", "/servers/Third/token", &[("Accept", "application/pkcs7-mime")], b"").await;
    assert!(key.open(&file.text).contains("BEGIN MESSAGE"));
}

#[tokio::test]
async fn a_server_needs_a_name_of_its_own() {
    let world = World::small().await;
    let portal = world.portal();
    portal.refused("POST", "/servers", json!({"name": "Second MDM"}), 409, "SERVER_EXISTS").await;
    for name in [json!("Unassigned"), json!("Reassigned"), json!(" "), json!(null)] {
        let problem = portal.refused("POST", "/servers", json!({ "name": name }), 422, "BODY_DOES_NOT_FIT").await;
        assert_eq!(problem["errors"][0]["pointer"], "/name");
    }
    portal.refused("PATCH", "/servers/Primary%20MDM", json!({"name": "Second MDM"}), 409, "SERVER_EXISTS").await;
    portal.call("PATCH", "/servers/Primary%20MDM", json!({"name": "Primary MDM"})).await;
    assert_eq!(portal.get("/servers").await["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_key_that_no_server_has_is_refused() {
    let world = World::small().await;
    let portal = world.portal();
    for (method, path) in
        [("POST", "/servers"), ("PATCH", "/servers/Primary%20MDM"), ("POST", "/servers/Primary%20MDM/token")]
    {
        let body = json!({"certificat": "x"});
        let problem = portal.refused(method, path, body, 422, "BODY_DOES_NOT_FIT").await;
        assert!(problem["detail"].as_str().unwrap().contains("certificat"), "{problem}");
    }
    let lifetime = json!({"expires_in": "2h"});
    portal.refused("PATCH", "/servers/Primary%20MDM", lifetime, 422, "BODY_DOES_NOT_FIT").await;
    portal.refused("POST", "/servers/Primary%20MDM/token", json!({"name": "X"}), 422, "BODY_DOES_NOT_FIT").await;
    portal.refused("POST", "/servers", json!([]), 422, "BODY_DOES_NOT_FIT").await;
    let families = json!({"name": "Third", "default_for": ["iPad", "iPot"]});
    let problem = portal.refused("POST", "/servers", families, 422, "BODY_DOES_NOT_FIT").await;
    assert_eq!(problem["errors"][0]["pointer"], "/default_for/1");
    assert_eq!(portal.get("/servers").await["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn an_organisation_has_at_most_250_servers() {
    let world = World::small().await;
    let portal = world.portal();
    for number in 3..=250 {
        portal.post("/servers", json!({"name": format!("MDM {number}")})).await;
    }
    portal.refused("POST", "/servers", json!({"name": "One more"}), 409, "TOO_MANY_SERVERS").await;
}

#[tokio::test]
async fn a_family_has_one_default_server() {
    let world = World::small().await;
    let portal = world.portal();
    portal.call("PATCH", "/servers/Primary%20MDM", json!({"default_for": ["iPhone", "Mac"]})).await;
    portal.call("PATCH", "/servers/Second%20MDM", json!({"default_for": ["iPhone"]})).await;
    let list = portal.get("/servers").await;
    assert_eq!(list["items"][0]["default_for"], json!(["Mac"]));
    assert_eq!(list["items"][1]["default_for"], json!(["iPhone"]));
}

#[tokio::test]
async fn what_a_change_does_not_name_stays() {
    let world = World::small().await;
    let portal = world.portal();
    let before = portal.get("/servers/Primary%20MDM").await;
    let changed = portal.call("PATCH", "/servers/Primary%20MDM", json!({"allow_release": false})).await;
    let mut expected = before.clone();
    expected["allow_release"] = json!(false);
    assert_eq!(changed, expected);
    portal.post("/servers/Primary%20MDM/token", json!({"admin": "kim@acme.example"})).await;
    assert_eq!(portal.get("/servers/Primary%20MDM").await["admin"], "kim@acme.example");
}
