//! One request and its answer.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::{CONNECTION, HeaderValue};
use http::{Method, StatusCode, Version};
use http_body_util::BodyExt;
use hyper::body::{Body as _, Incoming};
use hyper::upgrade::OnUpgrade;
use parking_lot::Mutex;

use super::answer::without_body;
use super::connection::Shared;
use super::pulse::{Engaged, Phase, Pulse};
use super::{Answer, App, Request, Response, Via, text};

/// Why a body was not read to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unread {
    /// It has, or says that it has, more bytes than the app takes.
    #[error("the body of this request may have {limit} bytes, and has more")]
    TooLarge {
        /// The most that it may have.
        limit: usize,
    },
    /// It took too long to arrive.
    #[error("the body of this request did not arrive within {} s", limit.as_secs_f32())]
    TooSlow {
        /// The most that it may take.
        limit: Duration,
    },
}

impl Unread {
    /// 413 or 408.
    pub fn status(self) -> StatusCode {
        match self {
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow { .. } => StatusCode::REQUEST_TIMEOUT,
        }
    }
}

/// There is no answer: hyper closes the connection, or resets the stream.
#[derive(Debug, thiserror::Error)]
#[error("the connection is closed without an answer")]
pub(super) struct HungUp;

/// What the exchanges of one connection share.
pub(super) struct Line<A> {
    pub(super) shared: Arc<Shared<A>>,
    pub(super) via: Via,
    pub(super) pulse: Arc<Pulse>,
    /// Whether this is inside a tunnel already.
    pub(super) tunnelled: bool,
    /// The tunnel that was granted, and begins when this conversation has ended.
    pub(super) tunnel: Mutex<Option<OnUpgrade>>,
}

impl<A: App> Line<A> {
    /// Answers one request.
    pub(super) async fn exchange(self: Arc<Self>, request: http::Request<Incoming>) -> Result<Response, HungUp> {
        let multiplexed = request.version() == Version::HTTP_2;
        let engaged = Engaged::new(&self.pulse, multiplexed);
        if request.method() == Method::CONNECT {
            return Ok(self.connect(request, multiplexed));
        }
        let (head, body) = request.into_parts();
        let method = head.method.clone();
        let mut request = Request { via: self.via, head, body: Bytes::new() };
        let mut answer = if body.is_end_stream() {
            self.shared.app.answer(request)
        } else {
            if !multiplexed {
                self.pulse.enter(Phase::Body);
            }
            match self.collect(&request, body).await {
                Ok(body) => {
                    if !multiplexed {
                        self.pulse.enter(Phase::Working);
                    }
                    request.body = body;
                    self.shared.app.answer(request)
                }
                Err(NoBody::Gone) => return Err(HungUp),
                Err(NoBody::Unread(why)) => return self.refuse(request, why, engaged).await,
            }
        };
        loop {
            match answer {
                Answer::Now(response) => return Ok(self.complete(&method, response, engaged)),
                Answer::Later(later) => answer = later.await,
                Answer::HangUp => return Err(HungUp),
            }
        }
    }

    /// Makes ready for the way back what the app has said.
    fn complete(&self, method: &Method, mut response: Response, engaged: Engaged) -> Response {
        without_body(method, &mut response);
        let body = response.body_mut();
        if body.is_streamed() {
            body.end_with(|| {
                let mut draining = self.shared.draining.clone();
                async move { _ = draining.wait_for(|draining| *draining).await }
            });
            body.engage(engaged);
        } else if engaged.is_multiplexed() {
            body.engage(engaged);
        }
        response
    }

    /// Answers a request whose body stays unread; the connection ends with it, as HTTP/1 has no other way to skip a body.
    async fn refuse(&self, request: Request, why: Unread, engaged: Engaged) -> Result<Response, HungUp> {
        let method = request.head.method.clone();
        let multiplexed = engaged.is_multiplexed();
        let mut answer = self.shared.app.refuse(request, why);
        let response = loop {
            match answer {
                Answer::Now(response) => break response,
                Answer::Later(later) => answer = later.await,
                Answer::HangUp => return Err(HungUp),
            }
        };
        let mut response = self.complete(&method, response, engaged);
        if !multiplexed {
            // There may be bytes on their way that nobody will read.
            self.pulse.enter(Phase::Body);
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        Ok(response)
    }

    async fn collect(&self, request: &Request, body: Incoming) -> Result<Bytes, NoBody> {
        let limit = self.shared.app.body_limit(request);
        let too_large = NoBody::Unread(Unread::TooLarge { limit });
        if body.size_hint().lower() > limit as u64 {
            return Err(too_large);
        }
        let time = self.shared.limits.body;
        let mut reading = pin!(read(body, limit));
        let whole = match at_once(reading.as_mut()).await {
            Some(whole) => whole,
            None => match tokio::time::timeout(time, reading).await {
                Ok(whole) => whole,
                Err(_) => return Err(NoBody::Unread(Unread::TooSlow { limit: time })),
            },
        };
        match whole {
            Ok(Some(bytes)) => Ok(bytes),
            Ok(None) => Err(too_large),
            Err(_) => Err(NoBody::Gone),
        }
    }

    /// Grants or refuses a tunnel.
    fn connect(&self, request: http::Request<Incoming>, multiplexed: bool) -> Response {
        if multiplexed {
            return text(StatusCode::NOT_IMPLEMENTED, "CONNECT is understood in HTTP/1.1 and HTTP/1.0, not in HTTP/2");
        }
        if self.tunnelled {
            return text(StatusCode::FORBIDDEN, "this is a tunnel already; there is none inside it");
        }
        if let Err(why) = self.shared.hosts.admit(request.uri().authority()) {
            tracing::info!(peer = %self.via.peer, "refused a tunnel: {why}");
            return text(StatusCode::FORBIDDEN, &why);
        }
        tracing::debug!(peer = %self.via.peer, to = %request.uri(), "a tunnel begins");
        *self.tunnel.lock() = Some(hyper::upgrade::on(request));
        Response::default()
    }
}

enum NoBody {
    /// The client went away; there is nobody to answer.
    Gone,
    Unread(Unread),
}

/// What `reading` comes to, if that is there at the second look: nearly every body comes with its head, and is there as soon as it has been asked
/// for. Others need a timer, which is not set for nothing.
async fn at_once<F: Future>(mut reading: Pin<&mut F>) -> Option<F::Output> {
    let mut has_looked = false;
    poll_fn(|context| match reading.as_mut().poll(context) {
        Poll::Ready(read) => Poll::Ready(Some(read)),
        Poll::Pending if has_looked => Poll::Ready(None),
        Poll::Pending => {
            has_looked = true;
            context.waker().wake_by_ref();
            Poll::Pending
        }
    })
    .await
}

/// The whole body, or `None` when it has more bytes than `limit`.
async fn read(mut body: Incoming, limit: usize) -> Result<Option<Bytes>, hyper::Error> {
    // Nearly every body comes in one piece, and is then not copied.
    let mut whole = Bytes::new();
    let mut pieces = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let Ok(piece) = frame?.into_data() else { continue };
        if piece.len() > limit - whole.len() - pieces.len() {
            return Ok(None);
        }
        if whole.is_empty() && pieces.is_empty() {
            whole = piece;
        } else {
            pieces.extend_from_slice(&std::mem::take(&mut whole));
            pieces.extend_from_slice(&piece);
        }
        if body.is_end_stream() {
            break;
        }
    }
    Ok(Some(if pieces.is_empty() { whole } else { pieces.freeze() }))
}
