//! Whose certificates are good enough for notifications.

use std::sync::OnceLock;

use tokio_rustls::TlsConnector;

use crate::http::{public_authorities, trusting, trusting_all, trusting_anybody};
use crate::organization::quirks::WebhookTls;

/// The file of `--webhook-ca` has no certificates.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the webhook CA cannot be read: {0}; right would be a PEM file of CA certificates")]
pub struct BadWebhookCa(pub String);

/// The system's authorities, and perhaps one more. They are read when the first notification is sent: most simulators send none.
#[derive(Default)]
pub struct Trusted {
    own: Option<String>,
    checked: OnceLock<TlsConnector>,
    unchecked: OnceLock<TlsConnector>,
}

impl std::fmt::Debug for Trusted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Trusted").field("own", &self.own.is_some()).finish_non_exhaustive()
    }
}

impl Trusted {
    /// The system's authorities and those in `own`, PEM.
    pub fn new(own: Option<String>) -> Result<Self, BadWebhookCa> {
        if let Some(own) = &own {
            trusting(own).map_err(BadWebhookCa)?;
        }
        Ok(Self { own, ..Self::default() })
    }

    pub(super) fn connector(&self, tls: WebhookTls) -> &TlsConnector {
        match tls {
            WebhookTls::Insecure => self.unchecked.get_or_init(trusting_anybody),
            WebhookTls::Verify => self.checked.get_or_init(|| {
                let system = public_authorities(std::env::var("SSL_CERT_FILE").ok().as_deref());
                trusting_all([system.as_deref(), self.own.as_deref()].into_iter().flatten())
            }),
        }
    }
}
