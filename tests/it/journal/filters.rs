//! Asking for some of it.

use serde_json::json;

use super::{MAC, PAD, PHONE, operations};
use crate::actors::{MdmServer, Portal, World};

/// 1 session, 2 account, 3 details of the phone, 4 sync without a cursor, 5 account by the second server's session (6), 7 an unknown path.
async fn scene() -> (World, Portal) {
    let world = World::small().await;
    let portal = world.portal();
    let mut mdm = world.mdm("Primary MDM").await;
    mdm.get("/account").await.expect_ok();
    mdm.post("/devices", json!({"devices": [PHONE]})).await.expect_ok();
    mdm.post("/devices/sync", json!({})).await.expect_refusal(400, "CURSOR_REQUIRED");
    let mut second = world.mdm("Second MDM").await;
    second.get("/account").await.expect_ok();
    second.get("/nothing").await.expect_refusal(404, "");
    (world, portal)
}

async fn ids(portal: &Portal, query: &str) -> Vec<u64> {
    portal.journal(query).await.iter().map(|entry| entry["id"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn entries_are_filtered_by_everything_they_have() {
    let (_world, portal) = scene().await;
    let server = portal.get("/servers").await["items"][1]["id"].as_str().unwrap().to_owned();
    for (query, wanted) in [
        ("?operation=enrollment.account", vec![2, 6]),
        ("?operation=enrollment.*_devices,enrollment.device*", vec![3, 4]),
        ("?status=4xx", vec![4, 7]),
        ("?status=404,400", vec![4, 7]),
        ("?status=404", vec![7]),
        ("?server=Second%20MDM", vec![5, 6, 7]),
        (&format!("?server={server}"), vec![5, 6, 7]),
        ("?method=POST", vec![3, 4]),
        ("?path=/devices*", vec![3, 4]),
        ("?refused=true", vec![4, 7]),
        ("?refused=false&server=Second%20MDM", vec![5, 6]),
        ("?fault=any", vec![]),
        ("?since=5", vec![6, 7]),
        ("?since=2026-09-01T08:00:00Z&limit=2", vec![6, 7]),
        ("?since=2026-09-01T08:00:01Z", vec![]),
        ("?limit=3&status=2xx", vec![3, 5, 6]),
        ("?limit=0", vec![]),
        ("?operation=&limit=&wait=&status=404", vec![7]),
    ] {
        assert_eq!(ids(&portal, query).await, wanted, "{query}");
    }
}

#[tokio::test]
async fn since_a_time_is_by_the_organisations_clock() {
    let (world, portal) = scene().await;
    portal.advance("1h").await;
    let mut mdm = world.mdm("Primary MDM").await;
    mdm.get("/account").await.expect_ok();
    assert_eq!(ids(&portal, "?since=2026-09-01T09:00:00Z").await, [8, 9]);
    assert_eq!(ids(&portal, "?since=2026-09-01T10:30:00%2B02:00").await, [8, 9]);
}

#[tokio::test]
async fn a_serial_number_is_found_in_requests_and_answers() {
    let (world, portal) = scene().await;
    let mut mdm = world.mdm("Primary MDM").await;
    portal.clear_journal().await;
    mdm.fetch(None, 2).await.expect_ok();
    mdm.get(&format!("/device/replacementDetails?device={MAC}")).await;
    mdm.post("/devices", json!({"devices": ["C02PHONE"]})).await.expect_ok();
    assert_eq!(operations(&portal.journal(&format!("?serial={PHONE}")).await), ["enrollment.fetch_devices"]);
    assert_eq!(operations(&portal.journal(&format!("?serial={MAC}")).await), ["enrollment.replacement_details"]);
    assert_eq!(portal.journal(&format!("?serial={PAD},{MAC}")).await.len(), 2);
    assert_eq!(
        operations(&portal.journal("?serial=C02PHONE").await),
        ["enrollment.device_details"],
        "whole texts only"
    );
}

#[tokio::test]
async fn questions_that_make_no_sense_are_refused() {
    let (world, portal) = scene().await;
    for (query, told) in [
        ("?operations=x", "did you mean `operation`?"),
        ("?color=red", "there are operation, status, "),
        ("?status=ok", "`status`: statuses are wanted"),
        ("?since=yesterday", "`since`: the id of an entry or a time"),
        ("?refused=maybe", "true or false"),
        ("?limit=-1", "a number is wanted"),
        ("?count=many", "a number is wanted"),
        ("?wait=10", "such as 10s"),
        ("?wait=-1s", "from 0s to 10m"),
        ("?wait=11m", "from 0s to 10m"),
    ] {
        let problem = portal.refused("GET", &format!("/journal{query}"), json!(null), 400, "BAD_QUERY").await;
        assert!(problem["detail"].as_str().unwrap().contains(told), "{query}: {problem}");
    }
    let problem = portal.refused("GET", "/journal/stream?wait=1s", json!(null), 400, "BAD_QUERY").await;
    assert!(problem["detail"].as_str().unwrap().starts_with("`wait`"), "{problem}");
    world.portal_of("nobody").refused("GET", "/journal", json!(null), 404, "NOT_FOUND").await;
    let other = MdmServer::receive(portal.client.put(format!("{}/_sim/orgs/acme/journal", world.url()))).await;
    assert_eq!((other.status, other.header("allow")), (405, Some("GET, HEAD, DELETE")));
}
