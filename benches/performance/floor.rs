//! The floor: the least that a hyper server can do. It answers everything with bytes that are ready.

use std::convert::Infallible;
use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::Arc;

use abmsim::clock::wall;
use abmsim::pki::Authority;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Response};
use http_body_util::Full;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::Failure;
use crate::connection::Answer;
use crate::product::first_line;

/// The argument that makes this program the floor.
pub const ROLE: &str = "floor";

/// A floor in a process of its own, as the product is.
pub struct Floor {
    process: Child,
    /// For each answer, where it is given in plain text and over TLS.
    pub addresses: Vec<[SocketAddr; 2]>,
}

impl Floor {
    /// A floor that gives `answers`, with the certificates in a directory; `dir` is for the answers.
    pub fn start(certificates: &Path, dir: &Path, answers: &[Answer]) -> Result<Self, Failure> {
        fs::create_dir_all(dir)?;
        for (number, answer) in answers.iter().enumerate() {
            fs::write(dir.join(format!("{number}.head")), &answer.head)?;
            fs::write(dir.join(format!("{number}.body")), &answer.body)?;
        }
        let mut process = Command::new(std::env::current_exe()?)
            .args([ROLE.as_ref(), certificates, dir])
            .stdout(Stdio::piped())
            .spawn()?;
        let line = first_line(&mut process)?;
        let addresses: Vec<SocketAddr> = line.split_whitespace().map(str::parse).collect::<Result<_, _>>()?;
        Ok(Self { process, addresses: addresses.chunks_exact(2).map(|pair| [pair[0], pair[1]]).collect() })
    }

    pub fn id(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for Floor {
    fn drop(&mut self) {
        _ = self.process.kill();
        _ = self.process.wait();
    }
}

/// Is the floor, until it is killed.
pub fn serve(certificates: &Path, answers: &Path) -> ExitCode {
    let served = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(Failure::from)
        .and_then(|runtime| runtime.block_on(listen(certificates, answers)));
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("floor: {failure}");
            ExitCode::FAILURE
        }
    }
}

async fn listen(certificates: &Path, answers: &Path) -> Result<(), Failure> {
    let authority = Authority::open_or_create(certificates, &[], wall())?;
    let mut config = authority.server_config()?;
    config.alpn_protocols.clear();
    let tls = TlsAcceptor::from(Arc::new(config));
    let mut addresses = Vec::new();
    let mut number = 0;
    while let Ok(head) = fs::read_to_string(answers.join(format!("{number}.head"))) {
        let answer = Arc::new(Ready {
            headers: headers(&head)?,
            body: fs::read(answers.join(format!("{number}.body")))?.into(),
        });
        for tls in [None, Some(tls.clone())] {
            let listener = TcpListener::bind("127.0.0.1:0").await?;
            addresses.push(listener.local_addr()?.to_string());
            tokio::spawn(accept(listener, tls, Arc::clone(&answer)));
        }
        number += 1;
    }
    println!("{}", addresses.join(" "));
    std::future::pending().await
}

/// An answer that is ready.
struct Ready {
    headers: HeaderMap,
    body: Bytes,
}

/// The headers of an answer, without the two that hyper writes by itself.
fn headers(head: &str) -> Result<HeaderMap, Failure> {
    let mut headers = HeaderMap::new();
    for (name, value) in head.lines().skip(1).filter_map(|line| line.split_once(": ")) {
        if !["content-length", "date"].contains(&name.to_ascii_lowercase().as_str()) {
            headers.append(HeaderName::from_bytes(name.as_bytes())?, HeaderValue::from_str(value)?);
        }
    }
    Ok(headers)
}

async fn accept(listener: TcpListener, tls: Option<TlsAcceptor>, answer: Arc<Ready>) {
    while let Ok((socket, _)) = listener.accept().await {
        tokio::spawn(converse(socket, tls.clone(), Arc::clone(&answer)));
    }
}

async fn converse(socket: TcpStream, tls: Option<TlsAcceptor>, answer: Arc<Ready>) {
    _ = socket.set_nodelay(true);
    match tls {
        None => repeat(socket, answer).await,
        Some(tls) => {
            if let Ok(secured) = tls.accept(socket).await {
                repeat(secured, answer).await;
            }
        }
    }
}

async fn repeat(stream: impl AsyncRead + AsyncWrite + Unpin, answer: Arc<Ready>) {
    let service = service_fn(|_| {
        let mut response = Response::new(Full::new(answer.body.clone()));
        response.headers_mut().clone_from(&answer.headers);
        async { Ok::<_, Infallible>(response) }
    });
    _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}
