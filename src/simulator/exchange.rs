//! From a request to the one of Apple's services that it is for.

use super::app::{App, DEPSIM_TOKEN, VPPSIM_TOKEN};
use super::depsim;
use super::service::Door;
use super::settings::Compat;
use crate::clock::Stopwatch;
use crate::directory::Directory;
use crate::http::{Answer, Request, Response, Unread};
use crate::telemetry::{Observation, Side};

impl App {
    /// Answers a request to one of Apple's services.
    pub(super) fn apple(&self, request: Request) -> Answer {
        if self.compat == Some(Compat::Depsim) && request.path() == depsim::TOKEN_PATH {
            return self.depsim_token(&request, DEPSIM_TOKEN, depsim::token);
        }
        if self.compat == Some(Compat::Depsim) && request.path() == depsim::CONTENT_TOKEN_PATH {
            return self.depsim_token(&request, VPPSIM_TOKEN, depsim::content_token);
        }
        self.door(&request).answer(&self.register, request)
    }

    /// Refuses a request whose body stays unread.
    pub(super) fn apple_refuses(&self, request: Request, why: Unread) -> Answer {
        self.door(&request).refuse(&self.register, request, why)
    }

    /// The first that claims the request: enrolment, the last, claims all that is left.
    fn door(&self, request: &Request) -> &dyn Door {
        // Version 1 has services below version 2.
        let doors: [&dyn Door; 4] = [&self.vpp, &self.invitation, &self.apps, &self.catalog];
        doors.into_iter().find(|door| door.claims(request)).unwrap_or(&self.enrollment)
    }

    fn depsim_token(&self, request: &Request, operation: &'static str, token: fn(&Directory) -> Response) -> Answer {
        let watch = Stopwatch::start();
        let response = token(&self.control.directory);
        let status = Some(response.status());
        let organization = self.control.directory.only();
        let organization = organization.as_deref().map(|organization| organization.id.as_str());
        self.control.telemetry.observe(&Observation {
            side: Side::Apple,
            operation,
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
