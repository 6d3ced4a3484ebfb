//! `…/subscriptions`.

use super::content_bodies::SubscriptionBody;
use super::location_view::subscription;
use super::locations::find_location;
use super::{Call, Problem, Reply};
use crate::clock::Span;
use crate::organization::content::Seats;

/// How long a period is where nobody says.
const PERIOD: Span = Span::from_days(30);

/// `POST …/subscriptions`: seats are bought. Refused where the location does not manage subscriptions.
pub fn buy(call: &Call<'_>) -> Result<Reply, Problem> {
    let organization = call.organization()?;
    let body: SubscriptionBody = call.body()?;
    let seats = Seats { renewing: body.renewing, expiring: body.expiring };
    if body.renewing == 0 && body.expiring == 0 {
        return Err(Problem::unfit("/renewing", "say how many seats: `renewing`, `expiring`, or both"));
    }
    let period = body.period.unwrap_or(PERIOD);
    if period.millis() <= 0 {
        return Err(Problem::unfit("/period", "a period is longer than nothing, such as 30d"));
    }
    organization.write(|books, now| {
        let location = find_location(books, &body.location)?;
        if body.enable {
            books.enable_subscriptions(location, true)?;
        }
        let numbers = (body.parent_adam_id.0, body.adam_id.0);
        books.buy_subscription(location, numbers, seats, period, now)?;
        let bought = books.content.location(location).subscriptions.get(body.adam_id.0);
        Ok(Reply::created(&bought.map(subscription)))
    })
}
