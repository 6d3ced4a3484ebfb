//! One exchange with an Apple service: from a request to an answer, and into the journal.

use http::{HeaderValue, StatusCode, header};

use super::app::App;
use super::depsim;
use super::settings::Compat;
use crate::apple::enrollment;
use crate::apple::{Party, Said};
use crate::clock::{Stopwatch, Timestamp, wall};
use crate::http::{Answer, Body, Lookup, Request, Response, Route, Unread};
use crate::journal::{Answered, Exchange};
use crate::nearest::nearest;
use crate::organization::Organization;

/// The operation of a request that no route takes.
const UNKNOWN: &str = "unknown";

/// What the route table says of a request.
enum Destination {
    Call(&'static Route<enrollment::Handler>),
    WrongMethod(HeaderValue),
    Unknown,
}

/// An exchange that is under way.
struct UnderWay {
    watch: Stopwatch,
    began: Timestamp,
    operation: &'static str,
    party: Party,
    request: Request,
}

impl App {
    /// Answers a request to one of Apple's services.
    pub(super) fn apple(&self, request: Request) -> Answer {
        if self.compat == Some(Compat::Depsim) && request.path() == depsim::TOKEN_PATH {
            return depsim::token(&self.control.directory).into();
        }
        let (watch, began) = (Stopwatch::start(), wall());
        let destination = self.destination(&request);
        let visitor = self.enrollment.visitor(destination.handler(), &request);
        let said = match &destination {
            Destination::Call(route) => self.enrollment.answer(route.handler, &visitor, &request),
            Destination::WrongMethod(allow) => {
                let why = format!("{} is no method of {}", request.head.method, request.path());
                self.enrollment.stray(&visitor, wrong_method(allow), why)
            }
            Destination::Unknown => {
                let why = self.no_such_path(request.path());
                self.enrollment.stray(&visitor, status(StatusCode::NOT_FOUND), why)
            }
        };
        let exchange = UnderWay { watch, began, operation: destination.operation(), party: visitor.party, request };
        self.close(exchange, said)
    }

    /// Refuses a request whose body stays unread.
    pub(super) fn apple_refuses(&self, request: Request, why: Unread) -> Answer {
        let (watch, began) = (Stopwatch::start(), wall());
        let destination = self.destination(&request);
        let visitor = self.enrollment.visitor(destination.handler(), &request);
        let said = self.enrollment.stray(&visitor, status(why.status()), why.to_string());
        let exchange = UnderWay { watch, began, operation: destination.operation(), party: visitor.party, request };
        self.close(exchange, said)
    }

    fn destination(&self, request: &Request) -> Destination {
        match self.enrollment_routes.lookup(&request.head.method, request.path()) {
            Lookup::Found { route, .. } => Destination::Call(route),
            Lookup::WrongMethod { allow } => Destination::WrongMethod(allow.clone()),
            Lookup::Unknown => Destination::Unknown,
        }
    }

    fn no_such_path(&self, path: &str) -> String {
        let known = self.enrollment_routes.routes().map(|route| route.path);
        match nearest(path, known) {
            Some(near) => format!("there is no path {path}; did the client mean {near}?"),
            None => format!("there is no path {path}"),
        }
    }

    /// Enters an exchange that has come to its end.
    fn close(&self, exchange: UnderWay, said: Said) -> Answer {
        let UnderWay { watch, began, operation, party, request } = exchange;
        let (organization, server) = (party.organization, party.server);
        let journal = organization.as_ref().map_or(&self.control.directory.journal, |known| &known.journal);
        if journal.is_kept() {
            let answer = Answered {
                status: said.response.status(),
                headers: said.response.headers().clone(),
                body: said.response.body().whole().unwrap_or_default(),
            };
            let closed = Exchange {
                operation,
                server: None,
                request,
                answer: Some(answer),
                duration: watch.elapsed(),
                began,
                fault: None,
                why: said.why,
                refs: said.refs.to_vec(),
            };
            self.enter(organization.as_deref(), server, closed);
        }
        said.response.into()
    }

    fn enter(&self, organization: Option<&Organization>, server: Option<u16>, mut closed: Exchange) {
        match organization {
            Some(organization) => {
                let at = organization.read(|books, now| {
                    closed.server = server.and_then(|id| Some(books.servers.get(usize::from(id))?.name.clone()));
                    now
                });
                organization.journal.enter(closed, at);
            }
            None => _ = self.control.directory.journal.enter(closed, wall()),
        }
    }
}

impl Destination {
    fn operation(&self) -> &'static str {
        match self {
            Self::Call(route) => route.operation,
            _ => UNKNOWN,
        }
    }

    fn handler(&self) -> Option<enrollment::Handler> {
        match self {
            Self::Call(route) => Some(route.handler),
            _ => None,
        }
    }
}

fn wrong_method(allow: &HeaderValue) -> Response {
    let mut response = status(StatusCode::METHOD_NOT_ALLOWED);
    response.headers_mut().insert(header::ALLOW, allow.clone());
    response
}

fn status(status: StatusCode) -> Response {
    let mut response = Response::new(Body::default());
    *response.status_mut() = status;
    response
}
