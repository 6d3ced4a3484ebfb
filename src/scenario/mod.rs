//! Scenarios: files that say which organisations there are, what they own and what happens to them.
//!
//! [`read`] turns text into a [`plan`], or into every mistake in it with its place. On the way:
//!
//! ```text
//! SourceFile → parse (rows, builder) → tree → reader checks it against shapes → the nouns read their plans
//! ```
//!
//! A `shape` is a table of keys; each noun has its own beside its reading. [`schema`](schema()) is made from the same tables.

mod acquaintance;
mod bare_variable;
mod builder;
mod clock;
mod complaints;
mod content;
mod content_deed;
mod deed;
mod device;
mod document;
mod environment;
mod faults;
mod founding;
mod frame;
mod goods;
mod happenings;
mod house;
mod json;
mod kept;
mod kind;
mod library;
mod location;
mod mapping;
mod mistake;
mod nearest;
mod order;
mod organization;
mod parse;
mod path;
mod person;
pub mod plan;
mod reader;
mod rows;
mod scalar;
mod schema;
mod server;
mod shape;
mod source;
mod stocking;
mod syntax;
mod timeline;
mod tree;
mod verb;
mod warnings;

pub use document::{
    OrganizationRequest, read, read_event, read_faults, read_fork, read_location, read_order, read_organization,
};
pub use environment::Environment;
pub use faults::Callers;
pub use founding::{Founding, FoundingMistake, add_server, draft, found};
pub use goods::kinds;
pub use happenings::plan_event;
pub use library::{Embedded, LIBRARY};
pub use mistake::{Mistake, Mistakes};
pub use reader::{Models, QuirkMistake, Surroundings};
pub use schema::schema;
pub use source::SourceFile;
pub use stocking::add_location;
pub use warnings::warnings;

#[cfg(test)]
mod tests;
