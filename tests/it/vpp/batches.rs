//! Users and licences, batch by batch.

use serde_json::{Value, json};

use super::library;

fn ids(rows: &[Value], name: &str) -> Vec<String> {
    let mut ids: Vec<String> = rows.iter().map(|row| row[name].as_str().unwrap().to_owned()).collect();
    ids.sort_unstable();
    ids
}

#[tokio::test]
async fn users_come_in_batches_with_the_flags_of_the_first() {
    let world = library().await;
    let hq = world.vpp_client("HQ");
    world.portal().quirks(json!({"page_size": 1})).await;
    let first = hq.ask("getVPPUsersSrv", json!({"includeRetired": 1})).await;
    assert_eq!(
        (&first["totalCount"], &first["totalBatchCount"], &first["batchCount"]),
        (&json!(3), &json!("3"), &json!(1))
    );
    assert!(first.get("sinceModifiedToken").is_none());
    let (users, mark) = hq.all("getVPPUsersSrv", "users", json!({"includeRetired": 1})).await;
    assert_eq!(ids(&users, "clientUserIdStr"), ["u-1", "u-2", "u-3"]);
    assert!(users.iter().all(|user| user.get("licenses").is_none()));
    let (users, _) = hq.all("getVPPUsersSrv", "users", json!({})).await;
    assert_eq!(ids(&users, "clientUserIdStr"), ["u-1", "u-2"]);
    let (users, _) = hq.all("getVPPUsersSrv", "users", json!({"includeRetiredOnly": 1})).await;
    assert_eq!(ids(&users, "clientUserIdStr"), ["u-3"]);
    let nothing = hq.ask("getVPPUsersSrv", json!({"sinceModifiedToken": mark, "includeRetired": 1})).await;
    assert!(nothing.get("users").is_none() && nothing["sinceModifiedToken"].is_string());
    hq.ask("registerVPPUserSrv", json!({"clientUserIdStr": "u-7"})).await;
    hq.ask("retireVPPUserSrv", json!({"clientUserIdStr": "u-2"})).await;
    let arguments = json!({"sinceModifiedToken": mark, "includeRetired": 1});
    let (news, _) = hq.all("getVPPUsersSrv", "users", arguments).await;
    assert_eq!(ids(&news, "clientUserIdStr"), ["u-2", "u-7"]);
}

#[tokio::test]
async fn licences_are_those_of_version_2_with_their_numbers() {
    let world = library().await;
    let hq = world.vpp_client("HQ");
    let all = hq.ask("getVPPLicensesSrv", json!({"assignedOnly": true})).await;
    assert_eq!(all["totalCount"], 3);
    assert_eq!((&all["totalBatchCount"], &all["ifModifiedSinceMillisOrig"]), (&json!("1"), &json!("0")));
    let rows = all["licenses"].as_array().unwrap();
    let of_user = rows.iter().find(|row| row["clientUserIdStr"] == "u-1").unwrap();
    let keys: Vec<&String> = of_user.as_object().unwrap().keys().collect();
    let wanted = [
        "adamId",
        "adamIdStr",
        "clientUserIdStr",
        "isIrrevocable",
        "itsIdHash",
        "licenseId",
        "licenseIdStr",
        "pricingParam",
        "productTypeId",
        "productTypeName",
        "status",
        "userId",
        "userIdStr",
    ];
    assert_eq!(keys, wanted);
    assert_eq!((&of_user["adamId"], &of_user["adamIdStr"]), (&json!(361309726), &json!("361309726")));
    assert_eq!(of_user["licenseIdStr"], of_user["licenseId"].as_u64().unwrap().to_string());
    let of_device = rows.iter().find(|row| row["serialNumber"] == "C02EXAMPLE01").unwrap();
    assert!(of_device["status"] == "Associated" && of_device.get("userId").is_none());
    // 10 + 2 + 5 + 4, and of the asset without end those that somebody holds.
    let (licenses, _) = hq.all("getVPPLicensesSrv", "licenses", json!({})).await;
    assert_eq!(licenses.len(), 21);
    assert_eq!(licenses.iter().filter(|license| license["status"] == "Available").count(), 18);
    for (arguments, count) in [
        (json!({"adamId": "361309726"}), 10),
        (json!({"adamId": 361309726, "pricingParam": "PLUS"}), 0),
        (json!({"serialNumber": "C02EXAMPLE01"}), 1),
        (json!({"userAssignedOnly": 1}), 2),
        (json!({"deviceAssignedOnly": "true"}), 1),
        (json!({"adamId": 1}), 0),
    ] {
        let (licenses, _) = hq.all("getVPPLicensesSrv", "licenses", arguments.clone()).await;
        assert_eq!(licenses.len(), count, "{arguments}");
    }
    hq.refused("getVPPLicensesSrv", json!({"userAssignedOnly": 1, "deviceAssignedOnly": 1}), 9602).await;
    hq.refused("getVPPLicensesSrv", json!({"pricingParam": "STDQ"}), 9600).await;
    hq.refused("getVPPLicensesSrv", json!({"ifModifiedSince": "yesterday"}), 9614).await;
    let since = hq.ask("getVPPLicensesSrv", json!({"ifModifiedSince": "2026-09-01T08:00:00Z"})).await;
    assert_eq!(since["ifModifiedSinceMillisOrig"], "1788249600000");
    // A batch that goes on tells what the first call asked for.
    world.portal().quirks(json!({"page_size": 6})).await;
    let first = hq.ask("getVPPLicensesSrv", json!({"ifModifiedSince": "2026-09-01T08:00:00Z"})).await;
    let second = hq.ask("getVPPLicensesSrv", json!({"batchToken": first["batchToken"]})).await;
    assert_eq!(second["ifModifiedSinceMillisOrig"], "1788249600000");
    // The licences of a device are one batch, and there is no second.
    let of_device = json!({"serialNumber": "C02EXAMPLE01", "overrideIndex": 1});
    assert_eq!(hq.ask("getVPPLicensesSrv", of_device).await["totalBatchCount"], "1");
    hq.refused("getVPPLicensesSrv", json!({"serialNumber": "C02EXAMPLE01", "overrideIndex": 2}), 9602).await;
}

#[tokio::test]
async fn batches_of_licences_are_read_in_parallel_by_their_index() {
    let world = library().await;
    let hq = world.vpp_client("HQ");
    world.portal().quirks(json!({"page_size": 6})).await;
    let first = hq.ask("getVPPLicensesSrv", json!({})).await;
    let token = first["batchToken"].clone();
    let count: u32 = first["totalBatchCount"].as_str().unwrap().parse().unwrap();
    assert_eq!(count, 4);
    let mut licenses = Vec::new();
    // Batches have the size that they had when the walk began.
    world.portal().quirks(json!({"page_size": 1})).await;
    for index in (1..=count).rev() {
        let page = hq.ask("getVPPLicensesSrv", json!({"batchToken": token, "overrideIndex": index})).await;
        assert_eq!(page.get("sinceModifiedToken").is_some(), index == count);
        assert!(page.get("totalCount").is_none());
        licenses.extend(page["licenses"].as_array().unwrap().iter().cloned());
    }
    let ids = ids(&licenses, "licenseIdStr");
    assert_eq!((ids.len(), ids.windows(2).all(|pair| pair[0] != pair[1])), (21, true));
    hq.refused("getVPPLicensesSrv", json!({"batchToken": token, "overrideIndex": 5}), 9602).await;
    hq.refused("getVPPLicensesSrv", json!({"batchToken": token, "overrideIndex": 0}), 9602).await;
}

#[tokio::test]
async fn what_has_changed_is_told_with_what_was_given_back() {
    let world = library().await;
    let hq = world.vpp_client("HQ");
    let (_, mark) = hq.all("getVPPLicensesSrv", "licenses", json!({})).await;
    let moved =
        json!({"adamIdStr": "361309726", "associateSerialNumbers": ["B"], "disassociateClientUserIdStrs": ["u-1"]});
    assert_eq!(hq.manage(moved).await["status"], 0);
    let body = json!({"assets": [{"adamId": "409183694"}], "serialNumbers": ["C"]});
    world.content_manager("HQ").event("/assets/associate", body).await;
    let freed = json!({"adamIdStr": "361309726", "disassociateSerialNumbers": ["C02EXAMPLE01"]});
    assert_eq!(hq.manage(freed).await["status"], 0);
    let (news, _) = hq.all("getVPPLicensesSrv", "licenses", json!({"sinceModifiedToken": mark})).await;
    let told = |serial: &str| news.iter().any(|row| row["serialNumber"] == serial);
    assert_eq!((news.len(), told("B"), told("C")), (3, true, true), "{news:?}");
    assert_eq!(news.iter().filter(|row| row["status"] == "Available").count(), 1);
}

#[tokio::test]
async fn a_token_of_another_location_or_of_nowhere_is_refused() {
    let world = library().await;
    let (hq, branch) = (world.vpp_client("HQ"), world.vpp_client("Branch"));
    let (_, mark) = hq.all("getVPPUsersSrv", "users", json!({})).await;
    let refused = branch.refused("getVPPUsersSrv", json!({"sinceModifiedToken": mark}), 9629).await;
    assert_eq!(refused["errorMessage"], "The sToken is inapplicable to batchToken");
    hq.refused("getVPPUsersSrv", json!({"batchToken": mark}), 9633).await;
    hq.refused("getVPPLicensesSrv", json!({"batchToken": "AAAA"}), 9633).await;
    hq.refused("getVPPLicensesSrv", json!({"batchToken": "A".repeat(100_000)}), 9633).await;
    let entries = world.portal().journal("?operation=vpp.licenses").await;
    let why = entries.last().unwrap()["why"].to_string();
    assert!(why.contains("AAAA…` is no token of this list") && why.len() < 200, "{why}");
}
