//! OAuth 1.0a (RFC 5849) as far as `/session` needs it: HMAC-SHA1 over a request without a body.
//!
//! - [`Authorization`] is the header's content, read and refused as Apple's classes of errors want it
//! - [`base_string`], [`signature`] and [`Authorization::verify`] are the signature
//! - [`diagnose`] says what a client did wrong whose signature does not match
//! - [`authorize`] makes the header, for our own clients

mod authorization;
mod diagnosis;
mod key;
mod signature;
mod specimen;

pub use authorization::{Authorization, Malformed};
pub use diagnosis::{Expected, OtherToken, diagnose};
pub use signature::{NotAUrl, Verdict, authorize, base_string, signature};
