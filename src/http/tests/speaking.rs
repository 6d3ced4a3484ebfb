//! Protocols: what is spoken on one port.

use http_body_util::{BodyExt, Full};
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};

use super::*;

const GET: &str = "GET /x HTTP/1.1\r\nHost: Localhost:7\r\n\r\n";

/// One request by HTTP/2.
async fn by_http2<S>(stream: S, request: http::Request<Full<Bytes>>) -> Result<(StatusCode, String), hyper::Error>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await?;
    let connection = tokio::spawn(connection);
    let answer = within(sender.send_request(request)).await?;
    let status = answer.status();
    let body = answer.into_body().collect().await?.to_bytes();
    drop(sender);
    within(connection).await.unwrap()?;
    Ok((status, String::from_utf8(body.to_vec()).unwrap()))
}

fn request(method: Method, url: &str, body: &'static str) -> http::Request<Full<Bytes>> {
    http::Request::builder().method(method).uri(url).body(Full::new(Bytes::from_static(body.as_bytes()))).unwrap()
}

#[tokio::test]
async fn plain_http1() {
    let server = Running::start(Limits::default());
    let mut socket = server.connect().await;
    send(&mut socket, GET).await;
    let answer = until(&mut socket, "0 0\n").await;
    assert!(answer.ends_with("GET http://localhost:7 HTTP/1.1 0 0\n"), "{answer}");
}

#[tokio::test]
async fn plain_http2_with_prior_knowledge() {
    let server = Running::start(Limits::default());
    let posted = by_http2(server.connect().await, request(Method::POST, "http://a.example/x", "hello")).await.unwrap();
    assert_eq!(posted, (StatusCode::OK, "POST http://a.example HTTP/2.0 5 0\n".into()));
}

#[tokio::test]
async fn tls_in_both_versions_and_both_protocols() {
    let server = Running::start(Limits::default());
    for version in [&version::TLS12, &version::TLS13] {
        let mut stream = server.secure(server.connect().await, "localhost", version, "http/1.1").await;
        send(&mut stream, GET).await;
        let answer = until(&mut stream, "0 0\n").await;
        assert!(answer.ends_with("GET https://localhost:7 HTTP/1.1 0 0\n"), "{answer}");

        let stream = server.secure(server.connect().await, "localhost", version, "h2").await;
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
        let posted = by_http2(stream, request(Method::PUT, "https://b.example/x", "hi")).await.unwrap();
        assert_eq!(posted, (StatusCode::OK, "PUT https://b.example HTTP/2.0 2 0\n".into()));
    }
}

#[tokio::test]
async fn requests_in_a_row_are_answered_in_their_order() {
    let server = Running::start(Limits::default());
    let post = "POST /y HTTP/1.1\r\nHost: p\r\nContent-Length: 3\r\n\r\nabc";
    let last = "DELETE /z HTTP/1.1\r\nHost: d\r\nConnection: close\r\n\r\n";
    let answers = server.say(&format!("{GET}{post}{last}")).await;
    let bodies: Vec<_> = answers.split("\r\n\r\n").skip(1).map(|rest| rest.lines().next().unwrap()).collect();
    assert_eq!(
        bodies,
        ["GET http://localhost:7 HTTP/1.1 0 0", "POST http://p HTTP/1.1 3 0", "DELETE http://d HTTP/1.1 0 0"]
    );
}

#[tokio::test]
async fn http_1_0_needs_no_host() {
    let server = Running::start(Limits::default());
    let answer = server.say("GET / HTTP/1.0\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.0 200 OK\r\n"), "{answer}");
    assert!(answer.contains(&format!("GET http://{} HTTP/1.0", server.address)), "{answer}");
}

#[tokio::test]
async fn head_has_the_length_and_not_the_body() {
    let server = Running::start(Limits::default());
    let answer = server.say("HEAD / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n").await;
    let length = "HEAD http://h HTTP/1.1 0 0\n".len();
    assert!(answer.contains(&format!("content-length: {length}\r\n")), "{answer}");
    assert!(answer.ends_with("\r\n\r\n"), "{answer}");

    let answer = by_http2(server.connect().await, request(Method::HEAD, "http://h/", "")).await.unwrap();
    assert_eq!(answer, (StatusCode::OK, String::new()));
}

#[tokio::test]
async fn a_client_that_expects_100_is_told_to_continue() {
    let server = Running::start(Limits::default());
    let mut socket = server.connect().await;
    send(&mut socket, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n").await;
    assert_eq!(until(&mut socket, "\r\n\r\n").await, "HTTP/1.1 100 Continue\r\n\r\n");
    send(&mut socket, "body").await;
    assert!(until(&mut socket, " 0\n").await.ends_with("POST http://h HTTP/1.1 4 0\n"));
}

#[tokio::test]
async fn a_chunked_body_arrives_whole() {
    let server = Running::start(Limits::default());
    let answer = server
        .say("POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
        .await;
    assert!(answer.ends_with("POST http://h HTTP/1.1 5 0\n"), "{answer}");
}

#[tokio::test]
async fn hanging_up_leaves_the_client_without_an_answer() {
    let server = Running::start(Limits::default());
    assert_eq!(server.say("GET /hang-up HTTP/1.1\r\nHost: h\r\n\r\n").await, "");
    assert!(by_http2(server.connect().await, request(Method::GET, "http://h/hang-up", "")).await.is_err());
}

#[tokio::test]
async fn a_body_can_break_off_in_its_midst() {
    let server = Running::start(Limits::default());
    let answer = server.say("GET /broken HTTP/1.1\r\nHost: h\r\n\r\n").await;
    assert!(answer.contains("content-length: 8\r\n") && answer.ends_with("\r\n\r\nhalf"), "{answer}");
    assert!(by_http2(server.connect().await, request(Method::GET, "http://h/broken", "")).await.is_err());
}

#[tokio::test]
async fn a_request_knows_its_listener_and_its_addresses_as_the_client_does() {
    let listeners: Vec<_> = ["127.0.0.1:0", "[::]:0"].iter().map(|it| bind(it.parse().unwrap()).unwrap()).collect();
    let second = listeners[1].local_addr().unwrap().port();
    let (_, tls) = certificate();
    let server = Server::new(Arc::new(Probing(Arc::default())), listeners, tls, HOSTS, Limits::default());
    tokio::spawn(server.run(std::future::pending()));
    let mut socket = TcpStream::connect(("127.0.0.1", second)).await.unwrap();
    send(&mut socket, "GET / HTTP/1.0\r\n\r\n").await;
    let answer = rest(&mut socket).await;
    assert!(answer.ends_with(&format!("GET http://127.0.0.1:{second} HTTP/1.0 0 1\n")), "{answer}");
}
