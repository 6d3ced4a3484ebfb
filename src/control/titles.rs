//! `…/titles/{adam_id}`: custom apps and the reviews of their versions.

use serde_json::{Value, json};

use super::content_bodies::ReviewBody;
use super::locations::{read_adam_id, title};
use super::{Call, Problem, Reply};
use crate::organization::Books;

/// `GET …/titles/{adam_id}`.
pub fn show(call: &Call<'_>) -> Result<Reply, Problem> {
    let adam_id = adam_id(call)?;
    call.organization()?.read(|books, _| Ok(Reply::json(&view(books, adam_id))))
}

/// `PUT …/titles/{adam_id}/versions/{version}`: the developer hands a version in, or Apple decides on it.
pub fn review(call: &Call<'_>) -> Result<Reply, Problem> {
    let (adam_id, version) = (adam_id(call)?, call.params.get("version").to_owned());
    let organization = call.organization()?;
    let body: ReviewBody = call.body()?;
    organization.write(|books, _| {
        books.review(title(books, adam_id), &version, body.review)?;
        Ok(Reply::json(&view(books, adam_id)))
    })
}

fn adam_id(call: &Call<'_>) -> Result<u64, Problem> {
    read_adam_id("adam_id", call.params.get("adam_id"))
}

fn view(books: &Books, adam_id: u64) -> Value {
    let title = title(books, adam_id);
    json!({
        "adam_id": title.adam_id.to_string(),
        "name": title.name,
        "custom_for": title.custom_for,
        "version": title.version,
        "versions": title.versions,
    })
}
