//! `GET /account`.

use serde_json::{Value, json};

use crate::actors::World;

/// The keys of an account, in their order.
fn keys(account: &Value) -> Vec<&str> {
    account.as_object().unwrap().keys().map(String::as_str).collect()
}

const BASE: [&str; 8] =
    ["server_name", "server_uuid", "facilitator_id", "admin_id", "org_name", "org_email", "org_phone", "org_address"];
const SINCE_3: [&str; 5] = ["org_id", "org_id_hash", "urls", "org_type", "org_version"];

#[tokio::test]
async fn the_account_knows_its_organisation_from_version_3() {
    let world = World::small().await;
    let mdm = world.mdm("Primary MDM").await;
    for version in [1, 2] {
        let account = mdm.at_version(version).get("/account").await.expect_ok();
        assert_eq!(keys(&account), BASE, "version {version}");
    }
    for version in [3, 10] {
        let account = mdm.at_version(version).get("/account").await.expect_ok();
        assert_eq!(keys(&account), [BASE.as_slice(), &SINCE_3].concat(), "version {version}");
    }
}

#[tokio::test]
async fn the_values_have_apples_forms() {
    let world = World::small().await;
    let account = world.mdm("Second MDM").await.get("/account").await.expect_ok();
    let text = |key: &str| account[key].as_str().unwrap();
    let hex = |text: &str, digits: std::ops::RangeInclusive<u8>| {
        text.bytes().all(|byte| byte.is_ascii_digit() || digits.contains(&byte))
    };
    assert_eq!(text("server_name"), "Second MDM");
    assert!(text("server_uuid").len() == 32 && hex(text("server_uuid"), b'A'..=b'F'));
    assert_eq!((text("admin_id"), text("facilitator_id")), ("robin@acme.example", "robin@acme.example"));
    assert_eq!(text("org_name"), "Acme Corporation");
    assert!(text("org_email").contains('@') && !text("org_phone").is_empty());
    assert!(text("org_address").contains(", ") && !text("org_address").contains('\n'), "one line with commas");
    assert!(text("org_id").parse::<u32>().is_ok());
    assert!(text("org_id_hash").len() == 64 && hex(text("org_id_hash"), b'a'..=b'f'));
    assert_eq!((text("org_type"), text("org_version")), ("org", "v2"));
}

#[tokio::test]
async fn the_lists_alone_have_limits() {
    let world = World::small().await;
    let account = world.mdm("Primary MDM").await.get("/account").await.expect_ok();
    let urls = account["urls"].as_array().unwrap();
    let limited: Vec<&Value> = urls.iter().filter(|url| url.get("limit").is_some()).collect();
    let limit = json!({"default": 1000, "maximum": 1000});
    assert_eq!(
        json!(limited),
        json!([
            {"uri": "/server/devices", "http_method": ["POST"], "limit": limit},
            {"uri": "/devices/sync", "http_method": ["POST"], "limit": limit},
        ])
    );
    let assign = urls.iter().find(|url| url["uri"] == "/profile/devices").unwrap();
    assert_eq!(assign["http_method"], json!(["DELETE", "POST", "PUT"]));
}

#[tokio::test]
async fn every_call_that_is_advertised_exists() {
    let world = World::small().await;
    let mdm = world.mdm("Primary MDM").await;
    let account = mdm.clone().get("/account").await.expect_ok();
    for url in account["urls"].as_array().unwrap() {
        for method in url["http_method"].as_array().unwrap() {
            let answer = mdm.send(method.as_str().unwrap(), url["uri"].as_str().unwrap(), Some("{}")).await;
            assert!(![404, 405].contains(&answer.status) || !answer.text.is_empty(), "{method} {url}");
        }
    }
}

#[tokio::test]
async fn the_limits_are_a_switch_and_may_be_absent() {
    let world = World::small().await;
    let mut mdm = world.mdm("Primary MDM").await;
    world.portal().quirks(json!({"account_limits": {"maximum": 5000}})).await;
    let account = mdm.get("/account").await.expect_ok();
    assert_eq!(account["urls"][1]["limit"], json!({"default": 1000, "maximum": 5000}));
    world.portal().quirks(json!({"account_limits": "off"})).await;
    assert_eq!(mdm.get("/account").await.expect_ok().get("urls"), None);
    world.portal().quirks(json!({"account_limits": null})).await;
    let account = mdm.get("/account").await.expect_ok();
    assert_eq!(account["urls"][1]["limit"], json!({"default": 1000, "maximum": 1000}));
}

#[tokio::test]
async fn keys_are_left_out_as_some_real_accounts_do() {
    let world = World::small().await;
    let mut mdm = world.mdm("Primary MDM").await;
    for key in [BASE.as_slice(), &SINCE_3].concat() {
        world.portal().quirks(json!({"account_omits": [key]})).await;
        let account = mdm.get("/account").await.expect_ok();
        assert_eq!((account.get(key), keys(&account).len()), (None, 12), "{key}");
    }
}

#[tokio::test]
async fn the_programme_is_a_switch() {
    let world = World::small().await;
    world.portal().quirks(json!({"org_version": "v1"})).await;
    assert_eq!(world.mdm("Primary MDM").await.get("/account").await.expect_ok()["org_version"], "v1");
}

#[tokio::test]
async fn a_school_is_edu() {
    let scenario =
        "{version: 1, organizations: [{id: acme, type: edu, name: Oak School, email: it@oak.example, phone: '1',
        address: '1 Oak St, Springfield', servers: [{name: MDM, admin: head@oak.example}]}]}";
    let world = World::of(scenario).await;
    let account = world.mdm("MDM").await.get("/account").await.expect_ok();
    let shown = ["org_type", "org_version", "org_name", "org_email", "org_phone", "org_address", "admin_id"]
        .map(|key| account[key].as_str().unwrap());
    assert_eq!(shown, ["edu", "v2", "Oak School", "it@oak.example", "1", "1 Oak St, Springfield", "head@oak.example"]);
}

#[tokio::test]
async fn a_renamed_server_is_known_by_its_new_name() {
    let world = World::small().await;
    let mut mdm = world.mdm("Primary MDM").await;
    let before = mdm.get("/account").await.expect_ok();
    world.portal().call("PATCH", "/servers/Primary%20MDM", json!({"name": "Main"})).await;
    let after = mdm.get("/account").await.expect_ok();
    assert_eq!((after["server_name"].as_str(), &after["server_uuid"]), (Some("Main"), &before["server_uuid"]));
}
