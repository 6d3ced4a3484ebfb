//! A connection's bytes.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf};

use super::pulse::{Phase, Pulse};

/// How much is read to see what a client speaks: enough for a small request.
const FIRST_READ: usize = 512;

/// Anything that bytes come from and go to.
trait Pipe: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Pipe for T {}

/// A connection's bytes, in clear: of a socket, or out of TLS. It tells the pulse what passes, and can be read ahead.
///
/// Boxed, so that hyper is compiled once for all of them; the call through the table is lost in the cost of a system call.
pub(super) struct Stream {
    pipe: Box<dyn Pipe>,
    /// Bytes that were read to see what they are, and still have to be read.
    ahead: Bytes,
    pulse: Arc<Pulse>,
    /// We have said that we are done.
    shut: bool,
}

impl Stream {
    pub(super) fn new(pipe: impl AsyncRead + AsyncWrite + Send + Unpin + 'static, pulse: Arc<Pulse>) -> Self {
        Self { pipe: Box::new(pipe), ahead: Bytes::new(), pulse, shut: false }
    }

    /// Gives back bytes that were read too far.
    pub(super) fn put_back(&mut self, bytes: Bytes) {
        debug_assert!(self.ahead.is_empty(), "bytes can be put back once");
        self.ahead = bytes;
    }

    /// The first byte, which stays to be read; `None` when there will be none.
    pub(super) async fn first(&mut self) -> io::Result<Option<u8>> {
        if self.ahead.is_empty() {
            let mut buffer = [0; FIRST_READ];
            let length = self.pipe.read(&mut buffer).await?;
            self.ahead = Bytes::copy_from_slice(&buffer[..length]);
        }
        Ok(self.ahead.first().copied())
    }

    /// Reads and forgets, until the client is done too.
    ///
    /// Closing a socket with bytes unread resets the connection, and a reset may overtake the answer that says why (413, 431).
    fn poll_linger(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let mut scratch = [0; 4096];
        loop {
            let mut buffer = ReadBuf::new(&mut scratch);
            match ready!(Pin::new(&mut self.pipe).poll_read(cx, &mut buffer)) {
                Ok(()) if !buffer.filled().is_empty() => {}
                _ => return Poll::Ready(()),
            }
        }
    }
}

impl AsyncRead for Stream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if !self.ahead.is_empty() {
            let length = self.ahead.len().min(buffer.remaining());
            buffer.put_slice(&self.ahead[..length]);
            self.ahead.advance(length);
            return Poll::Ready(Ok(()));
        }
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.pipe).poll_read(cx, buffer))?;
        if buffer.filled().len() > before {
            self.pulse.received();
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Stream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let length = ready!(Pin::new(&mut self.pipe).poll_write(cx, bytes))?;
        self.pulse.sent();
        Poll::Ready(Ok(length))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let length = ready!(Pin::new(&mut self.pipe).poll_write_vectored(cx, slices))?;
        self.pulse.sent();
        Poll::Ready(Ok(length))
    }

    fn is_write_vectored(&self) -> bool {
        self.pipe.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.pipe).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if !self.shut {
            ready!(Pin::new(&mut self.pipe).poll_shutdown(cx))?;
            self.shut = true;
            if !self.pulse.has_unread() {
                return Poll::Ready(Ok(()));
            }
            self.pulse.enter(Phase::Closing);
        }
        if self.pulse.phase() == Phase::Closing {
            ready!(self.poll_linger(cx));
        }
        Poll::Ready(Ok(()))
    }
}
