//! Users of version 1.

use serde_json::json;

use super::library;

#[tokio::test]
async fn a_user_is_registered_once_and_answered_as_they_are() {
    let world = library().await;
    let hq = world.vpp_client("HQ");
    let fields = json!({"clientUserIdStr": "u-7", "email": "u7@acme.example"});
    let answer = hq.call("registerVPPUserSrv", fields.clone()).await;
    let body = answer.expect_ok();
    let keys: Vec<&String> = body.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["expirationMillis", "location", "status", "uId", "user"]);
    assert_eq!(body["location"]["locationName"], "HQ");
    assert!(body["location"]["locationId"].is_u64() && body["uId"].is_string());
    assert_eq!(body["expirationMillis"], json!(1_819_785_600_000_u64));
    let user = &body["user"];
    let keys: Vec<&String> = user.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["clientUserIdStr", "email", "inviteCode", "inviteUrl", "status", "userId"]);
    let code = user["inviteCode"].as_str().unwrap();
    assert_eq!(code.len(), 32);
    let url =
        format!("{}/WebObjects/MZFinance.woa/wa/associateVPPUserWithITSAccount?inviteCode={code}&mt=8", world.url());
    assert_eq!(user["inviteUrl"], url);
    assert!(answer.text.contains(&format!("\"inviteUrl\":\"{}\"", url.replace('/', "\\/"))), "{}", answer.text);
    let again = hq.ask("registerVPPUserSrv", json!({"clientUserIdStr": "u-7", "email": "other@acme.example"})).await;
    assert_eq!(&again["user"], user);
    hq.refused("registerVPPUserSrv", json!({"clientUserIdStr": "u-8", "email": "no address"}), 9602).await;
}

#[tokio::test]
async fn who_was_retired_is_registered_again_as_apple_has_it() {
    let world = library().await;
    let hq = world.vpp_client("HQ");
    let register = |id: &'static str| hq.ask("registerVPPUserSrv", json!({"clientUserIdStr": id}));
    // Never associated: the same record.
    let first = register("u-7").await["user"].clone();
    hq.ask("retireVPPUserSrv", json!({"clientUserIdStr": "u-7"})).await;
    let again = register("u-7").await["user"].clone();
    assert_eq!((&again["userId"], again["status"].as_str()), (&first["userId"], Some("Registered")));
    // Once associated: a new one. On accepting with the same account the old one is back.
    let accept = |code: String| async move {
        let path = format!("/invitations/{code}/accept");
        world.portal().post(&path, json!({"apple_account": "private@icloud.example"})).await;
        world
    };
    let world = accept(again["inviteCode"].as_str().unwrap().to_owned()).await;
    hq.ask("retireVPPUserSrv", json!({"userId": first["userId"]})).await;
    let new = register("u-7").await["user"].clone();
    assert_ne!(new["userId"], first["userId"]);
    let path = format!("/invitations/{}/accept", new["inviteCode"].as_str().unwrap());
    world.portal().post(&path, json!({"apple_account": "private@icloud.example"})).await;
    let status = |id: serde_json::Value| {
        let hq = hq.clone();
        async move { hq.ask("getVPPUserSrv", json!({"userId": id})).await["user"]["status"].clone() }
    };
    assert_eq!(status(new["userId"].clone()).await, "Retired");
    assert_eq!(status(first["userId"].clone()).await, "Associated");
}

#[tokio::test]
async fn a_managed_account_associates_at_once() {
    let world = library().await;
    let hq = world.vpp_client("HQ");
    let fields = json!({"clientUserIdStr": "u-7", "managedAppleIDStr": "lou@acme.example"});
    let user = hq.ask("registerVPPUserSrv", fields).await["user"].clone();
    assert_eq!((user["status"].as_str(), user.get("inviteCode")), (Some("Associated"), None));
    assert_eq!(user["itsIdHash"].as_str().unwrap().len(), 28);
    let foreign = json!({"clientUserIdStr": "u-8", "managedAppleIDStr": "lou@elsewhere.example"});
    let refused = hq.refused("registerVPPUserSrv", foreign, 9635).await;
    assert_eq!(refused["errorMessage"], "Apple Account can't be associated with registered user.");
    let taken = json!({"clientUserIdStr": "u-8", "managedAppleIDStr": "kim@acme.example"});
    hq.refused("registerVPPUserSrv", taken, 9641).await;
}

#[tokio::test]
async fn a_user_is_changed_and_found_by_either_id() {
    let world = library().await;
    let hq = world.vpp_client("HQ");
    let known = hq.ask("getVPPUserSrv", json!({"clientUserIdStr": "u-2"})).await["user"].clone();
    let edited = hq.ask("editVPPUserSrv", json!({"userId": known["userId"], "email": "new@acme.example"})).await;
    assert_eq!(edited["user"]["email"], "new@acme.example");
    assert_eq!(hq.ask("editVPPUserSrv", json!({"clientUserIdStr": "u-2"})).await["user"]["email"], "new@acme.example");
    let managed = json!({"clientUserIdStr": "u-2", "managedAppleIDStr": "lou@acme.example"});
    assert_eq!(hq.ask("editVPPUserSrv", managed).await["user"]["status"], "Associated");
    hq.refused("editVPPUserSrv", json!({"clientUserIdStr": "u-3"}), 9609).await;
    let missing = hq.refused("editVPPUserSrv", json!({"email": "a@b"}), 9600).await;
    assert_eq!(missing["errorMessage"], "\"userId\" or \"clientUserIdStr\" is required input parameter");
}

#[tokio::test]
async fn a_user_is_shown_with_licences_and_a_retired_one_by_number_or_hash_alone() {
    let world = library().await;
    let hq = world.vpp_client("HQ");
    let user = hq.ask("getVPPUserSrv", json!({"clientUserIdStr": "u-1"})).await["user"].clone();
    let license = user["licenses"][0].clone();
    assert!(license["licenseId"].is_u64());
    let expected = json!({"adamId": 361309726, "isIrrevocable": false, "licenseId": license["licenseId"],
        "pricingParam": "STDQ", "productTypeId": 8, "productTypeName": "Application"});
    assert_eq!(user["licenses"], json!([expected]));
    hq.refused("getVPPUserSrv", json!({"clientUserIdStr": "u-3"}), 9604).await;
    hq.refused("getVPPUserSrv", json!({"userId": 1}), 9604).await;
    let book = json!({"adamIdStr": "1462947752", "associateClientUserIdStrs": ["u-1"]});
    assert_eq!(hq.manage(book).await["status"], 0);
    let retired = hq.ask("retireVPPUserSrv", json!({"clientUserIdStr": "u-1"})).await["user"].clone();
    assert_eq!(retired["status"], "Retired");
    let kept: Vec<_> = retired["licenses"].as_array().unwrap().iter().map(|license| &license["adamId"]).collect();
    assert_eq!(kept, [1462947752], "the app is free again, the book stays");
    assert_eq!(retired["licenses"][0]["productTypeName"], "Publication");
    hq.refused("getVPPUserSrv", json!({"clientUserIdStr": "u-1"}), 9604).await;
    for found in [json!({"userId": user["userId"]}), json!({"clientUserIdStr": "u-1", "itsIdHash": user["itsIdHash"]})]
    {
        assert_eq!(hq.ask("getVPPUserSrv", found).await["user"]["userId"], user["userId"]);
    }
    hq.refused("retireVPPUserSrv", json!({"userId": user["userId"]}), 9618).await;
    hq.refused("retireVPPUserSrv", json!({"clientUserIdStr": "u-1"}), 9609).await;
}
