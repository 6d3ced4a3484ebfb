//! Who plays in the tests: an administrator at the portal, MDM servers, and the world in which they meet.

mod content_manager;
mod customer;
mod developer;
mod invitee;
mod mdm_key;
mod mdm_server;
mod portal;
pub mod signature;
pub mod socket;
mod vpp_client;
mod webhook;
mod world;

pub use content_manager::ContentManager;
pub use customer::Customer;
pub use developer::Developer;
pub use invitee::Invitee;
pub use mdm_key::MdmKey;
pub use mdm_server::{Answer, MdmServer};
pub use portal::Portal;
pub use signature::Signature;
pub use vpp_client::VppClient;
pub use webhook::{Manner, Webhook};
pub use world::World;

/// A client without defaults of its own.
pub fn client() -> reqwest::Client {
    // The first of all tests installs it; that the others find it installed is no failure.
    client_builder().build().unwrap()
}

/// The same to be changed. Cryptography is there from the first client on, whichever test makes it.
pub fn client_builder() -> reqwest::ClientBuilder {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    reqwest::Client::builder()
}
