//! Sessions: how they end, how their tokens rotate.

use serde_json::json;

use crate::actors::{MdmServer, Portal, World};

async fn signed_in() -> (World, Portal, MdmServer) {
    let world = World::small().await;
    let (portal, mdm) = (world.portal(), world.mdm("Primary MDM").await);
    (world, portal, mdm)
}

fn token_of(answer: &crate::actors::Answer) -> &str {
    answer.header("x-adm-auth-session").unwrap()
}

#[tokio::test]
async fn a_call_without_a_session_is_unauthorized() {
    let (_world, _, mdm) = signed_in().await;
    for session in [None, Some(""), Some("garbage"), Some("1788249600000O1OABC")] {
        let stranger = MdmServer { session: session.map(str::to_owned), ..mdm.clone() };
        for (method, path) in [("GET", "/account"), ("POST", "/server/devices"), ("DELETE", "/profile/devices")] {
            let refused = stranger.send(method, path, Some("{}")).await;
            refused.expect_refusal(401, "UNAUTHORIZED");
            assert_eq!(refused.header("x-adm-auth-session"), None);
            assert_eq!(refused.header("www-authenticate"), None, "that is /session's alone");
        }
    }
}

#[tokio::test]
async fn an_unknown_session_is_forbidden_where_the_switch_says_so() {
    let (_world, portal, mut mdm) = signed_in().await;
    portal.quirks(json!({"unknown_session": "forbidden"})).await;
    let stranger = MdmServer { session: Some("garbage".to_owned()), ..mdm.clone() };
    stranger.send("GET", "/account", None).await.expect_refusal(403, "FORBIDDEN");
    portal.call("DELETE", "/sessions", json!(null)).await;
    mdm.get("/account").await.expect_refusal(401, "UNAUTHORIZED");
}

#[tokio::test]
async fn refusals_without_a_session_follow_the_switches_too() {
    let (_world, portal, mdm) = signed_in().await;
    portal.quirks(json!({"error_body": "quoted"})).await;
    for session in [None, Some("garbage".to_owned())] {
        let stranger = MdmServer { session, ..mdm.clone() };
        stranger.send("GET", "/account", None).await.expect_refusal(401, "\"UNAUTHORIZED\"");
    }
}

#[tokio::test]
async fn a_session_lives_for_an_hour_or_what_the_switch_says() {
    let (_world, portal, mut mdm) = signed_in().await;
    portal.advance("59m59s").await;
    mdm.get("/account").await.expect_ok();
    portal.advance("1s").await;
    mdm.get("/account").await.expect_refusal(401, "UNAUTHORIZED");
    portal.quirks(json!({"session_ttl": "3m"})).await;
    mdm.sign_in().await.expect_ok();
    portal.advance("179s").await;
    mdm.get("/account").await.expect_ok();
    portal.advance("1s").await;
    mdm.get("/account").await.expect_refusal(401, "UNAUTHORIZED");
}

#[tokio::test]
async fn an_administrator_ends_all_sessions_and_new_ones_begin() {
    let (_world, portal, mut mdm) = signed_in().await;
    portal.call("DELETE", "/sessions", json!(null)).await;
    mdm.get("/account").await.expect_refusal(401, "UNAUTHORIZED");
    mdm.sign_in().await.expect_ok();
    mdm.get("/account").await.expect_ok();
}

#[tokio::test]
async fn many_sessions_of_one_token_live_side_by_side() {
    let (_world, _, mdm) = signed_in().await;
    let mut sessions = vec![mdm.session.clone().unwrap()];
    for _ in 0..3 {
        let mut again = mdm.clone();
        again.sign_in().await.expect_ok();
        sessions.extend(again.session);
    }
    sessions.dedup();
    assert_eq!(sessions.len(), 4, "each has its own token");
    for session in sessions {
        let again = MdmServer { session: Some(session), ..mdm.clone() };
        again.send("GET", "/account", None).await.expect_ok();
    }
}

#[tokio::test]
async fn answers_and_refusals_of_calls_name_the_session() {
    let (_world, _, mdm) = signed_in().await;
    let session = mdm.session.as_deref();
    assert_eq!(mdm.send("GET", "/account", None).await.header("x-adm-auth-session"), session);
    let refused = mdm.send("POST", "/devices/sync", Some("{}")).await;
    refused.expect_refusal(400, "CURSOR_REQUIRED");
    assert_eq!(refused.header("x-adm-auth-session"), session);
}

#[tokio::test]
async fn the_token_is_replaced_after_so_many_calls_and_the_old_one_lives_for_a_while() {
    let (_world, portal, mdm) = signed_in().await;
    portal.quirks(json!({"session_rotate_every": 3})).await;
    let first = mdm.session.clone().unwrap();
    for _ in 0..2 {
        assert_eq!(token_of(&mdm.send("GET", "/account", None).await), first);
    }
    let third = mdm.send("GET", "/account", None).await;
    third.expect_ok();
    let second = token_of(&third).to_owned();
    assert_ne!(second, first);
    portal.advance("4m59s").await;
    let late = mdm.send("GET", "/account", None).await;
    late.expect_ok();
    assert_eq!(token_of(&late), second, "the old token is told its successor");
    portal.advance("1s").await;
    mdm.send("GET", "/account", None).await.expect_refusal(401, "UNAUTHORIZED");
    let successor = MdmServer { session: Some(second.clone()), ..mdm };
    let answer = successor.send("GET", "/account", None).await;
    answer.expect_ok();
    assert_eq!(token_of(&answer), second, "its own count has begun");
}

#[tokio::test]
async fn without_grace_a_replaced_token_is_dead_at_once() {
    let (_world, portal, mut mdm) = signed_in().await;
    portal.quirks(json!({"session_rotate_every": 1, "session_rotate_grace": "0s"})).await;
    let ignorant = mdm.clone();
    for _ in 0..5 {
        let before = mdm.session.clone();
        mdm.get("/account").await.expect_ok();
        assert_ne!(mdm.session, before);
    }
    ignorant.send("GET", "/account", None).await.expect_refusal(401, "UNAUTHORIZED");
}

#[tokio::test]
async fn a_refused_call_rotates_the_token_as_well() {
    let (_world, portal, mut mdm) = signed_in().await;
    portal.quirks(json!({"session_rotate_every": 1, "session_rotate_grace": "0s"})).await;
    for _ in 0..3 {
        mdm.post("/devices/sync", json!({})).await.expect_refusal(400, "CURSOR_REQUIRED");
    }
    mdm.get("/account").await.expect_ok();
}

#[tokio::test]
async fn calls_side_by_side_survive_a_rotation() {
    let (_world, portal, mdm) = signed_in().await;
    portal.quirks(json!({"session_rotate_every": 5})).await;
    let asked: Vec<_> = (0..40)
        .map(|_| {
            let mdm = mdm.clone();
            tokio::spawn(async move { mdm.send("GET", "/account", None).await })
        })
        .collect();
    let mut tokens = Vec::new();
    for answer in asked {
        let answer = answer.await.unwrap();
        answer.expect_ok();
        tokens.push(token_of(&answer).to_owned());
    }
    tokens.sort();
    tokens.dedup();
    assert_eq!(tokens.len(), 2, "one successor for all of them");
    for token in tokens {
        let mdm = MdmServer { session: Some(token), ..mdm.clone() };
        mdm.send("GET", "/account", None).await.expect_ok();
    }
}
