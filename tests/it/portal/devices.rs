//! Devices in the portal: lists, single ones, what happens to them.

use serde_json::{Value, json};

use crate::actors::World;

const PHONE: &str = "C02PHONE0001";
const MAC: &str = "C02MAC000003";

fn serials(list: &Value) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(|device| device["serial_number"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn lists_are_filtered() {
    let world = World::small().await;
    let portal = world.portal();
    portal.assign(&[MAC], Some("Second MDM")).await;
    portal.release(&["C02PAD000002"]).await;
    portal.post("/devices", json!({"via": "configurator", "serial": "C02CONF00001", "model": "iPhone 16"})).await;
    for (query, expected) in [
        ("", vec![PHONE, "C02PAD000002", MAC, "C02SPARE0004", "C02CONF00001"]),
        ("?server=Primary%20MDM", vec![PHONE]),
        ("?server=Second%20MDM", vec![MAC]),
        ("?server=none", vec!["C02SPARE0004", "C02CONF00001"]),
        ("?status=released", vec!["C02PAD000002"]),
        ("?status=unassigned", vec!["C02SPARE0004", "C02CONF00001"]),
        ("?order=W100000001&status=assigned", vec![PHONE, MAC]),
        ("?serial=C02MAC000003", vec![MAC]),
        ("?serial=NOSUCHDEVICE", vec![]),
    ] {
        assert_eq!(serials(&portal.get(&format!("/devices{query}")).await), expected, "{query}");
    }
    for (query, status) in
        [("?server=Third", 404), ("?order=W9", 404), ("?status=gone", 400), ("?limit=many", 400), ("?cursor=x", 400)]
    {
        let (answered, problem) = portal.try_call("GET", &format!("/devices{query}"), Value::Null).await;
        assert_eq!(answered, status, "{query} {problem}");
    }
}

#[tokio::test]
async fn a_list_comes_in_pages() {
    let world = World::small().await;
    let portal = world.portal();
    let first = portal.get("/devices?limit=2&server=Primary%20MDM").await;
    assert_eq!(serials(&first), [PHONE, "C02PAD000002"]);
    let next = first["next"].as_str().unwrap();
    let second = portal.get(&format!("/devices?limit=2&server=Primary%20MDM&cursor={next}")).await;
    assert_eq!((serials(&second), second.get("next")), (vec![MAC], None));
}

#[tokio::test]
async fn devices_are_kept_as_csv() {
    let world = World::small().await;
    let url = format!("{}/_sim/orgs/acme/devices?order=W100000001", world.url());
    let answer = crate::actors::client().get(url).header("Accept", "text/csv").send().await.unwrap();
    assert!(answer.headers()["content-type"].to_str().unwrap().starts_with("text/csv"));
    let text = answer.text().await.unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 5);
    assert!(lines[0].starts_with("serial_number,model,product_type,family,os,color,"), "{}", lines[0]);
    assert!(lines[1].starts_with("C02PHONE0001,iPhone 16,\"iPhone17,3\",iPhone,iOS,BLACK,128GB,"), "{}", lines[1]);
}

#[tokio::test]
async fn a_device_shows_everything_known() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    let profile = mdm.define("Everybody").await;
    mdm.assign(&profile, &[PHONE]).await.expect_ok();
    portal.activate(PHONE).await;
    let device = portal.device(PHONE).await;
    for (key, value) in [
        ("serial_number", json!(PHONE)),
        ("model", json!("iPhone 16")),
        ("family", json!("iPhone")),
        ("os", json!("iOS")),
        ("color", json!("BLACK")),
        ("capacity", json!("128GB")),
        ("order", json!("W100000001")),
        ("source", json!("apple")),
        ("server", json!("Primary MDM")),
        ("assigned_at", json!("2026-08-02T08:00:00Z")),
        ("profile_uuid", json!(profile)),
        ("profile_status", json!("pushed")),
        ("status", json!("assigned")),
        ("provisional_until", Value::Null),
        ("activated", json!(true)),
    ] {
        assert_eq!(device[key], value, "{key}");
    }
    let deeds: Vec<&str> =
        device["history"].as_array().unwrap().iter().map(|it| it["what"].as_str().unwrap()).collect();
    let activated = format!("activated and given the profile {profile}");
    assert_eq!(deeds, ["arrived with order W100000001", "profile assigned", &activated]);
    let (status, problem) = portal.try_call("GET", "/devices/NOSUCHDEVICE", Value::Null).await;
    assert_eq!((status, &problem["code"]), (404, &json!("NOT_FOUND")));
}

#[tokio::test]
async fn a_device_that_boots_gets_its_profile_and_reads_pushed() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    let profile = mdm.define("Everybody").await;
    mdm.assign(&profile, &[PHONE]).await.expect_ok();
    let booted = portal.activate(PHONE).await;
    assert_eq!((&booted["profile_uuid"], &booted["server"]), (&json!(profile), &json!("Primary MDM")));
    assert_eq!(booted["profile"]["url"], "https://mdm.example/enroll");
    let device = mdm.details(PHONE).await;
    assert_eq!(device["profile_status"], "pushed");
    assert_eq!(device["profile_push_time"], "2026-09-01T08:00:00Z");
    let body = json!({"devices": [PHONE]});
    mdm.call("DELETE", "/profile/devices", Some(&body)).await.expect_ok();
    assert_eq!(portal.device(PHONE).await["activated"], true, "a removal does not reach a device that is set up");
}

#[tokio::test]
async fn a_device_added_by_configurator_is_provisional_for_thirty_days() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    let (_, cursor) = mdm.fetch_all(10).await;
    let add =
        |serial: &str| json!({"via": "configurator", "model": "iPhone 16", "serial": serial, "server": "Primary MDM"});
    let added = portal.post("/devices", add("C02CONF00001")).await["items"][0].clone();
    assert_eq!(
        (&added["source"], &added["provisional_until"]),
        (&json!("configurator"), &json!("2026-10-01T08:00:00Z"))
    );
    portal.post("/devices", add("C02CONF00002")).await;
    let (status, problem) = portal.try_call("POST", &format!("/devices/{PHONE}/leave"), Value::Null).await;
    assert_eq!((status, &problem["code"]), (409, &json!("NOT_PROVISIONAL")));
    portal.post("/devices/C02CONF00001/leave", Value::Null).await;
    assert_eq!(portal.device("C02CONF00001").await["status"], "released");
    let op = |kind: &str, serial: &str| (kind.to_owned(), serial.to_owned());
    let expected = [op("added", "C02CONF00001"), op("added", "C02CONF00002"), op("deleted", "C02CONF00001")];
    assert_eq!(mdm.sync(&cursor).await.ops(), expected, "the server is told that its user left");
    let ran = portal.advance("30d").await;
    assert_eq!(ran, json!([{"at": "2026-10-01T08:00:00Z", "what": "the provisional period of C02CONF00002 ended"}]));
    let (status, problem) = portal.try_call("POST", "/devices/C02CONF00002/leave", Value::Null).await;
    assert_eq!((status, &problem["code"]), (409, &json!("PROVISIONAL_PERIOD_OVER")));
}

#[tokio::test]
async fn the_provisional_period_can_begin_with_the_first_activation() {
    let world = World::small().await;
    let portal = world.portal();
    portal.quirks(json!({"provisional_starts": "activated"})).await;
    let body = json!({"via": "configurator", "model": "iPhone 16", "serial": "C02CONF00001"});
    assert_eq!(portal.post("/devices", body).await["items"][0]["provisional_until"], Value::Null);
    portal.advance("10d").await;
    portal.activate("C02CONF00001").await;
    assert_eq!(portal.device("C02CONF00001").await["provisional_until"], "2026-10-11T08:00:00Z");
}

#[tokio::test]
async fn the_rules_of_2018_let_fewer_devices_in() {
    let world = World::small().await;
    let portal = world.portal();
    portal.release(&[PHONE, MAC]).await;
    let again = |serial: &str| json!({"via": "configurator", "serial": serial});
    portal.quirks(json!({"behaviour": "2018"})).await;
    let (status, problem) = portal.try_call("POST", "/devices", again(MAC)).await;
    assert_eq!((status, &problem["code"]), (409, &json!("DEVICE_CANNOT_RETURN")));
    let (status, problem) = portal.try_call("POST", "/devices", json!({"via": "configurator", "family": "Mac"})).await;
    assert_eq!((status, &problem["code"]), (409, &json!("FAMILY_NOT_SUPPORTED")));
    portal.post("/devices", again(PHONE)).await;
    portal.quirks(json!({"behaviour": "2026"})).await;
    let back = portal.post("/devices", again(MAC)).await;
    assert_eq!(
        (&back["items"][0]["model"], &back["items"][0]["status"]),
        (&json!("MacBook Pro"), &json!("unassigned"))
    );
    let (status, problem) = portal.try_call("POST", "/devices", again(MAC)).await;
    assert_eq!((status, &problem["code"]), (409, &json!("DEVICE_EXISTS")));
    let (status, problem) =
        portal.try_call("POST", "/devices", json!({"via": "configurator", "family": "Watch"})).await;
    assert_eq!((status, &problem["code"]), (409, &json!("FAMILY_NOT_SUPPORTED")));
}

#[tokio::test]
async fn a_wrong_device_is_told_where_it_is_wrong() {
    let world = World::small().await;
    let portal = world.portal();
    for (body, pointer, word) in [
        (json!({"via": "ebay"}), "/via", "configurator"),
        (json!({"via": "configurator", "model": "iPhone 61"}), "/model", "did you mean"),
        (json!({"via": "configurator", "serial": "short"}), "/serial", "8 to 14"),
        (json!({"via": "configurator", "count": 0}), "/count", "1"),
        (json!({"via": "configurator", "count": 2, "serial": "C02CONF00001"}), "/count", "serial"),
        (json!({"via": "configurator", "colour": "red"}), "/colour", "colour"),
    ] {
        let (status, problem) = portal.try_call("POST", "/devices", body.clone()).await;
        assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!(pointer)), "{body} {problem}");
        assert!(problem["errors"][0]["detail"].as_str().unwrap().contains(word), "{problem}");
    }
    let odd = portal.post("/devices", json!({"via": "configurator", "model": "iPhone 61", "family": "iPhone"})).await;
    assert_eq!(odd["items"][0]["model"], "iPhone 61", "any text will do with its family");
}

#[tokio::test]
async fn a_replacement_takes_the_place_of_the_device_that_it_replaces() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    let (_, cursor) = mdm.fetch_all(10).await;
    let new = portal.post(&format!("/devices/{PHONE}/replace"), json!({"serial": "C02PHONE0099"})).await;
    assert_eq!(
        (&new["replaces"], &new["model"], &new["server"]),
        (&json!(PHONE), &json!("iPhone 16"), &json!("Primary MDM"))
    );
    assert_eq!(portal.device(PHONE).await["status"], "released");
    let page = mdm.sync(&cursor).await;
    let op = |kind: &str, serial: &str| (kind.to_owned(), serial.to_owned());
    assert_eq!(page.ops(), [op("deleted", PHONE), op("added", "C02PHONE0099")]);
    assert_eq!(page.rows()[0]["released_by_replacement"], true);
    let (status, problem) = portal.try_call("POST", &format!("/devices/{MAC}/replace"), json!({"serial": PHONE})).await;
    assert_eq!((status, &problem["code"]), (409, &json!("CANNOT_REPLACE")));
}
