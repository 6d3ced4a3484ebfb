//! `GET /session`: what is asked of the OAuth header, and what is said to a bad one.

use serde_json::json;

use crate::actors::signature::header_of;
use crate::actors::{MdmServer, Portal, Signature, World};

const BAD_REQUEST: &str = "oauth_problem_adviceBad Request";
const UNAUTHORIZED: &str = "oauth_problem_adviceUnauthorized";

async fn ready() -> (World, Portal, MdmServer) {
    let world = World::small().await;
    let portal = world.portal();
    let mdm = portal.mdm("Primary MDM").await;
    (world, portal, mdm)
}

#[tokio::test]
async fn a_session_token_has_the_shape_seen_in_2025() {
    let (_world, _, mut mdm) = ready().await;
    let answer = mdm.sign_in().await;
    let token = answer.expect_ok()["auth_session_token"].as_str().unwrap().to_owned();
    assert_eq!(answer.text, format!("{{\"auth_session_token\":\"{token}\"}}"));
    assert_eq!(answer.header("content-type"), Some("application/json;charset=UTF8"));
    let parts: Vec<&str> = token.split('O').collect();
    let ["1788249600000", "1", first, second, number, "11", "p1", third, fourth] = parts[..] else { panic!("{token}") };
    let hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || (b'A'..=b'F').contains(&byte));
    assert!([first, second, third, fourth].into_iter().all(hex), "{token}");
    assert_eq!([first, second, third, fourth].map(str::len), [32, 32, 40, 32]);
    assert!(number.len() == 6 && number.parse::<u32>().is_ok(), "{number}");
}

#[tokio::test]
async fn the_session_token_is_empty_where_the_switch_says_so() {
    let (_world, portal, mut mdm) = ready().await;
    portal.quirks(json!({"empty_session_token": true})).await;
    assert_eq!(mdm.sign_in().await.text, "{\"auth_session_token\":\"\"}");
}

#[tokio::test]
async fn neither_version_nor_agent_nor_content_type_is_needed() {
    let (_world, _, mdm) = ready().await;
    // The client sends none of the three of itself.
    mdm.sign_in_with(&Signature::of(&mdm, "a").header()).await.expect_ok();
    mdm.sign_in_with(&Signature::of(&mdm, "b").without_version().header()).await.expect_ok();
}

#[tokio::test]
async fn realm_separators_and_order_do_not_matter() {
    let (_world, _, mdm) = ready().await;
    for (nonce, separator) in [("a", ","), ("b", ", "), ("c", " ,\t")] {
        let mut pairs = Signature::of(&mdm, nonce).pairs();
        pairs.reverse();
        mdm.sign_in_with(&header_of(&pairs, separator)).await.expect_ok();
    }
    let mut pairs = Signature::of(&mdm, "d").pairs();
    pairs.insert(0, ("realm".to_owned(), "ADM".to_owned()));
    let header = header_of(&pairs, ", ");
    mdm.sign_in_with(&header.replacen("OAuth", "oauth", 1)).await.expect_ok();
}

#[tokio::test]
async fn a_header_that_is_none_is_malformed() {
    let (_world, _, mdm) = ready().await;
    let bare = mdm.client.get(format!("{}/session", mdm.url));
    MdmServer::receive(bare).await.expect_refusal(400, BAD_REQUEST);
    for header in ["", "OAuth", "OAuth nonsense", "Bearer abc", "Basic YTpi", "OAuth oauth_token=\"x", "OAuth ="] {
        let refused = mdm.sign_in_with(header).await;
        refused.expect_refusal(400, BAD_REQUEST);
        assert_eq!(refused.header("content-type"), Some("text/plain;charset=UTF-8"));
        assert_eq!(refused.header("www-authenticate"), None);
    }
}

#[tokio::test]
async fn parameters_that_are_missing_empty_doubled_or_foreign_are_malformed() {
    let (_world, _, mdm) = ready().await;
    let good = Signature::of(&mdm, "n").pairs();
    for (place, (name, _)) in good.iter().enumerate().filter(|(_, (name, _))| name != "oauth_version") {
        let (mut missing, mut empty) = (good.clone(), good.clone());
        missing.remove(place);
        empty[place].1.clear();
        for pairs in [missing, empty] {
            assert_eq!(mdm.sign_in_with(&header_of(&pairs, ",")).await.text, BAD_REQUEST, "without {name}");
        }
    }
    for pair in &good {
        let doubled = [good.as_slice(), std::slice::from_ref(pair)].concat();
        mdm.sign_in_with(&header_of(&doubled, ",")).await.expect_refusal(400, BAD_REQUEST);
    }
    for (name, value) in [("oauth_callback", "oob"), ("oauth_verifier", "1"), ("scope", "all")] {
        let foreign = [good.as_slice(), &[(name.to_owned(), value.to_owned())]].concat();
        mdm.sign_in_with(&header_of(&foreign, ",")).await.expect_refusal(400, BAD_REQUEST);
    }
    mdm.sign_in_with(&header_of(&good, ",")).await.expect_ok();
}

#[tokio::test]
async fn another_signature_method_version_or_timestamp_is_malformed() {
    let (_world, _, mdm) = ready().await;
    for (name, value) in [
        ("oauth_signature_method", "PLAINTEXT"),
        ("oauth_signature_method", "HMAC-SHA256"),
        ("oauth_signature_method", "hmac-sha1"),
        ("oauth_version", "2.0"),
        ("oauth_timestamp", "yesterday"),
        ("oauth_timestamp", "-1"),
        ("oauth_timestamp", "99999999999999999999999"),
        ("oauth_nonce", "%zz"),
    ] {
        let mut pairs = Signature::of(&mdm, "n").pairs();
        pairs.iter_mut().find(|pair| pair.0 == name).unwrap().1 = value.to_owned();
        assert_eq!(mdm.sign_in_with(&header_of(&pairs, ",")).await.text, BAD_REQUEST, "{name} {value}");
    }
}

#[tokio::test]
async fn an_unknown_key_or_token_is_unauthorized_with_a_challenge() {
    let (_world, portal, mdm) = ready().await;
    let other = portal.mdm("Second MDM").await;
    let of_other = other.token["access_token"].as_str().unwrap();
    for (nonce, signature) in [
        ("a", Signature::of(&mdm, "a").consumer_key("CK_unknown")),
        ("b", Signature::of(&mdm, "b").access_token("AT_unknown")),
        ("c", Signature::of(&mdm, "c").access_token(of_other)),
    ] {
        let refused = mdm.sign_in_with(&signature.header()).await;
        refused.expect_refusal(401, UNAUTHORIZED);
        assert_eq!(refused.header("www-authenticate"), Some("OAuth realm=\"ADM\""), "{nonce}");
    }
}

#[tokio::test]
async fn a_wrong_signature_is_signature_invalid() {
    let (_world, portal, mdm) = ready().await;
    let wrong = Signature::of(&mdm, "a").consumer_secret("CS_other").header();
    mdm.sign_in_with(&wrong).await.expect_refusal(403, "signature_invalidForbidden");
    let elsewhere = Signature::of(&mdm, "b").url("https://other.example/session").header();
    mdm.sign_in_with(&elsewhere).await.expect_refusal(403, "signature_invalidForbidden");
    portal.quirks(json!({"signature_invalid_status": 401})).await;
    let refused = mdm.sign_in_with(&Signature::of(&mdm, "c").consumer_secret("CS_other").header()).await;
    refused.expect_refusal(401, "signature_invalidUnauthorized");
    assert_eq!(refused.header("www-authenticate"), Some("OAuth realm=\"ADM\""));
}

#[tokio::test]
async fn a_nonce_is_good_for_once_per_timestamp() {
    let (_world, _, mdm) = ready().await;
    let first = Signature::of(&mdm, "same");
    mdm.sign_in_with(&first.header()).await.expect_ok();
    mdm.sign_in_with(&first.header()).await.expect_refusal(401, UNAUTHORIZED);
    mdm.sign_in_with(&first.off_by(-1).header()).await.expect_ok();
}

#[tokio::test]
async fn a_nonce_is_not_used_up_by_a_wrong_signature() {
    let (_world, _, mdm) = ready().await;
    let wrong = Signature::of(&mdm, "n").consumer_secret("CS_other").header();
    mdm.sign_in_with(&wrong).await.expect_refusal(403, "signature_invalidForbidden");
    mdm.sign_in_with(&Signature::of(&mdm, "n").header()).await.expect_ok();
}

#[tokio::test]
async fn a_timestamp_may_be_ten_minutes_off_and_no_more() {
    let (_world, portal, mdm) = ready().await;
    for seconds in [-590, 590] {
        mdm.sign_in_with(&Signature::of(&mdm, "n").off_by(seconds).header()).await.expect_ok();
    }
    for seconds in [-620, 620] {
        mdm.sign_in_with(&Signature::of(&mdm, "n").off_by(seconds).header()).await.expect_refusal(401, UNAUTHORIZED);
    }
    for timestamp in [1, u64::MAX] {
        mdm.sign_in_with(&Signature::of(&mdm, "n").at(timestamp).header()).await.expect_refusal(401, UNAUTHORIZED);
    }
    portal.quirks(json!({"oauth_window": "30m"})).await;
    mdm.sign_in_with(&Signature::of(&mdm, "n").off_by(-620).header()).await.expect_ok();
    portal.quirks(json!({"oauth_window": "30s"})).await;
    mdm.sign_in_with(&Signature::of(&mdm, "n").off_by(-90).header()).await.expect_refusal(401, UNAUTHORIZED);
}

#[tokio::test]
async fn timestamps_are_judged_by_the_wall_the_simulated_or_no_clock() {
    let (_world, portal, mdm) = ready().await;
    let simulated = 1_788_249_600;
    portal.post("/clock", json!({"set": "2040-01-01T00:00:00Z"})).await;
    portal.post("/servers/Primary%20MDM/token", json!({})).await;
    let mdm = MdmServer { token: portal.mdm("Primary MDM").await.token, ..mdm };
    mdm.sign_in_with(&Signature::of(&mdm, "wall").header()).await.expect_ok();
    mdm.sign_in_with(&Signature::of(&mdm, "a").at(simulated).header()).await.expect_refusal(401, UNAUTHORIZED);
    portal.quirks(json!({"auth_clock": "simulated"})).await;
    mdm.sign_in_with(&Signature::of(&mdm, "b").header()).await.expect_refusal(401, UNAUTHORIZED);
    mdm.sign_in_with(&Signature::of(&mdm, "c").at(2_208_988_800).header()).await.expect_ok();
    portal.quirks(json!({"auth_clock": "off"})).await;
    mdm.sign_in_with(&Signature::of(&mdm, "d").at(1).header()).await.expect_ok();
    mdm.sign_in_with(&Signature::of(&mdm, "e").at(u64::MAX).header()).await.expect_ok();
}

#[tokio::test]
async fn the_first_thing_that_is_wrong_is_told() {
    let (_world, portal, mdm) = ready().await;
    // Everything is wrong at once, then one thing after the other is put right.
    portal.call("PUT", "/terms", json!({"state": "unsigned"})).await;
    portal.call("PATCH", "/servers/Primary%20MDM", json!({"access": false})).await;
    mdm.sign_in_with(&Signature::of(&mdm, "used").header()).await.expect_refusal(403, "T_C_NOT_SIGNED");
    let bad = |signature: Signature| signature.consumer_secret("CS_other").off_by(-9_999).consumer_key("CK_unknown");
    let mut pairs = bad(Signature::of(&mdm, "n")).pairs();
    pairs.iter_mut().find(|pair| pair.0 == "oauth_signature_method").unwrap().1 = "PLAINTEXT".to_owned();
    mdm.sign_in_with(&header_of(&pairs, ",")).await.expect_refusal(400, BAD_REQUEST);
    mdm.sign_in_with(&bad(Signature::of(&mdm, "n")).header()).await.expect_refusal(401, UNAUTHORIZED);
    let expired = json!({"expires_in": "-1d"});
    portal.post("/servers/Primary%20MDM/token", expired).await;
    let expired = portal.mdm("Primary MDM").await;
    let stale = Signature::of(&expired, "n").consumer_secret("CS_other").off_by(-9_999).header();
    expired.sign_in_with(&stale).await.expect_refusal(403, "token_expiredForbidden");
    portal.post("/servers/Primary%20MDM/token", json!({})).await;
    let mdm = portal.mdm("Primary MDM").await;
    let stale = Signature::of(&mdm, "n").consumer_secret("CS_other").off_by(-9_999).header();
    mdm.sign_in_with(&stale).await.expect_refusal(401, UNAUTHORIZED);
    let forged = Signature::of(&mdm, "n").consumer_secret("CS_other").header();
    mdm.sign_in_with(&forged).await.expect_refusal(403, "signature_invalidForbidden");
    mdm.sign_in_with(&Signature::of(&mdm, "n").header()).await.expect_refusal(403, "T_C_NOT_SIGNED");
    portal.call("PUT", "/terms", json!({"state": "signed"})).await;
    mdm.sign_in_with(&Signature::of(&mdm, "o").header()).await.expect_refusal(403, "ACCESS_DENIED");
    portal.call("PATCH", "/servers/Primary%20MDM", json!({"access": true})).await;
    mdm.sign_in_with(&Signature::of(&mdm, "p").header()).await.expect_ok();
}

#[tokio::test]
async fn other_methods_are_not_allowed() {
    let (_world, _, mdm) = ready().await;
    for method in ["POST", "PUT", "DELETE", "PATCH"] {
        let refused = mdm.send(method, "/session", None).await;
        refused.expect_refusal(405, "");
        assert_eq!(refused.header("allow"), Some("GET, HEAD"));
    }
}
