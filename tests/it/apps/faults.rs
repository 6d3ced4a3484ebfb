//! Faults in calls of Apps and Books.

use serde_json::json;

use super::{library, library_notifying};
use crate::actors::{ContentManager, Webhook};

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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tasks_fail_with_a_number_of_ones_choice_and_the_others_are_done() {
    let mut webhook = Webhook::open().await;
    let world = library_notifying(&webhook).await;
    let (hq, portal) = (world.content_manager("HQ"), world.portal());
    let fault = json!({"on": "apps.associate", "do": {"result": [
        {"serial": ["c02bad*", "U-2"], "status": "9709"}, {"serial": "C02WORSE0001", "status": 9644},
    ]}});
    let id = portal.post("/faults", fault).await["id"].as_str().unwrap().to_owned();
    let subscribe = json!({
        "notificationUrl": webhook.url(), "notificationAuthToken": "fomo", "notificationTypes": ["ASSET_MANAGEMENT"],
    });
    hq.post("/client/config", subscribe).await.expect_ok();
    webhook.rest();
    let body = json!({
        "assets": [{"adamId": "361309726"}, {"adamId": "497799835"}],
        "clientUserIds": ["u-1", "u-2"],
        "serialNumbers": ["C02BAD000001", "C02WORSE0001", "C02GOOD00001"],
    });
    let begun = ContentManager::event_of(&hq.post("/assets/associate", body).await);
    let event = hq.get(&format!("/status?eventId={begun}")).await.expect_ok();
    assert_eq!(
        (&event["eventStatus"], &event["numCompleted"], &event["numRequested"]),
        (&json!("FAILED"), &json!(4), &json!(10))
    );
    let both =
        json!([{"adamId": "361309726", "pricingParam": "STDQ"}, {"adamId": "497799835", "pricingParam": "STDQ"}]);
    let mut failures = event["failures"].as_array().unwrap().clone();
    failures.sort_by_key(|failure| failure["errorNumber"].as_u64());
    assert_eq!(
        json!(failures),
        json!([
            {
                "errorInfo": {"assets": both, "serialNumbers": ["C02WORSE0001"]},
                "errorMessage": "The service is in maintenance mode. Try again later.", "errorNumber": 9644,
            },
            {
                "errorInfo": {"assets": both, "clientUserIds": ["u-2"], "serialNumbers": ["C02BAD000001"]},
                "errorMessage": "There aren't enough assets available to complete this association.", "errorNumber": 9709,
            },
        ])
    );
    for untouched in ["serialNumber=C02BAD000001", "serialNumber=C02WORSE0001"] {
        assert_eq!(hq.get(&format!("/assignments?{untouched}")).await.expect_ok()["size"], 0);
    }
    assert_eq!(hq.get("/assignments?serialNumber=C02GOOD00001").await.expect_ok()["size"], 2);
    portal.advance("1s").await;
    let told: Vec<_> = webhook.rest().into_iter().map(|posted| posted.body["notification"].clone()).collect();
    let wrong: Vec<_> = told.iter().filter(|told| told["result"] == "FAILURE").collect();
    assert_eq!(wrong.len(), 4, "one for each asset and number: {told:?}");
    assert!(wrong.iter().all(|told| told["eventId"] == begun.as_str()));
    assert!(wrong.iter().any(|told| told["error"]["errorNumber"] == 9644));

    assert_eq!(portal.get(&format!("/faults/{id}")).await["hits"], 1);
    let entries = portal.journal("").await;
    let struck = entries.iter().find(|entry| entry["operation"] == "apps.associate").unwrap();
    assert!(struck["why"].to_string().contains("result 9709, result 9644"), "{struck}");
    // A call that names none of them is left alone.
    hq.event("/assets/associate", json!({"assets": [{"adamId": "361309726"}], "serialNumbers": ["C02GOOD00002"]}))
        .await;
    assert_eq!(portal.get(&format!("/faults/{id}")).await["hits"], 1);
}

#[tokio::test]
async fn every_call_that_begins_an_event_fails_as_its_tasks_can() {
    let world = library().await;
    let (hq, portal) = (world.content_manager("HQ"), world.portal());
    let asset = json!({"assets": [{"adamId": "361309726"}], "clientUserIds": ["u-1"]});
    let held = hq.get("/assignments").await.expect_ok()["assignments"].clone();
    let users = hq.get("/users").await.expect_ok()["users"].clone();
    for (operation, path, body, number) in [
        ("apps.disassociate", "/assets/disassociate", asset, 9603),
        ("apps.revoke", "/assets/revoke", json!({"clientUserIds": ["u-1"]}), 9644),
        ("apps.create_users", "/users/create", json!({"users": [{"clientUserId": "new"}]}), 9716),
        (
            "apps.update_users",
            "/users/update",
            json!({"users": [{"clientUserId": "u-1", "email": "x@acme.example"}]}),
            9635,
        ),
        ("apps.retire_users", "/users/retire", json!({"users": [{"clientUserId": "u-1"}]}), 9609),
    ] {
        portal.post("/faults", json!({"on": operation, "times": 1, "do": {"result": {"status": number}}})).await;
        let event = hq.event(path, body).await;
        assert_eq!((&event["eventStatus"], &event["numCompleted"]), (&json!("FAILED"), &json!(0)), "{operation}");
        assert_eq!(event["failures"][0]["errorNumber"], number, "{operation}");
    }
    assert_eq!(hq.get("/assignments").await.expect_ok()["assignments"], held);
    assert_eq!(hq.get("/users").await.expect_ok()["users"], users);
}

#[tokio::test]
async fn an_event_that_is_to_fail_fails_after_a_snapshot_too() {
    let world = library().await;
    let (hq, portal) = (world.content_manager("HQ"), world.portal());
    portal.quirks(json!({"event_latency": "10s"})).await;
    portal.post("/faults", json!({"on": "apps.associate", "do": {"result": {"serial": "X*", "status": "9709"}}})).await;
    let body = json!({"assets": [{"adamId": "361309726"}], "serialNumbers": ["X1", "Y1"]});
    let id = ContentManager::event_of(&hq.post("/assets/associate", body).await);
    let snapshot = portal.get("/snapshot").await;
    portal.call("DELETE", "/faults", json!(null)).await;
    portal.advance("1m").await;
    portal.call("PUT", "/snapshot", snapshot).await;
    let status = format!("/status?eventId={id}");
    assert_eq!(hq.get(&status).await.expect_ok()["eventStatus"], "PENDING");
    portal.call("DELETE", "/faults", json!(null)).await;
    portal.advance("1m").await;
    let event = hq.get(&status).await.expect_ok();
    assert_eq!(event["failures"][0]["errorInfo"]["serialNumbers"], json!(["X1"]));
    assert_eq!((&event["numCompleted"], &event["failures"][0]["errorNumber"]), (&json!(1), &json!(9709)));
}
