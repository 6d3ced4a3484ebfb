//! Device Assignment Services, as an MDM server sees them.

mod account;
mod activation_lock;
mod assign;
mod beta;
mod changes;
mod cursors;
mod details;
mod discovery;
mod disown;
mod edge;
mod fetch;
mod flow;
mod oauth;
mod profiles;
mod replacement;
mod requests;
mod session;
mod sync;
mod throttle;
mod token;
mod token_file;
mod versions;
