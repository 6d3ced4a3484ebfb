//! From a request to the room that answers it.

use std::sync::Arc;

use http::Method;
use tokio::runtime::RuntimeFlavor;

use super::Failure;
use super::depsim;
use super::register::Register;
use super::service::Service;
use super::settings::Compat;
use crate::apple::Room;
use crate::apple::apps::Apps;
use crate::apple::catalog::Catalog;
use crate::apple::enrollment::Enrollment;
use crate::apple::invitation::Invitation;
use crate::apple::vpp::Vpp;
use crate::clock::Stopwatch;
use crate::control::{self, Control, Problem};
use crate::http::{self as bytes, Answer, Lookup, Request, Router, Unread};
use crate::pki::is_apple_host;
use crate::telemetry::metrics::Metrics;
use crate::telemetry::{Observation, Side, Telemetry};

/// The most bytes of a body that Apple's services take: more than five thousand serial numbers need.
const APPLE_BODY: usize = 8 * 1024 * 1024;
/// The most bytes of a body that the control API takes: a scenario that lists devices one by one.
const CONTROL_BODY: usize = 256 * 1024 * 1024;

/// The operation of a request that no route takes.
pub(super) const UNKNOWN: &str = "unknown";
/// The operation that depsim has and Apple has not.
pub(super) const DEPSIM_TOKEN: &str = "depsim.token";
/// The operation that vppsim has and Apple has not.
pub(super) const VPPSIM_TOKEN: &str = "vppsim.token";

/// All rooms behind one door.
pub struct App {
    pub(super) enrollment: Service<Enrollment>,
    pub(super) apps: Service<Apps>,
    pub(super) vpp: Service<Vpp>,
    pub(super) invitation: Service<Invitation>,
    pub(super) catalog: Service<Catalog>,
    pub(super) register: Register,
    pub(super) control: Control,
    control_routes: Router<control::Handler>,
    pub(super) compat: Option<Compat>,
}

impl App {
    /// The rooms behind their routes.
    pub fn new(
        enrollment: Enrollment,
        apps: Apps,
        vpp: Vpp,
        invitation: Invitation,
        catalog: Catalog,
        control: Control,
        compat: Option<Compat>,
    ) -> Result<Self, Failure> {
        Ok(Self {
            enrollment: Service::new(enrollment)?,
            apps: Service::new(apps)?,
            vpp: Service::new(vpp)?,
            invitation: Service::new(invitation)?,
            catalog: Service::new(catalog)?,
            register: Register { directory: control.directory.clone(), telemetry: control.telemetry.clone() },
            control,
            control_routes: Router::new([control::ROUTES])?,
            compat,
        })
    }

    fn control(&self, request: &Request) -> Controlled {
        match self.control_routes.lookup(&request.head.method, request.path()) {
            Lookup::Found { route, params } => {
                let organization = Some(params.get("org").to_owned()).filter(|id| !id.is_empty());
                let answer = self.control.answer(route, request, params);
                Controlled { operation: route.operation, organization, answer }
            }
            Lookup::WrongMethod { allow } => self.control_refuses(request, Problem::wrong_method(allow)),
            Lookup::Unknown => self.control_refuses(request, Problem::no_such_path(request.path())),
        }
    }

    fn control_refuses(&self, request: &Request, problem: Problem) -> Controlled {
        Controlled { operation: UNKNOWN, organization: None, answer: self.control.refuse(request, problem).into() }
    }
}

/// What a call of the control API leads to.
struct Controlled {
    operation: &'static str,
    /// The organisation that its path names.
    organization: Option<String>,
    answer: Answer,
}

impl Controlled {
    /// The answer, which is counted and logged when it is there.
    fn observed(self, watch: Stopwatch, request: Request, telemetry: Arc<Telemetry>) -> Answer {
        let Self { operation, organization, answer } = self;
        match answer {
            Answer::Now(response) => {
                let refused = Problem::told(&response);
                telemetry.observe(&Observation {
                    side: Side::Control,
                    operation,
                    request: &request,
                    status: Some(response.status()),
                    duration: watch.elapsed(),
                    organization: organization.as_deref(),
                    server: None,
                    request_id: None,
                    refusal: None,
                    why: refused.as_deref(),
                    fault: None,
                });
                Answer::Now(response)
            }
            Answer::Later(later) => Answer::later(async move {
                let answer = later.await;
                Self { operation, organization, answer }.observed(watch, request, telemetry)
            }),
            Answer::HangUp => Answer::HangUp,
        }
    }
}

impl bytes::App for App {
    fn answer(&self, request: Request) -> Answer {
        if !is_control(&request) {
            self.apple(request)
        } else {
            let watch = Stopwatch::start();
            let is_light = request.head.method == Method::GET && !is_heavy(request.path());
            let controlled = if is_light { self.control(&request) } else { beside_others(|| self.control(&request)) };
            controlled.observed(watch, request, Arc::clone(&self.control.telemetry))
        }
    }

    fn body_limit(&self, request: &Request) -> usize {
        if is_control(request) { CONTROL_BODY } else { APPLE_BODY }
    }

    fn refuse(&self, request: Request, why: Unread) -> Answer {
        if is_control(&request) {
            let watch = Stopwatch::start();
            let refused = self.control_refuses(&request, why.into());
            return refused.observed(watch, request, Arc::clone(&self.control.telemetry));
        }
        self.apple_refuses(request, why)
    }
}

/// Counters for every operation there is.
pub fn metrics() -> Metrics {
    let apple = operations::<Enrollment>().chain(operations::<Apps>()).chain(operations::<Vpp>());
    let apple = apple.chain(operations::<Invitation>()).chain(operations::<Catalog>());
    let apple = apple.chain([(DEPSIM_TOKEN, depsim::TOKEN_PATH), (VPPSIM_TOKEN, depsim::CONTENT_TOKEN_PATH)]);
    Metrics::new(apple, control::ROUTES.iter().map(|route| (route.operation, route.path)))
}

fn operations<R: Room>() -> impl Iterator<Item = (&'static str, &'static str)> {
    R::ROUTES.iter().map(|route| (route.operation, route.path))
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

/// The control API is not Apple's: nothing of it can be reached through a name of Apple's, whichever of a request's names that is.
fn is_control(request: &Request) -> bool {
    let inside =
        request.path().strip_prefix(control::PREFIX).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    inside && !request.via.stands_in && !request.authorities().any(|name| is_apple_host(host(name)))
}

/// The host of a `Host` header, without its port and whoever is named before it.
fn host(authority: &str) -> &str {
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    }
}
