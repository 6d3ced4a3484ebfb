//! The titles that an organisation knows.

use std::collections::HashMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Title;

/// Titles in the order in which they became known, and where each of them is. Written down as the list alone.
#[derive(Clone, Debug, Default)]
pub struct Titles {
    list: Vec<Title>,
    places: HashMap<u64, usize>,
}

impl Titles {
    /// The title with this number.
    pub fn find(&self, adam_id: u64) -> Option<&Title> {
        self.places.get(&adam_id).map(|place| &self.list[*place])
    }

    /// All of them, the first known first.
    pub fn iter(&self) -> std::slice::Iter<'_, Title> {
        self.list.iter()
    }

    /// Makes a title known, in the place of what was known of it.
    pub fn know(&mut self, title: Title) {
        match self.places.get(&title.adam_id) {
            Some(place) => self.list[*place] = title,
            None => {
                self.places.insert(title.adam_id, self.list.len());
                self.list.push(title);
            }
        }
    }
}

impl PartialEq for Titles {
    fn eq(&self, other: &Self) -> bool {
        self.list == other.list
    }
}

impl Serialize for Titles {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.list.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Titles {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut titles = Self::default();
        Vec::deserialize(deserializer)?.into_iter().for_each(|title| titles.know(title));
        Ok(titles)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::organization::content::TitleKind;

    #[test]
    fn what_is_known_anew_stands_where_it_stood_and_a_document_brings_it_back() {
        let mut titles = Titles::default();
        for adam_id in [3, 1, 2] {
            titles.know(Title::unknown(adam_id, TitleKind::App));
        }
        titles.know(Title { name: "Pages".to_owned(), ..Title::unknown(1, TitleKind::App) });
        let read: Titles = serde_json::from_value(serde_json::to_value(&titles).unwrap()).unwrap();
        for titles in [&titles, &read] {
            let names: Vec<&str> = titles.iter().map(|title| title.name.as_str()).collect();
            assert_eq!(names, ["App 3", "Pages", "App 2"]);
            assert_eq!(titles.find(2).map(|title| title.adam_id), Some(2));
            assert_eq!(titles.find(4), None);
        }
        assert_eq!(titles, read);
    }
}
