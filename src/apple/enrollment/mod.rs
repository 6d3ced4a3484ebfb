//! Device Assignment Services ("DEP"): the service at `mdmenrollment.apple.com` from which MDM servers learn of their devices and through which
//! they assign enrolment profiles.
//!
//! A client opens a session with its server token (OAuth 1.0a), then sends that session's token with every call, and its protocol version.

mod abridged;
mod alteration;
mod auth;
mod errors;
mod handlers;
mod mistaken_signature;
mod moulds;
mod parts;
mod reasons;
mod routes;
mod rows;
mod wire;

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};

use auth::Admission;
pub use auth::{Caller, Visitor};
pub use routes::ROUTES;
pub use wire::ProfileBody;

use super::{Named, Reply, Room, Said, edge};
use crate::directory::Directory;
use crate::faults::{Deed, Verdict};
use crate::http::{Body, Origin, Params, Request, Response, Route};
use crate::organization::Refused;

/// The service's host name.
pub const HOST: &str = "mdmenrollment.apple.com";

/// What a call is handled by.
#[derive(Clone, Copy, Debug)]
pub enum Handler {
    /// `/session`: the call that needs no session.
    Session,
    /// A call within a session.
    Call {
        /// What does it.
        answer: fn(&Call<'_>) -> Result<Body, Refused>,
        /// Whether the call minds the User-Agent (documented per call).
        minds_user_agent: bool,
    },
}

/// A call within a session.
#[derive(Debug)]
pub struct Call<'a> {
    /// Who is calling.
    pub caller: &'a Caller,
    /// The request.
    pub request: &'a Request,
    /// The protocol version that the client speaks, 1 to 10.
    pub version: u8,
    /// What a fault says of single devices, for which nothing is done.
    pub verdicts: &'a [Verdict],
}

impl Call<'_> {
    /// Those of `serials` on which no fault has its verdict: the call takes effect for them.
    pub fn spared<'s>(&self, serials: &'s [String]) -> Cow<'s, [String]> {
        if self.verdicts.is_empty() {
            return Cow::Borrowed(serials);
        }
        let spared = serials.iter().filter(|serial| wire::verdict(self.verdicts, serial).is_none());
        Cow::Owned(spared.cloned().collect())
    }
}

/// The room.
#[derive(Debug)]
pub struct Enrollment {
    directory: Arc<Directory>,
    public: Option<Origin>,
}

impl Enrollment {
    /// The room for the organisations in `directory`. `public` is the URL by which clients reach us, where that is not what they say.
    pub fn new(directory: Arc<Directory>, public: Option<Origin>) -> Self {
        Self { directory, public }
    }
}

impl Room for Enrollment {
    type Handler = Handler;
    type Visitor = Visitor;

    const ROUTES: &'static [Route<Handler>] = ROUTES;

    /// What no other room claims is ours: clients come by every name there is.
    fn claims(&self, _: &Request) -> bool {
        true
    }

    fn visitor(&self, handler: Option<Handler>, request: &Request) -> Visitor {
        Visitor::find(&self.directory, handler, request)
    }

    fn answer(
        &self,
        handler: Handler,
        _: &Params<'_>,
        visitor: &Visitor,
        request: &Request,
        verdicts: &[Verdict],
    ) -> Reply {
        let mut said = match handler {
            Handler::Session => self.open_session(visitor, request),
            Handler::Call { answer, minds_user_agent } => {
                self.call(answer, minds_user_agent, visitor, request, verdicts)
            }
        };
        self.pass_edge(visitor, &mut said.response);
        Reply::Now(said)
    }

    fn named_error(&self, visitor: &Visitor, operation: &str, name: &str) -> Response {
        errors::named(visitor.party.organization.as_deref(), operation, name)
    }

    fn success(&self, body: Bytes) -> Response {
        json(body)
    }

    fn dress(
        &self,
        handler: Handler,
        visitor: &Visitor,
        request: &Request,
        response: &mut Response,
        own: Option<&Response>,
    ) {
        let unauthorized = response.status() == StatusCode::UNAUTHORIZED;
        match handler {
            Handler::Session if unauthorized => {
                let challenge = HeaderValue::from_static("OAuth realm=\"ADM\"");
                response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
            }
            Handler::Call { .. } if own.is_none() && !unauthorized => {
                if let Ok((caller, ())) = auth::caller(&self.directory, visitor, request, |_, _, _| ()) {
                    caller.name_session(response.headers_mut());
                }
            }
            _ => {}
        }
        edge::leave_instead(&self.directory, visitor.party.organization.as_deref(), response, own);
    }

    fn stray(&self, visitor: &Visitor, mut response: Response, refusal: &'static str, why: String) -> Said {
        self.pass_edge(visitor, &mut response);
        let refs = errors::references_of_strays(response.status());
        Said { response, refusal: Some(refusal), why: vec![why], refs }
    }

    fn asked(&self, request: &Request) -> Named {
        Named { serials: alteration::serials_asked(request), has_cursor: alteration::cursor_asked(request).is_some() }
    }

    fn rows(&self, page: &[u8]) -> Vec<String> {
        alteration::serials_answered(page)
    }

    fn alter(&self, deed: &Deed, request: &Request, body: &[u8]) -> Option<Vec<u8>> {
        alteration::alter(deed, request, body)
    }
}

impl Enrollment {
    fn call(
        &self,
        answer: fn(&Call<'_>) -> Result<Body, Refused>,
        minds_user_agent: bool,
        visitor: &Visitor,
        request: &Request,
        verdicts: &[Verdict],
    ) -> Said {
        let version = auth::protocol_version(request);
        let admission = Admission { request, version, minds_user_agent };
        let checked =
            auth::caller(&self.directory, visitor, request, |books, server, now| admission.check(books, server, now));
        let (caller, admitted) = match checked {
            Ok(checked) => checked,
            Err(refused) => return refuse(visitor, refused),
        };
        let call = Call { caller: &caller, request, version, verdicts };
        let answered = admitted.and_then(|()| answer(&call));
        let mut said = match answered {
            Ok(body) => reasons::said(&call, json(body)),
            Err(refused) => refuse(visitor, reasons::traced(&self.directory, &call, refused)),
        };
        caller.name_session(said.response.headers_mut());
        said
    }

    fn open_session(&self, visitor: &Visitor, request: &Request) -> Said {
        match auth::open_session(&self.directory, self.public.as_ref(), visitor, request) {
            Ok(token) => Said::plainly(json(wire::session(&token))),
            Err(refused) => {
                let mut said = refuse(visitor, refused);
                if said.response.status() == StatusCode::UNAUTHORIZED {
                    let challenge = HeaderValue::from_static("OAuth realm=\"ADM\"");
                    said.response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
                }
                said
            }
        }
    }

    fn pass_edge(&self, visitor: &Visitor, response: &mut Response) {
        edge::leave(&self.directory, visitor.party.organization.as_deref(), response);
    }
}

fn refuse(visitor: &Visitor, refused: Refused) -> Said {
    let response = errors::response(visitor.party.organization.as_deref(), &refused);
    let refusal = Some(refused.refusal.name());
    let refs = errors::references(&refused.refusal);
    let why = std::iter::once(refused.why).chain(refused.more).collect();
    Said { response, refusal, refs, why }
}

fn json(body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    let kind = HeaderValue::from_static("application/json;charset=UTF8");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}
