//! Walks through users and licences, batch by batch, while things happen.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::json;

use super::stories::{act, step as story};
use super::*;

/// A licence as a client knows it: whether it was refunded, and who holds it.
type Known = BTreeMap<u64, (bool, Option<String>)>;

fn known(row: &LicenseRow<'_>) -> (u64, (bool, Option<String>)) {
    let holder = row.held.map(|held| match held {
        Held::User(id, _) => format!("user {id}"),
        Held::Serial(serial) => serial.to_owned(),
    });
    (row.id, (row.is_gone, holder))
}

/// A batch of licences; answers how the walk goes on, and how many batches there are.
fn licenses(acme: &Organization, into: &mut Known, step: Step<'_>) -> (Onward, Option<u32>) {
    acme.read(|books, _| {
        let batch = books.content.licenses_batch(HQ, LicenseFilter::default(), &step).unwrap();
        into.extend(batch.items.iter().map(known));
        (batch.onward, batch.batches)
    })
}

/// A batch of users; answers the same.
fn users(acme: &Organization, into: &mut BTreeMap<UserId, User>, step: Step<'_>) -> (Onward, Option<u32>) {
    acme.read(|books, _| {
        let batch = books.content.users_batch(HQ, WhichUsers::All, &step).unwrap();
        into.extend(batch.items.into_iter().map(|(id, user)| (id, user.clone())));
        (batch.onward, batch.batches)
    })
}

/// Walks to the end, with something that happens before each further batch; answers the mark of the walk's beginning.
fn walk(
    mut batch: impl FnMut(Step<'_>) -> (Onward, Option<u32>),
    mut meanwhile: impl FnMut(),
    since: Option<&str>,
    size: u32,
    backwards: bool,
) -> String {
    let (mut onward, batches) = batch(Step { since, size, ..Step::default() });
    if let (Onward::More(token), Some(batches), true) = (&onward, batches, backwards) {
        // In parallel, as it were, with the first token alone; the last batch has the mark.
        let token = token.clone();
        let mut mark = None;
        for index in (2..=batches).rev() {
            meanwhile();
            if let (Onward::Done(found), _) =
                batch(Step { batch_token: Some(&token), index: Some(index), ..Step::default() })
            {
                assert_eq!((index, mark.replace(found)), (batches, None));
            }
        }
        return mark.unwrap();
    }
    loop {
        match onward {
            Onward::Done(mark) => return mark,
            Onward::More(token) => {
                meanwhile();
                onward = batch(Step { batch_token: Some(&token), ..Step::default() }).0;
            }
        }
    }
}

/// Whether a client that knows this has lost nothing: what is there it knows as it is; what it knows beside that is gone, or free of an asset
/// without end.
fn has_lost_nothing(acme: &Organization, client: &Known) -> Result<(), TestCaseError> {
    let mut all = Known::new();
    licenses(acme, &mut all, Step { size: 1_000_000, ..Step::default() });
    for (id, licence) in &all {
        prop_assert_eq!(client.get(id), Some(licence), "the licence {}", id);
    }
    let is_unlimited = |id: u64| {
        let (asset, _) = Asset::of_license_id(id).unwrap();
        acme.read(|books, _| books.content.location(HQ).assets()[asset as usize].unlimited)
    };
    for (id, (is_gone, holder)) in client.iter().filter(|(id, _)| !all.contains_key(id)) {
        prop_assert!(*is_gone || holder.is_none() && is_unlimited(*id), "the licence {} is not there", id);
    }
    let shown = acme.read(|books, _| books.content.location(HQ).assignments_len());
    prop_assert_eq!(all.values().filter(|(_, holder)| holder.is_some()).count(), shown);
    Ok(())
}

proptest! {
    #[test]
    fn whatever_happens_between_batches_no_user_and_no_licence_is_lost(
        before in proptest::collection::vec(story(), 0..20),
        meanwhile in proptest::collection::vec(story(), 0..60),
        (size, backwards) in (1_u32..5, any::<bool>()),
        lag in prop_oneof![Just("0s"), Just("2s")],
    ) {
        let acme = acme();
        set_quirks(&acme, json!({"license_lag": lag}));
        before.iter().for_each(|step| act(&acme, step));
        let mut rest = meanwhile.iter();
        let mut next = || if let Some(step) = rest.next() { act(&acme, step) };
        let (mut held, mut people) = (Known::new(), BTreeMap::new());
        let mark = walk(|step| licenses(&acme, &mut held, step), &mut next, None, size, backwards);
        let user_mark = walk(|step| users(&acme, &mut people, step), &mut next, None, size, backwards);
        // While it hears what has changed, more does; after that there is peace.
        let mark = walk(|step| licenses(&acme, &mut held, step), &mut next, Some(&mark), size, false);
        let user_mark = walk(|step| users(&acme, &mut people, step), &mut next, Some(&user_mark), size, false);
        acme.advance(Span::from_days(1));
        walk(|step| licenses(&acme, &mut held, step), || {}, Some(&mark), size, false);
        walk(|step| users(&acme, &mut people, step), || {}, Some(&user_mark), size, false);
        has_lost_nothing(&acme, &held)?;
        let all: BTreeMap<UserId, User> =
            acme.read(|books, _| books.content.location(HQ).users().map(|(id, user)| (id, user.clone())).collect());
        // A record's place in a list is nobody's business.
        let shown = |users: &BTreeMap<UserId, User>| {
            users.iter().map(|(id, user)| (*id, user.status, user.id_hash, user.email.clone())).collect::<Vec<_>>()
        };
        prop_assert_eq!(shown(&people), shown(&all));
        prop_assert_eq!(acme.read(|books, _| books.content.check()), Ok(()));
    }
}

fn refusal<T: std::fmt::Debug>(batch: Result<Batch<T>, ContentRefused>) -> ContentRefusal {
    batch.unwrap_err().refusal
}

#[test]
fn tokens_are_good_for_their_list_and_location_alone() {
    let acme = acme();
    acme.read(|books, _| {
        let content = &books.content;
        let ask = |location, step: &Step<'_>| content.licenses_batch(location, LicenseFilter::default(), step);
        let Onward::More(token) = ask(HQ, &Step { size: 2, ..Step::default() }).unwrap().onward else { panic!() };
        let with = Step { batch_token: Some(&token), ..Step::default() };
        assert_eq!(ask(HQ, &with).unwrap().items.len(), 2);
        assert_eq!(refusal(ask(BRANCH, &with)), ContentRefusal::BatchTokenElsewhere);
        assert_eq!(refusal(content.users_batch(HQ, WhichUsers::All, &with)), ContentRefusal::BatchTokenInvalid);
        let beyond = Step { index: Some(9), ..with };
        assert_eq!(refusal(ask(HQ, &beyond)), ContentRefusal::InvalidArgument);
        for made_up in ["", "x", "AAAAAAAAAAAAAAAAAAAA"] {
            let step = Step { since: Some(made_up), size: 1, ..Step::default() };
            assert_eq!(refusal(ask(HQ, &step)), ContentRefusal::BatchTokenInvalid);
        }
    });
}

#[test]
fn licences_are_listed_by_who_holds_them() {
    let acme = acme();
    associate(&acme, &[PAGES, FREE], &["u-1", "C02DEVICE001"]);
    let count = |holders, adam_id, serial: Option<&str>| {
        let filter =
            LicenseFilter { adam_id, holders, serial_number: serial.map(str::to_owned), ..LicenseFilter::default() };
        acme.read(|books, _| {
            let step = Step { size: 1_000, ..Step::default() };
            let batch = books.content.licenses_batch(HQ, filter, &step).unwrap();
            (batch.items.len(), batch.total)
        })
    };
    // Of an asset without end there are those that somebody holds.
    assert_eq!(count(Holders::Any, None, None), (9 + 2, Some(11)));
    assert_eq!(count(Holders::Any, Some(4), None), (2, Some(2)));
    assert_eq!(count(Holders::Somebody, None, None), (4, Some(4)));
    assert_eq!(count(Holders::User, None, None).0, 2);
    assert_eq!(count(Holders::Device, Some(1), None).0, 1);
    assert_eq!(count(Holders::Any, None, Some("C02DEVICE001")), (2, Some(2)));
    assert_eq!(count(Holders::User, None, Some("C02DEVICE001")).0, 0);
    assert_eq!(count(Holders::Any, Some(9), None), (0, Some(0)));
}

#[test]
fn a_refund_is_told_and_numbers_are_not_given_out_again() {
    let acme = acme();
    let mut client = Known::new();
    let mark = walk(|step| licenses(&acme, &mut client, step), || {}, None, 2, false);
    acme.write(|books, now| books.refund(HQ, PAGES, 2, "noor@acme.example", now)).unwrap();
    let mut news = Known::new();
    let mark = walk(|step| licenses(&acme, &mut news, step), || {}, Some(&mark), 1, false);
    assert_eq!(news.values().filter(|(is_gone, _)| *is_gone).count(), 2);
    let title = acme.read(|books, _| books.content.title(1).cloned()).unwrap();
    let (pricing, payment, account) = (Pricing::Standard, Payment::Card, "noor@acme.example".to_owned());
    let purchase = Purchase { location: HQ, title, pricing, quantity: 1, payment, account };
    acme.write(|books, now| books.purchase(purchase, now)).unwrap();
    let mut more = Known::new();
    walk(|step| licenses(&acme, &mut more, step), || {}, Some(&mark), 1, false);
    assert_eq!(more.len(), 1);
    assert!(more.keys().all(|id| !client.contains_key(id)));
}
