//! Signing in, and the session's token.

use serde_json::json;

use super::{breathe, broken, shown};
use crate::actors::{Signature, World};

#[tokio::test]
async fn oauth_headers_that_are_wrong_are_told_apart() {
    let world = World::small().await;
    let mdm = world.portal().mdm("Primary MDM").await;
    mdm.sign_in_with("OAuth nonsense").await;
    assert_eq!(broken(&world.portal()).await, ["oauth-malformed"]);

    let world = World::small().await;
    let mdm = world.portal().mdm("Primary MDM").await;
    let header = Signature::of(&mdm, "once").header();
    mdm.sign_in_with(&header).await.expect_ok();
    assert_eq!(mdm.sign_in_with(&header).await.status, 401);
    assert_eq!(broken(&world.portal()).await, ["oauth-nonce-reused"]);

    let world = World::small().await;
    let mdm = world.portal().mdm("Primary MDM").await;
    assert_eq!(mdm.sign_in_with(&Signature::of(&mdm, "n").off_by(-3_600).header()).await.status, 401);
    assert_eq!(broken(&world.portal()).await, ["oauth-timestamp-off"]);

    let world = World::small().await;
    let mdm = world.portal().mdm("Primary MDM").await;
    assert_eq!(mdm.sign_in_with(&Signature::of(&mdm, "n").consumer_secret("CS_guessed").header()).await.status, 403);
    assert_eq!(broken(&world.portal()).await, ["oauth-signature-wrong"]);

    let world = World::small().await;
    let mdm = world.portal().mdm("Primary MDM").await;
    assert_eq!(mdm.sign_in_with(&Signature::of(&mdm, "n").access_token("AT_guessed").header()).await.status, 401);
    assert_eq!(broken(&world.portal()).await, ["unknown-token"]);
}

#[tokio::test]
async fn a_replaced_token_is_tried_once_and_not_at_once_again() {
    let world = World::small().await;
    let mut mdm = world.portal().mdm("Primary MDM").await;
    world.portal().renew("Primary MDM").await;
    for _ in 0..3 {
        mdm.sign_in().await.expect_refusal(403, "signature_invalidForbidden");
    }
    assert!(broken(&world.portal()).await.is_empty(), "the signature is right, the token dead");
    mdm.sign_in().await;
    assert_eq!(broken(&world.portal()).await, ["keeps-rejected-token"]);
}

#[tokio::test]
async fn a_session_is_for_more_than_one_call() {
    let world = World::small().await;
    let mut mdm = world.portal().mdm("Primary MDM").await;
    for _ in 0..5 {
        mdm.sign_in().await.expect_ok();
        mdm.get("/account").await.expect_ok();
    }
    assert_eq!(shown(&world, "signs-in-for-every-call").await, ["/session"; 5]);
}

#[tokio::test]
async fn a_call_needs_a_session() {
    let world = World::small().await;
    let mut mdm = world.portal().mdm("Primary MDM").await;
    mdm.get("/account").await.expect_refusal(401, "UNAUTHORIZED");
    assert_eq!(broken(&world.portal()).await, ["no-session-header"]);
}

#[tokio::test]
async fn a_401_is_answered_with_a_new_session() {
    let world = World::small().await;
    let mut mdm = world.mdm("Primary MDM").await;
    world.portal().call("DELETE", "/sessions", json!(null)).await;
    for _ in 0..3 {
        mdm.get("/account").await.expect_refusal(401, "UNAUTHORIZED");
        breathe().await;
    }
    assert_eq!(shown(&world, "no-sign-in-after-401").await, ["/account"; 3]);
}

#[tokio::test]
async fn a_new_session_in_the_end_does_not_make_up_for_a_loop() {
    let world = World::small().await;
    let mut mdm = world.mdm("Primary MDM").await;
    world.portal().call("DELETE", "/sessions", json!(null)).await;
    for _ in 0..5 {
        mdm.get("/account").await.expect_refusal(401, "UNAUTHORIZED");
        breathe().await;
    }
    mdm.sign_in().await.expect_ok();
    mdm.get("/account").await.expect_ok();
    assert_eq!(shown(&world, "no-sign-in-after-401").await, ["/account"; 5]);
}

#[tokio::test]
async fn the_new_session_replaces_the_old() {
    let world = World::small().await;
    let mut mdm = world.mdm("Primary MDM").await;
    world.portal().call("DELETE", "/sessions", json!(null)).await;
    mdm.get("/account").await.expect_refusal(401, "UNAUTHORIZED");
    breathe().await;
    mdm.clone().sign_in().await.expect_ok();
    for _ in 0..2 {
        breathe().await;
        mdm.get("/account").await.expect_refusal(401, "UNAUTHORIZED");
    }
    assert_eq!(broken(&world.portal()).await, ["old-session-after-sign-in"]);
}

#[tokio::test]
async fn a_rotated_session_is_followed() {
    let world = World::small().await;
    world.portal().quirks(json!({"session_rotate_every": 1})).await;
    let mut mdm = world.mdm("Primary MDM").await;
    for _ in 0..3 {
        mdm.get("/account").await.expect_ok();
        breathe().await;
    }
    assert!(broken(&world.portal()).await.is_empty(), "this one follows");
    for _ in 0..3 {
        mdm.send("GET", "/account", None).await.expect_ok();
        breathe().await;
    }
    assert_eq!(broken(&world.portal()).await, ["ignores-rotated-session"]);
}

#[tokio::test]
async fn what_runs_side_by_side_cannot_know_of_the_401_beside_it() {
    let world = World::small().await;
    let mdm = world.mdm("Primary MDM").await;
    world.portal().call("DELETE", "/sessions", json!(null)).await;
    let call = || {
        let mdm = mdm.clone();
        tokio::spawn(async move { mdm.send("GET", "/account", None).await.status })
    };
    let calls: Vec<_> = (0..4).map(|_| call()).collect();
    for call in calls {
        assert_eq!(call.await.unwrap(), 401);
    }
    let mut mdm = mdm;
    mdm.sign_in().await.expect_ok();
    mdm.get("/account").await.expect_ok();
    assert!(!broken(&world.portal()).await.contains(&"old-session-after-sign-in".to_owned()));
}
