//! From a request to the room that answers it.

use http::request::Parts;
use http::{Method, header};
use tokio::runtime::RuntimeFlavor;

use super::Failure;
use super::settings::Compat;
use crate::apple::enrollment::{self, Enrollment};
use crate::control::{self, Control, Problem};
use crate::http::{self as bytes, Answer, Lookup, Request, Router, Unread};
use crate::pki::is_apple_host;

/// The most bytes of a body that Apple's services take: more than five thousand serial numbers need.
const APPLE_BODY: usize = 8 * 1024 * 1024;
/// The most bytes of a body that the control API takes: a scenario that lists devices one by one.
const CONTROL_BODY: usize = 256 * 1024 * 1024;

/// All rooms behind one door.
pub struct App {
    pub(super) enrollment: Enrollment,
    pub(super) control: Control,
    pub(super) enrollment_routes: Router<enrollment::Handler>,
    control_routes: Router<control::Handler>,
    pub(super) compat: Option<Compat>,
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

    fn control(&self, request: &Request) -> Answer {
        match self.control_routes.lookup(&request.head.method, request.path()) {
            Lookup::Found { route, params } => self.control.answer(route, request, params),
            Lookup::WrongMethod { allow } => self.control.refuse(request, Problem::wrong_method(allow)).into(),
            Lookup::Unknown => self.control.refuse(request, Problem::no_such_path(request.path())).into(),
        }
    }
}

impl bytes::App for App {
    fn answer(&self, request: Request) -> Answer {
        if !is_control(&request.head) {
            self.apple(request)
        } else if request.head.method == Method::GET {
            self.control(&request)
        } else {
            beside_others(|| self.control(&request))
        }
    }

    fn body_limit(&self, head: &Parts) -> usize {
        if is_control(head) { CONTROL_BODY } else { APPLE_BODY }
    }

    fn refuse(&self, request: Request, why: Unread) -> Answer {
        if is_control(&request.head) {
            return self.control.refuse(&request, why.into()).into();
        }
        self.apple_refuses(request, why)
    }
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
