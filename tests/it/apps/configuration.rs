//! `/service/config` and `/client/config`.

use serde_json::{Value, json};

use super::{library, library_notifying};
use crate::actors::ContentManager;
use crate::actors::{Manner, Webhook};

#[tokio::test]
async fn the_service_tells_limits_errors_and_urls_without_a_token() {
    let world = library().await;
    let hq = world.content_manager("HQ");
    let config = hq.with(None).get("/service/config").await.expect_ok();
    let keys: Vec<&String> = config.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["errorCodes", "limits", "notificationTypes", "urls"]);
    assert_eq!((&config["limits"]["maxAssets"], &config["limits"]["maxSerialNumbers"]), (&json!(25), &json!(1000)));
    assert_eq!(config["limits"].as_object().unwrap().len(), 13, "those of version 1 are not among them");
    let codes = config["errorCodes"].as_array().unwrap();
    assert_eq!(codes[0], json!({"errorMessage": "Login required.", "errorNumber": 9601}));
    assert_eq!((codes.len(), &codes.last().unwrap()["errorNumber"]), (38, &json!(9728)));
    assert_eq!(config["notificationTypes"][0], "ASSET_MANAGEMENT");
    let base = world.url();
    assert_eq!(config["urls"]["getAssets"], format!("{base}/mdm/v2/assets"));
    assert_eq!(config["urls"]["clientConfig"], format!("{base}/mdm/v2/client/config"));
    let lookup = format!("{base}/WebObjects/MZStorePlatform.woa/wa/lookup");
    assert_eq!(config["urls"]["contentMetadataLookup"], lookup);
    assert!(config["urls"]["invitationEmail"].as_str().unwrap().contains("inviteCode=%25inviteCode%25&mt=8"));
    assert_eq!(config["urls"].as_object().unwrap().len(), 13);

    // Whatever comes as a token, nobody looks at it.
    assert_eq!(hq.with(Some("Bearer nothing")).get("/service/config").await.expect_ok(), config);
    world.portal().quirks(json!({"limits": {"maxAssets": 3}})).await;
    assert_eq!(hq.get("/service/config").await.expect_ok()["limits"]["maxAssets"], 3);
}

#[tokio::test]
async fn who_comes_by_apples_names_is_told_apples_names() {
    let world = library().await;
    let hq = world.content_manager("HQ");
    let config = hq.send("GET", "/service/config", &[("Host", "vpp.itunes.apple.com")], None).await;
    let urls = config.expect_ok()["urls"].clone();
    assert_eq!(urls["getAssets"], "https://vpp.itunes.apple.com/mdm/v2/assets");
    let lookup = "https://uclient-api.itunes.apple.com/WebObjects/MZStorePlatform.woa/wa/lookup";
    assert_eq!(urls["contentMetadataLookup"], lookup);
}

#[tokio::test]
async fn a_client_learns_its_location() {
    let world = library().await;
    let answer = world.content_manager("HQ").get("/client/config").await;
    let config = answer.expect_ok();
    let keys: Vec<&String> = config.as_object().unwrap().keys().collect();
    let wanted = ["countryISO2ACode", "defaultPlatform", "locationName", "tokenExpirationDate", "uId", "websiteURL"];
    assert_eq!(keys, wanted);
    assert_eq!((&config["countryISO2ACode"], &config["locationName"]), (&json!("US"), &json!("HQ")));
    assert_eq!(config["defaultPlatform"], "enterprisestore");
    assert_eq!(config["websiteURL"], "https://business.apple.com");
    assert_eq!(config["tokenExpirationDate"], "2027-09-01T08:00:00+0000");
    assert!(config["uId"].as_str().unwrap().bytes().all(|byte| byte.is_ascii_digit()));
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(world.content_manager("Branch").get("/client/config").await.expect_ok()["countryISO2ACode"], "DE");
}

#[tokio::test]
async fn what_a_client_sets_is_told_to_every_client_and_what_is_absent_stays() {
    let mut webhook = Webhook::open().await;
    let world = library_notifying(&webhook).await;
    let hq = world.content_manager("HQ");
    let info = json!({"id": "5c0f", "name": "ExampleMDM", "metadata": "mdm.example.test"});
    let set = json!({
        "mdmInfo": info,
        "notificationUrl": webhook.url(),
        "notificationAuthToken": "s3cret",
        "notificationTypes": ["ASSET_COUNT", "ASSET_MANAGEMENT", "TEST_NOTIFICATION"],
    });
    let config = hq.post("/client/config", set).await.expect_ok();
    assert_eq!(config["mdmInfo"], info);
    // By now the address has been tried: the client was still waiting for its answer.
    let tried = webhook.rest();
    assert_eq!(tried.iter().map(|posted| posted.kind()).collect::<Vec<_>>(), ["TEST_NOTIFICATION"]);
    assert_eq!(tried[0].header("authorization"), Some("Bearer s3cret"));
    assert_eq!(config["notificationUrl"], webhook.url());
    assert_eq!(config["notificationAuthToken"], "s3cret");
    assert_eq!(config["subscribedNotificationTypes"], json!(["ASSET_MANAGEMENT", "ASSET_COUNT"]));
    assert_eq!(hq.post("/client/config", json!({})).await.expect_ok(), config);
    assert_eq!(hq.get("/client/config").await.expect_ok(), config);
    for path in ["/assets", "/assignments", "/users"] {
        assert_eq!(hq.get(path).await.expect_ok()["mdmInfo"], info, "{path}");
    }

    let other = json!({"mdmInfo": {"id": "other", "name": "Other", "metadata": "-"}, "notificationTypes": []});
    let config = hq.post("/client/config", other).await.expect_ok();
    assert_eq!((&config["mdmInfo"]["id"], &config["subscribedNotificationTypes"]), (&json!("other"), &Value::Null));
    let cleared = json!({"notificationUrl": "", "notificationAuthToken": "", "mdmInfo": null});
    let config = hq.post("/client/config", cleared).await.expect_ok();
    assert_eq!((&config["notificationUrl"], &config["mdmInfo"]["id"]), (&Value::Null, &json!("other")));
}

#[tokio::test]
async fn a_configuration_that_does_not_fit_is_refused_by_its_number() {
    let world = library().await;
    let hq = world.content_manager("HQ");
    let url = |url: &str| json!({"notificationUrl": url, "notificationAuthToken": "t"});
    let long = "x".repeat(513);
    let info =
        |id: &str, name: &str, metadata: &str| json!({"mdmInfo": {"id": id, "name": name, "metadata": metadata}});
    for (body, number) in [
        (json!({"notificationUrl": "https://mdm.example.test/"}), 9710),
        (json!({"notificationAuthToken": "t"}), 9710),
        (url(&format!("https://mdm.example.test/{long}")), 9711),
        (url("http://mdm.example.test/"), 9712),
        (url("https://169.254.169.254/"), 9712),
        (json!({"mdmInfo": {"id": "i", "name": "n"}}), 9723),
        (info(&long, "n", "m"), 9724),
        (info("i", &long, "m"), 9725),
        (info("i", "n", &long), 9713),
        (json!({"notificationTypes": ["ASSETS"]}), 9602),
        (json!({"notificationTypes": "ASSET_COUNT"}), 9602),
    ] {
        hq.post("/client/config", body).await.expect_number(400, number);
    }
    assert!(hq.get("/client/config").await.expect_ok().get("mdmInfo").is_none());
}

#[tokio::test]
async fn an_address_that_does_not_answer_with_success_is_refused_and_nothing_changes() {
    let webhook = Webhook::minding(&[Manner::Answer(500)]).await;
    let world = library_notifying(&webhook).await;
    let hq = world.content_manager("HQ");
    let before = hq.get("/client/config").await.expect_ok();
    let set = json!({"notificationUrl": webhook.url(), "notificationAuthToken": "s3cret", "notificationTypes": ["ASSET_COUNT"]});
    hq.post("/client/config", set.clone()).await.expect_number(400, 9728);
    assert_eq!(hq.get("/client/config").await.expect_ok(), before);
    let config = hq.post("/client/config", set).await.expect_ok();
    assert_eq!(config["notificationUrl"], webhook.url());
}

#[tokio::test]
async fn a_client_hears_of_a_purchase_and_of_what_became_of_its_event() {
    let mut webhook = Webhook::open().await;
    let world = library_notifying(&webhook).await;
    let hq = world.content_manager("HQ");
    let types = ["ASSET_COUNT", "ASSET_MANAGEMENT"];
    let set = json!({"notificationUrl": webhook.url(), "notificationAuthToken": "s3cret", "notificationTypes": types});
    hq.post("/client/config", set).await.expect_ok();
    assert_eq!(webhook.next().await.kind(), "TEST_NOTIFICATION");
    let portal = world.portal();
    portal.call("POST", "/purchases", json!({"location": "HQ", "adam_id": "361309726", "quantity": 3})).await;
    let bought = webhook.next().await;
    assert_eq!((bought.kind(), &bought.body["notification"]["countDelta"]), ("ASSET_COUNT", &json!(3)));
    let asked = json!({"assets": [{"adamId": "361309726"}], "serialNumbers": ["C02ANYTHING1"]});
    let event = hq.post("/assets/associate", asked).await.expect_ok();
    portal.call("POST", "/clock", json!({"advance": "1m"})).await;
    let told = webhook.next().await;
    assert_eq!((told.kind(), &told.body["notification"]["eventId"]), ("ASSET_MANAGEMENT", &event["eventId"]));
    let status = hq.get(&format!("/status?eventId={}", event["eventId"].as_str().unwrap())).await.expect_ok();
    assert_eq!(status["eventStatus"], "COMPLETE");
}

#[tokio::test]
async fn a_location_can_have_limits_of_its_own_which_its_clients_are_told() {
    let world = library().await;
    let (hq, branch) = (world.content_manager("HQ"), world.content_manager("Branch"));
    let own = json!({"HQ": {"maxSerialNumbers": 1, "maxUsers": 1}});
    world.portal().quirks(json!({"location_limits": own, "limits": {"maxAssets": 24}})).await;
    let told = async |client: &ContentManager| {
        let limits = client.get("/service/config").await.expect_ok()["limits"].clone();
        ["maxAssets", "maxSerialNumbers", "maxUsers"].map(|name| limits[name].as_u64().unwrap())
    };
    assert_eq!((told(&hq).await, told(&branch).await), ([24, 1, 1], [24, 1_000, 100]));
    assert_eq!(told(&hq.with(None)).await, [24, 1_000, 100], "who does not say where it is hears of all");
    let body = json!({"assets": [{"adamId": "361309726"}], "serialNumbers": ["A", "B"]});
    hq.post("/assets/associate", body.clone()).await.expect_number(400, 9702);
    branch.post("/assets/associate", body).await.expect_ok();
    let users = json!({"users": [{"clientUserId": "u-8"}, {"clientUserId": "u-9"}]});
    hq.post("/users/create", users).await.expect_number(400, 9714);
}
