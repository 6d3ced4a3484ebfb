//! The body of an answer.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Frame, SizeHint};
use tokio::sync::mpsc;

use super::kept::{Abridged, Kept};
use super::pulse::Engaged;

/// The error of a body that ends before its end: the connection is closed (an HTTP/2 stream is reset) in the midst of the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the body was broken off")]
pub struct BrokenOff;

/// The body of an answer: bytes that are there, or bytes that come one after the other.
#[derive(Default)]
pub struct Body {
    content: Content,
    /// Keeps the connection's pulse at "working" until the body is out.
    engaged: Option<Engaged>,
}

#[derive(Default)]
enum Content {
    #[default]
    Nothing,
    Whole(Bytes),
    /// All there, and what it is kept as.
    Abridged(Bytes, Arc<dyn Abridged>),
    Streamed(Streamed),
}

struct Streamed {
    chunks: mpsc::Receiver<Result<Bytes, BrokenOff>>,
    length: Option<u64>,
    endless: bool,
    end: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
    breaking: bool,
}

impl Streamed {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, BrokenOff>>> {
        if self.breaking {
            return Poll::Ready(Some(Err(BrokenOff)));
        }
        if let Poll::Ready(chunk) = self.chunks.poll_recv(cx) {
            if let Some(Err(BrokenOff)) = chunk {
                // hyper drops what it has not written yet; the pause lets it write what came before.
                self.breaking = true;
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            if let (Some(left), Some(Ok(bytes))) = (&mut self.length, &chunk) {
                *left = left.saturating_sub(bytes.len() as u64);
            }
            return Poll::Ready(chunk);
        }
        match &mut self.end {
            Some(end) => end.as_mut().poll(cx).map(|()| None),
            None => Poll::Pending,
        }
    }
}

impl Body {
    /// A body whose parts come through a channel; it ends when the last sender is dropped. Give `length` where it is known beforehand: it
    /// becomes `Content-Length`. An `Err` breaks the body off.
    pub fn streamed(chunks: mpsc::Receiver<Result<Bytes, BrokenOff>>, length: Option<u64>) -> Self {
        Content::Streamed(Streamed { chunks, length, endless: false, end: None, breaking: false }).into()
    }

    /// A body that goes on as long as the client listens (server-sent events). It ends when the server shuts down.
    pub fn endless(chunks: mpsc::Receiver<Result<Bytes, BrokenOff>>) -> Self {
        Content::Streamed(Streamed { chunks, length: None, endless: true, end: None, breaking: false }).into()
    }

    /// A body of `bytes`, which are kept in short where that is possible.
    pub fn abridged(bytes: Bytes, short: Option<Arc<dyn Abridged>>) -> Self {
        match short {
            None => Content::Whole(bytes),
            Some(short) => Content::Abridged(bytes, short),
        }
        .into()
    }

    /// The bytes, where they are all there.
    pub fn bytes(&self) -> Option<&[u8]> {
        match &self.content {
            Content::Nothing => Some(&[]),
            Content::Whole(bytes) | Content::Abridged(bytes, _) => Some(bytes),
            Content::Streamed(_) => None,
        }
    }

    /// The bytes, shared with whoever else keeps them, where they are all there.
    pub fn whole(&self) -> Option<Bytes> {
        match &self.content {
            Content::Nothing => Some(Bytes::new()),
            Content::Whole(bytes) | Content::Abridged(bytes, _) => Some(bytes.clone()),
            Content::Streamed(_) => None,
        }
    }

    /// What is kept of it; nothing, where it comes in parts.
    pub fn kept(&self) -> Kept {
        match &self.content {
            Content::Nothing | Content::Streamed(_) => Kept::default(),
            Content::Whole(bytes) => Kept::Whole(bytes.clone()),
            Content::Abridged(_, short) => Kept::Abridged(Arc::clone(short)),
        }
    }

    /// How many bytes are still to come, where that is known.
    pub fn length(&self) -> Option<u64> {
        match &self.content {
            Content::Nothing => Some(0),
            Content::Whole(bytes) | Content::Abridged(bytes, _) => Some(bytes.len() as u64),
            Content::Streamed(streamed) => streamed.length,
        }
    }

    /// Whether it comes in parts.
    pub(super) fn is_streamed(&self) -> bool {
        matches!(self.content, Content::Streamed(_))
    }

    /// Holds on to `engaged` until the body is out.
    pub(super) fn engage(&mut self, engaged: Engaged) {
        self.engaged = Some(engaged);
    }

    /// An endless body ends when the future that `end` makes does.
    pub(super) fn end_with<F: Future<Output = ()> + Send + 'static>(&mut self, end: impl FnOnce() -> F) {
        if let Content::Streamed(streamed) = &mut self.content
            && streamed.endless
        {
            streamed.end = Some(Box::pin(end()));
        }
    }
}

impl hyper::body::Body for Body {
    type Data = Bytes;
    type Error = BrokenOff;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BrokenOff>>> {
        let body = self.get_mut();
        match &mut body.content {
            Content::Nothing => Poll::Ready(None),
            Content::Whole(bytes) | Content::Abridged(bytes, _) => {
                let bytes = std::mem::take(bytes);
                body.content = Content::Nothing;
                Poll::Ready(Some(Ok(Frame::data(bytes))))
            }
            Content::Streamed(streamed) => {
                let chunk = std::task::ready!(streamed.poll(cx));
                if chunk.is_none() {
                    body.content = Content::Nothing;
                }
                Poll::Ready(chunk.map(|chunk| chunk.map(Frame::data)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.content {
            Content::Nothing => true,
            Content::Whole(bytes) | Content::Abridged(bytes, _) => bytes.is_empty(),
            Content::Streamed(_) => false,
        }
    }

    fn size_hint(&self) -> SizeHint {
        self.length().map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

impl From<Content> for Body {
    fn from(content: Content) -> Self {
        Self { content, engaged: None }
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Content::Whole(bytes).into()
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Bytes::from(bytes).into()
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Bytes::from(text).into()
    }
}

impl From<&'static str> for Body {
    fn from(text: &'static str) -> Self {
        Bytes::from_static(text.as_bytes()).into()
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.length() {
            Some(length) => write!(f, "Body({length} bytes)"),
            None => f.write_str("Body(streamed)"),
        }
    }
}
