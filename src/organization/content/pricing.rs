//! What an asset is called: its number in the store, and its quality.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// `pricingParam`: the quality that was bought. Books can come in both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Pricing {
    /// `STDQ`, standard quality; what is meant where nothing is said.
    #[default]
    #[serde(rename = "STDQ")]
    Standard,
    /// `PLUS`, high quality.
    #[serde(rename = "PLUS")]
    Plus,
}

impl Pricing {
    /// Both, in order.
    pub const ALL: [Self; 2] = [Self::Standard, Self::Plus];

    /// Apple's word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Standard => "STDQ",
            Self::Plus => "PLUS",
        }
    }

    /// The quality with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|pricing| pricing.name() == name)
    }
}

/// Which asset: a title of the store in one quality. Written `361309726:STDQ`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct AssetKey {
    /// `adamId`.
    pub adam_id: u64,
    /// `pricingParam`.
    pub pricing: Pricing,
}

impl AssetKey {
    /// The title in standard quality.
    pub const fn standard(adam_id: u64) -> Self {
        Self { adam_id, pricing: Pricing::Standard }
    }
}

impl fmt::Display for AssetKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.adam_id, self.pricing.name())
    }
}

impl From<AssetKey> for String {
    fn from(key: AssetKey) -> Self {
        key.to_string()
    }
}

impl FromStr for AssetKey {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once(':');
        let read = parts
            .and_then(|(id, pricing)| Some(Self { adam_id: id.parse().ok()?, pricing: Pricing::from_name(pricing)? }));
        read.ok_or_else(|| format!("`{text}` names no asset: write 361309726:STDQ"))
    }
}

impl TryFrom<String> for AssetKey {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}
