//! Scenarios.

mod founding;
pub mod plan;

pub use founding::{Founding, FoundingMistake, add_server, found, kinds, orders};
