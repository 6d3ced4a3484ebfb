//! Who plays in the tests: an administrator at the portal, MDM servers, and the world in which they meet.

mod mdm_key;
mod mdm_server;
mod portal;
pub mod signature;
pub mod socket;
mod webhook;
mod world;

pub use mdm_key::MdmKey;
pub use mdm_server::{Answer, MdmServer};
pub use portal::Portal;
pub use signature::Signature;
pub use webhook::{Manner, Webhook};
pub use world::World;

/// A client without defaults of its own.
fn client() -> reqwest::Client {
    // The first of all tests installs it; that the others find it installed is no failure.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    reqwest::Client::new()
}
