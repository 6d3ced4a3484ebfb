//! From the plan of a location to the location, through the same verbs as everybody else.

use super::founding::FoundingMistake;
use super::plan::{AssetPlan, LocationPlan, UserPlan};
use crate::clock::Timestamp;
use crate::organization::Books;
use crate::organization::content::{ContentRefused, LocationId, NewAsset, Title, TokenKind, UserFields};

/// Opens a location with all that its plan names, and its first token, which a content manager has downloaded.
pub fn add_location(books: &mut Books, plan: &LocationPlan, now: Timestamp) -> Result<LocationId, FoundingMistake> {
    let mistake = |why: String| FoundingMistake::Location { location: plan.name.clone(), why };
    let location =
        books.add_location(&plan.name, &plan.country).ok_or_else(|| mistake("there are too many".to_owned()))?;
    let refused = |refused: ContentRefused| mistake(refused.why);
    for (account, amount) in &plan.credit {
        books.add_credit(account, *amount);
    }
    for asset in &plan.assets {
        let title = title(books, asset);
        books.content.know(title.clone());
        let asset = NewAsset { title, pricing: asset.key.pricing, licenses: asset.licenses };
        books.begin_with_asset(location, asset, now);
    }
    for UserPlan { client_user_id, email, managed_account, status } in &plan.users {
        let client_user_id = client_user_id.clone().unwrap_or_default();
        let fields = UserFields { client_user_id, email: email.clone(), managed_account: managed_account.clone() };
        books.begin_with_user(location, &fields, *status, now).map_err(refused)?;
    }
    for assignment in &plan.assignments {
        books.begin_with_assignment(location, assignment.asset, &assignment.target).map_err(refused)?;
    }
    let account = books.content_manager();
    books.issue_content_token(location, &account, TokenKind::Full, Some(plan.token_expires_in), now);
    Ok(location)
}

/// What an asset is: what is known of it, with what the plan says instead.
fn title(books: &Books, plan: &AssetPlan) -> Title {
    let known = books.content.title(plan.key.adam_id).filter(|title| plan.kind.is_none_or(|kind| kind == title.kind));
    let known = known.cloned().unwrap_or_else(|| Title::of_number(plan.key.adam_id, plan.kind));
    let upper = |codes: &Vec<String>| codes.iter().map(|code| code.to_ascii_uppercase()).collect();
    let mut title = Title {
        adam_id: known.adam_id,
        name: plan.name.clone().unwrap_or(known.name),
        kind: known.kind,
        bundle_id: plan.bundle_id.clone().or(known.bundle_id),
        platforms: plan.platforms.clone().unwrap_or(known.platforms),
        version: plan.version.clone().or(known.version),
        storefronts: plan.storefronts.as_ref().map_or(known.storefronts, upper),
        custom_for: plan.custom_for.clone().or(known.custom_for),
        device_assignable: plan.device_assignable.unwrap_or(known.device_assignable),
        price: plan.price.unwrap_or(known.price),
        genre: known.genre,
        universal: known.universal,
        versions: known.versions,
    };
    if let Some(review) = plan.review {
        let version = title.version.take().unwrap_or_else(|| "1.0".to_owned());
        title.note_review(&version, review);
    }
    title
}
