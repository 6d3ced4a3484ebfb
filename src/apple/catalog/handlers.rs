//! The calls: what is asked for in, one look at a shelf, the wire's form out.

use std::borrow::Cow;

use http::{HeaderValue, header};
use serde_json::{Value, json};

use super::errors::{Refusal, Refused};
use super::wire::{Asked, JSON, TEXT, catalogue, lockup, lookup, places};
use super::{Call, Shelf, json};
use crate::catalog::store::{GENRES, Genre, Icon, Kind, STOREFRONTS, Storefront, Title, Wanted};
use crate::clock::wall;
use crate::http::{Body, Response};
use crate::pki::developer_token;

/// What a call answers.
type Answered = Result<Response, Refused>;

/// Resources in a group of a search where no number is named, and the most that may be named.
const FOUND: (usize, usize) = (5, 25);

impl Call<'_> {
    /// The storefront in the path.
    pub fn storefront(&self) -> Result<&'static Storefront, Refused> {
        let code = self.params.get("storefront");
        Storefront::of(code).ok_or_else(|| Refusal::Storefront.because(format!("there is no storefront `{code}`")))
    }

    /// What is asked of the catalogue besides titles: platforms and extensions. `platform` has to be there where apps are asked for.
    fn asked(&self) -> Result<Asked, Refused> {
        Asked::read(&self.query).map_err(|why| Refusal::Parameter("platform").because(why))
    }

    /// The titles of `kind` on `shelf` whose numbers the parameter `name` has.
    fn titles<'s>(&self, shelf: &Shelf<'s>, kind: Kind, name: &str) -> Vec<Cow<'s, Title>> {
        let ids = self.query.all(name).flat_map(|ids| ids.split(','));
        let mut titles = shelf.find_all(ids);
        titles.retain(|title| title.kind == kind);
        titles
    }

    fn number(&self, name: &'static str, default: usize) -> Result<usize, Refused> {
        let wrong = |text: &str| Refusal::Parameter(name).because(format!("`{text}` is no number"));
        self.query.get(name).map_or(Ok(default), |text| text.parse().map_err(|_| wrong(text)))
    }

    fn names_any(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.query.all(name).any(|ids| !ids.trim_matches([',', ' ']).is_empty()))
    }

    /// The title of `kind` in the path.
    fn one<'s>(&self, shelf: &Shelf<'s>, kind: Kind) -> Result<Cow<'s, Title>, Refused> {
        let id = self.params.get("id");
        let found = id.parse().ok().and_then(|id| shelf.find(id)).filter(|title| title.kind == kind);
        found.ok_or_else(|| missing(&format!("{} {id}", kind.name()), shelf.storefront))
    }
}

fn missing(what: &str, storefront: &Storefront) -> Refused {
    Refusal::NotFound.because(format!("the storefront {} has no {what}", storefront.code))
}

fn data(resources: Vec<Value>) -> Response {
    json(&json!({ "data": resources }), JSON)
}

/// `GET …/stoken-authenticated-apps`.
pub fn stoken_apps(call: &Call<'_>) -> Answered {
    with_content_token(call, &[(Kind::App, "ids")])
}

/// `GET …/stoken-authenticated-books`.
pub fn stoken_books(call: &Call<'_>) -> Answered {
    with_content_token(call, &[(Kind::Book, "ids")])
}

/// `GET …/stoken-authenticated-purchases`. What is sold within apps is not in the stores here.
pub fn stoken_purchases(call: &Call<'_>) -> Answered {
    with_content_token(call, &[(Kind::App, "ids[apps]"), (Kind::Book, "ids[books]")])
}

fn with_content_token(call: &Call<'_>, kinds: &[(Kind, &str)]) -> Answered {
    let shelf = call.shelf_of_holder()?;
    let names: Vec<&str> = kinds.iter().map(|(_, name)| *name).chain(["ids[in-apps]"]).collect();
    if !call.names_any(&names) {
        return Err(Refusal::ContentToken.because("no ids are asked for"));
    }
    several(call, &shelf, kinds)
}

fn several(call: &Call<'_>, shelf: &Shelf<'_>, kinds: &[(Kind, &str)]) -> Answered {
    let asked = if kinds.iter().any(|(kind, _)| *kind == Kind::App) { call.asked()? } else { Asked::default() };
    let titles = kinds.iter().flat_map(|(kind, name)| call.titles(shelf, *kind, name));
    let resources = titles.filter_map(|title| catalogue::resource(&title, shelf.storefront, &asked, &call.origin));
    Ok(data(resources.collect()))
}

/// `GET …/apps?ids=`.
pub fn apps(call: &Call<'_>) -> Answered {
    public(call, Kind::App)
}

/// `GET …/books?ids=`.
pub fn books(call: &Call<'_>) -> Answered {
    public(call, Kind::Book)
}

fn public(call: &Call<'_>, kind: Kind) -> Answered {
    let shelf = call.shelf_of_everybody()?;
    if !call.names_any(&["ids"]) {
        return Err(Refusal::Parameter("ids").because("no ids are asked for"));
    }
    several(call, &shelf, &[(kind, "ids")])
}

/// `GET …/apps/{id}`.
pub fn app(call: &Call<'_>) -> Answered {
    let shelf = call.shelf_of_everybody()?;
    let (asked, title) = (call.asked()?, call.one(&shelf, Kind::App)?);
    let resource = catalogue::resource(&title, shelf.storefront, &asked, &call.origin);
    let other = || missing(&format!("app {} for this platform", title.adam_id), shelf.storefront);
    Ok(data(vec![resource.ok_or_else(other)?]))
}

/// `GET …/books/{id}`.
pub fn book(call: &Call<'_>) -> Answered {
    let shelf = call.shelf_of_everybody()?;
    let title = call.one(&shelf, Kind::Book)?;
    Ok(data(catalogue::resource(&title, shelf.storefront, &Asked::default(), &call.origin).into_iter().collect()))
}

/// `GET …/apps/{id}/genres`.
pub fn app_genres(call: &Call<'_>) -> Answered {
    genres_of(call, Kind::App)
}

/// `GET …/books/{id}/genres`.
pub fn book_genres(call: &Call<'_>) -> Answered {
    genres_of(call, Kind::Book)
}

fn genres_of(call: &Call<'_>, kind: Kind) -> Answered {
    let shelf = call.shelf_of_everybody()?;
    let title = call.one(&shelf, kind)?;
    Ok(data(title.genre.line().map(|genre| catalogue::genre(genre, shelf.storefront)).collect()))
}

/// `GET …/genres`, all or those in `ids`.
pub fn genres(call: &Call<'_>) -> Answered {
    let storefront = call.storefront()?;
    let ids: Vec<&str> = call.query.all("ids").flat_map(|ids| ids.split(',')).collect();
    let wanted = |genre: &&Genre| ids.is_empty() || ids.iter().any(|id| id.parse() == Ok(genre.id));
    Ok(data(GENRES.iter().filter(wanted).map(|genre| catalogue::genre(genre, storefront)).collect()))
}

/// `GET …/genres/{id}`.
pub fn genre(call: &Call<'_>) -> Answered {
    let (storefront, id) = (call.storefront()?, call.params.get("id"));
    let found = id.parse().ok().and_then(Genre::with_id);
    let genre = found.ok_or_else(|| missing(&format!("genre {id}"), storefront))?;
    Ok(data(vec![catalogue::genre(genre, storefront)]))
}

/// `GET …/search?term=&types=apps,books&limit=&offset=`.
pub fn search(call: &Call<'_>) -> Answered {
    let shelf = call.shelf_of_everybody()?;
    let term = call.query.get("term").filter(|term| !term.trim().is_empty());
    let term = term.ok_or_else(|| Refusal::Parameter("term").because("nothing is searched for"))?;
    let page = (call.number("limit", FOUND.0)?.clamp(1, FOUND.1), call.number("offset", 0)?);
    let asked = call.asked()?;
    let wanted = Wanted { words: term.to_owned(), ..Wanted::default() };
    let found = shelf.search(|title| wanted.fits(title));
    let types: Vec<&str> = call.query.get("types").unwrap_or("apps,books").split(',').collect();
    let groups = [Kind::App, Kind::Book].into_iter().filter(|kind| types.contains(&places::group(*kind))).map(|kind| {
        let titles = found.iter().filter(|title| title.kind == kind);
        (kind, titles.filter_map(|title| catalogue::resource(title, shelf.storefront, &asked, &call.origin)).collect())
    });
    Ok(json(&catalogue::groups(groups, shelf.storefront, term, page), JSON))
}

/// `GET /v1/storefronts`, all or those in `ids`.
pub fn storefronts(call: &Call<'_>) -> Answered {
    let ids: Vec<&str> = call.query.all("ids").flat_map(|ids| ids.split(',')).collect();
    let wanted = |store: &&Storefront| ids.is_empty() || ids.contains(&store.code);
    Ok(data(STOREFRONTS.iter().filter(wanted).map(catalogue::storefront).collect()))
}

/// `GET /v1/storefronts/{id}`.
pub fn storefront(call: &Call<'_>) -> Answered {
    let id = call.params.get("id");
    let found =
        Storefront::of(id).ok_or_else(|| Refusal::NotFound.because(format!("there is no storefront `{id}`")))?;
    Ok(data(vec![catalogue::storefront(found)]))
}

/// `GET /v1/test`: nothing but that the token is good.
pub fn test(_: &Call<'_>) -> Answered {
    Ok(Response::default())
}

/// `POST /api/vpp/v1/auth`: Fleet's maker has a proxy before the catalogue, which gives each server a secret and wants it as the bearer token.
/// Ours gives a developer token instead, so that a Fleet server that is pointed here gets past the same door as everybody else.
pub fn proxy_token(_: &Call<'_>) -> Answered {
    Ok(json(&json!({ "fleetServerSecret": developer_token::lent(wall()) }), JSON))
}

/// `GET …/wa/lookup`: never refuses; what is wrong or hidden is not in its results.
pub fn lockups(call: &Call<'_>) -> Answered {
    let country = call.query.get("cc").or(call.holder().map(|holder| holder.country.as_str()));
    let Some(storefront) = country.map_or(Some(Storefront::default_one()), Storefront::of) else {
        return Ok(json(&lockup::answer(country.unwrap_or_default(), None, &call.query, json!({})), JSON));
    };
    let shelf = Shelf::new(call.catalog, storefront, call.holder());
    let titles = shelf.find_all(call.query.all("id").flat_map(|ids| ids.split(',')));
    let results =
        titles.iter().map(|title| (title.adam_id.to_string(), lockup::title(title, storefront, &call.origin)));
    let results = Value::Object(results.collect());
    Ok(json(&lockup::answer(storefront.code, Some(storefront.id), &call.query, results), JSON))
}

/// `GET /lookup`: nothing of it needs a token, and no custom app is in it.
pub fn public_lookup(call: &Call<'_>) -> Answered {
    let country = call.query.get("country").unwrap_or("us");
    let unknown = || Refusal::Country.because(format!("there is no storefront `{country}`"));
    let shelf = Shelf::new(call.catalog, Storefront::of(country).ok_or_else(unknown)?, None);
    let mut titles = shelf.find_all(call.query.all("id").flat_map(|ids| ids.split(',')));
    let bundles: Vec<&str> = call.query.all("bundleId").flat_map(|ids| ids.split(',')).collect();
    if !bundles.is_empty() {
        titles.extend(shelf.search(|title| title.bundle_id.as_deref().is_some_and(|id| bundles.contains(&id))));
    }
    let entity = call.query.get("entity");
    titles.retain(|title| lookup::is(title, entity));
    let results: Vec<Value> = titles.iter().map(|title| lookup::title(title, shelf.storefront, &call.origin)).collect();
    Ok(json(&json!({"resultCount": results.len(), "results": results}), TEXT))
}

/// `GET /image/thumb/v4/{id}/{w}x{h}bb.{f}`: always a PNG, whatever `f` asks for, since everybody can show one.
pub fn artwork(call: &Call<'_>) -> Answered {
    let (id, file) = (call.params.get("id"), call.params.get("file"));
    let asked = id.parse::<u64>().ok().zip(places::picture(file));
    let wrong = || Refusal::Picture.because(format!("`{id}/{file}` is not of the form 361309726/512x512bb.png"));
    let (id, (width, height)) = asked.ok_or_else(wrong)?;
    let mut response = Response::new(Body::from(Icon::of(id).png(width, height)));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("image/png"));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=86400"));
    Ok(response)
}
