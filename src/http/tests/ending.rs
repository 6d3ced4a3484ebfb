//! Shutting down.

use http_body_util::{BodyExt, Empty};
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};

use super::*;

#[tokio::test]
async fn a_running_exchange_comes_to_its_end() {
    let mut server = Running::start(Limits { drain: PATIENCE, ..Limits::default() });
    let mut busy = server.connect().await;
    send(&mut busy, "GET /wait HTTP/1.1\r\nHost: h\r\n\r\n").await;
    server.somebody_waits().await;
    server.stop();
    within(async { while TcpStream::connect(server.address).await.is_ok() {} }).await;
    assert!(!server.served.is_finished());
    server.probe.go.notify_one();
    let answer = rest(&mut busy).await;
    assert!(answer.contains("connection: close\r\n") && answer.ends_with("waited\n"), "{answer}");
    within(server.served).await.unwrap();
}

#[tokio::test]
async fn idle_connections_do_not_hold_up_the_end() {
    let mut server = Running::start(Limits { drain: PATIENCE * 10, ..Limits::default() });
    let silent = server.connect().await;
    let mut kept = server.connect().await;
    send(&mut kept, "GET / HTTP/1.1\r\nHost: h\r\n\r\n").await;
    until(&mut kept, " 0 0\n").await;
    let mut shaking = server.connect().await;
    send(&mut shaking, "\x16\x03").await;
    let mut tunnel = server.connect().await;
    send(&mut tunnel, "CONNECT vpp.itunes.apple.com:443 HTTP/1.1\r\n\r\n").await;
    until(&mut tunnel, "\r\n\r\n").await;
    let unused = server.secure(server.connect().await, "localhost", &version::TLS13, "http/1.1").await;
    let mut events = server.connect().await;
    send(&mut events, "GET /events HTTP/1.1\r\nHost: h\r\n\r\n").await;
    until(&mut events, "event\n").await;
    server.stop();
    within(&mut server.served).await.unwrap();
    assert!(rest(&mut events).await.ends_with("0\r\n\r\n"), "the events end in good order");
    drop((silent, unused));
}

#[tokio::test]
async fn what_does_not_end_is_cut_off() {
    let mut server = Running::start(Limits { drain: SHORT, ..Limits::default() });
    let mut busy = server.connect().await;
    send(&mut busy, "GET /wait HTTP/1.1\r\nHost: h\r\n\r\n").await;
    server.somebody_waits().await;
    server.stop();
    within(&mut server.served).await.unwrap();
    assert_eq!(rest(&mut busy).await, "");
}

#[tokio::test]
async fn an_http2_exchange_comes_to_its_end_and_an_idle_connection_goes_away() {
    let mut server = Running::start(Limits { drain: PATIENCE * 10, ..Limits::default() });
    let stream = server.secure(server.connect().await, "localhost", &version::TLS13, "h2").await;
    let (mut sender, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    let connection = tokio::spawn(connection);
    let request = |path| http::Request::get(format!("https://h{path}")).body(Empty::<Bytes>::new()).unwrap();
    let waiting = tokio::spawn(sender.send_request(request("/wait")));
    let events = within(sender.send_request(request("/events"))).await.unwrap();
    server.somebody_waits().await;
    server.stop();
    within(events.into_body().collect()).await.unwrap();
    server.probe.go.notify_one();
    assert_eq!(within(waiting).await.unwrap().unwrap().status(), StatusCode::OK);
    within(connection).await.unwrap().unwrap();
    within(server.served).await.unwrap();
}
