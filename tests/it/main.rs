//! Everything that is tested over a real socket, as clients see it. One program, so that there is one link step.

mod actors;
mod enrollment;
mod fidelity;
