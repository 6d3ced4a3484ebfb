//! The simulator's own certificate authority.
//!
//! - `names`: what the certificate is good for
//! - `issuing`: CA and leaf as things: made, read, judged
//! - `directory`: the four files, their modes, and the lock

mod directory;
mod issuing;
mod names;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::sign::{CertifiedKey, SingleCertAndKey};

use crate::clock::Timestamp;
use issuing::Ca;

/// A CA of our own and the certificate it gave our port: ECDSA P-256, good for this machine and for every one of
/// [`APPLE_HOSTS`](super::APPLE_HOSTS). A client that trusts the CA believes that it talks to Apple.
///
/// Its keys are cryptographically random, never seeded: people put the CA into their trust stores.
pub struct Authority {
    ca_pem: String,
    certified: Arc<CertifiedKey>,
    provider: Arc<CryptoProvider>,
}

/// Why there is no [`Authority`].
#[derive(Debug, thiserror::Error)]
pub enum AuthorityError {
    /// The directory cannot be made or entered.
    #[error("cannot keep certificates in {}: {source}; name a directory in which this user may create files", path.display())]
    Directory {
        /// The directory.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file is there and cannot be read.
    #[error("cannot read {}: {source}; let this user read it", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file has to be made and cannot be.
    #[error("cannot write {}: {source}; let this user create files there", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file holds something else.
    #[error("{} is not {expected}: {why}; put the right one back, or delete {together} to have a new one made", path.display())]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What it should be.
        expected: &'static str,
        /// What is wrong.
        why: String,
        /// The files to delete together.
        together: String,
    },
    /// CA certificate and key are of two different CAs.
    #[error("{} does not hold the key of {}; put the right pair back, or delete both to have a new CA made", key.display(), certificate.display())]
    NotAPair {
        /// The CA certificate.
        certificate: PathBuf,
        /// The key beside it.
        key: PathBuf,
    },
    /// The CA certificate stands alone.
    #[error("{} is there but its key {} is not; put the key back, or delete the certificate to have a new CA made", certificate.display(), key.display())]
    KeyMissing {
        /// The CA certificate.
        certificate: PathBuf,
        /// Where its key should be.
        key: PathBuf,
    },
    /// The CA has expired, or the machine's clock is wrong.
    #[error("the CA in {} is valid from {from} to {until}, and it is {now}; set the machine's clock, or delete ca.pem and ca.key.pem to have a new CA made", path.display())]
    OutOfDate {
        /// The CA certificate.
        path: PathBuf,
        /// Its first moment.
        from: Timestamp,
        /// Its last moment.
        until: Timestamp,
        /// The wall clock.
        now: Timestamp,
    },
    /// A name that no certificate can carry was asked for.
    #[error(
        "`{0}` cannot stand in a certificate: write a host name (international ones as xn--…) or an IP address, without scheme and port"
    )]
    Name(String),
    /// A certificate could not be made.
    #[error("cannot make a certificate: {0}")]
    Making(#[from] rcgen::Error),
    /// TLS could not be set up with it.
    #[error("cannot set up TLS: {0}")]
    Tls(#[from] rustls::Error),
}

impl Authority {
    /// The authority kept in `dir`, made there at first. `ca.pem` and `ca.key.pem` are kept for as long as they are
    /// valid, so that people have to trust the CA once only; `leaf.pem` and `leaf.key.pem` are made anew when they near
    /// their end, are of another CA, or lack one of the wanted names. `names` are host names or IP addresses beyond
    /// `localhost`, this machine's and Apple's; `now` is by the wall clock, for clients judge certificates by theirs.
    /// Several processes may open one directory at once.
    pub fn open_or_create(dir: &Path, names: &[String], now: Timestamp) -> Result<Self, AuthorityError> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let (ca, leaf) = directory::open(dir, &names::wanted(names)?, now, &provider)?;
        Ok(Self { ca_pem: ca.pem, certified: leaf.certified, provider })
    }

    /// An authority that is gone with the process: for embedding.
    pub fn in_memory(names: &[String], now: Timestamp) -> Result<Self, AuthorityError> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let ca = Ca::make(rcgen::KeyPair::generate()?, now)?;
        let leaf = ca.issue(&names::wanted(names)?, now, &provider)?;
        Ok(Self { ca_pem: ca.pem, certified: leaf.certified, provider })
    }

    /// The CA certificate, PEM: what clients have to trust.
    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    /// TLS 1.2 and 1.3 with this certificate for any name that a client asks for; HTTP/2 before HTTP/1.1; sessions are
    /// resumed.
    pub fn server_config(&self) -> Result<ServerConfig, AuthorityError> {
        let mut config = ServerConfig::builder_with_provider(self.provider.clone())
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(SingleCertAndKey::from(self.certified.clone())));
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        config.ticketer = aws_lc_rs::Ticketer::new()?;
        Ok(config)
    }
}

impl fmt::Debug for Authority {
    /// Without the keys.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authority").field("ca_pem", &self.ca_pem).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
