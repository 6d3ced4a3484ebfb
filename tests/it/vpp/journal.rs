//! What journal, metrics and faults make of version 1.

use serde_json::json;

use super::library;

#[tokio::test]
async fn the_journal_names_the_call_and_the_reason_and_no_token() {
    let world = library().await;
    let hq = world.vpp_client("HQ");
    hq.refused("getVPPUserSrv", json!({"clientUserIdStr": "u-9"}), 9604).await;
    let encoded = hq.token.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    hq.send("GET", &format!("getVPPAssetsSrv?sToken={encoded}"), &[], "").await.expect_ok();
    hq.send("POST", "getVPPUsersSrv", &[], &format!("sToken={encoded}")).await.expect_ok();
    let entries = world.portal().journal("").await;
    let refused = entries.iter().find(|entry| entry["operation"] == "vpp.get_user").unwrap();
    assert_eq!((&refused["server"], &refused["status"]), (&json!("HQ"), &json!(200)));
    assert!(refused["why"].to_string().contains("no user who is not retired is called `u-9`"), "{refused}");
    assert!(refused["refs"].to_string().contains("vpp.get-user"), "{refused}");
    let har = world.portal().send("GET", "/journal", &[("Accept", "application/har+json")], b"").await;
    for text in [json!(entries).to_string(), har.text] {
        assert!(text.contains("vpp.assets") && text.contains("vpp.users"));
        assert!(!text.contains(&hq.token) && !text.contains(&encoded), "{text}");
    }
}

#[tokio::test]
async fn the_metrics_count_the_calls_wherever_they_came() {
    let world = library().await;
    let hq = world.vpp_client("HQ");
    hq.ask("getVPPUsersSrv", json!({})).await;
    hq.ask("v2/getVPPUsersSrv", json!({})).await;
    hq.refused("retireVPPUserSrv", json!({"clientUserIdStr": "u-9"}), 9609).await;
    let text = hq.client.get(format!("{}/_sim/metrics", world.url())).send().await.unwrap().text().await.unwrap();
    let counted = |operation: &str, count: &str| {
        text.lines().any(|line| line.contains(&format!("\"{operation}\"")) && line.ends_with(&format!(" {count}")))
    };
    assert!(counted("vpp.users", "2") && counted("vpp.retire_user", "1"), "{text}");
}

#[tokio::test]
async fn faults_are_injected_by_number_and_by_row() {
    let world = library().await;
    let hq = world.vpp_client("HQ");
    let portal = world.portal();
    portal.post("/faults", json!({"on": "vpp.register_user", "times": 1, "do": {"error": "9646"}})).await;
    hq.refused("registerVPPUserSrv", json!({"clientUserIdStr": "u-7"}), 9646).await;
    hq.ask("registerVPPUserSrv", json!({"clientUserIdStr": "u-7"})).await;
    portal.post("/faults", json!({"on": "vpp.users", "do": {"rows": {"omit": 1}}})).await;
    let answer = hq.call("getVPPUsersSrv", json!({})).await;
    let users = answer.expect_ok();
    assert_eq!((users["users"].as_array().unwrap().len(), &users["batchCount"]), (2, &json!(2)));
    assert!(answer.text.contains(r"https:\/\/") || answer.text.contains(r"http:\/\/"), "{}", answer.text);
    portal.post("/faults", json!({"on": "vpp.assignments", "do": {"rows": {"omit": ["C02EXAMPLE01"]}}})).await;
    let listed = hq.ask("getAssignments", json!({})).await;
    assert_eq!((listed["assignments"].as_array().unwrap().len(), &listed["assignmentsInCurrentPage"]), (2, &json!(2)));
    portal.post("/faults", json!({"on": "vpp.licenses", "do": {"rows": {"omit": ["C02EXAMPLE01"]}}})).await;
    let none = hq.ask("getVPPLicensesSrv", json!({"serialNumber": "C02EXAMPLE01"})).await;
    assert_eq!((none.get("licenses"), &none["batchCount"]), (None, &json!(0)), "empty lists are left out");
    let keys: Vec<&String> = none.as_object().unwrap().keys().collect();
    assert!(keys.is_sorted(), "{keys:?}");
    let on = json!({"on": "vpp.manage_licenses", "when": {"serial": "A"}, "do": {"status": 503}});
    portal.post("/faults", on).await;
    let body = |serial: &str| json!({"adamIdStr": "361309726", "associateSerialNumbers": [serial]});
    assert_eq!(hq.manage(body("B")).await["status"], 0);
    let down = hq.call("manageVPPLicensesByAdamIdSrv", body("A")).await;
    assert_eq!((down.status, down.header("retry-after")), (503, Some("5")));
}
