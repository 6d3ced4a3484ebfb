//! Searching the stores.

use super::{Device, Genre, Kind, Title};

/// A kind of content, as the portal's search offers them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Media {
    /// Apps for iPhone or iPad.
    Ios,
    /// Apps for one kind of device.
    Apps(Device),
    /// Books.
    Books,
}

impl Media {
    /// The words for them.
    pub const WORDS: [&'static str; 8] = ["ios", "iphone", "ipad", "mac", "tv", "watch", "vision", "book"];

    /// What a word means: one of [`WORDS`](Self::WORDS), in any case.
    pub fn from_word(word: &str) -> Option<Self> {
        if word.eq_ignore_ascii_case("ios") {
            return Some(Self::Ios);
        }
        if word.eq_ignore_ascii_case("book") {
            return Some(Self::Books);
        }
        Device::ALL.into_iter().find(|device| device.name().eq_ignore_ascii_case(word)).map(Self::Apps)
    }

    /// Whether a title is of this kind.
    pub fn has(self, title: &Title) -> bool {
        match self {
            Self::Books => title.kind == Kind::Book,
            _ if title.kind == Kind::Book => false,
            Self::Ios => title.devices.has(Device::IPhone) || title.devices.has(Device::IPad),
            Self::Apps(device) => title.devices.has(device),
        }
    }
}

/// What somebody looks for: everything that is said has to fit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The kind of content.
    pub media: Option<Media>,
    /// Genres of which it has to have one, or one below it; empty: any.
    pub genres: Vec<&'static Genre>,
    /// Words that all have to be in its name, its developer's or its bundle id; or its Adam id.
    pub words: String,
}

impl Wanted {
    /// Whether a title is what is looked for.
    pub fn fits(&self, title: &Title) -> bool {
        let genre = || title.genre.line().any(|genre| self.genres.contains(&genre));
        self.media.is_none_or(|media| media.has(title)) && (self.genres.is_empty() || genre()) && self.says(title)
    }

    fn says(&self, title: &Title) -> bool {
        let bundle_id = title.bundle_id.as_deref().unwrap_or_default();
        let text = format!("{} {} {bundle_id} {}", title.name, title.developer, title.adam_id).to_lowercase();
        self.words.to_lowercase().split_whitespace().all(|word| text.contains(word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::store::Store;

    fn names(wanted: &Wanted) -> Vec<String> {
        let found = Store::get().titles().filter(|title| wanted.fits(title));
        found.map(|title| title.name.clone().into_owned()).collect()
    }

    #[test]
    fn media_category_and_words_all_have_to_fit() {
        let wanted = |media, category: &str, words: &str| Wanted {
            media: Media::from_word(media),
            genres: Genre::meant_by(category),
            words: words.to_owned(),
        };
        assert_eq!(
            names(&wanted("mac", "Developer Tools", "apple")),
            ["Swift Playground", "Xcode", "TestFlight", "Transporter"]
        );
        assert_eq!(names(&wanted("tv", "", "testflight")), ["TestFlight"]);
        assert_eq!(names(&wanted("", "", "586447913")), ["Microsoft Word"]);
        assert_eq!(names(&wanted("book", "9032", "")), ["The Quiet Enrolment"]);
        assert_eq!(names(&wanted("book", "38", "")).len(), 10);
        assert_eq!(names(&wanted("", "Games", "")), ["Minecraft: Dream it, Build it!"]);
        assert!(names(&wanted("ios", "", "xcode")).is_empty());
    }

    #[test]
    fn every_word_means_something_and_others_nothing() {
        assert!(Media::WORDS.iter().all(|word| Media::from_word(word).is_some()));
        assert_eq!(Media::from_word("BOOK"), Some(Media::Books));
        assert_eq!(Media::from_word("android"), None);
    }
}
