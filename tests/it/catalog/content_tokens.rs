//! Custom apps: to be seen with the content token of those for whom they were made.

use serde_json::{Value, json};

use crate::actors::{Developer, World};

const SCENARIO: &str = "
version: 1
clock: {start: 2026-09-01T08:00:00Z, mode: frozen}
organizations:
  - id: acme
    name: Acme
    locations:
      - name: HQ
        country: US
        assets:
          - {adam_id: 7000000001, name: Acme Tools, licenses: 5, bundle_id: com.acme.tools, custom_for: Acme}
          - {adam_id: 361309726, licenses: 5}
  - id: other
    name: Other
    locations: [{name: Elsewhere, country: US}]
";

async fn seen(world: &World, token: Option<&str>) -> (u16, Value) {
    let url = format!(
        "{}/v1/catalog/us/stoken-authenticated-apps?ids=7000000001,361309726&platform=iphone&additionalPlatforms=ipad,mac",
        world.url()
    );
    let mut request = crate::actors::client().get(url).bearer_auth(Developer::of(world).token());
    if let Some(token) = token {
        request = request.header("cookie", format!("itvt={token}"));
    }
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

fn names(answer: &Value) -> Vec<&str> {
    answer["data"].as_array().unwrap().iter().map(|app| app["attributes"]["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_custom_app_is_seen_by_those_for_whom_it_was_made() {
    let world = World::of(SCENARIO).await;
    let token = |location: &str| world.content_manager(location).token().to_owned();
    let (status, acme) = seen(&world, Some(&token("HQ"))).await;
    assert_eq!((status, names(&acme)), (200, vec!["Acme Tools", "Pages"]));
    let (status, other) = seen(&world, Some(world.content_manager_of("other", "Elsewhere").token())).await;
    assert_eq!((status, names(&other)), (200, vec!["Pages"]));
    let (status, none) = seen(&world, None).await;
    assert_eq!((status, &none["errors"][0]["code"]), (403, &json!("40300")));
}

#[tokio::test]
async fn a_token_that_is_dead_opens_nothing_and_the_journal_says_why() {
    let world = World::of(SCENARIO).await;
    let token = world.content_manager("HQ").token().to_owned();
    world.portal().call("DELETE", "/locations/HQ/token", Value::Null).await;
    let (status, answer) = seen(&world, Some(&token)).await;
    assert_eq!((status, &answer["errors"][0]["code"]), (403, &json!("40300")));
    let entries = world.portal().journal("").await;
    let refused = entries.iter().find(|entry| entry["operation"] == "catalog.stoken_apps").unwrap();
    assert!(refused["why"].to_string().contains("revoked"), "{refused}");
    assert!(!json!(entries).to_string().contains(&token), "the token is not shown");
}
