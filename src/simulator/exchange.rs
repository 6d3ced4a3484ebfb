//! One exchange with an Apple service: from a request to an answer, and into the journal.

use http::{HeaderValue, StatusCode, header};

use super::app::{App, DEPSIM_TOKEN, UNKNOWN};
use super::depsim;
use super::fault::Spoken;
use super::settings::Compat;
use crate::apple::Party;
use crate::apple::enrollment;
use crate::clock::{Stopwatch, Timestamp, wall};
use crate::http::{Answer, Body, Lookup, Request, Response, Route, Unread};
use crate::journal::{Answered, Exchange};
use crate::nearest::nearest;
use crate::organization::Organization;
use crate::telemetry::{Observation, Side};

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
            let watch = Stopwatch::start();
            let response = depsim::token(&self.control.directory);
            let status = Some(response.status());
            let organization = self.control.directory.only();
            let organization = organization.as_deref().map(|organization| organization.id.as_str());
            self.control.telemetry.observe(&Observation {
                side: Side::Apple,
                operation: DEPSIM_TOKEN,
                request: &request,
                status,
                duration: watch.elapsed(),
                organization,
                server: None,
                request_id: None,
                refusal: None,
                why: None,
                fault: None,
            });
            return response.into();
        }
        let (watch, began) = (Stopwatch::start(), wall());
        let destination = self.destination(&request);
        if matches!(destination, Destination::Unknown)
            && let Some((operation, party, said)) = self.catalogue(&request)
        {
            return self.close(UnderWay { watch, began, operation, party, request }, said.into());
        }
        let visitor = self.enrollment.visitor(destination.handler(), &request);
        let spoken = match &destination {
            Destination::Call(route) => self.make_call(route, &visitor, &request),
            Destination::WrongMethod(allow) => {
                let why = format!("{} is no method of {}", request.head.method, request.path());
                self.enrollment.stray(&visitor, wrong_method(allow), "method_not_allowed", why).into()
            }
            Destination::Unknown => {
                let why = self.no_such_path(request.path());
                self.enrollment.stray(&visitor, status(StatusCode::NOT_FOUND), "no_such_path", why).into()
            }
        };
        let exchange = UnderWay { watch, began, operation: destination.operation(), party: visitor.party, request };
        self.close(exchange, spoken)
    }

    /// Refuses a request whose body stays unread.
    pub(super) fn apple_refuses(&self, request: Request, why: Unread) -> Answer {
        let (watch, began) = (Stopwatch::start(), wall());
        let destination = self.destination(&request);
        let visitor = self.enrollment.visitor(destination.handler(), &request);
        let said = self.enrollment.stray(&visitor, status(why.status()), unread(why), why.to_string());
        let exchange = UnderWay { watch, began, operation: destination.operation(), party: visitor.party, request };
        self.close(exchange, said.into())
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
    fn close(&self, exchange: UnderWay, spoken: Spoken) -> Answer {
        let UnderWay { watch, began, operation, party, request } = exchange;
        let Spoken { said, delivery, fault } = spoken;
        let answer = Answered {
            status: said.response.status(),
            headers: said.response.headers().clone(),
            body: delivery.delivered(said.response.body().whole().unwrap_or_default()),
        };
        let (organization, server) = (party.organization, party.server);
        let closed = Exchange {
            operation,
            server: None,
            request,
            answer: Some(answer).filter(|_| !delivery.hangs_up),
            duration: watch.elapsed() + delivery.delay,
            began,
            fault,
            why: said.why,
            refs: said.refs.to_vec(),
        };
        self.enter(organization.as_deref(), server, closed, said.refusal);
        delivery.answer(said.response)
    }

    fn enter(
        &self,
        organization: Option<&Organization>,
        server: Option<u16>,
        mut closed: Exchange,
        refusal: Option<&'static str>,
    ) {
        match organization {
            Some(organization) => {
                let at = organization.read(|books, now| {
                    closed.server = server.and_then(|id| Some(books.servers.get(usize::from(id))?.name.clone()));
                    now
                });
                self.observe(&closed, Some(&organization.id), refusal);
                if organization.journal.is_kept() {
                    organization.journal.enter(closed, at);
                }
            }
            None => {
                self.observe(&closed, None, refusal);
                self.control.directory.journal.enter(closed, wall());
            }
        }
    }

    fn observe(&self, closed: &Exchange, organization: Option<&str>, refusal: Option<&'static str>) {
        let answered = closed.answer.as_ref();
        self.control.telemetry.observe(&Observation {
            side: Side::Apple,
            operation: closed.operation,
            request: &closed.request,
            status: answered.map(|answer| answer.status),
            duration: closed.duration,
            organization,
            server: closed.server.as_deref(),
            request_id: answered.and_then(|answer| answer.headers.get("x-apple-request-uuid")?.to_str().ok()),
            refusal,
            why: closed.why.first().map(String::as_str),
            fault: closed.fault.as_ref().map(|(_, did)| did.as_str()),
        });
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

fn unread(why: Unread) -> &'static str {
    match why {
        Unread::TooLarge { .. } => "body_too_large",
        Unread::TooSlow { .. } => "body_too_slow",
    }
}

pub(super) fn wrong_method(allow: &HeaderValue) -> Response {
    let mut response = status(StatusCode::METHOD_NOT_ALLOWED);
    response.headers_mut().insert(header::ALLOW, allow.clone());
    response
}

fn status(status: StatusCode) -> Response {
    let mut response = Response::new(Body::default());
    *response.status_mut() = status;
    response
}
