//! The load generator: one thread, some connections, the same request on all of them again and again.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use abmsim::clock::Stopwatch;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;

use crate::Failure;
use crate::conditions::used;
use crate::connection::Connection;
use crate::sample::Sample;

/// What is sent to whom.
pub struct Load {
    /// The process that answers.
    pub server: u32,
    pub address: SocketAddr,
    pub tls: Option<TlsConnector>,
    pub connections: usize,
    pub request: Arc<[u8]>,
}

/// What came of it.
pub struct Outcome {
    /// Answers per second.
    pub rate: f64,
    /// Milliseconds from each request to the end of its answer.
    pub latency: Sample,
    /// Microseconds of processor time that the server used for each answer.
    pub work: f64,
}

/// A runtime for one thread: the server shall have what is left of the machine.
pub fn one_thread() -> Result<Runtime, Failure> {
    Ok(Builder::new_current_thread().enable_all().build()?)
}

impl Load {
    /// Sends for as long as `time`. Connections are opened, and used once, before it begins.
    pub fn run(&self, time: Duration) -> Result<Outcome, Failure> {
        one_thread()?.block_on(async {
            let mut connections = Vec::new();
            for _ in 0..self.connections {
                let mut connection = Connection::open(self.address, self.tls.as_ref()).await?;
                connection.exchange(&self.request).await?;
                connections.push(connection);
            }
            let used_before = used(self.server);
            let clock = Stopwatch::start();
            let mut senders = JoinSet::new();
            for connection in connections {
                senders.spawn(send(connection, Arc::clone(&self.request), clock, time));
            }
            let mut latencies = Vec::new();
            while let Some(sender) = senders.join_next().await {
                latencies.extend(sender??);
            }
            let rate = latencies.len() as f64 / clock.elapsed().as_secs_f64();
            let work = (used(self.server) - used_before) * 1e6 / latencies.len() as f64;
            Ok(Outcome { rate, latency: Sample::new(latencies), work })
        })
    }
}

async fn send(
    mut connection: Connection,
    request: Arc<[u8]>,
    clock: Stopwatch,
    time: Duration,
) -> std::io::Result<Vec<f64>> {
    let mut latencies = Vec::new();
    let mut before = clock.elapsed();
    while before < time {
        connection.exchange(&request).await?;
        let after = clock.elapsed();
        latencies.push((after - before).as_secs_f64() * 1e3);
        before = after;
    }
    Ok(latencies)
}
