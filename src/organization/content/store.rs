//! Titles as the stores have them.

use super::{Money, Title, TitleKind};
use crate::catalog::store::{self, STOREFRONTS, Sold, Store};

impl Title {
    /// The title with this number: as the stores have it, and one of which nothing is known where they have none of that kind. `kind` is
    /// what somebody says it is.
    pub fn of_number(adam_id: u64, kind: Option<TitleKind>) -> Self {
        let sold = Store::get().find(adam_id).map(Self::from);
        let fits = |title: &Self| kind.is_none_or(|kind| kind == title.kind);
        sold.filter(fits).unwrap_or_else(|| Self::unknown(adam_id, kind.unwrap_or_default()))
    }
}

impl From<&store::Title> for Title {
    fn from(title: &store::Title) -> Self {
        let upper = |code: &str| code.to_ascii_uppercase();
        Self {
            adam_id: title.adam_id,
            name: title.name.clone().into_owned(),
            kind: match title.kind {
                store::Kind::App => TitleKind::App,
                store::Kind::Book => TitleKind::Book,
            },
            bundle_id: title.bundle_id.as_deref().map(str::to_owned),
            platforms: title.devices.platforms().into_iter().map(str::to_owned).collect(),
            version: title.version.as_deref().map(str::to_owned),
            storefronts: match &title.sold {
                Sold::Everywhere => Vec::new(),
                Sold::In(codes) => codes.iter().map(|code| upper(code)).collect(),
                Sold::NotIn(codes) => {
                    let is_left_out = |code: &str| codes.iter().any(|left_out| left_out.eq_ignore_ascii_case(code));
                    STOREFRONTS.iter().map(|store| upper(store.code)).filter(|code| !is_left_out(code)).collect()
                }
            },
            custom_for: title.custom_for.as_deref().map(str::to_owned),
            device_assignable: title.device_assignable,
            price: Money::from_cents(title.cents.into()),
            genre: Some(title.genre.name.to_owned()),
            universal: title.is_universal(),
            versions: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_well_known_title_is_what_the_store_says_and_any_other_is_made_up() {
        let pages = Title::of_number(361_309_726, None);
        assert_eq!((pages.name.as_str(), pages.kind), ("Pages", TitleKind::App));
        assert!(pages.bundle_id.is_some_and(|bundle_id| bundle_id.starts_with("com.apple.")));
        let book = Title::of_number(361_309_726, Some(TitleKind::Book));
        assert_eq!((book.kind, book.bundle_id), (TitleKind::Book, None));
        assert_eq!(Title::of_number(1, None).name, "App 1");
    }

    #[test]
    fn a_title_that_some_stores_do_not_have_is_in_the_others() {
        let left_out = Store::get().titles().find(|title| matches!(title.sold, Sold::NotIn(_))).unwrap();
        let Sold::NotIn(codes) = &left_out.sold else { unreachable!() };
        let title = Title::from(left_out);
        assert_eq!(title.storefronts.len(), STOREFRONTS.len() - codes.len());
    }
}
