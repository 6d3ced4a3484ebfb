//! What the stores tell of apps and books: three services that MDM servers ask for the names, icons and versions of what they assign.
//!
//! - The catalogue ("Apps and Books metadata for organizations"), JSON:API under `/v1` at `api.ent.apple.com` and `api.edu.apple.com`. It wants a
//!   developer token; its `stoken-authenticated-…` calls want a content token too and then know the organisation's custom apps.
//! - The lookup of before (`contentMetadataLookup`) at `uclient-api.itunes.apple.com`, which a content token opens the same way.
//! - The public lookup at `itunes.apple.com`, for everybody.
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

use http::{HeaderName, HeaderValue, header};

pub use holdings::{Holder, Holdings, NoHoldings, Unwelcome};
pub use routes::ROUTES;

use super::{Party, Said};
use crate::clock::wall;
use crate::directory::Directory;
use crate::http::{Body, Origin, Params, Query, Request, Response};
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
    params: Params<'a>,
    query: Query<'a>,
    /// Whose content token the client sent, if it sent one.
    presented: Option<Result<Holder, Unwelcome>>,
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

    /// Answers a request that the route table gave to `handler`, and says whose it was.
    pub fn answer(&self, handler: Handler, params: Params<'_>, request: &Request) -> (Party, Said) {
        let presented = auth::content_token(request).map(|token| self.holdings.holder(&token));
        let organization = match &presented {
            Some(Ok(holder)) => Some(holder.organization.clone()),
            Some(Err(unwelcome)) => unwelcome.organization.clone(),
            None => None,
        };
        let party = Party { organization: organization.or_else(|| self.directory.only()), ..Party::default() };
        let admitted = match handler.for_developers {
            true => self.keys.check(request.header(header::AUTHORIZATION), wall()).map(|_| ()),
            false => Ok(()),
        };
        let origin = Origin::of(request, self.public.as_ref()).map_or_else(|_| String::new(), |it| it.to_string());
        let query = Query::parse(request.head.uri.query());
        let call = Call { catalog: self, params, query, presented, origin };
        let said = match admitted.map_err(Refused::from).and_then(|()| (handler.answer)(&call)) {
            Ok(response) => Said::plainly(response),
            Err(refused) => self.refuse(&party, refused),
        };
        (party, said)
    }

    fn refuse(&self, party: &Party, refused: Refused) -> Said {
        let number = party.organization.as_deref().map(|organization| organization.next_answer());
        let id = errors::id(number.unwrap_or_else(|| self.directory.next_answer()));
        let refusal = Some(refused.refusal.name());
        let refs = errors::references(&refused.refusal);
        Said { response: errors::response(&refused.refusal, &id), refusal, why: vec![refused.why], refs }
    }
}

impl Call<'_> {
    /// What is to be seen with the content token, which has to be good.
    fn shelf_of_holder(&self) -> Result<Shelf<'_>, Refused> {
        let none = "there is no content token, neither as cookie `itvt` nor as header `vpp-token`";
        let holder = match &self.presented {
            Some(Ok(holder)) => holder,
            Some(Err(unwelcome)) => return Err(Refusal::ContentToken.because(&*unwelcome.why)),
            None => return Err(Refusal::ContentToken.because(none)),
        };
        Ok(Shelf::new(self.catalog, self.storefront()?, Some(holder)))
    }

    /// Whose content token it is, if it is good.
    fn holder(&self) -> Option<&Holder> {
        self.presented.as_ref()?.as_ref().ok()
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
