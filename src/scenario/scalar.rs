//! Scalars as the values that a plan is made of. All of these are silent: what does not fit has been complained about by then.

use crate::clock::{Span, Timestamp};
use crate::organization::Family;
use crate::organization::content::Money;

use super::plan::{Moment, OrderSource};
use super::tree::{Node, Value};

impl Node<'_> {
    /// A whole number.
    pub(super) fn integer(self) -> Option<u64> {
        match self.value() {
            Value::Integer(text) => integer(text),
            _ => None,
        }
    }

    /// Any number.
    pub(super) fn number(self) -> Option<f64> {
        match self.value() {
            Value::Integer(text) => integer(text).map(|number| number as f64).or_else(|| text.parse().ok()),
            Value::Float(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// True or false.
    pub(super) fn flag(self) -> Option<bool> {
        match self.value() {
            Value::Bool(flag) => Some(flag),
            _ => None,
        }
    }

    /// Text for a plan.
    pub(super) fn owned(self) -> Option<String> {
        self.text().map(str::to_owned)
    }

    pub(super) fn span(self) -> Option<Span> {
        self.text()?.parse().ok()
    }

    pub(super) fn time(self) -> Option<Timestamp> {
        self.text()?.parse().ok()
    }

    pub(super) fn moment(self) -> Option<Moment> {
        moment(self.text()?)
    }

    pub(super) fn family(self) -> Option<Family> {
        Family::from_name(self.text()?)
    }
}

/// A whole number from 0, in decimal, hexadecimal (`0x`) or octal (`0o`).
pub(super) fn integer(text: &str) -> Option<u64> {
    match (text.strip_prefix("0x"), text.strip_prefix("0o")) {
        (Some(digits), _) => u64::from_str_radix(digits, 16).ok(),
        (_, Some(digits)) => u64::from_str_radix(digits, 8).ok(),
        _ => text.parse().ok(),
    }
}

/// An amount of money, in whole hundredths; one that is beyond counting is as much as can be counted.
pub(super) fn price(text: &str) -> Option<Money> {
    let rounded = || {
        let number: f64 = text.parse().ok()?;
        (number.is_finite() && number >= 0.0).then(|| Money::from_cents((number * 100.0).round() as u64))
    };
    text.parse().ok().or_else(rounded)
}

/// A time, or a duration from the clock's start.
pub(super) fn moment(text: &str) -> Option<Moment> {
    text.parse().map(Moment::In).ok().or_else(|| text.parse().map(Moment::At).ok())
}

/// `apple`, `apple:<customer number>` or `reseller:<id>`.
pub(super) fn source(text: &str) -> Option<OrderSource> {
    match text.split_once(':') {
        None if text == "apple" => Some(OrderSource::Apple),
        Some((_, "")) => None,
        Some(("apple", number)) => Some(OrderSource::AppleCustomer(number.to_owned())),
        Some(("reseller", id)) => Some(OrderSource::Reseller(id.to_owned())),
        _ => None,
    }
}
