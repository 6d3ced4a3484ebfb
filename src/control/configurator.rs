//! `…/configurator`: what Apple Configurator shows to whoever signs in there.

use serde_json::{Value, json};

use super::{Call, Problem, Reply};
use crate::organization::content::{LocationId, TitleKind};
use crate::organization::{Books, NotPermitted, Right};

/// `GET …/configurator/apps?as=ACCOUNT`: the apps of the locations at which the person has to do with content. Configurator asks for an account,
/// and for no content token.
pub fn apps(call: &Call<'_>) -> Result<Reply, Problem> {
    let Some(account) = call.actor() else {
        return Err(Problem::bad_query("as", "Configurator is signed in to: whose account?"));
    };
    call.organization()?.read(|books, _| {
        let permitted = |locations: &[LocationId]| match books.permit(&account, Some(Right::Content), locations) {
            Err(NotPermitted::Forbidden(why)) => Err(Problem::forbidden("NOT_PERMITTED", &why)),
            // Who that is was asked for before.
            Ok(_) | Err(NotPermitted::Unknown) => Ok(()),
        };
        permitted(&[])?;
        let locations = (0..).take(books.content.locations.len()).filter(|location| permitted(&[*location]).is_ok());
        Ok(Reply::list(locations.flat_map(|location| rows(books, location)).collect(), None))
    })
}

fn rows(books: &Books, location: LocationId) -> Vec<Value> {
    let location = books.content.location(location);
    let apps = location.assets().iter().filter(|asset| asset.kind == TitleKind::App);
    let row = |asset: &crate::organization::content::Asset| {
        let counts = asset.shown();
        json!({
            "location": location.name,
            "adam_id": asset.key.adam_id.to_string(),
            "name": books.content.title(asset.key.adam_id).map(|title| &title.name),
            "device_assignable": asset.device_assignable,
            "available": counts.available,
            "total": counts.total,
        })
    };
    apps.map(row).collect()
}
