//! App and Book Management, version 2: the service at `vpp.itunes.apple.com` through which MDM servers see a location's licences and assign
//! them to users and devices.
//!
//! A client sends the content token of its location with every call. Calls that change something begin an event and answer its id; what came of it
//! is asked for, or notified of.

mod admission;
mod alteration;
mod assets;
mod assignments;
mod auth;
mod configuration;
mod errors;
mod handlers;
mod query;
mod routes;
mod subscriptions;
#[cfg(test)]
mod tests;
mod users;
mod wire;

use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};

pub(super) use alteration::struck;
pub use auth::Visitor;
pub use errors::{told, told_later};
pub use routes::ROUTES;

use super::{Named, Reply, Room, Said, edge};
use crate::directory::{ContentTokenPlace, Directory};
use crate::faults::{Deed, Verdict};
use crate::http::{Body, Origin, Params, Request, Response, Route};
use crate::organization::content::{Location, LocationId};
use crate::organization::{Books, Organization};
use crate::secret::Secret;
use errors::Refused;

/// The service's host name.
pub const HOST: &str = "vpp.itunes.apple.com";

/// Where the service is at its host.
pub const ROOT: &str = "/mdm/v2";

/// What a call is handled by.
#[derive(Clone, Copy, Debug)]
pub enum Handler {
    /// `service/config`: the call that needs no token.
    ServiceConfig,
    /// `POST client/config`: the call that tries a notification address before it answers.
    SetClientConfig,
    /// A call for a location.
    Call {
        /// What does it.
        answer: fn(&Call<'_>) -> Result<Vec<u8>, Refused>,
        /// Whether it changes something.
        writes: bool,
        /// Whether it has a body.
        has_body: bool,
    },
}

/// A call for a location.
#[derive(Debug)]
pub struct Call<'a> {
    /// The content token that came with it.
    pub place: &'a ContentTokenPlace,
    /// The request.
    pub request: &'a Request,
    /// With what numbers a fault lets tasks of the event fail that it begins.
    pub verdicts: &'a [Verdict],
}

/// A notification address that is to be tried with a `TEST_NOTIFICATION`.
#[derive(Clone, Debug)]
pub struct Trial {
    /// Whose it is.
    pub organization: Arc<Organization>,
    /// The location that is to send there.
    pub location: LocationId,
    /// The address: https, host and path.
    pub url: String,
    /// What notifications carry to it.
    pub token: Secret,
}

/// What becomes of a trial: whether the address has answered with 2xx, or what happened in words.
pub type Tried = Pin<Box<dyn Future<Output = Result<(), String>> + Send>>;

/// Whoever tries notification addresses.
pub type Trier = Arc<dyn Fn(Trial) -> Tried + Send + Sync>;

/// The room.
pub struct Apps {
    directory: Arc<Directory>,
    public: Option<Origin>,
    trier: Option<Trier>,
}

impl Apps {
    /// The room for the organisations in `directory`. `public` is the URL by which clients reach us, where that is not what they say.
    /// Without a `trier` every notification address is accepted that looks like one.
    pub fn new(directory: Arc<Directory>, public: Option<Origin>, trier: Option<Trier>) -> Self {
        Self { directory, public, trier }
    }

    fn call(
        &self,
        handler: Handler,
        visitor: &Visitor,
        request: &Request,
        verdicts: &[Verdict],
    ) -> Result<Reply, Refused> {
        let organization = visitor.party.organization.as_deref();
        admission::no_outage(organization)?;
        let (writes, has_body) = match handler {
            Handler::ServiceConfig => {
                let origin = Origin::of(request, self.public.as_ref()).ok();
                return Ok(now(json(wire::service_config(&visitor.party, origin))));
            }
            Handler::SetClientConfig => (true, true),
            Handler::Call { writes, has_body, .. } => (writes, has_body),
        };
        let place = visitor.place()?;
        admission::admit(place, writes)?;
        if has_body {
            admission::check_content_type(place, request)?;
        }
        let call = Call { place, request, verdicts };
        match handler {
            Handler::Call { answer, .. } => Ok(now(json(answer(&call)?))),
            _ => configuration::set(&call, self.trier.as_ref(), &self.directory),
        }
    }
}

fn now(response: Response) -> Reply {
    Reply::Now(Said::plainly(response))
}

impl Call<'_> {
    /// Looks at the location and at the members that all answers have.
    fn read<T>(&self, look: impl FnOnce(&Books, &Location, wire::Common<'_>) -> T) -> T {
        self.place.organization.read(|books, now| {
            let location = books.content.location(self.place.location);
            look(books, location, wire::Common::of(books, self.place, now))
        })
    }
}

impl Room for Apps {
    type Handler = Handler;
    type Visitor = Visitor;

    const ROUTES: &'static [Route<Handler>] = ROUTES;
    const HAS_HEAD: bool = false;

    fn claims(&self, request: &Request) -> bool {
        let inside = request.path().strip_prefix(ROOT).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        inside || request.authorities().any(is_host)
    }

    fn visitor(&self, _: Option<Handler>, request: &Request) -> Visitor {
        Visitor::find(&self.directory, request)
    }

    fn answer(
        &self,
        handler: Handler,
        _: &Params<'_>,
        visitor: &Visitor,
        request: &Request,
        verdicts: &[Verdict],
    ) -> Reply {
        let organization = visitor.party.organization.as_deref();
        let reply = self.call(handler, visitor, request, verdicts);
        match reply.unwrap_or_else(|refused| Reply::Now(errors::said(organization, refused))) {
            Reply::Now(mut said) => {
                edge::leave(&self.directory, organization, &mut said.response);
                Reply::Now(said)
            }
            later @ Reply::Later(_) => later,
        }
    }

    fn stray(&self, visitor: &Visitor, mut response: Response, refusal: &'static str, why: String) -> Said {
        let organization = visitor.party.organization.as_deref();
        let (body, refs) = errors::stray(organization, response.status());
        set_json(&mut response, body);
        edge::leave(&self.directory, organization, &mut response);
        Said { response, refusal: Some(refusal), why: vec![why], refs }
    }

    fn named_error(&self, visitor: &Visitor, _: &str, name: &str) -> Response {
        errors::named(visitor.party.organization.as_deref(), name)
    }

    fn success(&self, body: Bytes) -> Response {
        json(body)
    }

    fn dress(&self, _: Handler, visitor: &Visitor, _: &Request, response: &mut Response, own: Option<&Response>) {
        errors::ask_to_wait(response);
        edge::leave_instead(&self.directory, visitor.party.organization.as_deref(), response, own);
    }

    fn asked(&self, request: &Request) -> Named {
        alteration::asked(request)
    }

    fn rows(&self, page: &[u8]) -> Vec<String> {
        alteration::rows(page)
    }

    fn alter(&self, deed: &Deed, _: &Request, body: &[u8]) -> Option<Vec<u8>> {
        alteration::alter(deed, body)
    }

    fn change(&self, deed: &Deed, visitor: &Visitor, operation: &str) {
        alteration::change(deed, &visitor.party, operation);
    }
}

/// Whether a client calls us by the service's name.
pub(super) fn is_host(authority: &str) -> bool {
    let host = authority.split_once(':').map_or(authority, |(host, _)| host);
    host.strip_suffix('.').unwrap_or(host).eq_ignore_ascii_case(HOST)
}

fn json(body: impl Into<Body>) -> Response {
    let mut response = Response::default();
    set_json(&mut response, body);
    response
}

fn set_json(response: &mut Response, body: impl Into<Body>) {
    *response.body_mut() = body.into();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
}

/// The status of this number.
fn status_of(number: u16) -> StatusCode {
    StatusCode::from_u16(number).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
