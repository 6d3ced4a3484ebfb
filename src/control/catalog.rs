//! `…/catalog`: searching for content, as the portal's "Apps and Books" does.

use serde_json::{Value, json};

use super::{Call, Problem, Reply};
use crate::catalog::store::{GENRES, Genre, Kind, Media, STOREFRONTS, Sold, Store, Storefront, Title, Wanted};

/// Titles in an answer where no limit is named, and the most that may be named.
const LIMITS: (usize, usize) = (100, 1_000);

/// `GET …/catalog?media=&category=&q=&country=&limit=&cursor=`.
pub fn search(call: &Call<'_>) -> Result<Reply, Problem> {
    let organization = call.organization()?;
    let query = call.query();
    let number = |name: &str, default: usize| match query.get(name) {
        None => Ok(default),
        Some(text) => text.parse::<usize>().map_err(|_| Problem::bad_query(name, "a number is wanted")),
    };
    let limit = number("limit", LIMITS.0)?.clamp(1, LIMITS.1);
    let start = number("cursor", 0)?;
    let (wanted, country) = wanted(call)?;
    let holdings = &call.control.holdings;
    let fits = |title: &Title| wanted.fits(title) && country.is_none_or(|country| title.is_sold_in(country));
    let own = holdings.search(&organization, &mut |title| fits(title));
    let others = Store::get().titles().filter(|title| fits(title));
    let others = others.filter(|title| holdings.title(&organization, title.adam_id).is_none());
    let mut found = own.iter().chain(others).skip(start);
    let origin = call.origin();
    let items: Vec<Value> = found.by_ref().take(limit).map(|title| view(title, &origin)).collect();
    let next = found.next().map(|_| (start + items.len()).to_string());
    Ok(Reply::list(items, next))
}

/// What is looked for, and the storefront that has to have it.
fn wanted(call: &Call<'_>) -> Result<(Wanted, Option<&'static Storefront>), Problem> {
    let query = call.query();
    let given = |name: &str| query.get(name).filter(|text| !text.is_empty());
    let media = given("media").map(|word| {
        let wrong = || Problem::bad_query("media", &format!("one of {} is wanted", Media::WORDS.join(", ")));
        Media::from_word(word).ok_or_else(wrong)
    });
    let genres = given("category").map(|text| match Genre::meant_by(text) {
        none if none.is_empty() => Err(Problem::bad_query("category", &unknown_category(text))),
        genres => Ok(genres),
    });
    let country = given("country").map(|code| {
        let codes = STOREFRONTS.iter().map(|store| store.code).collect::<Vec<_>>().join(", ");
        Storefront::of(code).ok_or_else(|| Problem::bad_query("country", &format!("one of {codes} is wanted")))
    });
    let words = given("q").unwrap_or_default().to_owned();
    Ok((
        Wanted { media: media.transpose()?, genres: genres.transpose()?.unwrap_or_default(), words },
        country.transpose()?,
    ))
}

fn unknown_category(text: &str) -> String {
    let near = crate::nearest::nearest(text, GENRES.iter().map(|genre| genre.name));
    let near = near.map_or(String::new(), |near| format!("; did you mean `{near}`?"));
    format!("there is no category `{text}`, neither by name nor by number{near}")
}

fn view(title: &Title, origin: &str) -> Value {
    let (sold, countries) = match &title.sold {
        Sold::Everywhere => ("everywhere", None),
        Sold::In(countries) => ("in", Some(countries)),
        Sold::NotIn(countries) => ("not_in", Some(countries)),
    };
    let mut shown = json!({
        "adam_id": title.adam_id.to_string(),
        "kind": title.kind.name(),
        "name": title.name,
        "bundle_id": title.bundle_id,
        "developer": title.developer,
        "category": title.genre.name,
        "category_id": title.genre.id.to_string(),
        "version": title.version,
        "price": format!("{}.{:02}", title.cents / 100, title.cents % 100),
        "sold": sold,
        "countries": countries,
        "device_assignable": title.device_assignable,
        "custom_for": title.custom_for,
        "invented": title.is_invented(),
        "artwork": format!("{origin}/image/thumb/v4/{}/512x512bb.png", title.adam_id),
    });
    if title.kind == Kind::App {
        shown["devices"] = title.devices.iter().map(|device| device.name()).collect();
        shown["platforms"] = json!(title.devices.platforms());
        shown["universal"] = json!(title.is_universal());
    }
    shown
}
