//! The address at which an MDM server is notified.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use rustls_pki_types::PrivateKeyDer;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio_rustls::TlsAcceptor;

/// What it does with a request.
#[derive(Clone, Copy, Debug)]
pub enum Manner {
    /// It answers with this status.
    Answer(u16),
    /// It sends the client elsewhere.
    Redirect,
    /// It says nothing and hangs up.
    HangUp,
    /// It says nothing at all.
    Silence,
}

/// An HTTPS server that keeps what it is sent.
pub struct Webhook {
    pub address: SocketAddr,
    /// Its certificate, PEM: signed by itself.
    pub certificate: String,
    posts: UnboundedReceiver<Posted>,
}

/// A notification that arrived.
#[derive(Debug)]
pub struct Posted {
    /// `POST /hook HTTP/1.1`.
    pub line: String,
    /// Its headers, names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Value,
}

impl Posted {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub fn kind(&self) -> &str {
        self.body["notificationType"].as_str().unwrap()
    }

    pub fn id(&self) -> &str {
        self.body["notificationId"].as_str().unwrap()
    }
}

impl Webhook {
    /// One that takes everything.
    pub async fn open() -> Self {
        Self::minding(&[]).await
    }

    /// One that does so with the first requests, and takes all others.
    pub async fn minding(manners: &[Manner]) -> Self {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let names = vec!["127.0.0.1".to_owned(), "localhost".to_owned()];
        let made = rcgen::generate_simple_self_signed(names).unwrap();
        let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
        let config = ServerConfig::builder().with_no_client_auth();
        let config = config.with_single_cert(vec![made.cert.der().clone()], key).unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, posts) = unbounded_channel();
        let mut manners = VecDeque::from(manners.to_vec());
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                // One that asks for nothing, because it does not trust us, has no turn: manners are for requests.
                let Ok(mut stream) = acceptor.accept(socket).await else { continue };
                let Some(posted) = read(&mut stream).await else { continue };
                let manner = manners.pop_front().unwrap_or(Manner::Answer(200));
                if sender.send(posted).is_err() {
                    return;
                }
                tokio::spawn(behave(stream, manner));
            }
        });
        Self { address, certificate: made.cert.pem(), posts }
    }

    pub fn url(&self) -> String {
        format!("https://127.0.0.1:{}/hook", self.address.port())
    }

    /// The next notification.
    pub async fn next(&mut self) -> Posted {
        tokio::time::timeout(Duration::from_secs(20), self.posts.recv()).await.expect("a notification").unwrap()
    }

    /// What has arrived and nobody has looked at.
    pub fn rest(&mut self) -> Vec<Posted> {
        std::iter::from_fn(|| self.posts.try_recv().ok()).collect()
    }
}

async fn read(stream: &mut (impl AsyncReadExt + Unpin)) -> Option<Posted> {
    let mut bytes = Vec::new();
    loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
            let mut lines = head.split("\r\n");
            let line = lines.next()?.to_owned();
            let headers: Vec<(String, String)> = lines
                .filter_map(|line| line.split_once(": "))
                .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
                .collect();
            let length: usize = headers.iter().find(|(name, _)| name == "content-length")?.1.parse().ok()?;
            if bytes.len() >= end + 4 + length {
                return Some(Posted { line, headers, body: serde_json::from_slice(&bytes[end + 4..]).unwrap() });
            }
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}

async fn behave(mut stream: impl AsyncWriteExt + Unpin, manner: Manner) {
    let answer = match manner {
        Manner::Answer(status) => format!("HTTP/1.1 {status} X\r\ncontent-length: 0\r\n\r\n"),
        Manner::Redirect => {
            "HTTP/1.1 307 X\r\nlocation: https://169.254.169.254/\r\ncontent-length: 0\r\n\r\n".to_owned()
        }
        Manner::HangUp => return,
        Manner::Silence => return std::future::pending().await,
    };
    let _ = stream.write_all(answer.as_bytes()).await;
    let _ = stream.shutdown().await;
}
