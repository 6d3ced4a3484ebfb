//! Which calls a rule is for.

use serde_json::{Value, json};

use super::{counts, fault};
use crate::actors::{ContentManager, MdmServer, World};

/// The statuses of so many calls to `/account`.
async fn accounts(mdm: &mut MdmServer, count: usize) -> Vec<u16> {
    let mut statuses = Vec::new();
    for _ in 0..count {
        statuses.push(mdm.get("/account").await.status);
    }
    statuses
}

fn unwell(condition: Value) -> Value {
    let mut rule = json!({"on": "enrollment.account", "do": {"status": 503}});
    rule.as_object_mut().unwrap().extend(condition.as_object().unwrap().clone());
    rule
}

#[tokio::test]
async fn an_operation_a_list_of_them_or_a_wildcard() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    for (on, account, fetch) in [
        (json!("enrollment.account"), 503, 200),
        (json!(["enrollment.account", "enrollment.fetch_devices"]), 503, 503),
        (json!("enrollment.fetch*"), 200, 503),
        (json!("*"), 503, 503),
        (json!(["enrollment.disown"]), 200, 200),
    ] {
        let id = fault(&portal, json!({"on": on, "do": {"status": 503}})).await;
        assert_eq!((mdm.get("/account").await.status, mdm.fetch(None, 5).await.status), (account, fetch), "{on}");
        portal.call("DELETE", &format!("/faults/{id}"), Value::Null).await;
    }
}

#[tokio::test]
async fn a_wildcard_strikes_those_calls_that_know_the_error() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    fault(&portal, json!({"on": "*", "do": {"error": "INVALID_CURSOR"}})).await;
    mdm.get("/account").await.expect_ok();
    mdm.fetch(None, 5).await.expect_refusal(400, "INVALID_CURSOR");
}

#[tokio::test]
async fn a_serial_number_in_the_request() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    let rule = json!({"on": ["enrollment.device_details", "enrollment.activation_lock", "enrollment.replacement_details"],
        "when": {"serial": "C02PAD*"}, "do": {"status": 500}});
    let id = fault(&portal, rule).await;
    let details = |serials: Value| json!({ "devices": serials });
    mdm.post("/devices", details(json!(["C02PHONE0001"]))).await.expect_ok();
    assert_eq!(mdm.post("/devices", details(json!(["C02PHONE0001", "C02PAD000002"]))).await.status, 500);
    assert_eq!(mdm.post("/device/activationlock", json!({"device": "C02PAD000002"})).await.status, 500);
    mdm.post("/device/activationlock", json!({"device": "C02PHONE0001"})).await.expect_ok();
    assert_eq!(mdm.get("/device/replacementDetails?device=C02PAD000002").await.status, 500);
    assert_eq!(counts(&portal, &id).await, (3, 3));
}

#[tokio::test]
async fn a_serial_number_in_the_rows_of_the_answer() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    let (rows, cursor) = mdm.fetch_all(100).await;
    assert_eq!(rows.len(), 3);
    let rule = json!({"on": ["enrollment.fetch_devices", "enrollment.sync_devices"],
        "when": {"serial": ["C02MAC000003", "C02SPARE0004"]}, "do": {"status": 503}});
    let id = fault(&portal, rule).await;
    let page = mdm.fetch(None, 2).await;
    assert_eq!(page.serials(), ["C02PHONE0001", "C02PAD000002"], "the first page has none of them");
    assert_eq!(mdm.fetch(Some(&page.cursor()), 2).await.status, 503);
    mdm.sync(&cursor).await.expect_ok();
    portal.assign(&["C02SPARE0004"], Some("Primary MDM")).await;
    assert_eq!(mdm.sync(&cursor).await.status, 503);
    assert_eq!(counts(&portal, &id).await, (2, 2));
}

#[tokio::test]
async fn one_of_the_servers_by_name_or_id() {
    let world = World::small().await;
    let (portal, mut first) = (world.portal(), world.mdm("Primary MDM").await);
    let mut second = world.mdm("Second MDM").await;
    let uuid = second.get("/account").await.json()["server_uuid"].as_str().unwrap().to_lowercase();
    let dashed = format!("{}-{}-{}-{}-{}", &uuid[..8], &uuid[8..12], &uuid[12..16], &uuid[16..20], &uuid[20..]);
    for server in [json!("Second MDM"), json!(uuid), json!(dashed), json!(["Second MDM"])] {
        let id = fault(&portal, unwell(json!({"when": {"server": server}}))).await;
        assert_eq!((accounts(&mut first, 1).await, accounts(&mut second, 1).await), (vec![200], vec![503]), "{server}");
        portal.call("DELETE", &format!("/faults/{id}"), Value::Null).await;
    }
}

#[tokio::test]
async fn the_location_whose_content_token_is_shown_by_name_or_id() {
    let world = World::of(
        "version: 1\norganizations:\n- id: acme\n  servers: [name: MDM]\n  locations: [{name: HQ}, {name: Branch}]\n",
    )
    .await;
    let (portal, mut mdm) = (world.portal(), world.mdm("MDM").await);
    let (hq, branch) = (world.content_manager("HQ"), world.content_manager("Branch"));
    let id = portal.get("/locations/HQ").await["id"].as_str().unwrap().to_owned();
    let lookup = async |manager: &ContentManager| {
        let url = format!("{}/lookup?id=361309726", world.url());
        let request = manager.client.get(url).header("cookie", format!("itvt={}", manager.token()));
        request.send().await.unwrap().status().as_u16()
    };
    for server in [json!("HQ"), json!(id), json!(["HQ"])] {
        let rule = json!({"on": ["apps.*", "catalog.*"], "when": {"server": server}, "do": {"status": 503}});
        let id = fault(&portal, rule).await;
        assert_eq!((hq.get("/assets").await.status, branch.get("/assets").await.status), (503, 200), "{server}");
        assert_eq!((lookup(&hq).await, lookup(&branch).await), (503, 200), "{server}");
        portal.call("DELETE", &format!("/faults/{id}"), Value::Null).await;
    }
    let both = json!({"on": "*", "when": {"server": ["Branch", "MDM"]}, "do": {"status": 502}});
    fault(&portal, both).await;
    let statuses =
        (hq.get("/assets").await.status, branch.get("/assets").await.status, mdm.get("/account").await.status);
    assert_eq!(statuses, (200, 502, 502));
}

#[tokio::test]
async fn a_server_is_no_location_and_what_is_known_is_told() {
    let world =
        World::of("version: 1\norganizations:\n- id: acme\n  servers: [name: MDM]\n  locations: [{name: HQ}]\n").await;
    for (on, server, pointer, told) in [
        ("apps.assets", json!("Headquarters"), "/when/server", "there is no location called `Headquarters`"),
        ("apps.assets", json!("MDM"), "/when/server", "`MDM` is an MDM server, and these calls come from locations"),
        ("enrollment.account", json!("HQ"), "/when/server", "`HQ` is a location: its calls are those of apps.*"),
        ("*", json!(["HQ", "MDN"]), "/when/server/1", "no server and no location called `MDN`"),
    ] {
        let rule = json!({"on": on, "when": {"server": server}, "do": {"status": 503}});
        let problem = world.portal().refused("POST", "/faults", rule, 422, "BODY_DOES_NOT_FIT").await;
        let errors = problem["errors"].as_array().unwrap();
        assert_eq!((errors.len(), &errors[0]["pointer"]), (1, &json!(pointer)), "{problem}");
        assert!(errors[0]["detail"].as_str().unwrap().contains(told), "{problem}");
    }
}

#[tokio::test]
async fn headers_by_wildcard_whatever_the_case_of_their_names() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    let when = json!({"header": {"USER-agent": "nanodep*", "X-Server-Protocol-Version": ["9", "10"]}});
    fault(&portal, unwell(json!({ "when": when }))).await;
    assert_eq!(accounts(&mut mdm, 1).await, [200]);
    mdm.user_agent = Some("nanodep-g-o-dep/0".to_owned());
    assert_eq!(accounts(&mut mdm, 1).await, [503]);
    assert_eq!(accounts(&mut mdm.at_version(3), 1).await, [200], "all headers have to fit");
    mdm.user_agent = None;
    assert_eq!(accounts(&mut mdm, 1).await, [200], "a header that is not there fits nothing");
}

#[tokio::test]
async fn the_nth_call_since_the_rule_was_made() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    accounts(&mut mdm, 1).await;
    for (nth, statuses) in [
        (json!(2), [200, 503, 200, 200, 200, 200]),
        (json!([1, 4]), [503, 200, 200, 503, 200, 200]),
        (json!({"every": 3}), [200, 200, 503, 200, 200, 503]),
    ] {
        let id = fault(&portal, unwell(json!({"when": {"nth": nth}}))).await;
        assert_eq!(accounts(&mut mdm, 6).await, statuses, "{nth}");
        portal.call("DELETE", &format!("/faults/{id}"), Value::Null).await;
    }
}

#[tokio::test]
async fn nth_counts_the_calls_for_which_the_rest_holds() {
    let world = World::small().await;
    let (portal, mut first) = (world.portal(), world.mdm("Primary MDM").await);
    let mut second = world.mdm("Second MDM").await;
    fault(&portal, unwell(json!({"when": {"nth": 2, "server": "Second MDM"}}))).await;
    assert_eq!(accounts(&mut first, 3).await, [200, 200, 200]);
    assert_eq!(accounts(&mut second, 3).await, [200, 503, 200]);
}

#[tokio::test]
async fn a_stretch_of_simulated_time() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    portal.quirks(json!({"session_ttl": "30d"})).await;
    fault(&portal, unwell(json!({"between": ["2026-09-01T09:00:00Z", "2026-09-01T10:00:00Z"]}))).await;
    fault(&portal, unwell(json!({"when": {"between": ["+5h", "6h"]}}))).await;
    fault(&portal, unwell(json!({"between": ["2026-09-02", null]}))).await;
    let mut statuses = Vec::new();
    for span in ["0s", "1h", "59m", "1m", "3h", "1h", "12h"] {
        portal.advance(span).await;
        statuses.push(accounts(&mut mdm, 1).await[0]);
    }
    assert_eq!(statuses, [200, 503, 503, 200, 503, 200, 503], "from the first moment to before the last");
}
