//! `abmsim license token`: a content token, as the portal hands it out.

use std::path::Path;

use bytes::Bytes;
use clap::{Args, ValueEnum};
use http::Method;
use serde_json::{Map, Value};

use super::control::{Control, Request};
use super::failure::Failure;
use super::license::word;
use super::license_location::{Place, location};
use super::output;
use super::token::{file_name, write};
use crate::clock::Span;

#[derive(Args, Debug)]
pub(super) struct TokenDeed {
    #[command(flatten)]
    place: Place,
    /// Who downloads it [default: the first content manager]
    #[arg(long)]
    account: Option<String>,
    /// What it may do
    #[arg(long, value_enum)]
    kind: Option<Kind>,
    /// How long it lives, such as 365d
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    expires_in: Option<Span>,
    /// A file to write it to, or a folder, where it gets the name that Apple gives it
    #[arg(long, value_name = "FILE", default_value = "-")]
    out: String,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Kind {
    Full,
    ReadOnly,
    Legacy,
}

impl TokenDeed {
    pub(super) fn run(self, control: &Control) -> Result<(), Failure> {
        let place = location(control, self.place.location)?;
        let mut body = Map::new();
        body.extend(self.account.map(|account| ("account".to_owned(), account.into())));
        body.extend(self.kind.map(|kind| ("kind".to_owned(), word(&kind))));
        body.extend(self.expires_in.map(|span| ("expires_in".to_owned(), span.to_string().into())));
        let path = control.path(&["locations", &place, "token"])?;
        let body = Some(("application/json", Bytes::from(Value::Object(body).to_string())));
        let answer =
            control.ask(Request { method: Method::POST, path: &path, accept: "application/octet-stream", body })?;
        match Path::new(&self.out) {
            out if out == Path::new("-") => {
                output::data(&format!("{}\n", String::from_utf8_lossy(answer.body()).trim_end()))
            }
            folder if folder.is_dir() => write(&folder.join(file_name(&answer, &place)), answer.body()),
            file => write(file, answer.body()),
        }
    }
}
