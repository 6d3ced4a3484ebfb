//! Scenarios.

pub mod plan;
