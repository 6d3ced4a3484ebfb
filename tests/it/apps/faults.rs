//! Faults in calls of Apps and Books.

use serde_json::json;

use super::library;

#[tokio::test]
async fn an_error_is_injected_by_its_number() {
    let world = library().await;
    let hq = world.content_manager("HQ");
    let fault = json!({"on": "apps.associate", "when": {"nth": 1}, "do": {"error": "9709"}});
    world.portal().post("/faults", fault).await;
    let body = json!({"assets": [{"adamId": "361309726"}], "serialNumbers": ["A"]});
    hq.post("/assets/associate", body.clone()).await.expect_number(400, 9709);
    hq.post("/assets/associate", body).await.expect_ok();
    world.portal().post("/faults", json!({"on": "apps.*", "do": {"error": "9603"}})).await;
    let broken = hq.get("/users").await;
    broken.expect_number(500, 9603);
    assert_eq!(broken.header("retry-after"), Some("5"));
}

#[tokio::test]
async fn an_error_with_another_status_asks_to_wait_as_that_status_does() {
    let world = library().await;
    let (hq, portal) = (world.content_manager("HQ"), world.portal());
    for (error, status, again, wanted) in [
        ("9603", 200, None, None),
        ("9603", 429, None, None),
        ("9603", 200, Some("7s"), Some("7")),
        ("9602", 503, None, Some("5")),
        ("9729", 500, None, Some("5")),
    ] {
        let mut deed = json!({"error": error, "status": status});
        if let Some(again) = again {
            deed["retry_after"] = json!(again);
        }
        portal.post("/faults", json!({"on": "apps.users", "times": 1, "do": deed})).await;
        let answer = hq.get("/users").await;
        answer.expect_number(status, error.parse().unwrap());
        assert_eq!(answer.header("retry-after"), wanted, "{error} with {status}");
    }
}

#[tokio::test]
async fn rows_are_left_out_and_doubled_by_name() {
    let world = library().await;
    let hq = world.content_manager("HQ");
    let omit = json!({"on": "apps.assignments", "do": {"rows": {"omit": ["C02EXAMPLE01"]}}});
    world.portal().post("/faults", omit).await;
    assert_eq!(hq.get("/assignments").await.expect_ok()["assignments"].as_array().unwrap().len(), 2);
    let twice = json!({"on": "apps.assets", "do": {"rows": {"duplicate": ["409183694"]}}});
    world.portal().post("/faults", twice).await;
    assert_eq!(hq.get("/assets").await.expect_ok()["assets"].as_array().unwrap().len(), 6);
}

#[tokio::test]
async fn a_fault_strikes_one_serial_number() {
    let world = library().await;
    for call in ["assignments", "associate"] {
        let on = format!("apps.{call}");
        let serial = json!({"on": on, "when": {"serial": "C02EXAMPLE01"}, "do": {"status": 503}});
        world.portal().post("/faults", serial).await;
    }
    let hq = world.content_manager("HQ");
    hq.get("/assignments?serialNumber=OTHER").await.expect_ok();
    let down = hq.get("/assignments?serialNumber=C02EXAMPLE01").await;
    assert_eq!((down.status, down.header("retry-after")), (503, Some("5")));
    let body = |serial: &str| json!({"assets": [{"adamId": "361309726"}], "serialNumbers": [serial]});
    hq.post("/assets/associate", body("OTHER")).await.expect_ok();
    assert_eq!(hq.post("/assets/associate", body("C02EXAMPLE01")).await.status, 503);
}

#[tokio::test]
async fn a_list_changes_between_two_pages() {
    let world = library().await;
    let (hq, portal) = (world.content_manager("HQ"), world.portal());
    portal.quirks(json!({"page_size": 2})).await;
    portal.post("/faults", json!({"on": "apps.assignments", "times": 1, "do": {"quirk": "new_version"}})).await;
    let page = async |index: u32| hq.get(&format!("/assignments?pageIndex={index}")).await.expect_ok();
    let (first, second) = (page(0).await, page(1).await);
    assert_ne!(first["versionId"], second["versionId"]);
    assert_eq!(page(0).await["versionId"], second["versionId"], "who starts again comes through");
    let since = first["versionId"].as_str().unwrap();
    hq.get(&format!("/assignments?sinceVersionId={since}")).await.expect_ok();
    let users = json!({"on": "apps.client_config", "do": {"quirk": "new_version"}});
    portal.refused("POST", "/faults", users, 422, "BODY_DOES_NOT_FIT").await;
}

#[tokio::test]
async fn a_page_in_the_midst_is_empty_and_counts_as_such() {
    let world = library().await;
    let (hq, portal) = (world.content_manager("HQ"), world.portal());
    portal.quirks(json!({"page_size": 2})).await;
    let fault = json!({"on": "apps.assets", "when": {"nth": 2}, "do": {"rows": {"omit": ["*"]}}});
    portal.post("/faults", fault).await;
    let page = async |index: u32| hq.get(&format!("/assets?pageIndex={index}")).await.expect_ok();
    assert_eq!(page(0).await["size"], 2);
    let empty = page(1).await;
    assert_eq!((&empty["assets"], &empty["size"], &empty["nextPageIndex"]), (&json!([]), &json!(0), &json!(2)));
    assert_eq!(page(2).await["size"], 1);
}
