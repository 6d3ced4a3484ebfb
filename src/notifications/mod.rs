//! Notifications of Apps and Books, from the simulator to MDM servers.
//!
//! The books say what is to be sent and when (`organization::content`), and hear how it went. A [`Notifier`] sends: what is ready goes at once, in order,
//! each once the one before is answered or has kept us waiting for half a second. [`Notifier::run`] does so whenever an organisation rings, and when
//! a running clock reaches what was planned; [`Notifier::turn_clock`] does it on the way of a clock that is moved, and answers when all is settled.

mod document;
mod notifier;
mod resolution;
mod trusted;
mod turning;

pub use document::document;
pub use notifier::{Counts, Notifier, TIMEOUT};
pub use trusted::{BadWebhookCa, Trusted};
