//! The control API.

mod attacks;
mod clock;
mod depsim;
mod determinism;
mod forks;
mod gate;
mod isolation;
mod orgs;
mod program;
mod quirks;
mod servers;
mod snapshot_documents;
pub mod snapshots;
mod terms;
mod timeline;
