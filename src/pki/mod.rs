//! Certificates, server tokens and signatures: what proves to a client that it talks to "Apple", and to us who the
//! client is.
//!
//! - [`Authority`] is the simulator's own CA with the certificate that its port shows; [`APPLE_HOSTS`] are the names it stands in for.
//! - [`MdmCertificate`] is what an MDM uploads to the portal; [`ServerToken`] is what it gets back, sealed to that certificate (`.p7m`).
//! - [`DeveloperKeys`] checks the tokens with which developers call the catalogue.
//! - [`oauth1`] reads and checks the signature with which a server token opens a session.
//!
//! Cryptography is aws-lc's throughout. Nothing here knows an organisation or answers HTTP.

mod apple_hosts;
pub mod authority;
pub mod developer_token;
pub mod oauth1;
#[cfg(test)]
mod openssl;
pub mod server_token;

pub use apple_hosts::{APPLE_HOSTS, is_apple_host};
pub use authority::{Authority, AuthorityError};
pub use developer_token::{DeveloperKeyRefusal, DeveloperKeys, DeveloperToken, DeveloperTokenRefusal};
pub use oauth1::{Authorization, Malformed, Verdict};
pub use server_token::{CertificateRefusal, MdmCertificate, SealError, ServerToken};
