//! The overview of assignments.

use serde_json::json;

use crate::actors::World;

#[tokio::test]
async fn assignments_are_told_by_day_and_server_with_totals_by_family() {
    let world = World::small().await;
    let portal = world.portal();
    let bought = json!([{"date": "2026-08-02", "server": "Primary MDM", "orders": ["W100000001"], "devices": 3,
        "totals": {"iPhone": 1, "iPad": 1, "Mac": 1}}]);
    assert_eq!(portal.get("/assignments/overview").await["items"], bought, "what is at no server is not there");
    portal.assign(&["C02SPARE0004", "C02MAC000003"], Some("Second MDM")).await;
    portal.post("/devices", json!({"via": "configurator", "model": "iPad Air", "server": "Second MDM"})).await;
    let now = portal.get("/assignments/overview").await["items"].clone();
    let line = json!({"date": "2026-09-01", "server": "Second MDM", "orders": ["W100000001"], "devices": 3,
        "totals": {"iPhone": 1, "iPad": 1, "Mac": 1}});
    assert_eq!((&now[0], &now[1]["totals"]), (&line, &json!({"iPhone": 1, "iPad": 1})), "the latest day first");
}
