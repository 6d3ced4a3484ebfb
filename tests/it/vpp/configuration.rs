//! The configuration of the service and of a location's client.

use serde_json::json;

use super::library;
use crate::actors::socket::{request, say};

#[tokio::test]
async fn the_service_tells_its_urls_on_the_callers_origin() {
    let world = library().await;
    let hq = world.vpp_client("HQ");
    let answer = hq.send("GET", "VPPServiceConfigSrv", &[("X-Server-Protocol-Version", "3")], "").await;
    let config = answer.expect_ok();
    assert_eq!((&config["status"], &config["maxBatchAssociateLicenseCount"]), (&json!(0), &json!(10)));
    for (name, service) in [
        ("registerUserSrvUrl", "registerVPPUserSrv"),
        ("getAssignmentsSrvUrl", "getAssignments"),
        ("manageVPPLicensesByAdamIdSrvUrl", "manageVPPLicensesByAdamIdSrv"),
        ("associateLicenseSrvUrl", "associateVPPLicenseSrv"),
    ] {
        assert_eq!(config[name], format!("{}/mdm/{service}", world.url()));
    }
    assert!(answer.text.contains(r"\/mdm\/registerVPPUserSrv"), "{}", answer.text);
    assert_eq!(config["errorCodes"].as_array().unwrap().len(), 46);
    let apples = request("GET", "/mdm/VPPServiceConfigSrv", "vpp.itunes.apple.com", "", "");
    let told = say(world.simulator().address(), &apples).await;
    assert!(
        told.contains(r#""registerUserSrvUrl":"https:\/\/vpp.itunes.apple.com\/mdm\/registerVPPUserSrv""#),
        "{told}"
    );
    assert!(
        told.contains(r"https:\/\/uclient-api.itunes.apple.com\/WebObjects\/MZStorePlatform.woa\/wa\/lookup"),
        "{told}"
    );
}

#[tokio::test]
async fn texts_are_those_of_today_or_of_2018() {
    let world = library().await;
    let hq = world.vpp_client("HQ");
    let text = |number: u64| {
        let hq = hq.clone();
        async move {
            let config = hq.ask("VPPServiceConfigSrv", json!({})).await;
            let codes = config["errorCodes"].as_array().unwrap().clone();
            codes.into_iter().find(|code| code["errorNumber"] == number).map(|code| code["errorMessage"].clone())
        }
    };
    assert_eq!(text(9609).await.unwrap(), "Unable to find the registered user.");
    assert_eq!((text(9638).await, text(9649).await.is_some()), (None, true));
    world.portal().quirks(json!({"v1_texts": "2018"})).await;
    assert_eq!(text(9609).await.unwrap(), "Registered user not found");
    assert_eq!((text(9638).await.is_some(), text(9649).await), (true, None));
    let refused = hq.refused("retireVPPUserSrv", json!({"clientUserIdStr": "u-9"}), 9609).await;
    assert_eq!(refused["errorMessage"], "Registered user not found");
}

#[tokio::test]
async fn a_client_notes_its_context_and_reads_it_again() {
    let world = library().await;
    let hq = world.vpp_client("HQ");
    let config = hq.ask("VPPClientConfigSrv", json!({})).await;
    let keys: Vec<&String> = config.as_object().unwrap().keys().collect();
    let wanted = [
        "countryCode",
        "defaultPlatform",
        "email",
        "expirationMillis",
        "location",
        "organizationId",
        "organizationIdHash",
        "status",
        "uId",
    ];
    assert_eq!(keys, wanted);
    assert_eq!((&config["countryCode"], &config["defaultPlatform"]), (&json!("US"), &json!("enterprisestore")));
    assert!(config["organizationId"].is_i64() && config["organizationIdHash"].as_str().unwrap().len() == 64);
    assert!(hq.ask("VPPClientConfigSrv", json!({"verbose": true})).await["appleId"].is_string());

    let context = r#"{"hostname":"mdm.example.test","guid":"5c0f2b7e-3f0e-4b7e-9d8a-0c2f3c1d9e10"}"#;
    let set = hq.ask("VPPClientConfigSrv", json!({"clientContext": context, "apnToken": "AAAA"})).await;
    assert_eq!((&set["clientContext"], &set["apnToken"]), (&json!(context), &json!("AAAA")));
    assert_eq!(hq.ask("getVPPAssetsSrv", json!({})).await["clientContext"], context);
    assert_eq!(hq.ask("VPPClientConfigSrv", json!({"clientContext": null})).await["clientContext"], context);
    hq.refused("VPPClientConfigSrv", json!({"clientContext": "x".repeat(256)}), 9602).await;
    hq.refused("VPPClientConfigSrv", json!({"apnToken": "no base64"}), 9623).await;
    let longest = "x".repeat(255);
    assert_eq!(hq.ask("VPPClientConfigSrv", json!({"clientContext": longest})).await["clientContext"], longest);
    assert!(hq.ask("VPPClientConfigSrv", json!({"clientContext": ""})).await.get("clientContext").is_none());
}

#[tokio::test]
async fn once_version_2_was_used_the_context_says_so_whatever_is_noted() {
    let world = library().await;
    let hq = world.vpp_client("HQ");
    hq.ask("VPPClientConfigSrv", json!({"clientContext": "mine"})).await;
    world.content_manager("HQ").get("/service/config").await.expect_ok();
    assert_eq!(hq.ask("VPPClientConfigSrv", json!({})).await["clientContext"], "mine");
    let info = json!({"id": "1", "name": "Other MDM", "metadata": "m"});
    world.content_manager("HQ").post("/client/config", json!({"mdmInfo": info})).await.expect_ok();
    for arguments in [json!({}), json!({"clientContext": "mine again"}), json!({"clientContext": ""})] {
        assert_eq!(hq.ask("VPPClientConfigSrv", arguments).await["clientContext"], "token being used in v2");
    }
    let branch = world.vpp_client("Branch").ask("VPPClientConfigSrv", json!({})).await;
    assert!(branch.get("clientContext").is_none(), "each location by itself");
    let other = world.content_manager("HQ").get("/client/config").await.expect_ok();
    assert_eq!(other["mdmInfo"], info, "version 1 leaves it alone");
}
