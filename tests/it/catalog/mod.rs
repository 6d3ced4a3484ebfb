//! What the stores tell of apps and books.

mod apps;
mod artwork;
mod content_tokens;
mod developer_tokens;
mod faults;
mod lookup;
mod search;
