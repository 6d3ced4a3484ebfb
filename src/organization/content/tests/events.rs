//! Associations, disassociations and revocations.

use super::*;
use serde_json::json;

use crate::organization::quirks::EventLatency;

#[test]
fn an_event_is_pending_until_its_time_has_come() {
    let acme = acme();
    let id = manage(&acme, AssetVerb::Associate, &[PAGES], &["u-1", "C02ANYTHING1"]).unwrap();
    let at = |seconds: i64| {
        acme.turn_clock(crate::organization::Turn {
            set: Some(start() + Span::from_millis(seconds)),
            ..Default::default()
        });
        acme.read(|books, now| {
            let event = books.content.location(HQ).event(&id, now).unwrap();
            (event.state(), event.completed, event.requested)
        })
    };
    assert_eq!(at(0), (EventState::Pending, 0, 2));
    assert_eq!(at(1_001), (EventState::Pending, 0, 2));
    assert_eq!(at(1_002), (EventState::Complete, 2, 2));
    assert_eq!(counts(&acme, PAGES), (3, 2, 1));
}

#[test]
fn a_large_event_grows_slice_by_slice() {
    let mut books = books_of(SCENARIO);
    let title = books.content.title(1).unwrap().clone();
    for adam_id in 100..125 {
        let title = Title { adam_id, ..title.clone() };
        books.begin_with_asset(HQ, NewAsset { title, pricing: Pricing::Standard, licenses: Some(1_000) }, start());
    }
    let acme = Organization::new("acme".to_owned(), books);
    subscribe(&acme);
    let assets: Vec<AssetKey> = (100..125).map(AssetKey::standard).collect();
    let serials: Vec<String> = (0..1_000).map(|number| format!("C02SERIAL{number:03}")).collect();
    let serials: Vec<&str> = serials.iter().map(String::as_str).collect();
    let id = manage(&acme, AssetVerb::Associate, &assets, &serials).unwrap();
    let mut before = 0;
    for second in 1..=26 {
        acme.turn_clock(crate::organization::Turn {
            set: Some(start() + Span::from_seconds(second)),
            ..Default::default()
        });
        let (state, completed) = acme.read(|books, now| {
            let event = books.content.location(HQ).event(&id, now).unwrap();
            (event.state(), event.completed)
        });
        assert!(completed >= before, "{completed} after {before}");
        assert_eq!(completed, (second as u32 - 1) * 1_000);
        assert_eq!(state == EventState::Complete, second == 26);
        before = completed;
    }
    let notices = notices(&acme);
    assert_eq!(notices.len(), 250);
    for notice in notices {
        let NoticeBody::AssetManagement { assignments, failure: None, .. } = notice else { panic!("{notice:?}") };
        let assets: std::collections::BTreeSet<_> = assignments.iter().map(|(asset, _)| asset).collect();
        assert_eq!((assignments.len(), assets.len()), (100, 1));
    }
    acme.read(|books, _| books.content.check().unwrap());
}

#[test]
fn an_association_takes_one_licence_and_a_second_one_none() {
    let acme = acme();
    associate(&acme, &[PAGES], &["u-1"]);
    let again = associate(&acme, &[PAGES], &["u-1"]);
    assert_eq!((again.state(), again.completed), (EventState::Complete, 1));
    assert_eq!(counts(&acme, PAGES), (3, 1, 2));
    disassociate(&acme, &[PAGES], &["u-1"]);
    let again = disassociate(&acme, &[PAGES], &["u-1", "u-2"]);
    assert_eq!((again.state(), again.completed), (EventState::Complete, 2));
    assert_eq!(counts(&acme, PAGES), (3, 0, 3));
}

#[test]
fn licences_are_never_oversold_and_what_fails_is_named() {
    let acme = acme();
    subscribe(&acme);
    let event = associate(&acme, &[PAGES, AssetKey::standard(99)], &["u-1", "u-2", "A", "B", "C"]);
    assert_eq!((event.state(), event.completed, event.requested), (EventState::Failed, 3, 10));
    let affected = &event.failures[&ContentRefusal::NotEnoughLicenses];
    assert_eq!(affected.assets.iter().copied().collect::<Vec<_>>(), [PAGES, AssetKey::standard(99)]);
    assert_eq!(counts(&acme, PAGES), (3, 3, 0));
    let told: Vec<_> = notices(&acme)
        .into_iter()
        .map(|notice| match notice {
            NoticeBody::AssetManagement { assignments, failure, .. } => (failure, assignments.len()),
            other => panic!("{other:?}"),
        })
        .collect();
    let none = Some(ContentRefusal::NotEnoughLicenses);
    assert_eq!(told, [(None, 3), (none, 2), (none, 5)]);
}

#[test]
fn a_request_is_refused_for_the_first_thing_that_is_wrong() {
    let acme = acme();
    let many: Vec<String> = (0..1_001).map(|number| format!("C02SERIAL{number:04}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let assets: Vec<AssetKey> = (0..26).map(AssetKey::standard).collect();
    use AssetVerb::{Associate, Disassociate};
    use ContentRefusal::*;
    for (verb, assets, targets, expected) in [
        (Associate, &[][..], &["u-1"][..], NoAssets),
        (Associate, &[PAGES], &[], NoTargets),
        (Associate, &assets, &["u-1"], TooManyAssets),
        (Associate, &[PAGES], &many, TooManySerialNumbers),
        (Associate, &[PAGES, PAGES], &["u-1"], DuplicateAssets),
        (Associate, &[PAGES], &["u-1", "u-1"], DuplicateClientUserIds),
        (Associate, &[PAGES], &["A", "A"], DuplicateSerialNumbers),
        (Associate, &[USERS_ONLY], &["A"], NotDeviceAssignable),
        (Associate, &[GUIDE], &["A"], NotDeviceAssignable),
        (Disassociate, &[GUIDE], &["u-1"], NotRevocable),
        (Associate, &[PAGES], &["u-1", "u-9"], UserNotFound),
        (Associate, &[PAGES], &["u-0"], UserNotFound),
    ] {
        let refused = manage(&acme, verb, assets, targets).unwrap_err();
        assert_eq!(refused.refusal, expected, "{refused}");
        assert!(!refused.why.is_empty());
    }
    let refused = manage(&acme, Associate, &[PAGES, GUIDE], &["u-1", "A"]).unwrap_err();
    assert_eq!(*refused.affected, Affected::assets([GUIDE]));
    let refused = manage(&acme, Associate, &[PAGES], &["u-1", "u-9"]).unwrap_err();
    assert_eq!(*refused.affected, Affected::users(["u-9"]));
    acme.read(|books, _| assert_eq!(books.content.location(HQ).events().count(), 0));
}

#[test]
fn limits_change_at_run_time() {
    let acme = acme();
    set_quirks(&acme, json!({"limits": {"maxAssets": 1}}));
    let refused = manage(&acme, AssetVerb::Associate, &[PAGES, FREE], &["u-1"]).unwrap_err();
    assert_eq!(refused.refusal, ContentRefusal::TooManyAssets);
    let limits = acme.read(|books, _| books.quirks.limits.clone());
    assert_eq!((limits.max_assets, limits.max_serial_numbers), (1, 1_000));
}

#[test]
fn an_unknown_user_fails_the_request_or_the_task() {
    let acme = acme();
    assert!(manage(&acme, AssetVerb::Associate, &[PAGES], &["u-1", "u-9"]).is_err());
    set_quirks(&acme, json!({"unknown_user": "async"}));
    let event = associate(&acme, &[PAGES, FREE], &["u-1", "u-9"]);
    assert_eq!((event.state(), event.completed, event.requested), (EventState::Failed, 2, 4));
    assert_eq!(event.failures[&ContentRefusal::UserNotFound], Affected::users(["u-9"]));
}

#[test]
fn any_serial_number_will_do_unless_they_are_strict() {
    let acme = acme();
    let event = associate(&acme, &[PAGES], &["no serial at all"]);
    assert_eq!((event.state(), counts(&acme, PAGES)), (EventState::Complete, (3, 1, 2)));
    set_quirks(&acme, json!({"strict_serials": true}));
    let refused = manage(&acme, AssetVerb::Associate, &[PAGES], &["C02DEVICE001", "C02NOTTHERE1"]).unwrap_err();
    assert_eq!(refused.refusal, ContentRefusal::SerialUnknown);
    assert_eq!(*refused.affected, Affected::serials(["C02NOTTHERE1"]));
    associate(&acme, &[PAGES], &["C02DEVICE001"]);
    disassociate(&acme, &[PAGES], &["no serial at all"]);
    assert_eq!(counts(&acme, PAGES), (3, 1, 2));
}

#[test]
fn moving_from_user_to_device_takes_two_licences_for_a_while() {
    let acme = acme();
    associate(&acme, &[PAGES], &["u-1", "u-2"]);
    associate(&acme, &[PAGES], &["C02DEVICE001"]);
    assert_eq!(counts(&acme, PAGES), (3, 3, 0));
    let short = associate(&acme, &[PAGES], &["C02DEVICE002"]);
    assert_eq!(short.state(), EventState::Failed);
    disassociate(&acme, &[PAGES], &["u-1"]);
    assert_eq!(counts(&acme, PAGES), (3, 2, 1));
}

#[test]
fn a_revocation_takes_all_but_books() {
    let acme = acme();
    subscribe(&acme);
    associate(&acme, &[PAGES, GUIDE, FREE], &["u-1"]);
    associate(&acme, &[PAGES], &["C02DEVICE001"]);
    notices(&acme);
    let revoke = RevokeAssets {
        client_user_ids: vec!["u-1".to_owned(), "u-2".to_owned()],
        serial_numbers: vec!["C02DEVICE001".to_owned(), "C02NOTTHERE1".to_owned()],
    };
    let id = acme.write(|books, now| books.revoke_assets(HQ, revoke, now)).unwrap();
    let event = finished(&acme, &id);
    assert_eq!(
        (event.state(), event.kind, event.completed, event.requested),
        (EventState::Complete, EventKind::Revoke, 3, 3)
    );
    assert!(holds(&acme, GUIDE, &user("u-1")));
    assert_eq!((counts(&acme, PAGES), counts(&acme, GUIDE)), ((3, 0, 3), (3, 1, 2)));
    let told: Vec<Vec<Target>> = notices(&acme).into_iter().map(targets_of_revocation).collect();
    assert_eq!(told, [vec![user("u-1"); 2], vec![Target::Serial("C02DEVICE001".to_owned())]]);
}

/// Who a notification of a revocation tells of, an assignment each.
fn targets_of_revocation(notice: NoticeBody) -> Vec<Target> {
    let NoticeBody::AssetManagement { assignments, kind: EventKind::Revoke, failure: None, .. } = notice else {
        panic!("{notice:?} is of no revocation");
    };
    assignments.into_iter().map(|(_, target)| target).collect()
}

#[test]
fn a_revocation_is_told_target_by_target_and_in_parts_of_a_hundred() {
    let mut books = books_of(SCENARIO);
    let title = books.content.title(1).unwrap().clone();
    for adam_id in 100..250 {
        let title = Title { adam_id, ..title.clone() };
        books.begin_with_asset(HQ, NewAsset { title, pricing: Pricing::Standard, licenses: Some(2) }, start());
    }
    let acme = Organization::new("acme".to_owned(), books);
    for part in (100..250).collect::<Vec<u64>>().chunks(25) {
        let assets: Vec<AssetKey> = part.iter().map(|adam_id| AssetKey::standard(*adam_id)).collect();
        associate(&acme, &assets, &["u-1", "C02DEVICE001"]);
    }
    subscribe(&acme);
    let (client_user_ids, serial_numbers) = (vec!["u-1".to_owned()], vec!["C02DEVICE001".to_owned()]);
    let revoke = RevokeAssets { client_user_ids, serial_numbers };
    let id = acme.write(|books, now| books.revoke_assets(HQ, revoke, now)).unwrap();
    let event = finished(&acme, &id);
    assert_eq!((event.state(), event.completed, event.requested), (EventState::Complete, 300, 300));
    let told: Vec<Vec<Target>> = notices(&acme).into_iter().map(targets_of_revocation).collect();
    let device = Target::Serial("C02DEVICE001".to_owned());
    assert_eq!(told, [vec![user("u-1"); 100], vec![user("u-1"); 50], vec![device.clone(); 100], vec![device; 50]]);
}

#[test]
fn an_event_is_kept_for_a_day() {
    let acme = acme();
    let id = manage(&acme, AssetVerb::Associate, &[PAGES], &["u-1"]).unwrap();
    finished(&acme, &id);
    acme.advance(Span::from_seconds(86_000));
    assert!(acme.read(|books, now| books.content.location(HQ).event(&id, now).is_ok()));
    acme.advance(Span::from_seconds(600));
    for unknown in [id.as_str(), "", "70e8c740-514c-41eb-bb63-a90b882fcd52"] {
        let refused = acme.read(|books, now| books.content.location(HQ).event(unknown, now).map(|_| ()).unwrap_err());
        assert_eq!(refused.refusal, ContentRefusal::EventUnknown);
    }
    assert!(acme.read(|books, now| books.content.location(BRANCH).event(&id, now).is_err()));
}

#[test]
fn an_event_takes_as_long_as_the_switch_says() {
    let acme = acme();
    set_quirks(&acme, json!({"event_latency": "0s"}));
    let id = manage(&acme, AssetVerb::Associate, &[PAGES], &["u-1"]).unwrap();
    let state = acme.read(|books, now| books.content.location(HQ).event(&id, now).unwrap().state());
    assert_eq!(state, EventState::Complete);
    set_quirks(&acme, json!({"event_latency": {"base": "10m"}}));
    let latency = acme.read(|books, _| books.quirks.event_latency.clone());
    assert_eq!(latency, EventLatency::Takes { base: Span::from_seconds(600), per_thousand: Span::ZERO });
}

#[test]
fn assignments_and_counts_may_show_late() {
    let acme = acme();
    set_quirks(&acme, json!({"license_lag": "5m", "count_lag": "10m"}));
    let before = acme.read(|books, _| books.content.location(HQ).version(DataSet::Assignments));
    let event = associate(&acme, &[PAGES], &["u-1", "C02NOTTHERE1"]);
    assert_eq!(event.state(), EventState::Complete);
    let look = || {
        acme.read(|books, _| {
            let location = books.content.location(HQ);
            location.check().unwrap();
            let rows = location.assignments_page(&AssignmentFilter::default(), 0, 10).unwrap();
            (rows.items.len(), rows.version == before, location.asset(PAGES).unwrap().shown().assigned)
        })
    };
    assert_eq!((look(), counts(&acme, PAGES)), ((0, true, 0), (3, 2, 1)));
    disassociate(&acme, &[PAGES], &["C02NOTTHERE1"]);
    acme.advance(Span::from_seconds(300));
    assert_eq!(look(), (1, false, 0));
    acme.advance(Span::from_seconds(600));
    assert_eq!((look(), counts(&acme, PAGES)), ((1, false, 1), (3, 1, 2)));
}

#[test]
fn one_at_a_time_minds_what_is_there_already() {
    let acme = acme();
    set_quirks(&acme, json!({"strict_serials": false}));
    let grant = |verb, asset, target: &Target| {
        let done = acme.write(|books, now| books.grant(HQ, verb, asset, target, now));
        acme.read(|books, _| books.content.check().unwrap());
        done.map_err(|refused| refused.refusal)
    };
    use AssetVerb::{Associate, Disassociate};
    let license = grant(Associate, PAGES, &user("u-1")).unwrap();
    assert_eq!(acme.read(|books, _| books.license_id(HQ, PAGES, &user("u-1"))), Some(license));
    for (verb, asset, target, expected) in [
        (Associate, PAGES, user("u-1"), ContentRefusal::AlreadyAssigned),
        (Associate, PAGES, user("u-9"), ContentRefusal::UserNotFound),
        (Associate, GUIDE, serial("A"), ContentRefusal::NotDeviceAssignable),
        (Associate, AssetKey::standard(9), serial("A"), ContentRefusal::AssetUnknown),
        (Disassociate, PAGES, user("u-2"), ContentRefusal::NotAssigned),
        (Disassociate, PAGES, serial("A"), ContentRefusal::NotAssigned),
        (Disassociate, GUIDE, user("u-1"), ContentRefusal::NotRevocable),
    ] {
        assert_eq!(grant(verb, asset, &target), Err(expected), "{verb:?} {asset} {target:?}");
    }
    grant(Associate, PAGES, &user("u-2")).unwrap();
    grant(Associate, PAGES, &serial("A")).unwrap();
    assert_eq!(grant(Associate, PAGES, &serial("B")), Err(ContentRefusal::NotEnoughLicenses));
    assert_eq!(grant(Disassociate, PAGES, &user("u-1")), Ok(license));
    assert_eq!(grant(Associate, PAGES, &serial("B")), Ok(license), "the licence that came back goes out again");
}

#[test]
fn two_users_of_one_account_share_what_they_hold() {
    let acme = acme();
    let codes = acme.write(|books, _| {
        books.create_user(HQ, &fields("u-4")).unwrap();
        let location = books.content.location(HQ);
        ["u-2", "u-4"].map(|id| location.invite_code(location.active_user(id).unwrap()))
    });
    for code in codes {
        acme.write(|books, now| books.accept_invitation(&code, Some("private@icloud.example"), now)).unwrap();
    }
    acme.write(|books, now| books.grant(HQ, AssetVerb::Associate, PAGES, &user("u-2"), now)).unwrap();
    let again = acme.write(|books, now| books.grant(HQ, AssetVerb::Associate, PAGES, &user("u-4"), now));
    assert_eq!(again.unwrap_err().refusal, ContentRefusal::AssignedToSameAccount);
}
