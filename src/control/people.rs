//! `…/people`.

use serde_json::json;

use super::{Call, Problem, Reply};
use crate::organization::Books;

/// `POST …/people/{account}/password`: it is changed, and the content tokens that this person downloaded die.
pub fn change_password(call: &Call<'_>) -> Result<Reply, Problem> {
    let organization = call.organization()?;
    // Nothing needs to be said, and whatever is said is a mistake.
    let said: serde_json::Map<String, serde_json::Value> = call.body()?;
    if let Some(key) = said.keys().next() {
        return Err(Problem::unfit(&format!("/{key}"), "nothing is said here: the password itself matters to nobody"));
    }
    let account = call.params.get("account");
    organization.write(|books, now| {
        if !is_known(books, account) {
            let accounts = books.people.iter().map(|person| person.managed_account.as_str());
            return Err(Problem::unknown_among("person with the account", account, accounts));
        }
        let revoked = books.change_password(account, now);
        Ok(Reply::json(&json!({"account": account, "revoked": revoked})))
    })
}

/// Whether the organisation knows an account: as one of its people, or because it has downloaded a token.
fn is_known(books: &Books, account: &str) -> bool {
    let mut tokens = books.content.tokens();
    books.has_managed_account(account) || tokens.any(|(token, ..)| token.account.eq_ignore_ascii_case(account))
}
