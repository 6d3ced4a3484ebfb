//! What every call may answer.

use serde_json::json;

use super::library;
use crate::actors::MdmServer;

#[tokio::test]
async fn what_is_no_path_and_no_method_is_refused_in_json() {
    let world = library().await;
    let hq = world.content_manager("HQ");
    for path in ["", "/", "/asset", "/client"] {
        let body = hq.get(path).await.expect_number(404, 9602);
        assert_eq!(body, json!({"errorMessage": "Invalid argument.", "errorNumber": 9602}));
    }
    let answer = hq.send("DELETE", "/assets", &[], None).await;
    answer.expect_number(405, 9726);
    assert_eq!(answer.header("allow"), Some("GET"));
    hq.send("PUT", "/service/config", &[], None).await.expect_number(405, 9726);
    for path in ["/service/config", "/assets", "/assets/associate"] {
        assert_eq!(hq.send("HEAD", path, &[], None).await.status, 405, "{path}");
    }
    assert_eq!(hq.send("HEAD", "/asset", &[], None).await.status, 404);
    let entries = world.portal().journal("").await;
    let why = entries.iter().find(|entry| entry["path"] == "/mdm/v2/asset").unwrap()["why"].to_string();
    assert!(why.contains("/mdm/v2/assets"), "{why}");
}

#[tokio::test]
async fn by_the_services_name_all_paths_are_the_services() {
    let world = library().await;
    let hq = world.content_manager("HQ");
    let at = |path: &str, host: &str| {
        let request = hq.client.get(format!("{}{path}", world.url())).header("Host", host);
        MdmServer::receive(request)
    };
    at("/account", "vpp.itunes.apple.com").await.expect_number(404, 9602);
    assert_eq!(at("/account", "localhost").await.status, 401, "that is enrolment");
    at("/mdm/v2/assets", "whatever.example").await.expect_number(401, 9601);
}

#[tokio::test]
async fn a_body_that_cannot_be_read_is_an_invalid_argument() {
    let world = library().await;
    let hq = world.content_manager("HQ");
    for body in ["", "[]", "{", "null", r#"{"assets": {}}"#, r#"{"assets": [[]]}"#] {
        hq.send("POST", "/assets/associate", &[], Some(body)).await.expect_number(400, 9602);
    }
}

#[tokio::test]
async fn a_list_in_the_place_of_an_object_is_an_invalid_argument() {
    let world = library().await;
    let hq = world.content_manager("HQ");
    for (path, body) in [
        ("/assets/associate", json!({"assets": [["361309726", "STDQ"]], "serialNumbers": ["A"]})),
        ("/users/create", json!({"users": [["u-9", null, null]]})),
        ("/client/config", json!({"mdmInfo": ["id", "name", "metadata"]})),
    ] {
        hq.post(path, body).await.expect_number(400, 9602);
    }
    assert_eq!(hq.get("/users?clientUserId=u-9").await.expect_ok()["size"], 0);
}

#[tokio::test]
async fn the_number_of_a_title_is_digits_and_nothing_else() {
    let world = library().await;
    let hq = world.content_manager("HQ");
    for adam_id in [json!(361_309_726), json!("+361309726"), json!("-1"), json!(" 361309726"), json!(""), json!(null)] {
        let body = json!({"assets": [{"adamId": adam_id}], "serialNumbers": ["A"]});
        hq.post("/assets/associate", body).await.expect_number(400, 9602);
    }
    for query in ["%2B361309726", "36130972x"] {
        hq.get(&format!("/assets?adamId={query}")).await.expect_number(400, 9602);
        hq.get(&format!("/assignments?adamId={query}")).await.expect_number(400, 9602);
    }
}

#[tokio::test]
async fn a_body_need_not_call_itself_json_unless_that_is_strict() {
    let world = library().await;
    let hq = world.content_manager("HQ");
    let body = Some(r#"{"assets":[{"adamId":"361309726"}],"serialNumbers":["A"]}"#);
    hq.send("POST", "/assets/associate", &[], body).await.expect_ok();
    world.portal().quirks(json!({"strict_content_type": true})).await;
    hq.send("POST", "/assets/associate", &[], body).await.expect_number(415, 9727);
    let json = [("Content-Type", "application/json; charset=utf-8")];
    hq.send("POST", "/assets/associate", &json, body).await.expect_ok();
    hq.send("POST", "/subscriptions/enable", &[], None).await.expect_ok();
}

#[tokio::test]
async fn errors_have_one_wording_or_the_other() {
    let world = library().await;
    let hq = world.content_manager("HQ");
    let body = json!({"assets": [{"adamId": "1"}, {"adamId": "1"}], "serialNumbers": ["A"]});
    let said = hq.post("/assets/associate", body.clone()).await.expect_number(400, 9703);
    assert_eq!(said["errorMessage"], "Duplicate assets found in request, please send unique assets.");
    world.portal().quirks(json!({"error_wording": "article"})).await;
    let said = hq.post("/assets/associate", body).await.expect_number(400, 9703);
    let wanted = "This request contains duplicate assets. Change the request to send unique assets.";
    assert_eq!(said["errorMessage"], wanted);
}

#[tokio::test]
async fn a_user_that_there_is_not_has_other_words_in_an_event_of_the_article() {
    let world = library().await;
    let hq = world.content_manager("HQ");
    let text = async || {
        let event = hq.event("/users/retire", json!({"users": [{"clientUserId": "u-9"}]})).await;
        event["failures"][0]["errorMessage"].as_str().unwrap().to_owned()
    };
    assert_eq!(text().await, "Unable to find the registered user.");
    world.portal().quirks(json!({"error_wording": "article"})).await;
    assert_eq!(text().await, "Unable to find registered user.");
    let body = json!({"assets": [{"adamId": "361309726"}], "clientUserIds": ["u-9"]});
    let said = hq.post("/assets/associate", body).await.expect_number(400, 9609);
    assert_eq!(said["errorMessage"], "Unable to find the registered user.");
}

#[tokio::test]
async fn a_service_that_is_down_says_how_long_to_wait() {
    let world = library().await;
    let hq = world.content_manager("HQ");
    world.portal().quirks(json!({"outage": {"status": 503}})).await;
    let down = hq.get("/assets").await;
    down.expect_number(503, 9729);
    assert_eq!(down.header("retry-after"), Some("5"));
    world.portal().quirks(json!({"outage": {"status": 500, "retry_after": 7, "body": "html"}})).await;
    let down = hq.get("/service/config").await;
    assert_eq!((down.status, down.header("retry-after"), &down.text[..6]), (500, Some("7"), "<html>"));
}
