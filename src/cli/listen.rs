//! Addresses to listen on, as people write them.

use std::net::{Ipv4Addr, SocketAddr};

/// Reads `127.0.0.1:8443`, `[::1]:8443`, `localhost:8443`, or a port alone, which means this machine.
pub(super) fn address(text: &str) -> Result<SocketAddr, String> {
    let port = text.strip_prefix("localhost:").unwrap_or(text);
    if let Ok(port) = port.parse() {
        return Ok(SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
    }
    text.parse().map_err(|_| {
        "right would be 127.0.0.1:8443, [::1]:8443, 0.0.0.0:8443 for every interface, or port 0 for any free one"
            .to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_alone_means_this_machine() {
        for text in ["8443", "localhost:8443", "127.0.0.1:8443"] {
            assert_eq!(address(text).unwrap().to_string(), "127.0.0.1:8443");
        }
        assert_eq!(address("[::]:0").unwrap().to_string(), "[::]:0");
        for text in ["", ":8443", "abm.test:8443", "127.0.0.1", "70000"] {
            assert!(address(text).is_err(), "{text}");
        }
    }
}
