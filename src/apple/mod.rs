//! Apple's services, one room each. What they have in common: a request is from somebody, and comes to an end.

pub mod catalog;
pub mod enrollment;

use std::sync::Arc;

use crate::http::Response;
use crate::organization::{Organization, ServerId};

/// Whom a credential names, whether or not it is still good.
#[derive(Clone, Debug, Default)]
pub struct Party {
    /// The organisation; the only one there is, where no credential leads to one.
    pub organization: Option<Arc<Organization>>,
    /// The MDM server.
    pub server: Option<ServerId>,
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
