//! The calls that belong to no list.

use super::errors::{self, Refused};
use super::query::Parameters;
use super::{Call, wire};
use crate::clock::Timestamp;
use crate::organization::Books;
use crate::organization::content::ContentRefused;

/// Begins an event and answers its id.
pub fn begin(
    call: &Call<'_>,
    verb: impl FnOnce(&mut Books, Timestamp) -> Result<String, ContentRefused>,
) -> Result<Vec<u8>, Refused> {
    call.place.organization.write(|books, now| {
        let id = verb(books, now)?;
        if !call.verdicts.is_empty() {
            books.force_failures(call.place.location, &id, call.verdicts.iter().filter_map(errors::forced).collect());
        }
        Ok(wire::event(&id, wire::Common::of(books, call.place, now)))
    })
}

/// `GET /client/config`.
pub fn client_config(call: &Call<'_>) -> Result<Vec<u8>, Refused> {
    Ok(call.read(wire::client_config))
}

/// `GET /status`.
pub fn status(call: &Call<'_>) -> Result<Vec<u8>, Refused> {
    let parameters = Parameters::of(call);
    let id = parameters.text("eventId").ok_or_else(|| Refused::argument("`eventId` is missing"))?;
    call.place.organization.read(|books, now| {
        let event = books.content.location(call.place.location).event(id, now)?;
        Ok(wire::status(event, books.quirks.error_wording, wire::Common::of(books, call.place, now)))
    })
}
