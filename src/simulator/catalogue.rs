//! Requests for the catalogue: the second room that is asked, where the first knows nothing of a path.

use super::app::{App, UNKNOWN};
use super::service::wrong_method;
use crate::apple::{Party, Said};
use crate::http::{Lookup, Request};

impl App {
    /// What the catalogue answers, by which operation and to whom; `None` where it does not know the path either.
    pub(super) fn catalogue(&self, request: &Request) -> Option<(&'static str, Party, Said)> {
        match self.catalog_routes.lookup(&request.head.method, request.path()) {
            Lookup::Found { route, params } => {
                let (party, said) = self.catalog.answer(route.handler, params, request);
                Some((route.operation, party, said))
            }
            Lookup::WrongMethod { allow } => {
                let why = vec![format!("{} is no method of {}", request.head.method, request.path())];
                let said = Said { response: wrong_method(allow), refusal: Some("method_not_allowed"), why, refs: &[] };
                Some((UNKNOWN, Party { organization: self.control.directory.only(), ..Party::default() }, said))
            }
            Lookup::Unknown => None,
        }
    }
}
