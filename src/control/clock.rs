//! `…/clock`.

use serde_json::{Value, json};

use super::bodies::ClockBody;
use super::{Call, Problem, Reply};
use crate::organization::{Organization, Ran};

/// `GET …/clock`.
pub fn show(call: &Call<'_>) -> Result<Reply, Problem> {
    Ok(Reply::json(&face(&*call.organization()?)))
}

/// `POST …/clock`: mode and rate first, then `set`, then `advance`; answers when everything due has run.
pub fn set(call: &Call<'_>) -> Result<Reply, Problem> {
    let organization = call.organization()?;
    let body: ClockBody = call.body()?;
    check(&body)?;
    let mut ran: Vec<Ran> = Vec::new();
    if let Some(rate) = body.rate {
        organization.write(|books, _| books.clock.set_rate(rate));
    }
    if let Some(mode) = body.mode {
        organization.set_mode(mode);
    }
    if let Some(moment) = body.set {
        ran.extend(organization.set_clock(moment));
    }
    if let Some(span) = body.advance {
        ran.extend(organization.advance(span));
    }
    let mut face = face(&organization);
    face["ran"] = json!(ran);
    Ok(Reply::json(&face))
}

fn check(body: &ClockBody) -> Result<(), Problem> {
    if body.rate.is_some_and(|rate| !rate.is_finite() || rate <= 0.0 || rate > 1e9) {
        return Err(Problem::unfit("/rate", "the rate is a number of simulated seconds per second, above 0"));
    }
    if body.advance.is_some_and(|span| span.millis() < 0) {
        return Err(Problem::unfit("/advance", "time advances forwards; use `set` to go back"));
    }
    Ok(())
}

fn face(organization: &Organization) -> Value {
    organization.read(|books, now| json!({"now": now, "mode": books.clock.mode(), "rate": rate(books.clock.rate())}))
}

/// A whole rate is a whole number: `60`, and not `60.0`.
fn rate(rate: f64) -> Value {
    if rate.fract() == 0.0 { json!(rate as i64) } else { json!(rate) }
}
