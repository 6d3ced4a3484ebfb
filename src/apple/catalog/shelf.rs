//! The titles of one storefront, as one caller sees them.

use std::borrow::Cow;
use std::sync::Arc;

use super::{Catalog, Holder};
use crate::catalog::store::{Store, Storefront, Title};
use crate::organization::Organization;

/// What is to be found in a storefront: what a caller's organisation has, then what the stores have, then what any organisation added that is no
/// custom app.
#[derive(Debug)]
pub struct Shelf<'a> {
    catalog: &'a Catalog,
    /// The storefront.
    pub storefront: &'static Storefront,
    holder: Option<&'a Holder>,
}

impl<'a> Shelf<'a> {
    /// The shelf of a storefront for the owner of a content token, or for everybody.
    pub fn new(catalog: &'a Catalog, storefront: &'static Storefront, holder: Option<&'a Holder>) -> Self {
        Self { catalog, storefront, holder }
    }

    /// The title with this Adam id, if this storefront has it.
    pub fn find(&self, adam_id: u64) -> Option<Cow<'a, Title>> {
        let own = || self.own(adam_id).map(Cow::Owned);
        let sold = || Store::get().find(adam_id).map(Cow::Borrowed);
        let found = own().or_else(sold).or_else(|| self.added(adam_id).map(Cow::Owned));
        found.filter(|title| title.is_sold_in(self.storefront))
    }

    /// The titles with these Adam ids, in the order asked for, each once; what is no number is not there.
    pub fn find_all<'i>(&self, ids: impl IntoIterator<Item = &'i str>) -> Vec<Cow<'a, Title>> {
        let mut seen = Vec::new();
        let mut titles = Vec::new();
        for id in ids.into_iter().filter_map(|id| id.trim().parse::<u64>().ok()) {
            if !seen.contains(&id) {
                seen.push(id);
                titles.extend(self.find(id));
            }
        }
        titles
    }

    /// The titles that are looked for: those of the caller's organisation, then those of the stores, then those of others.
    pub fn search(&self, wanted: impl Fn(&Title) -> bool) -> Vec<Cow<'a, Title>> {
        let fits = |title: &Title| title.is_sold_in(self.storefront) && wanted(title);
        let own =
            self.holder.map(|holder| self.catalog.holdings.search(&holder.organization, &mut |title| fits(title)));
        let mut found: Vec<Cow<'_, Title>> = own.unwrap_or_default().into_iter().map(Cow::Owned).collect();
        let sold = Store::get().titles().filter(|title| fits(title) && self.own(title.adam_id).is_none());
        found.extend(sold.map(Cow::Borrowed));
        // Of what several have added, the first to have done so tells.
        let mut met = Vec::new();
        for organization in self.organizations() {
            let added = self.catalog.holdings.search(&organization, &mut |title| {
                let is_new = is_for_everybody(title) && !met.contains(&title.adam_id);
                if is_new {
                    met.push(title.adam_id);
                }
                is_new && fits(title)
            });
            found.extend(added.into_iter().filter(|title| self.own(title.adam_id).is_none()).map(Cow::Owned));
        }
        found
    }

    /// What the caller's organisation has under this number.
    fn own(&self, adam_id: u64) -> Option<Title> {
        self.catalog.holdings.title(&self.holder?.organization, adam_id)
    }

    /// What an organisation added under this number for everybody to see.
    fn added(&self, adam_id: u64) -> Option<Title> {
        let titles = self.organizations().into_iter();
        titles.filter_map(|organization| self.catalog.holdings.title(&organization, adam_id)).find(is_for_everybody)
    }

    fn organizations(&self) -> Vec<Arc<Organization>> {
        self.catalog.directory.organizations()
    }
}

/// Whether a title that an organisation added is one that everybody sees: no custom app, and nothing that the stores have themselves.
fn is_for_everybody(title: &Title) -> bool {
    !title.is_custom() && Store::get().find(title.adam_id).is_none()
}
