//! Apple's review of custom apps, version by version.

use serde::{Deserialize, Serialize};

use super::{ContentRefusal, ContentRefused, Title};
use crate::organization::Books;

/// How the review of a version stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Review {
    /// The developer has handed it in.
    InReview,
    /// It is in the store.
    Approved,
    /// It is not.
    Rejected,
}

impl Review {
    /// All of them, by name.
    pub const NAMES: [&'static str; 3] = ["in_review", "approved", "rejected"];

    /// The one of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        let place = Self::NAMES.iter().position(|known| *known == name)?;
        [Self::InReview, Self::Approved, Self::Rejected].get(place).copied()
    }
}

/// A version of a custom app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TitleVersion {
    /// Such as `1.2`.
    pub version: String,
    /// How its review stands.
    pub review: Review,
}

impl Title {
    /// Notes how the review of a version stands. The store has the last version that was handed in and approved, if any. The version that it had
    /// when nothing was known of reviews was approved.
    pub fn note_review(&mut self, version: &str, review: Review) {
        if self.versions.is_empty()
            && let Some(before) = self.version.take().filter(|before| before != version)
        {
            self.versions.push(TitleVersion { version: before, review: Review::Approved });
        }
        match self.versions.iter_mut().find(|known| known.version == version) {
            Some(known) => known.review = review,
            None => self.versions.push(TitleVersion { version: version.to_owned(), review }),
        }
        let approved = self.versions.iter().rfind(|known| known.review == Review::Approved);
        self.version = approved.map(|known| known.version.clone());
    }

    /// Whether some version of it is in the store.
    pub fn is_published(&self) -> bool {
        self.versions.is_empty() || self.version.is_some()
    }
}

impl Books {
    /// Notes how the review of a version of a custom app stands.
    pub fn review(&mut self, mut title: Title, version: &str, review: Review) -> Result<(), ContentRefused> {
        if title.custom_for.is_none() {
            let why = format!("{} ({}) is no custom app: its versions are the store's", title.name, title.adam_id);
            return Err(ContentRefused::new(ContentRefusal::NotCustom, why));
        }
        title.note_review(version, review);
        self.content.know(title);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::TitleKind;
    use super::*;

    #[test]
    fn the_store_has_the_last_version_that_was_approved() {
        let mut title = Title::unknown(9, TitleKind::App);
        assert!(title.is_published());
        for (version, review, shown) in [
            ("1.1", Review::InReview, Some("1.0")),
            ("1.1", Review::Rejected, Some("1.0")),
            ("1.2", Review::InReview, Some("1.0")),
            ("1.2", Review::Approved, Some("1.2")),
            ("1.0", Review::Rejected, Some("1.2")),
            ("1.2", Review::Rejected, None),
        ] {
            title.note_review(version, review);
            assert_eq!((title.version.as_deref(), title.is_published()), (shown, shown.is_some()), "{version}");
        }
        for name in Review::NAMES {
            let review = Review::from_name(name).unwrap();
            assert_eq!(serde_json::to_value(review).unwrap(), name);
        }
    }
}
