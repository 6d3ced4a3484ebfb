//! The App Store and the book store: well-known titles as plain facts, and what follows from them.
//!
//! What nobody needs to be true but services have to answer (release dates, ratings, sizes, colours, icons) is computed from a title's Adam id.

mod details;
mod device;
mod genre;
mod icon;
mod png;
mod storefront;
mod supplement;
mod title;
mod wanted;

use std::collections::HashMap;
use std::sync::LazyLock;

pub use details::{Details, minimum_os};
pub use device::{Device, Devices};
pub use genre::{APPS, BOOKS, GENRES, Genre};
pub use icon::{Icon, LARGEST};
pub use storefront::{STOREFRONTS, Storefront};
pub use supplement::Supplement;
pub use title::{Kind, Sold, Title};
pub use wanted::{Media, Wanted};

/// The titles that everybody can buy.
#[derive(Debug)]
pub struct Store {
    titles: Vec<Title>,
    by_id: HashMap<u64, usize>,
}

impl Store {
    /// The stores, read once from the table in the program.
    pub fn get() -> &'static Self {
        static STORE: LazyLock<Store> = LazyLock::new(|| Store::read(include_str!("titles.txt")));
        &STORE
    }

    fn read(table: &'static str) -> Self {
        let rows = table.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let titles: Vec<Title> = rows.filter_map(Title::from_row).collect();
        let by_id = titles.iter().enumerate().map(|(place, title)| (title.adam_id, place)).collect();
        Self { titles, by_id }
    }

    /// The title with this Adam id.
    pub fn find(&self, adam_id: u64) -> Option<&Title> {
        self.titles.get(*self.by_id.get(&adam_id)?)
    }

    /// All titles: those of one developer together, books last.
    pub fn titles(&self) -> impl Iterator<Item = &Title> {
        self.titles.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_table_is_a_title_of_its_own() {
        let rows: Vec<_> =
            include_str!("titles.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
        for row in &rows {
            assert!(Title::from_row(row).is_some(), "{row}");
        }
        let store = Store::get();
        assert_eq!((store.titles().count(), store.by_id.len()), (rows.len(), rows.len()));
    }

    #[test]
    fn a_row_that_does_not_fit_is_none() {
        for row in [
            "1 | app | A | a.b | Dev | 6007 | iphone | free | 1",
            "1 | song | A | a.b | Dev | 6007 | iphone | free | 1 | all",
            "1 | app | A | - | Dev | 6007 | iphone | free | 1 | all",
            "1 | app | A | a.b | Dev | 1 | iphone | free | 1 | all",
            "1 | app | A | a.b | Dev | 6007 | phone | free | 1 | all",
            "1 | app | A | a.b | Dev | 6007 | iphone | 1.5 | 1 | all",
            "1 | app | A | a.b | Dev | 6007 | iphone | free | 1 | some US",
            "1 | app | A | a.b | Dev | 6007 | iphone | free | 1 | all | x",
        ] {
            assert!(Title::from_row(row).is_none(), "{row}");
        }
    }

    #[test]
    fn what_is_made_up_says_so_and_bears_reserved_names() {
        for title in Store::get().titles() {
            let reserved = title.bundle_id.as_deref().is_none_or(|id| id.starts_with("example."));
            assert!(reserved || !title.is_invented(), "{}", title.name);
            assert!(title.is_invented() || title.sold == Sold::Everywhere, "{}: not a fact we know", title.name);
            assert!(title.is_invented() || title.adam_id < 9_900_000_000, "{}", title.name);
            let root = title.genre.line().last().map(|genre| genre.id);
            assert_eq!(root, Some(if title.kind == Kind::Book { BOOKS } else { APPS }), "{}", title.name);
        }
    }

    #[test]
    fn some_titles_are_sold_in_some_countries_only_and_books_not_everywhere() {
        let sold = |adam_id, code| Store::get().find(adam_id).unwrap().is_sold_in(Storefront::of(code).unwrap());
        assert!(sold(9_900_000_001, "de") && !sold(9_900_000_001, "us"));
        assert!(sold(9_900_000_006, "us") && !sold(9_900_000_006, "cn"));
        assert!(sold(881_256_329, "us") && !sold(881_256_329, "cn"));
        assert!(sold(361_309_726, "cn"));
    }

    #[test]
    fn a_version_may_have_a_blank_before_it() {
        assert_eq!(Store::get().find(9_900_000_003).unwrap().version.as_deref(), Some(" 353.0"));
    }
}
