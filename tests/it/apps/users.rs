//! Calls on users.

use serde_json::{Value, json};

use super::library;

fn one(page: &Value) -> Value {
    assert_eq!(page["users"].as_array().unwrap().len(), 1, "{page}");
    page["users"][0].clone()
}

#[tokio::test]
async fn users_have_a_code_or_the_hash_of_an_account() {
    let world = library().await;
    let hq = world.content_manager("HQ");
    let associated = one(&hq.get("/users?clientUserId=u-1").await.expect_ok());
    assert_eq!(associated["status"], "Associated");
    let keys: Vec<&String> = associated.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["clientUserId", "email", "idHash", "status"]);
    let registered = one(&hq.get("/users?clientUserId=u-2").await.expect_ok());
    assert_eq!(
        (registered["status"].as_str(), registered["inviteCode"].as_str().unwrap().len()),
        (Some("Registered"), 32)
    );
    assert!(registered.get("idHash").is_none());
    let retired = one(&hq.get("/users?retiredOnly=true").await.expect_ok());
    assert_eq!(retired, json!({"clientUserId": "u-3", "status": "Retired"}));
}

#[tokio::test]
async fn users_are_filtered() {
    let world = library().await;
    let hq = world.content_manager("HQ");
    for (query, count) in [
        ("", 3),
        ("?activeOnly=true", 2),
        ("?includeRetired=0", 2),
        ("?retiredOnly=1", 1),
        ("?managedAppleId=KIM@acme.example", 1),
        ("?managedAppleId=nobody@acme.example", 0),
        ("?clientUserId=u-9", 0),
    ] {
        let page = hq.get(&format!("/users{query}")).await.expect_ok();
        assert_eq!(page["users"].as_array().unwrap().len(), count, "{query}");
        assert!(page["versionId"].is_string() && page.get("nextPageIndex").is_none());
    }
    hq.get("/users?activeOnly=perhaps").await.expect_number(400, 9602);
}

#[tokio::test]
async fn users_are_created_updated_and_retired_by_events() {
    let world = library().await;
    let hq = world.content_manager("HQ");
    let version = hq.get("/users").await.expect_ok()["versionId"].as_str().unwrap().to_owned();
    let users = json!({"users": [
        {"clientUserId": "n-1", "email": "n1@acme.example"},
        {"clientUserId": "n-2", "managedAppleId": "lou@acme.example", "name": "ignored"},
    ]});
    let event = hq.event("/users/create", users).await;
    let told =
        |event: &Value| ["eventType", "eventStatus", "numRequested", "numCompleted"].map(|key| event[key].clone());
    assert_eq!(told(&event), [json!("CREATE"), json!("COMPLETE"), json!(2), json!(2)]);
    assert!(one(&hq.get("/users?clientUserId=n-1").await.expect_ok())["inviteCode"].is_string());
    assert_eq!(one(&hq.get("/users?clientUserId=n-2").await.expect_ok())["status"], "Associated");
    assert_eq!(hq.all(&format!("/users?sinceVersionId={version}"), "users").await.len(), 2);

    let event =
        hq.event("/users/update", json!({"users": [{"clientUserId": "n-1", "email": "other@acme.example"}]})).await;
    assert_eq!(event["eventType"], "UPDATE");
    assert_eq!(one(&hq.get("/users?clientUserId=n-1").await.expect_ok())["email"], "other@acme.example");
    let event = hq.event("/users/retire", json!({"users": [{"clientUserId": "n-1"}]})).await;
    assert_eq!(told(&event), [json!("RETIRE"), json!("COMPLETE"), json!(1), json!(1)]);
    assert_eq!(one(&hq.get("/users?clientUserId=n-1").await.expect_ok())["status"], "Retired");
    hq.get("/users?sinceVersionId=never").await.expect_number(400, 9721);
}

#[tokio::test]
async fn an_event_tells_which_users_it_could_not_do_and_why() {
    let world = library().await;
    let hq = world.content_manager("HQ");
    let users = json!({"users": [
        {"clientUserId": "u-1"},
        {"clientUserId": "n-1", "managedAppleId": "stranger@elsewhere.example"},
        {"clientUserId": "n-2", "managedAppleId": "kim@acme.example"},
        {"clientUserId": "n-3"},
    ]});
    let event = hq.event("/users/create", users).await;
    assert_eq!((&event["eventStatus"], &event["numCompleted"]), (&json!("FAILED"), &json!(1)));
    let mut failures: Vec<(u64, Value)> = event["failures"]
        .as_array()
        .unwrap()
        .iter()
        .map(|failure| (failure["errorNumber"].as_u64().unwrap(), failure["errorInfo"]["clientUserIds"].clone()))
        .collect();
    failures.sort_by_key(|(number, _)| *number);
    assert_eq!(failures, [(9635, json!(["n-1"])), (9641, json!(["n-2"])), (9716, json!(["u-1"]))]);
    let event = hq.event("/users/retire", json!({"users": [{"clientUserId": "u-3"}]})).await;
    assert_eq!(event["failures"][0]["errorNumber"], 9609);
}

#[tokio::test]
async fn a_request_about_users_is_refused_at_once_for_what_is_wrong_with_it() {
    let world = library().await;
    let hq = world.content_manager("HQ");
    let many: Vec<Value> = (0..101).map(|number| json!({"clientUserId": format!("m-{number}")})).collect();
    for (users, number) in [
        (json!([]), 9720),
        (Value::Null, 9720),
        (json!(many), 9714),
        (json!([{"clientUserId": "a"}, {"clientUserId": "a"}]), 9715),
        (json!([{"clientUserId": "a", "email": "nowhere"}]), 9717),
        (json!([{"email": "a@b.example"}]), 9602),
        (json!([{"clientUserId": 7}]), 9602),
    ] {
        for path in ["/users/create", "/users/update"] {
            hq.post(path, json!({ "users": users })).await.expect_number(400, number);
        }
    }
}
