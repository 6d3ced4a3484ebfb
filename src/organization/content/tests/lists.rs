//! Pages, filters and versions.

use std::collections::BTreeSet;

use super::*;

fn rows(acme: &Organization, filter: &AssignmentFilter<'_>) -> Vec<(AssetKey, Target)> {
    acme.read(|books, _| {
        let location = books.content.location(HQ);
        let mut rows = Vec::new();
        let mut index = Some(0);
        while let Some(page) = index.map(|index| location.assignments_page(filter, index, 2).unwrap()) {
            rows.extend(page.items.iter().map(|row| (row.asset.key, named(row.held))));
            index = page.next();
        }
        rows
    })
}

fn named(held: Held<'_>) -> Target {
    match held {
        Held::User(_, user) => Target::User(user.client_user_id.to_string()),
        Held::Serial(serial) => Target::Serial(serial.to_owned()),
    }
}

fn filled() -> Organization {
    let acme = acme();
    associate(&acme, &[PAGES, FREE], &["u-1", "C02DEVICE001"]);
    associate(&acme, &[GUIDE], &["u-1", "u-2", "u-3"]);
    acme
}

#[test]
fn assignments_are_filtered() {
    let acme = filled();
    let all = AssignmentFilter::default();
    assert_eq!(rows(&acme, &all).len(), 7);
    for (filter, expected) in [
        (AssignmentFilter { adam_id: Some(1), ..all.clone() }, 2),
        (AssignmentFilter { adam_id: Some(9), ..all.clone() }, 0),
        (AssignmentFilter { client_user_id: Some("u-1"), ..all.clone() }, 3),
        (AssignmentFilter { client_user_id: Some("u-9"), ..all.clone() }, 0),
        (AssignmentFilter { serial_number: Some("C02DEVICE001"), ..all.clone() }, 2),
        (AssignmentFilter { serial_number: Some("C02DEVICE001"), client_user_id: Some("u-1"), ..all.clone() }, 0),
        (AssignmentFilter { client_user_id: Some("u-1"), adam_id: Some(4), ..all.clone() }, 1),
        (AssignmentFilter { client_user_id: Some("u-2"), adam_id: Some(4), ..all.clone() }, 0),
        (AssignmentFilter { pricing: Some(Pricing::Standard), ..all.clone() }, 7),
        (AssignmentFilter { pricing: Some(Pricing::Plus), ..all.clone() }, 0),
        (AssignmentFilter { pricing: Some(Pricing::Plus), client_user_id: Some("u-1"), ..all.clone() }, 0),
        (AssignmentFilter { pricing: Some(Pricing::Plus), adam_id: Some(1), ..all.clone() }, 0),
    ] {
        let rows = rows(&acme, &filter);
        assert_eq!(rows.len(), expected, "{filter:?}");
        assert_eq!(rows.iter().collect::<BTreeSet<_>>().len(), expected, "none is there twice");
    }
}

#[test]
fn pages_are_counted_from_zero_and_an_empty_list_has_one() {
    let acme = filled();
    acme.read(|books, _| {
        let location = books.content.location(HQ);
        let all = AssignmentFilter::default();
        let page = |index, size| location.assignments_page(&all, index, size);
        let first = page(0, 3).unwrap();
        assert_eq!((first.items.len(), first.pages, first.total, first.next()), (3, 3, 7, Some(1)));
        let last = page(2, 3).unwrap();
        assert_eq!((last.items.len(), last.next()), (1, None));
        assert_eq!(page(3, 3).unwrap_err().refusal, ContentRefusal::PageIndexInvalid);
        assert_eq!(page(u32::MAX, 1).unwrap_err().refusal, ContentRefusal::PageIndexInvalid);
        let empty = books.content.location(BRANCH).assignments_page(&all, 0, 3).unwrap();
        assert_eq!((empty.items.len(), empty.pages, empty.next()), (0, 1, None));
    });
}

#[test]
fn assets_are_filtered() {
    let acme = filled();
    let all = AssetFilter::default();
    acme.read(|books, _| {
        for (filter, expected) in [
            (all.clone(), &[1, 2, 3, 4][..]),
            (AssetFilter { adam_id: Some(3), ..all.clone() }, &[3]),
            (AssetFilter { adam_id: Some(3), kind: Some(TitleKind::Book), ..all.clone() }, &[]),
            (AssetFilter { kind: Some(TitleKind::Book), ..all.clone() }, &[2]),
            (AssetFilter { revocable: Some(false), ..all.clone() }, &[2]),
            (AssetFilter { device_assignable: Some(false), ..all.clone() }, &[2, 3]),
            (AssetFilter { pricing: Some(Pricing::Plus), ..all.clone() }, &[]),
            (AssetFilter { min_available: Some(1), max_available: Some(2), ..all.clone() }, &[1]),
            (AssetFilter { min_assigned: Some(2), max_assigned: Some(2), ..all.clone() }, &[1, 4]),
            (AssetFilter { unlimited: Some(false), ..all.clone() }, &[1, 2, 3]),
            (AssetFilter { unlimited: Some(true), ..all.clone() }, &[1, 2, 3, 4]),
        ] {
            let page = books.content.location(HQ).assets_page(&filter, 0, 10).unwrap();
            let found: Vec<u64> = page.items.iter().map(|asset| asset.key.adam_id).collect();
            assert_eq!(found, expected, "{filter:?}");
        }
        let free = books.content.location(HQ).asset(FREE).unwrap().counts();
        assert_eq!((free.total, free.assigned + free.available), (UNLIMITED, UNLIMITED));
    });
}

#[test]
fn users_are_filtered() {
    let acme = acme();
    let all = UserFilter::default();
    acme.read(|books, _| {
        for (filter, expected) in [
            (all.clone(), &["u-0", "u-1", "u-2", "u-3"][..]),
            (UserFilter { active_only: true, ..all.clone() }, &["u-1", "u-2", "u-3"]),
            (UserFilter { retired_only: true, ..all.clone() }, &["u-0"]),
            (UserFilter { retired_only: true, active_only: true, ..all.clone() }, &[]),
            (UserFilter { client_user_id: Some("u-2"), ..all.clone() }, &["u-2"]),
            (UserFilter { client_user_id: Some("u-0"), active_only: true, ..all.clone() }, &[]),
            (UserFilter { managed_account: Some("KIM@acme.example"), ..all.clone() }, &["u-3"]),
            (UserFilter { managed_account: Some("one@acme.example"), ..all.clone() }, &[]),
        ] {
            let page = books.content.location(HQ).users_page(&filter, 0, 10).unwrap();
            let mut found: Vec<&str> = page.items.iter().map(|(_, user)| &*user.client_user_id).collect();
            found.sort_unstable();
            assert_eq!(found, expected, "{filter:?}");
        }
    });
}

#[test]
fn a_version_changes_with_its_list_and_with_nothing_else() {
    let acme = acme();
    let versions = || {
        acme.read(|books, _| {
            let location = books.content.location(HQ);
            [DataSet::Assets, DataSet::Users, DataSet::Assignments, DataSet::Subscriptions]
                .map(|of| location.version(of))
        })
    };
    let differ = |before: &[String; 4]| {
        let after = versions();
        [0, 1, 2, 3].map(|list| before[list] != after[list])
    };
    let before = versions();
    acme.advance(Span::from_days(1));
    manage(&acme, AssetVerb::Associate, &[PAGES], &["u-1"]).unwrap();
    assert_eq!(differ(&before), [false; 4], "nothing has happened yet");
    acme.advance(Span::from_days(1));
    assert_eq!(differ(&before), [true, false, true, false]);
    let before = versions();
    associate(&acme, &[PAGES], &["u-1"]);
    assert_eq!(differ(&before), [false; 4], "it was assigned already");
    acme.write(|books, _| books.create_user(HQ, &fields("u-9"))).unwrap();
    assert_eq!(differ(&before), [false, true, false, false]);
    let before = versions();
    acme.write(|books, now| books.refund(HQ, PAGES, 1, "noor@acme.example", now)).unwrap();
    assert_eq!(differ(&before), [true, false, false, false]);
}

#[test]
fn only_versions_of_the_list_are_taken() {
    let acme = filled();
    acme.read(|books, _| {
        let location = books.content.location(HQ);
        let other = books.content.location(BRANCH).version(DataSet::Assignments);
        for since in ["", "x", "70e8c740-514c-11eb-bb63-a90b882fcd52", &other, &location.version(DataSet::Users)] {
            let filter = AssignmentFilter { since: Some(since), ..AssignmentFilter::default() };
            let refused = location.assignments_page(&filter, 0, 10).unwrap_err();
            assert_eq!(refused.refusal, ContentRefusal::VersionInvalid, "{since}");
        }
    });
}

#[test]
fn since_a_version_there_is_what_has_changed_since() {
    let acme = filled();
    let version = acme.read(|books, _| books.content.location(HQ).version(DataSet::Assignments));
    let since = |more: &dyn Fn(AssignmentFilter<'static>) -> AssignmentFilter<'static>| {
        let version: &'static str = version.clone().leak();
        let mut rows = rows(&acme, &more(AssignmentFilter { since: Some(version), ..AssignmentFilter::default() }));
        rows.sort();
        rows
    };
    assert_eq!(since(&|filter| filter), []);
    disassociate(&acme, &[PAGES], &["u-1"]);
    assert_eq!(since(&|filter| filter), [], "what was taken back does not appear");
    associate(&acme, &[PAGES, USERS_ONLY], &["u-2"]);
    assert_eq!(since(&|filter| filter), [(PAGES, user("u-2")), (USERS_ONLY, user("u-2"))]);
    assert_eq!(since(&|filter| AssignmentFilter { adam_id: Some(3), ..filter }), [(USERS_ONLY, user("u-2"))]);
    assert_eq!(since(&|filter| AssignmentFilter { client_user_id: Some("u-1"), ..filter }), []);
    let users = |since: &str| {
        acme.read(|books, _| {
            let filter = UserFilter { since: Some(since), ..UserFilter::default() };
            let page = books.content.location(HQ).users_page(&filter, 0, 10).unwrap();
            page.items.iter().map(|(_, user)| user.client_user_id.to_string()).collect::<Vec<_>>()
        })
    };
    let version = acme.read(|books, _| books.content.location(HQ).version(DataSet::Users));
    assert_eq!(users(&version), [""; 0]);
    acme.write(|books, now| {
        books.retire_called(HQ, "u-3", now).unwrap();
        books.create_user(HQ, &fields("u-9")).unwrap();
    });
    assert_eq!(users(&version), ["u-3", "u-9"]);
}
