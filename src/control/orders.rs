//! `…/orders`.

use serde_json::{Value, json};

use super::{Call, Problem, Reply};
use crate::organization::Order;
use crate::scenario::{self, Surroundings};

/// `GET …/orders`.
pub fn list(call: &Call<'_>) -> Result<Reply, Problem> {
    let organization = call.organization()?;
    Ok(Reply::list(organization.read(|books, now| books.orders.iter().map(|order| view(order, now)).collect()), None))
}

/// `POST …/orders`: as in a scenario file. Answers the order, or a list of them where `count` asked for several.
pub fn enter(call: &Call<'_>) -> Result<Reply, Problem> {
    let organization = call.organization()?;
    let plan = organization.read(|books, now| {
        let servers: Vec<&str> = books.servers.iter().flat_map(|server| [server.name.as_str(), &server.id]).collect();
        scenario::read_order(&call.request.body, &servers, now, &Surroundings::house())
    })?;
    organization.write(|books, now| {
        let draft = scenario::draft(&plan);
        let entered = books
            .place_orders(&draft, now)
            .map_err(|refused| Problem::conflict(refused.code(), refused.to_string()))?;
        let mut shown: Vec<Value> = entered.iter().map(|order| view(&books.orders[*order as usize], now)).collect();
        if shown.len() == 1 {
            return Ok(Reply::created(&shown.remove(0)));
        }
        Ok(Reply::created(&json!({"items": shown})))
    })
}

/// An order.
pub fn view(order: &Order, now: crate::clock::Timestamp) -> Value {
    json!({
        "number": order.number,
        "source": order.source.name(),
        "placed": order.placed,
        "arrives": order.arrives,
        "arrived": order.arrives <= now,
        "devices": order.devices,
    })
}
