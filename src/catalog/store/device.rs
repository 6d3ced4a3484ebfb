//! What titles run on.

/// A kind of device, as the store divides them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Device {
    /// iPhone, and iPod touch with it.
    IPhone,
    /// iPad.
    IPad,
    /// Mac.
    Mac,
    /// Apple TV.
    Tv,
    /// Apple Watch.
    Watch,
    /// Apple Vision Pro.
    Vision,
}

impl Device {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::IPhone, Self::IPad, Self::Mac, Self::Tv, Self::Watch, Self::Vision];

    /// Its name in our own table and API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::IPhone => "iphone",
            Self::IPad => "ipad",
            Self::Mac => "mac",
            Self::Tv => "tv",
            Self::Watch => "watch",
            Self::Vision => "vision",
        }
    }

    /// Its operating system: a platform as assets name it (`supportedPlatforms`). iPadOS is never among them.
    pub const fn platform(self) -> &'static str {
        match self {
            Self::IPhone | Self::IPad => "iOS",
            Self::Mac => "macOS",
            Self::Tv => "tvOS",
            Self::Watch => "watchOS",
            Self::Vision => "visionOS",
        }
    }

    /// Its name in the catalogue's `platform` parameter. There is none for the watch.
    pub const fn parameter(self) -> Option<&'static str> {
        match self {
            Self::IPhone => Some("iphone"),
            Self::IPad => Some("ipad"),
            Self::Mac => Some("mac"),
            Self::Tv => Some("appletv"),
            Self::Watch => None,
            Self::Vision => Some("realityDevice"),
        }
    }

    /// The devices that a word of a scenario means: one of ours, or a platform (`iOS` is iPhone and iPad).
    pub fn meant_by(word: &str) -> Devices {
        let fits = |device: &Self| {
            let names = [device.name(), device.platform()];
            let ipad = *device == Self::IPad && word.eq_ignore_ascii_case("iPadOS");
            ipad || names.iter().any(|name| name.eq_ignore_ascii_case(word))
        };
        Self::ALL.into_iter().filter(fits).collect()
    }
}

/// A set of kinds of device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Devices(u8);

impl Devices {
    /// All devices.
    pub const ALL: Self = Self(0b11_1111);

    /// Whether `device` is among them.
    pub const fn has(self, device: Device) -> bool {
        self.0 & 1 << device as u8 != 0
    }

    /// Those that are in both sets.
    pub const fn both(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Those that are in either set.
    pub const fn either(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether there are none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// How many there are.
    pub const fn len(self) -> u32 {
        self.0.count_ones()
    }

    /// Each of them, in a fixed order.
    pub fn iter(self) -> impl Iterator<Item = Device> {
        Device::ALL.into_iter().filter(move |device| self.has(*device))
    }

    /// Their platforms as assets list them, each once.
    pub fn platforms(self) -> Vec<&'static str> {
        let mut platforms: Vec<&str> = self.iter().map(Device::platform).collect();
        platforms.dedup();
        platforms
    }
}

impl FromIterator<Device> for Devices {
    fn from_iter<I: IntoIterator<Item = Device>>(devices: I) -> Self {
        Self(devices.into_iter().fold(0, |bits, device| bits | 1 << device as u8))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn platforms_are_listed_once_and_never_as_ipados() {
        let devices: Devices = [Device::IPad, Device::IPhone, Device::Mac].into_iter().collect();
        assert_eq!(devices.platforms(), ["iOS", "macOS"]);
        assert_eq!(Devices::ALL.platforms(), ["iOS", "macOS", "tvOS", "watchOS", "visionOS"]);
        assert_eq!((devices.len(), devices.has(Device::Mac), devices.has(Device::Tv)), (3, true, false));
    }

    #[test]
    fn a_scenario_may_name_platforms_or_devices() {
        let names = |word| Device::meant_by(word).iter().map(Device::name).collect::<Vec<_>>();
        assert_eq!(names("iOS"), ["iphone", "ipad"]);
        assert_eq!(names("iPadOS"), ["ipad"]);
        assert_eq!(names("mac"), ["mac"]);
        assert_eq!(names("visionOS"), ["vision"]);
        assert!(Device::meant_by("Windows").is_empty());
    }
}
