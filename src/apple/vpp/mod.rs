//! The Volume Purchase Program: version 1 of App and Book Management, which clients still call for what it does at once.
//!
//! Every service has a path of its own, at several places. Arguments come as JSON, as a form or in the query, the content token (`sToken`) among
//! them. Answers have status 200, whatever they say; `status` in the body tells whether the service could do it. It is the same ledger as in
//! version 2.

mod alteration;
mod answer;
mod arguments;
mod assets;
mod assignments;
mod auth;
mod configuration;
mod errors;
mod licenses;
mod links;
mod manage;
mod routes;
mod users;
mod wire;

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderValue, header};

pub use auth::Visitor;
pub use routes::{ROUTES, SERVICES};

use super::{Named, Reply, Room, Said, edge};
use crate::clock::Timestamp;
use crate::directory::{ContentTokenPlace, Directory};
use crate::faults::{Deed, Verdict};
use crate::http::{Body, Origin, Params, Request, Response, Route};
use crate::organization::Books;
use crate::organization::content::Location;
use answer::Answer;
use arguments::Arguments;
use errors::Refused;
use links::Links;

/// What a service is handled by.
#[derive(Clone, Copy, Debug)]
pub enum Handler {
    /// The service that needs no token.
    ServiceConfig,
    /// A service that Apple has removed.
    Removed,
    /// A service for a location.
    Call {
        /// What does it.
        answer: fn(&Call<'_>) -> Result<Answer, Refused>,
        /// Whether it changes something.
        writes: bool,
    },
}

/// A call for a location.
pub struct Call<'a> {
    /// The content token that came with it.
    place: &'a ContentTokenPlace,
    /// What else came with it.
    arguments: &'a Arguments,
    /// Where the client finds things.
    links: Links,
}

/// The room.
pub struct Vpp {
    directory: Arc<Directory>,
    public: Option<Origin>,
}

impl Vpp {
    /// The room for the organisations in `directory`. `public` is the URL by which clients reach us, where that is not what they say.
    pub fn new(directory: Arc<Directory>, public: Option<Origin>) -> Self {
        Self { directory, public }
    }

    fn call(&self, handler: Handler, visitor: &Visitor, request: &Request) -> Result<Answer, Refused> {
        let organization = visitor.party.organization.as_deref();
        errors::no_outage(organization)?;
        let links = Links::of(request, self.public.as_ref());
        let (answer, writes) = match handler {
            Handler::ServiceConfig => return Ok(configuration::service(organization, &links)),
            Handler::Removed => return Err(Refused::new("9634", "Apple has removed this service")),
            Handler::Call { answer, writes } => (answer, writes),
        };
        let arguments = visitor.arguments()?;
        let call = Call { place: visitor.place()?, arguments, links };
        call.admit(writes)?;
        answer(&call)
    }
}

impl Call<'_> {
    /// Whether the token may do this now, and the location is not asked too often.
    fn admit(&self, writes: bool) -> Result<(), Refused> {
        let is_counted = self.place.organization.read(|books, now| {
            self.check_token(books, writes, now)?;
            Ok::<_, Refused>(books.quirks.rate_limit.is_some())
        })?;
        if is_counted {
            self.place.organization.write(|books, now| books.admit_to_content(self.place.location, now))?;
        }
        Ok(())
    }

    /// Whether the token is good, and may write where that is wanted.
    fn check_token(&self, books: &Books, writes: bool, now: Timestamp) -> Result<(), Refused> {
        let token = books.content.location(self.place.location).tokens.get(self.place.token);
        let token = token.ok_or_else(|| Refused::new("9622", "the token is gone"))?;
        Ok(token.admit(writes, false, now)?)
    }

    /// An answer with the members that all have.
    fn begin(&self, books: &Books, now: Timestamp) -> Answer {
        answer::begin(books, self.place, now)
    }

    /// Looks at the location, with an answer that has begun.
    fn read(&self, look: impl FnOnce(&Books, &Location, Answer) -> Result<Answer, Refused>) -> Result<Answer, Refused> {
        self.place
            .organization
            .read(|books, now| look(books, books.content.location(self.place.location), self.begin(books, now)))
    }
}

impl Room for Vpp {
    type Handler = Handler;
    type Visitor = Visitor;

    const ROUTES: &'static [Route<Handler>] = ROUTES;

    fn claims(&self, request: &Request) -> bool {
        routes::claims(request.path())
    }

    fn visitor(&self, _: Option<Handler>, request: &Request) -> Visitor {
        Visitor::find(&self.directory, request)
    }

    fn answer(&self, handler: Handler, _: &Params<'_>, visitor: &Visitor, request: &Request, _: &[Verdict]) -> Reply {
        let organization = visitor.party.organization.as_deref();
        let mut said = match self.call(handler, visitor, request) {
            Ok(mut answer) => {
                let why = answer.take_reasons();
                let refs: &[&str] = if why.is_empty() { &[] } else { &["vpp.manage-status"] };
                Said { why, refs, ..Said::plainly(json(answer.done())) }
            }
            Err(refused) => errors::said(organization, refused),
        };
        edge::leave(&self.directory, organization, &mut said.response);
        Reply::Now(said)
    }

    fn stray(&self, visitor: &Visitor, mut response: Response, refusal: &'static str, why: String) -> Said {
        let organization = visitor.party.organization.as_deref();
        set_json(&mut response, errors::body(organization, "9602"));
        edge::leave(&self.directory, organization, &mut response);
        Said { response, refusal: Some(refusal), why: vec![why], refs: &["vpp.paths"] }
    }

    fn named_error(&self, visitor: &Visitor, _: &str, name: &str) -> Response {
        json(errors::body(visitor.party.organization.as_deref(), name))
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
