//! `…/clock`.

use serde_json::{Value, json};

use super::bodies::ClockBody;
use super::{Call, Problem, Reply};
use crate::clock::{Clock, Timestamp};
use crate::organization::{Books, Organization, Ran, Turn};

/// `GET …/clock`.
pub fn show(call: &Call<'_>) -> Result<Reply, Problem> {
    Ok(Reply::json(&call.organization()?.read(face)))
}

/// `POST …/clock`: mode and rate first, then `set`, then `advance`; answers when everything due has run, and every notification
/// that was to be sent on the way was, or could not be.
pub fn set(call: &Call<'_>) -> Result<Reply, Problem> {
    let organization = call.organization()?;
    let body: ClockBody = call.body()?;
    check(&body)?;
    let turn = Turn { rate: body.rate, mode: body.mode, set: body.set, advance: body.advance };
    let answer = |organization: &Organization, ran: Vec<Ran>| {
        let mut face = organization.read(face);
        face["ran"] = json!(ran);
        Reply::json(&face)
    };
    if !organization.expects_post() {
        let ran = organization.turn_clock(turn);
        return Ok(answer(&organization, ran));
    }
    let notifier = call.control.notifier.clone();
    Ok(Reply::later(async move {
        let ran = notifier.turn_clock(organization.clone(), turn).await;
        Ok(answer(&organization, ran))
    }))
}

fn check(body: &ClockBody) -> Result<(), Problem> {
    if body.rate.is_some_and(|rate| !Clock::is_rate(rate)) {
        return Err(Problem::unfit("/rate", "the rate is a number of simulated seconds per second, above 0"));
    }
    if body.advance.is_some_and(|span| span.millis() < 0) {
        return Err(Problem::unfit("/advance", "time advances forwards; use `set` to go back"));
    }
    Ok(())
}

/// What a clock shows, and how it goes.
pub fn face(books: &Books, now: Timestamp) -> Value {
    json!({"now": now, "mode": books.clock.mode(), "rate": rate(books.clock.rate())})
}

/// A whole rate is a whole number: `60`, and not `60.0`.
fn rate(rate: f64) -> Value {
    if rate.fract() == 0.0 { json!(rate as i64) } else { json!(rate) }
}
