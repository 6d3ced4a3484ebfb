//! The enrolment service.

mod account;
mod edge;
mod flow;
mod oauth;
mod requests;
mod session;
mod token;
mod token_file;
