//! A request, complete.

use std::fmt;
use std::net::SocketAddr;

use bytes::Bytes;
use http::header::HOST;
use http::request::Parts;

/// What the client speaks beneath HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// Plain text.
    Http,
    /// TLS.
    Https,
}

impl Scheme {
    /// The port that a URL of this scheme means when it names none.
    pub fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }

    /// `http` or `https`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The way by which a request came. Inside a CONNECT tunnel the addresses are those of the connection that carries the tunnel, and the scheme
/// is what is spoken inside.
#[derive(Clone, Copy, Debug)]
pub struct Via {
    /// Plain text or TLS.
    pub scheme: Scheme,
    /// The client's address; an IPv4 address is one, also where the listener speaks IPv6.
    pub peer: SocketAddr,
    /// Our address, as the client reached it.
    pub local: SocketAddr,
    /// Which listener, counted from 0 in the order in which the server got them.
    pub listener: usize,
    /// Whether the client came for a host that we stand in for: through a tunnel to it, or with its name in the TLS handshake.
    pub stands_in: bool,
}

/// A request whose body has arrived.
#[derive(Debug)]
pub struct Request {
    /// The way by which it came.
    pub via: Via,
    /// Method, URI, version, headers.
    pub head: Parts,
    /// The body; empty where there is none.
    pub body: Bytes,
}

impl Request {
    /// The path as it was sent, percent signs and all.
    pub fn path(&self) -> &str {
        self.head.uri.path()
    }

    /// The value of a header, where it is there and is ASCII; the first where there are several.
    pub fn header(&self, name: impl http::header::AsHeaderName) -> Option<&str> {
        self.head.headers.get(name)?.to_str().ok()
    }

    /// Every name by which the request calls us, with its port where it has one: that of the target (`:authority` in HTTP/2) and that of each
    /// `Host` header. One that is not ASCII is empty.
    pub fn authorities(&self) -> impl Iterator<Item = &str> {
        let target = self.head.uri.authority().map(|authority| authority.as_str());
        let headers = self.head.headers.get_all(HOST).iter();
        target.into_iter().chain(headers.map(|value| value.to_str().unwrap_or_default()))
    }
}
