//! `…/credit`: store credit, which is bought from Apple or a reseller.

use serde_json::json;

use super::content_bodies::CreditBody;
use super::{Call, Problem, Reply};
use crate::organization::content::Money;

/// `GET …/credit`.
pub fn list(call: &Call<'_>) -> Result<Reply, Problem> {
    let organization = call.organization()?;
    let credit = organization.read(|books, _| {
        let balances = books.content.credit.iter();
        balances.map(|(account, balance)| json!({"account": account, "balance": balance})).collect()
    });
    Ok(Reply::list(credit, None))
}

/// `POST …/credit`: answers the balance.
pub fn add(call: &Call<'_>) -> Result<Reply, Problem> {
    let organization = call.organization()?;
    let CreditBody { account, amount } = call.body()?;
    if account.is_empty() {
        return Err(Problem::unfit("/account", "an account has a name, such as noor@acme.example"));
    }
    if amount == Money::ZERO {
        return Err(Problem::unfit("/amount", "an amount is more than nothing"));
    }
    let balance = organization.write(|books, _| books.add_credit(&account, amount));
    Ok(Reply::json(&json!({"account": account, "balance": balance})))
}
