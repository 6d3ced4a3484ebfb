//! Limits: no client holds up another.

use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};

use super::*;

const GET: &str = "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";

fn short(set: impl FnOnce(&mut Limits)) -> Limits {
    let mut limits = Limits::default();
    set(&mut limits);
    limits
}

#[tokio::test]
async fn too_large_a_head_is_431() {
    let server = Running::start(short(|limits| limits.head_bytes = 8192));
    let answer = server.say(&format!("GET / HTTP/1.1\r\nHost: h\r\nX-Large: {}\r\n\r\n", "x".repeat(100_000))).await;
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
}

#[tokio::test]
async fn too_many_headers_are_431() {
    let server = Running::start(Limits::default());
    let answer = server.say(&format!("GET / HTTP/1.1\r\nHost: h\r\n{}\r\n", "X-Many: x\r\n".repeat(100))).await;
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
    let server = Running::start(short(|limits| limits.headers = 5));
    let answer = server.say(&format!("GET / HTTP/1.1\r\nHost: h\r\n{}\r\n", "X-Many: x\r\n".repeat(5))).await;
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
}

#[tokio::test]
async fn too_large_a_body_is_413_whether_announced_or_not() {
    let server = Running::start(Limits::default());
    let announced = format!("POST /small HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\n\r\n{}", "x".repeat(11));
    let chunked =
        "POST /small HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n12345678\r\n3\r\nabc\r\n0\r\n\r\n";
    for request in [announced.as_str(), chunked] {
        let answer = server.say(request).await;
        assert!(answer.starts_with("HTTP/1.1 413 ") && answer.contains("connection: close\r\n"), "{answer}");
        assert!(answer.ends_with("the body of this request may have 10 bytes, and has more\n"), "{answer}");
    }
    let allowed = "POST /small HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\nConnection: close\r\n\r\n0123456789";
    assert!(server.say(allowed).await.ends_with("POST http://h HTTP/1.1 10 0\n"));
}

#[tokio::test]
async fn a_client_that_is_still_sending_sees_the_refusal() {
    let server = Running::start(Limits::default());
    let mut socket = server.connect().await;
    let length = 8 << 20;
    send(&mut socket, &format!("POST /small HTTP/1.1\r\nHost: h\r\nContent-Length: {length}\r\n\r\n")).await;
    socket.write_all(&vec![b'x'; length]).await.unwrap();
    socket.shutdown().await.unwrap();
    let answer = rest(&mut socket).await;
    assert!(answer.starts_with("HTTP/1.1 413 ") && answer.ends_with("has more\n"), "{answer}");
}

#[tokio::test]
async fn a_slow_body_is_408_and_nobody_else_waits_for_it() {
    let server = Running::start(short(|limits| limits.body = SHORT));
    let mut slow = server.connect().await;
    send(&mut slow, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nhalf").await;
    assert!(server.say(GET).await.starts_with("HTTP/1.1 200 "));
    let answer = rest(&mut slow).await;
    assert!(answer.starts_with("HTTP/1.1 408 ") && answer.ends_with("did not arrive within 0.1 s\n"), "{answer}");
}

#[tokio::test]
async fn slow_first_bytes_handshakes_and_heads_are_closed() {
    let limits = short(|limits| (limits.first_byte, limits.handshake, limits.head) = (SHORT, SHORT, SHORT));
    let server = Running::start(limits);
    for start in ["", "\x16\x03\x01", "GET / HTTP/1.1\r\nHost:"] {
        assert_eq!(server.say(start).await, "", "{start:?}");
    }
}

#[tokio::test]
async fn dripping_a_head_does_not_prolong_it() {
    let server = Running::start(short(|limits| limits.head = SHORT));
    let mut socket = server.connect().await;
    send(&mut socket, "GET / HTTP/1.1\r\nHost: h\r\nX-Long: ").await;
    let (mut incoming, mut outgoing) = socket.split();
    let drip = async {
        while outgoing.write_all(b"x").await.is_ok() {
            tokio::time::sleep(SHORT / 20).await;
        }
    };
    let (answer, ()) = tokio::join!(rest(&mut incoming), within(drip));
    assert_eq!(answer, "");
}

#[tokio::test]
async fn an_idle_connection_is_closed_after_the_idle_limit_and_not_the_heads() {
    let limits = short(|limits| (limits.head, limits.idle) = (Duration::from_secs(600), SHORT));
    let server = Running::start(limits);
    let mut socket = server.connect().await;
    send(&mut socket, "GET / HTTP/1.1\r\nHost: h\r\n\r\n").await;
    assert!(rest(&mut socket).await.ends_with(" 0 0\n"));
}

#[tokio::test]
async fn an_idle_http2_connection_is_closed_though_it_answers_pings() {
    let server = Running::start(short(|limits| (limits.idle, limits.ping) = (SHORT * 10, SHORT * 4)));
    let handshake = http2::handshake(TokioExecutor::new(), TokioIo::new(server.connect().await));
    let (mut sender, connection) = handshake.await.unwrap();
    let connection = tokio::spawn(connection);
    let request = |path| http::Request::post(format!("http://h{path}")).body("more than ten".to_owned()).unwrap();
    assert_eq!(within(sender.send_request(request("/small"))).await.unwrap().status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(within(sender.send_request(request("/"))).await.unwrap().status(), StatusCode::OK);
    _ = within(connection).await;
    assert!(sender.is_closed());
}

#[tokio::test]
async fn a_request_that_is_being_answered_is_not_idle() {
    let limits = short(|limits| (limits.head, limits.idle, limits.body) = (SHORT, SHORT, SHORT));
    let server = Running::start(limits);
    let mut socket = server.connect().await;
    send(&mut socket, "GET /wait HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n").await;
    server.somebody_waits().await;
    tokio::time::sleep(SHORT * 4).await;
    server.probe.go.notify_one();
    assert!(rest(&mut socket).await.ends_with("waited\n"));
}

#[tokio::test]
async fn when_all_places_are_taken_the_idle_make_room() {
    let server = Running::start(short(|limits| limits.connections = 2));
    let (mut first, mut second) = (server.connect().await, server.connect().await);
    send(&mut first, "GET /wait HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n").await;
    server.somebody_waits().await;
    send(&mut second, "GET / HTTP/1.1\r\n").await;
    for _ in 0..3 {
        assert!(server.say(GET).await.starts_with("HTTP/1.1 200 "));
    }
    assert_eq!(rest(&mut second).await, "", "it was told to go");
    server.probe.go.notify_one();
    assert!(rest(&mut first).await.ends_with("waited\n"), "it was busy, and stayed");
}

#[tokio::test]
async fn when_all_are_busy_the_next_waits_for_its_turn() {
    let server = Running::start(short(|limits| limits.connections = 1));
    let mut first = server.connect().await;
    send(&mut first, "GET /wait HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n").await;
    server.somebody_waits().await;
    let mut second = server.connect().await;
    send(&mut second, GET).await;
    let early = tokio::time::timeout(SHORT, second.read_u8()).await;
    assert!(early.is_err(), "there is no place yet");
    server.probe.go.notify_one();
    assert!(rest(&mut first).await.ends_with("waited\n"));
    assert!(rest(&mut second).await.starts_with("HTTP/1.1 200 "));
}
