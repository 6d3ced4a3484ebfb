//! The life of a server token: made, renewed, revoked, expired.

use serde_json::json;

use crate::actors::{MdmServer, Portal, World};

const TOKEN: &str = "/servers/Primary%20MDM/token";

/// A world, its administrator, and an MDM server that has signed in.
async fn signed_in() -> (World, Portal, MdmServer) {
    let world = World::small().await;
    let (portal, mdm) = (world.portal(), world.mdm("Primary MDM").await);
    (world, portal, mdm)
}

/// `access_token` taken apart: decimal number, hexadecimal digits, milliseconds.
fn parts(token: &str) -> (u64, &str, i64) {
    let parts: Vec<&str> = token.strip_prefix("AT_O").unwrap().split('O').collect();
    let [number, hex, millis] = parts[..] else { panic!("{token}") };
    (number.parse().unwrap(), hex, millis.parse().unwrap())
}

fn is_hex(text: &str, digits: usize) -> bool {
    text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

#[tokio::test]
async fn the_five_values_have_apples_forms() {
    let world = World::small().await;
    for token in [world.portal().mdm("Primary MDM").await.token, world.portal().renew("Primary MDM").await] {
        let value = |key: &str| token[key].as_str().unwrap();
        assert!(is_hex(value("consumer_key").strip_prefix("CK_").unwrap(), 96));
        assert!(is_hex(value("consumer_secret").strip_prefix("CS_").unwrap(), 40));
        assert!(is_hex(value("access_secret").strip_prefix("AS_").unwrap(), 40));
        let (number, hex, millis) = parts(value("access_token"));
        assert!((9..=11).contains(&number.to_string().len()) && is_hex(hex, 40));
        assert_eq!(millis, 1_788_249_600_000, "the moment of its making");
        assert_eq!(value("access_token_expiry"), "2027-09-01T08:00:00Z", "365 days later");
        assert!(value("access_token").len() <= 128);
    }
}

#[tokio::test]
async fn a_token_for_a_year_that_is_nearly_over_was_made_a_year_ago() {
    let scenario = "{version: 1, clock: {start: 2026-09-01T08:00:00Z, mode: frozen}, organizations: [
        {id: acme, servers: [{name: Primary MDM, token: {expires_in: 7d}}]}]}";
    let token = World::of(scenario).await.portal().mdm("Primary MDM").await.token;
    assert_eq!(token["access_token_expiry"], "2026-09-08T08:00:00Z");
    let (_, _, made) = parts(token["access_token"].as_str().unwrap());
    assert_eq!(made, 1_788_249_600_000 - 358 * 86_400_000);
}

#[tokio::test]
async fn renewal_by_the_same_person_keeps_the_consumer_key_alone() {
    let (_world, portal, mdm) = signed_in().await;
    portal.advance("1d").await;
    let renewed = portal.renew("Primary MDM").await;
    assert_eq!(renewed["consumer_key"], mdm.token["consumer_key"]);
    for key in ["consumer_secret", "access_token", "access_secret", "access_token_expiry"] {
        assert_ne!(renewed[key], mdm.token[key], "{key}");
    }
    let robin = portal.post(TOKEN, json!({"admin": "robin@acme.example"})).await;
    assert_eq!(robin["consumer_key"], mdm.token["consumer_key"], "the same person, by name");
    portal.mdm("Primary MDM").await.sign_in().await.expect_ok();
}

#[tokio::test]
async fn another_person_who_renews_gets_another_consumer_key_and_is_the_admin() {
    let (_world, portal, mdm) = signed_in().await;
    let renewed = portal.post(TOKEN, json!({"admin": "kim@acme.example"})).await;
    assert_ne!(renewed["consumer_key"], mdm.token["consumer_key"]);
    let mut kim = portal.mdm("Primary MDM").await;
    kim.sign_in().await.expect_ok();
    assert_eq!(kim.get("/account").await.expect_ok()["admin_id"], "kim@acme.example");
    let mut old = mdm;
    old.sign_in().await.expect_refusal(403, "signature_invalidForbidden");
}

#[tokio::test]
async fn the_admin_is_the_first_administrator_until_somebody_else_renews() {
    let (_world, portal, mut mdm) = signed_in().await;
    assert_eq!(mdm.get("/account").await.expect_ok()["admin_id"], "robin@acme.example");
    portal.renew("Primary MDM").await;
    let mut renewed = portal.mdm("Primary MDM").await;
    renewed.sign_in().await.expect_ok();
    assert_eq!(renewed.get("/account").await.expect_ok()["admin_id"], "robin@acme.example");
}

#[tokio::test]
async fn a_replaced_token_is_signature_invalid() {
    let (_world, portal, mut mdm) = signed_in().await;
    portal.renew("Primary MDM").await;
    mdm.sign_in().await.expect_refusal(403, "signature_invalidForbidden");
    portal.quirks(json!({"signature_invalid_status": 401})).await;
    mdm.sign_in().await.expect_refusal(401, "signature_invalidUnauthorized");
}

#[tokio::test]
async fn a_replaced_token_is_token_rejected_where_the_switch_says_so() {
    let (_world, portal, mut mdm) = signed_in().await;
    portal.renew("Primary MDM").await;
    portal.quirks(json!({"replaced_token": "token_rejected"})).await;
    mdm.sign_in().await.expect_refusal(401, "token_rejectedUnauthorized");
    portal.quirks(json!({"token_rejected_status": 403})).await;
    mdm.sign_in().await.expect_refusal(403, "token_rejectedForbidden");
}

#[tokio::test]
async fn sessions_die_with_the_token_that_opened_them() {
    let (_world, portal, mut mdm) = signed_in().await;
    let mut other = portal.mdm("Second MDM").await;
    other.sign_in().await.expect_ok();
    portal.renew("Primary MDM").await;
    mdm.get("/account").await.expect_refusal(401, "UNAUTHORIZED");
    other.get("/account").await.expect_ok();
}

#[tokio::test]
async fn sessions_outlive_their_token_where_the_switch_says_so() {
    let (_world, portal, mut mdm) = signed_in().await;
    portal.quirks(json!({"session_outlives_token": true})).await;
    portal.renew("Primary MDM").await;
    mdm.get("/account").await.expect_ok();
    portal.call("DELETE", TOKEN, json!(null)).await;
    mdm.get("/account").await.expect_ok();
}

#[tokio::test]
async fn a_revoked_token_is_token_rejected_and_has_no_sessions() {
    let (_world, portal, mut mdm) = signed_in().await;
    portal.call("DELETE", TOKEN, json!(null)).await;
    assert_eq!(portal.get("").await["servers"][0]["token"], json!(null));
    mdm.get("/account").await.expect_refusal(401, "UNAUTHORIZED");
    mdm.sign_in().await.expect_refusal(401, "token_rejectedUnauthorized");
    portal.quirks(json!({"token_rejected_status": 403})).await;
    mdm.sign_in().await.expect_refusal(403, "token_rejectedForbidden");
    let again = portal.renew("Primary MDM").await;
    assert_eq!(again["consumer_key"], mdm.token["consumer_key"]);
    portal.mdm("Primary MDM").await.sign_in().await.expect_ok();
    mdm.sign_in().await.expect_refusal(403, "token_rejectedForbidden");
}

#[tokio::test]
async fn the_token_of_somebody_who_left_is_forbidden() {
    let (_world, portal, mut mdm) = signed_in().await;
    portal.call("DELETE", &format!("{TOKEN}?fate=admin_removed"), json!(null)).await;
    mdm.sign_in().await.expect_refusal(403, "FORBIDDEN");
    portal.refused("DELETE", &format!("{TOKEN}?fate=lost"), json!(null), 400, "BAD_QUERY").await;
}

#[tokio::test]
async fn a_token_expires_by_the_simulated_clock() {
    let (_world, portal, mut mdm) = signed_in().await;
    portal.advance("364d23h59m59s").await;
    mdm.sign_in().await.expect_ok();
    portal.advance("1s").await;
    mdm.sign_in().await.expect_refusal(403, "token_expiredForbidden");
    portal.quirks(json!({"token_expired_status": 401})).await;
    mdm.sign_in().await.expect_refusal(401, "token_expiredUnauthorized");
}

#[tokio::test]
async fn a_token_may_be_made_for_any_span() {
    let (_world, portal, _) = signed_in().await;
    let token = portal.post(TOKEN, json!({"expires_in": "2h"})).await;
    assert_eq!(token["access_token_expiry"], "2026-09-01T10:00:00Z");
    portal.post(TOKEN, json!({"expires_in": "-1d"})).await;
    portal.mdm("Primary MDM").await.sign_in().await.expect_refusal(403, "token_expiredForbidden");
}
