//! Whatever happens in whatever order, everything adds up.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use serde_json::json;

use super::*;

/// One thing that somebody does.
#[derive(Clone, Debug)]
pub(super) enum Story {
    Manage { associates: bool, assets: Vec<u64>, targets: Vec<u8> },
    Grant { associates: bool, asset: u64, target: u8 },
    Revoke(Vec<u8>),
    Users { verb: u8, users: Vec<u8>, account: Option<u8> },
    Accept { user: u8, account: Option<u8> },
    Buy { location: LocationId, asset: u64, quantity: u32 },
    Refund { asset: u64, quantity: u32 },
    Transfer { asset: u64, quantity: u32 },
    Unlimited { asset: u64, unlimited: bool },
    Wait(u16),
    Sync,
}

const PEOPLE: [&str; 3] = ["robin@acme.example", "noor@acme.example", "kim@acme.example"];

pub(super) fn step() -> impl Strategy<Value = Story> {
    let asset = 1_u64..6;
    let target = 0_u8..10;
    let assets = proptest::collection::btree_set(1_u64..6, 1..4).prop_map(|set| set.into_iter().collect::<Vec<_>>());
    let targets = proptest::collection::btree_set(0_u8..10, 1..5).prop_map(|set| set.into_iter().collect::<Vec<_>>());
    let users = proptest::collection::btree_set(0_u8..5, 1..3).prop_map(|set| set.into_iter().collect::<Vec<_>>());
    let account = proptest::option::of(0_u8..3);
    prop_oneof![
        5 => (any::<bool>(), assets, targets.clone()).prop_map(|(associates, assets, targets)| Story::Manage { associates, assets, targets }),
        4 => (any::<bool>(), asset.clone(), target).prop_map(|(associates, asset, target)| Story::Grant { associates, asset, target }),
        1 => targets.prop_map(Story::Revoke),
        3 => (0_u8..3, users, account.clone()).prop_map(|(verb, users, account)| Story::Users { verb, users, account }),
        2 => (0_u8..5, account).prop_map(|(user, account)| Story::Accept { user, account }),
        1 => (0_u16..2, asset.clone(), 1_u32..4).prop_map(|(location, asset, quantity)| Story::Buy { location, asset, quantity }),
        1 => (asset.clone(), 1_u32..3).prop_map(|(asset, quantity)| Story::Refund { asset, quantity }),
        1 => (asset.clone(), 1_u32..3).prop_map(|(asset, quantity)| Story::Transfer { asset, quantity }),
        1 => (asset, any::<bool>()).prop_map(|(asset, unlimited)| Story::Unlimited { asset, unlimited }),
        4 => (0_u16..5_000).prop_map(Story::Wait),
        3 => Just(Story::Sync),
    ]
}

fn target(number: u8) -> Target {
    if number < 5 { user(&format!("u-{number}")) } else { serial(&format!("C02DEVICE00{number}")) }
}

fn verb(associates: bool) -> AssetVerb {
    if associates { AssetVerb::Associate } else { AssetVerb::Disassociate }
}

/// Refusals are part of the story; what must not be refused is checked where it is done.
pub(super) fn act(acme: &Organization, step: &Story) {
    acme.write(|books, now| match step {
        Story::Manage { associates, assets, targets } => {
            let mut request =
                ManageAssets { assets: assets.iter().copied().map(AssetKey::standard).collect(), ..Default::default() };
            for number in targets {
                match target(*number) {
                    Target::User(id) => request.client_user_ids.push(id),
                    Target::Serial(serial) => request.serial_numbers.push(serial),
                }
            }
            let _ = books.manage_assets(HQ, verb(*associates), request, now);
        }
        Story::Grant { associates, asset, target: number } => {
            let _ = books.grant(HQ, verb(*associates), AssetKey::standard(*asset), &target(*number), now);
        }
        Story::Revoke(targets) => {
            let (users, serials): (Vec<Target>, Vec<Target>) =
                targets.iter().map(|number| target(*number)).partition(|target| matches!(target, Target::User(_)));
            let text = |target: Target| match target {
                Target::User(text) | Target::Serial(text) => text,
            };
            let request = RevokeAssets {
                client_user_ids: users.into_iter().map(text).collect(),
                serial_numbers: serials.into_iter().map(text).collect(),
            };
            let _ = books.revoke_assets(HQ, request, now);
        }
        Story::Users { verb, users, account } => {
            let verb = [UserVerb::Create, UserVerb::Update, UserVerb::Retire][usize::from(*verb)];
            let managed_account = account.map(|account| PEOPLE[usize::from(account)].to_owned());
            let named =
                |number: &u8| UserFields { managed_account: managed_account.clone(), ..fields(&format!("u-{number}")) };
            books.manage_users(HQ, verb, users.iter().map(named).collect(), now).unwrap();
        }
        Story::Accept { user, account } => {
            let location = books.content.location(HQ);
            let Some(code) = location.active_user(&format!("u-{user}")).map(|user| location.invite_code(user)) else {
                return;
            };
            let account = account.map(|account| format!("private{account}@icloud.example"));
            let _ = books.accept_invitation(&code, account.as_deref(), now);
        }
        Story::Buy { location, asset, quantity } => {
            let title = books.content.title(*asset).cloned().unwrap_or_else(|| Title::unknown(*asset, TitleKind::App));
            let account = "noor@acme.example".to_owned();
            let (location, pricing, payment, quantity) = (*location, Pricing::Standard, Payment::Card, *quantity);
            let _ = books.purchase(Purchase { location, title, pricing, quantity, payment, account }, now);
        }
        Story::Refund { asset, quantity } => {
            let _ = books.refund(HQ, AssetKey::standard(*asset), *quantity, "noor@acme.example", now);
        }
        Story::Transfer { asset, quantity } => {
            let (from, to, account) = (HQ, BRANCH, "noor@acme.example".to_owned());
            let _ = books
                .transfer(Transfer { from, to, asset: AssetKey::standard(*asset), quantity: *quantity, account }, now);
        }
        Story::Unlimited { asset, unlimited } => {
            let title = books.content.title(*asset).cloned().unwrap_or_else(|| Title::unknown(*asset, TitleKind::App));
            books.set_unlimited(HQ, title, Pricing::Standard, *unlimited, now);
        }
        Story::Wait(_) | Story::Sync => {}
    });
    if let Story::Wait(millis) = step {
        acme.advance(Span::from_millis(i64::from(*millis)));
    }
}

/// All assignments that show: by asset and the place of their user, or their serial number.
fn listed(location: &Location, since: Option<&str>) -> BTreeSet<(AssetKey, String)> {
    let filter = AssignmentFilter { since, ..AssignmentFilter::default() };
    let page = location.assignments_page(&filter, 0, 100_000).unwrap();
    let named = |row: &AssignmentRow<'_>| match row.held {
        Held::User(place, _) => (row.asset.key, place.to_string()),
        Held::Serial(serial) => (row.asset.key, serial.to_owned()),
    };
    page.items.iter().map(named).collect()
}

/// The licences of a title everywhere: those that exist, and those that were refunded.
fn in_all(books: &Books, asset: u64) -> u64 {
    let key = AssetKey::standard(asset);
    let assets = books.content.locations.iter().filter_map(|location| location.asset(key));
    assets.map(|asset| u64::from(asset.total) + u64::from(asset.retired)).sum()
}

proptest! {
    #[test]
    fn everything_adds_up_whatever_happens(
        steps in proptest::collection::vec(step(), 1..60),
        (lag, store_lag, count_lag, unknown, strict) in (prop_oneof![Just("0s"), Just("2s")], prop_oneof![Just("0s"), Just("4s")], prop_oneof![Just("0s"), Just("3s")], prop_oneof![Just("sync"), Just("async")], any::<bool>()),
    ) {
        let acme = acme();
        subscribe(&acme);
        set_quirks(&acme, json!({"license_lag": lag, "store_lag": store_lag, "count_lag": count_lag, "unknown_user": unknown, "strict_serials": strict}));
        // What a client knows that syncs: it hears of what is new, and sees by itself what it can no longer find.
        let mut known: BTreeSet<(AssetKey, String)> = acme.read(|books, _| listed(books.content.location(HQ), None));
        let mut version = acme.read(|books, _| books.content.location(HQ).version(DataSet::Assignments));
        let mut before = known.clone();
        let mut books_held: BTreeSet<(AssetKey, String)> = BTreeSet::new();
        for step in &steps {
            let licences: BTreeMap<u64, u64> = acme.read(|books, _| (1..6).map(|asset| (asset, in_all(books, asset))).collect());
            act(&acme, step);
            acme.read(|books, _| {
                prop_assert_eq!(books.content.check(), Ok(()), "after {:?}", step);
                for (asset, before) in &licences {
                    let after = in_all(books, *asset);
                    match step {
                        Story::Buy { .. } | Story::Unlimited { .. } => prop_assert!(after >= *before),
                        _ => prop_assert_eq!(after, *before, "licences of {} after {:?}", asset, step),
                    }
                }
                let location = books.content.location(HQ);
                let holders = location.asset(GUIDE).unwrap().counts().assigned;
                let shown: BTreeSet<_> = listed(location, None).into_iter().filter(|(asset, _)| *asset == GUIDE).collect();
                prop_assert!(shown.len() >= books_held.len(), "a book was taken back by {:?}", step);
                prop_assert!(holders as usize >= shown.len());
                books_held = shown;
                for asset in location.assets() {
                    let counts = asset.shown();
                    prop_assert_eq!(counts.assigned + counts.available, counts.total);
                }
                if matches!(step, Story::Sync) {
                    let all = listed(location, None);
                    let news = listed(location, Some(&version));
                    prop_assert!(news.is_subset(&all));
                    prop_assert!(all.difference(&before).all(|row| news.contains(row)), "something new was not told");
                    known.extend(news);
                    known.retain(|row| all.contains(row));
                    prop_assert_eq!(&known, &all);
                    version = location.version(DataSet::Assignments);
                    before = all;
                }
                Ok(())
            })?;
        }
        acme.advance(Span::from_days(1));
        acme.read(|books, _| {
            let location = books.content.location(HQ);
            prop_assert_eq!(books.content.check(), Ok(()));
            for event in location.events() {
                prop_assert!(event.finished.is_some(), "{event:?}");
                prop_assert_eq!(event.completed == event.requested, event.failures.is_empty());
            }
            for asset in location.assets() {
                prop_assert_eq!(asset.shown(), asset.counts(), "all lags are over");
            }
            let written = serde_json::to_string(&books.content).unwrap();
            let read: Content = serde_json::from_str(&written).unwrap();
            prop_assert_eq!(serde_json::to_string(&read).unwrap(), written);
            Ok(())
        })?;
        for notice in acme.write(|books, _| books.take_notices()) {
            let elements = match notice.body {
                NoticeBody::AssetManagement { assignments, .. } => assignments.len(),
                NoticeBody::UserManagement { users, .. } => users.len(),
                _ => 1,
            };
            prop_assert!((1..=100).contains(&elements));
        }
    }
}
