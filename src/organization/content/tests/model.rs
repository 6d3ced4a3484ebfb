//! The books beside a model of them in a few lines: every verb, the same answer, and the same licences in the same hands after each step.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use serde_json::json;

use super::*;

/// Two locations with an app, a book, an app for users alone and one without end; the fifth title can be bought. Nobody has an Apple Account,
/// so that a user who is registered again is the same record.
const SHOPS: &str = "
version: 1
clock: {start: 2026-09-01T08:00:00Z, mode: frozen}
organizations:
  - id: acme
    people:
      - {name: Noor Haddad, managed_account: noor@acme.example, roles: [content_manager]}
    locations:
      - name: HQ
        assets:
          - {adam_id: 1, name: Pages, licenses: 3}
          - {adam_id: 2, name: Field Guide, kind: book, licenses: 3}
          - {adam_id: 3, name: Users Only, licenses: 3, device_assignable: false}
          - {adam_id: 4, name: Free, licenses: unlimited}
        users: [{client_user_id: u-0}, {client_user_id: u-1}]
      - {name: Branch, country: DE, assets: [{adam_id: 1, licenses: 2}]}
";

/// One thing that somebody does at a location.
#[derive(Clone, Debug)]
enum Deed {
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
type Outcome = Result<(u32, BTreeSet<ContentRefusal>), ContentRefusal>;

fn asset() -> impl Strategy<Value = u64> {
    1_u64..6
}

fn target_of(number: u8) -> Target {
    if number < 4 { user(&format!("u-{number}")) } else { serial(&format!("C02DEVICE00{number}")) }
}

fn deed() -> impl Strategy<Value = Deed> {
    use Deed::*;
    let verb = || prop_oneof![2 => Just(AssetVerb::Associate), 1 => Just(AssetVerb::Disassociate)];
    let assets = proptest::collection::btree_set(asset(), 1..4).prop_map(|set| set.into_iter().collect());
    // Users before serial numbers, as a request has them.
    let targets = || {
        proptest::collection::btree_set(0_u8..8, 1..5)
            .prop_map(|set| set.into_iter().map(target_of).collect::<Vec<_>>())
    };
    let users = proptest::collection::btree_set(0_u8..4, 1..3);
    let users = users.prop_map(|set| set.into_iter().map(|number| format!("u-{number}")).collect());
    let user_verb = prop_oneof![Just(UserVerb::Create), Just(UserVerb::Update), Just(UserVerb::Retire)];
    prop_oneof![
        6 => (verb(), assets, targets()).prop_map(|(verb, assets, targets)| Manage { verb, assets, targets }),
        4 => (verb(), asset(), (0_u8..8).prop_map(target_of)).prop_map(|(verb, asset, target)| Grant { verb, asset, target }),
        1 => targets().prop_map(Revoke),
        3 => (user_verb, users).prop_map(|(verb, users)| Users { verb, users }),
        2 => (asset(), 1_u32..4).prop_map(|(asset, quantity)| Buy { asset, quantity }),
        2 => (asset(), 0_u32..4).prop_map(|(asset, quantity)| Refund { asset, quantity }),
        2 => (asset(), 0_u32..4).prop_map(|(asset, quantity)| Transfer { asset, quantity }),
        1 => (asset(), any::<bool>()).prop_map(|(asset, unlimited)| Unlimited { asset, unlimited }),
    ]
}

// --- The model --------------------------------------------------------------------------------------------------------------------------

#[derive(Clone, Debug, Default)]
struct Shelf {
    total: u32,
    retired: u32,
    unlimited: bool,
    held: BTreeSet<Target>,
}

impl Shelf {
    fn counts(&self) -> Counts {
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
struct Shop {
    shelves: BTreeMap<u64, Shelf>,
    users: BTreeSet<String>,
}

const BOOK: u64 = 2;
const FOR_USERS: [u64; 2] = [BOOK, 3];

fn done() -> Outcome {
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

fn foresee(shops: &mut [Shop; 2], at: usize, deed: &Deed, sync: bool) -> Outcome {
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

// --- The books --------------------------------------------------------------------------------------------------------------------------

fn act(acme: &Organization, at: usize, deed: &Deed) -> Outcome {
    let location = at as LocationId;
    let key = |asset: u64| AssetKey::standard(asset);
    let text = |target: &Target| match target {
        Target::User(text) | Target::Serial(text) => text.clone(),
    };
    let halves = |targets: &[Target]| -> (Vec<String>, Vec<String>) {
        let (users, serials): (Vec<&Target>, Vec<&Target>) =
            targets.iter().partition(|target| matches!(target, Target::User(_)));
        (users.into_iter().map(text).collect(), serials.into_iter().map(text).collect())
    };
    let title = |books: &Books, asset: u64| {
        books.content.title(asset).cloned().unwrap_or_else(|| Title::unknown(asset, TitleKind::App))
    };
    let account = || "noor@acme.example".to_owned();
    let begun = acme.write(|books, now| {
        let begun = match deed {
            Deed::Manage { verb, assets, targets } => {
                let (client_user_ids, serial_numbers) = halves(targets);
                let assets = assets.iter().copied().map(key).collect();
                let request = ManageAssets { assets, client_user_ids, serial_numbers };
                Some(books.manage_assets(location, *verb, request, now))
            }
            Deed::Revoke(targets) => {
                let (client_user_ids, serial_numbers) = halves(targets);
                Some(books.revoke_assets(location, RevokeAssets { client_user_ids, serial_numbers }, now))
            }
            Deed::Users { verb, users } => {
                Some(books.manage_users(location, *verb, users.iter().map(|id| fields(id)).collect(), now))
            }
            Deed::Unlimited { asset, unlimited } => {
                books.set_unlimited(location, title(books, *asset), Pricing::Standard, *unlimited, now);
                None
            }
            Deed::Grant { verb, asset, target } => {
                books.grant(location, *verb, key(*asset), target, now)?;
                None
            }
            Deed::Buy { asset, quantity } => {
                let (title, pricing, payment) = (title(books, *asset), Pricing::Standard, Payment::Card);
                let (quantity, account) = (*quantity, account());
                books.purchase(Purchase { location, title, pricing, quantity, payment, account }, now)?;
                None
            }
            Deed::Refund { asset, quantity } => {
                books.refund(location, key(*asset), *quantity, &account(), now)?;
                None
            }
            Deed::Transfer { asset, quantity } => {
                let (from, to) = (location, 1 - location);
                let (asset, quantity, account) = (key(*asset), *quantity, account());
                books.transfer(Transfer { from, to, asset, quantity, account }, now)?;
                None
            }
        };
        begun.transpose()
    });
    // Events take no time: whoever looks next finds them done.
    match begun.map_err(|refused: ContentRefused| refused.refusal)? {
        None => done(),
        Some(id) => acme.read(|books, now| {
            let event = books.content.location(location).event(&id, now).unwrap();
            assert!(event.finished.is_some(), "{event:?}");
            Ok((event.completed, event.failures.keys().copied().collect()))
        }),
    }
}

/// Who holds what, as lists show it.
fn held(location: &Location) -> Vec<(u64, Target)> {
    let page = location.assignments_page(&AssignmentFilter::default(), 0, 10_000).unwrap();
    let mut held: Vec<_> = page
        .items
        .iter()
        .map(|row| {
            (
                row.asset.key.adam_id,
                match row.held {
                    Held::User(_, record) => user(&record.client_user_id),
                    Held::Serial(text) => serial(text),
                },
            )
        })
        .collect();
    held.sort();
    held
}

fn compare(books: &Books, shops: &[Shop; 2]) -> Result<(), TestCaseError> {
    for (location, shop) in books.content.locations.iter().zip(shops) {
        prop_assert_eq!(location.assets().len(), shop.shelves.len());
        for (asset, shelf) in &shop.shelves {
            let record = location.asset(AssetKey::standard(*asset)).unwrap();
            prop_assert_eq!(record.counts(), shelf.counts(), "{} at {}", asset, location.name);
            prop_assert_eq!(record.shown(), shelf.counts());
        }
        let expected =
            shop.shelves.iter().flat_map(|(asset, shelf)| shelf.held.iter().map(|target| (*asset, target.clone())));
        prop_assert_eq!(held(location), expected.collect::<Vec<_>>(), "who holds what at {}", location.name);
        let active = location.users().filter(|(_, record)| record.is_active());
        let active: BTreeSet<String> = active.map(|(_, record)| record.client_user_id.to_string()).collect();
        prop_assert_eq!(&active, &shop.users);
    }
    prop_assert_eq!(books.content.check(), Ok(()));
    Ok(())
}

fn shops() -> [Shop; 2] {
    let shelf = |total| Shelf { total, ..Shelf::default() };
    let without_end = Shelf { unlimited: true, ..Shelf::default() };
    let hq = [(1, shelf(3)), (2, shelf(3)), (3, shelf(3)), (4, without_end)];
    let users = ["u-0", "u-1"].map(str::to_owned);
    [Shop { shelves: hq.into(), users: users.into() }, Shop { shelves: [(1, shelf(2))].into(), users: BTreeSet::new() }]
}

proptest! {
    #[test]
    fn the_books_do_what_the_model_does(
        deeds in proptest::collection::vec((0_usize..2, deed()), 1..80),
        unknown in prop_oneof![Just("sync"), Just("async")],
    ) {
        let acme = Organization::new("acme".to_owned(), books_of(SHOPS));
        set_quirks(&acme, json!({"event_latency": "0s", "unknown_user": unknown}));
        let mut shops = shops();
        acme.read(|books, _| compare(books, &shops))?;
        for (at, deed) in &deeds {
            let foreseen = foresee(&mut shops, *at, deed, unknown == "sync");
            prop_assert_eq!(act(&acme, *at, deed), foreseen, "{:?}", deed);
            acme.read(|books, _| compare(books, &shops)).map_err(|wrong| {
                TestCaseError::fail(format!("after {deed:?}: {wrong}"))
            })?;
        }
    }
}
