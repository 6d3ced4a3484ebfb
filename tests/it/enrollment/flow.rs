//! From a server token to managed devices: what every MDM does on its first day.

use serde_json::json;

use crate::actors::World;

#[tokio::test]
async fn an_mdm_signs_in_fetches_defines_assigns_and_syncs() {
    let world = World::small().await;
    let mut mdm = world.mdm("Primary MDM").await;
    let account = mdm.get("/account").await.expect_ok();
    assert_eq!(account["server_name"], "Primary MDM");
    let (serials, cursor) = mdm.fetch_all(2).await;
    assert_eq!(serials, ["C02PHONE0001", "C02PAD000002", "C02MAC000003"]);
    let profile = mdm.define("Everybody").await;
    let assigned = mdm.assign(&profile, &["C02PHONE0001", "C02SPARE0004"]).await.expect_ok();
    assert_eq!(assigned["devices"], json!({"C02PHONE0001": "SUCCESS", "C02SPARE0004": "NOT_ACCESSIBLE"}));
    let booted = world.portal().activate("C02PHONE0001").await;
    assert_eq!(booted["profile"]["profile_uuid"], profile.as_str());
    let changes = mdm.sync(&cursor).await;
    let modified = |serial: &str| ("modified".to_owned(), serial.to_owned());
    assert_eq!(changes.ops(), [modified("C02PHONE0001"), modified("C02PHONE0001")]);
    assert_eq!(changes.rows()[0]["profile_status"], "assigned");
    assert_eq!(changes.rows()[1]["profile_status"], "pushed");
    mdm.fetch(Some(&cursor), 100).await.expect_refusal(400, "EXHAUSTED_CURSOR");
}
