//! `/assignments`.

use serde_json::{Value, json};

use super::library;

#[tokio::test]
async fn assignments_name_a_user_or_a_serial_number_and_with_state_the_account() {
    let world = library().await;
    let hq = world.content_manager("HQ");
    let page = hq.get("/assignments?adamId=361309726").await.expect_ok();
    let rows = json!([
        {"adamId": "361309726", "clientUserId": "u-1", "pricingParam": "STDQ"},
        {"adamId": "361309726", "pricingParam": "STDQ", "serialNumber": "C02EXAMPLE01"},
    ]);
    assert_eq!(page["assignments"], rows);
    assert_eq!((&page["size"], &page["totalPages"], &page["currentPageIndex"]), (&json!(2), &json!(1), &json!(0)));
    let page = hq.get("/assignments?clientUserId=u-1&includeUserState=true").await.expect_ok();
    let row = &page["assignments"][0];
    assert_eq!((row["userStatus"].as_str(), row["idHash"].as_str().unwrap().len()), (Some("Associated"), 28));
    let row =
        &hq.get("/assignments?serialNumber=C02EXAMPLE01&includeUserState=true").await.expect_ok()["assignments"][0];
    assert_eq!(row.as_object().unwrap().len(), 3);
}

#[tokio::test]
async fn assignments_are_filtered_and_none_is_an_empty_page() {
    let world = library().await;
    let hq = world.content_manager("HQ");
    for (query, count) in [
        ("", 3),
        ("?adamId=361309726&serialNumber=C02EXAMPLE01", 1),
        ("?clientUserId=u-2", 1),
        ("?pricingParam=STDQ", 3),
        ("?pricingParam=PLUS", 0),
        ("?adamId=1", 0),
        ("?serialNumber=NONE", 0),
    ] {
        let page = hq.get(&format!("/assignments{query}")).await.expect_ok();
        assert_eq!((page["assignments"].as_array().unwrap().len(), &page["size"]), (count, &json!(count)), "{query}");
        assert!(page["versionId"].is_string());
    }
}

#[tokio::test]
async fn inactive_users_are_left_out_on_demand() {
    let world = library().await;
    let hq = world.content_manager("HQ");
    let book = json!({"assets": [{"adamId": "1462947752"}], "clientUserIds": ["u-1"]});
    hq.event("/assets/associate", book).await;
    hq.event("/users/retire", json!({"users": [{"clientUserId": "u-1"}]})).await;
    let kept = hq.get("/assignments?clientUserId=u-1&includeUserState=true").await.expect_ok()["assignments"].clone();
    assert_eq!((&kept[0]["adamId"], &kept[0]["userStatus"]), (&json!("1462947752"), &json!("Retired")));
    let active = hq.get("/assignments?clientUserId=u-1&excludeInactiveUsers=true").await.expect_ok();
    assert_eq!(active["assignments"], json!([]));
}

#[tokio::test]
async fn pages_are_full_where_inactive_users_are_left_out() {
    let world = library().await;
    let hq = world.content_manager("HQ");
    let body = json!({"assets": [{"adamId": "1462947752"}], "clientUserIds": ["u-1"]});
    hq.event("/assets/associate", body).await;
    let body = json!({"assets": [{"adamId": "361309726"}], "serialNumbers": ["A", "B", "C"]});
    hq.event("/assets/associate", body).await;
    hq.event("/users/retire", json!({"users": [{"clientUserId": "u-1"}]})).await;
    world.portal().quirks(json!({"page_size": 2})).await;
    assert_eq!(hq.all("/assignments", "assignments").await.len(), 6);
    let mut sizes = Vec::new();
    for index in 0..3 {
        let page = hq.get(&format!("/assignments?excludeInactiveUsers=true&pageIndex={index}")).await.expect_ok();
        let rows = page["assignments"].as_array().unwrap();
        assert_eq!((&page["totalPages"], &page["size"]), (&json!(3), &json!(rows.len())), "{page}");
        assert!(rows.iter().all(|row| row["adamId"] != "1462947752"), "{page}");
        sizes.push(rows.len());
    }
    assert_eq!(sizes, [2, 2, 1]);
    hq.get("/assignments?excludeInactiveUsers=true&pageIndex=3").await.expect_number(400, 9650);
    for query in ["adamId=1462947752", "clientUserId=u-1"] {
        let none = hq.get(&format!("/assignments?excludeInactiveUsers=true&{query}")).await.expect_ok();
        assert_eq!((&none["assignments"], &none["totalPages"]), (&json!([]), &json!(1)), "{none}");
    }
    world.portal().quirks(json!({"inactive_left_out": "after_paging"})).await;
    let rows = hq.all("/assignments?excludeInactiveUsers=true", "assignments").await;
    assert_eq!(rows.len(), 5, "short pages have all the same");
    let last = hq.get("/assignments?excludeInactiveUsers=true&pageIndex=2").await.expect_ok();
    let first = hq.get("/assignments?excludeInactiveUsers=true&pageIndex=1").await.expect_ok();
    assert_eq!((&first["size"], &last["size"]), (&json!(1), &json!(2)));
}

#[tokio::test]
async fn the_version_changes_where_somebody_who_keeps_books_is_retired() {
    let world = library().await;
    let hq = world.content_manager("HQ");
    let version = async || hq.get("/assignments").await.expect_ok()["versionId"].as_str().unwrap().to_owned();
    let retire = async |id: &str| hq.event("/users/retire", json!({"users": [{"clientUserId": id}]})).await;
    hq.event("/users/create", json!({"users": [{"clientUserId": "u-7"}, {"clientUserId": "u-8"}]})).await;
    let body = json!({"assets": [{"adamId": "1462947752"}], "clientUserIds": ["u-7"]});
    hq.event("/assets/associate", body).await;
    let before = version().await;
    retire("u-8").await;
    assert_eq!(version().await, before, "who holds nothing changes nothing");
    retire("u-7").await;
    let retired = version().await;
    assert_ne!(retired, before);
    let since = hq.get(&format!("/assignments?sinceVersionId={before}&includeUserState=true")).await.expect_ok();
    assert_eq!(since["assignments"][0]["userStatus"], "Retired", "{since}");
    hq.event("/users/create", json!({"users": [{"clientUserId": "u-7"}]})).await;
    let back = hq.all(&format!("/assignments?sinceVersionId={retired}&excludeInactiveUsers=true"), "assignments").await;
    assert_eq!(back[0]["clientUserId"], "u-7", "{back:?}");
}

#[tokio::test]
async fn since_a_version_there_is_what_came_after_it() {
    let world = library().await;
    let hq = world.content_manager("HQ");
    world.portal().quirks(json!({"page_size": 2})).await;
    assert_eq!(hq.all("/assignments", "assignments").await.len(), 3);
    let version = hq.get("/assignments").await.expect_ok()["versionId"].as_str().unwrap().to_owned();
    let since = hq.get(&format!("/assignments?sinceVersionId={version}")).await.expect_ok();
    assert_eq!((&since["assignments"], &since["versionId"]), (&json!([]), &Value::from(version.as_str())));
    let body = json!({"assets": [{"adamId": "361309726"}], "serialNumbers": ["A", "B", "C"]});
    hq.event("/assets/associate", body).await;
    let added = hq.all(&format!("/assignments?sinceVersionId={version}"), "assignments").await;
    let serials: Vec<&str> = added.iter().map(|row| row["serialNumber"].as_str().unwrap()).collect();
    assert_eq!(serials, ["A", "B", "C"]);
    assert_ne!(hq.get("/assignments").await.expect_ok()["versionId"], version);
    hq.get("/assignments?sinceVersionId=never").await.expect_number(400, 9721);
}
