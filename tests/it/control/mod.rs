//! The control API.

mod attacks;
mod clock;
mod depsim;
mod determinism;
mod gate;
mod orgs;
mod program;
mod quirks;
mod servers;
mod terms;
mod timeline;
