//! Walks through the licences of a location, as version 1 of the API has them.

use serde::{Deserialize, Serialize};

use super::license::Unheld;
use super::seal::Seal;
use super::target::Holder;
use super::walk::{not_parallel, part};
use super::{
    Asset, AssetId, Batch, Content, ContentRefused, DataSet, Held, Location, LocationId, Onward, Pricing, Step, UserId,
};

/// Which licences; all of it has to fit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LicenseFilter {
    /// Of this title.
    pub adam_id: Option<u64>,
    /// In this quality.
    pub pricing: Option<Pricing>,
    /// Of this device.
    pub serial_number: Option<String>,
    /// By who holds them.
    pub holders: Holders,
    /// `ifModifiedSince` in milliseconds, which leaves nothing out and is told again with each batch.
    #[serde(default)]
    pub modified_since: i64,
}

/// Who holds a licence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Holders {
    /// Somebody or nobody.
    #[default]
    Any,
    /// Somebody.
    Somebody,
    /// A user.
    User,
    /// A device.
    Device,
}

/// A licence in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LicenseRow<'a> {
    /// `licenseId`.
    pub id: u64,
    /// Of which asset.
    pub asset: &'a Asset,
    /// Who holds it.
    pub held: Option<Held<'a>>,
    /// Whether it was refunded, or moved to another location.
    pub is_gone: bool,
}

/// A moment, as far as licences mind it: the versions of the assignments and of the licences.
type Mark = (u64, u64);

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Walk {
    filter: LicenseFilter,
    began: Mark,
    size: u32,
    at: Place,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
enum Place {
    /// Before a batch of everything.
    Batch(u32),
    /// Among what has changed.
    Changes { since: Mark, at: Change },
}

/// A place among what has changed: first come all assignments, then for one asset after the other what was given back and what came
/// or went.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
enum Change {
    /// Behind an assignment.
    Made(Option<(u32, u64)>),
    /// Behind a version.
    GivenBack(AssetId, u64),
    /// Behind so many.
    Traded(AssetId, u64),
}

impl Location {
    fn licenses_batch(&self, filter: LicenseFilter, step: &Step<'_>) -> Result<Batch<LicenseRow<'_>>, ContentRefused> {
        let mut walk = match step.batch_token {
            Some(token) => self.opened(Seal::LicenseWalk, token)?,
            None => {
                let since = step.since.map(|since| self.opened(Seal::LicenseMark, since)).transpose()?;
                let changes = |since| Place::Changes { since, at: Change::Made(None) };
                let began = (self.versions.get(DataSet::Assignments), self.versions.licenses());
                Walk { filter, began, size: step.size.max(1), at: since.map_or(Place::Batch(0), changes) }
            }
        };
        let (items, batches, is_last) = match (walk.filter.serial_number.as_deref(), walk.at.clone()) {
            (Some(serial), at @ Place::Batch(next)) => {
                let (_, batches, last) = part(0, walk.size, next, step.index)?;
                (self.of_device(serial, &walk.filter, &at), Some(batches), last)
            }
            (Some(serial), at) => {
                not_parallel(step.index)?;
                (self.of_device(serial, &walk.filter, &at), None, true)
            }
            (None, Place::Batch(next)) => {
                let (items, batches, last) = self.numbered(&walk, next, step.index)?;
                walk.at = Place::Batch(step.index.unwrap_or(next + 1));
                (items, Some(batches), last)
            }
            (None, Place::Changes { since, mut at }) => {
                not_parallel(step.index)?;
                let (items, last) = self.changes(&walk, since, &mut at);
                walk.at = Place::Changes { since, at };
                (items, None, last)
            }
        };
        let modified_since = walk.filter.modified_since;
        let is_first = step.batch_token.is_none() && step.since.is_none();
        Ok(Batch {
            total: is_first.then(|| self.licenses_len(&walk.filter, items.len())),
            modified_since: Some(modified_since),
            items,
            batches,
            onward: match is_last {
                true => Onward::Done(self.sealed(Seal::LicenseMark, &walk.began)),
                false => Onward::More(self.sealed(Seal::LicenseWalk, &walk)),
            },
        })
    }

    /// The licences of a device, all in one batch: there is at most one of each asset.
    fn of_device(&self, serial: &str, filter: &LicenseFilter, at: &Place) -> Vec<LicenseRow<'_>> {
        let since = match at {
            Place::Changes { since, .. } => since.0,
            // Versions begin with 1.
            Place::Batch(_) => 0,
        };
        let rows = self.assignments.device(serial).map_or(&[][..], |device| self.assignments.of_holder(device));
        let rows = rows.iter().filter(|row| self.assignments.changed(**row) > since);
        rows.filter_map(|row| self.licensed(*row, filter)).collect()
    }

    /// A batch of all numbers that there were when the walk began.
    fn numbered(
        &self,
        walk: &Walk,
        next: u32,
        index: Option<u32>,
    ) -> Result<(Vec<LicenseRow<'_>>, u32, bool), ContentRefused> {
        let assets = || (0..).zip(&self.assets).filter(|(_, asset)| walk.filter.fits(asset));
        let count = |asset: &Asset| u64::from(asset.licenses.count_at(walk.began.1));
        let all = assets().map(|(_, asset)| count(asset)).sum();
        let (range, batches, is_last) = part(all, walk.size, next, index)?;
        let mut items = Vec::new();
        let mut before = 0;
        for (place, asset) in assets() {
            let numbers = before..before + count(asset);
            let here = range.start.max(numbers.start)..range.end.min(numbers.end);
            let row = |number: u64| self.license_row(place, (number - numbers.start) as u32, &walk.filter, false);
            items.extend(here.filter_map(row));
            before = numbers.end;
        }
        Ok((items, batches, is_last))
    }

    /// As much of what has changed as a batch looks at, and whether that was the last of it.
    fn changes(&self, walk: &Walk, since: Mark, at: &mut Change) -> (Vec<LicenseRow<'_>>, bool) {
        let mut items = Vec::new();
        let mut looks = walk.size as usize;
        loop {
            match *at {
                Change::Made(after) => {
                    let rows: Vec<(u32, u64)> = self.assignments.back(since.0, after).take(looks).collect();
                    looks -= rows.len();
                    items.extend(rows.iter().filter_map(|(row, _)| self.licensed(*row, &walk.filter)));
                    *at = match rows.last() {
                        Some(last) if looks == 0 => Change::Made(Some(*last)),
                        _ => Change::GivenBack(0, u64::MAX),
                    };
                }
                Change::GivenBack(place, below) => {
                    let Some(asset) = self.assets.get(place as usize) else { return (items, true) };
                    let numbers = asset.licenses.given_back(since.0, below);
                    let numbers: Vec<(u32, u64)> =
                        numbers.take(if walk.filter.fits(asset) { looks } else { 0 }).collect();
                    looks -= numbers.len();
                    let row = |(number, _): &(u32, u64)| self.license_row(place, *number, &walk.filter, true);
                    items.extend(numbers.iter().filter_map(row));
                    *at = match numbers.last() {
                        Some((_, version)) if looks == 0 => Change::GivenBack(place, *version),
                        _ => Change::Traded(place, 0),
                    };
                }
                Change::Traded(place, behind) => {
                    let Some(asset) = self.assets.get(place as usize) else { return (items, true) };
                    let ranges = asset.licenses.traded(since.1, walk.began.1);
                    let mut skip = behind;
                    let mut seen = behind;
                    for (from, to) in ranges.filter(|_| walk.filter.fits(asset)) {
                        let length = u64::from(to - from);
                        let first = from + skip.min(length) as u32;
                        skip -= skip.min(length);
                        let until = to.min(first.saturating_add(looks as u32));
                        let told = |number: &u32| self.assignments.of_license(place, *number).is_none();
                        let numbers = (first..until).filter(told);
                        items.extend(numbers.filter_map(|number| self.license_row(place, number, &walk.filter, true)));
                        looks -= (until - first) as usize;
                        seen += u64::from(until - first);
                    }
                    *at = if looks == 0 { Change::Traded(place, seen) } else { Change::GivenBack(place + 1, u64::MAX) };
                }
            }
            if looks == 0 {
                return (items, false);
            }
        }
    }

    fn licensed(&self, row: u32, filter: &LicenseFilter) -> Option<LicenseRow<'_>> {
        let row = self.assignments.row(row);
        self.license_row(row.asset, row.license, filter, false)
    }

    /// A licence by its number, where there is one and it fits; of an asset without end only one that somebody holds. Among `changes` those too
    /// that are gone, or given back.
    fn license_row(
        &self,
        place: AssetId,
        number: u32,
        filter: &LicenseFilter,
        changes: bool,
    ) -> Option<LicenseRow<'_>> {
        let asset = &self.assets[place as usize];
        let row = self.assignments.of_license(place, number);
        let held = row.map(|row| self.assignment_row(row).held);
        let unheld = held.is_none().then(|| asset.licenses.unheld(number));
        let is_there = match unheld {
            None => true,
            Some(Unheld::Free) => changes || !asset.unlimited,
            Some(Unheld::Fresh) => !asset.unlimited,
            Some(Unheld::Gone) => changes,
            Some(Unheld::Unknown) => false,
        };
        let is_held = match filter.holders {
            Holders::Any => true,
            Holders::Somebody => held.is_some(),
            Holders::User => matches!(held, Some(Held::User(..))),
            Holders::Device => matches!(held, Some(Held::Serial(_))),
        };
        let row =
            || LicenseRow { id: Asset::license_id(place, number), asset, held, is_gone: unheld == Some(Unheld::Gone) };
        (is_there && is_held && filter.fits(asset)).then(row)
    }

    /// About how many licences there are. `found` are of a device.
    fn licenses_len(&self, filter: &LicenseFilter, found: usize) -> usize {
        let count = |asset: &Asset| match filter.holders {
            Holders::Any if !asset.unlimited => asset.total() as usize,
            _ => asset.assigned as usize,
        };
        match filter.serial_number {
            Some(_) => found,
            None => self.assets.iter().filter(|asset| filter.fits(asset)).map(count).sum(),
        }
    }

    /// The licences that a user holds.
    pub fn licenses_of(&self, user: UserId) -> Vec<LicenseRow<'_>> {
        let rows = self.assignments.of_holder(Holder::user(user)).iter();
        rows.filter_map(|row| self.licensed(*row, &LicenseFilter::default())).collect()
    }

    /// The licence with this `licenseId`.
    pub fn license_called(&self, id: u64) -> Option<LicenseRow<'_>> {
        let (place, number) = Asset::of_license_id(id)?;
        self.assets.get(place as usize)?;
        self.license_row(place, number, &LicenseFilter::default(), true)
    }
}

impl LicenseFilter {
    fn fits(&self, asset: &Asset) -> bool {
        self.adam_id.is_none_or(|adam_id| asset.key.adam_id == adam_id)
            && self.pricing.is_none_or(|pricing| asset.key.pricing == pricing)
    }
}

impl Content {
    /// A batch of the licences of a location.
    pub fn licenses_batch(
        &self,
        location: LocationId,
        filter: LicenseFilter,
        step: &Step<'_>,
    ) -> Result<Batch<LicenseRow<'_>>, ContentRefused> {
        let batch = self.location(location).licenses_batch(filter, step);
        batch.map_err(|refused| self.of_another(location, step, refused))
    }
}
