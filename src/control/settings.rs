//! What is set for a whole organisation: `…/terms`, `…/quirks`, `…/suppliers`, `…/sessions`.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::bodies::{SuppliersBody, TermsBody, TermsState};
use super::{Call, Problem, Reply};
use crate::clock::Span;
use crate::organization::{Books, Suppliers, Terms};

/// `GET …/terms`.
pub fn show_terms(call: &Call<'_>) -> Result<Reply, Problem> {
    let organization = call.organization()?;
    Ok(Reply::json(&organization.read(terms)))
}

/// `PUT …/terms`.
pub fn set_terms(call: &Call<'_>) -> Result<Reply, Problem> {
    let organization = call.organization()?;
    let body: TermsBody = call.body()?;
    let lag = body.lag.unwrap_or(Span::ZERO);
    if lag.millis() < 0 {
        return Err(Problem::unfit("/lag", "a lag cannot be negative"));
    }
    let signs = body.state == TermsState::Signed;
    let shown = organization.write(|books, now| {
        books.sign_terms(signs, lag, now);
        terms(books, now)
    });
    Ok(Reply::json(&shown))
}

/// The terms as they stand.
pub fn terms(books: &Books, now: crate::clock::Timestamp) -> Value {
    let mut shown = json!({"state": books.terms.name(), "blocking": books.terms.block(now)});
    if let Terms::Signed { effective } = books.terms
        && effective > now
    {
        shown["effective_at"] = json!(effective);
    }
    shown
}

/// `GET …/quirks`: every switch with its value.
pub fn show_quirks(call: &Call<'_>) -> Result<Reply, Problem> {
    let quirks = call.organization()?.read(|books, _| books.quirks.clone());
    Ok(Reply::json(&*quirks))
}

/// `PATCH …/quirks`: a JSON merge patch.
pub fn patch_quirks(call: &Call<'_>) -> Result<Reply, Problem> {
    let organization = call.organization()?;
    let patch: Map<String, Value> = call.body()?;
    let quirks = organization.write(|books, now| {
        let quirks = Arc::new(books.quirks.patched(&patch)?);
        books.turn_switches(quirks.clone(), now);
        Ok::<_, Vec<crate::organization::QuirkMistake>>(quirks)
    })?;
    Ok(Reply::json(&*quirks))
}

/// `PUT …/suppliers`: who may sell to the organisation; `null`: everybody. The devices of those who are now known appear.
pub fn set_suppliers(call: &Call<'_>) -> Result<Reply, Problem> {
    let organization = call.organization()?;
    let body: Option<SuppliersBody> = call.body()?;
    let suppliers =
        body.map(|body| Suppliers { customer_numbers: body.customer_numbers, reseller_ids: body.reseller_ids });
    let appeared = organization.write(|books, now| books.enter_suppliers(suppliers, now));
    Ok(Reply::json(&json!({"appeared": appeared})))
}

/// `DELETE …/sessions`: the next call of every session gets 401.
pub fn end_sessions(call: &Call<'_>) -> Result<Reply, Problem> {
    call.organization()?.write(|books, _| books.end_sessions());
    Ok(Reply::nothing())
}
