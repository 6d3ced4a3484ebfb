//! Version 1 of Apps and Books, as an MDM server of the old days sees it.

mod assets;
mod batches;
mod clients;
mod configuration;
mod errors;
mod journal;
mod manage;
mod requests;
mod users;

use crate::apps::library;
