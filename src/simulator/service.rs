//! A room behind its routes.

use http::{HeaderValue, StatusCode, header};

use super::Failure;
use super::app::UNKNOWN;
use super::fault::{Called, Outcome};
use super::register::{Register, UnderWay};
use crate::apple::Room;
use crate::clock::{Stopwatch, wall};
use crate::http::{Answer, Body, Lookup, Params, Request, Response, Route, Router, Unread};
use crate::nearest::nearest;

/// A room behind its routes.
pub(super) struct Service<R: Room> {
    pub(super) room: R,
    routes: Router<R::Handler>,
}

/// A service, whichever it is.
pub(super) trait Door: Send + Sync {
    /// Whether a request is for this service.
    fn claims(&self, request: &Request) -> bool;

    /// Answers a request.
    fn answer(&self, register: &Register, request: Request) -> Answer;

    /// Refuses a request whose body stays unread.
    fn refuse(&self, register: &Register, request: Request, why: Unread) -> Answer;
}

/// What the route table says of a request.
enum Destination<'r, H: 'static> {
    Call(&'static Route<H>, Params<'r>),
    WrongMethod(HeaderValue),
    Unknown,
}

impl<R: Room> Service<R> {
    pub(super) fn new(room: R) -> Result<Self, Failure> {
        let routes = Router::new([R::ROUTES])?;
        Ok(Self { room, routes: if R::HAS_HEAD { routes } else { routes.headless() } })
    }

    fn destination<'r>(&'r self, request: &'r Request) -> Destination<'r, R::Handler> {
        match self.routes.lookup(&request.head.method, request.path()) {
            Lookup::Found { route, params } => Destination::Call(route, params),
            Lookup::WrongMethod { allow } => Destination::WrongMethod(allow.clone()),
            Lookup::Unknown => Destination::Unknown,
        }
    }

    fn no_such_path(&self, path: &str) -> String {
        let known = self.routes.routes().map(|route| route.path);
        match nearest(path, known) {
            Some(near) => format!("there is no path {path}; did the client mean {near}?"),
            None => format!("there is no path {path}"),
        }
    }
}

impl<R: Room> Door for Service<R> {
    fn claims(&self, request: &Request) -> bool {
        self.room.claims(request)
    }

    fn answer(&self, register: &Register, request: Request) -> Answer {
        let (watch, began) = (Stopwatch::start(), wall());
        let destination = self.destination(&request);
        let visitor = self.room.visitor(destination.handler(), &request);
        let outcome = match &destination {
            Destination::Call(route, params) => {
                self.make_call(Called { route, params, visitor: &visitor, request: &request })
            }
            Destination::WrongMethod(allow) => {
                let why = format!("{} is no method of {}", request.head.method, request.path());
                let said = self.room.stray(&visitor, wrong_method(allow), "method_not_allowed", why);
                Outcome::Now(said.into())
            }
            Destination::Unknown => {
                let why = self.no_such_path(request.path());
                let said = self.room.stray(&visitor, status(StatusCode::NOT_FOUND), "no_such_path", why);
                Outcome::Now(said.into())
            }
        };
        let (operation, party) = (destination.operation(), visitor.as_ref().clone());
        let exchange = UnderWay { watch, began, operation, party, request };
        match outcome {
            Outcome::Now(spoken) => register.close(exchange, spoken),
            Outcome::Later(later) => {
                let register = register.clone();
                Answer::later(async move { register.close(exchange, later.await) })
            }
        }
    }

    fn refuse(&self, register: &Register, request: Request, why: Unread) -> Answer {
        let (watch, began) = (Stopwatch::start(), wall());
        let destination = self.destination(&request);
        let visitor = self.room.visitor(destination.handler(), &request);
        let said = self.room.stray(&visitor, status(why.status()), unread(why), why.to_string());
        let (operation, party) = (destination.operation(), visitor.as_ref().clone());
        let exchange = UnderWay { watch, began, operation, party, request };
        register.close(exchange, said.into())
    }
}

impl<H: Copy> Destination<'_, H> {
    fn operation(&self) -> &'static str {
        match self {
            Self::Call(route, _) => route.operation,
            _ => UNKNOWN,
        }
    }

    fn handler(&self) -> Option<H> {
        match self {
            Self::Call(route, _) => Some(route.handler),
            _ => None,
        }
    }
}

fn unread(why: Unread) -> &'static str {
    match why {
        Unread::TooLarge { .. } => "body_too_large",
        Unread::TooSlow { .. } => "body_too_slow",
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
