//! Faults in calls of the stores' services.

use serde_json::{Value, json};

use crate::actors::socket::{request, say};
use crate::actors::{Answer, ContentManager, Developer, World};

const SCENARIO: &str = "
version: 1
clock: {start: 2026-09-01T08:00:00Z, mode: frozen}
organizations:
  - id: acme
    locations:
      - {name: HQ, country: US, assets: [{adam_id: 361309726, licenses: 5}]}
      - {name: Branch, country: DE}
  - id: other
    locations: [{name: Elsewhere, country: US}]
";
const APPS: &str = "/v1/catalog/us/stoken-authenticated-apps?ids=361309726&platform=iphone";
const LOCKUP: &str = "/WebObjects/MZStorePlatform.woa/wa/lookup?version=2&p=mdm-lockup&caller=MDM&cc=us&id=361309726";

/// A call with the content token of `manager`.
async fn ask(world: &World, manager: &ContentManager, path: &str) -> Answer {
    Developer::of(world).get_with(path, &[("Cookie", &format!("itvt={}", manager.token()))]).await
}

#[tokio::test]
async fn the_rules_of_the_content_tokens_organisation_strike_and_its_journal_says_which() {
    let world = World::of(SCENARIO).await;
    let (acme, other) = (world.content_manager_of("acme", "HQ"), world.content_manager_of("other", "Elsewhere"));
    let portal = world.portal_of("acme");
    let sporadic = json!({"on": "catalog.stoken_apps", "when": {"nth": 2}, "do": {"error": "40300"}});
    let id = portal.post("/faults", sporadic).await["id"].as_str().unwrap().to_owned();
    ask(&world, &acme, APPS).await.expect_ok();
    ask(&world, &other, APPS).await.expect_ok();
    let refused = ask(&world, &acme, APPS).await;
    let error = &refused.json()["errors"][0];
    assert_eq!((refused.status, &error["code"], &error["title"]), (403, &json!("40300"), &json!("Forbidden")));
    ask(&world, &acme, APPS).await.expect_ok();
    let entries = portal.journal("?operation=catalog.stoken_apps&status=403").await;
    assert_eq!((entries.len(), &entries[0]["fault"], &entries[0]["server"]), (1, &json!(id), &json!("HQ")));
    let text = crate::actors::client().get(format!("{}/_sim/metrics", world.url())).send().await.unwrap();
    let text = text.text().await.unwrap();
    assert!(text.lines().any(|line| line.contains("fault") && line.contains("catalog.stoken_apps")), "{text}");
}

#[tokio::test]
async fn every_call_of_the_stores_can_fail_in_all_ways() {
    let world = World::of(SCENARIO).await;
    let (hq, portal) = (world.content_manager_of("acme", "HQ"), world.portal_of("acme"));
    for path in [APPS, LOCKUP, "/lookup?id=361309726", "/v1/catalog/us/genres", "/v1/storefronts/us"] {
        let whole = ask(&world, &hq, path).await.text;
        let asked = async |effect: Value| {
            portal.call("DELETE", "/faults", Value::Null).await;
            portal.post("/faults", json!({"on": "catalog.*", "times": 1, "do": effect})).await;
            ask(&world, &hq, path).await
        };
        let busy = asked(json!({"status": 503, "retry_after": 30, "body": "html"})).await;
        assert_eq!((busy.status, busy.header("retry-after")), (503, Some("30")), "{path}");
        assert!(busy.text.starts_with("<html>"), "{path}: {}", busy.text);
        assert_eq!(asked(json!({"error": "TOO_MANY_REQUESTS", "retry_after": 1})).await.status, 429, "{path}");
        assert_eq!(asked(json!({"body": "truncated"})).await.text, whole[..whole.len() / 2], "{path}");
        assert_eq!(asked(json!({"delay": "1ms", "trickle": "1MB/s"})).await.text, whole, "{path}");
    }
    portal.post("/faults", json!({"on": "catalog.lookup", "do": {"close": "before_headers"}})).await;
    let cookie = format!("Cookie: itvt={}\r\n", hq.token());
    let nothing = say(world.simulator().address(), &request("GET", LOCKUP, "store.example", &cookie, "")).await;
    assert_eq!(nothing, "");
}

#[tokio::test]
async fn a_call_without_a_content_token_is_the_only_organisations_or_nobodys() {
    let openly = async |world: &World| Developer::of(world).get_openly("/lookup?id=361309726").await;
    let rule = json!({"on": "catalog.public_lookup", "do": {"error": "FORBIDDEN"}});
    let several = World::of(SCENARIO).await;
    several.portal_of("acme").post("/faults", rule.clone()).await;
    openly(&several).await.expect_ok();
    let alone = World::small().await;
    alone.portal().post("/faults", rule).await;
    let refused = openly(&alone).await;
    assert_eq!((refused.status, refused.text.as_str()), (403, ""));
}

#[tokio::test]
async fn errors_that_are_none_of_the_calls_own_are_refused() {
    let world = World::small().await;
    let rule = json!({"on": "catalog.stoken_apps", "do": {"error": "40400"}});
    let problem = world.portal().refused("POST", "/faults", rule, 422, "BODY_DOES_NOT_FIT").await;
    assert!(problem.to_string().contains("did you mean `40300`?"), "{problem}");
}
