//! Values in query strings. An empty one is as good as absent.

use super::Call;
use super::errors::Refused;
use crate::http::Query;
use crate::organization::content::{ContentRefusal, ContentRefused, Pricing};

/// The parameters of a call.
pub struct Parameters<'q>(Query<'q>);

impl<'q> Parameters<'q> {
    /// Those of a call.
    pub fn of(call: &Call<'q>) -> Self {
        Self(Query::parse(call.request.head.uri.query()))
    }

    /// A text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).filter(|value| !value.is_empty())
    }

    /// `true` or `false`.
    pub fn flag(&self, name: &str) -> Result<Option<bool>, Refused> {
        self.text(name).map(|value| flag(name, value)).transpose()
    }

    /// A count.
    pub fn count(&self, name: &str) -> Result<Option<u32>, Refused> {
        let read = |value: &str| {
            let count = value.parse::<u32>().ok().filter(|count| i32::try_from(*count).is_ok());
            count.ok_or_else(|| Refused::argument(format!("`{name}={value}` is no count")))
        };
        self.text(name).map(read).transpose()
    }

    /// `pageIndex`: 0 where it is absent.
    pub fn page(&self) -> Result<u32, Refused> {
        let Some(value) = self.text("pageIndex") else { return Ok(0) };
        let index: i32 =
            value.parse().map_err(|_| Refused::argument(format!("`pageIndex={value}` is no whole number")))?;
        let below_zero = |_| {
            let why = format!("the page {index} was asked for, and pages are counted from 0");
            ContentRefused::new(ContentRefusal::PageIndexInvalid, why).into()
        };
        u32::try_from(index).map_err(below_zero)
    }

    /// `adamId`: digits.
    pub fn adam_id(&self) -> Result<Option<u64>, Refused> {
        let read = |value: &str| {
            title_number(value).ok_or_else(|| Refused::argument(format!("`adamId={value}` is no number of a title")))
        };
        self.text("adamId").map(read).transpose()
    }

    /// `pricingParam`.
    pub fn pricing(&self) -> Result<Option<Pricing>, Refused> {
        self.text("pricingParam").map(pricing).transpose()
    }

    /// Numbers of subscriptions: given several times, with commas, or both.
    pub fn adam_ids(&self, name: &str) -> Result<Vec<u64>, Refused> {
        let values = self.0.all(name).flat_map(|value| value.split(',')).map(str::trim).filter(|one| !one.is_empty());
        let read = |value: &str| {
            let unknown = |_| {
                let why = format!("`{name}={value}` is no number of a subscription");
                ContentRefused::new(ContentRefusal::SubscriptionUnknown, why).into()
            };
            value.parse().map_err(unknown)
        };
        values.map(read).collect()
    }
}

fn flag(name: &str, value: &str) -> Result<bool, Refused> {
    match value {
        "1" => Ok(true),
        "0" => Ok(false),
        _ if value.eq_ignore_ascii_case("true") => Ok(true),
        _ if value.eq_ignore_ascii_case("false") => Ok(false),
        _ => Err(Refused::argument(format!("`{name}={value}` is neither true nor false"))),
    }
}

/// The number of a title in a text: digits, without a sign.
pub fn title_number(text: &str) -> Option<u64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

/// A quality by its name.
pub fn pricing(name: &str) -> Result<Pricing, Refused> {
    Pricing::from_name(name).ok_or_else(|| Refused::argument(format!("pricingParam is `{name}` and not STDQ or PLUS")))
}
