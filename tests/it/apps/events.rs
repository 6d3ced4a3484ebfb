//! Associating, disassociating, revoking, and what becomes of it.

use serde_json::{Value, json};

use super::library;
use crate::actors::ContentManager;

fn told(event: &Value) -> (&str, &str, u64, u64) {
    let text = |key: &str| event[key].as_str().unwrap();
    let count = |key: &str| event[key].as_u64().unwrap();
    (text("eventType"), text("eventStatus"), count("numCompleted"), count("numRequested"))
}

#[tokio::test]
async fn an_association_is_every_asset_for_every_user_and_device() {
    let world = library().await;
    let hq = world.content_manager("HQ");
    let body = json!({
        "assets": [{"adamId": "361309726", "pricingParam": "STDQ", "availableCount": 0}, {"adamId": "497799835"}],
        "clientUserIds": ["u-1", "u-2"],
        "serialNumbers": ["C02NEW000001"],
    });
    let answer = hq.post("/assets/associate", body).await;
    let keys: Vec<String> = answer.expect_ok().as_object().unwrap().keys().cloned().collect();
    assert_eq!(keys, ["eventId", "tokenExpirationDate", "uId"]);
    let id = ContentManager::event_of(&answer);
    let event = hq.get(&format!("/status?eventId={id}")).await.expect_ok();
    assert_eq!(told(&event), ("ASSOCIATE", "COMPLETE", 6, 6));
    assert!(event.get("failures").is_none());
    let held = hq.get("/assignments?serialNumber=C02NEW000001").await.expect_ok();
    assert_eq!(held["size"], 2);
}

#[tokio::test]
async fn an_event_is_pending_and_then_complete() {
    let world = library().await;
    world.portal().quirks(json!({"event_latency": null})).await;
    let hq = world.content_manager("HQ");
    let body = json!({"assets": [{"adamId": "361309726"}], "serialNumbers": ["C02NEW000001"]});
    let id = ContentManager::event_of(&hq.post("/assets/associate", body).await);
    let path = format!("/status?eventId={id}");
    assert_eq!(told(&hq.get(&path).await.expect_ok()), ("ASSOCIATE", "PENDING", 0, 1));
    world.portal().advance("10s").await;
    assert_eq!(told(&hq.get(&path).await.expect_ok()), ("ASSOCIATE", "COMPLETE", 1, 1));
    world.portal().advance("3d").await;
    hq.post("/users/create", json!({"users": [{"clientUserId": "x"}]})).await.expect_ok();
    let gone = hq.get(&path).await.expect_number(400, 9708);
    assert_eq!(gone["errorMessage"], "EventId could not be found.");
    hq.get("/status?eventId=unknown").await.expect_number(400, 9708);
    hq.get("/status").await.expect_number(400, 9602);
}

#[tokio::test]
async fn an_event_is_stuck_until_the_switch_is_set_back() {
    let world = library().await;
    let (hq, portal) = (world.content_manager("HQ"), world.portal());
    let associate = async |serial: &str| {
        let body = json!({"assets": [{"adamId": "361309726"}], "serialNumbers": [serial]});
        ContentManager::event_of(&hq.post("/assets/associate", body).await)
    };
    let state = async |id: &str| hq.get(&format!("/status?eventId={id}")).await.expect_ok()["eventStatus"].clone();
    portal.quirks(json!({"event_latency": "10m"})).await;
    let begun = associate("C02NEW000001").await;
    portal.quirks(json!({"event_latency": "never"})).await;
    assert_eq!(portal.get("/quirks").await["event_latency"], "never");
    let stuck = associate("C02NEW000002").await;
    portal.advance("3d").await;
    assert_eq!((state(&begun).await, state(&stuck).await), (json!("PENDING"), json!("PENDING")));
    // Another never is none of its ends.
    portal.quirks(json!({"event_latency": "never", "page_size": 50})).await;
    portal.quirks(json!({"event_latency": "1s"})).await;
    portal.advance("1s").await;
    assert_eq!((state(&begun).await, state(&stuck).await), (json!("COMPLETE"), json!("COMPLETE")));
    assert_eq!(hq.get("/assignments?adamId=361309726").await.expect_ok()["size"], 4);
    let wrong = portal.refused("PATCH", "/quirks", json!({"event_latency": "nevr"}), 422, "BODY_DOES_NOT_FIT").await;
    assert!(wrong["errors"][0]["detail"].as_str().unwrap().contains("`never`"), "{wrong}");
}

#[tokio::test]
async fn a_stuck_event_outlives_a_snapshot_and_goes_on_in_a_fork_that_is_not_stuck() {
    let world = library().await;
    let (hq, portal) = (world.content_manager("HQ"), world.portal());
    portal.quirks(json!({"event_latency": "never"})).await;
    let body = json!({"assets": [{"adamId": "361309726"}], "serialNumbers": ["C02NEW000001"]});
    let id = ContentManager::event_of(&hq.post("/assets/associate", body).await);
    let snapshot = portal.get("/snapshot").await;
    portal.call("PUT", "/snapshot", snapshot).await;
    let path = format!("/status?eventId={id}");
    assert_eq!(hq.get(&path).await.expect_ok()["eventStatus"], "PENDING");
    portal.post("/fork", json!({"id": "copy", "quirks": {"event_latency": "0s"}})).await;
    let copy = portal.colleague("copy").get("/locations/HQ/assignments").await;
    assert!(copy.to_string().contains("C02NEW000001"), "{copy}");
    portal.quirks(json!({"event_latency": null})).await;
    portal.advance("2s").await;
    assert_eq!(hq.get(&path).await.expect_ok()["eventStatus"], "COMPLETE");
}

#[tokio::test]
async fn what_there_are_no_licences_for_fails_and_the_rest_is_done() {
    let world = library().await;
    let hq = world.content_manager("HQ");
    let body = json!({"assets": [{"adamId": "409183694"}], "serialNumbers": ["A", "B"]});
    let event = hq.event("/assets/associate", body).await;
    assert_eq!(told(&event), ("ASSOCIATE", "FAILED", 1, 2));
    let failure = json!([{
        "errorInfo": {"assets": [{"adamId": "409183694", "pricingParam": "STDQ"}], "serialNumbers": ["B"]},
        "errorMessage": "There aren't enough assets available to complete this association.",
        "errorNumber": 9709,
    }]);
    assert_eq!(event["failures"], failure);
}

#[tokio::test]
async fn an_unknown_user_is_refused_at_once_or_fails_in_the_event() {
    let world = library().await;
    let hq = world.content_manager("HQ");
    let body = json!({"assets": [{"adamId": "361309726"}], "clientUserIds": ["u-1", "u-3", "u-9"]});
    let refused = hq.post("/assets/associate", body.clone()).await.expect_number(400, 9609);
    assert_eq!(refused["errorMessage"], "Unable to find the registered user.");
    assert_eq!(refused["errorInfo"], json!({"clientUserIds": ["u-3", "u-9"]}));
    world.portal().quirks(json!({"unknown_user": "async"})).await;
    let event = hq.event("/assets/associate", body).await;
    assert_eq!(told(&event), ("ASSOCIATE", "FAILED", 1, 3));
    assert_eq!(event["failures"][0]["errorInfo"], json!({"clientUserIds": ["u-3", "u-9"]}));
}

#[tokio::test]
async fn licences_come_back_one_by_one_or_all_at_once_and_books_stay() {
    let world = library().await;
    let hq = world.content_manager("HQ");
    let body =
        json!({"assets": [{"adamId": "361309726"}], "clientUserIds": ["u-1"], "serialNumbers": ["C02EXAMPLE01"]});
    assert_eq!(told(&hq.event("/assets/disassociate", body).await), ("DISASSOCIATE", "COMPLETE", 2, 2));
    assert_eq!(hq.get("/assets?adamId=361309726").await.expect_ok()["assets"][0]["availableCount"], 10);

    let book = json!({"assets": [{"adamId": "1462947752"}, {"adamId": "361309726"}], "clientUserIds": ["u-2"]});
    hq.event("/assets/associate", book).await;
    let event = hq.event("/assets/revoke", json!({"clientUserIds": ["u-2"]})).await;
    assert_eq!(told(&event), ("REVOKE", "COMPLETE", 2, 2));
    let left = hq.get("/assignments?clientUserId=u-2").await.expect_ok()["assignments"].clone();
    assert_eq!((left.as_array().unwrap().len(), &left[0]["adamId"]), (1, &json!("1462947752")));
}

#[tokio::test]
async fn a_request_is_refused_for_the_first_thing_that_is_wrong_with_it() {
    let world = library().await;
    let hq = world.content_manager("HQ");
    let app = json!({"adamId": "361309726"});
    let names = |count: usize| (0..count).map(|number| format!("N{number}")).collect::<Vec<_>>();
    let apps: Vec<Value> = (0..26).map(|number| json!({"adamId": number.to_string()})).collect();
    for (body, number, info) in [
        (json!({"serialNumbers": ["A"]}), 9718, Value::Null),
        (json!({"assets": [app]}), 9719, Value::Null),
        (json!({"assets": apps, "serialNumbers": ["A"]}), 9700, Value::Null),
        (json!({"assets": [app], "clientUserIds": names(1001)}), 9701, Value::Null),
        (json!({"assets": [app], "serialNumbers": names(1001)}), 9702, Value::Null),
        (
            json!({"assets": [app, app], "serialNumbers": ["A"]}),
            9703,
            json!({"assets": [{"adamId": "361309726", "pricingParam": "STDQ"}]}),
        ),
        (json!({"assets": [app], "clientUserIds": ["u-1", "u-1"]}), 9704, json!({"clientUserIds": ["u-1"]})),
        (json!({"assets": [app], "serialNumbers": ["A", "A"]}), 9705, json!({"serialNumbers": ["A"]})),
        (
            json!({"assets": [app, {"adamId": "100200300"}], "serialNumbers": ["A"]}),
            9707,
            json!({"assets": [{"adamId": "100200300", "pricingParam": "STDQ"}]}),
        ),
        (json!({"assets": [{"adamId": 361309726}], "serialNumbers": ["A"]}), 9602, Value::Null),
        (json!({"assets": [{"adamId": "x"}], "serialNumbers": ["A"]}), 9602, Value::Null),
        (json!({"assets": [{"adamId": "1", "pricingParam": "HQ"}], "serialNumbers": ["A"]}), 9602, Value::Null),
        (json!({"assets": [app], "serialNumbers": [1]}), 9602, Value::Null),
    ] {
        let refused = hq.post("/assets/associate", body).await.expect_number(400, number);
        assert_eq!(refused["errorInfo"], info, "{number}");
    }
    let book = json!({"assets": [{"adamId": "1462947752"}], "clientUserIds": ["u-1"]});
    hq.post("/assets/disassociate", book).await.expect_number(400, 9706);
    hq.post("/assets/revoke", json!({})).await.expect_number(400, 9719);
    hq.post("/assets/revoke", json!({"serialNumbers": names(101)})).await.expect_number(400, 9702);
    hq.post("/assets/revoke", json!({"clientUserIds": names(101)})).await.expect_number(400, 9701);
    assert_eq!(hq.get("/assignments").await.expect_ok()["size"], 3, "nothing was done");
}
