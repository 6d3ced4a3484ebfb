//! Two locations in a few lines: what the books are compared with.

use std::collections::{BTreeMap, BTreeSet};

use super::*;

/// One thing that somebody does at a location.
#[derive(Clone, Debug)]
pub(super) enum Deed {
    Manage { verb: AssetVerb, assets: Vec<u64>, targets: Vec<Target> },
    Grant { verb: AssetVerb, asset: u64, target: Target },
    Revoke(Vec<Target>),
    Users { verb: UserVerb, users: Vec<String> },
    Buy { asset: u64, quantity: u32 },
    Refund { asset: u64, quantity: u32 },
    Transfer { asset: u64, quantity: u32 },
    Unlimited { asset: u64, unlimited: bool },
}

/// What came of it: the first refusal, or how much was done and which refusals there were on the way.
pub(super) type Outcome = Result<(u32, BTreeSet<ContentRefusal>), ContentRefusal>;

#[derive(Clone, Debug, Default)]
pub(super) struct Shelf {
    total: u32,
    retired: u32,
    unlimited: bool,
    pub(super) held: BTreeSet<Target>,
}

impl Shelf {
    pub(super) fn counts(&self) -> Counts {
        let total = if self.unlimited { UNLIMITED } else { self.total };
        let assigned = self.held.len() as u32;
        Counts { assigned, available: total - assigned, retired: self.retired, total }
    }

    /// Takes so many licences away that nobody holds.
    fn part_with(&mut self, quantity: u32) -> Result<(), ContentRefusal> {
        match () {
            () if self.unlimited => Err(ContentRefusal::WithoutEnd),
            () if quantity == 0 => Err(ContentRefusal::InvalidArgument),
            () if quantity > self.counts().available => Err(ContentRefusal::LicensesInUse),
            () => {
                self.total -= quantity;
                Ok(())
            }
        }
    }
}

/// A location: what is on its shelves, and who is an active user.
#[derive(Clone, Debug, Default)]
pub(super) struct Shop {
    pub(super) shelves: BTreeMap<u64, Shelf>,
    pub(super) users: BTreeSet<String>,
}

const BOOK: u64 = 2;
const FOR_USERS: [u64; 2] = [BOOK, 3];

pub(super) fn done() -> Outcome {
    Ok((1, BTreeSet::new()))
}

impl Shop {
    fn is_stranger(&self, target: &Target) -> bool {
        matches!(target, Target::User(id) if !self.users.contains(id))
    }

    /// One licence for one target: whether anything came of it.
    fn task(&mut self, verb: AssetVerb, asset: u64, target: &Target) -> Result<bool, ContentRefusal> {
        if self.is_stranger(target) {
            return Err(ContentRefusal::UserNotFound);
        }
        match (verb, self.shelves.get_mut(&asset)) {
            (AssetVerb::Disassociate, shelf) => Ok(shelf.is_some_and(|shelf| shelf.held.remove(target))),
            (AssetVerb::Associate, None) => Err(ContentRefusal::NotEnoughLicenses),
            (AssetVerb::Associate, Some(shelf)) => {
                let full = shelf.counts().available == 0 && !shelf.held.contains(target);
                if full { Err(ContentRefusal::NotEnoughLicenses) } else { Ok(shelf.held.insert(target.clone())) }
            }
        }
    }

    fn manage(&mut self, verb: AssetVerb, assets: &[u64], targets: &[Target], sync: bool) -> Outcome {
        let there: Vec<u64> = assets.iter().copied().filter(|asset| self.shelves.contains_key(asset)).collect();
        let to_devices = targets.iter().any(|target| matches!(target, Target::Serial(_)));
        if to_devices && there.iter().any(|asset| FOR_USERS.contains(asset)) {
            return Err(ContentRefusal::NotDeviceAssignable);
        }
        if verb == AssetVerb::Disassociate && there.contains(&BOOK) {
            return Err(ContentRefusal::NotRevocable);
        }
        if sync && targets.iter().any(|target| self.is_stranger(target)) {
            return Err(ContentRefusal::UserNotFound);
        }
        let tasks = assets.iter().flat_map(|asset| targets.iter().map(move |target| (*asset, target)));
        let tasks: Vec<_> = tasks.map(|(asset, target)| self.task(verb, asset, target).map(|_| ())).collect();
        count(tasks)
    }

    fn grant(&mut self, verb: AssetVerb, asset: u64, target: &Target) -> Outcome {
        use ContentRefusal as No;
        let Some(held) = self.shelves.get(&asset).map(|shelf| shelf.held.contains(target)) else {
            return Err(No::AssetUnknown);
        };
        let to_device = matches!(target, Target::Serial(_));
        match verb {
            _ if self.is_stranger(target) => return Err(No::UserNotFound),
            AssetVerb::Associate if held => return Err(No::AlreadyAssigned),
            AssetVerb::Associate if to_device && FOR_USERS.contains(&asset) => return Err(No::NotDeviceAssignable),
            AssetVerb::Disassociate if asset == BOOK => return Err(No::NotRevocable),
            AssetVerb::Disassociate if !held => return Err(No::NotAssigned),
            _ => {}
        }
        self.task(verb, asset, target).and_then(|_| done())
    }

    fn revoke(&mut self, targets: &[Target], sync: bool) -> Outcome {
        if sync && targets.iter().any(|target| self.is_stranger(target)) {
            return Err(ContentRefusal::UserNotFound);
        }
        let mut tasks = Vec::new();
        for target in targets {
            if self.is_stranger(target) {
                tasks.push(Err(ContentRefusal::UserNotFound));
                continue;
            }
            let shelves = self.shelves.iter_mut().filter(|(asset, _)| **asset != BOOK);
            tasks.extend(shelves.filter_map(|(_, shelf)| shelf.held.remove(target).then_some(Ok(()))));
        }
        count(tasks)
    }

    fn manage_users(&mut self, verb: UserVerb, users: &[String]) -> Outcome {
        count(users.iter().map(|id| match verb {
            UserVerb::Create if !self.users.insert(id.clone()) => Err(ContentRefusal::AlreadyRegistered),
            UserVerb::Update if !self.users.contains(id) => Err(ContentRefusal::UserNotFound),
            UserVerb::Retire if !self.users.remove(id) => Err(ContentRefusal::UserNotFound),
            UserVerb::Retire => {
                let shelves = self.shelves.iter_mut().filter(|(asset, _)| **asset != BOOK);
                shelves.for_each(|(_, shelf)| _ = shelf.held.remove(&user(id)));
                Ok(())
            }
            _ => Ok(()),
        }))
    }

    /// More licences, if the asset has an end here.
    fn stock(&mut self, asset: u64, quantity: u32) -> Outcome {
        if self.shelves.get(&asset).is_some_and(|shelf| shelf.unlimited) {
            return Err(ContentRefusal::WithoutEnd);
        }
        self.shelves.entry(asset).or_default().total += quantity;
        done()
    }
}

/// Tasks that were done, and why others were not.
fn count(tasks: impl IntoIterator<Item = Result<(), ContentRefusal>>) -> Outcome {
    let (mut done, mut refusals) = (0, BTreeSet::new());
    for task in tasks {
        match task {
            Ok(()) => done += 1,
            Err(refusal) => _ = refusals.insert(refusal),
        }
    }
    Ok((done, refusals))
}

pub(super) fn foresee(shops: &mut [Shop; 2], at: usize, deed: &Deed, sync: bool) -> Outcome {
    let shop = &mut shops[at];
    match deed {
        Deed::Manage { verb, assets, targets } => shop.manage(*verb, assets, targets, sync),
        Deed::Grant { verb, asset, target } => shop.grant(*verb, *asset, target),
        Deed::Revoke(targets) => shop.revoke(targets, sync),
        Deed::Users { verb, users } => shop.manage_users(*verb, users),
        Deed::Buy { asset, quantity } => shop.stock(*asset, *quantity),
        Deed::Refund { asset, quantity } => {
            let shelf = shop.shelves.get_mut(asset).ok_or(ContentRefusal::AssetUnknown)?;
            shelf.part_with(*quantity)?;
            shelf.retired += quantity;
            done()
        }
        Deed::Transfer { asset, quantity } => {
            let mut left = shop.shelves.get(asset).cloned().ok_or(ContentRefusal::AssetUnknown)?;
            left.part_with(*quantity)?;
            shops[1 - at].stock(*asset, *quantity)?;
            shops[at].shelves.insert(*asset, left);
            done()
        }
        Deed::Unlimited { asset, unlimited } => {
            let shelf = shop.shelves.entry(*asset).or_default();
            if shelf.unlimited != *unlimited {
                (shelf.unlimited, shelf.total) = (*unlimited, shelf.total.max(shelf.held.len() as u32));
            }
            done()
        }
    }
}

pub(super) fn shops() -> [Shop; 2] {
    let shelf = |total| Shelf { total, ..Shelf::default() };
    let without_end = Shelf { unlimited: true, ..Shelf::default() };
    let hq = [(1, shelf(3)), (2, shelf(3)), (3, shelf(3)), (4, without_end)];
    let users = ["u-0", "u-1"].map(str::to_owned);
    [Shop { shelves: hq.into(), users: users.into() }, Shop { shelves: [(1, shelf(2))].into(), users: BTreeSet::new() }]
}
