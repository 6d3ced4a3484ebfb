//! `GET …/catalog`: what the portal's search offers.

use serde_json::{Value, json};

use crate::actors::{Portal, World};

async fn names(portal: &Portal, query: &str) -> Vec<String> {
    let found = portal.get(&format!("/catalog?limit=1000&{query}")).await;
    found["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn content_is_searched_by_media_category_and_words() {
    let world = World::small().await;
    let portal = world.portal();
    assert_eq!(names(&portal, "media=mac&category=Developer%20Tools&q=xcode").await, ["Xcode"]);
    assert_eq!(names(&portal, "media=book&category=9032").await, ["The Quiet Enrolment"]);
    assert_eq!(names(&portal, "media=watch&q=things").await, ["Things 3"]);
    assert!(names(&portal, "media=ios&q=xcode").await.is_empty());
    assert_eq!(names(&portal, "q=586447913").await, ["Microsoft Word"]);
    let all = names(&portal, "").await.len();
    assert!(all > 100, "{all}");
    let sold = |country| names(&portal, country);
    assert!(sold("country=de&q=bahnsteig").await.len() == 1 && sold("country=us&q=bahnsteig").await.is_empty());
}

#[tokio::test]
async fn an_item_says_what_it_runs_on_and_whether_it_is_made_up() {
    let world = World::small().await;
    let portal = world.portal();
    let one = async |query: &str| portal.get(&format!("/catalog?q={query}")).await["items"][0].clone();
    let flight = one("899247664").await;
    assert_eq!(flight["platforms"], json!(["iOS", "macOS", "tvOS", "visionOS"]));
    assert_eq!(
        (&flight["universal"], &flight["invented"], &flight["custom_for"]),
        (&json!(true), &json!(false), &Value::Null)
    );
    assert_eq!((&flight["category"], &flight["category_id"]), (&json!("Developer Tools"), &json!("6026")));
    let xcode = one("497799835").await;
    assert_eq!(
        (&xcode["universal"], &xcode["price"], &xcode["adam_id"]),
        (&json!(false), &json!("0.00"), &json!("497799835"))
    );
    let train = one("9900000001").await;
    assert_eq!(
        (&train["invented"], &train["sold"], &train["countries"]),
        (&json!(true), &json!("in"), &json!(["DE", "AT", "CH"]))
    );
    let own = one("9900000008").await;
    assert_eq!((&own["device_assignable"], &own["price"]), (&json!(false), &json!("0.99")));
}

#[tokio::test]
async fn a_long_list_comes_page_by_page() {
    let world = World::small().await;
    let portal = world.portal();
    let (mut seen, mut cursor) = (Vec::new(), "0".to_owned());
    loop {
        let page = portal.get(&format!("/catalog?limit=40&cursor={cursor}")).await;
        seen.extend(page["items"].as_array().unwrap().iter().map(|item| item["adam_id"].as_str().unwrap().to_owned()));
        match page["next"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => break,
        }
    }
    let all = names(&portal, "").await.len();
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), all);
}

#[tokio::test]
async fn a_query_that_makes_no_sense_is_refused_with_what_would() {
    let world = World::small().await;
    let portal = world.portal();
    for (query, hint) in [
        ("media=android", "ios, iphone"),
        ("category=Productivty", "`Productivity`"),
        ("country=xx", "de, dk"),
        ("limit=many", "a number"),
    ] {
        let problem = portal.refused("GET", &format!("/catalog?{query}"), Value::Null, 400, "BAD_QUERY").await;
        assert!(problem["detail"].as_str().unwrap().contains(hint), "{problem}");
    }
}
