//! The titles of one storefront, as one caller sees them.

use std::borrow::Cow;

use super::{Catalog, Visible};
use crate::catalog::store::{Store, Storefront, Title, Wanted};

/// What is to be found in a storefront: what a caller's organisation has, then what the stores have, then what any organisation added that is no
/// custom app.
#[derive(Debug)]
pub struct Shelf<'a> {
    catalog: &'a Catalog,
    /// The storefront.
    pub storefront: &'static Storefront,
    visible: Option<&'a Visible>,
}

impl<'a> Shelf<'a> {
    /// The shelf of a storefront for the owner of a content token, or for everybody.
    pub fn new(catalog: &'a Catalog, storefront: &'static Storefront, visible: Option<&'a Visible>) -> Self {
        Self { catalog, storefront, visible }
    }

    /// The title with this Adam id, if this storefront has it.
    pub fn find(&self, adam_id: u64) -> Option<Cow<'a, Title>> {
        let own = self.own().iter().find(|title| title.adam_id == adam_id);
        let known = own.or_else(|| Store::get().find(adam_id)).map(Cow::Borrowed);
        let found = known.or_else(|| self.added().find(|title| title.adam_id == adam_id).map(Cow::Owned));
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

    /// The titles that are looked for, in the stores' order, those of organisations last.
    pub fn search(&self, wanted: &Wanted) -> Vec<Cow<'a, Title>> {
        let known = Store::get().titles().filter(|title| self.own().iter().all(|own| own.adam_id != title.adam_id));
        let own = self.own().iter().chain(known).map(Cow::Borrowed);
        let fits = |title: &Cow<'_, Title>| title.is_sold_in(self.storefront) && wanted.fits(title);
        own.chain(self.added().map(Cow::Owned)).filter(fits).collect()
    }

    fn own(&self) -> &'a [Title] {
        self.visible.map_or(&[], |visible| &visible.titles)
    }

    /// What organisations added to the stores for everybody to see.
    fn added(&self) -> impl Iterator<Item = Title> {
        let organizations = self.catalog.directory.organizations().into_iter();
        let titles = organizations.flat_map(|organization| self.catalog.holdings.titles(&organization));
        let mut seen = Vec::new();
        titles.filter(move |title| {
            let fresh = !title.is_custom()
                && Store::get().find(title.adam_id).is_none()
                && self.own().iter().all(|own| own.adam_id != title.adam_id)
                && !seen.contains(&title.adam_id);
            if fresh {
                seen.push(title.adam_id);
            }
            fresh
        })
    }
}
