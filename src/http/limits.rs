//! How much of our memory and patience a client may use.

use std::time::Duration;

use hyper_util::rt::{TokioExecutor, TokioTimer};
use hyper_util::server::conn::auto;

/// hyper's own number of headers; it parses that many on the stack, any other number on the heap.
const HEADERS_ON_THE_STACK: usize = 100;

/// What a client may ask of the server. The defaults suit a developer's machine and a CI container; tests make them smaller.
///
/// Times on a connection (first byte, handshake, head, idle, linger) are kept by one sweep for all connections, see
/// `Limits::tick`; they end up to two ticks late, never early.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Connections open at the same time, for each listener. When all are taken, the one that has kept us waiting longest makes room; when
    /// none waits (all are being answered), the next one is accepted as soon as one ends.
    pub connections: usize,
    /// From the connection to its first byte. As long as [`Self::idle`] by default: clients open connections that they then have no use for yet
    /// (Go and hyper dial while they wait for another to become free), keep them, and would be cut off in the midst of a first request.
    pub first_byte: Duration,
    /// For the TLS handshake.
    pub handshake: Duration,
    /// From the first byte of a request to the end of its headers.
    pub head: Duration,
    /// From the headers to the end of the body; longer is answered 408.
    pub body: Duration,
    /// Between an answer and the next request; also how long a client may stop reading in the midst of an answer.
    pub idle: Duration,
    /// How long bytes that nobody wants are read and thrown away after an early refusal, so that the client sees the refusal and not a reset.
    pub linger: Duration,
    /// From the request to shut down to the end of the last running exchange; what runs longer is cut off.
    pub drain: Duration,
    /// Bytes of request line and headers, 8 KiB at least; more is answered 431.
    pub head_bytes: usize,
    /// Number of headers; more is answered 431.
    pub headers: usize,
    /// Requests at the same time on one HTTP/2 connection.
    pub streams: u32,
    /// How often an HTTP/2 connection is asked whether it is still there, and how long the answer may take.
    pub ping: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 10_000,
            first_byte: Duration::from_secs(75),
            handshake: Duration::from_secs(10),
            head: Duration::from_secs(30),
            body: Duration::from_secs(60),
            idle: Duration::from_secs(75),
            linger: Duration::from_secs(2),
            drain: Duration::from_secs(5),
            head_bytes: 64 * 1024,
            headers: HEADERS_ON_THE_STACK,
            streams: 250,
            ping: Duration::from_secs(20),
        }
    }
}

impl Limits {
    /// The step in which connections are swept: a quarter of the shortest limit, but 5 ms at least (the sweep costs) and 1 s at most.
    ///
    /// hyper's own `header_read_timeout` would start and stop a timer for each request and would make one limit of head and idle. A sweep
    /// costs a request two plain stores.
    pub(super) fn tick(&self) -> Duration {
        let shortest = self.first_byte.min(self.handshake).min(self.head).min(self.idle).min(self.linger);
        (shortest / 4).clamp(Duration::from_millis(5), Duration::from_secs(1))
    }

    /// hyper, set to these limits.
    pub(super) fn protocols(&self) -> auto::Builder<TokioExecutor> {
        let mut builder = auto::Builder::new(TokioExecutor::new());
        // The read buffer must hold a head, so its size is the limit; hyper's own smallest is 8 KiB.
        builder.http1().header_read_timeout(None).max_buf_size(self.head_bytes.max(8 * 1024));
        if self.headers != HEADERS_ON_THE_STACK {
            builder.http1().max_headers(self.headers);
        }
        builder
            .http2()
            .timer(TokioTimer::new())
            .max_concurrent_streams(self.streams)
            .max_header_list_size(u32::try_from(self.head_bytes).unwrap_or(u32::MAX))
            .keep_alive_interval(self.ping)
            .keep_alive_timeout(self.ping)
            // Floods of streams that are opened and reset at once (CVE-2023-44487) and of streams that are wrong (RUSTSEC-2024-0003).
            .max_pending_accept_reset_streams(20)
            .max_local_error_reset_streams(1024);
        builder
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_that_was_never_used_may_rest_as_long_as_one_that_was() {
        // Clients with pools do not tell the two apart, and would meet a reset.
        assert!(Limits::default().first_byte >= Limits::default().idle);
    }
}
