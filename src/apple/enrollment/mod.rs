//! Device Assignment Services ("DEP"): the service at `mdmenrollment.apple.com` from which MDM servers learn of their devices and through which
//! they assign enrolment profiles.
//!
//! A client opens a session with its server token (OAuth 1.0a), then sends that session's token with every call, and its protocol version.

mod auth;
mod errors;
mod handlers;
mod mistaken_signature;
mod reasons;
mod routes;
mod rows;
mod wire;

use std::sync::Arc;

use http::{HeaderValue, StatusCode, header};

pub use auth::{Caller, Visitor};
pub use routes::ROUTES;
pub use wire::ProfileBody;

use super::Said;
use crate::directory::Directory;
use crate::http::{Body, Origin, Request, Response};
use crate::organization::{Books, Organization, Refused};

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
        answer: fn(&Call<'_>) -> Result<Vec<u8>, Refused>,
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

    /// Whom a request for `handler` is from, by the credential that it carries.
    pub fn visitor(&self, handler: Option<Handler>, request: &Request) -> Visitor {
        Visitor::find(&self.directory, handler, request)
    }

    /// Answers a request that the route table gave to `handler`.
    pub fn answer(&self, handler: Handler, visitor: &Visitor, request: &Request) -> Said {
        let mut said = match handler {
            Handler::Session => self.open_session(visitor, request),
            Handler::Call { answer, minds_user_agent } => self.call(answer, minds_user_agent, visitor, request),
        };
        self.pass_edge(visitor, &mut said.response);
        said
    }

    /// An answer that no call gave — no such path, not this method, too large a body — as it leaves Apple's edge.
    pub fn stray(&self, visitor: &Visitor, mut response: Response, why: String) -> Said {
        self.pass_edge(visitor, &mut response);
        Said { refs: errors::references_of_strays(response.status()), response, why: vec![why] }
    }

    fn call(
        &self,
        answer: fn(&Call<'_>) -> Result<Vec<u8>, Refused>,
        minds_user_agent: bool,
        visitor: &Visitor,
        request: &Request,
    ) -> Said {
        let caller = match auth::caller(&self.directory, visitor, request) {
            Ok(caller) => caller,
            Err(refused) => return refuse(visitor, refused),
        };
        let call = Call { caller: &caller, request, version: auth::protocol_version(request) };
        let answered = caller.admit(&call, minds_user_agent).and_then(|()| answer(&call));
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

    /// Puts on an answer the headers that Apple's edge puts on every one, and the organisation's own time where that is not the wall clock's.
    fn pass_edge(&self, visitor: &Visitor, response: &mut Response) {
        let organization = visitor.party.organization.as_deref();
        let [high, low] = organization.map_or_else(|| self.directory.next_answer(), Organization::next_answer);
        let uuid = format!(
            "{:08X}-{:04X}-4{:03X}-{:04X}-{:012X}",
            high >> 32,
            high >> 16 & 0xffff,
            high & 0xfff,
            low >> 48 & 0x3fff | 0x8000,
            low & 0xffff_ffff_ffff
        );
        let headers = response.headers_mut();
        if let Ok(uuid) = HeaderValue::try_from(uuid) {
            headers.insert("x-apple-request-uuid", uuid);
        }
        headers.insert("x-apple-edge-response-time", HeaderValue::from(20 + (low >> 8) % 60));
        if let Some(date) = organization.and_then(|organization| organization.read(simulated_date)) {
            headers.insert(header::DATE, date);
        }
    }
}

fn refuse(visitor: &Visitor, refused: Refused) -> Said {
    let response = errors::response(visitor.party.organization.as_deref(), &refused);
    let why = std::iter::once(refused.why).chain(refused.more).collect();
    Said { response, refs: errors::references(&refused.refusal), why }
}

fn json(body: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(body));
    let kind = HeaderValue::from_static("application/json;charset=UTF8");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

fn simulated_date(books: &Books, now: crate::clock::Timestamp) -> Option<HeaderValue> {
    if books.clock.is_wall() { None } else { HeaderValue::try_from(now.http_date()).ok() }
}
