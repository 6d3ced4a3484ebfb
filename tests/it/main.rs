//! Everything that is tested over a real socket, as clients see it. One program, so that there is one link step.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod actors;
mod apps;
mod catalog;
mod control;
mod crowd;
mod enrollment;
mod faults;
mod fidelity;
mod field;
mod invitation;
mod journal;
mod notifications;
mod portal;
mod program;
mod properties;
mod report;
mod stories_kept;
mod telemetry;
mod vpp;
