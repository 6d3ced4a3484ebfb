//! What every room has, so that the door, the journal, faults and metrics need not know which it is.

use bytes::Bytes;

use super::{Party, Reply, Said};
use crate::faults::{Deed, Verdict};
use crate::http::{Params, Request, Response, Route};

/// One of Apple's services.
pub trait Room: Send + Sync + 'static {
    /// What a call is handled by.
    type Handler: Copy + Send + Sync + 'static;
    /// Whom a request is from.
    type Visitor: AsRef<Party>;

    /// Its calls.
    const ROUTES: &'static [Route<Self::Handler>];

    /// Whether `HEAD` is answered wherever `GET` is.
    const HAS_HEAD: bool = true;

    /// Whether a request is for this room, by its path or its host, also where there is no such call.
    fn claims(&self, request: &Request) -> bool;

    /// Whom a request for `handler` is from, by the credential that it carries.
    fn visitor(&self, handler: Option<Self::Handler>, request: &Request) -> Self::Visitor;

    /// Answers a request that the route table gave to `handler`, with the parameters of its path. `verdicts` is what a fault says of single
    /// devices in it.
    fn answer(
        &self,
        handler: Self::Handler,
        params: &Params<'_>,
        visitor: &Self::Visitor,
        request: &Request,
        verdicts: &[Verdict],
    ) -> Reply;

    /// An answer that no call gave — no such path, not this method, too large a body — as this service gives it.
    fn stray(&self, visitor: &Self::Visitor, response: Response, refusal: &'static str, why: String) -> Said;

    /// The answer with an error of an operation's catalogue, by its name.
    fn named_error(&self, visitor: &Self::Visitor, operation: &str, name: &str) -> Response;

    /// An answer of this service with this body.
    fn success(&self, body: Bytes) -> Response;

    /// Gives an answer that a fault puts in the place of the call's own the headers that answers have here. `own` is the call's own answer,
    /// where it was made.
    fn dress(
        &self,
        handler: Self::Handler,
        visitor: &Self::Visitor,
        request: &Request,
        response: &mut Response,
        own: Option<&Response>,
    );

    /// What faults mind of a request; nothing, where nobody is named in requests.
    fn asked(&self, request: &Request) -> Named {
        let _ = request;
        Named::default()
    }

    /// The rows of a page by name: the serial numbers of devices, for example. None, where answers have no rows.
    fn rows(&self, page: &[u8]) -> Vec<String> {
        let _ = page;
        Vec::new()
    }

    /// The body of a successful answer to `request` as `deed` leaves it; `None` where it stays as it is.
    fn alter(&self, deed: &Deed, request: &Request, body: &[u8]) -> Option<Vec<u8>> {
        let _ = (deed, request, body);
        None
    }

    /// Changes what a fault lets change once a call was answered; most change nothing.
    fn change(&self, deed: &Deed, visitor: &Self::Visitor, operation: &str) {
        let _ = (deed, visitor, operation);
    }
}

/// What faults mind of a request.
#[derive(Clone, Debug, Default)]
pub struct Named {
    /// The serial numbers in it.
    pub serials: Vec<String>,
    /// Whether it goes on from a cursor.
    pub has_cursor: bool,
}
