//! Where the services are, and in which forms they take arguments.

use serde_json::{Value, json};

use super::library;
use crate::actors::VppClient;

#[tokio::test]
async fn a_service_is_at_every_path_where_clients_look_for_it() {
    let world = library().await;
    let hq = world.vpp_client("HQ");
    for root in ["/mdm", "/WebObjects/MZFinance.woa/wa", "/mdm/v2", ""] {
        let client = VppClient { url: format!("{}{root}", world.url()), ..hq.clone() };
        client.ask("getVPPUserSrv", json!({"clientUserIdStr": "u-1"})).await;
        client.ask("VPPServiceConfigSrv", json!({})).await;
        let asked = client.send("GET", &format!("getVPPAssetsSrv?sToken={}", encoded(&hq.token)), &[], "").await;
        assert_eq!(asked.expect_ok()["status"], 0);
    }
    // Version 2 is where it was.
    world.content_manager("HQ").get("/assets").await.expect_ok();
}

fn encoded(token: &str) -> String {
    token.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D")
}

#[tokio::test]
async fn arguments_come_as_json_as_a_form_or_in_the_query() {
    let world = library().await;
    let hq = world.vpp_client("HQ");
    let json_body = json!({"sToken": hq.token, "userId": null, "clientUserIdStr": "u-1"}).to_string();
    let form = format!("sToken={}&clientUserIdStr=u-1", encoded(&hq.token));
    let types = ["application/json", "application/x-www-form-urlencoded", "text/plain", ""];
    for method in ["GET", "POST"] {
        for kind in types {
            for body in [&json_body, &form] {
                let answer = hq.send(method, "getVPPUserSrv", &[("Content-Type", kind)], body).await.expect_ok();
                assert_eq!(answer["user"]["status"], "Associated", "{method} {kind} {body}");
            }
        }
        let query = format!("getVPPUserSrv?{form}");
        assert_eq!(hq.send(method, &query, &[], "").await.expect_ok()["user"]["status"], "Associated");
    }
    // What the body says counts.
    let both = hq.send("POST", "getVPPUserSrv?clientUserIdStr=u-9", &[], &json_body).await;
    assert_eq!(both.expect_ok()["status"], 0);
    let bearer = [("Authorization", format!("Bearer {}", hq.token))];
    let bearer: Vec<_> = bearer.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(hq.send("GET", "getVPPAssetsSrv", &bearer, "").await.expect_ok()["status"], 0);
}

#[tokio::test]
async fn numbers_and_texts_are_equal_and_empty_lists_absent() {
    let world = library().await;
    let hq = world.vpp_client("HQ");
    for yes in [json!(1), json!("1"), json!(true), json!("true")] {
        let users = hq.ask("getVPPUsersSrv", json!({"includeRetired": yes})).await;
        assert_eq!(users["users"].as_array().unwrap().len(), 3, "{yes}");
    }
    for no in [json!(0), json!("0"), json!(false), Value::Null, json!("")] {
        let users = hq.ask("getVPPUsersSrv", json!({"includeRetired": no})).await;
        assert_eq!(users["users"].as_array().unwrap().len(), 2, "{no}");
    }
    let number = json!({"adamIdStr": 361309726, "associateSerialNumbers": ["A"], "associateClientUserIdStrs": [],
        "disassociateSerialNumbers": null, "unheard": {"of": 1}});
    assert_eq!(hq.manage(number).await["status"], 0);
}

#[tokio::test]
async fn what_does_not_fit_is_refused() {
    let world = library().await;
    let hq = world.vpp_client("HQ");
    for body in ["{", "[]", "\"text\"", "{\"sToken\": \"x\""] {
        hq.send("POST", "getVPPAssetsSrv", &[], body).await.expect_vpp(9602);
    }
    let list = hq.send("POST", "getVPPAssetsSrv", &[], &json!({"sToken": [hq.token]}).to_string()).await;
    list.expect_vpp(9602);
    hq.refused("getVPPUsersSrv", json!({"includeRetired": "perhaps"}), 9602).await;
    hq.refused("getVPPUserSrv", json!({"clientUserIdStr": ["a", "b"]}), 9602).await;
    hq.refused("getVPPUserSrv", json!({"userId": "x"}), 9602).await;
    let missing = hq.refused("registerVPPUserSrv", json!({}), 9600).await;
    assert_eq!(missing["errorMessage"], "Missing \"clientUserIdStr\" input parameter");
    let wrong = hq.send("POST", "getVPPUserz", &[], "{}").await;
    assert_eq!((wrong.status, wrong.json()["errorNumber"].as_u64()), (404, Some(9602)));
    assert_eq!(hq.send("DELETE", "getVPPUserSrv", &[], "").await.status, 405);
    let entries = world.portal().journal("").await;
    assert!(json!(entries).to_string().contains("did the client mean /mdm/getVPPUserSrv?"));
}
