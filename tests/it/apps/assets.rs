//! `/assets`.

use serde_json::{Value, json};

use super::library;

fn numbers(page: &Value, list: &str) -> Vec<String> {
    page[list].as_array().unwrap().iter().map(|row| row["adamId"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_page_of_assets_has_apples_members_in_their_order() {
    let world = library().await;
    let hq = world.content_manager("HQ");
    let page = hq.get("/assets?adamId=361309726").await;
    let config = hq.get("/client/config").await.expect_ok();
    let version = page.expect_ok()["versionId"].as_str().unwrap().to_owned();
    let wanted = format!(
        "{{\"assets\":[{{\"adamId\":\"361309726\",\"assignedCount\":2,\"availableCount\":8,\"deviceAssignable\":true,\
         \"pricingParam\":\"STDQ\",\"productType\":\"App\",\"retiredCount\":0,\"revocable\":true,\
         \"supportedPlatforms\":[\"iOS\"],\"totalCount\":10}}],\"currentPageIndex\":0,\"size\":1,\
         \"tokenExpirationDate\":\"2027-09-01T08:00:00+0000\",\"totalPages\":1,\"uId\":{},\"versionId\":\"{version}\"}}",
        config["uId"]
    );
    assert_eq!(page.text, wanted);
}

#[tokio::test]
async fn assets_are_filtered_by_everything_at_once() {
    let world = library().await;
    let hq = world.content_manager("HQ");
    for (query, wanted) in [
        ("productType=Book", vec!["1462947752"]),
        ("revocable=false", vec!["1462947752"]),
        ("deviceAssignable=false&productType=App", vec!["100200300"]),
        ("maxAvailableCount=1", vec!["409183694"]),
        ("minAvailableCount=5&maxAvailableCount=8", vec!["361309726", "1462947752"]),
        ("minAssignedCount=2", vec!["361309726"]),
        ("maxAssignedCount=0&unlimited=false", vec!["1462947752", "100200300"]),
        ("adamId=409183694&pricingParam=STDQ", vec!["409183694"]),
        ("adamId=409183694&pricingParam=PLUS", vec![]),
        ("adamId=99", vec![]),
        ("whatever=1&adamId=409183694", vec!["409183694"]),
    ] {
        let page = hq.get(&format!("/assets?{query}")).await.expect_ok();
        assert_eq!(numbers(&page, "assets"), wanted, "{query}");
        assert_eq!((&page["size"], &page["totalPages"]), (&json!(wanted.len()), &json!(1)), "{query}");
    }
    for query in ["productType=app", "pricingParam=X", "revocable=yes", "minAssignedCount=-1", "adamId=x"] {
        hq.get(&format!("/assets?{query}")).await.expect_number(400, 9602);
    }
}

#[tokio::test]
async fn assets_without_end_are_among_the_others_apart_or_left_out() {
    let world = library().await;
    let hq = world.content_manager("HQ");
    let xcode = hq.get("/assets?adamId=497799835").await.expect_ok()["assets"][0].clone();
    assert_eq!((&xcode["totalCount"], &xcode["availableCount"]), (&json!(2_147_483_647), &json!(2_147_483_647)));
    let apart = hq.get("/assets?unlimited=true").await.expect_ok();
    assert_eq!(numbers(&apart, "unlimitedAssets"), ["497799835"]);
    assert_eq!((numbers(&apart, "assets").len(), &apart["size"]), (4, &json!(5)));
    let keys: Vec<&String> = apart["unlimitedAssets"][0].as_object().unwrap().keys().collect();
    let wanted = [
        "adamId",
        "assignedCount",
        "deviceAssignable",
        "pricingParam",
        "productType",
        "revocable",
        "supportedPlatforms",
    ];
    assert_eq!(keys, wanted);
    let without = hq.get("/assets?unlimited=false").await.expect_ok();
    assert_eq!((numbers(&without, "assets").len(), without.get("unlimitedAssets")), (4, None));
}

#[tokio::test]
async fn pages_are_counted_from_zero_and_the_last_names_no_other() {
    let world = library().await;
    let hq = world.content_manager("HQ");
    world.portal().quirks(json!({"page_size": 2})).await;
    let first = hq.get("/assets").await.expect_ok();
    assert_eq!(
        [&first["currentPageIndex"], &first["nextPageIndex"], &first["size"], &first["totalPages"]],
        [&json!(0), &json!(1), &json!(2), &json!(3)]
    );
    let last = hq.get("/assets?pageIndex=2").await.expect_ok();
    assert_eq!((&last["size"], last.get("nextPageIndex")), (&json!(1), None));
    assert_eq!(hq.all("/assets", "assets").await.len(), 5);
    for index in ["3", "-1"] {
        hq.get(&format!("/assets?pageIndex={index}")).await.expect_number(400, 9650);
    }
    hq.get("/assets?pageIndex=x").await.expect_number(400, 9602);
}

#[tokio::test]
async fn counts_and_version_follow_what_happens() {
    let world = library().await;
    let hq = world.content_manager("HQ");
    let before = hq.get("/assets").await.expect_ok()["versionId"].clone();
    assert_eq!(hq.get("/assets").await.expect_ok()["versionId"], before);
    let body = json!({"assets": [{"adamId": "361309726"}], "serialNumbers": ["A", "B"]});
    hq.event("/assets/associate", body).await;
    let after = hq.get("/assets?adamId=361309726").await.expect_ok();
    assert_ne!(after["versionId"], before);
    assert_eq!((&after["assets"][0]["assignedCount"], &after["assets"][0]["availableCount"]), (&json!(4), &json!(6)));
}
