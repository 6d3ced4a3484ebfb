//! Who did something: names that many records repeat, kept once.

use std::collections::HashMap;

use serde::{Deserialize, Serialize, Serializer};

/// The interned names of assigners. Place 0 is [`Actors::AUTOMATIC`].
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "Vec<String>")]
pub struct Actors {
    names: Vec<String>,
    by_name: HashMap<String, u16>,
}

impl Actors {
    /// What `device_assigned_by` says where no person assigned the device but a default server did (seen in production).
    pub const AUTOMATIC: &str = "-1";

    /// The place of `name`. An organisation tells 65,535 actors apart; the names after that count as automatic.
    pub fn place(&mut self, name: &str) -> u16 {
        if let Some(place) = self.by_name.get(name) {
            return *place;
        }
        let Ok(place) = u16::try_from(self.names.len()) else { return 0 };
        self.names.push(name.to_owned());
        self.by_name.insert(name.to_owned(), place);
        place
    }
}

impl Actors {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    /// All of them, by their places.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }
}

impl Serialize for Actors {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.names.serialize(serializer)
    }
}

impl TryFrom<Vec<String>> for Actors {
    type Error = String;

    fn try_from(names: Vec<String>) -> Result<Self, String> {
        if names.first().map(String::as_str) != Some(Self::AUTOMATIC) {
            return Err(format!("the first actor is `{}`", Self::AUTOMATIC));
        }
        let mut actors = Self::default();
        for (index, name) in names.iter().enumerate() {
            if usize::from(actors.place(name)) != index {
                return Err(format!("the actor `{name}` at {index} is there twice, or one of more than 65,535"));
            }
        }
        Ok(actors)
    }
}

impl Default for Actors {
    fn default() -> Self {
        let mut actors = Self { names: Vec::new(), by_name: HashMap::new() };
        actors.place(Self::AUTOMATIC);
        actors
    }
}

impl std::ops::Index<u16> for Actors {
    type Output = str;

    #[inline]
    fn index(&self, place: u16) -> &str {
        &self.names[usize::from(place)]
    }
}
