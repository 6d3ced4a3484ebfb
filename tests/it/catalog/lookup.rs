//! The lookup of before, and the public one.

use serde_json::{Value, json};

use crate::actors::{Developer, World};

const LOCKUP: &str =
    "/WebObjects/MZStorePlatform.woa/wa/lookup?version=2&p=mdm-lockup&caller=MDM&platform=enterprisestore&l=en";

#[tokio::test]
async fn a_lockup_has_what_zentral_reads_of_it() {
    let world = World::small().await;
    let developer = Developer::of(&world);
    let body = developer.get_openly(&format!("{LOCKUP}&cc=us&id=586447913,497799835,1")).await.expect_ok();
    assert_eq!((&body["isAuthenticated"], &body["version"]), (&json!(false), &json!(2)));
    assert_eq!(body["meta"], json!({"language": {"tag": "en-us"}, "storefront": {"cc": "US", "id": "143441"}}));
    assert_eq!(body["results"].as_object().unwrap().len(), 2);
    let word = &body["results"]["586447913"];
    assert_eq!((&word["name"], &word["bundleId"]), (&json!("Microsoft Word"), &json!("com.microsoft.Office.Word")));
    assert_eq!((&word["kind"], &body["results"]["497799835"]["kind"]), (&json!("iosSoftware"), &json!("desktopApp")));
    let artwork = &word["artwork"];
    let url = artwork["url"].as_str().unwrap();
    let url = ["w", "h"].iter().fold(url.to_owned(), |url, name| {
        let side = artwork[if *name == "w" { "width" } else { "height" }].to_string();
        url.replace(&format!("{{{name}}}"), &side)
    });
    let (status, kind, picture) = developer.download(&url.replace("{f}", "png")).await;
    assert_eq!((status, kind.as_str(), &picture[1..4]), (200, "image/png", &b"PNG"[..]));
    let display = word["offers"][0]["version"]["display"].as_str().unwrap();
    assert!(display.split('.').all(|part| part.parse::<u32>().is_ok()), "{display}");
    assert_eq!(word["is32bitOnly"], false);
}

#[tokio::test]
async fn a_lockup_is_not_found_where_it_is_not_sold_and_nothing_is_ever_refused() {
    let world = World::small().await;
    let developer = Developer::of(&world);
    for (query, found) in [
        ("&cc=us&id=9900000001", false),
        ("&cc=de&id=9900000001", true),
        ("&cc=xx&id=586447913", false),
        ("&cc=us", false),
        ("&cc=us&id=nonsense,,", false),
    ] {
        let body = developer.get_openly(&format!("{LOCKUP}{query}")).await.expect_ok();
        assert_eq!(body["results"] != json!({}), found, "{query}: {body}");
    }
    let stranger =
        developer.get_with(&format!("{LOCKUP}&id=586447913"), &[("Cookie", "itvt=unknown")]).await.expect_ok();
    assert_eq!(stranger["results"]["586447913"]["name"], "Microsoft Word");
}

#[tokio::test]
async fn everybody_may_look_up_what_everybody_can_buy() {
    let world = World::small().await;
    let developer = Developer::of(&world);
    let answer = developer.get_openly("/lookup?id=586447913,881256329,5&country=us").await;
    assert_eq!(answer.header("content-type"), Some("text/javascript; charset=utf-8"));
    let body = answer.expect_ok();
    assert_eq!(body["resultCount"], 2);
    let word = &body["results"][0];
    assert_eq!(
        (&word["trackId"], &word["trackName"], &word["kind"]),
        (&json!(586_447_913), &json!("Microsoft Word"), &json!("software"))
    );
    assert!(word["supportedDevices"].as_array().unwrap().contains(&json!("iPhone5s-iPhone5s")));
    let (status, kind, _) = developer.download(word["artworkUrl512"].as_str().unwrap()).await;
    assert_eq!((status, kind.as_str()), (200, "image/png"));
    assert_eq!(body["results"][1]["kind"], "ebook");
}

#[tokio::test]
async fn a_lookup_takes_bundle_ids_entities_and_countries() {
    let world = World::small().await;
    let developer = Developer::of(&world);
    let names = async |query: &str| {
        let body = developer.get_openly(&format!("/lookup?{query}")).await.expect_ok();
        let results = body["results"].as_array().unwrap().clone();
        results.iter().map(|result| result["trackName"].clone()).collect::<Vec<Value>>()
    };
    assert_eq!(names("bundleId=com.apple.dt.Xcode").await, ["Xcode"]);
    assert_eq!(names("id=497799835,586447913&entity=macSoftware").await, ["Xcode"]);
    assert_eq!(names("id=9900000001&country=de").await, ["Bahnsteig"]);
    assert!(names("id=9900000001").await.is_empty());
    let refused = developer.get_openly("/lookup?id=1&country=xx").await;
    assert_eq!(
        (refused.status, &refused.json()["errorMessage"]),
        (400, &json!("Invalid value(s) for key(s): [country]"))
    );
}
