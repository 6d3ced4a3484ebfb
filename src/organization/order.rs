//! Orders and who sold them.

use serde::{Deserialize, Serialize};

use super::content::SystemVersion;
use super::{KindFacts, Serial, ServerId};
use crate::clock::Timestamp;

/// An order for devices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// Its number, unique in the organisation.
    pub number: String,
    /// Who sold it.
    pub source: Source,
    /// When it was placed.
    #[serde(with = "crate::clock::millis")]
    pub placed: Timestamp,
    /// When its devices appear, or appeared.
    #[serde(with = "crate::clock::millis")]
    pub arrives: Timestamp,
    /// What was ordered; empty once it has arrived.
    pub lines: Vec<OrderLine>,
    /// How many devices it has.
    pub devices: u32,
}

/// Who sold an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Apple, under one of the organisation's customer numbers.
    Apple,
    /// Apple, under this customer number.
    AppleCustomer(String),
    /// A reseller, by DEP Reseller ID.
    Reseller(String),
}

impl Source {
    /// As scenarios and the control API write it.
    pub fn name(&self) -> String {
        match self {
            Self::Apple => "apple".to_owned(),
            Self::AppleCustomer(number) => format!("apple:{number}"),
            Self::Reseller(id) => format!("reseller:{id}"),
        }
    }
}

/// Suppliers that the organisation has entered. Devices from others stay pending.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suppliers {
    /// Apple Customer Numbers; leading zeros do not count.
    pub customer_numbers: Vec<String>,
    /// DEP Reseller IDs.
    pub reseller_ids: Vec<String>,
}

impl Suppliers {
    /// Whether the organisation knows who sold an order.
    pub fn know(&self, source: &Source) -> bool {
        let plain = |number: &str| number.trim_start_matches('0').to_owned();
        match source {
            Source::Apple => !self.customer_numbers.is_empty(),
            Source::AppleCustomer(number) => self.customer_numbers.iter().any(|known| plain(known) == plain(number)),
            Source::Reseller(id) => self.reseller_ids.iter().any(|known| known.eq_ignore_ascii_case(id)),
        }
    }
}

impl std::fmt::Display for Suppliers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.customer_numbers.as_slice(), self.reseller_ids.as_slice()) {
            ([], []) => f.write_str("no supplier"),
            (apple, []) => write!(f, "Apple as {}", apple.join(", ")),
            ([], resellers) => write!(f, "the resellers {}", resellers.join(", ")),
            (apple, resellers) => write!(f, "Apple as {} and the resellers {}", apple.join(", "), resellers.join(", ")),
        }
    }
}

/// One line of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderLine {
    /// What it is for.
    pub goods: Goods,
    /// Where its devices go.
    pub destination: Destination,
    /// The supplier's asset tag.
    pub asset_tag: Option<String>,
    /// The version of their operating system.
    #[serde(default)]
    pub os_version: Option<SystemVersion>,
}

/// What an order line is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Goods {
    /// One device, by its serial number.
    Named {
        /// The serial number.
        serial: Serial,
        /// What it is.
        kind: KindFacts,
    },
    /// Devices whose serial numbers are generated.
    Generated {
        /// How many.
        count: u32,
        /// What they are: each is one of these, drawn at random.
        kinds: Vec<KindFacts>,
    },
}

impl Goods {
    /// The serial number, where it was given.
    pub fn serial(&self) -> Option<Serial> {
        match self {
            Self::Named { serial, .. } => Some(*serial),
            Self::Generated { .. } => None,
        }
    }

    /// How many devices.
    pub fn count(&self) -> u32 {
        match self {
            Self::Named { .. } => 1,
            Self::Generated { count, .. } => *count,
        }
    }
}

/// Where a new device goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Destination {
    /// To its family's default server, if there is one.
    #[default]
    Default,
    /// To this server.
    Server(ServerId),
    /// To none.
    Unassigned,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suppliers_are_known_by_number() {
        let suppliers =
            Suppliers { customer_numbers: vec!["1122334".to_owned()], reseller_ids: vec!["16FCE4A0".to_owned()] };
        assert!(suppliers.know(&Source::Apple));
        assert!(suppliers.know(&Source::AppleCustomer("0001122334".to_owned())), "leading zeros are dropped");
        assert!(suppliers.know(&Source::Reseller("16fce4a0".to_owned())));
        assert!(!suppliers.know(&Source::Reseller("16FCE4A1".to_owned())));
        assert!(!Suppliers::default().know(&Source::Apple));
    }
}
