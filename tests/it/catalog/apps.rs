//! The catalogue: `/v1/catalog/…`.

use serde_json::{Value, json};

use crate::actors::{Answer, Developer, World};

fn ids(answer: &Answer) -> Vec<String> {
    let body = answer.expect_ok();
    body["data"].as_array().unwrap().iter().map(|resource| resource["id"].as_str().unwrap().to_owned()).collect()
}

fn error(answer: &Answer, status: u16, code: &str) -> Value {
    let body = answer.json();
    let error = &body["errors"][0];
    assert_eq!((answer.status, error["code"].as_str()), (status, Some(code)), "{body}");
    assert_eq!(error["status"], status.to_string());
    assert!(error["id"].is_string() && error["title"].is_string() && body.get("data").is_none());
    error.clone()
}

#[tokio::test]
async fn an_app_has_what_fleet_reads_of_it() {
    let world = World::small().await;
    let path =
        "/v1/catalog/us/apps?ids=586447913&platform=iphone&additionalPlatforms=ipad,mac&extend[apps]=latestVersionInfo";
    let body = Developer::of(&world).get(path).await.expect_ok();
    let app = &body["data"][0];
    assert_eq!((&app["id"], &app["type"]), (&json!("586447913"), &json!("apps")));
    assert_eq!(app["href"], "/v1/catalog/us/apps/586447913");
    let attributes = &app["attributes"];
    assert_eq!(attributes["name"], "Microsoft Word");
    let families: Vec<_> =
        attributes["deviceFamilies"].as_array().unwrap().iter().map(|family| family.as_str().unwrap()).collect();
    assert!(families.contains(&"iphone") && families.contains(&"ipad"));
    let ios = &attributes["platformAttributes"]["ios"];
    assert_eq!(ios["bundleId"], "com.microsoft.Office.Word");
    assert_eq!(ios["latestVersionInfo"]["versionDisplay"], "2.100");
    assert!(ios["externalVersionId"].is_u64());
    let template = ios["artwork"]["url"].as_str().unwrap();
    assert!(template.starts_with(&world.url()) && template.ends_with("/{w}x{h}bb.{f}"), "{template}");
    assert_eq!(template.matches('{').count(), 3);
    let genres = app["relationships"]["genres"]["data"].as_array().unwrap();
    assert_eq!(genres[0]["attributes"]["name"], "Productivity");
    assert_eq!((&genres[0]["attributes"]["parentId"], &genres[0]["type"]), (&json!("36"), &json!("genres")));
}

#[tokio::test]
async fn what_has_to_be_extended_is_not_there_unasked() {
    let world = World::small().await;
    let body = Developer::of(&world).get("/v1/catalog/us/apps/586447913?platform=iphone").await.expect_ok();
    assert!(body["data"][0]["attributes"]["platformAttributes"]["ios"].get("latestVersionInfo").is_none());
}

#[tokio::test]
async fn ids_that_a_storefront_lacks_are_left_out() {
    let world = World::small().await;
    let developer = Developer::of(&world);
    let path = |country: &str| format!("/v1/catalog/{country}/apps?ids=586447913,9900000001,1,x&platform=iphone");
    assert_eq!(ids(&developer.get(&path("us")).await), ["586447913"]);
    assert_eq!(ids(&developer.get(&path("de")).await), ["586447913", "9900000001"]);
    assert!(ids(&developer.get("/v1/catalog/us/apps?ids=1&platform=iphone").await).is_empty());
    error(&developer.get("/v1/catalog/us/apps/9900000001?platform=iphone").await, 404, "40400");
    error(&developer.get("/v1/catalog/us/books/586447913").await, 404, "40400");
}

#[tokio::test]
async fn a_universal_app_is_one_title_with_attributes_for_each_platform_that_is_asked_for() {
    let world = World::small().await;
    let developer = Developer::of(&world);
    let platforms = async |query: &str| {
        let body = developer.get(&format!("/v1/catalog/us/apps/899247664?{query}")).await.expect_ok();
        let attributes = body["data"][0]["attributes"]["platformAttributes"].as_object().unwrap().clone();
        attributes.keys().cloned().collect::<Vec<_>>()
    };
    assert_eq!(platforms("platform=iphone").await, ["ios"]);
    assert_eq!(platforms("platform=iphone&additionalPlatforms=mac,appletv").await, ["ios", "osx", "appletvos"]);
    assert_eq!(platforms("platform=web").await, ["ios", "osx", "appletvos", "xros"]);
    assert!(ids(&developer.get("/v1/catalog/us/apps?ids=497799835&platform=iphone").await).is_empty());
    assert_eq!(ids(&developer.get("/v1/catalog/us/apps?ids=497799835&platform=mac").await), ["497799835"]);
}

#[tokio::test]
async fn a_platform_has_to_be_named() {
    let world = World::small().await;
    let developer = Developer::of(&world);
    let source = json!({"parameter": "platform"});
    assert_eq!(error(&developer.get("/v1/catalog/us/apps?ids=586447913").await, 400, "40005")["source"], source);
    assert_eq!(
        error(&developer.get("/v1/catalog/us/apps/586447913?platform=pc").await, 400, "40005")["source"],
        source
    );
    error(&developer.get("/v1/catalog/us/apps?platform=iphone").await, 400, "40005");
    error(&developer.get("/v1/catalog/xx/apps?ids=586447913&platform=iphone").await, 400, "40005");
}

#[tokio::test]
async fn a_content_token_that_nobody_has_is_40300() {
    let world = World::small().await;
    let developer = Developer::of(&world);
    for group in ["apps", "books", "purchases"] {
        let path =
            format!("/v1/catalog/us/stoken-authenticated-{group}?ids=361309726&ids[apps]=361309726&platform=iphone");
        let cookie = [("Cookie", "itvt=eyJ0b2tlbiI6IngifQ==")];
        for headers in [&[][..], &cookie[..]] {
            let refusal = error(&developer.get_with(&path, headers).await, 403, "40300");
            assert_eq!(
                (&refusal["title"], &refusal["detail"]),
                (&json!("Forbidden"), &json!("Invalid Stoken or Empty/Null ids Request Parameter"))
            );
        }
    }
}

#[tokio::test]
async fn books_are_where_they_are_sold() {
    let world = World::small().await;
    let developer = Developer::of(&world);
    assert_eq!(ids(&developer.get("/v1/catalog/us/books?ids=881256329,9900001003").await), ["881256329"]);
    assert_eq!(ids(&developer.get("/v1/catalog/at/books?ids=881256329,9900001003").await).len(), 2);
    assert!(ids(&developer.get("/v1/catalog/cn/books?ids=881256329").await).is_empty());
    let book = developer.get("/v1/catalog/us/books/881256329").await.expect_ok();
    assert_eq!(book["data"][0]["attributes"]["name"], "The Swift Programming Language");
    let genres = ids(&developer.get("/v1/catalog/us/books/881256329/genres").await);
    assert_eq!(genres, ["9027", "38"]);
}

#[tokio::test]
async fn genres_and_storefronts_are_listed() {
    let world = World::small().await;
    let developer = Developer::of(&world);
    assert!(ids(&developer.get("/v1/catalog/us/genres").await).len() > 40);
    assert_eq!(ids(&developer.get("/v1/catalog/us/genres/6007").await), ["6007"]);
    assert_eq!(ids(&developer.get("/v1/catalog/us/apps/586447913/genres").await), ["6007", "36"]);
    error(&developer.get("/v1/catalog/us/genres/1").await, 404, "40400");
    let stores = ids(&developer.get("/v1/storefronts").await);
    assert!(["us", "gb", "de", "fr", "it", "es"].iter().all(|code| stores.iter().any(|store| store == code)));
    let store = developer.get("/v1/storefronts/de").await.expect_ok();
    assert_eq!(store["data"][0]["attributes"]["name"], "Germany");
    error(&developer.get("/v1/storefronts/xx").await, 404, "40400");
}

#[tokio::test]
async fn a_search_finds_apps_and_books_page_by_page() {
    let world = World::small().await;
    let developer = Developer::of(&world);
    let body = developer.get("/v1/catalog/us/search?term=swift&platform=web&types=apps,books").await.expect_ok();
    assert_eq!(body["results"]["apps"]["data"].as_array().unwrap().len(), 2);
    assert!(body["results"]["books"]["data"].as_array().unwrap().len() > 1);
    let body = developer.get("/v1/catalog/us/search?term=google&platform=iphone&types=apps&limit=2").await.expect_ok();
    assert_eq!(body["results"]["apps"]["data"].as_array().unwrap().len(), 2);
    let next = body["results"]["apps"]["next"].as_str().unwrap();
    let rest = developer.get(&format!("{next}&platform=iphone")).await.expect_ok();
    assert_ne!(rest["results"]["apps"]["data"][0]["id"], body["results"]["apps"]["data"][0]["id"]);
    error(&developer.get("/v1/catalog/us/search?platform=iphone").await, 400, "40005");
}

#[tokio::test]
async fn another_method_is_told_which_is_right_and_other_paths_are_as_unknown_as_before() {
    let world = World::small().await;
    let client = crate::actors::client();
    let response = client.post(format!("{}/v1/test", world.url())).send().await.unwrap();
    assert_eq!((response.status().as_u16(), response.headers()["allow"].to_str().unwrap()), (405, "GET, HEAD"));
    let response = client.get(format!("{}/v1/nothing", world.url())).send().await.unwrap();
    assert_eq!(response.status(), 404);
    assert!(response.headers().contains_key("x-apple-request-uuid"));
}

#[tokio::test]
async fn calls_are_counted_and_journalled_by_their_names() {
    let world = World::small().await;
    let developer = Developer::of(&world);
    developer.get("/v1/test").await;
    developer.get("/v1/catalog/us/stoken-authenticated-apps?ids=1&platform=iphone").await;
    let page = client_text(&format!("{}/_sim/metrics", world.url())).await;
    for series in [
        "abmsim_requests_total{operation=\"catalog.test\",status=\"200\"} 1",
        "abmsim_requests_total{operation=\"catalog.stoken_apps\",status=\"403\"} 1",
        "abmsim_refusals_total{operation=\"catalog.stoken_apps\",reason=\"content_token\"} 1",
    ] {
        assert!(page.contains(series), "{series}");
    }
}

async fn client_text(url: &str) -> String {
    reqwest::get(url).await.unwrap().text().await.unwrap()
}

#[tokio::test]
async fn a_client_that_comes_for_apples_host_finds_the_catalogue_and_links_to_that_host() {
    let world = World::small().await;
    let ca = reqwest::Certificate::from_pem(world.simulator().ca_pem().as_bytes()).unwrap();
    let proxy = reqwest::Proxy::all(world.url()).unwrap();
    let client = crate::actors::client_builder().tls_certs_only([ca]).proxy(proxy).build().unwrap();
    let token = Developer::of(&world).token();
    let ask = async |url: &str| client.get(url).bearer_auth(&token).send().await.unwrap();
    for host in ["api.ent.apple.com", "api.edu.apple.com"] {
        let url = format!("https://{host}/v1/catalog/us/apps/586447913?platform=iphone");
        let body: Value = ask(&url).await.json().await.unwrap();
        let icon = body["data"][0]["attributes"]["artwork"]["url"].as_str().unwrap().to_owned();
        assert!(icon.starts_with(&format!("https://{host}/image/")), "{icon}");
        let icon = icon.replace("{w}", "60").replace("{h}", "60").replace("{f}", "png");
        assert_eq!(ask(&icon).await.status(), 200);
    }
    assert_eq!(ask("https://itunes.apple.com/lookup?id=586447913").await.status(), 200);
    let lookup = "https://uclient-api.itunes.apple.com/WebObjects/MZStorePlatform.woa/wa/lookup?version=2&id=586447913";
    assert_eq!(ask(lookup).await.status(), 200);
}

#[tokio::test]
async fn links_carry_the_public_url() {
    let settings = abmsim::simulator::Settings {
        public_url: Some("https://store.example:9443".parse().unwrap()),
        ..abmsim::simulator::Settings::default()
    };
    let world = World::with(settings, "{version: 1, organizations: [{id: acme}]}").await;
    let body = Developer::of(&world).get("/v1/catalog/us/apps/586447913?platform=iphone").await.expect_ok();
    let icon = body["data"][0]["attributes"]["artwork"]["url"].as_str().unwrap().to_owned();
    assert!(icon.starts_with("https://store.example:9443/image/"), "{icon}");
}
