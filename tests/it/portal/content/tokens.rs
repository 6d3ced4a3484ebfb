//! Content tokens, and passwords.

use base64::prelude::{BASE64_STANDARD, Engine};
use serde_json::{Value, json};

use super::{misfit, scene, unknown};
use crate::actors::Portal;

/// The states of a location's tokens, in the order of their download.
async fn states(portal: &Portal, location: &str) -> Vec<String> {
    let shown = portal.get(&format!("/locations/{location}")).await;
    shown["tokens"].as_array().unwrap().iter().map(|token| token["state"].as_str().unwrap().to_owned()).collect()
}

async fn best(portal: &Portal) -> Value {
    portal.get("").await["locations"][0]["content_token"].clone()
}

#[tokio::test]
async fn a_token_is_the_file_that_apple_gives() {
    let (_world, portal) = scene().await;
    let made = portal.post("/locations/HQ/token", json!({})).await;
    let facts = ["expires_at", "account", "kind"].map(|key| made[key].as_str().unwrap());
    assert_eq!(facts, ["2027-09-01T08:00:00Z", "noor@acme.example", "full"]);
    let text = made["content_token"].as_str().unwrap();
    let file: Value = serde_json::from_slice(&BASE64_STANDARD.decode(text).unwrap()).unwrap();
    assert_eq!((&file["expDate"], &file["orgName"]), (&json!("2027-09-01T08:00:00+0000"), &json!("Acme Corporation")));
    assert_eq!(BASE64_STANDARD.decode(file["token"].as_str().unwrap()).unwrap().len(), 144);
    let as_file = portal.send("POST", "/locations/HQ/token", &[("Accept", "application/octet-stream")], b"").await;
    assert_eq!(as_file.header("content-disposition"), Some("attachment; filename=\"sToken_for_HQ.vpptoken\""));
    assert_eq!(as_file.header("content-type"), Some("application/octet-stream"));
    assert!(BASE64_STANDARD.decode(&as_file.text).is_ok(), "no line break, nothing around it: {}", as_file.text);
    assert_eq!(states(&portal, "HQ").await, ["live", "live", "live"], "a download revokes nothing");
    assert_eq!(best(&portal).await, as_file.text, "the bundle has the latest");
}

#[tokio::test]
async fn a_download_revokes_those_of_its_account_where_the_switch_says_so() {
    let (_world, portal) = scene().await;
    portal.quirks(json!({"redownload_revokes": true})).await;
    portal.post("/locations/HQ/token", json!({"account": "robin@acme.example"})).await;
    portal.post("/locations/HQ/token", json!({})).await;
    assert_eq!(states(&portal, "HQ").await, ["revoked", "live", "live"]);
    assert_eq!(states(&portal, "Store").await, ["live"]);
}

#[tokio::test]
async fn the_bundle_has_the_most_useful_token() {
    let (_world, portal) = scene().await;
    let first = best(&portal).await;
    let read_only = portal.post("/locations/HQ/token", json!({"kind": "read_only", "expires_in": "800d"})).await;
    assert_eq!(read_only["kind"], "read_only");
    assert_eq!(best(&portal).await, first, "one that may do everything");
    portal.advance("366d").await;
    assert_eq!(states(&portal, "HQ").await, ["expired", "live"]);
    assert_eq!(best(&portal).await, read_only["content_token"], "one that has not ended");
    portal.call("DELETE", "/locations/HQ/token", Value::Null).await;
    assert_eq!(best(&portal).await, Value::Null, "none that is dead");
}

#[tokio::test]
async fn tokens_are_revoked_all_or_those_of_an_account() {
    let (_world, portal) = scene().await;
    portal.post("/locations/HQ/token", json!({"account": "robin@acme.example"})).await;
    let gone = portal.call("DELETE", "/locations/HQ/token?account=Robin@acme.example", Value::Null).await;
    assert_eq!(
        (gone, states(&portal, "HQ").await),
        (json!({"revoked": 1}), vec!["live".to_owned(), "revoked".to_owned()])
    );
    let why = portal.get("/locations/HQ").await["tokens"][1]["why"].clone();
    assert_eq!(why, "it was revoked in the portal at 2026-09-01T08:00:00Z");
    assert_eq!(portal.call("DELETE", "/locations/HQ/token", Value::Null).await, json!({"revoked": 1}));
    assert_eq!(portal.call("DELETE", "/locations/HQ/token", Value::Null).await, json!({"revoked": 0}));
    assert_eq!(states(&portal, "Store").await, ["live"], "of that location alone");
    portal.refused("DELETE", "/locations/HQ/token?acount=x", Value::Null, 400, "BAD_QUERY").await;
}

#[tokio::test]
async fn a_changed_password_kills_the_tokens_of_its_account_everywhere() {
    let (_world, portal) = scene().await;
    portal.post("/locations/HQ/token", json!({"account": "robin@acme.example"})).await;
    let changed = portal.call("POST", "/people/noor@acme.example/password", Value::Null).await;
    assert_eq!(changed, json!({"account": "noor@acme.example", "revoked": 3}));
    assert_eq!(states(&portal, "HQ").await, ["revoked", "live"]);
    assert_eq!(states(&portal, "Store").await, ["revoked"]);
    unknown(&portal, &[("POST", "/people/noora@acme.example/password", json!({}))]).await;
    let body = json!({"password": "hunter2"});
    assert_eq!(misfit(&portal, "POST", "/people/noor@acme.example/password", body).await, "/password");
}

#[tokio::test]
async fn a_wrong_wish_for_a_token_is_told() {
    let (_world, portal) = scene().await;
    for (body, pointer) in [
        (json!({"kind": "readonly"}), "/kind"),
        (json!({"acount": "x"}), "/acount"),
        (json!({"account": ""}), "/account"),
        (json!({"expires_in": "soon"}), "/expires_in"),
    ] {
        assert_eq!(misfit(&portal, "POST", "/locations/HQ/token", body).await, pointer);
    }
    assert_eq!(states(&portal, "HQ").await, ["live"]);
}
