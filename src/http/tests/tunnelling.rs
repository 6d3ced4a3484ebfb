//! CONNECT.

use super::*;

const GET: &str = "GET /x HTTP/1.1\r\nHost: mdmenrollment.apple.com\r\n\r\n";

/// TLS through a tunnel that has been granted.
async fn ask_through(server: &Running, socket: TcpStream) {
    let mut stream = server.secure(socket, "mdmenrollment.apple.com", &version::TLS13, "http/1.1").await;
    send(&mut stream, GET).await;
    let answer = until(&mut stream, "0 0\n").await;
    assert!(answer.ends_with("GET https://mdmenrollment.apple.com HTTP/1.1 0 0\n"), "{answer}");
}

#[tokio::test]
async fn a_tunnel_to_a_host_of_apples_ends_here() {
    let server = Running::start(Limits::default());
    for (version, target) in [("1.1", "mdmenrollment.apple.com:443"), ("1.0", "MDMENROLLMENT.apple.com:443")] {
        let mut socket = server.connect().await;
        send(&mut socket, &format!("CONNECT {target} HTTP/{version}\r\n\r\n")).await;
        let granted = until(&mut socket, "\r\n\r\n").await;
        assert!(granted.starts_with(&format!("HTTP/{version} 200 ")), "{granted}");
        assert!(!granted.contains("content-length") && !granted.contains("transfer-encoding"), "{granted}");
        ask_through(&server, socket).await;
    }
}

#[tokio::test]
async fn a_tunnel_may_follow_other_requests_and_carry_plain_text() {
    let server = Running::start(Limits::default());
    let mut socket = server.connect().await;
    send(&mut socket, GET).await;
    until(&mut socket, "0 0\n").await;
    send(&mut socket, "CONNECT vpp.itunes.apple.com:443 HTTP/1.1\r\nHost: vpp.itunes.apple.com:443\r\n\r\n").await;
    until(&mut socket, "\r\n\r\n").await;
    send(&mut socket, GET).await;
    let answer = until(&mut socket, "0 0\n").await;
    assert!(answer.ends_with("GET http://mdmenrollment.apple.com HTTP/1.1 0 0\n"), "{answer}");
}

#[tokio::test]
async fn what_follows_connect_at_once_is_inside_the_tunnel() {
    let server = Running::start(Limits::default());
    let close = "GET / HTTP/1.1\r\nHost: inside\r\nConnection: close\r\n\r\n";
    let answer = server.say(&format!("CONNECT vpp.itunes.apple.com:80 HTTP/1.1\r\n\r\n{close}")).await;
    assert!(answer.ends_with("GET http://inside HTTP/1.1 0 0\n"), "{answer}");
}

#[tokio::test]
async fn a_proxy_may_itself_be_reached_by_tls() {
    let server = Running::start(Limits::default());
    let mut stream = server.secure(server.connect().await, "localhost", &version::TLS13, "http/1.1").await;
    send(&mut stream, "CONNECT mdmenrollment.apple.com:443 HTTP/1.1\r\n\r\n").await;
    until(&mut stream, "\r\n\r\n").await;
    let mut inner = server.secure(stream, "mdmenrollment.apple.com", &version::TLS12, "http/1.1").await;
    send(&mut inner, GET).await;
    until(&mut inner, "GET https://mdmenrollment.apple.com HTTP/1.1 0 0\n").await;
}

#[tokio::test]
async fn a_foreign_host_is_refused_and_told_why() {
    let server = Running::start(Limits::default());
    let answer = server.say("CONNECT example.com:443 HTTP/1.0\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.0 403 Forbidden\r\n"), "{answer}");
    assert!(answer.contains("not to example.com:443") && answer.contains("mdmenrollment.apple.com"), "{answer}");
}

#[tokio::test]
async fn there_is_no_tunnel_in_a_tunnel() {
    let server = Running::start(Limits::default());
    let connect = "CONNECT mdmenrollment.apple.com:443 HTTP/1.1\r\n";
    let answer = server.say(&format!("{connect}\r\n{connect}Connection: close\r\n\r\n")).await;
    assert!(answer.contains("HTTP/1.1 403 Forbidden\r\n") && answer.contains("tunnel already"), "{answer}");
}
