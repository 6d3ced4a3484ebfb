//! Users: registering, changing, showing, retiring, listing them.

use super::errors::Refused;
use super::wire::UserShown;
use super::{Answer, Call};
use crate::clock::Timestamp;
use crate::organization::Books;
use crate::organization::content::{
    ContentRefusal, ContentRefused, Location, Onward, Step, UserFields, UserId, WhichUsers, is_email,
};

/// `registerVPPUserSrv`.
pub fn register(call: &Call<'_>) -> Result<Answer, Refused> {
    let fields = UserFields { client_user_id: call.arguments.needed("clientUserIdStr")?.to_owned(), ..fields(call)? };
    call.place.organization.write(|books, now| {
        let user = books.register_user(call.place.location, &fields).map_err(|refusal| refused(refusal, &fields))?;
        Ok(shown(call, books, user, now, false))
    })
}

/// `editVPPUserSrv`.
pub fn edit(call: &Call<'_>) -> Result<Answer, Refused> {
    let fields = fields(call)?;
    call.place.organization.write(|books, now| {
        let user = named(call, books.content.location(call.place.location), "9609")?;
        books.edit_user(call.place.location, user, &fields).map_err(|refusal| refused(refusal, &fields))?;
        Ok(shown(call, books, user, now, false))
    })
}

/// `getVPPUserSrv`.
pub fn get(call: &Call<'_>) -> Result<Answer, Refused> {
    call.read(|_, location, answer| {
        let user = named(call, location, "9604")?;
        let shown = location.user(user).map(|record| UserShown::of(location, user, record, &call.links));
        Ok(answer.with_some("user", shown.map(|shown| shown.with_licenses(location, user))))
    })
}

/// `retireVPPUserSrv`.
pub fn retire(call: &Call<'_>) -> Result<Answer, Refused> {
    call.place.organization.write(|books, now| {
        let user = named(call, books.content.location(call.place.location), "9609")?;
        let retired = books.retire_user(call.place.location, user, now);
        retired.map_err(|refusal| ContentRefused::new(refusal, "the user is retired already"))?;
        Ok(shown(call, books, user, now, true))
    })
}

/// `getVPPUsersSrv`.
pub fn list(call: &Call<'_>) -> Result<Answer, Refused> {
    let arguments = call.arguments;
    let which = match (arguments.flag("includeRetired")?, arguments.flag("includeRetiredOnly")?) {
        (_, true) => WhichUsers::Retired,
        (true, false) => WhichUsers::All,
        (false, false) => WhichUsers::Active,
    };
    call.place.organization.read(|books, now| {
        let step = step(call, books.quirks.page_size)?;
        let location = books.content.location(call.place.location);
        let batch = books.content.users_batch(call.place.location, which, &step)?;
        let rows: Vec<_> =
            batch.items.iter().map(|(id, user)| UserShown::of(location, *id, user, &call.links)).collect();
        Ok(onward(call.begin(books, now), &batch.onward)
            .with("batchCount", rows.len())
            .with_some("totalBatchCount", batch.batches.map(|batches| batches.to_string()))
            .with_some("totalCount", batch.total)
            .with_rows("users", &rows))
    })
}

/// Where in a walk a request is.
pub fn step<'a>(call: &Call<'a>, size: u32) -> Result<Step<'a>, Refused> {
    let arguments = call.arguments;
    Ok(Step {
        batch_token: arguments.text("batchToken")?,
        since: arguments.text("sinceModifiedToken")?,
        index: arguments.number("overrideIndex")?,
        size,
    })
}

/// How a walk goes on.
pub fn onward(answer: Answer, onward: &Onward) -> Answer {
    match onward {
        Onward::More(token) => answer.with("batchToken", token),
        Onward::Done(token) => answer.with("sinceModifiedToken", token),
    }
}

/// What a request says of a user.
fn fields(call: &Call<'_>) -> Result<UserFields, Refused> {
    let email = call.arguments.given("email")?;
    if let Some(email) = email.filter(|email| !email.is_empty() && !is_email(email)) {
        return Err(Refused::argument(format!("`{email}` is no e-mail address")));
    }
    let managed_account = call.arguments.text("managedAppleIDStr")?.map(str::to_owned);
    Ok(UserFields { client_user_id: String::new(), email: email.map(str::to_owned), managed_account })
}

/// The user whom a request names: by `userId`, or by `clientUserIdStr` alone, who is not retired then, or with `itsIdHash`. Where there is none, it
/// gets this number.
fn named(call: &Call<'_>, location: &Location, none: &'static str) -> Result<UserId, Refused> {
    if let Some(number) = call.arguments.number("userId")? {
        let found = location.numbered_user(number);
        return found.ok_or_else(|| Refused::new(none, format!("no user has the userId {number}")));
    }
    let Some(id) = call.arguments.text("clientUserIdStr")? else {
        let missing = Refused::new("9600", "neither `userId` nor `clientUserIdStr` is there");
        return Err(missing.saying("\"userId\" or \"clientUserIdStr\" is required input parameter"));
    };
    match call.arguments.text("itsIdHash")? {
        Some(hash) => {
            let is_it = |user: &UserId| {
                location.user(*user).and_then(|user| user.id_hash).is_some_and(|own| own.to_string() == hash)
            };
            let found = location.users_called(id).into_iter().rfind(is_it);
            found.ok_or_else(|| Refused::new(none, format!("no user `{id}` has the itsIdHash {hash}")))
        }
        None => {
            let found = location.active_user(id);
            found.ok_or_else(|| Refused::new(none, format!("no user who is not retired is called `{id}`")))
        }
    }
}

fn refused(refusal: ContentRefusal, fields: &UserFields) -> ContentRefused {
    let account = fields.managed_account.as_deref().unwrap_or_default();
    let why = match refusal {
        ContentRefusal::AccountUnusable => format!("{account} is no Managed Apple Account of the organisation"),
        ContentRefusal::AccountTaken => format!("another user of the location has the account {account}"),
        ContentRefusal::UserNotFound => "the user is retired".to_owned(),
        other => format!("the user cannot be entered: {other:?}"),
    };
    ContentRefused::new(refusal, why)
}

/// An answer with a user.
fn shown(call: &Call<'_>, books: &Books, user: UserId, now: Timestamp, with_licenses: bool) -> Answer {
    let location = books.content.location(call.place.location);
    let shown = location.user(user).map(|record| UserShown::of(location, user, record, &call.links));
    let shown = shown.map(|shown| if with_licenses { shown.with_licenses(location, user) } else { shown });
    call.begin(books, now).with_some("user", shown)
}
