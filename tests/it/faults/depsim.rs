//! Failure scripts of Apple's old depsim.

use abmsim::simulator::{Compat, Settings};
use serde_json::{Value, json};

use crate::actors::World;

#[tokio::test]
async fn a_script_is_played_list_by_list_in_its_order() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    let script = json!({
        "get_session_responses": [{"count": 1, "response": "forbidden_t_c_not_signed"}, {"count": 1, "response": "too_many_requests"}],
        "get_account_responses": [{"count": 1, "response": "success"}, {"count": 2, "response": "unauthorized"}],
        "post_devices_sync_responses": [
            {"count": 1, "response": "bad_request_cursor_required"}, {"count": 1, "response": "bad_request_exhausted_cursor"},
        ],
        "put_profile_devices_responses": [{"count": 1, "response": "not_accessible"}, {"count": 1, "response": "bad_request_profile_not_found"}],
        "device_insertions": {"devices_per_event": 500},
    });
    let (status, answer) = portal.try_call("POST", "/faults", script).await;
    assert_eq!((status, answer["ids"].as_array().unwrap().len()), (201, 8), "{answer}");
    mdm.sign_in().await.expect_refusal(403, "T_C_NOT_SIGNED");
    mdm.sign_in().await.expect_refusal(429, "TOO_MANY_REQUESTS");
    mdm.sign_in().await.expect_ok();
    let accounts = [mdm.get("/account").await, mdm.get("/account").await, mdm.get("/account").await];
    assert_eq!(accounts.map(|answer| answer.status), [200, 401, 401]);
    mdm.get("/account").await.expect_ok();
    mdm.sync("x").await.expect_refusal(400, "CURSOR_REQUIRED");
    mdm.sync("x").await.expect_refusal(400, "EXHAUSTED_CURSOR");
    let profile = mdm.define("P").await;
    let body = json!({"profile_uuid": profile, "devices": ["C02PHONE0001"]});
    let assigned = mdm.call("PUT", "/profile/devices", Some(&body)).await.expect_ok();
    assert_eq!(assigned["devices"], json!({"C02PHONE0001": "NOT_ACCESSIBLE"}));
    mdm.call("PUT", "/profile/devices", Some(&body)).await.expect_refusal(400, "PROFILE_NOT_FOUND");
    let hits = portal.get("/faults").await["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rule| rule["hits"].as_u64().unwrap())
        .sum::<u64>();
    assert_eq!(hits, 9);
    let id = answer["id"].as_str().unwrap();
    assert_eq!(portal.get(&format!("/faults/{id}")).await["items"].as_array().unwrap().len(), 8);
    portal.call("DELETE", &format!("/faults/{id}"), Value::Null).await;
    assert_eq!(portal.get("/faults").await["items"], json!([]));
}

#[tokio::test]
async fn every_response_of_depsims_is_understood() {
    let world = World::small().await;
    let all = |names: &[&str]| names.iter().map(|name| json!({"count": 1, "response": name})).collect::<Vec<_>>();
    let common = ["success", "forbidden", "unauthorized", "invalid_method"];
    let with = |names: &[&str]| all(&[&common[..], names].concat());
    let devices = [
        "not_found",
        "not_accessible",
        "failed",
        "bad_request_malformed_request_body",
        "bad_request_device_id_required",
    ];
    let script = json!({
        "get_session_responses": all(&[
            "bad_request", "forbidden_access_denied", "forbidden_t_c_not_signed", "invalid_method", "unauthorized", "too_many_requests",
        ]),
        "get_account_responses": with(&[]),
        "post_server_devices_responses": with(&["bad_request_malformed_request_body", "bad_request_invalid_cursor", "bad_request_exhausted_cursor"]),
        "post_devices_sync_responses": with(&["bad_request_cursor_required", "bad_request_invalid_cursor", "bad_request_exhausted_cursor"]),
        "post_devices_responses": with(&devices),
        "post_devices_disown_responses": with(&devices),
        "post_profile_responses": with(&[
            "bad_request_config_url_required", "bad_request_config_name_required", "bad_request_department_required",
            "bad_request_support_phone_required", "bad_request_malformed_request_body", "not_accessible", "failed",
        ]),
        "get_profile_responses": with(&["not_found", "bad_request_profile_not_found", "bad_request_profile_uuid_required"]),
        "put_profile_devices_responses": with(&[&devices[..], &["bad_request_profile_uuid_required", "bad_request_profile_not_found"]].concat()),
        "delete_profile_devices_responses": with(&devices),
    });
    let (status, answer) = world.portal().try_call("POST", "/faults", script).await;
    assert_eq!(status, 201, "{answer}");
}

#[tokio::test]
async fn in_disguise_its_errors_are_quoted() {
    let world = World::with(
        Settings { compat: Some(Compat::Depsim), ..Settings::default() },
        "{version: 1, organizations: [{id: acme, servers: [{name: MDM}]}], \
         faults: [{get_account_responses: [{count: 1, response: forbidden_access_denied}]}]}",
    )
    .await;
    let mut mdm = world.portal().mdm("MDM").await;
    let signed = mdm.client.get(format!("{}/session", mdm.url)).header("Authorization", mdm.authorization());
    let signed = signed.header("Content-Type", "application/json;charset=UTF8");
    let session: Value = signed.send().await.unwrap().json().await.unwrap();
    mdm.session = session["auth_session_token"].as_str().map(str::to_owned);
    mdm.get("/account").await.expect_refusal(403, "\"ACCESS_DENIED\"");
    mdm.get("/account").await.expect_ok();
}

#[tokio::test]
async fn what_depsim_does_not_know_is_a_mistake_with_its_place() {
    let world = World::small().await;
    let script = json!({
        "get_session_responses": [{"count": 1, "response": "unautorized"}],
        "get_acount_responses": [],
        "post_devices_responses": [{"count": "two", "response": "failed"}, {"count": 1}],
    });
    let problem = world.portal().refused("POST", "/faults", script, 422, "BODY_DOES_NOT_FIT").await;
    let text = problem.to_string();
    for wanted in [
        "/get_session_responses/0/response",
        "did you mean `unauthorized`?",
        "did you mean `get_account_responses`?",
        "/post_devices_responses/0/count",
        "/post_devices_responses/1",
    ] {
        assert!(text.contains(wanted), "{wanted}: {text}");
    }
}
