//! How old a device's system may be for a licence to count.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::Target;
use crate::organization::Family;

/// A version of an operating system: numbers with dots between them, such as `10.9.5`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SystemVersion(Vec<u32>);

/// A text that is no version of a system.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no version of a system: write numbers with dots between them, such as \"17.4\"")]
pub struct NoSystemVersion(String);

impl FromStr for SystemVersion {
    type Err = NoSystemVersion;

    fn from_str(text: &str) -> Result<Self, NoSystemVersion> {
        let part = |part: &str| {
            let is_number = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            part.parse().ok().filter(|_| is_number)
        };
        let parts: Option<Vec<u32>> = text.split('.').map(part).collect();
        parts.filter(|parts| parts.len() <= 4).map(Self).ok_or_else(|| NoSystemVersion(text.to_owned()))
    }
}

impl TryFrom<String> for SystemVersion {
    type Error = NoSystemVersion;

    fn try_from(text: String) -> Result<Self, NoSystemVersion> {
        text.parse()
    }
}

impl From<SystemVersion> for String {
    fn from(version: SystemVersion) -> Self {
        version.to_string()
    }
}

impl fmt::Display for SystemVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, part) in self.0.iter().enumerate() {
            write!(f, "{}{part}", if place == 0 { "" } else { "." })?;
        }
        Ok(())
    }
}

impl SystemVersion {
    fn is_before(&self, floor: (u32, u32)) -> bool {
        let part = |place: usize| self.0.get(place).copied().unwrap_or_default();
        (part(0), part(1)) < floor
    }

    /// The first version with which a licence of this holder counts on a device of a family, where this one is older.
    pub(super) fn too_old_for(&self, family: Family, holder: &Target) -> Option<String> {
        let (system, floor) = floor(family, holder)?;
        self.is_before(floor).then(|| match floor {
            (major, 0) => format!("{system} {major}"),
            (major, minor) => format!("{system} {major}.{minor}"),
        })
    }
}

/// The system's name, and the first version with which a licence counts: Apple's guide of 2018. It names none for other families.
fn floor(family: Family, holder: &Target) -> Option<(&'static str, (u32, u32))> {
    match (family, holder) {
        (Family::IPhone | Family::IPad | Family::IPod, Target::User(_)) => Some(("iOS", (7, 0))),
        (Family::IPhone | Family::IPad | Family::IPod, Target::Serial(_)) => Some(("iOS", (9, 0))),
        (Family::Mac, Target::User(_)) => Some(("OS X", (10, 9))),
        (Family::Mac, Target::Serial(_)) => Some(("OS X", (10, 10))),
        (Family::AppleTV | Family::Vision | Family::Watch, _) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_numbers_with_dots_and_compared_as_such() {
        for text in ["", "x", "1.", ".1", "1..2", "-1", "+1", "1 ", "1.2.3.4.5", "99999999999"] {
            assert_eq!(text.parse::<SystemVersion>(), Err(NoSystemVersion(text.to_owned())), "{text}");
        }
        let (user, device) = (Target::User("u".to_owned()), Target::Serial("S".to_owned()));
        for (family, holder, version, floor) in [
            (Family::IPhone, &device, "8.4.1", Some("iOS 9")),
            (Family::IPhone, &device, "9", None),
            (Family::IPad, &user, "8", None),
            (Family::IPod, &user, "6.1.6", Some("iOS 7")),
            (Family::Mac, &device, "10.9.5", Some("OS X 10.10")),
            (Family::Mac, &device, "10.10", None),
            (Family::Mac, &user, "10.8", Some("OS X 10.9")),
            (Family::Mac, &device, "26", None),
            (Family::AppleTV, &device, "1", None),
        ] {
            let version: SystemVersion = version.parse().unwrap();
            assert_eq!(version.too_old_for(family, holder).as_deref(), floor, "{version}");
        }
    }
}
