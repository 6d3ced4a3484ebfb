//! Kinds of device: everything that devices of one model, colour and capacity share.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Family;
use crate::catalog::Connectivity;

/// What a device is. Thousands of devices share one.
#[derive(Debug, Default)]
pub struct Kind {
    /// The facts.
    pub facts: KindFacts,
    /// The wire's text for these facts, kept by the enrolment room so that a page of a thousand rows need not write it a thousand times.
    pub row_text: OnceLock<RowText>,
}

/// The facts of a [`Kind`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KindFacts {
    /// `model` on the wire, as `iPhone 16`.
    pub model: String,
    /// The hardware identifier, as `iPhone17,3`; empty where unknown.
    pub product_type: String,
    /// Product family.
    pub family: Family,
    /// Colour in capitals, as `SPACE GRAY`; empty where unknown.
    pub color: String,
    /// Capacity, as `128GB`; empty where unknown.
    pub capacity: String,
    /// The long description of the order system, in capitals.
    pub description: String,
    /// The part number, as `MYEF3ZD/A`; empty where unknown.
    pub part_number: String,
    /// How it reaches a network, and so which identifiers it has.
    pub connectivity: Connectivity,
}

impl Default for KindFacts {
    fn default() -> Self {
        let nothing = String::new;
        Self {
            model: nothing(),
            product_type: nothing(),
            family: Family::IPhone,
            color: nothing(),
            capacity: nothing(),
            description: nothing(),
            part_number: nothing(),
            connectivity: Connectivity::Wifi,
        }
    }
}

/// The middle of a device row, serialised once: for protocol version 1, for 2 to 6, and from 7 on.
#[derive(Debug)]
pub struct RowText(pub [Box<[u8]>; 3]);

/// All kinds of an organisation.
#[derive(Clone, Debug, Default)]
pub struct Kinds {
    kinds: Vec<Arc<Kind>>,
    by_facts: HashMap<KindFacts, u32>,
}

impl Kinds {
    /// The place of the kind with these facts, which is made where it is new.
    pub fn place(&mut self, facts: KindFacts) -> u32 {
        if let Some(place) = self.by_facts.get(&facts) {
            return *place;
        }
        let place = self.kinds.len() as u32;
        self.kinds.push(Arc::new(Kind { facts: facts.clone(), row_text: OnceLock::new() }));
        self.by_facts.insert(facts, place);
        place
    }
}

impl Kinds {
    /// The facts of all of them, by their places.
    pub fn iter(&self) -> impl Iterator<Item = &KindFacts> {
        self.kinds.iter().map(|kind| &kind.facts)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.kinds.len()
    }

    /// True while there are none.
    pub fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }
}

impl Serialize for Kinds {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for Kinds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut kinds = Self::default();
        for (index, facts) in Vec::<KindFacts>::deserialize(deserializer)?.into_iter().enumerate() {
            if (kinds.place(facts) as usize) < index {
                return Err(serde::de::Error::custom(format!("the kind at {index} is there twice")));
            }
        }
        Ok(kinds)
    }
}

impl std::ops::Index<u32> for Kinds {
    type Output = Kind;

    #[inline]
    fn index(&self, place: u32) -> &Kind {
        &self.kinds[place as usize]
    }
}
