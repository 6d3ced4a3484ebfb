//! Answers that come late, slowly, in part, or not at all.

use std::time::Duration;

use abmsim::clock::Stopwatch;
use serde_json::{Value, json};

use super::{counts, fault};
use crate::actors::socket::{request, say};
use crate::actors::{MdmServer, World};

/// Every call of Apple's, byte by byte: the answer's head and body.
async fn spoken(world: &World, mdm: &MdmServer, method: &str, path: &str, body: &str) -> String {
    let session = mdm.session.as_deref().unwrap();
    let headers = format!("X-ADM-Auth-Session: {session}\r\nX-Server-Protocol-Version: 10\r\nUser-Agent: t/1\r\n");
    say(world.simulator().address(), &request(method, path, "dep.example", &headers, body)).await
}

/// The same MDM server over HTTP/2.
fn over_http_2(mdm: &MdmServer) -> MdmServer {
    let client = crate::actors::client_builder().http2_prior_knowledge().build().unwrap();
    MdmServer { client, ..mdm.clone() }
}

async fn asked(mdm: &MdmServer, path: &str) -> Result<String, reqwest::Error> {
    let session = mdm.session.as_deref().unwrap();
    let request = mdm.client.get(format!("{}{path}", mdm.url)).header("X-ADM-Auth-Session", session);
    request.send().await?.text().await
}

#[tokio::test]
async fn the_connection_closes_before_anything_is_said() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    let profile = mdm.define("P").await;
    let id = fault(&portal, json!({"on": "enrollment.assign_profile", "do": {"close": "before_headers"}})).await;
    let body = json!({"profile_uuid": profile, "devices": ["C02PHONE0001"]}).to_string();
    assert_eq!(spoken(&world, &mdm, "POST", "/profile/devices", &body).await, "");
    assert_eq!(portal.device("C02PHONE0001").await["profile_status"], "empty");
    portal.call("DELETE", &format!("/faults/{id}"), Value::Null).await;
    let lost = json!({"on": "enrollment.assign_profile", "do": {"close": "before_headers", "takes_effect": true}});
    fault(&portal, lost).await;
    assert_eq!(spoken(&world, &mdm, "POST", "/profile/devices", &body).await, "");
    assert_eq!(portal.device("C02PHONE0001").await["profile_status"], "assigned", "only the answer was lost");
}

#[tokio::test]
async fn the_connection_closes_in_the_midst_of_a_body() {
    let world = World::small().await;
    let (portal, mdm) = (world.portal(), world.mdm("Primary MDM").await);
    let whole = spoken(&world, &mdm, "GET", "/account", "").await;
    let (_, whole) = whole.split_once("\r\n\r\n").unwrap();
    fault(&portal, json!({"on": "enrollment.account", "do": {"close": "mid_body"}})).await;
    let cut = spoken(&world, &mdm, "GET", "/account", "").await;
    let (head, cut) = cut.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200") && head.contains(&format!("content-length: {}", whole.len())), "{head}");
    assert_eq!(cut, &whole[..whole.len() / 2]);
    assert!(asked(&mdm, "/account").await.unwrap_err().is_body() || asked(&mdm, "/account").await.is_err());
}

#[tokio::test]
async fn a_fetch_that_breaks_off_can_be_asked_again() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    fault(&portal, json!({"on": "enrollment.fetch_devices", "times": 1, "do": {"close": "mid_body"}})).await;
    let page = spoken(&world, &mdm, "POST", "/server/devices", "{\"limit\":2}").await;
    assert!(page.starts_with("HTTP/1.1 200"));
    assert_eq!(mdm.fetch_all(2).await.0.len(), 3);
}

#[tokio::test]
async fn a_stream_of_http_2_is_reset_and_the_connection_lives_on() {
    let world = World::small().await;
    let (portal, mdm) = (world.portal(), over_http_2(&world.mdm("Primary MDM").await));
    for close in ["before_headers", "mid_body"] {
        fault(&portal, json!({"on": "enrollment.account", "times": 1, "do": {"close": close}})).await;
        let broken = asked(&mdm, "/account").await;
        assert!(broken.is_err(), "{close}: {broken:?}");
        assert!(asked(&mdm, "/account").await.unwrap().contains("server_name"));
    }
}

#[tokio::test]
async fn an_error_may_break_off_too() {
    let world = World::small().await;
    let (portal, mdm) = (world.portal(), world.mdm("Primary MDM").await);
    let effect = json!({"error": "T_C_NOT_SIGNED", "close": "mid_body"});
    fault(&portal, json!({"on": "enrollment.account", "do": effect})).await;
    let cut = spoken(&world, &mdm, "GET", "/account", "").await;
    assert!(cut.starts_with("HTTP/1.1 403") && cut.ends_with("\r\n\r\nT_C_NOT"), "{cut}");
}

#[tokio::test]
async fn an_answer_waits_in_wall_time() {
    let world = World::small().await;
    let (portal, first) = (world.portal(), world.mdm("Primary MDM").await);
    for mut mdm in [first.clone(), over_http_2(&first)] {
        for (effect, status) in [(json!({"delay": "300ms"}), 200), (json!({"delay": "300ms", "status": 503}), 503)] {
            let id = fault(&portal, json!({"on": "enrollment.account", "times": 1, "do": effect})).await;
            let began = Stopwatch::start();
            assert_eq!(mdm.get("/account").await.status, status);
            let took = began.elapsed();
            assert!(took >= Duration::from_millis(300) && took < Duration::from_secs(10), "{took:?}");
            assert_eq!(counts(&portal, &id).await, (1, 1));
        }
    }
    assert_eq!(portal.get("/clock").await["now"], "2026-09-01T08:00:00Z");
}

#[tokio::test]
async fn others_are_answered_while_one_waits() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    fault(&portal, json!({"on": "enrollment.account", "do": {"delay": "20s"}})).await;
    let (slow, quick) = (mdm.clone(), Stopwatch::start());
    let waiting = tokio::spawn(async move { asked(&slow, "/account").await.is_ok() });
    mdm.fetch(None, 5).await.expect_ok();
    assert!(quick.elapsed() < Duration::from_secs(10));
    waiting.abort();
}

#[tokio::test]
async fn a_body_trickles() {
    let world = World::small().await;
    let (portal, first) = (world.portal(), world.mdm("Primary MDM").await);
    let whole = first.clone().get("/account").await.text;
    let rate = whole.len() * 2;
    fault(&portal, json!({"on": "enrollment.account", "do": {"trickle": format!("{rate}B/s")}})).await;
    for mut mdm in [first.clone(), over_http_2(&first)] {
        let began = Stopwatch::start();
        let answer = mdm.get("/account").await;
        let took = began.elapsed();
        assert_eq!((answer.status, &answer.text), (200, &whole));
        assert_eq!(answer.header("content-length"), Some(whole.len().to_string().as_str()));
        assert!(took >= Duration::from_millis(350) && took < Duration::from_secs(10), "{took:?} for half a second");
    }
}

#[tokio::test]
async fn any_rate_will_do() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    let whole = mdm.get("/account").await.text;
    for rate in [json!(u64::MAX), json!("1MiB/s")] {
        fault(&portal, json!({"on": "enrollment.account", "times": 1, "do": {"trickle": rate}})).await;
        assert_eq!(mdm.get("/account").await.text, whole);
    }
}

#[tokio::test]
async fn a_delay_goes_with_rows_that_are_missing() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    let effect = json!({"rows": {"omit": 2}, "delay": "150ms", "trickle": "100KB/s"});
    fault(&portal, json!({"on": "enrollment.fetch_devices", "do": effect})).await;
    let began = Stopwatch::start();
    assert_eq!(mdm.fetch(None, 100).await.serials(), ["C02PHONE0001"]);
    assert!(began.elapsed() >= Duration::from_millis(150));
}
