//! What every call checks before it is done.

use http::header;

use super::errors::{Refused, UNAVAILABLE};
use crate::directory::ContentTokenPlace;
use crate::http::Request;
use crate::organization::Organization;
use crate::organization::content::ContentRefusal;

/// The service is down where the switch `outage` says so.
pub fn no_outage(organization: Option<&Organization>) -> Result<(), Refused> {
    let outage = organization.and_then(|organization| organization.read(|books, _| books.quirks.outage.clone()));
    match outage {
        Some(outage) => Err(Refused::new(UNAVAILABLE, format!("the switch `outage` answers {}", outage.status))),
        None => Ok(()),
    }
}

/// Whether the token may do this now, and the location is not asked too often.
pub fn admit(place: &ContentTokenPlace, writes: bool) -> Result<(), Refused> {
    let is_noted = place.organization.read(|books, now| {
        let location = books.content.location(place.location);
        let token = location.tokens.get(place.token).ok_or_else(|| Refused::new("9622", "the token is gone"))?;
        token.admit(writes, true, now)?;
        Ok::<_, Refused>(location.configuration.used_by_v2 && books.quirks.rate_limit.is_none())
    })?;
    if is_noted {
        return Ok(());
    }
    place.organization.write(|books, now| {
        books.content.location_mut(place.location).configuration.used_by_v2 = true;
        books.admit_to_content(place.location, now).map_err(|refused| match refused.refusal {
            ContentRefusal::TooManyRequests => Refused::from(refused).until(books.come_again(place.location, now)),
            _ => refused.into(),
        })
    })
}

/// Whether the body calls itself JSON, where the switch `strict_content_type` is on. Clients have forgotten to say so.
pub fn check_content_type(place: &ContentTokenPlace, request: &Request) -> Result<(), Refused> {
    let kind = request.header(header::CONTENT_TYPE).unwrap_or_default();
    let media = kind.split(';').next().unwrap_or_default().trim();
    if media.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    match place.organization.read(|books, _| books.quirks.strict_content_type) {
        true => Err(Refused::new("9727", format!("Content-Type is `{kind}`, and application/json is wanted"))),
        false => Ok(()),
    }
}
