//! Who may use the control API.

use std::net::SocketAddr;

use abmsim::secret::Secret;
use abmsim::simulator::Settings;

use crate::actors::World;
use crate::actors::socket::{request, say};

const ONE: &str = "{version: 1, organizations: [{id: acme, servers: [{name: Primary MDM}]}]}";
const APPLES: &str = "mdmenrollment.apple.com";

/// The status of a request whose headers end in CR LF each.
async fn status(address: SocketAddr, method: &str, path: &str, host: &str, headers: &str) -> u16 {
    let answer = say(address, &request(method, path, host, headers, "")).await;
    answer.split(' ').nth(1).unwrap().parse().unwrap()
}

/// Where a simulator on all addresses is reached.
fn loopback(address: SocketAddr) -> SocketAddr {
    ([127, 0, 0, 1], address.port()).into()
}

async fn on_all_addresses(token: Option<&str>) -> (World, SocketAddr) {
    let listen = "0.0.0.0:0".parse().unwrap();
    let settings = Settings { listen, control_token: token.map(Secret::new), ..Settings::default() };
    let world = World::with(settings, ONE).await;
    let address = loopback(world.simulator().address());
    (world, address)
}

#[tokio::test]
async fn on_loopback_no_token_is_needed() {
    let world = World::of(ONE).await;
    assert!(world.simulator().control_token().is_none());
    assert_eq!(status(world.simulator().address(), "GET", "/_sim/orgs", "localhost", "").await, 200);
}

#[tokio::test]
async fn on_other_addresses_the_token_is_needed() {
    let (_world, address) = on_all_addresses(Some("sesame")).await;
    for (headers, expected) in [
        ("", 401),
        ("Authorization: Bearer wrong\r\n", 401),
        ("Authorization: Bearer sesamee\r\n", 401),
        ("Authorization: Basic sesame\r\n", 401),
        ("Authorization: Bearer \r\n", 401),
        ("Authorization: Bearer sesame\r\n", 200),
        ("authorization: bearer sesame\r\n", 200),
    ] {
        assert_eq!(status(address, "GET", "/_sim/orgs", "localhost", headers).await, expected, "{headers}");
    }
    let refused = say(address, &request("GET", "/_sim/orgs", "localhost", "", "")).await;
    assert!(refused.contains("www-authenticate: Bearer realm=\"abmsim\"\r\n"), "{refused}");
    assert!(refused.contains("application/problem+json") && refused.contains("CONTROL_TOKEN_REQUIRED"), "{refused}");
}

#[tokio::test]
async fn where_no_token_was_set_one_is_made() {
    let (world, address) = on_all_addresses(None).await;
    let made = world.simulator().made_token().unwrap().expose();
    assert!(made.len() >= 32, "{made}");
    let headers = format!("Authorization: Bearer {made}\r\n");
    assert_eq!(status(address, "GET", "/_sim/orgs", "localhost", &headers).await, 200);
    let (other, _) = on_all_addresses(None).await;
    assert_ne!(other.simulator().made_token().unwrap().expose(), made, "it does not come from the seed");
}

#[tokio::test]
async fn a_token_that_was_set_is_needed_on_loopback_too() {
    let settings = Settings { control_token: Some(Secret::new("sesame")), ..Settings::default() };
    let world = World::with(settings, ONE).await;
    let address = world.simulator().address();
    assert!(world.simulator().made_token().is_none());
    assert_eq!(status(address, "GET", "/_sim/orgs", "localhost", "").await, 401);
    assert_eq!(status(address, "GET", "/_sim/orgs", "localhost", "Authorization: Bearer sesame\r\n").await, 200);
}

#[tokio::test]
async fn ready_and_the_ca_are_open_to_everybody() {
    let (world, address) = on_all_addresses(Some("sesame")).await;
    assert_eq!(status(address, "GET", "/_sim/ready", "localhost", "").await, 200);
    let ca = say(address, &request("GET", "/_sim/ca.pem", "localhost", "", "")).await;
    assert!(ca.ends_with(world.simulator().ca_pem()), "{ca}");
    assert!(ca.contains("content-type: application/x-pem-file\r\n"), "{ca}");
}

#[tokio::test]
async fn nothing_is_told_to_those_outside() {
    let (_world, address) = on_all_addresses(Some("sesame")).await;
    let inside = "Authorization: Bearer sesame\r\n";
    for (method, path, known) in [
        ("GET", "/_sim/nothing", 404),
        ("DELETE", "/_sim/reset", 405),
        ("GET", "/_sim/orgs/acme", 200),
        ("GET", "/_sim/orgs/nobody", 404),
        ("GET", "/_sim", 404),
    ] {
        assert_eq!(status(address, method, path, "localhost", "").await, 401, "{method} {path}");
        assert_eq!(status(address, method, path, "localhost", inside).await, known, "{method} {path}");
    }
}

#[tokio::test]
async fn a_control_listener_takes_the_control_api_to_itself() {
    let control_listen = Some("127.0.0.1:0".parse().unwrap());
    let settings = Settings { listen: "0.0.0.0:0".parse().unwrap(), control_listen, ..Settings::default() };
    let world = World::with(settings, ONE).await;
    let everybody = loopback(world.simulator().address());
    let control = world.simulator().control_address().unwrap();
    assert!(world.simulator().control_token().is_none(), "the listener of the control API is loopback");
    for (path, there, here) in [("/_sim/orgs", 200, 403), ("/_sim/nothing", 404, 403), ("/_sim/ready", 200, 200)] {
        assert_eq!(status(control, "GET", path, "localhost", "").await, there, "{path}");
        assert_eq!(status(everybody, "GET", path, "localhost", "").await, here, "{path}");
    }
    assert_eq!(status(everybody, "DELETE", "/_sim/orgs", "localhost", "").await, 403);
    assert_eq!(status(everybody, "GET", "/_sim/ca.pem", "localhost", "").await, 200);
    assert_eq!(status(everybody, "GET", "/session", "localhost", "").await, 400, "Apple is there");
    assert_eq!(status(control, "GET", "/_sim/orgs", "localhost", "Authorization: Bearer any\r\n").await, 200);
}

#[tokio::test]
async fn a_control_listener_on_other_addresses_needs_the_token() {
    let settings = Settings { control_listen: Some("0.0.0.0:0".parse().unwrap()), ..Settings::default() };
    let world = World::with(settings, ONE).await;
    let control = loopback(world.simulator().control_address().unwrap());
    assert_eq!(status(control, "GET", "/_sim/orgs", "localhost", "").await, 401);
    let headers = format!("Authorization: Bearer {}\r\n", world.simulator().made_token().unwrap().expose());
    assert_eq!(status(control, "GET", "/_sim/orgs", "localhost", &headers).await, 200);
}

#[tokio::test]
async fn pages_of_other_sites_are_not_let_in() {
    let world = World::of(ONE).await;
    let address = world.simulator().address();
    let host = address.to_string();
    for (headers, expected) in [
        (format!("Origin: http://{host}\r\nSec-Fetch-Site: same-origin\r\n"), 200),
        ("Sec-Fetch-Site: none\r\n".to_owned(), 200),
        ("Origin: https://evil.example\r\n".to_owned(), 403),
        ("Origin: null\r\n".to_owned(), 403),
        ("Origin: http://127.0.0.1:1\r\n".to_owned(), 403),
        ("Sec-Fetch-Site: cross-site\r\n".to_owned(), 403),
        ("Sec-Fetch-Site: same-site\r\n".to_owned(), 403),
    ] {
        assert_eq!(status(address, "POST", "/_sim/reset", &host, &headers).await, expected, "{headers}");
    }
    assert_eq!(status(address, "GET", "/_sim/ready", &host, "Origin: https://evil.example\r\n").await, 200);
}

#[tokio::test]
async fn a_page_whose_name_was_pointed_at_us_is_not_let_in() {
    let world = World::of(ONE).await;
    let address = world.simulator().address();
    let host = format!("evil.example:{}", address.port());
    let headers = format!("Origin: http://{host}\r\nSec-Fetch-Site: same-origin\r\n");
    assert_eq!(status(address, "POST", "/_sim/reset", &host, &headers).await, 403);
    let get = "Sec-Fetch-Site: same-origin\r\n";
    assert_eq!(status(address, "GET", "/_sim/orgs", &host, get).await, 403);
    assert_eq!(
        status(address, "GET", "/_sim/orgs", &host, "").await,
        403,
        "over plain HTTP a browser adds nothing to a GET"
    );
    assert_eq!(status(address, "GET", "/_sim/ready", &host, "").await, 200, "there is nothing to learn");
}

#[tokio::test]
async fn nothing_of_ours_is_reached_through_a_name_of_apples() {
    let world = World::of(ONE).await;
    let address = world.simulator().address();
    for host in [APPLES, "MDMenrollment.Apple.com", "mdmenrollment.apple.com:443", "mdmenrollment.apple.com."] {
        for path in ["/_sim/orgs", "/_sim/ready", "/_sim/ca.pem", "/_sim"] {
            let answer = say(address, &request("GET", path, host, "", "")).await;
            assert!(answer.starts_with("HTTP/1.1 404 "), "{answer}");
            assert!(answer.ends_with("\r\n\r\n") && !answer.contains("problem"), "as Apple would: {answer}");
        }
    }
    let absolute = format!("GET http://{APPLES}/_sim/orgs HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    assert!(say(address, absolute.as_bytes()).await.starts_with("HTTP/1.1 404 "));
    let inside = format!(
        "CONNECT {APPLES}:80 HTTP/1.1\r\n\r\nGET /_sim/orgs HTTP/1.1\r\nHost: {APPLES}\r\nConnection: close\r\n\r\n"
    );
    assert!(say(address, inside.as_bytes()).await.contains("HTTP/1.1 404 "));
}
