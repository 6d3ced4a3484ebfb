//! Which events leave which rows in whose sync.

use serde_json::{Value, json};

use crate::actors::{Answer, MdmServer, Portal, World};

const PHONE: &str = "C02PHONE0001";
const SPARE: &str = "C02SPARE0004";
const PRIMARY: &str = "Primary MDM";
const SECOND: &str = "Second MDM";

/// Two servers that have fetched everything, an hour later.
struct Scene {
    _world: World,
    portal: Portal,
    old: MdmServer,
    new: MdmServer,
    at_old: String,
    at_new: String,
}

impl Scene {
    async fn new() -> Self {
        let world = World::small().await;
        let (portal, mut old, mut new) = (world.portal(), world.mdm(PRIMARY).await, world.mdm(SECOND).await);
        portal.quirks(json!({"session_ttl": "90d"})).await;
        let ((_, at_old), (_, at_new)) = (old.fetch_all(10).await, new.fetch_all(10).await);
        portal.advance("1h").await;
        Self { _world: world, portal, old, new, at_old, at_new }
    }

    /// The phone has a profile of the old server; what that left in sync has been read.
    async fn with_profile(&mut self) -> String {
        let profile = self.old.define("Everybody").await;
        self.old.assign(&profile, &[PHONE]).await.expect_ok();
        self.at_old = self.old.sync(&self.at_old).await.cursor();
        self.portal.advance("1h").await;
        profile
    }

    async fn at_old(&mut self) -> Answer {
        self.old.sync(&self.at_old).await
    }

    async fn at_new(&mut self) -> Answer {
        self.new.sync(&self.at_new).await
    }
}

fn op(op: &str, serial: &str) -> (String, String) {
    (op.to_owned(), serial.to_owned())
}

const NONE: [Value; 0] = [];

#[tokio::test]
async fn a_device_assigned_from_none_is_added() {
    let mut scene = Scene::new().await;
    scene.portal.assign(&[SPARE], Some(SECOND)).await;
    let rows = scene.at_new().await.rows();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["op_type"], "added");
    assert_eq!(rows[0]["op_date"], "2026-09-01T09:00:00Z");
    assert_eq!(rows[0]["device_assigned_date"], "2026-09-01T09:00:00Z");
    assert_eq!(rows[0]["device_assigned_by"], "robin@acme.example");
    assert_eq!(rows[0]["profile_status"], "empty");
    assert_eq!(rows[0].get("profile_uuid"), None);
}

#[tokio::test]
async fn the_date_of_an_added_row_can_be_a_second_late() {
    let mut scene = Scene::new().await;
    scene.portal.quirks(json!({"op_date_delay": "1s", "move_op": "both"})).await;
    scene.portal.assign(&[SPARE], Some(SECOND)).await;
    scene.portal.assign(&[PHONE], Some(SECOND)).await;
    for row in scene.at_new().await.rows() {
        assert_eq!(row["device_assigned_date"], "2026-09-01T09:00:00Z");
        assert_eq!(row["op_date"], "2026-09-01T09:00:01Z", "and dates never go back");
    }
}

#[tokio::test]
async fn a_moved_device_is_deleted_here_and_modified_there() {
    let mut scene = Scene::new().await;
    let profile = scene.with_profile().await;
    scene.portal.assign(&[PHONE], Some(SECOND)).await;
    let gone = scene.at_old().await.rows();
    assert_eq!(gone.len(), 1);
    assert_eq!(gone[0]["op_type"], "deleted");
    assert!(gone[0].as_object().unwrap().keys().all(|key| !key.starts_with("profile_")), "{}", gone[0]);
    assert_eq!(gone[0]["model"], "iPhone 16");
    let came = scene.at_new().await.rows();
    assert_eq!(came.len(), 1);
    assert_eq!(came[0]["op_type"], "modified");
    assert_eq!(came[0]["profile_status"], "removed");
    assert_eq!(came[0]["profile_uuid"], profile.as_str());
    assert_eq!(came[0]["profile_assign_time"], "2026-09-01T09:00:00Z");
    assert_eq!(came[0]["device_assigned_date"], came[0]["op_date"]);
    assert_eq!(came[0]["op_date"], "2026-09-01T10:00:00Z");
    assert_eq!(scene.new.details(PHONE).await["response_status"], "SUCCESS");
    assert_eq!(scene.old.details(PHONE).await["response_status"], "NOT_ACCESSIBLE");
}

#[tokio::test]
async fn a_moved_device_can_be_added_or_both() {
    for (choice, expected) in [("added", vec!["added"]), ("both", vec!["added", "modified"])] {
        let mut scene = Scene::new().await;
        scene.portal.quirks(json!({"move_op": choice})).await;
        scene.portal.assign(&[PHONE], Some(SECOND)).await;
        let expected: Vec<_> = expected.into_iter().map(|kind| op(kind, PHONE)).collect();
        assert_eq!(scene.at_new().await.ops(), expected);
    }
}

#[tokio::test]
async fn a_device_that_comes_back_stands_several_times_on_one_page() {
    let mut scene = Scene::new().await;
    scene.portal.assign(&[SPARE], Some(SECOND)).await;
    scene.portal.assign(&[SPARE], Some(PRIMARY)).await;
    scene.portal.assign(&[SPARE], Some(SECOND)).await;
    assert_eq!(scene.at_new().await.ops(), [op("added", SPARE), op("deleted", SPARE), op("modified", SPARE)]);
    assert_eq!(scene.at_old().await.ops(), [op("modified", SPARE), op("deleted", SPARE)]);
}

#[tokio::test]
async fn a_device_assigned_to_its_own_server_again_loses_its_profile() {
    let mut scene = Scene::new().await;
    let profile = scene.with_profile().await;
    scene.portal.assign(&[PHONE], Some(PRIMARY)).await;
    let rows = scene.at_old().await.rows();
    assert_eq!(rows.len(), 1);
    assert_eq!((&rows[0]["op_type"], &rows[0]["profile_status"]), (&json!("modified"), &json!("removed")));
    assert_eq!(rows[0]["profile_uuid"], profile.as_str());
    assert_eq!(rows[0]["device_assigned_date"], "2026-09-01T10:00:00Z");
}

#[tokio::test]
async fn an_unassigned_device_is_deleted_and_keeps_its_profile_for_its_return() {
    let mut scene = Scene::new().await;
    let profile = scene.with_profile().await;
    scene.portal.assign(&[PHONE], None).await;
    assert_eq!(scene.at_old().await.ops(), [op("deleted", PHONE)]);
    scene.portal.assign(&[PHONE], Some(SECOND)).await;
    let back = &scene.at_new().await.rows()[0];
    assert_eq!((&back["op_type"], &back["profile_status"]), (&json!("added"), &json!("removed")));
    assert_eq!(back["profile_uuid"], profile.as_str());
}

#[tokio::test]
async fn an_unassigned_device_can_forget_its_profile() {
    let mut scene = Scene::new().await;
    scene.with_profile().await;
    scene.portal.quirks(json!({"unassign_keeps_profile": false})).await;
    scene.portal.assign(&[PHONE], None).await;
    scene.portal.assign(&[PHONE], Some(SECOND)).await;
    let back = &scene.at_new().await.rows()[0];
    assert_eq!(back["profile_status"], "empty");
    assert_eq!((back.get("profile_uuid"), back.get("profile_assign_time")), (None, None));
}

#[tokio::test]
async fn an_assigned_profile_is_a_modified_row_after_a_minute() {
    let mut scene = Scene::new().await;
    scene.portal.quirks(json!({"lag": null})).await;
    let profile = scene.old.define("Everybody").await;
    scene.old.assign(&profile, &[PHONE]).await.expect_ok();
    assert_eq!(scene.at_old().await.rows(), NONE, "not visible in a sync sent at once");
    scene.portal.advance("59s").await;
    assert_eq!(scene.at_old().await.rows(), NONE);
    scene.portal.advance("1s").await;
    let rows = scene.at_old().await.rows();
    assert_eq!((&rows[0]["op_type"], &rows[0]["profile_status"]), (&json!("modified"), &json!("assigned")));
    assert_eq!(rows[0]["profile_uuid"], profile.as_str());
    assert_eq!(rows[0]["profile_assign_time"], "2026-09-01T09:00:00Z");
    assert_eq!(rows[0]["device_assigned_date"], "2026-08-02T08:00:00Z", "the assignment to the server is older");
}

#[tokio::test]
async fn a_removed_profile_is_a_modified_row_that_still_names_it() {
    let mut scene = Scene::new().await;
    let profile = scene.with_profile().await;
    let body = json!({"devices": [PHONE]});
    scene.old.call("DELETE", "/profile/devices", Some(&body)).await.expect_ok();
    let rows = scene.at_old().await.rows();
    assert_eq!((&rows[0]["op_type"], &rows[0]["profile_status"]), (&json!("modified"), &json!("removed")));
    assert_eq!(rows[0]["profile_uuid"], profile.as_str());
    assert_eq!(rows[0]["profile_assign_time"], "2026-09-01T09:00:00Z");
    assert_eq!(rows[0]["device_assigned_date"], "2026-08-02T08:00:00Z");
    assert_eq!(rows[0]["op_date"], "2026-09-01T10:00:00Z");
}

#[tokio::test]
async fn a_removed_profile_can_leave_nothing() {
    let mut scene = Scene::new().await;
    scene.with_profile().await;
    scene.portal.quirks(json!({"removed_profile": "empty"})).await;
    let body = json!({"devices": [PHONE]});
    scene.old.call("DELETE", "/profile/devices", Some(&body)).await.expect_ok();
    let row = &scene.at_old().await.rows()[0];
    assert_eq!(row["profile_status"], "empty");
    assert_eq!((row.get("profile_uuid"), row.get("profile_assign_time")), (None, None));
}

#[tokio::test]
async fn profiles_can_leave_no_rows() {
    let mut scene = Scene::new().await;
    scene.portal.quirks(json!({"profile_emits": "none"})).await;
    let profile = scene.old.define("Everybody").await;
    scene.old.assign(&profile, &[PHONE]).await.expect_ok();
    scene.portal.advance("1h").await;
    assert_eq!(scene.at_old().await.rows(), NONE);
    assert_eq!(scene.old.details(PHONE).await["profile_status"], "assigned");
}

#[tokio::test]
async fn a_device_that_fetched_its_profile_is_a_modified_row_with_that_date() {
    let mut scene = Scene::new().await;
    scene.with_profile().await;
    scene.portal.activate(PHONE).await;
    let rows = scene.at_old().await.rows();
    assert_eq!(rows.len(), 1);
    assert_eq!((&rows[0]["op_type"], &rows[0]["profile_status"]), (&json!("modified"), &json!("pushed")));
    assert_eq!(rows[0]["op_date"], "2026-09-01T10:00:00Z");
    assert_eq!(rows[0]["profile_push_time"], rows[0]["op_date"]);
    scene.portal.quirks(json!({"push_emits": "none"})).await;
    scene.portal.activate(PHONE).await;
    assert_eq!(scene.at_old().await.rows().len(), 1);
}

#[tokio::test]
async fn what_waits_comes_before_what_happens_next() {
    let mut scene = Scene::new().await;
    scene.portal.quirks(json!({"lag": {"profile": "10m"}})).await;
    let profile = scene.old.define("Everybody").await;
    scene.old.assign(&profile, &[PHONE]).await.expect_ok();
    scene.portal.advance("1m").await;
    scene.portal.activate(PHONE).await;
    let statuses: Vec<Value> = scene.at_old().await.rows().iter().map(|row| row["profile_status"].clone()).collect();
    assert_eq!(statuses, ["assigned", "pushed"]);
    scene.old.assign(&profile, &[PHONE]).await.expect_ok();
    scene.portal.assign(&[PHONE], Some(SECOND)).await;
    scene.portal.advance("1h").await;
    let ops = scene.at_old().await.ops();
    assert_eq!(ops.last(), Some(&op("deleted", PHONE)), "nothing comes after the row that takes it away: {ops:?}");
}

#[tokio::test]
async fn a_released_device_leaves_no_row_and_is_no_longer_accessible() {
    let mut scene = Scene::new().await;
    scene.portal.release(&[PHONE]).await;
    scene.portal.advance("1d").await;
    assert_eq!(scene.at_old().await.rows(), NONE);
    assert_eq!(scene.old.details(PHONE).await, json!({"response_status": "NOT_ACCESSIBLE"}));
    assert!(!scene.old.fetch_all(10).await.0.contains(&PHONE.to_owned()));
}

#[tokio::test]
async fn a_release_drops_what_was_yet_to_be_heard_of_the_device() {
    let mut scene = Scene::new().await;
    scene.portal.quirks(json!({"lag": {"profile": "10m"}})).await;
    let profile = scene.old.define("Everybody").await;
    scene.old.assign(&profile, &[PHONE]).await.expect_ok();
    scene.portal.release(&[PHONE]).await;
    scene.portal.advance("1h").await;
    assert_eq!(scene.at_old().await.rows(), NONE);
}

#[tokio::test]
async fn a_release_and_a_disown_can_leave_deleted_rows() {
    let mut scene = Scene::new().await;
    scene.old.post("/devices/disown", json!({"devices": ["C02PAD000002"]})).await.expect_ok();
    scene.portal.quirks(json!({"release_emits": "deleted", "disown_emits": "deleted"})).await;
    scene.portal.release(&[PHONE]).await;
    scene.old.post("/devices/disown", json!({"devices": ["C02MAC000003"]})).await.expect_ok();
    let expected = [op("deleted", PHONE), op("deleted", "C02MAC000003")];
    assert_eq!(scene.at_old().await.ops(), expected, "and none for the iPad, which went before");
}

#[tokio::test]
async fn deleted_rows_can_be_minimal() {
    let mut scene = Scene::new().await;
    scene.portal.quirks(json!({"deleted_rows": "minimal"})).await;
    scene.portal.assign(&[PHONE], None).await;
    let expected = json!({"serial_number": PHONE, "op_type": "deleted", "op_date": "2026-09-01T09:00:00Z"});
    assert_eq!(scene.at_old().await.rows(), [expected]);
}

#[tokio::test]
async fn the_portal_can_lag_behind() {
    let mut scene = Scene::new().await;
    let profile = scene.with_profile().await;
    scene.portal.quirks(json!({"lag": {"portal": "5m"}})).await;
    scene.portal.assign(&[PHONE, SPARE], Some(SECOND)).await;
    assert_eq!(scene.portal.device(PHONE).await["server"], SECOND, "the portal shows it at once");
    assert_eq!(scene.at_old().await.rows(), NONE);
    assert_eq!(scene.at_new().await.rows(), NONE);
    let before = scene.old.details(PHONE).await;
    assert_eq!((&before["profile_status"], &before["profile_uuid"]), (&json!("assigned"), &json!(profile)));
    assert_eq!(scene.new.details(SPARE).await["response_status"], "NOT_ACCESSIBLE");
    let ran = scene.portal.advance("5m").await;
    assert_eq!(ran[0]["at"], "2026-09-01T10:05:00Z");
    assert_eq!(ran[0]["what"], "the assignment of 2 devices became visible");
    assert_eq!(scene.at_old().await.ops(), [op("deleted", PHONE)]);
    assert_eq!(scene.at_new().await.ops(), [op("modified", PHONE), op("added", SPARE)]);
    assert_eq!(scene.new.details(PHONE).await["profile_status"], "removed");
}

#[tokio::test]
async fn of_two_moves_within_the_lag_the_servers_see_the_last() {
    let mut scene = Scene::new().await;
    scene.portal.quirks(json!({"lag": {"portal": "5m"}})).await;
    scene.portal.assign(&[SPARE], Some(PRIMARY)).await;
    scene.portal.advance("1m").await;
    scene.portal.assign(&[SPARE], Some(SECOND)).await;
    assert_eq!(scene.portal.advance("4m").await, json!([]));
    assert_eq!(scene.at_new().await.rows(), NONE);
    scene.portal.advance("1m").await;
    assert_eq!(scene.at_old().await.rows(), NONE);
    assert_eq!(scene.at_new().await.ops(), [op("added", SPARE)]);
}

#[tokio::test]
async fn a_device_that_is_throttled_can_be_missing_from_sync() {
    let mut scene = Scene::new().await;
    scene
        .portal
        .quirks(json!({"throttle": {"assignments": 1, "window": "1h", "cooldown": "24h", "hides": true}}))
        .await;
    let profile = scene.old.define("Everybody").await;
    for _ in 0..2 {
        scene.old.assign(&profile, &[PHONE, "C02PAD000002"]).await.expect_ok();
    }
    scene.at_old = scene.at_old().await.cursor();
    scene.portal.assign(&[PHONE], Some(SECOND)).await;
    assert_eq!(scene.at_old().await.rows(), NONE, "the server that it leaves gets no row");
    assert_eq!(scene.at_new().await.rows(), NONE);
    assert!(scene.new.fetch_all(10).await.0.contains(&PHONE.to_owned()), "a fetch has it");
    scene.portal.advance("24h").await;
    assert_eq!(scene.at_new().await.ops(), [op("modified", PHONE)]);
    assert_eq!(scene.at_old().await.rows(), NONE);
}

#[tokio::test]
async fn empty_profile_statuses_can_be_shown() {
    let mut scene = Scene::new().await;
    scene.portal.quirks(json!({"empty_profile_status": true})).await;
    assert_eq!(scene.old.fetch(None, 1).await.rows()[0]["profile_status"], "");
}

#[tokio::test]
async fn a_row_of_the_wrong_kind_cannot_be_chosen() {
    let scene = Scene::new().await;
    for (switch, kind) in [
        ("profile_emits", "deleted"),
        ("push_emits", "deleted"),
        ("release_emits", "modified"),
        ("disown_emits", "modified"),
    ] {
        let (status, problem) = scene.portal.try_call("PATCH", "/quirks", json!({ (switch): kind })).await;
        assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!(format!("/{switch}"))));
    }
}
