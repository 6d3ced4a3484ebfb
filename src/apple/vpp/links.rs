//! Where clients find things.

use crate::apple::{apps, invitation};
use crate::http::{Origin, Request};

/// Where a client finds things: under Apple's names where it came for them, otherwise all where it found us.
pub struct Links(Option<String>);

impl Links {
    /// Those for whoever sent a request.
    pub fn of(request: &Request, public: Option<&Origin>) -> Self {
        let origin = Origin::of(request, public).ok();
        Self(origin.filter(|origin| !apps::is_host(&origin.host)).map(|origin| origin.to_string()))
    }

    /// A URL of a host of Apple's.
    pub fn at(&self, host: &str, path: &str) -> String {
        match &self.0 {
            Some(origin) => format!("{origin}{path}"),
            None => format!("https://{host}{path}"),
        }
    }

    /// The link by which a user accepts an invitation.
    pub fn invitation(&self, code: &str) -> String {
        self.at(invitation::HOST, &format!("{}?inviteCode={code}&mt=8", invitation::PATH))
    }
}
