//! What the stores tell of a title that nobody has to know: computed from its Adam id, the same in every run and release.

use super::{Device, Kind, Title};
use crate::clock::{Span, Timestamp};
use crate::random;

/// Adam ids and the dates (days since 1970) by which the stores had come so far: ids are given out in order, with one leap in 2022.
const ISSUED: [(u64, i64); 8] = [
    (281_000_000, 14_071),
    (400_000_000, 14_914),
    (600_000_000, 15_750),
    (1_000_000_000, 16_591),
    (1_400_000_000, 17_714),
    (1_660_000_000, 19_266),
    (6_440_000_000, 19_290),
    (6_760_000_000, 20_520),
];

/// Facts of a title that follow from its Adam id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Details {
    seed: u64,
    adam_id: u64,
}

impl Details {
    /// Those of a title.
    pub fn of(title: &Title) -> Self {
        let version = random::hash(title.version.as_deref().unwrap_or_default().as_bytes());
        Self { seed: random::mix(title.adam_id ^ version.rotate_left(17)), adam_id: title.adam_id }
    }

    /// Those that do not depend on anything but the Adam id.
    pub(super) fn with_id(adam_id: u64) -> Self {
        Self { seed: 0, adam_id }
    }

    /// A number in `0..bound` for one purpose.
    fn number(self, purpose: u64, bound: u64) -> u64 {
        random::mix(self.seed ^ random::mix(purpose)) % bound.max(1)
    }

    /// A number in `0..bound` that stays when the version changes.
    fn lasting(self, purpose: u64, bound: u64) -> u64 {
        random::mix(self.adam_id ^ random::mix(purpose)) % bound.max(1)
    }

    /// The number of its current version on a platform: eight or nine digits, another for each version and platform.
    pub fn external_version_id(self, device: Device) -> u64 {
        let platform = random::hash(device.platform().as_bytes());
        840_000_000 + self.number(platform, 40_000_000)
    }

    /// The number of its developer.
    pub fn developer_id(title: &Title) -> u64 {
        284_000_000 + random::hash(title.developer.as_bytes()) % 1_200_000_000
    }

    /// When it first came into the stores: by the order in which Adam ids are given out.
    pub fn released(self) -> Timestamp {
        let after = ISSUED.partition_point(|(id, _)| *id <= self.adam_id).clamp(1, ISSUED.len() - 1);
        let ((from, first), (to, last)) = (ISSUED[after - 1], ISSUED[after]);
        let past = self.adam_id.clamp(from, to) - from;
        let day = first + (last - first) * i64::try_from(past).unwrap_or(0) / i64::try_from(to - from).unwrap_or(1);
        Timestamp::default() + Span::from_days(day)
    }

    /// When its current version came: a day of the year before September 2026.
    pub fn updated(self) -> Timestamp {
        const FIRST: i64 = 20_332;
        let day = FIRST + i64::try_from(self.number(1, 360)).unwrap_or(0);
        let second = i64::try_from(self.number(2, 86_400)).unwrap_or(0);
        (Timestamp::default() + Span::from_days(day) + Span::from_seconds(second)).max(self.released())
    }

    /// The size of its package in bytes: apps from 20 to 520 MB, books to 60.
    pub fn bytes(self, kind: Kind) -> u64 {
        let (least, range) = if kind == Kind::App { (20_000_000, 500_000_000) } else { (500_000, 60_000_000) };
        least + self.number(3, range)
    }

    /// How many people rated it.
    pub fn ratings(self) -> u64 {
        40 + self.lasting(4, 500_000)
    }

    /// Its average rating in tenths, from 3.0 to 4.9.
    pub fn rating_tenths(self) -> u64 {
        30 + self.lasting(5, 20)
    }

    /// The age from which it is fit: 4, 9, 12 or 17.
    pub fn age(self) -> u64 {
        [4, 4, 4, 4, 9, 12, 12, 17][self.lasting(6, 8) as usize]
    }

    /// The colours of its icon: background, then what is drawn on it.
    pub fn colors(self) -> [[u8; 3]; 2] {
        let dark = [0, 1, 2].map(|at| 24 + self.lasting(7 + at, 130) as u8);
        let light = dark.map(|part| 255 - part / 4);
        [dark, light]
    }

    /// A colour in six hexadecimal digits: 0 is the background, more are steps from what is drawn on it towards it.
    pub fn color(self, step: u8) -> String {
        let [dark, light] = self.colors();
        let weight = u16::from(step.saturating_sub(1).min(4));
        let mixed = |at: usize| match step {
            0 => u16::from(dark[at]),
            _ => (u16::from(light[at]) * (5 - weight) + u16::from(dark[at]) * weight) / 5,
        };
        format!("{:02x}{:02x}{:02x}", mixed(0), mixed(1), mixed(2))
    }
}

/// The least system that apps need, by platform: the same for all, since nobody tests against it.
pub fn minimum_os(device: Device) -> &'static str {
    match device {
        Device::IPhone | Device::IPad | Device::Tv => "17.0",
        Device::Mac => "14.0",
        Device::Watch => "10.0",
        Device::Vision => "1.0",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::store::{Store, Supplement};

    fn details(adam_id: u64) -> Details {
        Details::of(Store::get().find(adam_id).unwrap())
    }

    #[test]
    fn the_same_title_has_the_same_details_in_every_release() {
        let pages = details(361_309_726);
        assert_eq!(pages.released().date(), "2010-01-30");
        assert_eq!(pages, details(361_309_726));
        assert_ne!(pages.ratings(), details(361_304_891).ratings());
    }

    #[test]
    fn another_version_has_another_number_but_the_same_colours() {
        let new = Supplement { adam_id: 361_309_726, version: Some("15.0".into()), ..Supplement::default() }.title();
        let (old, new) = (details(361_309_726), Details::of(&new));
        assert_ne!(old.external_version_id(Device::IPhone), new.external_version_id(Device::IPhone));
        assert_eq!(old.external_version_id(Device::IPhone), old.external_version_id(Device::IPad));
        assert_ne!(old.external_version_id(Device::IPhone), old.external_version_id(Device::Mac));
        assert_eq!((old.colors(), old.ratings()), (new.colors(), new.ratings()));
    }

    #[test]
    fn details_are_plausible_whatever_the_number() {
        for adam_id in [0, 1, 281_000_000, 1_660_000_001, 6_440_000_000, 9_900_000_001, u64::MAX] {
            let details = Details::of(&Title::unknown(adam_id, Kind::App));
            assert!(details.released() <= details.updated(), "{adam_id}");
            assert!((30..50).contains(&details.rating_tenths()));
            assert_eq!(details.color(0).len(), 6);
            assert_ne!(details.color(0), details.color(1));
        }
    }
}
