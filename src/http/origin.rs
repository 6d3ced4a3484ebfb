//! The origin that a client thinks it talks to.

use std::fmt;
use std::net::Ipv6Addr;
use std::str::FromStr;

use http::header::HOST;

use super::{Request, Scheme};

/// Scheme, host and port, as the client wrote them: links in answers and OAuth signatures are built from these, not from where we listen.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin {
    /// `http` or `https`.
    pub scheme: Scheme,
    /// The host, in lower case; an IPv6 address without its brackets.
    pub host: String,
    /// The port, where it is not the scheme's own.
    pub port: Option<u16>,
}

/// What is wrong with a host or URL.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OriginError {
    /// Not a host, or not one with a port.
    #[error("{0:?} is no host; right would be example.com, example.com:8443 or [::1]:8443")]
    Host(String),
    /// Not the URL of a whole server.
    #[error("{0:?} is no base URL; right would be https://example.com or https://example.com:8443, without a path")]
    Url(String),
}

impl Origin {
    /// The origin of `request`: `public`, where it is given; else the connection's scheme with the host of the request target (`:authority` in
    /// HTTP/2, an absolute URL from a client that takes us for its proxy) or of the `Host` header. HTTP/1.0 needs neither: then it is our address.
    pub fn of(request: &Request, public: Option<&Self>) -> Result<Self, OriginError> {
        if let Some(public) = public {
            return Ok(public.clone());
        }
        let Request { via, head, .. } = request;
        let target = head.uri.authority().map(|authority| authority.as_str());
        let host = match (target, head.headers.get(HOST)) {
            (Some(target), _) => target,
            (None, Some(host)) => {
                host.to_str().map_err(|_| OriginError::Host(String::from_utf8_lossy(host.as_bytes()).into_owned()))?
            }
            (None, None) => {
                let port = Some(via.local.port()).filter(|port| *port != via.scheme.default_port());
                return Ok(Self { scheme: via.scheme, host: via.local.ip().to_string(), port });
            }
        };
        Self::new(via.scheme, host)
    }

    /// The origin of `scheme` with what a `Host` header has.
    pub fn new(scheme: Scheme, host: &str) -> Result<Self, OriginError> {
        let wrong = || OriginError::Host(host.into());
        let (name, port) = match host.strip_prefix('[') {
            Some(rest) => rest.split_once(']').ok_or_else(wrong)?,
            None => host.split_at(host.find(':').unwrap_or(host.len())),
        };
        let valid = if host.starts_with('[') { name.parse::<Ipv6Addr>().is_ok() } else { is_name(name) };
        if !valid {
            return Err(wrong());
        }
        let port = match port.strip_prefix(':') {
            None if port.is_empty() => None,
            Some("") => None,
            Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                Some(digits.parse().map_err(|_| wrong())?)
            }
            _ => return Err(wrong()),
        };
        let port = port.filter(|port| *port != scheme.default_port());
        Ok(Self { scheme, host: name.to_ascii_lowercase(), port })
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
}

impl FromStr for Origin {
    type Err = OriginError;

    /// Reads a base URL such as `https://mdm.example.com:8443`, a slash at its end allowed.
    fn from_str(url: &str) -> Result<Self, OriginError> {
        let wrong = || OriginError::Url(url.into());
        let (scheme, rest) = url.split_once("://").ok_or_else(wrong)?;
        let scheme = match scheme.to_ascii_lowercase().as_str() {
            "http" => Scheme::Http,
            "https" => Scheme::Https,
            _ => return Err(wrong()),
        };
        Self::new(scheme, rest.strip_suffix('/').unwrap_or(rest)).map_err(|_| wrong())
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { scheme, host, port } = self;
        if host.contains(':') { write!(f, "{scheme}://[{host}]") } else { write!(f, "{scheme}://{host}") }?;
        port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Via;
    use bytes::Bytes;
    use proptest::prelude::*;

    fn origin(scheme: Scheme, host: &str) -> String {
        Origin::new(scheme, host).map_or_else(|error| format!("error: {error}"), |origin| origin.to_string())
    }

    fn request(uri: &str, host: Option<&str>) -> Request {
        let mut builder = http::Request::builder().uri(uri);
        if let Some(host) = host {
            builder = builder.header(HOST, host);
        }
        let local = "127.0.0.1:8443".parse().unwrap();
        let via = Via { scheme: Scheme::Https, peer: local, local, listener: 0, stands_in: false };
        Request { via, head: builder.body(()).unwrap().into_parts().0, body: Bytes::new() }
    }

    #[test]
    fn the_schemes_own_port_is_left_out() {
        assert_eq!(origin(Scheme::Https, "Example.COM:443"), "https://example.com");
        assert_eq!(origin(Scheme::Http, "example.com:443"), "http://example.com:443");
        assert_eq!(origin(Scheme::Http, "localhost:80"), "http://localhost");
        assert_eq!(origin(Scheme::Https, "localhost:"), "https://localhost");
    }

    #[test]
    fn ipv6_keeps_its_brackets() {
        assert_eq!(origin(Scheme::Https, "[::1]:8443"), "https://[::1]:8443");
        assert_eq!(origin(Scheme::Https, "[::1]"), "https://[::1]");
    }

    #[test]
    fn garbage_is_refused() {
        for host in
            ["", ":80", "a b", "a/b", "user@host", "h:x", "h:99999", "h:1:2", "::1", "[::1", "[x]", "[::1]x", "é"]
        {
            assert!(Origin::new(Scheme::Http, host).is_err(), "{host}");
        }
    }

    #[test]
    fn the_request_target_beats_the_host_header_and_the_public_url_beats_both() {
        assert_eq!(Origin::of(&request("/x", Some("a:1")), None).unwrap().to_string(), "https://a:1");
        assert_eq!(Origin::of(&request("https://b:2/x", Some("a:1")), None).unwrap().to_string(), "https://b:2");
        let public = "https://c:3/".parse().unwrap();
        assert_eq!(Origin::of(&request("/x", Some("a:1")), Some(&public)).unwrap().to_string(), "https://c:3");
    }

    #[test]
    fn without_any_host_it_is_our_address() {
        assert_eq!(Origin::of(&request("/x", None), None).unwrap().to_string(), "https://127.0.0.1:8443");
    }

    #[test]
    fn a_public_url_is_a_whole_server() {
        for url in ["example.com", "ftp://example.com", "https://example.com/mdm", "https://"] {
            assert!(url.parse::<Origin>().is_err(), "{url}");
        }
    }

    proptest! {
        #[test]
        fn what_is_printed_reads_back(host in "[a-zA-Z0-9.-]{1,20}", port in any::<u16>()) {
            let origin = Origin::new(Scheme::Https, &format!("{host}:{port}")).unwrap();
            prop_assert_eq!(origin.to_string().parse::<Origin>().unwrap(), origin);
        }

        #[test]
        fn no_host_panics(host in "\\PC*") {
            let _ = Origin::new(Scheme::Http, &host);
        }
    }
}
