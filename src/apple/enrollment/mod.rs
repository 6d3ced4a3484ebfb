//! Device Assignment Services ("DEP"): the service at `mdmenrollment.apple.com` from which MDM servers learn of their devices and through which
//! they assign enrolment profiles.
//!
//! A client opens a session with its server token (OAuth 1.0a), then sends that session's token with every call, and its protocol version.

mod auth;
mod errors;
mod handlers;
mod routes;
mod rows;
mod wire;

use std::sync::Arc;

use http::{HeaderValue, StatusCode, header};

pub use auth::Caller;
pub use routes::ROUTES;
pub use wire::ProfileBody;

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

    /// Answers a request that the route table gave to `handler`.
    pub fn answer(&self, handler: Handler, request: &Request) -> Response {
        let (organization, response) = match handler {
            Handler::Session => self.open_session(request),
            Handler::Call { answer, minds_user_agent } => self.call(answer, minds_user_agent, request),
        };
        self.pass_edge(organization.as_deref(), response)
    }

    /// An answer that no call gave — no such path, not this method, too large a body — as it leaves Apple's edge.
    pub fn stray(&self, response: Response) -> Response {
        self.pass_edge(self.directory.only().as_deref(), response)
    }

    fn call(
        &self,
        answer: fn(&Call<'_>) -> Result<Vec<u8>, Refused>,
        minds_user_agent: bool,
        request: &Request,
    ) -> (Option<Arc<Organization>>, Response) {
        let caller = match auth::caller(&self.directory, request) {
            Ok(caller) => caller,
            Err(unknown) => return refuse(unknown),
        };
        let call = Call { caller: &caller, request, version: auth::protocol_version(request) };
        let answered = caller.admit(&call, minds_user_agent).and_then(|()| answer(&call));
        let mut response = match answered {
            Ok(body) => json(body),
            Err(refused) => errors::response(Some(&caller.organization), &refused),
        };
        caller.name_session(response.headers_mut());
        (Some(caller.organization), response)
    }

    fn open_session(&self, request: &Request) -> (Option<Arc<Organization>>, Response) {
        match auth::open_session(&self.directory, self.public.as_ref(), request) {
            Ok((organization, token)) => (Some(organization), json(wire::session(&token))),
            Err(unknown) => {
                let (organization, mut response) = refuse(unknown);
                if response.status() == StatusCode::UNAUTHORIZED {
                    let challenge = HeaderValue::from_static("OAuth realm=\"ADM\"");
                    response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
                }
                (organization, response)
            }
        }
    }

    /// Puts on an answer the headers that Apple's edge puts on every one, and the organisation's own time where that is not the wall clock's.
    fn pass_edge(&self, organization: Option<&Organization>, mut response: Response) -> Response {
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
        response
    }
}

fn refuse((organization, refused): auth::Unknown) -> (Option<Arc<Organization>>, Response) {
    let response = errors::response(organization.as_deref(), &refused);
    (organization, response)
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
