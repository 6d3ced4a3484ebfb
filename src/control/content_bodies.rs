//! What clients send about Apps and Books.

use std::fmt;
use std::num::NonZeroU32;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer};

use crate::clock::Span;
use crate::organization::content::{AssetKey, Money, Payment, Pricing, Review, SystemVersion, TokenKind};

/// `adamId`: digits in quotes, as version 2 writes it, or a number.
#[derive(Clone, Copy, Debug)]
pub struct AdamId(pub u64);

impl AdamId {
    /// The asset of this title.
    pub fn asset(self, pricing: Option<Pricing>) -> AssetKey {
        AssetKey { adam_id: self.0, pricing: pricing.unwrap_or_default() }
    }
}

impl<'de> Deserialize<'de> for AdamId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Digits;

        impl Visitor<'_> for Digits {
            type Value = AdamId;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a title's number, such as \"361309726\"")
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<AdamId, E> {
                Ok(AdamId(number))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<AdamId, E> {
                let digits = Some(text).filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
                let number = digits.and_then(|digits| digits.parse().ok());
                number.map(AdamId).ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
            }
        }

        deserializer.deserialize_any(Digits)
    }
}

/// `POST …/devices/{serial}/install`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InstallBody {
    /// The title.
    pub adam_id: AdamId,
    /// The Apple Account that is on the device; absent: none.
    pub account: Option<String>,
    /// What runs on the device; absent: what is known of it.
    pub os_version: Option<SystemVersion>,
}

/// `PUT …/titles/{adam_id}/versions/{version}`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReviewBody {
    /// How the review of the version stands.
    pub review: Review,
}

/// `POST …/locations/{location}/token`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContentTokenBody {
    /// Who downloads it; absent: the first content manager.
    pub account: Option<String>,
    /// What it may do.
    pub kind: Option<TokenKind>,
    /// How long it lives; absent: a year.
    pub expires_in: Option<Span>,
}

/// `POST …/locations/{location}/claim`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClaimBody {
    /// Who manages the location from now on.
    pub mdm_info: MdmInfoBody,
}

/// `mdmInfo`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MdmInfoBody {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whatever else it wants to keep there.
    #[serde(default)]
    pub metadata: String,
}

/// `PATCH …/locations/{location}/assets/{asset}`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssetBody {
    /// Whether there is no end of it.
    pub unlimited: bool,
    /// In which quality.
    pub pricing_param: Option<Pricing>,
}

/// `POST …/purchases`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PurchaseBody {
    /// For which location.
    pub location: String,
    /// What.
    pub adam_id: AdamId,
    /// How many licences.
    pub quantity: NonZeroU32,
    /// In which quality.
    pub pricing_param: Option<Pricing>,
    /// How it is paid.
    #[serde(default)]
    pub payment: Payment,
    /// Who buys, and whose credit pays; absent: the first content manager.
    pub account: Option<String>,
}

/// `POST …/refunds`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefundBody {
    /// Of which location.
    pub location: String,
    /// What.
    pub adam_id: AdamId,
    /// How many licences.
    pub quantity: NonZeroU32,
    /// In which quality.
    pub pricing_param: Option<Pricing>,
    /// Who asks for it; absent: the first content manager.
    pub account: Option<String>,
}

/// `POST …/transfers`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TransferBody {
    /// The location that they leave.
    pub from: String,
    /// The location that they come to.
    pub to: String,
    /// What.
    pub adam_id: AdamId,
    /// How many licences.
    pub quantity: NonZeroU32,
    /// In which quality.
    pub pricing_param: Option<Pricing>,
    /// Who does it; absent: the first content manager.
    pub account: Option<String>,
}

/// `POST …/credit`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreditBody {
    /// Whose.
    pub account: String,
    /// How much more.
    pub amount: Money,
}

/// `POST …/invitations/{code}/accept`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AcceptBody {
    /// The Apple Account with which somebody accepts; absent: a made-up one.
    pub apple_account: Option<String>,
}

/// `POST …/subscriptions`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubscriptionBody {
    /// For which location.
    pub location: String,
    /// The app that it is for.
    pub parent_adam_id: AdamId,
    /// Its own number.
    pub adam_id: AdamId,
    /// Seats that are renewed.
    #[serde(default)]
    pub renewing: u32,
    /// Seats that end with the period.
    #[serde(default)]
    pub expiring: u32,
    /// How long a period is; absent: 30 days.
    pub period: Option<Span>,
    /// Lets the location manage subscriptions first, as its MDM server could.
    #[serde(default)]
    pub enable: bool,
}

/// `POST …/notifications`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TestBody {
    /// The location whose client is to be notified, by name or id.
    pub location: String,
}
