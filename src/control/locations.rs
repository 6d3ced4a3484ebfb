//! `…/locations`.

use serde_json::{Value, json};

use super::content_bodies::{AssetBody, ClaimBody};
use super::location_view::{asset, assignment, frame, line, user};
use super::pages::Part;
use super::{Call, Problem, Reply};
use crate::organization::Books;
use crate::organization::content::{
    AssetKey, AssignmentFilter, ContentRefused, LocationId, MdmInfo, PageOf, Title, UserFilter,
};
use crate::scenario::{self, Surroundings};

/// Users in the answer about one location; `…/users` has them all.
const SHOWN: usize = 1_000;

/// The location of this name or id.
pub fn find_location(books: &Books, name: &str) -> Result<LocationId, Problem> {
    let names = || books.content.locations.iter().map(|location| location.name.as_str());
    books.content.find_location(name).ok_or_else(|| Problem::unknown_among("location", name, names()))
}

/// What is known of a title. Of one that nobody has heard of, it is that it is an app, and free.
pub fn title(books: &Books, adam_id: u64) -> Title {
    books.content.title(adam_id).cloned().unwrap_or_else(|| Title::of_number(adam_id, None))
}

/// `GET …/locations`.
pub fn list(call: &Call<'_>) -> Result<Reply, Problem> {
    let organization = call.organization()?;
    Ok(Reply::list(organization.read(|books, _| books.content.locations.iter().map(line).collect()), None))
}

/// `POST …/locations`: as in a scenario file.
pub fn add(call: &Call<'_>) -> Result<Reply, Problem> {
    let organization = call.organization()?;
    let plan = scenario::read_location(&call.request.body, &Surroundings::house())?;
    let shown = organization.write(|books, now| {
        let content = &books.content;
        let (locations, trades) = (content.locations.len(), content.trades.len());
        let (titles, credit, accounts) = (content.titles.clone(), content.credit.clone(), content.accounts.clone());
        match scenario::add_location(books, &plan, now) {
            Ok(location) => Ok(in_full(books, location, now)),
            Err(mistake) => {
                // What was begun is not left standing.
                let content = &mut books.content;
                content.locations.truncate(locations);
                content.trades.truncate(trades);
                (content.titles, content.credit, content.accounts) = (titles, credit, accounts);
                Err(Problem::from(mistake))
            }
        }
    })?;
    call.control.directory.index(&organization);
    Ok(Reply::created(&shown))
}

/// `GET …/locations/{location}`.
pub fn show(call: &Call<'_>) -> Result<Reply, Problem> {
    let organization = call.organization()?;
    organization
        .read(|books, now| Ok(Reply::json(&in_full(books, find_location(books, call.params.get("location"))?, now))))
}

fn in_full(books: &Books, location: LocationId, now: crate::clock::Timestamp) -> Value {
    let ledger = books.content.location(location);
    let mut shown = frame(ledger, now);
    shown["assets"] = ledger.assets().iter().map(|known| asset(&books.content, known)).collect();
    shown["users"] = ledger.users().take(SHOWN).map(|(id, known)| user(ledger, id, known)).collect();
    shown["users_count"] = json!(ledger.users_len());
    shown["assignments_count"] = json!(ledger.assignments_len());
    shown
}

/// `GET …/locations/{location}/users?client_user_id=&status=&limit=&cursor=`; `status` is `active` or `retired`.
pub fn users(call: &Call<'_>) -> Result<Reply, Problem> {
    let organization = call.organization()?;
    let part = Part::read(call, &["client_user_id", "status"])?;
    let query = call.query();
    let (active_only, retired_only) = match query.get("status") {
        None => (false, false),
        Some("active") => (true, false),
        Some("retired") => (false, true),
        Some(_) => return Err(Problem::bad_query("status", "active or retired is wanted")),
    };
    let filter =
        UserFilter { active_only, retired_only, client_user_id: query.get("client_user_id"), ..UserFilter::default() };
    organization.read(|books, _| {
        let ledger = books.content.location(find_location(books, call.params.get("location"))?);
        let (users, total) = in_part(part, |index, size| ledger.users_page(&filter, index, size))?;
        Ok(Reply::list(users.into_iter().map(|(id, known)| user(ledger, id, known)).collect(), part.next(total)))
    })
}

/// `GET …/locations/{location}/assignments?adam_id=&client_user_id=&serial_number=&limit=&cursor=`.
pub fn assignments(call: &Call<'_>) -> Result<Reply, Problem> {
    let organization = call.organization()?;
    let part = Part::read(call, &["adam_id", "client_user_id", "serial_number"])?;
    let query = call.query();
    let adam_id = query.get("adam_id").map(|text| read_adam_id("adam_id", text)).transpose()?;
    let filter = AssignmentFilter {
        adam_id,
        client_user_id: query.get("client_user_id"),
        serial_number: query.get("serial_number"),
        ..AssignmentFilter::default()
    };
    organization.read(|books, _| {
        let ledger = books.content.location(find_location(books, call.params.get("location"))?);
        let (rows, total) = in_part(part, |index, size| ledger.assignments_page(&filter, index, size))?;
        Ok(Reply::list(rows.iter().map(assignment).collect(), part.next(total)))
    })
}

/// A title's number in a query.
pub fn read_adam_id(name: &str, text: &str) -> Result<u64, Problem> {
    text.parse().map_err(|_| Problem::bad_query(name, "a title's number is wanted, such as 361309726"))
}

/// A part of a list that comes in whole pages, and how many entries it has in all.
fn in_part<T>(
    part: Part,
    page: impl Fn(u32, u32) -> Result<PageOf<T>, ContentRefused>,
) -> Result<(Vec<T>, usize), Problem> {
    let size = part.limit as u32;
    let total = page(0, size)?.total;
    if part.start >= total {
        return Ok((Vec::new(), total));
    }
    let first = (part.start / part.limit) as u32;
    let PageOf { mut items, pages, .. } = page(first, size)?;
    items.drain(..(part.start % part.limit).min(items.len()));
    if first + 1 < pages && items.len() < part.limit {
        items.extend(page(first + 1, size)?.items);
        items.truncate(part.limit);
    }
    Ok((items, total))
}

/// `PATCH …/locations/{location}/assets/{asset}`: whether there is an end of it. A title that the location does not have yet comes to it.
pub fn change_asset(call: &Call<'_>) -> Result<Reply, Problem> {
    let organization = call.organization()?;
    let body: AssetBody = call.body()?;
    let named = call.params.get("asset");
    organization.write(|books, now| {
        let location = find_location(books, call.params.get("location"))?;
        let adam_id = named.parse().map_err(|_| Problem::unknown("asset", named))?;
        let key = AssetKey { adam_id, pricing: body.pricing_param.unwrap_or_default() };
        let title = title(books, adam_id);
        if books.content.location(location).asset(key).is_none() {
            if !body.unlimited {
                return Err(Problem::unknown("asset", &key.to_string()));
            }
            books.check_sold(location, &title)?;
        }
        books.set_unlimited(location, title, key.pricing, body.unlimited, now);
        let changed = books.content.location(location).asset(key).map(|known| asset(&books.content, known));
        Ok(Reply::json(&changed))
    })
}

/// `POST …/locations/{location}/claim`: another MDM server writes its name there.
pub fn claim(call: &Call<'_>) -> Result<Reply, Problem> {
    let organization = call.organization()?;
    let ClaimBody { mdm_info } = call.body()?;
    organization.write(|books, now| {
        let location = find_location(books, call.params.get("location"))?;
        let mdm_info = MdmInfo { id: mdm_info.id, name: mdm_info.name, metadata: mdm_info.metadata };
        books.claim_location(location, mdm_info, now);
        Ok(Reply::json(&frame(books.content.location(location), now)))
    })
}
