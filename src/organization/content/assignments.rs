//! All assignments of a location.

use hashbrown::HashTable;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::AssetId;
use super::places::Places;
use super::recency::Recency;
use super::serial_text::SerialText;
use super::target::Holder;
use crate::random;

/// One licence and who holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Row {
    pub(super) asset: AssetId,
    pub(super) holder: Holder,
    /// Which of the asset's licences.
    pub(super) license: u32,
    in_asset: u32,
    in_holder: u32,
}

/// A serial number that holds licences.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Device {
    serial: SerialText,
    rows: Places,
}

/// The assignments: rows without gaps, in which the last one takes the place of one that goes, with lists by asset and by holder, indexes by
/// both together and by licence, and the order of changes. About 65 bytes an assignment, and some 50 for each serial number. Nothing here is ever
/// searched.
#[derive(Clone, Debug, Default)]
pub(super) struct Assignments {
    kept: Kept,
    by_both: HashTable<u32>,
    by_license: HashTable<u32>,
    by_serial: HashTable<u32>,
}

/// What is written down of them; the indexes follow from it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    rows: Vec<Row>,
    recency: Recency,
    of_asset: Vec<Vec<u32>>,
    of_user: Vec<Places>,
    devices: Vec<Device>,
    /// Places in `devices` that are free again.
    free: Vec<u32>,
}

fn hash_of(asset: AssetId, holder: Holder) -> u64 {
    random::mix(u64::from(asset) << 32 | u64::from(holder.number()))
}

fn hash_of_row(rows: &[Row], row: u32) -> u64 {
    let row = &rows[row as usize];
    hash_of(row.asset, row.holder)
}

fn hash_of_license(asset: AssetId, license: u32) -> u64 {
    random::mix(u64::from(asset) << 32 | u64::from(license))
}

fn hash_of_rows_license(rows: &[Row], row: u32) -> u64 {
    let row = &rows[row as usize];
    hash_of_license(row.asset, row.license)
}

fn hash_of_device(devices: &[Device], device: u32) -> u64 {
    random::hash(devices[device as usize].serial.as_str().as_bytes())
}

impl Assignments {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.kept.rows.len()
    }

    /// The row at this place.
    pub(super) fn row(&self, row: u32) -> Row {
        #[cfg(test)]
        super::tests::count_step();
        self.kept.rows[row as usize]
    }

    /// Where the assignment of this asset to this holder stands.
    pub(super) fn find(&self, asset: AssetId, holder: Holder) -> Option<u32> {
        let rows = &self.kept.rows;
        let is_it = |&row: &u32| (rows[row as usize].asset, rows[row as usize].holder) == (asset, holder);
        self.by_both.find(hash_of(asset, holder), is_it).copied()
    }

    /// Where the assignment of this licence of an asset stands.
    pub(super) fn of_license(&self, asset: AssetId, license: u32) -> Option<u32> {
        let rows = &self.kept.rows;
        let is_it = |&row: &u32| (rows[row as usize].asset, rows[row as usize].license) == (asset, license);
        self.by_license.find(hash_of_license(asset, license), is_it).copied()
    }

    /// The assignments of an asset.
    pub(super) fn of_asset(&self, asset: AssetId) -> &[u32] {
        self.kept.of_asset.get(asset as usize).map_or(&[], Vec::as_slice)
    }

    /// What somebody holds.
    pub(super) fn of_holder(&self, holder: Holder) -> &[u32] {
        let place = holder.place() as usize;
        match holder.is_device() {
            true => self.kept.devices.get(place).map_or(&[], |device| device.rows.as_slice()),
            false => self.kept.of_user.get(place).map_or(&[], Places::as_slice),
        }
    }

    /// The serial number that holds something under this text.
    pub(super) fn device(&self, serial: &str) -> Option<Holder> {
        let devices = &self.kept.devices;
        let is_it = |&device: &u32| devices[device as usize].serial.as_str() == serial;
        self.by_serial.find(random::hash(serial.as_bytes()), is_it).copied().map(Holder::device)
    }

    /// The serial number with this text, entered where it is new. To be followed by an assignment, or by [`Self::forget_idle`].
    pub(super) fn device_or_new(&mut self, serial: &str) -> Holder {
        if let Some(known) = self.device(serial) {
            return known;
        }
        let device = Device { serial: SerialText::new(serial), rows: Places::default() };
        let place = match self.kept.free.pop() {
            Some(place) => {
                self.kept.devices[place as usize] = device;
                place
            }
            None => {
                self.kept.devices.push(device);
                self.kept.devices.len() as u32 - 1
            }
        };
        let devices = &self.kept.devices;
        let hash = hash_of_device(devices, place);
        self.by_serial.insert_unique(hash, place, |&device| hash_of_device(devices, device));
        Holder::device(place)
    }

    /// The text of a serial number.
    pub(super) fn serial(&self, holder: Holder) -> &str {
        self.kept.devices[holder.place() as usize].serial.as_str()
    }

    /// Forgets a serial number that holds nothing.
    pub(super) fn forget_idle(&mut self, holder: Holder) {
        if !holder.is_device() || !self.of_holder(holder).is_empty() {
            return;
        }
        let place = holder.place();
        let hash = hash_of_device(&self.kept.devices, place);
        if let Ok(entry) = self.by_serial.find_entry(hash, |&device| device == place) {
            entry.remove();
            self.kept.free.push(place);
        }
    }

    /// Enters an assignment that is not there yet.
    pub(super) fn add(&mut self, asset: AssetId, holder: Holder, license: u32, version: u64) {
        let row = self.kept.rows.len() as u32;
        if self.kept.of_asset.len() <= asset as usize {
            self.kept.of_asset.resize_with(asset as usize + 1, Vec::new);
        }
        let of_asset = &mut self.kept.of_asset[asset as usize];
        let in_asset = of_asset.len() as u32;
        of_asset.push(row);
        let in_holder = self.places(holder).push(row);
        self.kept.rows.push(Row { asset, holder, license, in_asset, in_holder });
        self.kept.recency.push(version);
        let rows = &self.kept.rows;
        self.by_both.insert_unique(hash_of(asset, holder), row, |&row| hash_of_row(rows, row));
        let hash = hash_of_license(asset, license);
        self.by_license.insert_unique(hash, row, |&row| hash_of_rows_license(rows, row));
    }

    /// Takes an assignment out. To be followed by [`Self::forget_idle`], if its holder is to hold nothing now.
    pub(super) fn remove(&mut self, row: u32) -> Row {
        let gone = self.kept.rows[row as usize];
        let last = self.kept.rows.len() as u32 - 1;
        if let Ok(entry) = self.by_both.find_entry(hash_of(gone.asset, gone.holder), |&at| at == row) {
            entry.remove();
        }
        if let Ok(entry) = self.by_license.find_entry(hash_of_license(gone.asset, gone.license), |&at| at == row) {
            entry.remove();
        }
        let of_asset = &mut self.kept.of_asset[gone.asset as usize];
        of_asset.swap_remove(gone.in_asset as usize);
        if let Some(&moved) = of_asset.get(gone.in_asset as usize) {
            self.kept.rows[moved as usize].in_asset = gone.in_asset;
        }
        if let Some(moved) = self.places(gone.holder).swap_remove(gone.in_holder) {
            self.kept.rows[moved as usize].in_holder = gone.in_holder;
        }
        if row != last {
            let moved = self.kept.rows[last as usize];
            if let Some(at) = self.by_both.find_mut(hash_of(moved.asset, moved.holder), |&at| at == last) {
                *at = row;
            }
            if let Some(at) = self.by_license.find_mut(hash_of_license(moved.asset, moved.license), |&at| at == last) {
                *at = row;
            }
            self.kept.of_asset[moved.asset as usize][moved.in_asset as usize] = row;
            self.places(moved.holder).set(moved.in_holder, row);
        }
        self.kept.rows.swap_remove(row as usize);
        self.kept.recency.swap_remove(row);
        gone
    }

    /// Whatever somebody holds has changed.
    pub(super) fn touch(&mut self, holder: Holder, version: u64) {
        for row in self.of_holder(holder).to_vec() {
            self.kept.recency.touch(row, version);
        }
    }

    /// The rows that changed after `version`, the earliest first.
    pub(super) fn since(&self, version: u64) -> Vec<u32> {
        self.kept.recency.since(version)
    }

    /// The same from the latest on, as [`Recency::back`] has it.
    pub(super) fn back(&self, since: u64, after: Option<(u32, u64)>) -> impl Iterator<Item = (u32, u64)> + '_ {
        self.kept.recency.back(since, after)
    }

    /// When an assignment was made, or its holder was retired or came back.
    pub(super) fn changed(&self, row: u32) -> u64 {
        self.kept.recency.changed(row)
    }

    fn places(&mut self, holder: Holder) -> &mut Places {
        let place = holder.place() as usize;
        if holder.is_device() {
            return &mut self.kept.devices[place].rows;
        }
        if self.kept.of_user.len() <= place {
            self.kept.of_user.resize_with(place + 1, Places::default);
        }
        &mut self.kept.of_user[place]
    }

    /// What is wrong with lists and indexes, if anything; otherwise how many serial numbers hold nothing.
    pub(super) fn check(&self) -> Result<usize, String> {
        self.kept.recency.check()?;
        let listed: usize = self.kept.of_asset.iter().map(Vec::len).sum();
        let of_devices: usize = self.kept.devices.iter().map(|device| device.rows.len()).sum();
        let held = self.kept.of_user.iter().map(Places::len).sum::<usize>() + of_devices;
        let counts = [listed, held, self.by_both.len(), self.by_license.len(), self.kept.recency.len()];
        if counts.iter().any(|count| *count != self.len()) {
            return Err(format!(
                "{} assignments, but {counts:?} by asset, holder, both, licence and change",
                self.len()
            ));
        }
        for (place, row) in (0..).zip(&self.kept.rows) {
            let in_asset = self.of_asset(row.asset).get(row.in_asset as usize);
            let in_holder = self.of_holder(row.holder).get(row.in_holder as usize);
            let found = [self.find(row.asset, row.holder), self.of_license(row.asset, row.license)];
            if in_asset != Some(&place) || in_holder != Some(&place) || found != [Some(place); 2] {
                return Err(format!("the assignment at {place} is not where it should be: {row:?}"));
            }
        }
        let known = self.kept.devices.len() - self.kept.free.len();
        if known != self.by_serial.len() {
            return Err(format!("{known} serial numbers, {} in the index", self.by_serial.len()));
        }
        let empty = self.kept.devices.iter().filter(|device| device.rows.is_empty()).count();
        Ok(empty - self.kept.free.len())
    }
}

impl Serialize for Assignments {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.kept.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Assignments {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let kept = Kept::deserialize(deserializer)?;
        let (rows, devices) = (&kept.rows, &kept.devices);
        let mut by_both = HashTable::with_capacity(rows.len());
        let mut by_license = HashTable::with_capacity(rows.len());
        for row in 0..rows.len() as u32 {
            by_both.insert_unique(hash_of_row(rows, row), row, |&row| hash_of_row(rows, row));
            by_license.insert_unique(hash_of_rows_license(rows, row), row, |&row| hash_of_rows_license(rows, row));
        }
        let mut by_serial = HashTable::with_capacity(devices.len());
        for device in (0..devices.len() as u32).filter(|device| !kept.free.contains(device)) {
            by_serial.insert_unique(hash_of_device(devices, device), device, |&device| hash_of_device(devices, device));
        }
        let read = Self { kept, by_both, by_license, by_serial };
        let in_bounds = read.kept.rows.iter().all(|row| {
            let places = if row.holder.is_device() { read.kept.devices.len() } else { read.kept.of_user.len() };
            (row.asset as usize) < read.kept.of_asset.len() && (row.holder.place() as usize) < places
        });
        if !in_bounds {
            return Err(serde::de::Error::custom("an assignment names an asset or a holder that is not there"));
        }
        read.check().map_err(serde::de::Error::custom)?;
        Ok(read)
    }
}
