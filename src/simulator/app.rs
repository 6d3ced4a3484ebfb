//! From a request to the room that answers it.

use http::request::Parts;
use http::{HeaderValue, Method, StatusCode, header};
use tokio::runtime::RuntimeFlavor;

use super::settings::Compat;
use super::{Failure, depsim};
use crate::apple::enrollment::{self, Enrollment};
use crate::control::{self, Control, Problem};
use crate::http::{self as bytes, Answer, Body, Lookup, Request, Response, Router, Unread};
use crate::pki::is_apple_host;

/// The most bytes of a body that Apple's services take: more than five thousand serial numbers need.
const APPLE_BODY: usize = 8 * 1024 * 1024;
/// The most bytes of a body that the control API takes: a scenario that lists devices one by one.
const CONTROL_BODY: usize = 256 * 1024 * 1024;

/// All rooms behind one door.
pub struct App {
    enrollment: Enrollment,
    control: Control,
    enrollment_routes: Router<enrollment::Handler>,
    control_routes: Router<control::Handler>,
    compat: Option<Compat>,
}

impl App {
    /// The rooms behind their routes.
    pub fn new(enrollment: Enrollment, control: Control, compat: Option<Compat>) -> Result<Self, Failure> {
        Ok(Self {
            enrollment,
            control,
            enrollment_routes: Router::new([enrollment::ROUTES])?,
            control_routes: Router::new([control::ROUTES])?,
            compat,
        })
    }

    fn control(&self, request: &Request) -> Response {
        match self.control_routes.lookup(&request.head.method, request.path()) {
            Lookup::Found { route, params } => self.control.answer(route, request, params),
            Lookup::WrongMethod { allow } => self.control.refuse(request, Problem::wrong_method(allow)),
            Lookup::Unknown => self.control.refuse(request, Problem::no_such_path(request.path())),
        }
    }

    fn apple(&self, request: &Request) -> Response {
        if self.compat == Some(Compat::Depsim) && request.path() == depsim::TOKEN_PATH {
            return depsim::token(&self.control.directory);
        }
        match self.enrollment_routes.lookup(&request.head.method, request.path()) {
            Lookup::Found { route, .. } => self.enrollment.answer(route.handler, request),
            Lookup::WrongMethod { allow } => self.enrollment.stray(wrong_method(allow)),
            Lookup::Unknown => self.enrollment.stray(status(StatusCode::NOT_FOUND)),
        }
    }
}

impl bytes::App for App {
    fn answer(&self, request: Request) -> Answer {
        let response = if !is_control(&request.head) {
            self.apple(&request)
        } else if request.head.method == Method::GET && !is_heavy(request.path()) {
            self.control(&request)
        } else {
            beside_others(|| self.control(&request))
        };
        response.into()
    }

    fn body_limit(&self, head: &Parts) -> usize {
        if is_control(head) { CONTROL_BODY } else { APPLE_BODY }
    }

    fn refuse(&self, request: Request, why: Unread) -> Answer {
        if is_control(&request.head) {
            return self.control.refuse(&request, why.into()).into();
        }
        self.enrollment.stray(status(why.status())).into()
    }
}

/// Whether a call that only looks may take seconds too: it writes all that an organisation is.
fn is_heavy(path: &str) -> bool {
    path.ends_with("/snapshot") || path.ends_with("/diff")
}

/// Does what may take seconds, such as making a million devices, while other threads take over the connections of this one.
fn beside_others<T>(work: impl FnOnce() -> T) -> T {
    match tokio::runtime::Handle::try_current().map(|runtime| runtime.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(work),
        // A runtime of one thread has nobody to take over.
        _ => work(),
    }
}

/// The control API is not Apple's: nothing of it can be reached through a name of Apple's.
fn is_control(head: &Parts) -> bool {
    let path = head.uri.path();
    let inside = path.strip_prefix(control::PREFIX).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    inside && !host(head).is_some_and(is_apple_host)
}

/// The host that a request names, without its port.
fn host(head: &Parts) -> Option<&str> {
    let named = head.uri.host().or_else(|| head.headers.get(header::HOST)?.to_str().ok())?;
    Some(
        named.rsplit_once(':').map_or(
            named,
            |(host, port)| {
                if port.bytes().all(|byte| byte.is_ascii_digit()) { host } else { named }
            },
        ),
    )
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
