//! Apps and books, and who holds them.

use serde_json::json;

use super::library;

#[tokio::test]
async fn assets_have_counts_where_they_are_asked_for() {
    let world = library().await;
    let hq = world.vpp_client("HQ");
    let plain = hq.ask("getVPPAssetsSrv", json!({})).await;
    assert_eq!(plain["totalCount"], 5);
    let pages = json!({"adamIdStr": "361309726", "deviceAssignable": true, "isIrrevocable": false,
        "pricingParam": "STDQ", "productTypeId": 8, "productTypeName": "Application"});
    assert_eq!(plain["assets"][0], pages);
    let counted = hq.ask("getVPPAssetsSrv", json!({"includeLicenseCounts": true})).await;
    let mut with_counts = pages;
    for (name, count) in [("assignedCount", 2), ("availableCount", 8), ("retiredCount", 0), ("totalCount", 10)] {
        with_counts[name] = json!(count);
    }
    assert_eq!(counted["assets"][0], with_counts);
    let types: Vec<_> = plain["assets"].as_array().unwrap().iter().map(|asset| &asset["productTypeName"]).collect();
    assert_eq!(types, ["Application", "Application", "Publication", "Software", "Application"]);
    let none = hq.ask("getVPPAssetsSrv", json!({"pricingParam": "PLUS"})).await;
    assert!(none.get("assets").is_none() && none.get("totalCount").is_none(), "{none}");
}

#[tokio::test]
async fn assignments_are_read_page_by_page_with_the_id_of_the_first() {
    let world = library().await;
    let hq = world.vpp_client("HQ");
    world.portal().quirks(json!({"page_size": 2})).await;
    let first = hq.ask("getAssignments", json!({})).await;
    let keys: Vec<&String> = first.as_object().unwrap().keys().collect();
    let wanted = [
        "assignments",
        "assignmentsInCurrentPage",
        "currentPageIndex",
        "expirationMillis",
        "location",
        "nextPageIndex",
        "requestId",
        "status",
        "totalAssignments",
        "totalPages",
        "uId",
    ];
    assert_eq!(keys, wanted);
    assert_eq!(
        (&first["totalAssignments"], &first["totalPages"], &first["nextPageIndex"]),
        (&json!(3), &json!(2), &json!(1))
    );
    let id = first["requestId"].clone();
    assert_eq!(id.as_str().unwrap().len(), 36);
    let second = hq.ask("getAssignments", json!({"pageIndex": 1, "requestId": id})).await;
    let row = json!({"adamIdStr": "409183694", "clientUserIdStr": "u-2", "pricingParam": "STDQ"});
    assert_eq!((&second["assignments"], second.get("nextPageIndex")), (&json!([row]), None));
    let missing = hq.refused("getAssignments", json!({"requestId": id}), 9649).await;
    assert_eq!(missing["errorMessage"], "A page index is required when passing a request ID.");
    hq.refused("getAssignments", json!({"pageIndex": 2, "requestId": id}), 9650).await;
    hq.refused("getAssignments", json!({"pageIndex": -1, "requestId": id}), 9650).await;
    hq.refused("getAssignments", json!({"pageIndex": "99999999999999999999", "requestId": id}), 9650).await;
    hq.refused("getAssignments", json!({"pageIndex": 1}), 9600).await;
    hq.refused("getAssignments", json!({"pageIndex": 1, "requestId": "4f3c8f6a-3f0e-4b7e-9d8a-0c2f3c1d9e10"}), 9602)
        .await;
    for (arguments, count) in [
        (json!({"adamIdStr": "361309726"}), 2),
        (json!({"serialNumber": "C02EXAMPLE01"}), 1),
        (json!({"clientUserIdStr": "u-9"}), 0),
    ] {
        assert_eq!(hq.ask("getAssignments", arguments.clone()).await["totalAssignments"], count, "{arguments}");
    }
}
