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
        let orders = scenario::orders(books, &plan, now);
        if let Some(taken) = orders.iter().find(|order| books.find_order(&order.number).is_some()) {
            return Err(Problem::conflict("ORDER_EXISTS", format!("there is an order {} already", taken.number)));
        }
        let lines = orders.iter().flat_map(|order| &order.lines);
        for serial in lines.filter_map(|line| line.goods.serial()) {
            books
                .can_arrive(&serial)
                .map_err(|refused| Problem::conflict(refused.code(), format!("{serial}: {refused}")))?;
        }
        let entered: Vec<u32> = orders.into_iter().map(|order| books.enter_order(order, now)).collect();
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
