//! From a request to the one of Apple's services that it is for.

use super::app::{App, DEPSIM_TOKEN};
use super::depsim;
use super::service::Door;
use super::settings::Compat;
use crate::clock::Stopwatch;
use crate::http::{Answer, Request, Unread};
use crate::telemetry::{Observation, Side};

impl App {
    /// Answers a request to one of Apple's services.
    pub(super) fn apple(&self, request: Request) -> Answer {
        if self.compat == Some(Compat::Depsim) && request.path() == depsim::TOKEN_PATH {
            return self.depsim_token(&request);
        }
        self.door(&request).answer(&self.register, request)
    }

    /// Refuses a request whose body stays unread.
    pub(super) fn apple_refuses(&self, request: Request, why: Unread) -> Answer {
        self.door(&request).refuse(&self.register, request, why)
    }

    /// The first that claims the request: enrolment, the last, claims all that is left.
    fn door(&self, request: &Request) -> &dyn Door {
        let doors: [&dyn Door; 2] = [&self.apps, &self.catalog];
        doors.into_iter().find(|door| door.claims(request)).unwrap_or(&self.enrollment)
    }

    fn depsim_token(&self, request: &Request) -> Answer {
        let watch = Stopwatch::start();
        let response = depsim::token(&self.control.directory);
        let status = Some(response.status());
        let organization = self.control.directory.only();
        let organization = organization.as_deref().map(|organization| organization.id.as_str());
        self.control.telemetry.observe(&Observation {
            side: Side::Apple,
            operation: DEPSIM_TOKEN,
            request,
            status,
            duration: watch.elapsed(),
            organization,
            server: None,
            request_id: None,
            refusal: None,
            why: None,
            fault: None,
        });
        response.into()
    }
}
