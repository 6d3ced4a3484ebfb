//! Who may ask.

use abmsim::clock::Span;
use abmsim::organization::content::{TokenKind, inner_token};
use serde_json::json;

use super::library;
use crate::actors::{ContentManager, World};

/// Another token of HQ.
pub fn token(world: &World, kind: TokenKind, life: Option<Span>) -> ContentManager {
    let acme = world.simulator().directory().organization("acme").unwrap();
    let token = acme.write(|books, now| {
        let location = books.content.find_location("HQ").unwrap();
        books.issue_content_token(location, "kim@acme.example", kind, life, now)
    });
    world.simulator().directory().index(&acme);
    ContentManager::new(world.url(), token.text.expose().to_owned())
}

#[tokio::test]
async fn a_token_is_missing_malformed_unknown_or_the_wrong_part() {
    let world = library().await;
    let hq = world.content_manager("HQ");
    hq.with(None).get("/assets").await.expect_number(401, 9601);
    for header in ["Bearer", "Bearer ", "Basic abc", hq.token()] {
        hq.with(Some(header)).get("/assets").await.expect_number(401, 9722);
    }
    let unknown = hq.with(Some("Bearer dG9rZW4=")).get("/assets").await;
    assert_eq!(
        (unknown.status, unknown.text.as_str()),
        (200, r#"{"errorMessage":"Invalid authentication token","errorNumber":9622}"#)
    );
    let inner = inner_token(hq.token()).unwrap();
    hq.with(Some(&format!("Bearer {inner}"))).get("/assets").await.expect_number(200, 9622);
    world.portal().quirks(json!({"invalid_token_status": 401})).await;
    hq.with(Some("Bearer dG9rZW4=")).get("/assets").await.expect_number(401, 9622);
    hq.with(Some(&format!("bearer  {}", hq.token()))).get("/assets").await.expect_ok();
}

#[tokio::test]
async fn a_token_is_expired_revoked_legacy_or_read_only() {
    let world = library().await;
    let hq = world.content_manager("HQ");
    token(&world, TokenKind::Legacy, None).get("/client/config").await.expect_number(403, 9647);
    let reader = token(&world, TokenKind::ReadOnly, None);
    for path in ["/assets", "/assignments", "/users", "/client/config"] {
        reader.get(path).await.expect_ok();
    }
    reader.post("/users/create", json!({"users": [{"clientUserId": "x"}]})).await.expect_number(403, 9637);
    token(&world, TokenKind::Full, Some(Span::ZERO)).get("/assets").await.expect_number(401, 9621);

    let acme = world.simulator().directory().organization("acme").unwrap();
    acme.write(|books, now| books.change_password("kim@acme.example", now));
    let revoked = hq.get("/assets").await.expect_number(401, 9625);
    assert_eq!(revoked["errorMessage"], "The server has revoked the sToken.");
    hq.get("/service/config").await.expect_ok();
}

#[tokio::test]
async fn the_end_of_the_token_is_told_always_or_when_it_is_near() {
    let world = library().await;
    let hq = world.content_manager("HQ");
    let users = json!({"users": [{"clientUserId": "new"}]});
    for answer in [hq.get("/assets").await, hq.get("/users").await, hq.post("/users/create", users).await] {
        assert_eq!(answer.expect_ok()["tokenExpirationDate"], "2027-09-01T08:00:00+0000");
    }
    world.portal().quirks(json!({"token_expiration_date": "near"})).await;
    assert!(hq.get("/assets").await.expect_ok().get("tokenExpirationDate").is_none());
    world.portal().advance("350d").await;
    assert!(hq.get("/assets").await.expect_ok()["tokenExpirationDate"].is_string());
}

#[tokio::test]
async fn a_location_answers_fifteen_requests_in_a_second_where_that_is_counted() {
    let world = library().await;
    let hq = world.content_manager("HQ");
    world.portal().quirks(json!({"rate_limit": "documented", "limits": {"maxRequestPerSecond": 2}})).await;
    hq.get("/assets").await.expect_ok();
    hq.get("/users").await.expect_ok();
    let answer = hq.get("/assets").await;
    answer.expect_number(429, 9646);
    assert_eq!(answer.header("retry-after"), None);
    world.content_manager("Branch").get("/assets").await.expect_ok();
    world.portal().advance("1s").await;
    hq.get("/assets").await.expect_ok();
}

#[tokio::test]
async fn a_limit_of_its_own_holds_at_one_location_and_says_when_to_come_again() {
    let world = library().await;
    let (hq, portal) = (world.content_manager("HQ"), world.portal());
    let limit = json!({"requests": 1, "window": "90s", "retry_after": "seconds", "locations": ["HQ"]});
    portal.quirks(json!({ "rate_limit": limit })).await;
    hq.get("/assets").await.expect_ok();
    portal.advance("30s").await;
    let answer = hq.get("/assets").await;
    answer.expect_number(429, 9646);
    assert_eq!(answer.header("retry-after"), Some("60"));
    portal.quirks(json!({"rate_limit": {"retry_after": "date"}})).await;
    let answer = hq.get("/assets").await;
    answer.expect_number(429, 9646);
    assert_eq!(answer.header("retry-after"), Some("Tue, 01 Sep 2026 08:01:30 GMT"));
    for _ in 0..3 {
        world.content_manager("Branch").get("/assets").await.expect_ok();
    }
    portal.advance("60s").await;
    hq.get("/assets").await.expect_ok();
}
