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
        "{}/v1/catalog/us/stoken-authenticated-apps?ids=7000000001,361309726&platform=iphone&additionalPlatforms=ipad,mac&extend=latestVersionInfo",
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
async fn a_custom_app_is_in_the_store_with_its_last_approved_version() {
    let in_review = SCENARIO.replace("custom_for: Acme}", "custom_for: Acme, version: '1.0', review: in_review}");
    let world = World::of(&in_review).await;
    let (portal, token) = (world.portal(), world.content_manager("HQ").token().to_owned());
    let review = async |version: &str, review: &str| {
        let path = format!("/titles/7000000001/versions/{version}");
        portal.call("PUT", &path, json!({"review": review})).await
    };
    let buy = json!({"location": "HQ", "adam_id": "7000000001", "quantity": 1});
    assert_eq!(names(&seen(&world, Some(&token)).await.1), ["Pages"]);
    portal.refused("POST", "/purchases", buy.clone(), 409, "NOT_REVIEWED").await;

    review("1.0", "approved").await;
    assert_eq!(names(&seen(&world, Some(&token)).await.1), ["Acme Tools", "Pages"]);
    portal.post("/purchases", buy.clone()).await;
    let title = review("1.1", "in_review").await;
    let versions = json!([{"version": "1.0", "review": "approved"}, {"version": "1.1", "review": "in_review"}]);
    assert_eq!((&title["version"], &title["versions"]), (&json!("1.0"), &versions));
    review("1.1", "approved").await;
    assert_eq!(portal.get("/titles/7000000001").await["version"], "1.1");
    assert!(seen(&world, Some(&token)).await.1["data"].to_string().contains("\"1.1\""));

    review("1.1", "rejected").await;
    assert_eq!(review("1.0", "rejected").await["version"], Value::Null);
    assert_eq!(names(&seen(&world, Some(&token)).await.1), ["Pages"]);
    portal.refused("POST", "/purchases", buy, 409, "NOT_REVIEWED").await;
    let path = "/titles/361309726/versions/1.0";
    portal.refused("PUT", path, json!({"review": "approved"}), 409, "NOT_CUSTOM").await;
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
