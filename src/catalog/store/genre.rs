//! Genres of the stores: what people know as categories.

/// A genre. Its number is the same in every storefront.
#[derive(Debug, PartialEq, Eq)]
pub struct Genre {
    /// Apple's number.
    pub id: u32,
    /// Its English name.
    pub name: &'static str,
    /// The number of the genre above it; 0 where there is none.
    pub parent: u32,
}

/// The whole App Store.
pub const APPS: u32 = 36;
/// The whole book store.
pub const BOOKS: u32 = 38;
/// Games have genres of their own.
const GAMES: u32 = 6014;

const fn genre(id: u32, name: &'static str, parent: u32) -> Genre {
    Genre { id, name, parent }
}

/// Those that there are: the two stores, the App Store's categories with those of games, and the book store's.
#[rustfmt::skip]
pub static GENRES: &[Genre] = &[
    genre(APPS, "App Store", 0),
    genre(6000, "Business", APPS), genre(6001, "Weather", APPS), genre(6002, "Utilities", APPS), genre(6003, "Travel", APPS),
    genre(6004, "Sports", APPS), genre(6005, "Social Networking", APPS), genre(6006, "Reference", APPS), genre(6007, "Productivity", APPS),
    genre(6008, "Photo & Video", APPS), genre(6009, "News", APPS), genre(6010, "Navigation", APPS), genre(6011, "Music", APPS),
    genre(6012, "Lifestyle", APPS), genre(6013, "Health & Fitness", APPS), genre(GAMES, "Games", APPS), genre(6015, "Finance", APPS),
    genre(6016, "Entertainment", APPS), genre(6017, "Education", APPS), genre(6018, "Books", APPS), genre(6020, "Medical", APPS),
    genre(6021, "Magazines & Newspapers", APPS), genre(6023, "Food & Drink", APPS), genre(6024, "Shopping", APPS),
    genre(6025, "Stickers", APPS), genre(6026, "Developer Tools", APPS), genre(6027, "Graphics & Design", APPS),
    genre(7001, "Action", GAMES), genre(7002, "Adventure", GAMES), genre(7003, "Casual", GAMES), genre(7004, "Board", GAMES),
    genre(7005, "Card", GAMES), genre(7006, "Casino", GAMES), genre(7009, "Family", GAMES), genre(7011, "Music", GAMES),
    genre(7012, "Puzzle", GAMES), genre(7013, "Racing", GAMES), genre(7014, "Role Playing", GAMES), genre(7015, "Simulation", GAMES),
    genre(7016, "Sports", GAMES), genre(7017, "Strategy", GAMES), genre(7018, "Trivia", GAMES), genre(7019, "Word", GAMES),
    genre(BOOKS, "Books", 0),
    genre(9009, "Business & Personal Finance", BOOKS), genre(9010, "Children & Teens", BOOKS), genre(9015, "History", BOOKS),
    genre(9019, "Science & Nature", BOOKS), genre(9027, "Computers & Internet", BOOKS), genre(9031, "Fiction & Literature", BOOKS),
    genre(9032, "Mysteries & Thrillers", BOOKS), genre(9033, "Reference", BOOKS),
];

impl Genre {
    /// The genre with this number.
    pub fn with_id(id: u32) -> Option<&'static Self> {
        GENRES.iter().find(|genre| genre.id == id)
    }

    /// The genres that a number or a name means: several where a name is used twice, as `Music` is.
    pub fn meant_by(text: &str) -> Vec<&'static Self> {
        let id = text.parse::<u32>().ok();
        GENRES.iter().filter(|genre| Some(genre.id) == id || genre.name.eq_ignore_ascii_case(text)).collect()
    }

    /// The genre above it.
    pub fn above(&self) -> Option<&'static Self> {
        Self::with_id(self.parent)
    }

    /// Itself and those above it, from below.
    pub fn line(&'static self) -> impl Iterator<Item = &'static Self> {
        std::iter::successors(Some(self), |genre| genre.above())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn genres_are_in_the_order_of_their_numbers_beneath_one_that_there_is() {
        for root in [APPS, BOOKS] {
            let below: Vec<u32> = GENRES
                .iter()
                .filter(|genre| genre.line().any(|above| above.id == root))
                .map(|genre| genre.id)
                .collect();
            assert!(below.is_sorted_by(|left, right| left < right) && below.len() > 5, "{below:?}");
        }
        assert!(GENRES.iter().all(|genre| genre.line().count() <= 3 && (genre.parent == 0 || genre.above().is_some())));
    }

    #[test]
    fn a_genre_is_found_by_number_and_by_name() {
        assert_eq!(Genre::meant_by("6007")[0].name, "Productivity");
        assert_eq!(Genre::meant_by("productivity")[0].id, 6007);
        assert_eq!(Genre::meant_by("Music").len(), 2);
        assert!(Genre::meant_by("Nothing").is_empty());
    }
}
