//! The books beside a model of them in a few lines: every verb, the same answer, and the same licences in the same hands after each step.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::json;

use super::shop::{Deed, Outcome, Shop, done, foresee, shops};
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
