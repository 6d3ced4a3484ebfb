//! What the stores' services learn of organisations: who presents a content token, and which titles are theirs.

use std::sync::Arc;

use crate::apple::catalog::{Holder, Holdings, Unwelcome};
use crate::catalog::store::{self, Supplement};
use crate::directory::Directory;
use crate::organization::content::{Title, TitleKind};
use crate::organization::{Books, Organization};

/// Titles and content tokens of the organisations in a directory.
#[derive(Debug)]
pub(super) struct Ledgers(pub(super) Arc<Directory>);

impl Holdings for Ledgers {
    fn holder(&self, content_token: &str) -> Result<Holder, Unwelcome> {
        let place = self.0.present_content_token(content_token);
        let place = place.map_err(|refused| Unwelcome { owner: None, why: refused.why })?;
        let (organization, location) = (place.organization.clone(), place.location);
        place.organization.read(|books, now| {
            let at = books.content.location(location);
            match at.tokens[place.token].admit(false, false, now) {
                Ok(()) => Ok(Holder { organization, location, country: at.country.clone() }),
                Err(refused) => Err(Unwelcome { owner: Some((organization, location)), why: refused.why }),
            }
        })
    }

    fn title(&self, organization: &Organization, adam_id: u64) -> Option<store::Title> {
        organization
            .read(|books, _| books.content.title(adam_id).filter(|title| is_seen(books, title)).map(supplemented))
    }

    fn search(&self, organization: &Organization, wanted: &mut dyn FnMut(&store::Title) -> bool) -> Vec<store::Title> {
        organization.read(|books, _| {
            let seen = books.content.titles.iter().filter(|title| is_seen(books, title));
            seen.map(supplemented).filter(|title| wanted(title)).collect()
        })
    }
}

/// Whether the organisation sees a title that scenarios and purchases brought: custom apps that were made for others it does not, nor those of
/// which no version was approved.
fn is_seen(books: &Books, title: &Title) -> bool {
    title.is_published() && title.custom_for.as_ref().is_none_or(|owner| books.is_called(owner))
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
