//! What has to hold of a location, whatever happens.

use super::arrivals::parts;
use super::target::Holder;
use super::{Counts, Location};

impl Location {
    /// Whether everything that names an asset or a user names one that there is.
    fn check_bounds(&self) -> Result<(), String> {
        let rows = (0..self.assignments.len() as u32).map(|row| self.assignments.row(row));
        let waiting = self.unshown.keys().map(|pair| parts(*pair));
        for (asset, holder) in rows.map(|row| (row.asset, row.holder)).chain(waiting) {
            let users = if holder.is_device() { usize::MAX } else { self.users.len() };
            if asset as usize >= self.assets.len() || holder.place() as usize >= users {
                return Err(format!(
                    "an assignment of asset {asset} to {holder:?}: there is no such asset, or no such user"
                ));
            }
        }
        Ok(())
    }

    /// Whether everything adds up: of each asset, licences are assigned or available and nothing else, none is held twice, and lists and
    /// indexes agree. Says what does not. Costs as much as there is: for tests, and for snapshots that come from outside.
    pub fn check(&self) -> Result<(), String> {
        let idle = self.assignments.check()?;
        self.check_bounds()?;
        let mut waiting: Vec<Holder> = self.unshown.keys().map(|pair| parts(*pair).1).collect();
        waiting.dedup();
        let waits_alone = |holder: &&Holder| holder.is_device() && self.assignments.of_holder(**holder).is_empty();
        if idle != waiting.iter().filter(waits_alone).count() {
            return Err(format!("{idle} serial numbers hold nothing"));
        }
        if let Some((asset, holder)) =
            self.arrivals.pairs().find(|(asset, holder)| self.license(*asset, *holder).is_none())
        {
            return Err(format!("the store is to hear of a licence of asset {asset} that {holder:?} does not hold"));
        }
        self.users.check()?;
        self.subscriptions.check(self.users.len())?;

        if self.asset_places.len() != self.assets.len() {
            return Err(format!("{} assets, {} of them in the index", self.assets.len(), self.asset_places.len()));
        }
        let mut waiting = vec![0; self.assets.len()];
        for pair in self.unshown.keys() {
            waiting[parts(*pair).0 as usize] += 1;
        }
        for (place, asset) in (0..).zip(&self.assets) {
            let name = asset.key;
            if self.asset_id(name) != Some(place) {
                return Err(format!("the index leads astray for {name}"));
            }
            let rows = self.assignments.of_asset(place);
            let held = rows.len() + waiting[place as usize];
            let Counts { assigned, available, total, .. } = asset.counts();
            if assigned as usize != held || assigned.checked_add(available) != Some(total) {
                return Err(format!("{name}: {held} held, {assigned} assigned, {available} available, {total} in all"));
            }
            let spare = (!asset.unlimited).then_some(available);
            asset.licenses.check(spare).map_err(|wrong| format!("{name}: {wrong}"))?;
            let mut numbers: Vec<u32> = rows.iter().map(|row| self.assignments.row(*row).license).collect();
            let waiting = self.unshown.iter().filter(|(pair, _)| parts(**pair).0 == place);
            numbers.extend(waiting.map(|(_, (license, _))| *license));
            numbers.extend(asset.licenses.available(available.min(1_000)));
            let all = numbers.len();
            numbers.sort_unstable();
            numbers.dedup();
            if numbers.len() != all {
                return Err(format!("{name}: a licence is there twice"));
            }
            let to_devices = rows.iter().any(|row| self.assignments.row(*row).holder.is_device());
            if to_devices && !asset.device_assignable {
                return Err(format!("{name} is assigned to a device and must not be"));
            }
        }
        Ok(())
    }
}
