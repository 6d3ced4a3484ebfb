//! The server: accepts, serves, and comes to an end.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;

use super::connection::{Shared, serve};
use super::connections::Connections;
use super::tunnel::Hosts;
use super::{App, Limits, Scheme, Traffic, Via};

/// How long we wait after `accept` has failed for want of file descriptors or memory; doubled up to the second.
const BACK_OFF: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(1));

/// A server on some listeners, for one app. On each of them it takes TLS and plain text, HTTP/1 and HTTP/2, and CONNECT.
pub struct Server<A> {
    app: Arc<A>,
    listeners: Vec<TcpListener>,
    tls: Arc<ServerConfig>,
    limits: Limits,
    hosts: Hosts,
    traffic: Arc<Traffic>,
}

impl<A: App> Server<A> {
    /// A server for `app` on `listeners`. Tunnels are granted to `hosts`. Where `tls` names no protocols, HTTP/2 and HTTP/1.1 are offered.
    pub fn new(
        app: Arc<A>,
        listeners: Vec<TcpListener>,
        mut tls: Arc<ServerConfig>,
        hosts: impl IntoIterator<Item = impl Into<String>>,
        limits: Limits,
    ) -> Self {
        if tls.alpn_protocols.is_empty() {
            Arc::make_mut(&mut tls).alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        }
        Self { app, listeners, tls, limits, hosts: Hosts::new(hosts), traffic: Arc::default() }
    }

    /// The same server, counting its connections where others see it.
    pub fn counting(self, traffic: Arc<Traffic>) -> Self {
        Self { traffic, ..self }
    }

    /// Serves until `shutdown` is ready. Then nothing new is accepted, idle connections are closed, running exchanges may come to their end
    /// (HTTP/1 answers say `Connection: close`, HTTP/2 connections GOAWAY), and what is left after [`Limits::drain`] is cut off.
    pub async fn run(self, shutdown: impl Future<Output = ()>) {
        let Self { app, listeners, tls, limits, hosts, traffic } = self;
        let (drain, draining) = watch::channel(false);
        let shared = Arc::new(Shared {
            app,
            hosts,
            tls: TlsAcceptor::from(tls),
            protocols: limits.protocols(),
            limits: limits.clone(),
            draining,
        });
        let mut accepting = JoinSet::new();
        let mut sweeping = JoinSet::new();
        let mut doors = Vec::new();
        for (number, listener) in listeners.into_iter().enumerate() {
            let connections = Arc::new(Connections::new(&limits, Arc::clone(&traffic)));
            accepting.spawn(accept(number, listener, Arc::clone(&shared), Arc::clone(&connections)));
            let swept = Arc::clone(&connections);
            sweeping.spawn(async move { swept.sweep().await });
            doors.push(connections);
        }
        shutdown.await;
        accepting.shutdown().await;
        drain.send_replace(true);
        let gone = async {
            for connections in &doors {
                connections.close_unused();
            }
            for connections in &doors {
                connections.gone().await;
            }
        };
        if tokio::time::timeout(limits.drain, gone).await.is_err() {
            tracing::warn!("cutting off connections that are still busy after {:?}", limits.drain);
            for connections in &doors {
                connections.close_all();
            }
        }
    }
}

/// Accepts connections on one listener, for ever.
async fn accept<A: App>(number: usize, listener: TcpListener, shared: Arc<Shared<A>>, connections: Arc<Connections>) {
    let mut back_off = BACK_OFF.0;
    loop {
        match listener.accept().await {
            Ok((socket, peer)) => {
                back_off = BACK_OFF.0;
                admit(number, socket, peer, &shared, &connections).await;
            }
            // That one client went away before we looked.
            Err(error) if is_the_clients(error.kind()) => {}
            Err(error) => {
                if back_off == BACK_OFF.0 {
                    tracing::error!(%error, "cannot accept connections; trying again until it works (is `ulimit -n` too low?)");
                }
                connections.make_room();
                tokio::time::sleep(back_off).await;
                back_off = (back_off * 2).min(BACK_OFF.1);
            }
        }
    }
}

async fn admit<A: App>(
    listener: usize,
    socket: TcpStream,
    peer: SocketAddr,
    shared: &Arc<Shared<A>>,
    connections: &Arc<Connections>,
) {
    let slot = connections.slot().await;
    let Ok(local) = socket.local_addr() else { return };
    let via = Via { scheme: Scheme::Http, peer: canonical(peer), local: canonical(local), listener, stands_in: false };
    connections.spawn(slot, |pulse| serve(Arc::clone(shared), socket, via, pulse));
}

/// A listener on `[::]` sees IPv4 clients as `::ffff:127.0.0.1`; who asks whether that is loopback shall not have to know.
fn canonical(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

fn is_the_clients(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset | ErrorKind::Interrupted)
}
