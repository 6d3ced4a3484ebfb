//! Moments to the millisecond, for documents that are to be read back exactly: everywhere else a moment is written in whole seconds.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Timestamp;

/// A moment as its milliseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Millis(pub Timestamp);

impl Serialize for Millis {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(self.0.millis())
    }
}

impl<'de> Deserialize<'de> for Millis {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        i64::deserialize(deserializer).map(|millis| Self(Timestamp::from_millis(millis)))
    }
}

/// Writes a moment.
pub fn serialize<S: Serializer>(moment: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    Millis(*moment).serialize(serializer)
}

/// Reads a moment.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    Millis::deserialize(deserializer).map(|millis| millis.0)
}

/// The same for a moment that may be absent.
pub mod option {
    use super::{Deserialize, Deserializer, Millis, Serialize, Serializer, Timestamp};

    /// Writes it.
    pub fn serialize<S: Serializer>(moment: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
        moment.map(Millis).serialize(serializer)
    }

    /// Reads it.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
        Ok(Option::<Millis>::deserialize(deserializer)?.map(|millis| millis.0))
    }
}

/// The same for a list of moments.
pub mod list {
    use super::{Deserialize, Deserializer, Millis, Serializer, Timestamp};

    /// Writes it.
    pub fn serialize<S: Serializer>(moments: &[Timestamp], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(moments.iter().copied().map(Millis))
    }

    /// Reads it.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Timestamp>, D::Error> {
        Ok(Vec::<Millis>::deserialize(deserializer)?.into_iter().map(|millis| millis.0).collect())
    }
}
