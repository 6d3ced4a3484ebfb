//! The organisation.

mod family;
mod serial;

pub use family::Family;
pub use serial::{ParseSerialError, Serial};
