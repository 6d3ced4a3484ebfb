//! The page's calls.

use http::Method;

use super::{Answer, Handler, handlers};
use crate::http::Route;

/// Where the page is.
pub const PATH: &str = "/WebObjects/MZFinance.woa/wa/associateVPPUserWithITSAccount";

const fn call(method: Method, operation: &'static str, summary: &'static str, answer: Answer) -> Route<Handler> {
    Route { method, path: PATH, operation, summary, handler: Handler(answer) }
}

/// Every call of the page.
#[rustfmt::skip]
pub const ROUTES: &[Route<Handler>] = &[
    call(Method::GET, "invitation.show", "The page behind an invitation's link", handlers::show),
    call(Method::POST, "invitation.accept", "Accept the invitation with an Apple Account", handlers::accept),
];
