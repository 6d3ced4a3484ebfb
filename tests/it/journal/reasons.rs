//! Why a request was refused: each reason is one that its client's author can act on.

use serde_json::json;

use super::{MAC, PAD, PHONE};
use crate::actors::signature::header_of;
use crate::actors::{MdmServer, Portal, Signature, World};

async fn scene() -> (World, Portal, MdmServer) {
    let world = World::small().await;
    let (portal, mdm) = (world.portal(), world.mdm("Primary MDM").await);
    (world, portal, mdm)
}

/// Asserts that the newest entry's reasons hold all of `parts`.
async fn told(portal: &Portal, parts: &[&str]) {
    let why = portal.why().await;
    for part in parts {
        assert!(why.contains(part), "no `{part}` in:\n{why}");
    }
}

#[tokio::test]
async fn a_wrong_url_in_a_signature_is_recognised_and_both_base_strings_are_shown() {
    let (world, portal, mdm) = scene().await;
    let port = world.simulator().address().port();
    let wrong = Signature::of(&mdm, "a").url("http://127.0.0.1/session").header();
    mdm.sign_in_with(&wrong).await.expect_refusal(403, "signature_invalidForbidden");
    let key = mdm.token["consumer_key"].as_str().unwrap();
    let ours = format!(
        "the server's base string: GET&http%3A%2F%2F127.0.0.1%3A{port}%2Fsession&oauth_consumer_key%3D{key}%26"
    );
    let theirs =
        format!("the client's base string: GET&http%3A%2F%2F127.0.0.1%2Fsession&oauth_consumer_key%3D{key}%26");
    let first = "the client signed the URL http://127.0.0.1/session, without the port";
    told(&portal, &[first, &ours, &theirs, "they differ from character 27 on"]).await;
}

#[tokio::test]
async fn wrong_secrets_in_a_signature_are_recognised() {
    let (_world, portal, mdm) = scene().await;
    let (consumer, access) =
        (mdm.token["consumer_secret"].as_str().unwrap(), mdm.token["access_secret"].as_str().unwrap());
    let old = mdm.clone();
    let signed = |nonce: &str, consumer: &str, access: &str| {
        let token = json!({
            "consumer_key": mdm.token["consumer_key"], "access_token": mdm.token["access_token"],
            "consumer_secret": consumer, "access_secret": access,
        });
        Signature::of(&MdmServer { token, ..mdm.clone() }, nonce).header()
    };
    let second = portal.mdm("Second MDM").await;
    let other = |name: &str| second.token[name].as_str().unwrap();
    for (nonce, header, what) in [
        ("a", signed("a", consumer, ""), "the consumer secret alone: the key is consumer_secret&access_secret"),
        ("b", signed("b", access, consumer), "the two secrets the wrong way round"),
        (
            "c",
            signed("c", other("consumer_secret"), other("access_secret")),
            "with the secrets of the server Second MDM",
        ),
        ("d", signed("d", consumer, other("access_secret")), "the access secret of the server Second MDM"),
        ("e", signed("e", "CS_made_up", access), "no common mistake explains it"),
    ] {
        mdm.sign_in_with(&header).await.expect_refusal(403, "signature_invalidForbidden");
        told(&portal, &[what, "the server's base string: GET&http%3A%2F%2F127.0.0.1%3A"]).await;
        assert_eq!(portal.last().await["operation"], "enrollment.session", "{nonce}");
    }
    portal.renew("Primary MDM").await;
    let renewed = portal.mdm("Primary MDM").await;
    let mixed = Signature::of(&renewed, "f").consumer_secret(consumer).header();
    renewed.sign_in_with(&mixed).await.expect_refusal(403, "signature_invalidForbidden");
    told(&portal, &["the consumer secret of the token of the server Primary MDM before"]).await;
    old.sign_in_with(&Signature::of(&old, "g").header()).await.expect_refusal(403, "signature_invalidForbidden");
    told(&portal, &["was replaced by a newer download", "the live one of the server Primary MDM is AT_O"]).await;
}

#[tokio::test]
async fn other_faults_of_an_oauth_header_are_told() {
    let (_world, portal, mdm) = scene().await;
    mdm.sign_in_with(&Signature::of(&mdm, "a").off_by(-720).header()).await;
    told(&portal, &["is 12m behind the wall clock", "10m are allowed"]).await;
    mdm.sign_in_with(&Signature::of(&mdm, "b").header()).await.expect_ok();
    mdm.sign_in_with(&Signature::of(&mdm, "b").header()).await;
    told(&portal, &["oauth_nonce `b` was used before", "needs a new one"]).await;
    mdm.sign_in_with(&Signature::of(&mdm, "c").consumer_key("CK_nobody").header()).await;
    told(&portal, &["no token with the consumer key CK_nobody was ever issued here"]).await;
    let second = portal.mdm("Second MDM").await;
    let access = second.token["access_token"].as_str().unwrap();
    mdm.sign_in_with(&Signature::of(&mdm, "d").access_token(access).header()).await;
    told(&portal, &["is that of the server Second MDM, and the consumer key is not"]).await;
    let mut pairs = Signature::of(&mdm, "e").pairs();
    pairs.retain(|(name, _)| name != "oauth_nonce");
    mdm.sign_in_with(&header_of(&pairs, ",")).await;
    told(&portal, &["the OAuth parameter oauth_nonce is missing or empty"]).await;
    portal.advance("366d").await;
    mdm.sign_in_with(&Signature::of(&mdm, "f").header()).await;
    told(&portal, &["the token expired at 2027-09-01T08:00:00Z, 1d ago by the organisation's clock"]).await;
}

#[tokio::test]
async fn of_a_cursor_its_age_and_its_issuer_are_told() {
    let (world, portal, mut mdm) = scene().await;
    portal.quirks(json!({"session_ttl": "60d"})).await;
    let mut second = world.mdm("Second MDM").await;
    let (_, foreign) = second.fetch_all(10).await;
    let unfinished = mdm.fetch(None, 1).await.cursor();
    let (_, finished) = mdm.fetch_all(10).await;
    portal.advance("2h").await;
    mdm.fetch(Some(&finished), 10).await.expect_refusal(400, "EXHAUSTED_CURSOR");
    told(&portal, &["given out at 2026-09-01T08:00:00Z, 2h ago, with the last page of a fetch"]).await;
    mdm.sync(&foreign).await.expect_refusal(400, "INVALID_CURSOR");
    told(&portal, &["this cursor is the server Second MDM's", "it is good there alone"]).await;
    portal.quirks(json!({"sync_with_fetch_cursor": "invalid"})).await;
    mdm.sync(&unfinished).await.expect_refusal(400, "INVALID_CURSOR");
    told(&portal, &["for /server/devices until that fetch is finished", "a page of a fetch that had more to follow"])
        .await;
    for (garbled, what) in [
        ("%3D%3D".to_owned(), "percent escapes"),
        ("not base64!".to_owned(), "it is not base64"),
        (finished[..finished.len() - 4].to_owned(), "changed or cut off on its way"),
        ("x".repeat(2_000), "at most 1000 characters, and this text has 2000"),
    ] {
        mdm.sync(&garbled).await.expect_refusal(400, "INVALID_CURSOR");
        told(&portal, &[what]).await;
    }
    portal.advance("7d2h").await;
    mdm.sync(&finished).await.expect_refusal(400, "EXPIRED_CURSOR");
    told(&portal, &["the cursor is too old: given out at 2026-09-01T08:00:00Z, 7d 4h ago", "cursors live 7d"]).await;
}

#[tokio::test]
async fn a_cursor_of_another_organisation_is_traced_to_it() {
    let scenario = "{version: 1, organizations: [{id: acme, servers: [{name: A}]}, {id: other, servers: [{name: B}]}]}";
    let world = World::of(scenario).await;
    let mut mdm = world.mdm("A").await;
    let mut other = world.portal_of("other").mdm("B").await;
    other.sign_in().await.expect_ok();
    let (_, foreign) = other.fetch_all(10).await;
    mdm.sync(&foreign).await.expect_refusal(400, "INVALID_CURSOR");
    told(&world.portal(), &["the server B of the organisation other gave it out at "]).await;
    let token = &mdm.token["consumer_key"].as_str().unwrap();
    let secret = |name: &str| other.token[name].as_str().unwrap().to_owned();
    let stranger = MdmServer {
        token: json!({
            "consumer_key": token, "access_token": mdm.token["access_token"],
            "consumer_secret": secret("consumer_secret"), "access_secret": secret("access_secret"),
        }),
        ..mdm.clone()
    };
    mdm.sign_in_with(&stranger.authorization()).await.expect_refusal(403, "signature_invalidForbidden");
    told(&world.portal(), &["the client signed with the secrets of the server B of the organisation other"]).await;
}

#[tokio::test]
async fn of_a_session_its_age_and_its_end_are_told() {
    let (_world, portal, mut mdm) = scene().await;
    portal.advance("1h30m").await;
    mdm.get("/account").await.expect_refusal(401, "UNAUTHORIZED");
    told(&portal, &["it was opened at 2026-09-01T08:00:00Z, 1h 30m ago, and lives 1h"]).await;
    mdm.sign_in().await.expect_ok();
    portal.call("DELETE", "/sessions", json!(null)).await;
    mdm.get("/account").await.expect_refusal(401, "UNAUTHORIZED");
    told(&portal, &["all sessions were ended by an administrator"]).await;
    mdm.sign_in().await.expect_ok();
    portal.quirks(json!({"session_rotate_every": 1, "session_rotate_grace": "0s"})).await;
    let ignorant = mdm.clone();
    mdm.get("/account").await.expect_ok();
    ignorant.send("GET", "/account", None).await.expect_refusal(401, "UNAUTHORIZED");
    told(&portal, &["the session token was replaced at 2026-09-01T09:30:00Z", "by 178825…"]).await;
    portal.renew("Primary MDM").await;
    mdm.get("/account").await.expect_refusal(401, "UNAUTHORIZED");
    told(&portal, &["the server token that opened the session at", "was replaced or revoked"]).await;
    let stranger = MdmServer { session: Some("1788249600000O1OABCDEF".to_owned()), ..mdm.clone() };
    stranger.send("GET", "/account", None).await.expect_refusal(401, "UNAUTHORIZED");
    told(&portal, &["by its form it was issued at 2026-09-01T08:00:00Z, by another run or before a reset"]).await;
    let stranger = MdmServer { session: None, ..mdm };
    stranger.send("GET", "/account", None).await.expect_refusal(401, "UNAUTHORIZED");
    told(&portal, &["there is no X-ADM-Auth-Session header"]).await;
}

#[tokio::test]
async fn of_each_device_that_was_refused_the_reason_is_told() {
    let (_world, portal, mut mdm) = scene().await;
    portal.release(&[PHONE]).await;
    portal.assign(&[PAD], Some("Second MDM")).await;
    let serials = json!({"devices": [PHONE, PAD, MAC, "C02SPARE0004", "C02NOBODY001", "c02mac000003"]});
    mdm.post("/devices", serials).await.expect_ok();
    told(
        &portal,
        &[
            "C02PHONE0001: NOT_ACCESSIBLE: released at 2026-09-01T08:00:00Z",
            "C02PAD000002: NOT_ACCESSIBLE: at the server Second MDM: assigned to Second MDM at 2026-09-01T08:00:00Z",
            "C02SPARE0004: NOT_ACCESSIBLE: at no MDM server",
            "C02NOBODY001: NOT_ACCESSIBLE: no device of the organisation has this serial number",
            "c02mac000003: NOT_ACCESSIBLE: no device of the organisation has this serial number, but one has C02MAC000003",
        ],
    )
    .await;
    let entry = portal.last().await;
    assert_eq!((entry["why"].as_array().unwrap().len(), &entry["status"]), (5, &json!(200)));
    assert_eq!(entry["refs"], json!(["enrollment.details-not-accessible"]));
    portal.call("PATCH", "/servers/Primary%20MDM", json!({"allow_release": false})).await;
    mdm.post("/devices/disown", json!({"devices": [MAC]})).await.expect_ok();
    told(&portal, &["C02MAC000003: FAILED: the server Primary MDM may not release devices"]).await;
    mdm.post("/device/activationlock", json!({"device": MAC, "escrow_key": "short"})).await.expect_ok();
    told(&portal, &["C02MAC000003: FAILED: an escrow_key has 64 hexadecimal digits, and this one has 5 characters"])
        .await;
    mdm.post("/device/activationlock", json!({"device": MAC})).await.expect_ok();
    mdm.post("/device/activationlock", json!({"device": MAC})).await.expect_ok();
    told(
        &portal,
        &["C02MAC000003: DEVICE_ALREADY_LOCKED: locked to the organisation at 2026-09-01T08:00:00Z by Primary MDM"],
    )
    .await;
    let many: Vec<String> = (0..80).map(|number| format!("C02X{number:08}")).collect();
    mdm.post("/devices", json!({ "devices": many })).await.expect_ok();
    told(&portal, &["and 30 more"]).await;
}

#[tokio::test]
async fn of_a_throttled_device_the_count_and_the_end_are_told() {
    let (_world, portal, mut mdm) = scene().await;
    portal.quirks(json!({"throttle": {"assignments": 1, "window": "1h", "cooldown": "24h"}})).await;
    let profile = mdm.define("Everybody").await;
    mdm.assign(&profile, &[PHONE]).await.expect_ok();
    assert_eq!(portal.why().await, "");
    mdm.assign(&profile, &[PHONE, PAD]).await.expect_ok();
    let wanted = "C02PHONE0001: THROTTLED: throttled until 2026-09-02T08:00:00Z: 1 assignments within 1h are allowed, and there were more";
    assert_eq!(portal.why().await, wanted);
    assert_eq!(portal.last().await["refs"], json!(["enrollment.throttle-words"]));
}

#[tokio::test]
async fn bodies_profiles_and_terms_are_explained() {
    let (world, portal, mut mdm) = scene().await;
    mdm.send("POST", "/devices", Some("{\"devices\": [\"C02X\",]}")).await;
    told(&portal, &["trailing comma at line 1 column 21"]).await;
    mdm.post("/devices", json!({"devices": ["C02X", 5]})).await;
    told(
        &portal,
        &["the body does not fit at `devices[1]`: invalid type: integer `5`, expected a string at line 1 column 20"],
    )
    .await;
    mdm.send("POST", "/devices", Some("[1]")).await;
    told(&portal, &["the body is not a JSON object: it is [1]"]).await;
    mdm.post("/profile", json!({"profile_name": "p", "url": "https://m", "is_mdm_removable": false})).await;
    told(&portal, &["`is_mdm_removable` may be false only where `is_supervised` is true"]).await;
    let mut second = world.mdm("Second MDM").await;
    let theirs = second.define("Theirs").await;
    mdm.assign(&theirs, &[PHONE]).await.expect_refusal(404, "NOT_FOUND");
    told(&portal, &[&format!("this server defined no profile {theirs}"), "the server Second MDM defined it"]).await;
    portal.call("PUT", "/terms", json!({"state": "signed", "lag": "18h"})).await;
    mdm.get("/account").await.expect_refusal(403, "T_C_NOT_SIGNED");
    told(&portal, &["they will at 2026-09-02T02:00:00Z"]).await;
}
