//! Assigning and releasing devices in the portal.

use serde_json::{Value, json};

use crate::actors::World;

const PHONE: &str = "C02PHONE0001";
const SPARE: &str = "C02SPARE0004";

#[tokio::test]
async fn devices_are_assigned_by_serial_number_by_order_or_all_that_are_available() {
    let world = World::small().await;
    let portal = world.portal();
    let by_serial = portal.assign(&[SPARE, "NOSUCHDEVICE"], Some("Second MDM")).await;
    let expected = json!({
        "server": "Second MDM", "counts": {"assigned": 1, "not_found": 1},
        "devices": {(SPARE): "assigned", "NOSUCHDEVICE": "not_found"},
    });
    assert_eq!(by_serial, expected);
    let by_order = portal.post("/assignments", json!({"order": "W100000001", "server": null})).await;
    assert_eq!(by_order["counts"], json!({"unassigned": 4}));
    portal.assign(&[PHONE], Some("Primary MDM")).await;
    let rest = portal.post("/assignments", json!({"all_available": true, "server": "Second MDM"})).await;
    assert_eq!(rest["counts"], json!({"assigned": 3}));
    assert_eq!(portal.device(PHONE).await["server"], "Primary MDM");
}

#[tokio::test]
async fn a_device_named_twice_is_moved_once() {
    let world = World::small().await;
    let mut mdm = world.mdm("Primary MDM").await;
    let (_, cursor) = mdm.fetch_all(10).await;
    let answer = world.portal().assign(&[SPARE, SPARE], Some("Primary MDM")).await;
    assert_eq!(answer["counts"], json!({"assigned": 1}));
    assert_eq!(mdm.sync(&cursor).await.ops(), [("added".to_owned(), SPARE.to_owned())]);
}

#[tokio::test]
async fn a_server_is_named_by_name_or_id() {
    let world = World::small().await;
    let portal = world.portal();
    let bundle = portal.get("").await;
    let id = bundle["servers"][1]["id"].as_str().unwrap().to_owned();
    assert_eq!(portal.assign(&[SPARE], Some(&id)).await["server"], "Second MDM");
    let (status, problem) =
        portal.try_call("POST", "/assignments", json!({"serials": [SPARE], "server": "Secnd MDM"})).await;
    assert_eq!(status, 404);
    assert!(problem["detail"].as_str().unwrap().contains("did you mean `Second MDM`"), "{problem}");
}

#[tokio::test]
async fn a_wrong_assignment_is_told_where_it_is_wrong() {
    let world = World::small().await;
    let portal = world.portal();
    for (body, status, pointer) in [
        (json!({"serials": [SPARE]}), 422, "/server"),
        (json!({"server": "Primary MDM"}), 422, ""),
        (json!({"serials": [SPARE], "order": "W100000001", "server": null}), 422, ""),
        (json!({"all_available": false, "server": null}), 422, ""),
        (json!({"serials": [SPARE], "server": "Second MDM", "deadline": "2026-09-01T08:00:00Z"}), 422, "/deadline"),
        (json!({"serials": [SPARE], "server": null, "deadline": "2026-10-01T08:00:00Z"}), 422, "/deadline"),
    ] {
        let (answered, problem) = portal.try_call("POST", "/assignments", body.clone()).await;
        assert_eq!(answered, status, "{body} {problem}");
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{body} {problem}");
    }
    let (status, _) = portal.try_call("POST", "/assignments", json!({"order": "W9", "server": null})).await;
    assert_eq!(status, 404);
}

#[tokio::test]
async fn a_release_cannot_be_taken_back() {
    let world = World::small().await;
    let portal = world.portal();
    let answer = portal.release(&[PHONE, PHONE, "NOSUCHDEVICE"]).await;
    assert_eq!(answer, json!({"released": 1, "not_found": ["NOSUCHDEVICE"]}));
    assert_eq!(portal.release(&[PHONE]).await["released"], 0);
    let device = portal.device(PHONE).await;
    assert_eq!((&device["status"], &device["server"]), (&json!("released"), &Value::Null), "still listed");
    assert_eq!(portal.assign(&[PHONE], Some("Primary MDM")).await["devices"][PHONE], "released");
    let booted = portal.activate(PHONE).await;
    assert_eq!(booted["profile"], Value::Null);
    let (status, problem) = portal.try_call("POST", &format!("/devices/{PHONE}/replace"), json!({})).await;
    assert_eq!((status, &problem["code"]), (409, &json!("CANNOT_REPLACE")));
}

#[tokio::test]
async fn who_assigned_a_device_is_on_record() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Second MDM").await);
    let body = json!({"serials": [SPARE], "server": "Second MDM", "as": "kim@acme.example"});
    portal.post("/assignments", body).await;
    assert_eq!(mdm.details(SPARE).await["device_assigned_by"], "kim@acme.example");
    let device = portal.device(SPARE).await;
    assert_eq!(device["assigned_by"], "kim@acme.example");
    let last = device["history"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(last, json!({"at": "2026-09-01T08:00:00Z", "what": "assigned to Second MDM", "by": "kim@acme.example"}));
}

#[tokio::test]
async fn taking_a_device_from_no_server_leaves_no_trace() {
    let world = World::small().await;
    let portal = world.portal();
    let before = portal.device(SPARE).await["history"].clone();
    portal.assign(&[SPARE], None).await;
    assert_eq!(portal.device(SPARE).await["history"], before);
}
