//! What a server asks and what it is told.

use std::future::Future;
use std::pin::Pin;

use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Method, StatusCode};

use super::{Body, Request, Unread};

/// What goes back to the client.
pub type Response = http::Response<Body>;

/// What a request leads to.
pub enum Answer {
    /// This response.
    Now(Response),
    /// Something that has to be waited for: a delay, an event.
    Later(Pin<Box<dyn Future<Output = Answer> + Send>>),
    /// No response: the connection is closed (an HTTP/2 stream is reset) as if the server had died.
    HangUp,
}

impl Answer {
    /// An answer that has to be waited for.
    pub fn later(answer: impl Future<Output = Answer> + Send + 'static) -> Self {
        Self::Later(Box::pin(answer))
    }
}

impl From<Response> for Answer {
    fn from(response: Response) -> Self {
        Self::Now(response)
    }
}

/// A function from request to answer, and what goes with it.
pub trait App: Send + Sync + 'static {
    /// The answer to `request`. Called on the thread that serves the connection, so what takes long belongs in [`Answer::Later`]. `HEAD`
    /// may be answered like `GET`: the body is left out on the way back.
    fn answer(&self, request: Request) -> Answer;

    /// The most bytes that the body of this request may have; it is not there yet. Asked only where there will be one.
    fn body_limit(&self, _request: &Request) -> usize {
        8 * 1024 * 1024
    }

    /// The answer to a request whose body was not read to its end; `request.body` is empty.
    fn refuse(&self, _request: Request, why: Unread) -> Answer {
        text(why.status(), &why.to_string()).into()
    }
}

/// A response of one line of plain text.
pub fn text(status: StatusCode, line: &str) -> Response {
    let mut response = Response::new(Body::from(format!("{line}\n")));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}

/// Makes `response` one to a `HEAD`: the length of the body stays, the body goes.
pub(super) fn without_body(method: &Method, response: &mut Response) {
    if method == Method::HEAD {
        let body = std::mem::take(response.body_mut());
        if let Some(length) = body.length() {
            response.headers_mut().entry(http::header::CONTENT_LENGTH).or_insert_with(|| HeaderValue::from(length));
        }
    }
}
