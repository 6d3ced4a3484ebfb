//! Requests that known clients send, to the letter.

use serde_json::json;

use super::{library, library_notifying};
use crate::actors::ContentManager;
use crate::actors::Webhook;
use crate::actors::socket::{request, say};

#[tokio::test]
async fn fleet_finds_assigns_and_sees_an_app() {
    let world = library().await;
    let hq = world.content_manager("HQ");
    let address = world.simulator().address();
    let headers = format!("User-Agent: Go-http-client/1.1\r\nAuthorization: Bearer {}\r\n", hq.token());
    let typed = format!("{headers}Content-Type: application/json\r\n");
    let ask = |method: &'static str, path: &'static str, headers: &str, body: &'static str| {
        let request = request(method, path, "127.0.0.1:18080", headers, body);
        async move {
            let answer = say(address, &request).await;
            let (head, body) = answer.split_once("\r\n\r\n").unwrap();
            assert!(head.starts_with("HTTP/1.1 200 "), "{answer}");
            serde_json::from_str::<serde_json::Value>(body).unwrap()
        }
    };
    let config = ask("GET", "/mdm/v2/client/config", &headers, "").await;
    assert_eq!((&config["locationName"], &config["countryISO2ACode"]), (&json!("HQ"), &json!("US")));
    let assets = ask("GET", "/mdm/v2/assets?productType=App", &headers, "").await;
    assert!(assets["assets"].as_array().unwrap().iter().all(|asset| asset["availableCount"].as_i64().unwrap() >= 0));
    let body = r#"{"assets":[{"adamId":"361309726","pricingParam":"STDQ","availableCount":0}],"serialNumbers":["C02STUB00001"]}"#;
    let begun = ask("POST", "/mdm/v2/assets/associate", &typed, body).await;
    assert!(begun["eventId"].is_string() && begun.get("errorNumber").is_none());
    let seen = ask("GET", "/mdm/v2/assignments?adamId=361309726&serialNumber=C02STUB00001", &headers, "").await;
    let row = json!({"adamId": "361309726", "pricingParam": "STDQ", "serialNumber": "C02STUB00001"});
    assert_eq!(seen["assignments"], json!([row]));
}

#[tokio::test]
async fn zentral_claims_a_location_and_reads_it_page_by_page() {
    let webhook = Webhook::open().await;
    let world = library_notifying(&webhook).await;
    let hq = world.content_manager("HQ");
    let service = hq.get("/service/config").await.expect_ok();
    assert_eq!(service["limits"]["maxSerialNumbers"], 1000);
    assert!(service["urls"]["contentMetadataLookup"].as_str().unwrap().starts_with(&world.url()));
    let config = hq.get("/client/config").await.expect_ok();
    for key in ["countryISO2ACode", "uId", "locationName", "defaultPlatform", "websiteURL", "tokenExpirationDate"] {
        assert!(config[key].is_string(), "{key}");
    }
    assert!(config.get("mdmInfo").is_none(), "null would not do");
    let id = "4f3c8f6a-3f0e-4b7e-9d8a-0c2f3c1d9e10";
    let body = json!({
        "mdmInfo": {"id": id, "metadata": "zentral.example.test", "name": "Zentral"},
        "notificationTypes": ["ASSET_MANAGEMENT", "ASSET_COUNT"],
        "notificationUrl": webhook.url(),
        "notificationAuthToken": "fomo",
    });
    hq.post("/client/config", body).await.expect_ok();
    assert_eq!(hq.get("/client/config").await.expect_ok()["mdmInfo"]["id"], id);

    world.portal().quirks(json!({"page_size": 2})).await;
    let members = [
        "adamId",
        "assignedCount",
        "availableCount",
        "deviceAssignable",
        "pricingParam",
        "productType",
        "retiredCount",
        "revocable",
        "supportedPlatforms",
        "totalCount",
    ];
    for asset in hq.all("/assets", "assets").await {
        assert!(members.iter().all(|member| asset.get(*member).is_some()), "{asset}");
    }
    for path in ["/assets", "/assignments"] {
        let first = hq.get(path).await.expect_ok();
        let second = hq.get(&format!("{path}?pageIndex=1")).await.expect_ok();
        assert_eq!((&first["nextPageIndex"], &first["versionId"]), (&json!(1), &second["versionId"]));
    }
    let body = json!({"assets": [{"adamId": "361309726", "pricingParam": "STDQ"}], "serialNumbers": ["C02A", "C02B"]});
    ContentManager::event_of(&hq.post("/assets/associate", body.clone()).await);
    ContentManager::event_of(&hq.post("/assets/disassociate", body).await);
}
