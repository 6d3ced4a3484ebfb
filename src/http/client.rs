//! A small HTTP client: for the verbs of the command line that talk to a running simulator, for traces and for notifications.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use http::header::{HOST, HeaderMap, HeaderValue};
use http::uri::PathAndQuery;
use http::{Method, StatusCode, Uri};
use http_body_util::{BodyExt, Full};
use hyper_util::rt::TokioIo;
use rustls_pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::{CertificateError, Error as TlsError};

use super::trust::trusting;
use super::{Origin, Scheme};

/// Why there is no answer, in words for the person at the shell.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The URL is none that we can ask.
    #[error("{url:?} is no http:// or https:// URL: {why}")]
    Url {
        /// The URL as given.
        url: String,
        /// What is wrong with it.
        why: String,
    },
    /// Nobody listens there.
    #[error("nothing listens on {0}; is the simulator running?")]
    Refused(Origin),
    /// The host cannot be found or reached.
    #[error("{origin} cannot be reached: {cause}")]
    Unreachable {
        /// Who was asked.
        origin: Origin,
        /// What the system said.
        cause: io::Error,
    },
    /// HTTPS without a CA to trust.
    #[error("{0} speaks HTTPS, and no CA certificate was given to check it with")]
    NoCa(Origin),
    /// The CA file has no certificate in it.
    #[error("the CA certificate cannot be read: {0}")]
    BadCa(String),
    /// Its certificate is signed by somebody else.
    #[error("the certificate of {0} is not signed by the CA that was given (is that the CA of another run?)")]
    UnknownCa(Origin),
    /// Its certificate names other hosts.
    #[error("the certificate of {origin} is for other names: {names}")]
    OtherName {
        /// Who was asked.
        origin: Origin,
        /// The names in the certificate.
        names: String,
    },
    /// TLS failed in another way.
    #[error("no TLS with {origin}: {cause}")]
    Tls {
        /// Who was asked.
        origin: Origin,
        /// What was wrong.
        cause: io::Error,
    },
    /// It does not speak HTTP, or stopped in the midst of it.
    #[error("{origin} did not give a whole answer: {cause}")]
    Broken {
        /// Who was asked.
        origin: Origin,
        /// What was wrong.
        cause: hyper::Error,
    },
    /// It took too long.
    #[error("{origin} gave no answer within {} s", limit.as_secs_f32())]
    TimedOut {
        /// Who was asked.
        origin: Origin,
        /// How long we waited.
        limit: Duration,
    },
}

/// Asks `url` and reads the whole answer, within `timeout`. For `https://`, `ca` (PEM) is the only authority that is trusted.
///
/// The `Host` header is made from the URL where `headers` has none.
pub async fn fetch(
    url: &str,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
    ca: Option<&str>,
    timeout: Duration,
) -> Result<http::Response<Bytes>, ClientError> {
    let (origin, target) = split(url)?;
    let mut request = http::Request::new(Full::new(body));
    *request.method_mut() = method;
    *request.uri_mut() = Uri::from(target);
    *request.headers_mut() = headers;
    if !request.headers().contains_key(HOST) {
        request.headers_mut().insert(HOST, host_of(&origin));
    }
    match tokio::time::timeout(timeout, ask(&origin, request, ca)).await {
        Ok(answer) => answer,
        Err(_) => Err(ClientError::TimedOut { origin, limit: timeout }),
    }
}

/// Posts to the server at `address`, whatever the name in `url` leads to, over TLS; answers the status. Nothing of the answer's body is read, and no
/// redirect is followed. The certificate is checked for the name in `url`, as `tls` wants it.
pub async fn post_to(
    address: SocketAddr,
    url: &str,
    headers: HeaderMap,
    body: Bytes,
    tls: &TlsConnector,
) -> Result<StatusCode, ClientError> {
    let (origin, target) = split(url)?;
    let mut request = http::Request::new(Full::new(body));
    *request.method_mut() = Method::POST;
    *request.uri_mut() = Uri::from(target);
    *request.headers_mut() = headers;
    request.headers_mut().insert(HOST, host_of(&origin));
    let socket = TcpStream::connect(address).await.map_err(|cause| unconnected(&origin, cause))?;
    let broken = |cause| ClientError::Broken { origin: origin.clone(), cause };
    let stream = TokioIo::new(secured(&origin, socket, tls).await?);
    let (mut sender, connection) = hyper::client::conn::http1::handshake(stream).await.map_err(broken)?;
    let mut exchange = std::pin::pin!(sender.send_request(request));
    let answer = tokio::select! {
        biased;
        answer = exchange.as_mut() => answer,
        _ = connection => exchange.await,
    };
    answer.map(|answer| answer.status()).map_err(broken)
}

fn host_of(origin: &Origin) -> HeaderValue {
    let host = origin.to_string().split_off(origin.scheme.as_str().len() + "://".len());
    HeaderValue::try_from(host).expect("an origin's host is letters, digits, dots, dashes and colons")
}

fn unconnected(origin: &Origin, cause: io::Error) -> ClientError {
    match cause.kind() {
        ErrorKind::ConnectionRefused => ClientError::Refused(origin.clone()),
        _ => ClientError::Unreachable { origin: origin.clone(), cause },
    }
}

async fn secured(
    origin: &Origin,
    socket: TcpStream,
    tls: &TlsConnector,
) -> Result<tokio_rustls::client::TlsStream<TcpStream>, ClientError> {
    let name = ServerName::try_from(origin.host.clone())
        .map_err(|error| ClientError::Url { url: origin.to_string(), why: error.to_string() })?;
    tls.connect(name, socket).await.map_err(|cause| distrust(origin, cause))
}

fn split(url: &str) -> Result<(Origin, PathAndQuery), ClientError> {
    let wrong = |why: &dyn std::fmt::Display| ClientError::Url { url: url.into(), why: why.to_string() };
    let uri: Uri = url.parse().map_err(|error| wrong(&error))?;
    let scheme = match uri.scheme_str() {
        Some("http") => Scheme::Http,
        Some("https") => Scheme::Https,
        _ => return Err(wrong(&"it does not begin with http:// or https://")),
    };
    let authority = uri.authority().ok_or_else(|| wrong(&"it has no host"))?;
    let origin = Origin::new(scheme, authority.as_str()).map_err(|error| wrong(&error))?;
    Ok((origin, uri.path_and_query().cloned().unwrap_or_else(|| PathAndQuery::from_static("/"))))
}

async fn ask(
    origin: &Origin,
    request: http::Request<Full<Bytes>>,
    ca: Option<&str>,
) -> Result<http::Response<Bytes>, ClientError> {
    let connector = match (origin.scheme, ca) {
        (Scheme::Http, _) => None,
        (Scheme::Https, Some(ca)) => Some(trusting(ca).map_err(ClientError::BadCa)?),
        (Scheme::Https, None) => return Err(ClientError::NoCa(origin.clone())),
    };
    let port = origin.port.unwrap_or(origin.scheme.default_port());
    let socket = TcpStream::connect((origin.host.as_str(), port)).await.map_err(|cause| unconnected(origin, cause))?;
    let Some(connector) = connector else { return converse(origin, socket, request).await };
    converse(origin, secured(origin, socket, &connector).await?, request).await
}

/// Says what is wrong with a server's certificate.
fn distrust(origin: &Origin, cause: io::Error) -> ClientError {
    let origin = origin.clone();
    match cause.get_ref().and_then(|inner| inner.downcast_ref::<TlsError>()) {
        // A CA of the same name with another key is the CA of another run.
        Some(TlsError::InvalidCertificate(CertificateError::UnknownIssuer | CertificateError::BadSignature)) => {
            ClientError::UnknownCa(origin)
        }
        Some(TlsError::InvalidCertificate(CertificateError::NotValidForNameContext { presented, .. })) => {
            ClientError::OtherName { names: presented.join(", "), origin }
        }
        _ => ClientError::Tls { origin, cause },
    }
}

async fn converse(
    origin: &Origin,
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    request: http::Request<Full<Bytes>>,
) -> Result<http::Response<Bytes>, ClientError> {
    let broken = |cause| ClientError::Broken { origin: origin.clone(), cause };
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(broken)?;
    let exchange = async {
        let (head, body) = sender.send_request(request).await?.into_parts();
        Ok(http::Response::from_parts(head, body.collect().await?.to_bytes()))
    };
    let mut exchange = std::pin::pin!(exchange);
    tokio::select! {
        biased;
        answer = exchange.as_mut() => answer.map_err(broken),
        // The connection is over; what it brought is with the exchange.
        _ = connection => exchange.await.map_err(broken),
    }
}
