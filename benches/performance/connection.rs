//! One HTTP/1.1 connection of a client that does as little as it can, so that what is measured is the server.

use std::io::{Error, ErrorKind, Result};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use rustls::crypto::aws_lc_rs;
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::Failure;

/// Enough for most of a page of a thousand rows at once.
const BUFFER: usize = 256 * 1024;

trait Pipe: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Pipe for T {}

pub struct Connection {
    pipe: Box<dyn Pipe>,
    buffer: Box<[u8]>,
}

/// An answer in full.
pub struct Answer {
    pub status: u16,
    /// From the status line to the empty line.
    pub head: Vec<u8>,
    pub body: Vec<u8>,
}

impl Connection {
    /// Over TLS where `tls` is given.
    pub async fn open(address: SocketAddr, tls: Option<&TlsConnector>) -> Result<Self> {
        let socket = TcpStream::connect(address).await?;
        socket.set_nodelay(true)?;
        let pipe: Box<dyn Pipe> = match tls {
            None => Box::new(socket),
            Some(tls) => Box::new(tls.connect(ServerName::from(address.ip()), socket).await?),
        };
        Ok(Self { pipe, buffer: vec![0; BUFFER].into() })
    }

    /// Sends a request and throws the answer away, which must be 200.
    pub async fn exchange(&mut self, request: &[u8]) -> Result<()> {
        match self.call(request, |_| ()).await? {
            Head { status: 200, .. } => Ok(()),
            Head { status, .. } => Err(Error::other(format!("the answer is {status}"))),
        }
    }

    /// Sends a request and keeps the answer.
    pub async fn fetch(&mut self, request: &[u8]) -> Result<Answer> {
        let mut bytes = Vec::new();
        let head = self.call(request, |part| bytes.extend_from_slice(part)).await?;
        let body = bytes.split_off(head.size);
        Ok(Answer { status: head.status, head: bytes, body })
    }

    async fn call(&mut self, request: &[u8], mut keep: impl FnMut(&[u8])) -> Result<Head> {
        self.pipe.write_all(request).await?;
        self.pipe.flush().await?;
        let mut filled = 0;
        let head = loop {
            filled += self.read(filled).await?;
            if let Some(head) = Head::read(&self.buffer[..filled])? {
                break head;
            }
        };
        keep(&self.buffer[..filled]);
        while filled < head.size + head.length {
            let more = self.read(0).await?;
            keep(&self.buffer[..more]);
            filled += more;
        }
        Ok(head)
    }

    async fn read(&mut self, from: usize) -> Result<usize> {
        match self.pipe.read(&mut self.buffer[from..]).await? {
            0 => Err(ErrorKind::UnexpectedEof.into()),
            length => Ok(length),
        }
    }
}

/// What a client has to know of an answer's head.
struct Head {
    status: u16,
    /// Bytes up to the body.
    size: usize,
    /// Bytes of the body.
    length: usize,
}

impl Head {
    /// The head at the beginning of `bytes`; `None` where it is not all there yet.
    fn read(bytes: &[u8]) -> Result<Option<Self>> {
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { return Ok(None) };
        let garbled = || Error::new(ErrorKind::InvalidData, "this is no HTTP/1.1 answer with a Content-Length");
        let head = std::str::from_utf8(&bytes[..end]).map_err(|_| garbled())?;
        let status = head.get(9..12).and_then(|status| status.parse().ok()).ok_or_else(garbled)?;
        let value = |line: &str| {
            let (name, value) = line.split_once(':')?;
            if name.eq_ignore_ascii_case("content-length") { value.trim().parse().ok() } else { None }
        };
        let length = head.split("\r\n").find_map(value).ok_or_else(garbled)?;
        Ok(Some(Self { status, size: end + 4, length }))
    }
}

/// TLS 1.3 that trusts the CA of a certificate directory.
pub fn trusting(certificates: &Path) -> std::result::Result<TlsConnector, Failure> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(certificates.join("ca.pem"))?)?;
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}
