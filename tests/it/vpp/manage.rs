//! `manageVPPLicensesByAdamIdSrv`.

use serde_json::{Value, json};

use super::library;

const PAGES: &str = "361309726";

#[tokio::test]
async fn licences_are_assigned_and_taken_back_at_once() {
    let world = library().await;
    let hq = world.vpp_client("HQ");
    let arguments = json!({"adamIdStr": PAGES, "pricingParam": "STDQ", "associateSerialNumbers": ["A", "B"]});
    let answer = hq.manage(arguments).await;
    let keys: Vec<&String> = answer.as_object().unwrap().keys().collect();
    let wanted = [
        "adamIdStr",
        "associations",
        "expirationMillis",
        "isIrrevocable",
        "location",
        "pricingParam",
        "productTypeId",
        "productTypeName",
        "status",
        "uId",
    ];
    assert_eq!(keys, wanted);
    assert_eq!((&answer["status"], &answer["productTypeId"]), (&json!(0), &json!(8)));
    let first = &answer["associations"][0];
    assert_eq!(first, &json!({"licenseIdStr": first["licenseIdStr"], "serialNumber": "A"}));
    // Version 2 sees it.
    let seen = world.content_manager("HQ").get("/assignments?serialNumber=A").await.expect_ok();
    assert_eq!(seen["assignments"].as_array().unwrap().len(), 1);
    let back = json!({"adamIdStr": PAGES, "disassociateLicenseIdStrs": [first["licenseIdStr"]], "notifyDisassociation": false});
    let answer = hq.manage(back.clone()).await;
    assert_eq!((&answer["status"], &answer["disassociations"][0]["licenseIdStr"]), (&json!(0), &first["licenseIdStr"]));
    let again = hq.manage(back).await;
    assert_eq!((&again["status"], &again["disassociations"][0]["errorNumber"]), (&json!(-1), &json!(9619)));
}

#[tokio::test]
async fn what_is_freed_is_given_away_in_the_same_call() {
    let world = library().await;
    let hq = world.vpp_client("HQ");
    // Keynote has two licences, one of which u-2 holds.
    let both = json!({"adamIdStr": "409183694", "associateSerialNumbers": ["A", "B"], "disassociateClientUserIdStrs": ["u-2"]});
    assert_eq!(hq.manage(both).await["status"], 0);
    let none = hq.manage(json!({"adamIdStr": "409183694", "associateSerialNumbers": ["C"]})).await;
    let entry =
        json!({"errorCode": 9610, "errorMessage": "License not found", "errorNumber": 9610, "serialNumber": "C"});
    assert_eq!((&none["status"], &none["associations"]), (&json!(-1), &json!([entry])));
    assert!(none.get("errorNumber").is_none());
}

#[tokio::test]
async fn each_entry_has_its_error_and_the_status_says_whether_all_failed() {
    let world = library().await;
    let hq = world.vpp_client("HQ");
    let errors = |answer: &Value, list: &str| -> Vec<Option<u64>> {
        answer[list].as_array().unwrap().iter().map(|entry| entry["errorNumber"].as_u64()).collect()
    };
    let mixed = hq.manage(json!({"adamIdStr": PAGES, "associateClientUserIdStrs": ["u-2", "u-9", "u-3"]})).await;
    assert_eq!((&mixed["status"], errors(&mixed, "associations")), (&json!(-3), vec![None, Some(9609), Some(9609)]));
    let entries = world.portal().journal("?operation=vpp.manage_licenses").await;
    let why = entries[0]["why"].as_array().unwrap();
    assert!(why.len() == 2 && why[0].to_string().contains("`u-9`"), "{why:?}");
    let free = hq.manage(json!({"adamIdStr": PAGES, "disassociateSerialNumbers": ["NOBODY"]})).await;
    assert_eq!(errors(&free, "disassociations"), [Some(9619)]);
    let unassignable = hq.manage(json!({"adamIdStr": "100200300", "associateSerialNumbers": ["A"]})).await;
    assert_eq!(errors(&unassignable, "associations"), [Some(9628)]);
    let book = json!({"adamIdStr": "1462947752", "associateClientUserIdStrs": ["u-1"]});
    let license = hq.manage(book).await["associations"][0]["licenseIdStr"].clone();
    for taken in [json!({"disassociateClientUserIdStrs": ["u-1"]}), json!({"disassociateLicenseIdStrs": [license]})] {
        let mut arguments = taken;
        arguments["adamIdStr"] = json!("1462947752");
        let answer = hq.manage(arguments).await;
        assert_eq!((errors(&answer, "disassociations"), &answer["isIrrevocable"]), (vec![Some(9607)], &json!(true)));
    }
    let unknown = hq.manage(json!({"adamIdStr": PAGES, "disassociateLicenseIdStrs": ["0", "x", license]})).await;
    assert_eq!(errors(&unknown, "disassociations"), [Some(9610); 3]);
}

#[tokio::test]
async fn a_refunded_licence_is_no_longer_valid() {
    let world = library().await;
    let hq = world.vpp_client("HQ");
    let (licenses, _) = hq.all("getVPPLicensesSrv", "licenses", json!({"adamId": PAGES})).await;
    let last = licenses.last().unwrap()["licenseIdStr"].clone();
    world.portal().post("/refunds", json!({"location": "HQ", "adam_id": PAGES, "quantity": 1})).await;
    let answer = hq.manage(json!({"adamIdStr": PAGES, "disassociateLicenseIdStrs": [last]})).await;
    assert_eq!(answer["disassociations"][0]["errorNumber"], 9624);
}

#[tokio::test]
async fn what_is_assigned_already_is_told_with_the_licence_or_the_others_who_have_it() {
    let world = library().await;
    let hq = world.vpp_client("HQ");
    let answer = hq.manage(json!({"adamIdStr": PAGES, "associateClientUserIdStrs": ["u-1"]})).await;
    let entry = &answer["associations"][0];
    assert_eq!((&entry["errorNumber"], &entry["errorCode"]), (&json!(9616), &json!(9616)));
    let license = &entry["licenseAlreadyAssigned"];
    assert_eq!((&license["clientUserIdStr"], &license["status"]), (&json!("u-1"), &json!("Associated")));
    assert!(license["licenseIdStr"].is_string() && entry.get("regUsersAlreadyAssigned").is_none());

    // Two users of one private account.
    for id in ["u-7", "u-8"] {
        let user = hq.ask("registerVPPUserSrv", json!({"clientUserIdStr": id})).await["user"].clone();
        let path = format!("/invitations/{}/accept", user["inviteCode"].as_str().unwrap());
        world.portal().post(&path, json!({"apple_account": "private@icloud.example"})).await;
    }
    assert_eq!(hq.manage(json!({"adamIdStr": PAGES, "associateClientUserIdStrs": ["u-7"]})).await["status"], 0);
    let answer = hq.manage(json!({"adamIdStr": PAGES, "associateClientUserIdStrs": ["u-8"]})).await;
    let entry = &answer["associations"][0];
    assert_eq!(entry["errorNumber"], 9616);
    let other = &entry["regUsersAlreadyAssigned"][0];
    assert_eq!((&other["clientUserIdStr"], &other["status"]), (&json!("u-7"), &json!("Associated")));
    assert!(other["itsIdHash"].is_string() && other["userId"].is_u64());
    assert!(entry.get("licenseAlreadyAssigned").is_none());
}

#[tokio::test]
async fn too_much_or_too_little_is_refused_as_a_whole() {
    let world = library().await;
    let hq = world.vpp_client("HQ");
    let serials: Vec<String> = (0..11).map(|number| format!("SERIAL{number}")).collect();
    let service = "manageVPPLicensesByAdamIdSrv";
    hq.refused(service, json!({"adamIdStr": PAGES, "associateSerialNumbers": serials}), 9602).await;
    hq.refused(service, json!({"adamIdStr": PAGES, "disassociateSerialNumbers": serials}), 9602).await;
    world.portal().quirks(json!({"limits": {"maxBatchDisassociateLicenseCount": 20}})).await;
    hq.manage(json!({"adamIdStr": PAGES, "disassociateSerialNumbers": serials})).await;
    assert_eq!(hq.ask("VPPServiceConfigSrv", json!({})).await["maxBatchDisassociateLicenseCount"], 20);
    let both = json!({"adamIdStr": PAGES, "associateSerialNumbers": ["A"], "associateClientUserIdStrs": ["u-2"]});
    hq.refused(service, both, 9602).await;
    for list in ["associateSerialNumbers", "associateClientUserIdStrs", "disassociateLicenseIdStrs"] {
        hq.refused(service, json!({"adamIdStr": PAGES, list: ["A", ""]}), 9602).await;
    }
    hq.refused(service, json!({"adamIdStr": PAGES}), 9600).await;
    hq.refused(service, json!({"associateSerialNumbers": ["A"]}), 9600).await;
    hq.refused(service, json!({"adamIdStr": "1", "associateSerialNumbers": ["A"]}), 9610).await;
    let seen = world.content_manager("HQ").get("/assignments?serialNumber=A").await.expect_ok();
    assert_eq!(seen["assignments"], json!([]));
}

#[tokio::test]
async fn a_call_that_fails_again_and_again_is_refused_for_a_while_where_the_switch_says_so() {
    let world = library().await;
    let hq = world.vpp_client("HQ");
    let service = "manageVPPLicensesByAdamIdSrv";
    let assigned = json!({"adamIdStr": PAGES, "associateClientUserIdStrs": ["u-1"]});
    for _ in 0..5 {
        assert_eq!(hq.manage(assigned.clone()).await["associations"][0]["errorNumber"], 9616);
    }
    world.portal().quirks(json!({"repeated_calls": "refused"})).await;
    hq.manage(json!({"adamIdStr": "409183694", "associateSerialNumbers": ["A"]})).await;
    for (arguments, number) in [
        (assigned.clone(), 9630),
        (json!({"adamIdStr": "409183694", "associateSerialNumbers": ["B"]}), 9631),
        (json!({"adamIdStr": PAGES, "disassociateSerialNumbers": ["NOBODY"]}), 9632),
    ] {
        for _ in 0..3 {
            assert_eq!(hq.manage(arguments.clone()).await["status"], -1);
        }
        hq.refused(service, arguments, number).await;
    }
    world.portal().advance("5m").await;
    assert_eq!(hq.manage(assigned).await["associations"][0]["errorNumber"], 9616);
}

#[tokio::test]
async fn version_2_sees_at_once_what_version_1_changes_and_the_other_way_round() {
    let world = library().await;
    let (old, new) = (world.vpp_client("HQ"), world.content_manager("HQ"));
    let version = async |list: &str| new.get(list).await.expect_ok()["versionId"].as_str().unwrap().to_owned();
    let lists = ["/users", "/assignments", "/assets"];
    let (users, assignments, assets) = (version(lists[0]).await, version(lists[1]).await, version(lists[2]).await);
    old.ask("registerVPPUserSrv", json!({"clientUserIdStr": "u-7"})).await;
    old.manage(json!({"adamIdStr": PAGES, "associateClientUserIdStrs": ["u-7"]})).await;
    let since = new.get(&format!("/users?sinceVersionId={users}")).await.expect_ok();
    assert_eq!((&since["users"][0]["clientUserId"], &since["size"]), (&json!("u-7"), &json!(1)));
    let since = new.get(&format!("/assignments?sinceVersionId={assignments}")).await.expect_ok();
    assert_eq!((&since["assignments"][0]["clientUserId"], &since["size"]), (&json!("u-7"), &json!(1)));
    assert_ne!(version("/assets").await, assets);
    let users = version("/users").await;
    old.ask("retireVPPUserSrv", json!({"clientUserIdStr": "u-7"})).await;
    let since = new.get(&format!("/users?sinceVersionId={users}")).await.expect_ok();
    assert_eq!((&since["users"][0]["status"], &since["size"]), (&json!("Retired"), &json!(1)));
    let left = new.get("/assignments?clientUserId=u-7").await.expect_ok();
    assert_eq!(left["assignments"], json!([]));

    let (_, users) = old.all("getVPPUsersSrv", "users", json!({})).await;
    let (_, licenses) = old.all("getVPPLicensesSrv", "licenses", json!({})).await;
    new.event("/users/create", json!({"users": [{"clientUserId": "u-8"}]})).await;
    let body = json!({"assets": [{"adamId": PAGES}], "clientUserIds": ["u-8"]});
    new.event("/assets/associate", body).await;
    let (news, _) = old.all("getVPPUsersSrv", "users", json!({"sinceModifiedToken": users})).await;
    assert_eq!((news.len(), &news[0]["clientUserIdStr"]), (1, &json!("u-8")));
    let (news, _) = old.all("getVPPLicensesSrv", "licenses", json!({"sinceModifiedToken": licenses})).await;
    assert_eq!((news.len(), &news[0]["clientUserIdStr"]), (1, &json!("u-8")));
}
