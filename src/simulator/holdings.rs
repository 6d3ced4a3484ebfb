//! What the stores' services learn of organisations: who presents a content token, and which titles are theirs.

use std::sync::Arc;

use crate::apple::catalog::{Holdings, Unwelcome, Visible};
use crate::catalog::store::{self, Supplement};
use crate::directory::Directory;
use crate::organization::content::{Title, TitleKind};
use crate::organization::{Books, Organization};

/// Titles and content tokens of the organisations in a directory.
#[derive(Debug)]
pub(super) struct Ledgers(pub(super) Arc<Directory>);

impl Holdings for Ledgers {
    fn visible(&self, content_token: &str) -> Result<Visible, Unwelcome> {
        let place = self.0.present_content_token(content_token);
        let place = place.map_err(|refused| Unwelcome { owner: None, why: refused.why })?;
        let owner = Some((place.organization.clone(), place.location));
        place.organization.read(|books, now| {
            let location = books.content.location(place.location);
            let admitted = location.tokens[place.token].admit(false, false, now);
            admitted.map_err(|refused| Unwelcome { owner: owner.clone(), why: refused.why })?;
            Ok(Visible { owner, country: location.country.clone(), titles: titles(books) })
        })
    }

    fn titles(&self, organization: &Organization) -> Vec<store::Title> {
        organization.read(|books, _| titles(books))
    }
}

/// The titles that scenarios and purchases brought, but for custom apps that were made for others.
fn titles(books: &Books) -> Vec<store::Title> {
    books
        .content
        .titles
        .iter()
        .filter(|title| title.custom_for.as_ref().is_none_or(|owner| books.is_called(owner)))
        .map(supplemented)
        .collect()
}

fn supplemented(title: &Title) -> store::Title {
    let supplement = Supplement {
        adam_id: title.adam_id,
        kind: Some(match title.kind {
            TitleKind::App => store::Kind::App,
            TitleKind::Book => store::Kind::Book,
        }),
        name: Some(title.name.clone()),
        bundle_id: title.bundle_id.clone(),
        platforms: title.platforms.clone(),
        version: title.version.clone(),
        storefronts: title.storefronts.clone(),
        custom_for: title.custom_for.clone(),
        cents: u32::try_from(title.price.cents()).ok(),
        device_assignable: Some(title.device_assignable),
    };
    supplement.title()
}
