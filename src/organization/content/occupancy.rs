//! Who holds which licences, and which of them are lost on somebody who is gone.

use super::arrivals::parts;
use super::target::Holder;
use super::{Asset, AssetId, Location, LocationId, Target};
use crate::organization::{Books, DeviceStatus};

/// How the licences of an asset are taken.
#[derive(Clone, Copy, Debug)]
pub struct Taking<'a> {
    /// The asset, with its counts.
    pub asset: &'a Asset,
    /// How many users hold.
    pub by_users: usize,
    /// How many devices hold.
    pub by_devices: usize,
    /// How many of both are gone.
    pub astray: usize,
}

/// A licence whose holder is gone.
#[derive(Clone, Debug)]
pub struct Astray<'a> {
    /// Of which asset.
    pub asset: &'a Asset,
    /// Who holds it.
    pub holder: Target,
    /// In what way that holder is gone.
    pub why: Gone,
}

/// In what way a holder is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gone {
    /// The organisation never had a device with this serial number.
    NoDevice,
    /// The device was released, or a repair replaced it.
    Released,
    /// The user is retired: what cannot be taken back is left.
    Retired,
}

/// How a location's licences are held.
#[derive(Clone, Debug)]
pub struct Occupancy<'a> {
    /// Every asset, the first bought first.
    pub takings: Vec<Taking<'a>>,
    /// Every licence that is lost on somebody, asset by asset.
    pub astray: Vec<Astray<'a>>,
}

impl Books {
    /// Who holds the licences of a location, those included that do not show yet. Costs as much as are held.
    pub fn occupancy(&self, location: LocationId) -> Occupancy<'_> {
        let ledger = self.content.location(location);
        let (mut takings, mut astray) = (Vec::new(), Vec::new());
        for (place, asset) in (0..).zip(ledger.assets()) {
            let (mut by_users, mut by_devices, before) = (0, 0, astray.len());
            for holder in ledger.holders(place) {
                let counted = if holder.is_device() { &mut by_devices } else { &mut by_users };
                *counted += 1;
                if let Some((holder, why)) = self.gone(ledger, holder) {
                    astray.push(Astray { asset, holder, why });
                }
            }
            takings.push(Taking { asset, by_users, by_devices, astray: astray.len() - before });
        }
        Occupancy { takings, astray }
    }

    fn gone(&self, ledger: &Location, holder: Holder) -> Option<(Target, Gone)> {
        if !holder.is_device() {
            let user = ledger.user(holder.place()).filter(|user| !user.is_active())?;
            return Some((Target::User(user.client_user_id.to_string()), Gone::Retired));
        }
        let serial = ledger.assignments.serial(holder);
        let why = match self.devices.find_text(serial) {
            None => Gone::NoDevice,
            Some(device) if self.devices[device].status() == DeviceStatus::Released => Gone::Released,
            Some(_) => return None,
        };
        Some((Target::Serial(serial.to_owned()), why))
    }
}

impl Location {
    /// Everybody who holds an asset, those included whose assignment does not show yet.
    fn holders(&self, asset: AssetId) -> impl Iterator<Item = Holder> + '_ {
        let shown = self.assignments.of_asset(asset).iter().map(|row| self.assignments.row(*row).holder);
        let unshown = self.unshown.keys().map(|pair| parts(*pair)).filter(move |(of, _)| *of == asset);
        shown.chain(unshown.map(|(_, holder)| holder))
    }
}
