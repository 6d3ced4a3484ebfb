//! The server, over real sockets.

mod asking;
mod ending;
mod holding;
mod speaking;
mod tunnelling;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use bytes::Bytes;
use http::{Method, StatusCode};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::{
    ClientConfig, RootCertStore, ServerConfig, SupportedProtocolVersion, crypto::aws_lc_rs, version,
};

use super::*;

/// The longest that a test waits for what must happen; nothing is asserted about how soon it does.
const PATIENCE: Duration = Duration::from_secs(20);
/// A limit that a test waits to be over.
const SHORT: Duration = Duration::from_millis(100);

const HOSTS: [&str; 2] = ["mdmenrollment.apple.com", "vpp.itunes.apple.com"];

/// What a test and the app share.
#[derive(Default)]
struct Probe {
    /// Requests that wait at `/wait`.
    waiting: AtomicUsize,
    arrived: Notify,
    /// Lets one of them go.
    go: Notify,
}

/// Answers by path.
struct Probing(Arc<Probe>);

impl App for Probing {
    fn answer(&self, request: Request) -> Answer {
        match request.path() {
            "/wait" => {
                let probe = Arc::clone(&self.0);
                probe.waiting.fetch_add(1, SeqCst);
                probe.arrived.notify_one();
                Answer::later(async move {
                    probe.go.notified().await;
                    text(StatusCode::OK, "waited").into()
                })
            }
            "/hang-up" => Answer::HangUp,
            "/broken" => {
                let (sender, receiver) = mpsc::channel(2);
                sender.try_send(Ok(Bytes::from_static(b"half"))).unwrap();
                sender.try_send(Err(BrokenOff)).unwrap();
                Response::new(Body::streamed(receiver, Some(8))).into()
            }
            "/events" => {
                let (sender, receiver) = mpsc::channel(1);
                sender.try_send(Ok(Bytes::from_static(b"event\n"))).unwrap();
                tokio::spawn(async move { sender.closed().await });
                Response::new(Body::endless(receiver)).into()
            }
            _ => {
                let origin = Origin::of(&request, None).map_or_else(|error| error.to_string(), |it| it.to_string());
                let Request { via, head, body } = &request;
                let line = format!("{} {origin} {:?} {} {}", head.method, head.version, body.len(), via.listener);
                text(StatusCode::OK, &line).into()
            }
        }
    }

    fn body_limit(&self, request: &Request) -> usize {
        if request.path() == "/small" { 10 } else { 1 << 20 }
    }
}

/// A running server.
struct Running {
    address: SocketAddr,
    probe: Arc<Probe>,
    ca: String,
    stop: Option<oneshot::Sender<()>>,
    served: JoinHandle<()>,
}

impl Running {
    fn start(limits: Limits) -> Self {
        let (ca, tls) = certificate();
        let listener = bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let address = listener.local_addr().unwrap();
        let probe = Arc::new(Probe::default());
        let server = Server::new(Arc::new(Probing(Arc::clone(&probe))), vec![listener], tls, HOSTS, limits);
        let (stop, stopped) = oneshot::channel();
        let served = tokio::spawn(server.run(async { _ = stopped.await }));
        Self { address, probe, ca, stop: Some(stop), served }
    }

    fn stop(&mut self) {
        self.stop.take().unwrap().send(()).unwrap();
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Sends `text` on a new connection and reads until the server closes it.
    async fn say(&self, text: &str) -> String {
        let mut socket = self.connect().await;
        socket.write_all(text.as_bytes()).await.unwrap();
        rest(&mut socket).await
    }

    /// TLS on `stream`, offering `protocol`.
    async fn secure<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        stream: S,
        name: &'static str,
        version: &'static SupportedProtocolVersion,
        protocol: &str,
    ) -> TlsStream<S> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(self.ca.as_bytes()).unwrap()).unwrap();
        let mut config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_protocol_versions(&[version])
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = vec![protocol.into()];
        let name = ServerName::try_from(name).unwrap();
        TlsConnector::from(Arc::new(config)).connect(name, stream).await.unwrap()
    }

    /// Until a request waits at `/wait`.
    async fn somebody_waits(&self) {
        within(async {
            while self.probe.waiting.load(SeqCst) == 0 {
                self.probe.arrived.notified().await;
            }
        })
        .await;
    }
}

/// A CA of our own, and a server certificate for localhost and the hosts.
fn certificate() -> (String, Arc<ServerConfig>) {
    let names: Vec<String> = ["localhost"].iter().chain(&HOSTS).map(|name| name.to_string()).collect();
    let issued = rcgen::generate_simple_self_signed(names).unwrap();
    let key = PrivateKeyDer::try_from(issued.signing_key.serialize_der()).unwrap();
    let tls = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_protocol_versions(&[&version::TLS12, &version::TLS13])
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![issued.cert.der().clone()], key)
        .unwrap();
    (issued.cert.pem(), Arc::new(tls))
}

async fn within<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.expect("this takes too long")
}

/// What comes until the end; a reset is an end too.
async fn rest(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut bytes = Vec::new();
    _ = within(stream.read_to_end(&mut bytes)).await;
    String::from_utf8(bytes).unwrap()
}

/// What comes until `mark`.
async fn until(stream: &mut (impl AsyncRead + Unpin), mark: &str) -> String {
    let mut text = String::new();
    while !text.contains(mark) {
        let mut buffer = [0; 1024];
        let length = within(stream.read(&mut buffer)).await.unwrap();
        assert_ne!(length, 0, "the connection ended after {text:?}");
        text.push_str(std::str::from_utf8(&buffer[..length]).unwrap());
    }
    text
}

async fn send(stream: &mut (impl AsyncWrite + Unpin), text: &str) {
    stream.write_all(text.as_bytes()).await.unwrap();
    stream.flush().await.unwrap();
}
