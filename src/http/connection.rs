//! One connection, from its first byte to its end.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use parking_lot::Mutex;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::{self, AlertDescription};

use super::exchange::Line;
use super::pulse::{Phase, Pulse};
use super::stream::Stream;
use super::tunnel::Hosts;
use super::{App, Limits, Scheme, Via};

/// The type of a TLS record that holds a handshake: the first byte of every TLS connection, and of no HTTP request.
const TLS_HANDSHAKE: u8 = 0x16;

/// What all connections share.
pub(super) struct Shared<A> {
    pub(super) app: Arc<A>,
    pub(super) limits: Limits,
    pub(super) hosts: Hosts,
    pub(super) tls: TlsAcceptor,
    pub(super) protocols: auto::Builder<TokioExecutor>,
    /// True as soon as the server shuts down.
    pub(super) draining: watch::Receiver<bool>,
}

/// Serves a connection until it ends. A tunnel is a connection within: it is looked at like a new one.
pub(super) async fn serve<A: App>(shared: Arc<Shared<A>>, socket: TcpStream, mut via: Via, pulse: Arc<Pulse>) {
    // Answers are written whole; to hold back the last segment only delays them.
    _ = socket.set_nodelay(true);
    let mut stream = Stream::new(socket, Arc::clone(&pulse));
    let mut tunnelled = false;
    loop {
        pulse.enter(Phase::FirstByte);
        let Ok(Some(first)) = stream.first().await else { return };
        if first == TLS_HANDSHAKE {
            pulse.enter(Phase::Handshake);
            match shared.tls.accept(stream).await {
                Ok(secured) => {
                    via.stands_in |= secured.get_ref().1.server_name().is_some_and(|name| shared.hosts.has(name));
                    stream = Stream::new(secured, Arc::clone(&pulse));
                }
                Err(error) => return report(via.peer, &error),
            }
            via.scheme = Scheme::Https;
            pulse.enter(Phase::Quiet);
        } else {
            via.scheme = Scheme::Http;
            pulse.enter(Phase::Head);
        }
        let line =
            Line { shared: Arc::clone(&shared), via, pulse: Arc::clone(&pulse), tunnelled, tunnel: Mutex::new(None) };
        match converse(line, stream).await {
            Some(tunnel) => stream = tunnel,
            None => return,
        }
        tunnelled = true;
        // Tunnels lead to no other hosts.
        via.stands_in = true;
    }
}

/// Says why there is no TLS: loudly where the client does not trust us, as that is what people get wrong.
fn report(peer: SocketAddr, error: &io::Error) {
    use AlertDescription::{BadCertificate, CertificateUnknown, UnknownCA};
    match error.get_ref().and_then(|inner| inner.downcast_ref()) {
        Some(rustls::Error::AlertReceived(UnknownCA | BadCertificate | CertificateUnknown)) => {
            tracing::warn!(%peer, "a client refused our certificate: it does not trust our CA, or asked for a host that is not in it");
        }
        _ => tracing::debug!(%peer, %error, "TLS could not be agreed on"),
    }
}

/// Speaks HTTP until either side has enough; returns the stream where it goes on as a tunnel.
async fn converse<A: App>(line: Line<A>, stream: Stream) -> Option<Stream> {
    let line = Arc::new(line);
    let answer = {
        let line = Arc::clone(&line);
        service_fn(move |request| Arc::clone(&line).exchange(request))
    };
    let shared = Arc::clone(&line.shared);
    let mut draining = shared.draining.clone();
    let conversation = shared.protocols.serve_connection_with_upgrades(TokioIo::new(stream), answer);
    let mut conversation = std::pin::pin!(conversation);
    let mut drain = std::pin::pin!(draining.wait_for(|draining| *draining));
    let mut told = false;
    let ended = loop {
        tokio::select! {
            biased;
            ended = conversation.as_mut() => break ended,
            _ = drain.as_mut(), if !told => {
                told = true;
                conversation.as_mut().graceful_shutdown();
            }
        }
    };
    if let Err(error) = ended {
        tracing::debug!(peer = %line.via.peer, %error, "the connection broke off");
    }
    let tunnel = line.tunnel.lock().take()?;
    let parts = auto::upgrade::downcast::<TokioIo<Stream>>(tunnel.await.ok()?).ok()?;
    let mut stream = parts.io.into_inner();
    if !parts.read_buf.is_empty() {
        stream.put_back(Bytes::clone(&parts.read_buf));
    }
    Some(stream)
}
