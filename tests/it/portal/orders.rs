//! Orders: who sold them, when they arrive, where their devices go.

use serde_json::{Value, json};

use crate::actors::{Portal, World};

const SCENARIO: &str = "
version: 1
seed: 7
clock: {start: 2026-09-01T08:00:00Z, mode: frozen}
organizations:
  - id: acme
    servers: [{name: Mobile, default_for: [iPhone, iPad]}, {name: Macs, default_for: [Mac]}]
    suppliers: {customer_numbers: ['1122334'], reseller_ids: [16FCE4A0]}
    people: [{name: Robin Vos, managed_account: robin@acme.example, roles: [administrator]}]
";

async fn scene() -> (World, Portal) {
    let world = World::of(SCENARIO).await;
    let portal = world.portal();
    (world, portal)
}

fn phone(serial: &str) -> Value {
    json!({"serial": serial, "model": "iPhone 16"})
}

#[tokio::test]
async fn devices_go_to_the_default_server_of_their_family() {
    let (world, portal) = scene().await;
    let (mut mobile, mut macs) = (world.mdm("Mobile").await, world.mdm("Macs").await);
    let (cursor, of_macs) = (mobile.fetch_all(10).await.1, macs.fetch_all(10).await.1);
    let devices = json!([
        phone("C02PHONE0001"),
        {"serial": "C02MAC000002", "model": "MacBook Pro"},
        {"serial": "C02TV0000003", "model": "Lobby TV", "family": "AppleTV"},
        {"serial": "C02PHONE0004", "model": "iPhone 16", "server": "Macs"},
        {"serial": "C02PHONE0005", "model": "iPhone 16", "server": null},
    ]);
    let order = portal.post("/orders", json!({"number": "W1", "source": "apple", "devices": devices})).await;
    assert_eq!((&order["number"], &order["devices"], &order["arrived"]), (&json!("W1"), &json!(5), &json!(true)));
    let added = |serial: &str| ("added".to_owned(), serial.to_owned());
    let page = mobile.sync(&cursor).await;
    assert_eq!(page.ops(), [added("C02PHONE0001")]);
    assert_eq!(page.rows()[0]["device_assigned_by"], "-1", "nobody in particular assigned it");
    let page = macs.sync(&of_macs).await;
    assert_eq!(page.ops(), [added("C02MAC000002"), added("C02PHONE0004")]);
    assert_eq!(page.rows()[1]["device_assigned_by"], "robin@acme.example");
    for serial in ["C02TV0000003", "C02PHONE0005"] {
        assert_eq!(portal.device(serial).await["status"], "unassigned");
    }
    assert_eq!(portal.device("C02PHONE0001").await["order"], "W1");
    assert_eq!(portal.device("C02PHONE0001").await["source"], "apple");
}

#[tokio::test]
async fn an_order_arrives_by_itself_when_its_time_has_come() {
    let (world, portal) = scene().await;
    let mut mdm = world.mdm("Mobile").await;
    let (_, cursor) = mdm.fetch_all(10).await;
    let order = |number: &str, serial: &str, arrives: &str| json!({"number": number, "placed": "-2d", "arrives": arrives, "devices": [phone(serial)]});
    let later = portal.post("/orders", order("W2", "C02PHONE0002", "+30m")).await;
    assert_eq!((&later["arrived"], &later["arrives"]), (&json!(false), &json!("2026-09-01T08:30:00Z")));
    portal.post("/orders", order("W1", "C02PHONE0001", "+20m")).await;
    portal.advance("19m").await;
    assert_eq!(mdm.sync(&cursor).await.serials(), [""; 0]);
    assert_eq!(portal.try_call("GET", "/devices/C02PHONE0001", Value::Null).await.0, 404, "not before it arrives");
    let expected = json!([
        {"at": "2026-09-01T08:20:00Z", "what": "order W1 arrived with 1 devices"},
        {"at": "2026-09-01T08:30:00Z", "what": "order W2 arrived with 1 devices"},
    ]);
    assert_eq!(portal.advance("21m").await, expected);
    let page = mdm.sync(&cursor).await;
    assert_eq!(page.serials(), ["C02PHONE0001", "C02PHONE0002"]);
    assert_eq!(page.rows()[0]["device_assigned_date"], "2026-09-01T08:20:00Z", "each at its own moment");
}

#[tokio::test]
async fn what_an_unknown_supplier_sold_is_pending_until_it_is_known() {
    let (world, portal) = scene().await;
    let mut mdm = world.mdm("Mobile").await;
    let (_, cursor) = mdm.fetch_all(10).await;
    let sold = [
        ("W1", "apple:999", "C02PHONE0001", json!("Mobile")),
        ("R1", "reseller:AB12", "C02PHONE0002", json!("Mobile")),
        ("R2", "reseller:AB12", "C02PHONE0003", json!(null)),
        ("R3", "reseller:16fce4a0", "C02PHONE0004", json!("Mobile")),
        ("W2", "apple:001122334", "C02PHONE0005", json!("Mobile")),
    ];
    for (number, source, serial, server) in sold {
        let device = json!({"serial": serial, "model": "iPhone 16", "server": server});
        portal.post("/orders", json!({"number": number, "source": source, "devices": [device]})).await;
    }
    assert_eq!(mdm.sync(&cursor).await.serials(), ["C02PHONE0004", "C02PHONE0005"], "zeros in front do not count");
    assert_eq!(portal.device("C02PHONE0001").await["status"], "pending");
    assert_eq!(portal.assign(&["C02PHONE0001"], Some("Mobile")).await["devices"]["C02PHONE0001"], "pending");
    let known = json!({"customer_numbers": ["1122334"], "reseller_ids": ["16FCE4A0", "AB12"]});
    assert_eq!(portal.call("PUT", "/suppliers", known).await["appeared"], 2);
    let fresh: Vec<String> = mdm.sync(&cursor).await.serials().split_off(2);
    assert_eq!(fresh, ["C02PHONE0002"], "where its order sends it; the other one to no server");
    assert_eq!(portal.device("C02PHONE0003").await["status"], "unassigned");
    assert_eq!(portal.device("C02PHONE0001").await["status"], "pending");
}

#[tokio::test]
async fn an_order_cannot_bring_what_the_organisation_has() {
    let (_world, portal) = scene().await;
    portal.post("/orders", json!({"number": "W1", "devices": [phone("C02PHONE0001")]})).await;
    let again = |number: &str| json!({"number": number, "devices": [phone("C02PHONE0001")]});
    let (status, problem) = portal.try_call("POST", "/orders", again("W2")).await;
    assert_eq!((status, &problem["code"]), (409, &json!("DEVICE_EXISTS")));
    let (status, problem) =
        portal.try_call("POST", "/orders", json!({"number": "W1", "devices": [{"count": 1}]})).await;
    assert_eq!((status, &problem["code"]), (409, &json!("ORDER_EXISTS")));
    portal.release(&["C02PHONE0001"]).await;
    portal.quirks(json!({"behaviour": "2018"})).await;
    let (status, problem) = portal.try_call("POST", "/orders", again("W2")).await;
    assert_eq!((status, &problem["code"]), (409, &json!("DEVICE_CANNOT_RETURN")));
    portal.quirks(json!({"behaviour": "2026"})).await;
    portal.post("/orders", again("W2")).await;
    let back = portal.device("C02PHONE0001").await;
    assert_eq!((&back["status"], &back["order"]), (&json!("assigned"), &json!("W2")));
    let deeds: Vec<&str> =
        back["history"].as_array().unwrap().iter().map(|deed| deed["what"].as_str().unwrap()).collect();
    let expected =
        ["arrived with order W1", "assigned to Mobile", "released", "arrived with order W2", "assigned to Mobile"];
    assert_eq!(deeds, expected);
}

#[tokio::test]
async fn a_wrong_order_is_told_where_it_is_wrong() {
    let (_world, portal) = scene().await;
    for (body, pointer, word) in [
        (json!({"devices": [{"model": "iPhone 61"}]}), "/devices/0/model", "did you mean"),
        (json!({"devices": [{"model": "iPhone 16", "count": 0}]}), "/devices/0/count", "1"),
        (json!({"devices": [{"serial": "short", "model": "iPhone 16"}]}), "/devices/0/serial", "8"),
        (json!({"devices": [{"model": "iPhone 16", "server": "Mobil"}]}), "/devices/0/server", "Mobile"),
        (json!({"placed": "2011-02-28", "devices": [{"count": 1}]}), "/placed", "2011-03-01"),
        (json!({"source": "ebay", "devices": [{"count": 1}]}), "/source", "reseller"),
        (json!({"device": []}), "/device", "devices"),
    ] {
        let (status, problem) = portal.try_call("POST", "/orders", body.clone()).await;
        assert_eq!(status, 422, "{body}: {problem}");
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
        assert!(problem["errors"][0]["detail"].as_str().unwrap().contains(word), "{problem}");
    }
    assert_eq!(portal.get("/orders").await["items"], json!([]));
}

#[tokio::test]
async fn orders_are_listed_with_source_and_dates() {
    let (_world, portal) = scene().await;
    let body =
        json!({"number": "R1", "source": "reseller:16FCE4A0", "placed": "2010-01-01", "devices": [{"count": 3}]});
    portal.post("/orders", body).await;
    let expected = json!([{
        "number": "R1", "source": "reseller:16FCE4A0", "placed": "2010-01-01T00:00:00Z",
        "arrives": "2010-01-01T00:00:00Z", "arrived": true, "devices": 3,
    }]);
    assert_eq!(portal.get("/orders").await["items"], expected, "a reseller sets its own look-back");
}
