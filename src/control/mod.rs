//! Our own API, under `/_sim`: what an administrator does in Apple's portal, what time and chance do, and what a test needs to know.

mod bodies;
mod bundle;
mod catalog;
mod clock;
mod configurator;
mod content_bodies;
mod content_difference;
mod content_tokens;
mod credit;
mod developer_keys;
mod device_view;
mod devices;
mod difference;
mod faults;
mod gate;
mod installations;
mod invitations;
mod journal;
mod location_view;
mod locations;
mod moves;
mod notifications;
mod openapi;
mod orders;
mod orgs;
mod overview;
mod pages;
mod people;
mod permission;
mod problem;
mod program;
mod protection;
mod purchases;
mod reply;
mod report;
mod routes;
mod seats;
mod servers;
mod settings;
mod snapshots;
mod subscriptions;
mod timeline;
mod titles;

use std::sync::Arc;

use tokio::sync::watch;

pub use gate::Gate;
pub use problem::Problem;
pub use reply::Reply;
pub use routes::ROUTES;

use protection::protect;

use crate::apple::catalog::Holdings;
use crate::directory::{Directory, Entry, Loaded};
use crate::http::{Answer, Origin, Params, Query, Request, Response, Route};
use crate::notifications::Notifier;
use crate::organization::Organization;
use crate::pki::DeveloperKeys;
use crate::telemetry::Telemetry;

/// Where every call of the control API begins.
pub const PREFIX: &str = "/_sim";

/// What a call is handled by. Only what changes nothing and tells no secret is open to everybody.
#[derive(Clone, Copy, Debug)]
pub struct Handler {
    /// What does it.
    pub answer: fn(&Call<'_>) -> Result<Reply, Problem>,
    /// Whether it needs no token and is answered on every listener.
    pub public: bool,
}

/// One call.
#[derive(Debug)]
pub struct Call<'a> {
    /// The API.
    pub control: &'a Control,
    /// The request.
    pub request: &'a Request,
    /// The parameters in its path.
    pub params: Params<'a>,
}

/// The control API.
#[derive(Debug)]
pub struct Control {
    /// The organisations.
    pub directory: Arc<Directory>,
    /// What they have of apps and books.
    pub holdings: Arc<dyn Holdings>,
    /// The public keys of developers who call the catalogue.
    pub developer_keys: Arc<DeveloperKeys>,
    /// What the organisations of the scenario were made from, in order: what `reset` brings back.
    pub loaded: Loaded,
    /// The CA certificate, PEM.
    pub ca_pem: String,
    /// The URL by which clients reach us, where that is not what they say.
    pub public: Option<Origin>,
    /// Who may come in.
    pub gate: Gate,
    /// What sends notifications.
    pub notifier: Arc<Notifier>,
    /// What counts and logs.
    pub telemetry: Arc<Telemetry>,
    /// Becomes true when the simulator is to stop: whoever waits then waits no longer.
    pub stopping: watch::Receiver<bool>,
}

impl Control {
    /// Answers a request that the route table gave to `route`.
    pub fn answer(&self, route: &Route<Handler>, request: &Request, params: Params<'_>) -> Answer {
        let admitted = if route.handler.public { Ok(()) } else { self.gate.admit(request) };
        let call = Call { control: self, request, params };
        let answered = admitted.and_then(|()| call.permit(route)).and_then(|()| (route.handler.answer)(&call));
        answered.map_or_else(|problem| protect(problem.into_response()).into(), Reply::into_answer)
    }

    /// Answers a request that no route takes. Who may not come in learns nothing of it.
    pub fn refuse(&self, request: &Request, problem: Problem) -> Response {
        protect(self.gate.admit(request).err().unwrap_or(problem).into_response())
    }
}

impl Call<'_> {
    /// The organisation that the path names.
    pub fn organization(&self) -> Result<Arc<Organization>, Problem> {
        let id = self.params.get("org");
        self.control.directory.organization(id).ok_or_else(|| Problem::unknown("organisation", id))
    }

    /// The same with what it was made from.
    pub fn entry(&self) -> Result<Entry, Problem> {
        let id = self.params.get("org");
        self.control.directory.entry(id).ok_or_else(|| Problem::unknown("organisation", id))
    }

    /// The query, but for who makes the call.
    pub fn query(&self) -> Query<'_> {
        Query::parse(self.request.head.uri.query()).without(permission::AS)
    }

    /// The origin that the client thinks it talks to, for links.
    pub fn origin(&self) -> String {
        Origin::of(self.request, self.control.public.as_ref())
            .map_or_else(|_| String::new(), |origin| origin.to_string())
    }

    /// Whether the client would rather have `kind` than JSON.
    pub fn prefers(&self, kind: &str) -> bool {
        self.request.header(http::header::ACCEPT).is_some_and(|accepted| accepted.contains(kind))
    }
}
