//! `…/people`: accounts with their roles.

use serde::Deserialize;
use serde_json::{Value, json};

use super::locations::find_location;
use super::{Call, Problem, Reply};
use crate::nearest::nearest;
use crate::organization::content::LocationId;
use crate::organization::{AccountStatus, Books, Person, PersonChange, PersonRefusal, ROLES};

/// `POST …/people`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PersonBody {
    name: String,
    managed_account: String,
    #[serde(default)]
    roles: Vec<String>,
    #[serde(default)]
    locations: Vec<String>,
}

/// `PATCH …/people/{account}`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct PersonChangeBody {
    name: Option<String>,
    roles: Option<Vec<String>>,
    locations: Option<Vec<String>>,
    status: Option<AccountStatus>,
}

/// `GET …/people`.
pub fn list(call: &Call<'_>) -> Result<Reply, Problem> {
    let organization = call.organization()?;
    let people = organization.read(|books, _| books.people.iter().map(|person| view(books, person)).collect());
    Ok(Reply::list(people, None))
}

/// `POST …/people`.
pub fn add(call: &Call<'_>) -> Result<Reply, Problem> {
    let organization = call.organization()?;
    let PersonBody { name, managed_account, roles, locations } = call.body()?;
    for (pointer, text) in [("/name", &name), ("/managed_account", &managed_account)] {
        if text.trim().is_empty() {
            return Err(Problem::unfit(pointer, "it cannot be empty"));
        }
    }
    check_roles(&roles)?;
    organization.write(|books, _| {
        let locations = read_locations(books, &locations)?;
        let person = Person { locations, ..Person::new(name, managed_account.clone(), roles) };
        let added = books.add_person(person, call.actor().as_deref());
        added.map(|_| ()).map_err(|refusal| told(books, refusal, &managed_account))?;
        Ok(Reply::created(&shown(books, &managed_account)))
    })
}

/// `GET …/people/{account}`.
pub fn show(call: &Call<'_>) -> Result<Reply, Problem> {
    let account = call.params.get("account");
    call.organization()?.read(|books, _| match books.person(account) {
        Some(person) => Ok(Reply::json(&view(books, person))),
        None => Err(told(books, PersonRefusal::Unknown, account)),
    })
}

/// `PATCH …/people/{account}`: name, roles, where they hold, whether the account is active.
pub fn change(call: &Call<'_>) -> Result<Reply, Problem> {
    let organization = call.organization()?;
    let PersonChangeBody { name, roles, locations, status } = call.body()?;
    check_roles(roles.as_deref().unwrap_or_default())?;
    let account = call.params.get("account");
    organization.write(|books, _| {
        let locations = locations.map(|names| read_locations(books, &names)).transpose()?;
        let change = PersonChange { name, roles, locations, status };
        let changed = books.change_person(account, change, call.actor().as_deref());
        changed.map(|_| ()).map_err(|refusal| told(books, refusal, account))?;
        Ok(Reply::json(&shown(books, account)))
    })
}

/// `DELETE …/people/{account}`: the server tokens that this person made die.
pub fn delete(call: &Call<'_>) -> Result<Reply, Problem> {
    let account = call.params.get("account");
    call.organization()?.write(|books, _| {
        let deleted = books.delete_person(account, call.actor().as_deref());
        let revoked = deleted.map_err(|refusal| told(books, refusal, account))?;
        Ok(Reply::json(&json!({"account": account, "revoked": revoked})))
    })
}

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
            return Err(told(books, PersonRefusal::Unknown, account));
        }
        let revoked = books.change_password(account, now);
        Ok(Reply::json(&json!({"account": account, "revoked": revoked})))
    })
}

fn check_roles(roles: &[String]) -> Result<(), Problem> {
    let Some((place, role)) = roles.iter().enumerate().find(|(_, role)| !ROLES.contains(&role.as_str())) else {
        return Ok(());
    };
    let near = nearest(role, ROLES).map_or(String::new(), |near| format!(" (did you mean `{near}`?)"));
    let detail = format!("there is no role `{role}`{near}; there are {}", ROLES.join(", "));
    Err(Problem::unfit(&format!("/roles/{place}"), detail))
}

fn read_locations(books: &Books, names: &[String]) -> Result<Vec<LocationId>, Problem> {
    names.iter().map(|name| find_location(books, name)).collect()
}

fn told(books: &Books, refusal: PersonRefusal, account: &str) -> Problem {
    match refusal {
        PersonRefusal::Unknown => {
            let accounts = books.people.iter().map(|person| person.managed_account.as_str());
            Problem::unknown_among("person with the account", account, accounts)
        }
        PersonRefusal::AccountTaken => {
            Problem::conflict("ACCOUNT_TAKEN", format!("somebody has the account {account} already"))
        }
        PersonRefusal::TooManyAdministrators(most) => {
            Problem::conflict("TOO_MANY_ADMINISTRATORS", format!("an organisation has at most {most} administrators"))
        }
        PersonRefusal::OnlyAdministrators => {
            Problem::forbidden("NOT_PERMITTED", "administrators are made and changed by administrators alone")
        }
    }
}

fn shown(books: &Books, account: &str) -> Value {
    books.person(account).map_or(Value::Null, |person| view(books, person))
}

fn view(books: &Books, person: &Person) -> Value {
    let located = |id: &LocationId| books.content.locations.get(usize::from(*id)).map(|location| &location.name);
    json!({
        "managed_account": person.managed_account,
        "name": person.name,
        "roles": person.roles,
        "locations": person.locations.iter().filter_map(located).collect::<Vec<_>>(),
        "status": person.status,
    })
}

/// Whether the organisation knows an account: as one of its people, or because it has downloaded a token.
fn is_known(books: &Books, account: &str) -> bool {
    let mut tokens = books.content.tokens();
    books.has_managed_account(account) || tokens.any(|(token, ..)| token.account.eq_ignore_ascii_case(account))
}
