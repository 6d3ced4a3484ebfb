//! Errors of the calls' own catalogues, and any status.

use serde_json::{Value, json};

use super::{counts, fault, once};
use crate::actors::World;

#[tokio::test]
async fn an_error_is_worded_as_the_call_words_it_itself() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    let (_, cursor) = mdm.fetch_all(100).await;
    portal.advance("8d").await;
    mdm.sign_in().await.expect_ok();
    let real = mdm.sync(&cursor).await;
    real.expect_refusal(400, "EXPIRED_CURSOR");
    let (_, cursor) = mdm.fetch_all(100).await;
    let id = fault(&portal, once("enrollment.sync_devices", "EXPIRED_CURSOR")).await;
    let injected = mdm.sync(&cursor).await;
    injected.expect_refusal(400, "EXPIRED_CURSOR");
    let names = |headers: &reqwest::header::HeaderMap| headers.keys().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(names(&injected.headers), names(&real.headers), "the edge's headers and the session's are there too");
    assert_eq!(injected.header("x-adm-auth-session"), mdm.session.as_deref());
    mdm.sync(&cursor).await.expect_ok();
    assert_eq!(counts(&portal, &id).await, (2, 1));
}

#[tokio::test]
async fn errors_follow_the_switches() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    fault(&portal, json!({"on": "enrollment.*", "do": {"error": "T_C_NOT_SIGNED"}})).await;
    for (style, body) in [
        ("bare", "T_C_NOT_SIGNED"),
        ("newline", "T_C_NOT_SIGNED\n"),
        ("quoted", "\"T_C_NOT_SIGNED\""),
        ("json", "{\"code\":\"T_C_NOT_SIGNED\"}"),
    ] {
        portal.quirks(json!({ "error_body": style })).await;
        mdm.get("/account").await.expect_refusal(403, body);
        mdm.sign_in().await.expect_refusal(403, body);
    }
}

#[tokio::test]
async fn every_call_has_errors_of_its_own() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    for (operation, method, path, error, status, body) in [
        ("session", "GET", "/session", "token_expired", 403, "token_expiredForbidden"),
        ("session", "GET", "/session", "oauth_problem_adviceUnauthorized", 401, "oauth_problem_adviceUnauthorized"),
        ("session", "GET", "/session", "TOO_MANY_REQUESTS", 429, "TOO_MANY_REQUESTS"),
        ("account", "GET", "/account", "UNAUTHORIZED", 401, "UNAUTHORIZED"),
        ("account", "GET", "/account", "INTERNAL_SERVER_ERROR", 500, "Internal Server Error"),
        ("account", "GET", "/account", "BAD_REQUEST", 400, ""),
        ("fetch_devices", "POST", "/server/devices", "INVALID_CURSOR", 400, "INVALID_CURSOR"),
        ("fetch_devices", "POST", "/server/devices", "exhausted_cursor", 400, "EXHAUSTED_CURSOR"),
        ("device_details", "POST", "/devices", "DEVICE_ID_REQUIRED", 400, "DEVICE_ID_REQUIRED"),
        ("disown", "POST", "/devices/disown", "ACCESS_DENIED", 403, "ACCESS_DENIED"),
        ("define_profile", "POST", "/profile", "FLAGS_INVALID", 400, "FLAGS_INVALID"),
        ("define_profile", "POST", "/profile", "DEPARTMENT_REQUIRED", 400, "DEPARTMENT_REQUIRED"),
        ("get_profile", "GET", "/profile", "PROFILE_NOT_FOUND", 400, "PROFILE_NOT_FOUND"),
        ("assign_profile", "POST", "/profile/devices", "NOT_FOUND", 404, "NOT_FOUND"),
        ("remove_profile", "DELETE", "/profile/devices", "USER_AGENT_INVALID", 400, "USER_AGENT_INVALID"),
        (
            "beta_tokens",
            "GET",
            "/os-beta-enrollment/tokens",
            "APPLE_SEED_FOR_IT_TURNED_OFF",
            403,
            "APPLE_SEED_FOR_IT_TURNED_OFF",
        ),
        ("replacement_details", "GET", "/device/replacementDetails", "DEVICE_NOT_FOUND", 400, "DEVICE_NOT_FOUND"),
        ("get_service_discovery", "GET", "/account-driven-enrollment/profile", "NOT_FOUND", 404, "NOT_FOUND"),
    ] {
        fault(&portal, once(&format!("enrollment.{operation}"), error)).await;
        let answer = if operation == "session" { mdm.sign_in().await } else { mdm.call(method, path, None).await };
        assert_eq!((answer.status, answer.text.as_str()), (status, body), "{operation} {error}");
    }
}

#[tokio::test]
async fn an_error_may_have_another_status_and_a_time_to_wait() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    let rule =
        json!({"on": "enrollment.session", "do": {"error": "token_rejected", "status": 403, "retry_after": "1m"}});
    fault(&portal, rule).await;
    let answer = mdm.sign_in().await;
    answer.expect_refusal(403, "token_rejectedUnauthorized");
    assert_eq!(answer.header("retry-after"), Some("60"));
}

#[tokio::test]
async fn any_status_has_a_time_to_wait_in_seconds_or_as_a_date() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    let date = "Tue, 01 Sep 2026 08:30:00 GMT";
    for (retry_after, sent) in
        [(json!(30), "30"), (json!("120"), "120"), (json!(date), date), (json!("2026-09-01T08:30:00Z"), date)]
    {
        let rule = json!({"on": "enrollment.account", "times": 1, "do": {"status": 503, "retry_after": retry_after}});
        fault(&portal, rule).await;
        let answer = mdm.get("/account").await;
        answer.expect_refusal(503, "Service Unavailable");
        assert_eq!(answer.header("retry-after"), Some(sent));
        assert!(answer.header("x-apple-request-uuid").is_some() && answer.header("x-adm-auth-session").is_some());
    }
    mdm.get("/account").await.expect_ok();
}

#[tokio::test]
async fn a_status_has_any_body() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    for (body, kind, text) in [
        (json!("slow down"), Some("text/plain;charset=UTF-8"), "slow down"),
        (json!({"code": "SLOW"}), Some("application/json;charset=UTF8"), "{\"code\":\"SLOW\"}"),
        (json!("\"SLOW\""), Some("application/json;charset=UTF8"), "\"SLOW\""),
        (json!("<b>slow</b>"), Some("text/html"), "<b>slow</b>"),
        (json!("empty"), None, ""),
    ] {
        let rule = json!({"on": "enrollment.account", "times": 1, "do": {"status": 429, "body": body}});
        fault(&portal, rule).await;
        let answer = mdm.get("/account").await;
        answer.expect_refusal(429, text);
        assert_eq!(answer.header("content-type"), kind, "{body}");
    }
}

#[tokio::test]
async fn an_edge_shows_its_page() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    for (effect, status) in [(json!({"body": "html"}), 503), (json!({"status": 502, "body": "html"}), 502)] {
        fault(&portal, json!({"on": "enrollment.account", "times": 1, "do": effect})).await;
        let answer = mdm.get("/account").await;
        assert_eq!((answer.status, answer.header("content-type")), (status, Some("text/html")));
        assert!(answer.text.starts_with("<html>") && answer.text.contains(&status.to_string()), "{}", answer.text);
    }
}

#[tokio::test]
async fn a_call_that_fails_does_not_take_effect_unless_it_is_to() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    let profile = mdm.define("P").await;
    let assigned = async || portal.device("C02PHONE0001").await["profile_status"].clone();
    let on = "enrollment.assign_profile";
    fault(&portal, json!({"on": on, "times": 1, "do": {"status": 500}})).await;
    mdm.assign(&profile, &["C02PHONE0001"]).await.expect_refusal(500, "Internal Server Error");
    assert_eq!(assigned().await, "empty");
    fault(&portal, json!({"on": on, "times": 1, "do": {"status": 500, "takes_effect": true}})).await;
    let answer = mdm.assign(&profile, &["C02PHONE0001"]).await;
    answer.expect_refusal(500, "Internal Server Error");
    assert_eq!(assigned().await, "assigned");
    assert!(answer.header("x-apple-request-uuid").is_some() && answer.header("x-adm-auth-session").is_some());
}

#[tokio::test]
async fn a_refused_sign_in_still_asks_for_oauth() {
    let world = World::small().await;
    let mut mdm = world.portal().mdm("Primary MDM").await;
    fault(&world.portal(), once("enrollment.session", "UNAUTHORIZED")).await;
    let answer = mdm.sign_in().await;
    answer.expect_refusal(401, "UNAUTHORIZED");
    assert_eq!(answer.header("www-authenticate"), Some("OAuth realm=\"ADM\""));
    mdm.sign_in().await.expect_ok();
}

#[tokio::test]
async fn the_session_goes_on_rotating_under_injected_errors() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    portal.quirks(json!({"session_rotate_every": 1, "session_rotate_grace": "0s"})).await;
    fault(&portal, json!({"on": "enrollment.account", "times": 1, "do": {"status": 503}})).await;
    let before = mdm.session.clone();
    let answer = mdm.get("/account").await;
    assert_eq!(answer.status, 503);
    let named: Option<Value> = answer.header("x-adm-auth-session").map(Value::from);
    assert!(named.is_some() && named != before.map(Value::from));
    mdm.get("/account").await.expect_ok();
}
