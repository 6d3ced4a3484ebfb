//! What an entry says.

use std::collections::HashSet;

use abmsim::fidelity::Ledger;
use abmsim::simulator::Settings;
use serde_json::{Value, json};

use super::{PHONE, operations};
use crate::actors::{MdmServer, Portal, World, socket};
use crate::control::snapshots::{put, take};

#[tokio::test]
async fn an_exchange_is_entered_with_all_that_was_said() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    mdm.post("/devices?x=1", json!({"devices": [PHONE]})).await.expect_ok();
    let entries = portal.journal("").await;
    assert_eq!(operations(&entries), ["enrollment.session", "enrollment.device_details"]);
    let entry = &entries[1];
    let host = world.url().replace("http://", "");
    for (key, value) in [
        ("id", json!(2)),
        ("at", json!("2026-09-01T08:00:00Z")),
        ("org", json!("acme")),
        ("server", json!("Primary MDM")),
        ("method", json!("POST")),
        ("path", json!("/devices")),
        ("query", json!("x=1")),
        ("scheme", json!("http")),
        ("host", json!(host)),
        ("http_version", json!("HTTP/1.1")),
        ("status", json!(200)),
        ("why", json!([])),
        ("refs", json!([])),
    ] {
        assert_eq!(entry[key], value, "{key}");
    }
    assert_eq!(entry.get("fault"), None);
    assert!(entry["duration_us"].as_u64().unwrap() < 10_000_000);
    assert!(entry["client"].as_str().unwrap().starts_with("127.0.0.1:"));
    let wall = entry["wall_at"].as_str().unwrap();
    assert!(wall.len() == 24 && wall.ends_with('Z') && wall != "2026-09-01T08:00:00.000Z", "{wall}");
    assert_eq!(entry["request"]["body"], json!({"devices": [PHONE]}), "a JSON body is JSON");
    assert_eq!(entry["request"]["headers"]["user-agent"], "tests/1.0");
    assert_eq!(entry["response"]["headers"]["content-type"], "application/json;charset=UTF8");
    assert_eq!(entry["response"]["body"]["devices"][PHONE]["response_status"], "SUCCESS");
    assert_eq!(portal.get("/journal/2").await, *entry, "one alone is the same");
    portal.refused("GET", "/journal/3", json!(null), 404, "NOT_FOUND").await;
    portal.refused("GET", "/journal/x", json!(null), 404, "NOT_FOUND").await;
}

#[tokio::test]
async fn control_calls_are_not_in_it() {
    let world = World::small().await;
    let portal = world.portal();
    portal.get("/devices").await;
    portal.quirks(json!({"error_body": "quoted"})).await;
    portal.refused("GET", "/nothing", json!(null), 404, "NO_SUCH_PATH").await;
    assert!(portal.journal("").await.is_empty());
}

#[tokio::test]
async fn bodies_that_are_no_json_are_text_or_base64_and_large_ones_are_whole() {
    let world = World::small().await;
    let (portal, mdm) = (world.portal(), world.mdm("Primary MDM").await);
    mdm.send("POST", "/devices", Some("{\"devices\":")).await;
    assert_eq!(portal.last().await["request"]["body"], "{\"devices\":");
    assert_eq!(portal.last().await["response"]["body"], "MALFORMED_REQUEST_BODY");
    mdm.send("GET", "/account", None).await;
    assert_eq!(portal.last().await["request"]["body"], Value::Null);
    let request = mdm.client.post(format!("{}/devices", mdm.url)).body(vec![0xff, 0xfe]);
    MdmServer::receive(request).await;
    assert_eq!(portal.last().await["request"]["body"], json!({"base64": "//4="}));
    let serials: Vec<String> = (0..5_000).map(|number| format!("C02X{number:08}")).collect();
    mdm.send("POST", "/devices", Some(&json!({ "devices": serials }).to_string())).await.expect_ok();
    let entry = portal.last().await;
    assert_eq!(entry["request"]["body"]["devices"].as_array().unwrap().len(), 5_000);
    assert_eq!(entry["response"]["body"]["devices"].as_object().unwrap().len(), 5_000);
}

#[tokio::test]
async fn secrets_are_shortened_wherever_they_stand() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    let key = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    mdm.post("/device/activationlock", json!({"device": PHONE, "escrow_key": key})).await.expect_ok();
    let session = mdm.session.clone().unwrap();
    let secret = |name: &str| mdm.token[name].as_str().unwrap().to_owned();
    let secrets =
        [session.clone(), key.to_owned(), secret("access_token"), secret("access_secret"), secret("consumer_secret")];
    let wrong = crate::actors::Signature::of(&mdm, "n").consumer_secret("CS_wrong").header();
    mdm.sign_in_with(&wrong).await.expect_refusal(403, "signature_invalidForbidden");
    let har = portal.send("GET", "/journal", &[("accept", "application/har+json")], b"").await.text;
    let json = portal.send("GET", "/journal", &[], b"").await.text;
    for text in [&har, &json] {
        for secret in &secrets {
            assert!(!text.contains(secret.as_str()), "{secret} in {text}");
        }
        assert!(text.contains(&secret("consumer_key")), "whose it is can be seen");
    }
    let entries = portal.journal("").await;
    let shown = entries[0]["response"]["body"]["auth_session_token"].as_str().unwrap();
    assert_eq!(shown, format!("{}…{} ({} characters)", &session[..6], &session[session.len() - 4..], session.len()));
    assert_eq!(entries[1]["request"]["headers"]["x-adm-auth-session"], shown);
    assert_eq!(entries[1]["response"]["headers"]["x-adm-auth-session"], shown);
    assert_eq!(entries[1]["request"]["body"]["escrow_key"], "012345…cdef (64 characters)");
    let authorization = entries[0]["request"]["headers"]["authorization"].as_str().unwrap();
    assert!(
        authorization.contains("oauth_nonce=\"") && authorization.contains("oauth_signature=\""),
        "{authorization}"
    );
}

#[tokio::test]
async fn what_no_call_took_is_in_it_too() {
    let world = World::small().await;
    let portal = world.portal();
    let stranger = MdmServer::new(world.url(), json!({}));
    stranger.send("GET", "/sesion", None).await.expect_refusal(404, "");
    let entry = portal.last().await;
    assert_eq!(
        (&entry["operation"], &entry["status"], &entry["server"]),
        (&json!("unknown"), &json!(404), &Value::Null)
    );
    assert_eq!(entry["why"], json!(["there is no path /sesion; did the client mean /session?"]));
    assert_eq!(entry["refs"], json!(["enrollment.unknown-path"]));
    stranger.send("PATCH", "/account", None).await.expect_refusal(405, "");
    assert_eq!(portal.why().await, "PATCH is no method of /account");
    let head = "POST /devices HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999\r\nConnection: close\r\n\r\n";
    let answer = socket::say(world.simulator().address(), head.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    assert_eq!(portal.why().await, "the body of this request may have 8388608 bytes, and has more");
    assert_eq!(portal.last().await["refs"], json!(["enrollment.body-too-large"]));
}

const TWO: &str = "
version: 1
organizations:
  - {id: acme, servers: [{name: A}]}
  - {id: other, servers: [{name: A}]}
";

#[tokio::test]
async fn organisations_have_journals_of_their_own_and_what_is_nobodys_has_another() {
    let world = World::of(TWO).await;
    let (acme, other) = (world.portal(), world.portal_of("other"));
    let mut mdm = world.mdm("A").await;
    mdm.get("/account").await.expect_ok();
    let stranger = MdmServer { session: Some("garbage".to_owned()), ..mdm.clone() };
    stranger.send("GET", "/account", None).await.expect_refusal(401, "UNAUTHORIZED");
    assert_eq!(operations(&acme.journal("").await), ["enrollment.session", "enrollment.account"]);
    assert!(other.journal("").await.is_empty());
    let strays = format!("{}/_sim/journal", world.url());
    let list = async || MdmServer::receive(mdm.client.get(format!("{strays}?status=401"))).await.expect_ok();
    let items = list().await["items"].clone();
    assert_eq!((items[0]["operation"].as_str(), &items[0]["org"]), (Some("enrollment.account"), &Value::Null));
    let one = MdmServer::receive(mdm.client.get(format!("{strays}/1"))).await.expect_ok();
    assert_eq!(one, items[0]);
    assert_eq!(MdmServer::receive(mdm.client.delete(&strays)).await.status, 204);
    assert_eq!(list().await, json!({"items": []}));
}

#[tokio::test]
async fn a_journal_is_emptied_by_a_call_by_a_reset_and_begins_empty() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    portal.clear_journal().await;
    assert!(portal.journal("").await.is_empty());
    mdm.get("/account").await.expect_ok();
    assert_eq!(portal.last().await["id"], 2, "numbers go on");
    let like = mdm.client.post(format!("{}/_sim/orgs", world.url())).json(&json!({"like": "acme", "id": "twin"}));
    assert_eq!(MdmServer::receive(like).await.status, 201);
    assert!(world.portal_of("twin").journal("").await.is_empty());
    let stranger = MdmServer { session: None, ..mdm.clone() };
    stranger.send("GET", "/nothing", None).await;
    let reset = mdm.client.post(format!("{}/_sim/reset", world.url()));
    assert_eq!(MdmServer::receive(reset).await.status, 200);
    assert!(portal.journal("").await.is_empty());
    let strays = MdmServer::receive(mdm.client.get(format!("{}/_sim/journal", world.url()))).await;
    assert_eq!(strays.expect_ok(), json!({"items": []}));
}

async fn filled(journal: usize, bodies: usize) -> (World, Portal) {
    let settings = Settings { journal, ..Settings::default() };
    let world = World::with(settings, TWO).await;
    let mdm = world.mdm("A").await;
    let body = json!({"devices": ["x".repeat(10_000)]}).to_string();
    for _ in 0..bodies {
        mdm.send("POST", "/devices", Some(&body)).await.expect_ok();
    }
    let portal = world.portal();
    (world, portal)
}

#[tokio::test]
async fn the_oldest_are_forgotten_when_its_memory_is_full() {
    let (_world, portal) = filled(200_000, 20).await;
    let entries = portal.journal("").await;
    assert!((4..12).contains(&entries.len()), "{}", entries.len());
    assert_eq!(entries.last().unwrap()["id"], 21);
    portal.refused("GET", "/journal/1", json!(null), 404, "NOT_FOUND").await;
}

#[tokio::test]
async fn there_may_be_none() {
    let (_world, portal) = filled(0, 2).await;
    assert!(portal.journal("").await.is_empty());
}

#[tokio::test]
async fn every_refusal_refers_to_the_ledger_and_says_why() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    for (path, body) in [
        ("/server/devices", json!({"limit": "x"})),
        ("/devices/sync", json!({})),
        ("/devices/sync", json!({"cursor": "made up"})),
        ("/devices", json!({})),
        ("/profile", json!({})),
        ("/profile", json!({"url": "https://m.example", "profile_name": ""})),
        ("/profile/devices", json!({"profile_uuid": "X", "devices": [PHONE]})),
        ("/device/activationlock", json!({})),
        ("/account-driven-enrollment/profile", json!({"mdm_service_discovery_url": "http://m"})),
    ] {
        assert!(mdm.post(path, body).await.status >= 400, "{path}");
    }
    for path in ["/profile", "/profile?profile_uuid=X", "/device/replacementDetails?device=X", "/nothing"] {
        assert!(mdm.get(path).await.status >= 400, "{path}");
    }
    let known: HashSet<&str> = Ledger::get().entries.iter().map(|entry| entry.id.as_str()).collect();
    let refused = portal.journal("?refused=true").await;
    assert_eq!(refused.len(), 13);
    for entry in refused {
        assert!(entry["why"][0].as_str().is_some_and(|why| why.len() > 10), "{entry}");
        let refs = entry["refs"].as_array().unwrap();
        assert!(!refs.is_empty() && refs.iter().all(|id| known.contains(id.as_str().unwrap())), "{entry}");
    }
}

/// Devices of which few differ, some do, and all do: in the order of the groups.
const MANY: &str = "
version: 1
organizations:
  - id: acme
    servers: [{name: A}, {name: B}]
    orders:
      - devices:
          - {model: iPhone 16, count: 900, server: A}
          - {model: MacBook Air, count: 60, server: A}
          - {serial: C02TAG000001, model: iPhone 16, server: A, asset_tag: Room 7}
          - {serial: C02TAG000002, model: iPhone 16, server: A, asset_tag: \"Räum \\\"8\\\"\"}
          - {model: iPad Pro, count: 100, server: B}
";

#[tokio::test]
async fn pages_that_are_kept_in_short_are_shown_to_the_byte() {
    let settings = Settings { journal: 600_000, ..Settings::default() };
    let world = World::with(settings, MANY).await;
    let portal = world.portal();
    let mdm = world.mdm("A").await;
    let mut last = String::new();
    for version in [1, 3, 7, 9, 10] {
        let mut mdm = mdm.at_version(version);
        mdm.sign_in().await;
        let first = mdm.fetch(None, 1_000).await;
        let profile = mdm.define("P").await;
        let devices = first.serials();
        // Some have another standing than the ones beside them.
        for device in [3, 4, 700, 959].map(|place| devices[place].as_str()) {
            mdm.assign(&profile, &[device]).await;
        }
        portal.advance("1s").await;
        let serials: Vec<&str> = devices.iter().map(String::as_str).collect();
        portal.assign(&serials[..50], None).await;
        portal.assign(&serials[..50], Some("A")).await;
        let since = portal.last().await["id"].clone();
        let details = json!({"devices": serials[..600]}).to_string();
        let answers = [
            mdm.fetch(None, 1_000).await,
            mdm.sync(&first.cursor()).await,
            mdm.send("POST", "/devices", Some(&details)).await,
        ];
        let shown: Value = portal
            .send("GET", &format!("/journal?since={since}"), &[("accept", "application/har+json")], b"")
            .await
            .expect_ok();
        let shown = shown["log"]["entries"].as_array().unwrap().clone();
        assert_eq!(shown.len(), answers.len());
        for (shown, answer) in shown.iter().zip(&answers) {
            assert_eq!(shown["response"]["content"]["text"], answer.text, "version {version}");
            assert_eq!(shown["response"]["content"]["size"], answer.text.len(), "version {version}");
        }
        last = answers[0].text.clone();
    }
    assert!(last.len() > 450_000, "{}", last.len());
    let whole = portal.journal("?operation=enrollment.fetch_devices").await;
    assert!(whole.len() >= 3, "none of them fits in whole: {}", whole.len());
}

#[tokio::test]
async fn a_page_is_shown_as_it_was_whatever_becomes_of_its_devices() {
    let settings = Settings { journal: 600_000, ..Settings::default() };
    let world = World::with(settings, MANY).await;
    let portal = world.portal();
    let mut mdm = world.mdm("A").await;
    let order =
        |number: &str| json!({"number": number, "devices": [{"model": "iPad Air", "count": 20, "server": "A"}]});
    let document = take(&portal).await.text;
    portal.post("/orders", order("W8")).await;
    let page = mdm.fetch(None, 1_000).await;
    // Other devices come into the places of the last twenty.
    assert_eq!(put(&portal, &document).await.status, 200);
    let taken = json!({"serial": "C02TAKEN0001", "model": "iPad Air", "server": "A"});
    portal.post("/orders", json!({"number": "W9", "devices": [taken]})).await;
    portal.post("/orders", order("W10")).await;
    mdm.sign_in().await;
    let again = mdm.fetch(None, 1_000).await;
    assert_ne!(again.serials(), page.serials());
    let shown: Value = portal
        .send("GET", "/journal?operation=enrollment.fetch_devices", &[("accept", "application/har+json")], b"")
        .await
        .expect_ok();
    let shown: Vec<_> = shown["log"]["entries"].as_array().unwrap().iter().collect();
    let texts: Vec<_> = shown.iter().map(|entry| entry["response"]["content"]["text"].as_str().unwrap()).collect();
    assert_eq!(texts, [page.text, again.text]);
}
