//! The forms of the three services.

mod asked;
pub mod catalogue;
pub mod lockup;
pub mod lookup;
pub mod places;

pub use asked::Asked;

/// The kind of what the catalogue and the lookup of before answer.
pub const JSON: &str = "application/json;charset=utf-8";
/// The kind of what the public lookup answers: JSON all the same.
pub const TEXT: &str = "text/javascript; charset=utf-8";
