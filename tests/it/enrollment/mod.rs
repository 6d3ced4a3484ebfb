//! Device Assignment Services, as an MDM server sees them.

mod activation_lock;
mod assign;
mod beta;
mod changes;
mod cursors;
mod details;
mod discovery;
mod disown;
mod fetch;
mod flow;
mod profiles;
mod replacement;
mod sync;
mod throttle;
mod versions;
