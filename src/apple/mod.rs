//! Apple's services, one room each. What they have in common: a request is from somebody, and comes to an end.

pub mod apps;
pub mod catalog;
mod edge;
pub mod enrollment;
pub mod invitation;
mod json;
mod room;
pub mod vpp;

use std::pin::Pin;
use std::sync::Arc;

pub use room::{Named, Room};

use crate::http::Response;
use crate::organization::content::LocationId;
use crate::organization::{Books, Organization, ServerId};

/// Whom a credential names, whether or not it is still good.
#[derive(Clone, Debug, Default)]
pub struct Party {
    /// The organisation; the only one there is, where no credential leads to one.
    pub organization: Option<Arc<Organization>>,
    /// The MDM server.
    pub server: Option<ServerId>,
    /// The location, for a content token.
    pub location: Option<LocationId>,
}

impl Party {
    /// Name and id of the MDM server or of the location in the books of the organisation.
    pub fn name<'b>(&self, books: &'b Books) -> Option<(&'b str, &'b str)> {
        if let Some(server) = self.server.and_then(|server| books.servers.get(usize::from(server))) {
            return Some((&server.name, &server.id));
        }
        let location = self.location.and_then(|location| books.content.locations.get(usize::from(location)))?;
        Some((&location.name, &location.id))
    }
}

/// What a room says, and what it thinks.
#[derive(Debug)]
pub struct Said {
    /// What goes to the client.
    pub response: Response,
    /// The name of the refusal, where the whole request was refused.
    pub refusal: Option<&'static str>,
    /// Why the request was refused, or some of its devices were, in words.
    pub why: Vec<String>,
    /// The entries of the fidelity ledger that say so.
    pub refs: &'static [&'static str],
}

impl Said {
    /// An answer that needs no reasons.
    pub fn plainly(response: Response) -> Self {
        Self { response, refusal: None, why: Vec::new(), refs: &[] }
    }
}

/// What a room says now, or will say when it has found something out.
#[expect(clippy::large_enum_variant, reason = "nearly every reply is a large one, and a box for each would cost more")]
pub enum Reply {
    /// Now.
    Now(Said),
    /// When this is over.
    Later(Pin<Box<dyn Future<Output = Said> + Send>>),
}
