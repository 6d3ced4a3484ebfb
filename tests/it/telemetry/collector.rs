//! An OpenTelemetry collector, as small as can be.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// A collector that keeps what it is sent.
pub struct Collector {
    pub address: SocketAddr,
    posts: UnboundedReceiver<Post>,
}

/// A request that it got.
pub struct Post {
    /// Request line and headers.
    pub head: String,
    pub body: Value,
}

impl Collector {
    /// A collector that answers the first requests with `statuses`, and 200 from then on.
    pub async fn answering(statuses: &'static [u16]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, posts) = unbounded_channel();
        tokio::spawn(async move {
            let mut statuses = statuses.iter().copied();
            while let Ok((socket, _)) = listener.accept().await {
                let Some(post) = converse(socket, statuses.next().unwrap_or(200)).await else { continue };
                if sender.send(post).is_err() {
                    return;
                }
            }
        });
        Self { address, posts }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The next request.
    pub async fn post(&mut self) -> Post {
        tokio::time::timeout(Duration::from_secs(20), self.posts.recv()).await.expect("spans arrive").unwrap()
    }

    /// The next `count` spans, in whichever number of requests.
    pub async fn spans(&mut self, count: usize) -> Vec<Value> {
        let mut spans = Vec::new();
        while spans.len() < count {
            spans.extend(self.post().await.spans());
        }
        spans
    }
}

impl Post {
    pub fn spans(&self) -> Vec<Value> {
        self.body["resourceSpans"][0]["scopeSpans"][0]["spans"].as_array().unwrap().clone()
    }
}

async fn converse(mut socket: TcpStream, status: u16) -> Option<Post> {
    let mut bytes = Vec::new();
    let (head, length) = loop {
        if socket.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, _)) = text.split_once("\r\n\r\n") {
            let head = head.to_lowercase();
            let length: usize =
                head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap().parse().unwrap();
            break (head, length);
        }
    };
    let start = head.len() + 4;
    while bytes.len() < start + length {
        socket.read_buf(&mut bytes).await.ok()?;
    }
    let answer = format!("HTTP/1.1 {status} X\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{{}}");
    socket.write_all(answer.as_bytes()).await.ok()?;
    Some(Post { head, body: serde_json::from_slice(&bytes[start..]).unwrap() })
}

/// An attribute's value of a span or a resource.
pub fn attribute<'a>(of: &'a Value, key: &str) -> Option<&'a str> {
    let found = of["attributes"].as_array().unwrap().iter().find(|attribute| attribute["key"] == key)?;
    let value = found["value"].as_object().unwrap();
    assert_eq!(value.len(), 1, "{found}");
    value.get("stringValue").or_else(|| value.get("intValue")).unwrap().as_str()
}
