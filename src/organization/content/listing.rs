//! Lists in pages.

use std::ops::Range;

use super::seal::{Seal, open_uuid, uuid};
use super::target::Holder;
use super::{
    Asset, AssetId, AssetKey, ContentRefusal, ContentRefused, DataSet, IdHash, Location, Pricing, TitleKind, User,
    UserId,
};
use crate::organization::quirks::InactiveLeftOut;

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageOf<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// `currentPageIndex`, from 0.
    pub index: u32,
    /// `totalPages`; an empty list has one, which is empty.
    pub pages: u32,
    /// How many the whole list has, before those are left out of its pages that are left out after paging.
    pub total: usize,
    /// `versionId`.
    pub version: String,
}

impl<T> PageOf<T> {
    /// `nextPageIndex`, unless this is the last page.
    pub fn next(&self) -> Option<u32> {
        (self.index + 1 < self.pages).then_some(self.index + 1)
    }
}

/// Which assets; all of it has to fit. The limits are inclusive.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AssetFilter {
    /// Of this title.
    pub adam_id: Option<u64>,
    /// Apps, or books.
    pub kind: Option<TitleKind>,
    /// In this quality.
    pub pricing: Option<Pricing>,
    /// That can be taken back, or cannot.
    pub revocable: Option<bool>,
    /// That can be assigned to devices, or cannot.
    pub device_assignable: Option<bool>,
    /// With no more than so many available.
    pub max_available: Option<u32>,
    /// With at least so many available.
    pub min_available: Option<u32>,
    /// With no more than so many assigned.
    pub max_assigned: Option<u32>,
    /// With at least so many assigned.
    pub min_assigned: Option<u32>,
    /// False leaves out those without end.
    pub unlimited: Option<bool>,
}

/// Which assignments; all of it has to fit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AssignmentFilter<'a> {
    /// Of this title.
    pub adam_id: Option<u64>,
    /// In this quality.
    pub pricing: Option<Pricing>,
    /// To users with this id.
    pub client_user_id: Option<&'a str>,
    /// To this device.
    pub serial_number: Option<&'a str>,
    /// Made or changed after this version. Those that were taken back do not appear: a record could not say so.
    pub since: Option<&'a str>,
    /// Without those to retired users, who are left out then.
    pub exclude_inactive: Option<InactiveLeftOut>,
}

/// Which users; all of it has to fit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserFilter<'a> {
    /// Those that are not retired.
    pub active_only: bool,
    /// Those that are.
    pub retired_only: bool,
    /// With this id.
    pub client_user_id: Option<&'a str>,
    /// With this Managed Apple Account.
    pub managed_account: Option<&'a str>,
    /// Entered or changed after this version.
    pub since: Option<&'a str>,
}

/// Who holds an assignment in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held<'a> {
    /// This user.
    User(UserId, &'a User),
    /// This device.
    Serial(&'a str),
}

/// An assignment in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AssignmentRow<'a> {
    /// Of which asset.
    pub asset: &'a Asset,
    /// To whom.
    pub held: Held<'a>,
    /// Its licence, by the number of version 1.
    pub license_id: u64,
}

/// Rows to list: all of a table, or some lists of places one after another.
enum Rows<'a> {
    All(usize),
    Lists(Vec<&'a [u32]>),
    Picked(Vec<u32>),
}

impl Rows<'_> {
    fn len(&self) -> usize {
        match self {
            Self::All(count) => *count,
            Self::Lists(lists) => lists.iter().map(|list| list.len()).sum(),
            Self::Picked(picked) => picked.len(),
        }
    }

    /// The places in a range, without looking at those before it.
    fn slice(&self, range: Range<usize>) -> Vec<u32> {
        match self {
            Self::All(_) => (range.start as u32..range.end as u32).collect(),
            Self::Picked(picked) => picked[range].to_vec(),
            Self::Lists(lists) => {
                let (mut skip, mut wanted) = (range.start, range.len());
                let mut rows = Vec::with_capacity(wanted);
                for list in lists {
                    let here = &list[skip.min(list.len())..];
                    let here = &here[..wanted.min(here.len())];
                    skip -= skip.min(list.len());
                    wanted -= here.len();
                    rows.extend_from_slice(here);
                }
                rows
            }
        }
    }
}

/// The rows on a page, and how many pages there are.
fn page_range(count: usize, index: u32, size: u32) -> Result<(Range<usize>, u32), ContentRefused> {
    let size = size.max(1) as usize;
    let pages = count.div_ceil(size).max(1);
    if index as usize >= pages {
        let why = format!("the page {index} was asked for, and there are {pages}, from 0");
        return Err(ContentRefused::new(ContentRefusal::PageIndexInvalid, why));
    }
    let start = index as usize * size;
    Ok((start..count.min(start + size), pages as u32))
}

impl Location {
    /// A page of assets. Without a filter it costs as much as is on it.
    pub fn assets_page(&self, filter: &AssetFilter, index: u32, size: u32) -> Result<PageOf<&Asset>, ContentRefused> {
        let everything =
            *filter == AssetFilter::default() || *filter == AssetFilter { unlimited: Some(true), ..Default::default() };
        let rows = match filter.adam_id {
            Some(adam_id) => {
                let fits = |asset: &AssetId| filter.fits(&self.assets[*asset as usize]);
                Rows::Picked(self.assets_of(adam_id).filter(fits).collect())
            }
            None if everything => Rows::All(self.assets.len()),
            None => {
                let fits = (0..).zip(&self.assets).filter(|(_, asset)| filter.fits(asset));
                Rows::Picked(fits.map(|(place, _)| place).collect())
            }
        };
        let (range, pages) = page_range(rows.len(), index, size)?;
        let items = rows.slice(range).into_iter().map(|asset| &self.assets[asset as usize]).collect();
        Ok(PageOf { items, index, pages, total: rows.len(), version: self.version(DataSet::Assets) })
    }

    /// The assets of a title, one for each quality.
    pub(super) fn assets_of(&self, adam_id: u64) -> impl Iterator<Item = AssetId> + '_ {
        Pricing::ALL.into_iter().filter_map(move |pricing| self.asset_id(AssetKey { adam_id, pricing }))
    }

    /// A page of assignments. It costs as much as is on it, and with `since` as much as has changed; a quality alone costs a look at each asset,
    /// and leaving out what retired users hold a look at each row of the list.
    pub fn assignments_page(
        &self,
        filter: &AssignmentFilter<'_>,
        index: u32,
        size: u32,
    ) -> Result<PageOf<AssignmentRow<'_>>, ContentRefused> {
        let mut rows = self.assignment_rows(filter)?;
        if filter.exclude_inactive == Some(InactiveLeftOut::BeforePaging) {
            rows = self.without_retired(rows);
        }
        let (range, pages) = page_range(rows.len(), index, size)?;
        let mut places = rows.slice(range);
        if filter.exclude_inactive == Some(InactiveLeftOut::AfterPaging) {
            places.retain(|row| self.is_of_somebody(*row));
        }
        let items = places.into_iter().map(|row| self.assignment_row(row)).collect();
        Ok(PageOf { items, index, pages, total: rows.len(), version: self.version(DataSet::Assignments) })
    }

    /// Those of the rows that no retired user holds. Mostly that is all of them: retired users keep books alone.
    fn without_retired<'a>(&self, rows: Rows<'a>) -> Rows<'a> {
        let holds = |user: &UserId| !self.assignments.of_holder(Holder::user(*user)).is_empty();
        if !self.users.retired().iter().any(holds) {
            return rows;
        }
        let mut places = rows.slice(0..rows.len());
        places.retain(|row| self.is_of_somebody(*row));
        Rows::Picked(places)
    }

    /// Whether a device or a user who is not retired holds this.
    fn is_of_somebody(&self, row: u32) -> bool {
        let holder = self.assignments.row(row).holder;
        holder.is_device() || self.users[holder.place()].is_active()
    }

    fn assignment_rows(&self, filter: &AssignmentFilter<'_>) -> Result<Rows<'_>, ContentRefused> {
        let fits = |row: &u32| {
            let row = self.assignments.row(*row);
            let key = self.assets[row.asset as usize].key;
            let to_user = |id: &str| !row.holder.is_device() && &*self.users[row.holder.place()].client_user_id == id;
            let to_device = |serial: &str| row.holder.is_device() && self.assignments.serial(row.holder) == serial;
            filter.adam_id.is_none_or(|adam_id| key.adam_id == adam_id)
                && filter.pricing.is_none_or(|pricing| key.pricing == pricing)
                && filter.client_user_id.is_none_or(to_user)
                && filter.serial_number.is_none_or(to_device)
        };
        if let Some(since) = filter.since {
            let since = self.read_version(DataSet::Assignments, since)?;
            return Ok(Rows::Picked(self.assignments.since(since).into_iter().filter(fits).collect()));
        }
        let assets = |adam_id| {
            self.assets_of(adam_id).filter(|asset| {
                filter.pricing.is_none_or(|pricing| self.assets[*asset as usize].key.pricing == pricing)
            })
        };
        let holders: Vec<Holder> = match (filter.client_user_id, filter.serial_number) {
            (Some(_), Some(_)) => return Ok(Rows::Picked(Vec::new())),
            (Some(id), None) => self.users.with_client_id(id).into_iter().map(Holder::user).collect(),
            (None, Some(serial)) => self.assignments.device(serial).into_iter().collect(),
            (None, None) => {
                return Ok(match (filter.adam_id, filter.pricing) {
                    (Some(adam_id), _) => {
                        Rows::Lists(assets(adam_id).map(|asset| self.assignments.of_asset(asset)).collect())
                    }
                    (None, None) => Rows::All(self.assignments.len()),
                    (None, Some(pricing)) => {
                        let assets = (0..).zip(&self.assets).filter(|(_, asset)| asset.key.pricing == pricing);
                        Rows::Lists(assets.map(|(asset, _)| self.assignments.of_asset(asset)).collect())
                    }
                });
            }
        };
        Ok(match (filter.adam_id, filter.pricing) {
            (Some(adam_id), _) => {
                let pairs = holders.iter().flat_map(|holder| assets(adam_id).map(move |asset| (asset, *holder)));
                Rows::Picked(pairs.filter_map(|(asset, holder)| self.assignments.find(asset, holder)).collect())
            }
            (None, None) => Rows::Lists(holders.iter().map(|holder| self.assignments.of_holder(*holder)).collect()),
            (None, Some(_)) => {
                let held = holders.iter().flat_map(|holder| self.assignments.of_holder(*holder));
                Rows::Picked(held.filter(|row| fits(row)).copied().collect())
            }
        })
    }

    pub(super) fn assignment_row(&self, row: u32) -> AssignmentRow<'_> {
        let row = self.assignments.row(row);
        let held = match row.holder.is_device() {
            true => Held::Serial(self.assignments.serial(row.holder)),
            false => Held::User(row.holder.place(), &self.users[row.holder.place()]),
        };
        let license_id = Asset::license_id(row.asset, row.license);
        AssignmentRow { asset: &self.assets[row.asset as usize], held, license_id }
    }

    /// An id for a list of assignments that version 1 reads page by page.
    pub fn assignment_list(&self) -> String {
        uuid(self.key, Seal::AssignmentList, self.versions.get(DataSet::Assignments), 4)
    }

    /// Whether an id is one of those.
    pub fn is_assignment_list(&self, id: &str) -> bool {
        open_uuid(self.key, Seal::AssignmentList, &id.to_ascii_lowercase(), 4).is_some()
    }

    /// A page of users. It costs as much as is on it, and with `since` as much as has changed.
    pub fn users_page(
        &self,
        filter: &UserFilter<'_>,
        index: u32,
        size: u32,
    ) -> Result<PageOf<(UserId, &User)>, ContentRefused> {
        let fits = |user: &UserId| {
            let user = &self.users[*user];
            let has =
                |account: &str| user.managed_account.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(account));
            (!filter.active_only || user.is_active())
                && (!filter.retired_only || !user.is_active())
                && filter.client_user_id.is_none_or(|id| &*user.client_user_id == id)
                && filter.managed_account.is_none_or(has)
        };
        let picked = |users: Vec<UserId>| Rows::Picked(users.into_iter().filter(fits).collect());
        let rows = if let Some(since) = filter.since {
            picked(self.users.since(self.read_version(DataSet::Users, since)?))
        } else if let Some(id) = filter.client_user_id {
            picked(self.users.with_client_id(id))
        } else if let Some(account) = filter.managed_account {
            picked(self.users.with_account(IdHash::of(account)))
        } else {
            match (filter.active_only, filter.retired_only) {
                (true, true) => Rows::Picked(Vec::new()),
                (true, false) => Rows::Lists(vec![self.users.active()]),
                (false, true) => Rows::Lists(vec![self.users.retired()]),
                (false, false) => Rows::All(self.users.len()),
            }
        };
        let (range, pages) = page_range(rows.len(), index, size)?;
        let items = rows.slice(range).into_iter().map(|user| (user, &self.users[user])).collect();
        Ok(PageOf { items, index, pages, total: rows.len(), version: self.version(DataSet::Users) })
    }
}

impl AssetFilter {
    fn fits(&self, asset: &Asset) -> bool {
        let counts = asset.shown();
        self.adam_id.is_none_or(|adam_id| asset.key.adam_id == adam_id)
            && self.kind.is_none_or(|kind| asset.kind == kind)
            && self.pricing.is_none_or(|pricing| asset.key.pricing == pricing)
            && self.revocable.is_none_or(|revocable| asset.revocable == revocable)
            && self.device_assignable.is_none_or(|assignable| asset.device_assignable == assignable)
            && self.max_available.is_none_or(|most| counts.available <= most)
            && self.min_available.is_none_or(|least| counts.available >= least)
            && self.max_assigned.is_none_or(|most| counts.assigned <= most)
            && self.min_assigned.is_none_or(|least| counts.assigned >= least)
            && !(self.unlimited == Some(false) && asset.unlimited)
    }
}
