//! Bytes, not Apple: everything between a listening socket and a function from request to answer.
//!
//! [`Server`] accepts on one port what clients bring: TLS, plain text, HTTP/1.0, HTTP/1.1, HTTP/2, and CONNECT for Apple's hosts. It collects
//! the body, holds every client to the [`Limits`], and hands an [`App`] a complete [`Request`]. What the request means is the business of
//! the rooms above; they name their calls in tables of [`Route`]s, which a [`Router`] searches.

mod answer;
mod body;
mod client;
mod connection;
mod connections;
mod delivery;
mod exchange;
mod kept;
mod limits;
mod listener;
mod origin;
pub mod paper;
mod pulse;
mod query;
mod request;
mod router;
mod server;
mod stream;
mod traffic;
mod trust;
mod tunnel;

#[cfg(test)]
mod tests;

pub use answer::{Answer, App, Response, text};
pub use body::{Body, BrokenOff};
pub use client::{ClientError, fetch, post_to};
pub use exchange::Unread;
pub use kept::{Abridged, Kept};
pub use limits::Limits;
pub use listener::{BindError, bind};
pub use origin::{Origin, OriginError};
pub use query::Query;
pub use request::{Request, Scheme, Via};
pub use router::{Lookup, Params, Route, RouteConflict, Router};
pub use server::Server;
pub use traffic::Traffic;
pub use trust::{public_authorities, trusting, trusting_all, trusting_anybody};
