//! What the simulator tells of itself.

mod collector;
mod log;
mod metrics;
mod traces;
