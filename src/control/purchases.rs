//! `…/purchases`, `…/refunds` and `…/transfers`.

use serde_json::{Value, json};

use super::content_bodies::{PurchaseBody, RefundBody, TransferBody};
use super::locations::{find_location, read_adam_id, title};
use super::pages::Part;
use super::{Call, Problem, Reply};
use crate::organization::Books;
use crate::organization::content::{LocationId, Purchase, Trade, Transfer};

/// `POST …/purchases`.
pub fn purchase(call: &Call<'_>) -> Result<Reply, Problem> {
    let organization = call.organization()?;
    let body: PurchaseBody = call.body()?;
    organization.write(|books, now| {
        let purchase = Purchase {
            location: find_location(books, &body.location)?,
            title: title(books, body.adam_id.0),
            pricing: body.pricing_param.unwrap_or_default(),
            quantity: body.quantity.get(),
            payment: body.payment,
            account: body.account.unwrap_or_else(|| books.content_manager()),
        };
        let trade = books.purchase(purchase, now)?;
        Ok(Reply::created(&view(books, &trade)))
    })
}

/// `POST …/refunds`.
pub fn refund(call: &Call<'_>) -> Result<Reply, Problem> {
    let organization = call.organization()?;
    let body: RefundBody = call.body()?;
    organization.write(|books, now| {
        let location = find_location(books, &body.location)?;
        let account = body.account.unwrap_or_else(|| books.content_manager());
        let asset = body.adam_id.asset(body.pricing_param);
        let trade = books.refund(location, asset, body.quantity.get(), &account, now)?;
        Ok(Reply::created(&view(books, &trade)))
    })
}

/// `POST …/transfers`.
pub fn transfer(call: &Call<'_>) -> Result<Reply, Problem> {
    let organization = call.organization()?;
    let body: TransferBody = call.body()?;
    organization.write(|books, now| {
        let (from, to) = (find_location(books, &body.from)?, find_location(books, &body.to)?);
        if from == to {
            return Err(Problem::unfit("/to", "licences move to another location than the one that they leave"));
        }
        let transfer = Transfer {
            from,
            to,
            asset: body.adam_id.asset(body.pricing_param),
            quantity: body.quantity.get(),
            account: body.account.unwrap_or_else(|| books.content_manager()),
        };
        let trade = books.transfer(transfer, now)?;
        Ok(Reply::created(&view(books, &trade)))
    })
}

/// `GET …/purchases?location=&adam_id=&limit=&cursor=`: the history, the earliest first. A transfer is in that of both locations.
pub fn history(call: &Call<'_>) -> Result<Reply, Problem> {
    let organization = call.organization()?;
    let part = Part::read(call, &["location", "adam_id"])?;
    let query = call.query();
    let adam_id = query.get("adam_id").map(|text| read_adam_id("adam_id", text)).transpose()?;
    organization.read(|books, _| {
        let location = query.get("location").map(|name| find_location(books, name)).transpose()?;
        let fits = |trade: &&Trade| {
            location.is_none_or(|location| trade.location == location || trade.to == Some(location))
                && adam_id.is_none_or(|adam_id| trade.asset.adam_id == adam_id)
        };
        let found: Vec<&Trade> = books.content.trades.iter().filter(fits).collect();
        let shown = found.iter().skip(part.start).take(part.limit).map(|trade| view(books, trade)).collect();
        Ok(Reply::list(shown, part.next(found.len())))
    })
}

/// A line of the history, with how many licences of the asset are in use there now.
pub fn view(books: &Books, trade: &Trade) -> Value {
    let name = |location: LocationId| &books.content.location(location).name;
    let asset = books.content.location(trade.location).asset(trade.asset);
    json!({
        "number": trade.number,
        "at": trade.at,
        "kind": trade.kind,
        "location": name(trade.location),
        "to": trade.to.map(name),
        "adam_id": trade.asset.adam_id.to_string(),
        "pricing_param": trade.asset.pricing,
        "name": trade.name,
        "quantity": trade.quantity,
        "amount": trade.amount,
        "payment": trade.payment,
        "account": trade.account,
        "in_use": asset.map(|asset| asset.counts().assigned),
    })
}
