//! A fake Apple Business Manager, for people who build MDM products.

#![forbid(unsafe_code)]

pub mod apple;
pub mod catalog;
pub mod cli;
pub mod clock;
pub mod control;
pub mod directory;
pub mod faults;
pub mod fidelity;
mod html;
pub mod http;
pub mod journal;
pub mod nearest;
pub mod notifications;
pub mod organization;
pub mod pattern;
pub mod pki;
pub mod random;
pub mod report;
pub mod scenario;
pub mod secret;
pub mod simulator;
pub mod telemetry;
