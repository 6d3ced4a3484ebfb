//! What each protocol version shows of a device.

use serde_json::{Value, json};

use crate::actors::World;

const SCENARIO: &str = "
version: 1
seed: 7
clock: {start: 2026-09-01T08:00:00Z, mode: frozen}
organizations:
  - id: acme
    servers: [{name: Primary MDM}, {name: Second MDM}]
    people: [{name: Robin Vos, managed_account: robin@acme.example, roles: [administrator]}]
    orders:
      - placed: -30d
        devices:
          - {serial: C02PHONE0001, model: iPhone 16, color: BLACK, capacity: 128GB, server: Primary MDM}
          - {serial: C02PAD000002, model: Classroom iPad, family: iPad, server: Primary MDM, asset_tag: Room 7}
          - {serial: C02TV0000003, model: Lobby TV, family: AppleTV, server: Primary MDM}
          - {serial: C02MAC000004, model: MacBook Pro, server: Primary MDM}
          - {serial: C02VIS000005, model: Headset, family: Vision, server: Primary MDM}
    quirks: {lag: {profile: 0s}}
";

const V1: [&str; 7] =
    ["serial_number", "description", "model", "color", "profile_status", "device_assigned_by", "device_assigned_date"];
const V2: [&str; 9] = [
    "serial_number",
    "description",
    "model",
    "os",
    "device_family",
    "color",
    "profile_status",
    "device_assigned_by",
    "device_assigned_date",
];

fn keys(row: &Value) -> Vec<&str> {
    row.as_object().unwrap().keys().map(String::as_str).collect()
}

#[tokio::test]
async fn each_version_shows_the_keys_that_it_knows_in_their_order() {
    let world = World::of(SCENARIO).await;
    let mdm = world.mdm("Primary MDM").await;
    for version in [1, 2, 3, 6, 7, 8, 9, 10] {
        let rows = mdm.at_version(version).fetch(None, 100).await.rows();
        let (phone, pad, television) = (&rows[0], &rows[1], &rows[2]);
        let mut expected = if version == 1 { V1.to_vec() } else { V2.to_vec() };
        if version >= 10 {
            expected.extend([
                "imei",
                "meid",
                "eid",
                "wifi_mac_address",
                "bluetooth_mac_address",
                "is_replacement_device",
            ]);
        }
        assert_eq!(keys(phone), expected, "version {version}");
        assert_eq!(pad["asset_tag"], "Room 7");
        assert_eq!(pad.get("color"), None, "what is not known is not there");
        let os = match version {
            1 => None,
            2..=6 => Some(json!("iOS")),
            _ => Some(json!("iPadOS")),
        };
        assert_eq!(pad.get("os"), os.as_ref());
        assert_eq!(television.get("ethernet_mac_address").is_some(), version >= 10);
        assert_eq!(television.get("imei"), None);
        if version >= 2 {
            let words: Vec<(&str, &str)> =
                rows.iter().map(|row| (row["device_family"].as_str().unwrap(), row["os"].as_str().unwrap())).collect();
            let pad_os = if version >= 7 { "iPadOS" } else { "iOS" };
            let expected =
                [("iPhone", "iOS"), ("iPad", pad_os), ("AppleTV", "tvOS"), ("Mac", "OSX"), ("Vision", "visionOS")];
            assert_eq!(words, expected);
        }
    }
}

#[tokio::test]
async fn values_have_their_forms() {
    let world = World::of(SCENARIO).await;
    let mut mdm = world.mdm("Primary MDM").await;
    let row = mdm.fetch(None, 1).await.rows().remove(0);
    assert_eq!(row["model"], "iPhone 16");
    assert_eq!(row["color"], "BLACK");
    assert_eq!(row["description"].as_str().unwrap(), row["description"].as_str().unwrap().to_uppercase());
    assert_eq!(row["device_assigned_by"], "robin@acme.example");
    assert_eq!(row["device_assigned_date"], "2026-08-02T08:00:00Z");
    let mac = row["wifi_mac_address"].as_str().unwrap();
    assert_eq!((mac.len(), mac.matches(':').count()), (17, 5));
    let imei = row["imei"][0].as_str().unwrap();
    assert_eq!(imei.split(' ').map(str::len).collect::<Vec<_>>(), [2, 6, 6, 1], "{imei}");
    assert_eq!(row["meid"][0].as_str().unwrap().len(), 14);
    assert_eq!(row["eid"].as_str().unwrap().len(), 32);
    assert_eq!(row["is_replacement_device"], false);
}

#[tokio::test]
async fn no_version_is_the_first_and_one_from_the_future_the_newest() {
    let world = World::of(SCENARIO).await;
    let mdm = world.mdm("Primary MDM").await;
    let mut silent = mdm.clone();
    silent.version = None;
    assert_eq!(keys(&silent.fetch(None, 1).await.rows()[0]), V1);
    let (newest, future) = (mdm.at_version(10).fetch(None, 5).await, mdm.at_version(99).fetch(None, 5).await);
    assert_eq!(newest.rows(), future.rows());
}

#[tokio::test]
async fn a_migration_deadline_is_for_version_eight() {
    let world = World::of(SCENARIO).await;
    let portal = world.portal();
    let mut mdm = world.mdm("Second MDM").await;
    let (_, cursor) = mdm.fetch_all(10).await;
    let body = json!({"serials": ["C02MAC000004"], "server": "Second MDM", "deadline": "2026-09-20T12:00:00Z"});
    portal.post("/assignments", body).await;
    for (version, known) in [(7, false), (8, true), (10, true)] {
        let mut mdm = mdm.at_version(version);
        let deadline = known.then(|| json!("2026-09-20T12:00:00Z"));
        assert_eq!(mdm.sync(&cursor).await.rows()[0].get("mdm_migration_deadline"), deadline.as_ref());
        assert_eq!(mdm.fetch(None, 1).await.rows()[0].get("mdm_migration_deadline"), deadline.as_ref());
        assert_eq!(mdm.details("C02MAC000004").await.get("mdm_migration_deadline"), deadline.as_ref());
    }
}

#[tokio::test]
async fn replacements_are_for_version_ten() {
    let world = World::of(SCENARIO).await;
    let portal = world.portal();
    let mdm = world.mdm("Primary MDM").await;
    let (_, cursor) = mdm.clone().fetch_all(10).await;
    portal.post("/devices/C02PHONE0001/replace", json!({"serial": "C02PHONE0099"})).await;
    for version in [9, 10] {
        let rows = mdm.at_version(version).sync(&cursor).await.rows();
        let known = (version == 10).then_some(&Value::Bool(true)).cloned();
        assert_eq!((&rows[0]["op_type"], &rows[1]["op_type"]), (&json!("deleted"), &json!("added")));
        assert_eq!(rows[0].get("released_by_replacement"), known.as_ref());
        assert_eq!(rows[1].get("released_by_replacement"), None);
        assert_eq!(rows[1].get("is_replacement_device"), known.as_ref());
    }
    portal.quirks(json!({"deleted_rows": "minimal"})).await;
    let row = mdm.at_version(10).sync(&cursor).await.rows().remove(0);
    assert_eq!(keys(&row), ["serial_number", "op_type", "op_date", "released_by_replacement"]);
}
