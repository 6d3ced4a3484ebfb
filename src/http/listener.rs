//! Listening sockets, and why there is none.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;

use tokio::net::{TcpListener, TcpSocket};

/// Connections that the kernel keeps for us until we accept them.
const BACKLOG: u32 = 4096;

/// Why a socket cannot listen.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {address}: {}", reason(address, cause))]
pub struct BindError {
    /// The address that was asked for.
    pub address: SocketAddr,
    /// What the kernel said.
    #[source]
    pub cause: io::Error,
}

fn reason(address: &SocketAddr, cause: &io::Error) -> String {
    match cause.kind() {
        ErrorKind::AddrInUse => {
            "another program listens there; stop it, or choose another port (port 0 takes any that is free)".into()
        }
        ErrorKind::PermissionDenied if address.port() < 1024 => {
            format!(
                "ports below 1024 need root or CAP_NET_BIND_SERVICE; choose a port from 1024, not {}",
                address.port()
            )
        }
        ErrorKind::AddrNotAvailable => {
            format!("{} is no address of this machine; 127.0.0.1, [::1], 0.0.0.0 and [::] are", address.ip())
        }
        _ => cause.to_string(),
    }
}

/// A socket that listens on `address`; port 0 takes a free one. Needs a running tokio.
pub fn bind(address: SocketAddr) -> Result<TcpListener, BindError> {
    let open = || {
        let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
        // A port whose last connections are still in TIME_WAIT is free again at once, so that a restart does not fail.
        #[cfg(unix)]
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        socket.listen(BACKLOG)
    };
    open().map_err(|cause| BindError { address, cause })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn port_zero_takes_a_free_port() {
        let listener = bind("127.0.0.1:0".parse().unwrap()).unwrap();
        assert_ne!(listener.local_addr().unwrap().port(), 0);
    }

    #[tokio::test]
    async fn a_taken_port_is_named_with_the_cause() {
        let listener = bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let taken = listener.local_addr().unwrap();
        let refused = bind(taken).unwrap_err().to_string();
        assert!(refused.starts_with(&format!("cannot listen on {taken}: another program listens there")), "{refused}");
    }

    #[tokio::test]
    async fn a_foreign_address_is_named_with_the_cause() {
        let refused = bind("192.0.2.1:0".parse().unwrap()).unwrap_err().to_string();
        assert!(refused.contains("192.0.2.1 is no address of this machine"), "{refused}");
    }
}
