//! Moving devices that are set up to another MDM, by a deadline.

use serde_json::{Value, json};

use crate::actors::{MdmServer, Portal, World};

const PHONE: &str = "C02PHONE0001";
const DEADLINE: &str = "2026-09-10T08:00:00Z";

/// A phone that is enrolled at the old server, on its way to the new one.
async fn scene() -> (World, Portal, MdmServer, MdmServer, String, String) {
    let world = World::small().await;
    let (portal, mut old, mut new) = (world.portal(), world.mdm("Primary MDM").await, world.mdm("Second MDM").await);
    portal.quirks(json!({"session_ttl": "90d", "cursor_ttl": "90d"})).await;
    let profile = old.define("Old").await;
    old.assign(&profile, &[PHONE]).await.expect_ok();
    portal.activate(PHONE).await;
    let (at_old, at_new) = (old.fetch_all(10).await.1, new.fetch_all(10).await.1);
    let body = json!({"serials": [PHONE], "server": "Second MDM", "deadline": DEADLINE});
    assert_eq!(portal.post("/assignments", body).await["counts"], json!({"assigned": 1}));
    (world, portal, old, new, at_old, at_new)
}

#[tokio::test]
async fn a_device_with_a_deadline_shows_at_its_new_server_at_once() {
    let (_world, portal, mut old, mut new, at_old, at_new) = scene().await;
    assert_eq!(old.sync(&at_old).await.ops(), [("deleted".to_owned(), PHONE.to_owned())]);
    let row = new.sync(&at_new).await.rows().remove(0);
    assert_eq!((&row["op_type"], &row["profile_status"]), (&json!("modified"), &json!("removed")));
    assert_eq!(row["mdm_migration_deadline"], DEADLINE);
    assert_eq!(portal.device(PHONE).await["mdm_migration_deadline"], DEADLINE);
}

#[tokio::test]
async fn the_device_moves_by_itself_when_the_deadline_passes() {
    let (_world, portal, _, mut new, _, at_new) = scene().await;
    let profile = new.define("New").await;
    new.assign(&profile, &[PHONE]).await.expect_ok();
    assert_eq!(new.details(PHONE).await["profile_status"], "assigned", "the old server's profile does not count");
    let ran = portal.advance("9d").await;
    assert_eq!(ran, json!([{"at": DEADLINE, "what": "C02PHONE0001 reached its migration deadline"}]));
    let device = new.details(PHONE).await;
    assert_eq!((&device["profile_status"], &device["profile_push_time"]), (&json!("pushed"), &json!(DEADLINE)));
    assert_eq!(device.get("mdm_migration_deadline"), None);
    let last = new.sync(&at_new).await.rows().pop().unwrap();
    assert_eq!((&last["op_type"], &last["profile_status"]), (&json!("modified"), &json!("pushed")));
    assert_eq!(last.get("mdm_migration_deadline"), None);
}

#[tokio::test]
async fn a_device_that_moves_early_has_no_deadline_left() {
    let (_world, portal, _, mut new, _, _) = scene().await;
    let profile = new.define("New").await;
    new.assign(&profile, &[PHONE]).await.expect_ok();
    assert_eq!(portal.activate(PHONE).await["profile_uuid"], profile.as_str());
    assert_eq!(new.details(PHONE).await.get("mdm_migration_deadline"), None);
    assert_eq!(portal.advance("10d").await, json!([]));
}

#[tokio::test]
async fn a_migration_that_is_called_off_goes_back() {
    let (_world, portal, mut old, mut new, at_old, at_new) = scene().await;
    let back = portal.call("DELETE", &format!("/devices/{PHONE}/migration"), Value::Null).await;
    assert_eq!((&back["server"], &back["mdm_migration_deadline"]), (&json!("Primary MDM"), &Value::Null));
    let op = |kind: &str| (kind.to_owned(), PHONE.to_owned());
    assert_eq!(old.sync(&at_old).await.ops(), [op("deleted"), op("modified")]);
    assert_eq!(new.sync(&at_new).await.ops(), [op("modified"), op("deleted")]);
    assert_eq!(old.details(PHONE).await.get("mdm_migration_deadline"), None);
    assert_eq!(portal.advance("10d").await, json!([]));
    let (status, problem) = portal.try_call("DELETE", &format!("/devices/{PHONE}/migration"), Value::Null).await;
    assert_eq!((status, &problem["code"]), (409, &json!("NO_MIGRATION")));
}

#[tokio::test]
async fn a_provisional_device_cannot_migrate() {
    let world = World::small().await;
    let portal = world.portal();
    let body = json!({"via": "configurator", "model": "iPhone 16", "serial": "C02CONF00001", "server": "Primary MDM"});
    portal.post("/devices", body).await;
    let deadline = json!({"serials": ["C02CONF00001"], "server": "Second MDM", "deadline": "2026-10-20T08:00:00Z"});
    assert_eq!(portal.post("/assignments", deadline.clone()).await["counts"], json!({"provisional": 1}));
    assert_eq!(portal.device("C02CONF00001").await["server"], "Primary MDM");
    portal.advance("30d").await;
    assert_eq!(portal.post("/assignments", deadline).await["counts"], json!({"assigned": 1}));
}
