//! Device Assignment Services ("DEP"): the service at `mdmenrollment.apple.com` from which MDM servers learn of their devices and through which
//! they assign enrolment profiles.
//!
//! A client opens a session with its server token (OAuth 1.0a), then sends that session's token with every call, and its protocol version.

mod alteration;
mod auth;
mod errors;
mod handlers;
mod mistaken_signature;
mod moulds;
mod reasons;
mod routes;
mod rows;
mod wire;

use std::borrow::Cow;
use std::sync::Arc;

use http::{HeaderName, HeaderValue, StatusCode, header};

pub use alteration::{alter, cursor_asked, serials_answered, serials_asked};
pub use auth::{Caller, Visitor};
pub use routes::ROUTES;
pub use wire::ProfileBody;

use super::Said;
use crate::directory::Directory;
use crate::faults::Verdict;
use crate::http::{Body, Origin, Request, Response};
use crate::organization::{Books, Organization, Refused};

/// The service's host name.
pub const HOST: &str = "mdmenrollment.apple.com";

const REQUEST_UUID: HeaderName = HeaderName::from_static("x-apple-request-uuid");
const RESPONSE_TIME: HeaderName = HeaderName::from_static("x-apple-edge-response-time");

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

    /// Whom a request for `handler` is from, by the credential that it carries.
    pub fn visitor(&self, handler: Option<Handler>, request: &Request) -> Visitor {
        Visitor::find(&self.directory, handler, request)
    }

    /// Answers a request that the route table gave to `handler`.
    pub fn answer(&self, handler: Handler, visitor: &Visitor, request: &Request) -> Said {
        self.answer_with(handler, visitor, request, &[])
    }

    /// The same where a fault has its verdict on devices in the request.
    pub fn answer_with(&self, handler: Handler, visitor: &Visitor, request: &Request, verdicts: &[Verdict]) -> Said {
        let mut said = match handler {
            Handler::Session => self.open_session(visitor, request),
            Handler::Call { answer, minds_user_agent } => {
                self.call(answer, minds_user_agent, visitor, request, verdicts)
            }
        };
        self.pass_edge(visitor, &mut said.response);
        said
    }

    /// The answer with an error of an operation's catalogue, by its name.
    pub fn named_error(&self, visitor: &Visitor, operation: &str, name: &str) -> Response {
        errors::named(visitor.party.organization.as_deref(), operation, name)
    }

    /// An answer of this service with this body.
    pub fn success(&self, body: impl Into<Body>) -> Response {
        json(body)
    }

    /// Gives an answer that a fault puts in the place of the call's own the headers that answers have here. `own` is the call's own answer,
    /// where it was made.
    pub fn dress(
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
                if let Ok(caller) = auth::caller(&self.directory, visitor, request) {
                    caller.name_session(response.headers_mut());
                }
            }
            _ => {}
        }
        match own {
            Some(own) => {
                let apples =
                    own.headers().iter().filter(|(name, _)| name.as_str().starts_with("x-") || *name == header::DATE);
                response.headers_mut().extend(apples.map(|(name, value)| (name.clone(), value.clone())));
            }
            None => self.pass_edge(visitor, response),
        }
    }

    /// An answer that no call gave — no such path, not this method, too large a body — as it leaves Apple's edge.
    pub fn stray(&self, visitor: &Visitor, mut response: Response, refusal: &'static str, why: String) -> Said {
        self.pass_edge(visitor, &mut response);
        let refs = errors::references_of_strays(response.status());
        Said { response, refusal: Some(refusal), why: vec![why], refs }
    }

    fn call(
        &self,
        answer: fn(&Call<'_>) -> Result<Vec<u8>, Refused>,
        minds_user_agent: bool,
        visitor: &Visitor,
        request: &Request,
        verdicts: &[Verdict],
    ) -> Said {
        let caller = match auth::caller(&self.directory, visitor, request) {
            Ok(caller) => caller,
            Err(refused) => return refuse(visitor, refused),
        };
        let call = Call { caller: &caller, request, version: auth::protocol_version(request), verdicts };
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
        let headers = response.headers_mut();
        if let Ok(uuid) = HeaderValue::from_bytes(&request_uuid(high, low)) {
            headers.insert(REQUEST_UUID, uuid);
        }
        headers.insert(RESPONSE_TIME, HeaderValue::from(20 + (low >> 8) % 60));
        if let Some(date) = organization.and_then(|organization| organization.read(simulated_date)) {
            headers.insert(header::DATE, date);
        }
    }
}

/// A version 4 UUID in capitals, as Apple writes it, made of two numbers.
fn request_uuid(high: u64, low: u64) -> [u8; 36] {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    const DASHES: [usize; 4] = [8, 13, 18, 23];
    let number = u128::from(high & !0xf000 | 0x4000) << 64 | u128::from(low & (u64::MAX >> 2) | 1 << 63);
    let mut text = [b'-'; 36];
    let mut shift = 128;
    for (place, digit) in text.iter_mut().enumerate() {
        if !DASHES.contains(&place) {
            shift -= 4;
            *digit = DIGITS[(number >> shift) as usize & 0xf];
        }
    }
    text
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

fn simulated_date(books: &Books, now: crate::clock::Timestamp) -> Option<HeaderValue> {
    if books.clock.is_wall() { None } else { HeaderValue::try_from(now.http_date()).ok() }
}

#[cfg(test)]
mod tests {
    use super::request_uuid;

    #[test]
    fn a_request_uuid_is_one_of_version_4() {
        let uuid = |high, low| String::from_utf8(request_uuid(high, low).to_vec()).unwrap();
        assert_eq!(uuid(0, 0), "00000000-0000-4000-8000-000000000000");
        assert_eq!(uuid(u64::MAX, u64::MAX), "FFFFFFFF-FFFF-4FFF-BFFF-FFFFFFFFFFFF");
        assert_eq!(uuid(0x0123_4567_89AB_CDEF, 0x0123_4567_89AB_CDEF), "01234567-89AB-4DEF-8123-456789ABCDEF");
    }
}
