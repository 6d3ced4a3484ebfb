//! What the stores tell of apps and books: three services that MDM servers ask for the names, icons and versions of what they assign.
//!
//! - The catalogue ("Apps and Books metadata for organizations"), JSON:API under `/v1` at `api.ent.apple.com` and `api.edu.apple.com`. It wants a
//!   developer token; its `stoken-authenticated-…` calls want a content token too and then know the organisation's custom apps.
//! - The lookup of before (`contentMetadataLookup`) at `uclient-api.itunes.apple.com`, which a content token opens the same way.
//! - The public lookup at `itunes.apple.com`, for everybody.
//!
//! A request belongs to the organisation whose content token it shows; a developer token names none. Without a content token it is the only
//! organisation's, if there is but one, and nobody's otherwise: then no fault strikes it, and the journal of strays has it.
//!
//! Icons come from here as well. The Business API has paths under `/v1` too (`api-business.apple.com`); those of the catalogue begin with
//! `/v1/catalog`, `/v1/storefronts` and `/v1/test`, which that API has not. Where they meet all the same, the `Host` has to decide.

mod auth;
mod errors;
mod handlers;
mod holdings;
mod routes;
mod shelf;
#[cfg(test)]
mod tests;
mod wire;

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, header};

pub use auth::Visitor;
pub use holdings::{Holder, Holdings, NoHoldings, Owner, Unwelcome};
pub use routes::ROUTES;

use super::{Party, Reply, Room, Said};
use crate::clock::wall;
use crate::directory::Directory;
use crate::faults::Verdict;
use crate::http::{Body, Origin, Params, Query, Request, Response, Route};
use crate::pki::DeveloperKeys;
use errors::{Refusal, Refused};
use shelf::Shelf;

/// The services' host names: the catalogue's for businesses and for schools, the lookup of before, the public lookup.
pub const HOSTS: [&str; 4] =
    ["api.ent.apple.com", "api.edu.apple.com", "uclient-api.itunes.apple.com", "itunes.apple.com"];

type Answer = fn(&Call<'_>) -> Result<Response, Refused>;

/// What a call is handled by.
#[derive(Clone, Copy, Debug)]
pub struct Handler {
    /// What does it.
    answer: Answer,
    /// Whether it wants a developer token.
    for_developers: bool,
}

/// One call.
#[derive(Debug)]
struct Call<'a> {
    catalog: &'a Catalog,
    params: &'a Params<'a>,
    query: Query<'a>,
    /// Whose content token the client sent, if it sent one.
    presented: Option<&'a Result<Holder, Unwelcome>>,
    /// The origin that the client thinks it talks to, for links.
    origin: String,
}

/// The room.
#[derive(Debug)]
pub struct Catalog {
    directory: Arc<Directory>,
    public: Option<Origin>,
    holdings: Arc<dyn Holdings>,
    keys: Arc<DeveloperKeys>,
}

impl Catalog {
    /// The room for the organisations in `directory`, whose titles and content tokens `holdings` knows. `public` is the URL by which clients
    /// reach us, where that is not what they say; `keys` those of developers whose signatures are to be checked.
    pub fn new(
        directory: Arc<Directory>,
        public: Option<Origin>,
        holdings: Arc<dyn Holdings>,
        keys: Arc<DeveloperKeys>,
    ) -> Self {
        Self { directory, public, holdings, keys }
    }

    fn call(
        &self,
        handler: Handler,
        params: &Params<'_>,
        visitor: &Visitor,
        request: &Request,
    ) -> Result<Response, Refused> {
        if handler.for_developers {
            self.keys.check(request.header(header::AUTHORIZATION), wall())?;
        }
        let origin = Origin::of(request, self.public.as_ref()).map_or_else(|_| String::new(), |it| it.to_string());
        let query = Query::parse(request.head.uri.query());
        (handler.answer)(&Call { catalog: self, params, query, presented: visitor.presented.as_ref(), origin })
    }

    /// A name for an error among all.
    fn error_id(&self, party: &Party) -> String {
        let number = party.organization.as_deref().map(|organization| organization.next_answer());
        errors::id(number.unwrap_or_else(|| self.directory.next_answer()))
    }

    fn refuse(&self, party: &Party, refused: Refused) -> Said {
        let response = errors::response(&refused.refusal, &self.error_id(party));
        let refs = errors::references(&refused.refusal);
        Said { response, refusal: Some(refused.refusal.name()), why: vec![refused.why], refs }
    }
}

impl Room for Catalog {
    type Handler = Handler;
    type Visitor = Visitor;

    const ROUTES: &'static [Route<Handler>] = ROUTES;

    /// The paths of its calls alone: what else is below `/v1` is another service's.
    fn claims(&self, request: &Request) -> bool {
        routes::has(request.path())
    }

    fn visitor(&self, _: Option<Handler>, request: &Request) -> Visitor {
        Visitor::find(&self.directory, &*self.holdings, request)
    }

    fn answer(
        &self,
        handler: Handler,
        params: &Params<'_>,
        visitor: &Visitor,
        request: &Request,
        _: &[Verdict],
    ) -> Reply {
        Reply::Now(match self.call(handler, params, visitor, request) {
            Ok(response) => Said::plainly(response),
            Err(refused) => self.refuse(&visitor.party, refused),
        })
    }

    fn stray(&self, _: &Visitor, response: Response, refusal: &'static str, why: String) -> Said {
        Said { response, refusal: Some(refusal), why: vec![why], refs: &[] }
    }

    fn named_error(&self, visitor: &Visitor, operation: &str, name: &str) -> Response {
        errors::named(operation, name, &self.error_id(&visitor.party))
    }

    fn success(&self, body: Bytes) -> Response {
        let mut response = Response::new(Body::from(body));
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(wire::JSON));
        response
    }

    /// Nothing was seen that all answers of the stores have.
    fn dress(&self, _: Handler, _: &Visitor, _: &Request, _: &mut Response, _: Option<&Response>) {}
}

impl Call<'_> {
    /// What is to be seen with the content token, which has to be good.
    fn shelf_of_holder(&self) -> Result<Shelf<'_>, Refused> {
        let none = "there is no content token, neither as cookie `itvt` nor as header `vpp-token`";
        let holder = match self.presented {
            Some(Ok(holder)) => holder,
            Some(Err(unwelcome)) => return Err(Refusal::ContentToken.because(&*unwelcome.why)),
            None => return Err(Refusal::ContentToken.because(none)),
        };
        Ok(Shelf::new(self.catalog, self.storefront()?, Some(holder)))
    }

    /// Whose content token it is, if it is good.
    fn holder(&self) -> Option<&Holder> {
        self.presented?.as_ref().ok()
    }

    /// What everybody sees.
    fn shelf_of_everybody(&self) -> Result<Shelf<'_>, Refused> {
        Ok(Shelf::new(self.catalog, self.storefront()?, None))
    }
}

fn json(value: &serde_json::Value, kind: &'static str) -> Response {
    let mut response = Response::new(Body::from(value.to_string()));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

/// The header in which Fleet sends a content token to anybody but Apple.
const VPP_TOKEN: HeaderName = HeaderName::from_static("vpp-token");
