//! Everything that is tested over a real socket, as clients see it. One program, so that there is one link step.

mod actors;
mod control;
mod enrollment;
mod fidelity;
mod portal;
mod properties;
