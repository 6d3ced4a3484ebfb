//! The page to which the link of an invitation leads: there a user of Apps and Books accepts it with an Apple Account of their own.
//!
//! Both versions of App and Book Management hand the link out, as a template or filled in, and MDM servers send it to their users. At Apple it opens
//! the store's app; what is shown there nobody has described. Ours is a page for people, and for `curl`: GET shows a form, POST accepts.
//!
//! A request belongs to the organisation whose invitation code is in its link. With a code that is none it is the only organisation's, if there
//! is but one, and nobody's otherwise.

mod auth;
mod errors;
mod handlers;
mod page;
mod routes;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};

pub use auth::Visitor;
pub use routes::{PATH, ROUTES};

use super::{Reply, Room, Said, edge};
use crate::directory::{Directory, InvitationPlace};
use crate::faults::Verdict;
use crate::http::{Body, Params, Query, Request, Response, Route};
use errors::{Refusal, Refused};

/// Where Apple has the page.
pub const HOST: &str = "buy.itunes.apple.com";

type Answer = fn(&Call<'_>) -> Result<String, Refused>;

/// What a call is handled by: it answers with a page.
#[derive(Clone, Copy, Debug)]
pub struct Handler(Answer);

/// One call.
#[derive(Debug)]
struct Call<'a> {
    /// The code in the link.
    code: &'a str,
    /// Whom it invites.
    place: &'a InvitationPlace,
    /// What was filled in.
    form: Query<'a>,
}

/// The room.
#[derive(Debug)]
pub struct Invitation {
    directory: Arc<Directory>,
}

impl Invitation {
    /// The room for the organisations in `directory`.
    pub fn new(directory: Arc<Directory>) -> Self {
        Self { directory }
    }

    fn call(&self, handler: Handler, visitor: &Visitor, request: &Request) -> Result<String, Refused> {
        let (code, place) = visitor.presented.as_ref().map_err(Clone::clone)?;
        let form = std::str::from_utf8(&request.body).map_err(|_| Refusal::NoForm.because("the body is no UTF-8"))?;
        (handler.0)(&Call { code, place, form: Query::parse(Some(form)) })
    }

    /// An answer as it leaves.
    fn leave(&self, visitor: &Visitor, mut said: Said) -> Said {
        edge::leave(&self.directory, visitor.party.organization.as_deref(), &mut said.response);
        said
    }
}

impl Room for Invitation {
    type Handler = Handler;
    type Visitor = Visitor;

    const ROUTES: &'static [Route<Handler>] = ROUTES;

    fn claims(&self, request: &Request) -> bool {
        request.path() == PATH
    }

    fn visitor(&self, _: Option<Handler>, request: &Request) -> Visitor {
        Visitor::find(&self.directory, request)
    }

    fn answer(&self, handler: Handler, _: &Params<'_>, visitor: &Visitor, request: &Request, _: &[Verdict]) -> Reply {
        let said = match self.call(handler, visitor, request) {
            Ok(page) => Said::plainly(html(StatusCode::OK, page)),
            Err(refused) => errors::said(refused),
        };
        Reply::Now(self.leave(visitor, said))
    }

    fn stray(&self, visitor: &Visitor, mut response: Response, refusal: &'static str, why: String) -> Said {
        let shown = html(response.status(), page::of_status(response.status(), &why));
        response.headers_mut().extend(shown.headers().clone());
        *response.body_mut() = shown.into_body();
        self.leave(visitor, Said { response, refusal: Some(refusal), why: vec![why], refs: &["apps.invitation-page"] })
    }

    fn named_error(&self, _: &Visitor, _: &str, name: &str) -> Response {
        errors::named(name)
    }

    fn success(&self, body: Bytes) -> Response {
        html(StatusCode::OK, body)
    }

    fn dress(&self, _: Handler, visitor: &Visitor, _: &Request, response: &mut Response, own: Option<&Response>) {
        edge::leave_instead(&self.directory, visitor.party.organization.as_deref(), response, own);
    }
}

/// What a page of ours may do: show itself, with styles of its own, and send its form to where it came from.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// A page. Its link is what lets somebody accept: nobody is to keep it, and no other site to hear of it.
fn html(status: StatusCode, page: impl Into<Body>) -> Response {
    let mut response = Response::new(page.into());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html;charset=UTF-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}
