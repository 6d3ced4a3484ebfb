//! Headers, paths and bodies.

use serde_json::json;

use super::{broken, shown};
use crate::actors::{MdmServer, World};

#[tokio::test]
async fn a_client_has_a_name_that_is_not_blocked() {
    let world = World::small().await;
    let mut mdm = world.mdm("Primary MDM").await;
    mdm.user_agent = None;
    mdm.fetch(None, 10).await.expect_refusal(400, "USER_AGENT_MISSING");
    mdm.user_agent = Some("nanodep-godep/0".to_owned());
    mdm.fetch(None, 10).await.expect_refusal(400, "USER_AGENT_INVALID");
    assert_eq!(broken(&world.portal()).await, ["no-user-agent", "blocked-user-agent"]);
}

#[tokio::test]
async fn a_client_says_which_version_it_speaks() {
    for (version, rule) in [(None, Some("no-protocol-version")), (Some("2"), Some("old-protocol-version"))]
        .into_iter()
        .chain([(Some("v3"), Some("unreadable-protocol-version")), (Some("3"), None), (Some("99"), None)])
    {
        let world = World::small().await;
        let mdm = world.mdm("Primary MDM").await;
        let mut request = mdm.client.get(format!("{}/account", mdm.url)).header("User-Agent", "tests/1.0");
        request = request.header("X-ADM-Auth-Session", mdm.session.as_deref().unwrap());
        if let Some(version) = version {
            request = request.header("X-Server-Protocol-Version", version);
        }
        MdmServer::receive(request).await.expect_ok();
        assert_eq!(broken(&world.portal()).await.first().map(String::as_str), rule, "{version:?}");
    }
}

#[tokio::test]
async fn json_is_called_json() {
    let world = World::small().await;
    let mdm = world.mdm("Primary MDM").await;
    let request = mdm.client.post(format!("{}/server/devices", mdm.url)).header("User-Agent", "tests/1.0").body("{}");
    let request = request.header("X-ADM-Auth-Session", mdm.session.as_deref().unwrap());
    MdmServer::receive(request.header("X-Server-Protocol-Version", "10")).await.expect_ok();
    assert_eq!(broken(&world.portal()).await, ["content-type"]);
}

#[tokio::test]
async fn paths_methods_and_bodies_are_those_that_there_are() {
    let world = World::small().await;
    let mut mdm = world.mdm("Primary MDM").await;
    assert_eq!(mdm.get("/mdm/v2/service/config").await.status, 200);
    assert_eq!(mdm.get("/mdm/v2/nothing").await.status, 404);
    assert_eq!(mdm.get("/favicon.ico").await.status, 404);
    assert!(broken(&world.portal()).await.is_empty(), "other services and browsers are no business of this one");
    assert_eq!(mdm.get("/server/device").await.status, 404);
    assert_eq!(mdm.get("/server/devices").await.status, 405);
    mdm.post("/server/devices", json!({"limit": "many"})).await.expect_refusal(400, "MALFORMED_REQUEST_BODY");
    assert_eq!(broken(&world.portal()).await, ["malformed-body", "unknown-path", "wrong-method"]);
    assert_eq!(shown(&world, "unknown-path").await, ["/server/device"]);
}

#[tokio::test]
async fn a_body_has_its_limits() {
    let world = World::small().await;
    let mdm = world.mdm("Primary MDM").await;
    let vast = format!("{{\"cursor\": \"{}\"}}", "x".repeat(8 * 1024 * 1024));
    assert_eq!(mdm.send("POST", "/devices/sync", Some(&vast)).await.status, 413);
    assert_eq!(broken(&world.portal()).await, ["body-not-taken"]);
}
