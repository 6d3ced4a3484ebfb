//! Product families.

use serde::{Deserialize, Serialize};

/// A product family as Apple's portal sorts devices: what `default_for` names and `device_family` says on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
pub enum Family {
    /// Every iPhone.
    #[serde(rename = "iPhone")]
    IPhone,
    /// Every iPad.
    #[serde(rename = "iPad")]
    IPad,
    /// Every Mac.
    Mac,
    /// Apple TV.
    AppleTV,
    /// Apple Vision Pro.
    Vision,
    /// Apple Watch.
    Watch,
    /// iPod touch.
    #[serde(rename = "iPod")]
    IPod,
}

impl Family {
    /// Every family, in the order in which the portal lists them.
    pub const ALL: [Self; 7] =
        [Self::IPhone, Self::IPad, Self::Mac, Self::AppleTV, Self::Vision, Self::Watch, Self::IPod];

    /// The name on the wire, in scenarios and in the control API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::IPhone => "iPhone",
            Self::IPad => "iPad",
            Self::Mac => "Mac",
            Self::AppleTV => "AppleTV",
            Self::Vision => "Vision",
            Self::Watch => "Watch",
            Self::IPod => "iPod",
        }
    }

    /// The family called `name`, whatever its capitals.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|family| family.name().eq_ignore_ascii_case(name))
    }

    /// The operating system that a device of this family reports from protocol version 7 on (below 7 an iPad says `iOS`).
    pub const fn os(self) -> &'static str {
        match self {
            Self::IPhone | Self::IPod => "iOS",
            Self::IPad => "iPadOS",
            Self::Mac => "OSX",
            Self::AppleTV => "tvOS",
            Self::Vision => "visionOS",
            Self::Watch => "watchOS",
        }
    }

    /// Whether devices of this family can have a mobile connection, and so IMEI, MEID and EID.
    pub const fn is_cellular(self) -> bool {
        matches!(self, Self::IPhone | Self::IPad | Self::Watch)
    }
}
