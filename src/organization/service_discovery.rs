//! Account-driven enrolment: where Managed Apple Accounts find the MDM when their domain does not say.

use super::{Books, Refusal, Refused, ServerId};
use crate::clock::Timestamp;

impl Books {
    /// Sets the service discovery URL, which must be https.
    pub fn set_service_discovery(&mut self, server: ServerId, url: &str, now: Timestamp) -> Result<(), Refused> {
        self.check_supported()?;
        if url.is_empty() {
            return Err(Refused::new(Refusal::DiscoveryUrlRequired, "`mdm_service_discovery_url` is missing"));
        }
        let host = url.strip_prefix("https://").map(|rest| rest.split(['/', '?', '#']).next().unwrap_or_default());
        let well_formed = host.is_some_and(|host| !host.is_empty()) && !url.contains(char::is_whitespace);
        if !well_formed {
            return Err(Refused::new(Refusal::DiscoveryUrlNotValid, format!("`{url}` is no https URL")));
        }
        self.servers[usize::from(server)].service_discovery = Some((url.to_owned(), now));
        Ok(())
    }

    /// The URL and when it was set.
    pub fn service_discovery(&self, server: ServerId) -> Result<(&str, Timestamp), Refused> {
        self.check_supported()?;
        let set = self.servers[usize::from(server)].service_discovery.as_ref();
        let (url, at) = set.ok_or_else(|| Refused::new(Refusal::DiscoveryNotFound, "no URL was set"))?;
        Ok((url, *at))
    }

    /// Forgets the URL.
    pub fn clear_service_discovery(&mut self, server: ServerId) -> Result<(), Refused> {
        self.check_supported()?;
        self.servers[usize::from(server)].service_discovery = None;
        Ok(())
    }

    fn check_supported(&self) -> Result<(), Refused> {
        if self.quirks.account_driven_unsupported {
            return Err(Refused::new(Refusal::OrgNotSupported, "the switch `account_driven_unsupported` is on"));
        }
        Ok(())
    }
}
