//! The control API as somebody meets it who should not.

use std::net::SocketAddr;

use abmsim::control::ROUTES;
use abmsim::secret::Secret;
use abmsim::simulator::Settings;
use reqwest::{Certificate, Version};

use crate::actors::World;
use crate::actors::socket::{request, say};

const ONE: &str = "{version: 1, organizations: [{id: acme, servers: [{name: Primary MDM}]}]}";
const APPLES: &str = "mdmenrollment.apple.com";

fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).unwrap().parse().unwrap()
}

/// The status of a GET of `path` with these header lines, each of which ends in CR LF.
async fn get(address: SocketAddr, path: &str, headers: &str) -> u16 {
    let request = format!("GET {path} HTTP/1.1\r\nConnection: close\r\n{headers}\r\n");
    status(&say(address, request.as_bytes()).await)
}

async fn with_token() -> (World, SocketAddr) {
    let settings = Settings {
        listen: "0.0.0.0:0".parse().unwrap(),
        control_token: Some(Secret::new("sesame")),
        ..Settings::default()
    };
    let world = World::with(settings, ONE).await;
    let address = ([127, 0, 0, 1], world.simulator().address().port()).into();
    (world, address)
}

#[tokio::test]
async fn off_loopback_no_call_is_open_but_ready_and_the_ca() {
    let (_world, address) = with_token().await;
    for route in ROUTES {
        let path = route.path.replace("{org}", "acme").replace("{server}", "x").replace("{serial}", "x");
        for bearer in ["", "Authorization: Bearer wrong!\r\n"] {
            let answer = say(address, &request(route.method.as_str(), &path, "localhost", bearer, "{}")).await;
            let is_open = ["/_sim/ready", "/_sim/ca.pem"].contains(&route.path);
            assert_eq!(status(&answer), if is_open { 200 } else { 401 }, "{} {path}: {answer}", route.method);
            assert!(!answer.contains("sesame"), "{answer}");
        }
    }
}

#[tokio::test]
async fn the_token_is_taken_from_its_header_alone() {
    let (_world, address) = with_token().await;
    for path in ["/_sim/orgs?token=sesame", "/_sim/orgs?access_token=sesame", "/_sim/orgs?control_token=sesame"] {
        assert_eq!(get(address, path, "Host: localhost\r\n").await, 401, "{path}");
    }
    for headers in ["Cookie: token=sesame", "X-Control-Token: sesame", "Proxy-Authorization: Bearer sesame"] {
        assert_eq!(get(address, "/_sim/orgs", &format!("Host: localhost\r\n{headers}\r\n")).await, 401, "{headers}");
    }
    assert_eq!(get(address, "/_sim/orgs", "Host: localhost\r\nAuthorization: Bearer sesame\r\n").await, 200);
}

#[tokio::test]
async fn with_the_token_a_program_may_call_us_what_it_likes() {
    let (_world, address) = with_token().await;
    for host in ["abmsim:8443", "host.docker.internal", "abm.corp.example"] {
        let headers = format!("Host: {host}\r\nAuthorization: Bearer sesame\r\n");
        assert_eq!(get(address, "/_sim/orgs", &headers).await, 200, "{host}");
    }
}

#[tokio::test]
async fn without_a_token_we_are_called_by_names_that_no_page_can_have() {
    let listed = vec!["abm.corp.example".to_owned(), "*.abm.example".to_owned()];
    let world = World::with(Settings { names: listed, ..Settings::default() }, ONE).await;
    let address = world.simulator().address();
    let port = address.port();
    for ours in [
        "localhost",
        "LOCALHOST.",
        "acme.localhost",
        "127.0.0.1",
        "[::1]",
        "10.0.0.7",
        "abmsim",
        "host.docker.internal",
        "abm.test",
        "ABM.corp.example",
        "one.abm.example",
    ] {
        assert_eq!(get(address, "/_sim/orgs", &format!("Host: {ours}:{port}\r\n")).await, 200, "{ours}");
    }
    for foreign in [
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.nip.io",
        "evil.local",
        "abm.example",
        "a.b.abm.example",
        "localhost@evil.example",
        "evil.example@localhost",
        "",
        "é",
    ] {
        assert_eq!(get(address, "/_sim/orgs", &format!("Host: {foreign}\r\n")).await, 403, "{foreign}");
    }
    let absolute = format!("http://evil.example:{port}/_sim/orgs");
    assert_eq!(get(address, &absolute, "Host: localhost\r\n").await, 403, "the target is a name too");
    let twice = "Host: localhost\r\nHost: evil.example\r\n";
    assert_eq!(get(address, "/_sim/orgs", twice).await, 403, "whichever of two names is meant");
    assert_eq!(get(address, "/_sim/orgs", "Host: evil.example\r\nX-Forwarded-Host: localhost\r\n").await, 403);
}

#[tokio::test]
async fn forms_and_frames_of_other_sites_get_nowhere() {
    let world = World::of(ONE).await;
    let address = world.simulator().address();
    let host = address.to_string();
    for headers in [
        "Content-Type: text/plain\r\nOrigin: https://evil.example\r\n".to_owned(),
        "Content-Type: application/x-www-form-urlencoded\r\nReferer: https://evil.example/page\r\n".to_owned(),
        "Content-Type: text/plain\r\nSec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\n".to_owned(),
        format!("Origin: https://evil.example\r\nX-Forwarded-Host: evil.example\r\nReferer: http://{host}/\r\n"),
        format!("Origin: http://{host}.evil.example\r\n"),
    ] {
        let answer = say(address, &request("POST", "/_sim/reset", &host, &headers, "")).await;
        assert_eq!(status(&answer), 403, "{headers}{answer}");
        assert!(answer.contains("\"CROSS_SITE\""), "{answer}");
    }
    let ours = format!("Referer: http://{host}/_sim/orgs/acme/report\r\n");
    assert_eq!(status(&say(address, &request("POST", "/_sim/reset", &host, &ours, "")).await), 200);
}

#[tokio::test]
async fn no_other_site_is_permitted_to_read() {
    let world = World::of(ONE).await;
    let address = world.simulator().address();
    let host = address.to_string();
    let asks = "Origin: https://evil.example\r\nAccess-Control-Request-Method: POST\r\n";
    for path in ["/_sim/reset", "/_sim/orgs", "/_sim/ready"] {
        let answer = say(address, &request("OPTIONS", path, &host, asks, "")).await;
        assert_eq!(status(&answer), 403, "{answer}");
        assert!(!answer.to_lowercase().contains("access-control-"), "{answer}");
    }
    for path in ["/_sim/orgs", "/_sim/ready", "/_sim/nothing", "/_sim/ca.pem"] {
        let answer = say(address, &request("GET", path, &host, "", "")).await.to_lowercase();
        assert!(!answer.contains("access-control-"), "{answer}");
        for header in
            ["x-content-type-options: nosniff", "cross-origin-resource-policy: same-origin", "cache-control: no-store"]
        {
            assert!(answer.contains(header), "{header} in {answer}");
        }
    }
}

#[tokio::test]
async fn paths_that_are_almost_ours_are_apples() {
    let world = World::of(ONE).await;
    let address = world.simulator().address();
    for path in
        ["//_sim/orgs", "/%5fsim/orgs", "/%5Fsim/orgs", "/_SIM/orgs", "/x/../_sim/orgs", "/./_sim/orgs", "/_simx", "*"]
    {
        let answer = say(address, &request("GET", path, "localhost", "", "")).await;
        assert_eq!(status(&answer), 404, "{path}: {answer}");
        assert!(answer.contains("x-apple-request-uuid") && answer.ends_with("\r\n\r\n"), "{path}: {answer}");
    }
    for path in ["/_sim/../session", "/_sim//orgs", "/_sim/orgs/", "/_sim/orgs/%2e%2e/ready"] {
        let answer = say(address, &request("GET", path, "localhost", "", "")).await;
        assert!(status(&answer) == 404 && answer.contains("problem+json"), "{path}: {answer}");
    }
}

#[tokio::test]
async fn a_second_name_does_not_hide_apples() {
    let world = World::of(ONE).await;
    let address = world.simulator().address();
    for headers in [
        format!("Host: {APPLES}\r\nX-Forwarded-Host: localhost\r\n"),
        format!("Host: {APPLES}\r\nForwarded: host=localhost\r\n"),
        format!("Host: localhost\r\nHost: {APPLES}\r\n"),
        format!("Host: {APPLES}\r\nHost: localhost\r\n"),
        format!("Host: me@{APPLES}:80\r\n"),
    ] {
        assert_eq!(get(address, "/_sim/ready", &headers).await, 404, "{headers}");
    }
    assert_eq!(get(address, &format!("http://{}/_sim/ready", APPLES.to_uppercase()), "Host: localhost\r\n").await, 404);
    assert_eq!(get(address, "http://localhost/_sim/ready", &format!("Host: {APPLES}\r\n")).await, 404);
    assert_eq!(get(address, "http://localhost/_sim/ready", "Host: localhost\r\n").await, 200);
}

#[tokio::test]
async fn a_tunnel_to_apple_has_nothing_of_ours_in_it_whatever_is_said_inside() {
    let world = World::of(ONE).await;
    let address = world.simulator().address();
    for path in ["/_sim/orgs", "/_sim/ready"] {
        let inside = format!(
            "CONNECT {APPLES}:80 HTTP/1.1\r\n\r\nGET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        );
        let answer = say(address, inside.as_bytes()).await;
        assert!(answer.contains("HTTP/1.1 404 ") && answer.contains("x-apple-request-uuid"), "{answer}");
    }
}

/// A client that takes `APPLES` for the simulator, as with a name server that says so, and trusts its CA.
fn misled(world: &World) -> reqwest::ClientBuilder {
    let ca = Certificate::from_pem(world.simulator().ca_pem().as_bytes()).unwrap();
    crate::actors::client_builder().tls_certs_only([ca]).resolve(APPLES, world.simulator().address())
}

#[tokio::test]
async fn tls_for_a_name_of_apples_has_nothing_of_ours_in_it_whatever_the_host_header_says() {
    let world = World::of(ONE).await;
    drop(world.portal());
    let port = world.simulator().address().port();
    let http1 = misled(&world).http1_only().build().unwrap();
    let http2 = misled(&world).build().unwrap();
    for (client, version) in [(&http1, Version::HTTP_11), (&http2, Version::HTTP_2)] {
        for host in [None, Some("localhost")] {
            let mut request = client.get(format!("https://{APPLES}:{port}/_sim/ready"));
            if let Some(host) = host {
                request = request.header("Host", host);
            }
            let answer = request.send().await.unwrap();
            assert_eq!((answer.version(), answer.status().as_u16()), (version, 404), "{host:?}");
            assert!(answer.headers().contains_key("x-apple-request-uuid"), "{host:?}");
        }
    }
}

#[tokio::test]
async fn the_authority_of_http_2_counts_as_the_host_does() {
    let world = World::of(ONE).await;
    drop(world.portal());
    let address = world.simulator().address();
    let client = crate::actors::client_builder()
        .http2_prior_knowledge()
        .resolve(APPLES, address)
        .resolve("evil.example", address)
        .resolve("abm.test", address)
        .build()
        .unwrap();
    for (host, expected) in [(APPLES, 404), ("evil.example", 403), ("abm.test", 200), ("127.0.0.1", 200)] {
        let url = format!("http://{host}:{}/_sim/orgs", address.port());
        let answer = client.get(url).send().await.unwrap();
        assert_eq!((answer.version(), answer.status().as_u16()), (Version::HTTP_2, expected), "{host}");
    }
}
