//! Subscriptions.

use super::*;

const APP: u64 = 70;
const MONTHLY: u64 = 71;

fn month() -> Span {
    Span::from_days(30)
}

fn with_seats(renewing: u32, expiring: u32) -> Organization {
    let acme = acme();
    subscribe(&acme);
    acme.write(|books, now| {
        books.enable_subscriptions(HQ, true).unwrap();
        books.buy_subscription(HQ, (APP, MONTHLY), Seats { renewing, expiring }, month(), now).unwrap();
    });
    notices(&acme);
    acme
}

fn manage(acme: &Organization, verb: AssetVerb, users: &[&str], lasting: bool) -> Result<ContentEvent, ContentRefused> {
    let client_user_ids = users.iter().map(|id| (*id).to_owned()).collect();
    let request = ManageSubscriptions { verb, adam_ids: vec![MONTHLY], client_user_ids, lasting };
    let id = acme.write(|books, now| books.manage_subscriptions(HQ, request, now))?;
    Ok(finished(acme, &id))
}

fn entry(acme: &Organization) -> Subscription {
    acme.read(|books, _| books.content.location(HQ).subscriptions.get(MONTHLY).unwrap().clone())
}

fn held(acme: &Organization) -> Vec<(String, bool)> {
    acme.read(|books, _| {
        let list = books.content.location(HQ).subscription_assignments_part(&[APP], &[], None, None, 10).unwrap();
        list.0.into_iter().map(|seat| (seat.client_user_id, seat.renewing)).collect()
    })
}

#[test]
fn subscriptions_are_bought_where_they_are_managed() {
    let acme = acme();
    let buy = || {
        let seats = Seats { renewing: 1, expiring: 0 };
        acme.write(|books, now| books.buy_subscription(HQ, (APP, MONTHLY), seats, month(), now))
    };
    assert_eq!(acme.read(|books, _| books.content.location(HQ).subscriptions.enabled), None);
    assert_eq!(buy().unwrap_err().refusal, ContentRefusal::SubscriptionsOff);
    acme.write(|books, _| books.enable_subscriptions(HQ, true)).unwrap();
    buy().unwrap();
    let off = acme.write(|books, _| books.enable_subscriptions(HQ, false)).unwrap_err();
    assert_eq!(off.refusal, ContentRefusal::SubscriptionsExist);
}

#[test]
fn seats_are_never_oversold() {
    let acme = with_seats(1, 1);
    let event = manage(&acme, AssetVerb::Associate, &["u-1", "u-3"], true).unwrap();
    assert_eq!((event.state(), event.completed), (EventState::Failed, 1));
    assert!(event.failures.contains_key(&ContentRefusal::NotEnoughLicenses));
    manage(&acme, AssetVerb::Associate, &["u-3"], false).unwrap();
    assert_eq!(entry(&acme).available(), Seats::default());
    assert_eq!(held(&acme), [("u-1".to_owned(), true), ("u-3".to_owned(), false)]);
    let kinds: Vec<_> = notices(&acme).iter().map(NoticeBody::kind).collect();
    assert_eq!(kinds, [Notification::SubscriptionManagement; 3]);
}

#[test]
fn a_renewing_seat_can_be_held_by_an_assignment_that_expires() {
    let acme = with_seats(2, 0);
    manage(&acme, AssetVerb::Associate, &["u-1"], false).unwrap();
    let entry = entry(&acme);
    assert_eq!(
        (entry.assigned, entry.available()),
        (Seats { renewing: 0, expiring: 1 }, Seats { renewing: 1, expiring: 0 })
    );
    assert!(entry.total.renewing > entry.assigned.renewing + entry.available().renewing);
}

#[test]
fn a_deferred_disassociation_waits_for_the_end_of_the_period() {
    let acme = with_seats(2, 1);
    manage(&acme, AssetVerb::Associate, &["u-1", "u-3"], true).unwrap();
    manage(&acme, AssetVerb::Disassociate, &["u-3"], true).unwrap();
    assert_eq!(held(&acme), [("u-1".to_owned(), true), ("u-3".to_owned(), false)]);
    acme.advance(month());
    assert_eq!(held(&acme), [("u-1".to_owned(), true)]);
    let entry = entry(&acme);
    assert_eq!((entry.state, entry.total), (SubscriptionState::Active, Seats { renewing: 2, expiring: 0 }));
    assert_eq!(entry.period_end, Some(start() + Span::from_days(60)));
    manage(&acme, AssetVerb::Disassociate, &["u-1"], false).unwrap();
    assert_eq!(held(&acme), []);
}

#[test]
fn a_deferred_disassociation_is_told_when_the_period_ends() {
    let acme = with_seats(2, 1);
    manage(&acme, AssetVerb::Associate, &["u-1", "u-3"], true).unwrap();
    notices(&acme);
    let deferred = manage(&acme, AssetVerb::Disassociate, &["u-1", "u-3"], true).unwrap();
    assert_eq!((deferred.state(), deferred.completed, notices(&acme)), (EventState::Complete, 2, Vec::new()));
    manage(&acme, AssetVerb::Associate, &["u-1"], true).unwrap();
    notices(&acme);
    acme.advance(month());
    let told = notices(&acme);
    let [
        NoticeBody::SubscriptionManagement { event, verb, assignments, failure: None },
        NoticeBody::SubscriptionCount { .. },
    ] = &told[..]
    else {
        panic!("{told:?}");
    };
    assert_eq!((event, *verb), (&deferred.id, AssetVerb::Disassociate));
    let seat = SubscriptionAssignment { adam_id: MONTHLY, client_user_id: "u-3".to_owned(), renewing: false };
    assert_eq!(assignments, &[seat], "the other has been given the seat again meanwhile");
}

#[test]
fn an_ended_subscription_stays_in_the_list_with_zeros() {
    let acme = with_seats(0, 2);
    manage(&acme, AssetVerb::Associate, &["u-1"], false).unwrap();
    acme.advance(month());
    let entry = entry(&acme);
    assert_eq!(
        (entry.state, entry.total, entry.assigned, entry.period_end),
        (SubscriptionState::Inactive, Seats::default(), Seats::default(), None)
    );
    acme.write(|books, _| books.enable_subscriptions(HQ, false)).unwrap();
}

#[test]
fn requests_are_checked() {
    let acme = with_seats(2, 0);
    use AssetVerb::{Associate, Disassociate};
    use ContentRefusal::*;
    for (verb, users, expected) in [
        (Associate, &[][..], SubscriptionRequestInvalid),
        (Associate, &["u-2"], SubscriptionUserNotFound),
        (Associate, &["u-9"], SubscriptionUserNotFound),
        (Disassociate, &["u-1"], SubscriptionNotAssigned),
    ] {
        assert_eq!(manage(&acme, verb, users, false).unwrap_err().refusal, expected, "{users:?}");
    }
    let unknown = acme.write(|books, _| books.manage_subscription_admins(HQ, true, &[5], &["u-1".to_owned()]));
    assert_eq!(unknown.unwrap_err().refusal, SubscriptionUnknown);
}

#[test]
fn administrators_are_added_and_removed_at_once() {
    let acme = with_seats(2, 0);
    let users = ["u-1".to_owned(), "u-3".to_owned()];
    acme.write(|books, _| books.manage_subscription_admins(HQ, true, &[MONTHLY], &users)).unwrap();
    let list = |cursor: Option<&str>| {
        acme.read(|books, _| books.content.location(HQ).subscription_admins_part(&[], cursor, 1)).unwrap()
    };
    let (first, cursor) = list(None);
    let (second, end) = list(cursor.as_deref());
    assert_eq!((first[0].user, second[0].user, end), (1, 3, None));
    let wrong = acme.read(|books, _| books.content.location(HQ).subscription_admins_part(&[], Some("x"), 1));
    assert_eq!(wrong.unwrap_err().refusal, ContentRefusal::CursorInvalid);
    acme.write(|books, _| books.manage_subscription_admins(HQ, false, &[MONTHLY], &users)).unwrap();
    assert!(list(None).0.is_empty());
}

#[test]
fn a_retired_user_keeps_no_seat() {
    let acme = with_seats(1, 0);
    manage(&acme, AssetVerb::Associate, &["u-1"], true).unwrap();
    acme.write(|books, now| books.retire_called(HQ, "u-1", now)).unwrap();
    assert_eq!((held(&acme), entry(&acme).available()), (vec![], Seats { renewing: 1, expiring: 0 }));
    acme.read(|books, _| books.content.check().unwrap());
}
