//! Requests that known clients send, to the letter.

use serde_json::{Value, json};

use super::library;
use crate::actors::socket::{request, say};
use crate::actors::{VppClient, World};

async fn ask(world: &World, method: &str, path: &str, headers: &str, body: &str) -> Value {
    let answer = say(world.simulator().address(), &request(method, path, "127.0.0.1:18080", headers, body)).await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200 "), "{answer}");
    serde_json::from_str(body).unwrap()
}

#[tokio::test]
async fn fleet_registers_a_managed_account_without_an_authorization_header() {
    let world = library().await;
    let token = world.vpp_client("HQ").token;
    let id = "lou@acme.example";
    let body = json!({"sToken": token, "clientUserIdStr": id, "managedAppleIDStr": id, "email": id}).to_string();
    let headers = "User-Agent: Go-http-client/1.1\r\nContent-Type: application/json\r\nAccept-Encoding: identity\r\n";
    let answer = ask(&world, "POST", "/mdm/v2/registerVPPUserSrv", headers, &body).await;
    assert!(answer["status"] == 0 && answer["user"]["userId"].is_u64() && answer.get("errorNumber").is_none());
    assert_eq!(answer["user"]["status"], "Associated");
    // And goes on with version 2.
    let assets = json!({"assets": [{"adamId": "361309726"}], "clientUserIds": [id]});
    let event = world.content_manager("HQ").event("/assets/associate", assets).await;
    assert_eq!(event["eventStatus"], "COMPLETE");
}

#[tokio::test]
async fn munki_reads_the_client_configuration_by_get_with_a_body() {
    let world = library().await;
    let body = json!({"sToken": world.vpp_client("HQ").token}).to_string();
    let headers = "Content-Type: application/json\r\n";
    let answer = ask(&world, "GET", "/WebObjects/MZFinance.woa/wa/VPPClientConfigSrv", headers, &body).await;
    assert_eq!((&answer["status"], &answer["location"]["locationName"]), (&json!(0), &json!("HQ")));
}

#[tokio::test]
async fn a_ruby_client_sends_a_form_that_it_calls_json() {
    let world = library().await;
    let token = world.vpp_client("HQ").token.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    let body = format!("sToken={token}&adamIdStr=361309726&associateSerialNumbers[]=A&associateSerialNumbers[]=B");
    let headers = "Content-Type: application/json\r\n";
    let path = "/WebObjects/MZFinance.woa/wa/manageVPPLicensesByAdamIdSrv";
    let answer = ask(&world, "POST", path, headers, &body).await;
    assert_eq!((&answer["status"], answer["associations"].as_array().unwrap().len()), (&json!(0), 2));
    let again = ask(&world, "POST", path, headers, &body).await;
    assert_eq!((&again["status"], &again["associations"][1]["errorCode"]), (&json!(-1), &json!(9616)));
}

#[tokio::test]
async fn commandment_finds_the_services_at_the_root_and_sends_numbers() {
    let world = library().await;
    let hq = world.vpp_client("HQ");
    let headers = "Content-Type: application/json\r\n";
    let config = ask(&world, "GET", "/VPPServiceConfigSrv", headers, "").await;
    let url = config["manageVPPLicensesByAdamIdSrvUrl"].as_str().unwrap();
    let path = url.strip_prefix("http://127.0.0.1:18080").unwrap();
    let body =
        json!({"sToken": hq.token, "adamIdStr": 361309726, "pricingParam": "STDQ", "associateSerialNumbers": ["A"]});
    assert_eq!(ask(&world, "POST", path, headers, &body.to_string()).await["status"], 0);
    let root = VppClient { url: world.url(), ..hq };
    let (licenses, _) = root.all("getVPPLicensesSrv", "licenses", json!({"assignedOnly": true})).await;
    assert_eq!(licenses.len(), 4);
}

#[tokio::test]
async fn micromdm_speaks_of_a_protocol_version() {
    let world = library().await;
    let hq = world.vpp_client("HQ");
    let headers = "X-Server-Protocol-Version: 3\r\nContent-Type: application/json;charset=UTF8\r\n";
    let body = json!({"sToken": hq.token, "clientContext": r#"{"hostname":"mdm","guid":"1"}"#}).to_string();
    let answer = ask(&world, "POST", "/mdm/VPPClientConfigSrv", headers, &body).await;
    let context: Value = serde_json::from_str(answer["clientContext"].as_str().unwrap()).unwrap();
    assert_eq!(context["hostname"], "mdm");
    let body = json!({"sToken": hq.token, "includeLicenseCounts": true}).to_string();
    let assets = ask(&world, "POST", "/mdm/getVPPAssetsSrv", headers, &body).await;
    assert_eq!(assets["assets"][0]["pricingParam"], "STDQ");
    let body = json!({"sToken": hq.token, "assignedOnly": true}).to_string();
    let licenses = ask(&world, "POST", "/mdm/getVPPLicensesSrv", headers, &body).await;
    assert!(licenses["licenses"][0]["adamIdStr"].is_string());
}
