//! An asset: a title that a location has licences of.

use serde::{Deserialize, Serialize};

use super::license::Licenses;
use super::{AssetKey, Title, TitleKind};

/// An asset's place among those of its location.
pub type AssetId = u32;

/// `totalCount` of an asset without end: a free app since 2026.
pub const UNLIMITED: u32 = i32::MAX as u32;

/// How many assets have licences with numbers of 32 bits.
const PLACES: u64 = 4_096;

/// Licences of one title in one quality. `total` = assigned + available, always; retired ones are not in it (Apple's samples agree).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asset {
    /// Which title, in which quality.
    pub key: AssetKey,
    /// `productType`.
    pub kind: TitleKind,
    /// `deviceAssignable`: its developer lets it be assigned to devices.
    pub device_assignable: bool,
    /// `revocable`: licences can be taken back.
    pub revocable: bool,
    /// `supportedPlatforms`.
    pub platforms: Vec<String>,
    /// Whether there is no end of it.
    pub unlimited: bool,
    pub(super) total: u32,
    pub(super) assigned: u32,
    pub(super) retired: u32,
    pub(super) licenses: Licenses,
    /// What has happened to total and assigned, but does not show yet (the `count_lag` switch).
    pub(super) unshown: (i64, i64),
}

/// The counts of an asset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// `assignedCount`.
    pub assigned: u32,
    /// `availableCount`.
    pub available: u32,
    /// `retiredCount`: withdrawn by a refund. Not in the total.
    pub retired: u32,
    /// `totalCount`.
    pub total: u32,
}

impl Asset {
    pub(super) fn of(title: &Title, key: AssetKey) -> Self {
        Self {
            key,
            kind: title.kind,
            device_assignable: title.is_device_assignable(),
            revocable: title.is_revocable(),
            platforms: title.platforms.clone(),
            unlimited: false,
            total: 0,
            assigned: 0,
            retired: 0,
            licenses: Licenses::default(),
            unshown: (0, 0),
        }
    }

    /// How many licences there are.
    pub fn total(&self) -> u32 {
        if self.unlimited { UNLIMITED } else { self.total }
    }

    /// How many nobody holds.
    pub fn available(&self) -> u32 {
        self.total().saturating_sub(self.assigned)
    }

    /// The counts as they are.
    pub fn counts(&self) -> Counts {
        let (assigned, retired) = (self.assigned, self.retired);
        Counts { assigned, available: self.available(), retired, total: self.total() }
    }

    /// The counts as lists show them: a purchase, or an association, may take a while to show.
    pub fn shown(&self) -> Counts {
        if self.unshown == (0, 0) {
            return self.counts();
        }
        let behind = |count: u32, unshown: i64| (i64::from(count) - unshown).clamp(0, i64::from(UNLIMITED)) as u32;
        let total = if self.unlimited { UNLIMITED } else { behind(self.total, self.unshown.0) };
        let assigned = behind(self.assigned, self.unshown.1).min(total);
        Counts { assigned, available: total - assigned, retired: self.retired, total }
    }

    /// `licenseId` of one of its licences, for version 1 of the API: no two licences of a location share one. It fits into 32 bits as
    /// long as a location has no more assets than most have, since some clients have no room for more.
    pub(super) fn license_id(asset: AssetId, license: u32) -> u64 {
        let (rest, place) = (u64::from(asset) / PLACES, u64::from(asset) % PLACES);
        ((rest << 32 | u64::from(license)) * PLACES + place).wrapping_add(1)
    }

    /// The asset and the number of a licence with this `licenseId`, which need not exist.
    pub(super) fn of_license_id(id: u64) -> Option<(AssetId, u32)> {
        let id = id.checked_sub(1)?;
        let (license, place) = (id / PLACES, id % PLACES);
        let asset = AssetId::try_from((license >> 32) * PLACES + place).ok()?;
        Some((asset, license as u32))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_licence_id_leads_to_its_licence_and_is_small_as_a_rule() {
        for (asset, license) in [(0, 0), (4_095, 500_000), (4_096, 0), (70_000, u32::MAX), (u32::MAX >> 1, 7)] {
            let id = Asset::license_id(asset, license);
            assert_eq!(Asset::of_license_id(id), Some((asset, license)), "{id}");
        }
        assert_eq!(Asset::license_id(0, 0), 1);
        assert!(Asset::license_id(4_095, 500_000) <= i32::MAX as u64);
        assert_eq!(Asset::of_license_id(0), None);
    }
}
