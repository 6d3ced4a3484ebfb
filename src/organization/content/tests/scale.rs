//! What large locations cost, and many clients at once.

use super::*;

/// A location with so many devices that hold each of ten apps.
fn large(devices: usize) -> Books {
    let mut books = books_of(SCENARIO);
    for adam_id in 100..110 {
        let title = Title::unknown(adam_id, TitleKind::App);
        let licenses = Some(devices as u32);
        books.begin_with_asset(HQ, NewAsset { title, pricing: Pricing::Standard, licenses }, start());
    }
    for device in 0..devices {
        for adam_id in 100..110 {
            let target = Target::Serial(format!("C02SER{device:06}"));
            books.begin_with_assignment(HQ, AssetKey::standard(adam_id), &target).unwrap();
        }
    }
    books
}

#[test]
fn a_batch_costs_what_it_looks_at() {
    for devices in [200, 2_000] {
        let books = large(devices);
        let ask = |step: Step<'_>| {
            let step = Step { size: 50, ..step };
            steps_of(|| books.content.licenses_batch(HQ, LicenseFilter::default(), &step).unwrap())
        };
        let (first, looks) = ask(Step::default());
        assert!(first.items.len() == 50 && looks <= 50, "{looks}");
        let Onward::More(token) = &first.onward else { panic!("{first:?}") };
        let (last, looks) = ask(Step { batch_token: Some(token), index: first.batches, ..Step::default() });
        assert!(matches!(last.onward, Onward::Done(_)) && looks <= 50, "{looks}");
        // Since the very beginning everything has changed.
        let began = books.content.location(HQ).sealed(super::super::seal::Seal::LicenseMark, &(0, 0));
        let (mut batch, mut looks) = ask(Step { since: Some(&began), ..Step::default() });
        let mut told = 0;
        loop {
            assert!(looks <= 100, "{looks}");
            told += batch.items.len();
            let Onward::More(token) = batch.onward.clone() else { break };
            (batch, looks) = ask(Step { batch_token: Some(&token), ..Step::default() });
        }
        assert_eq!(told, devices * 10 + 9);
    }
}

#[test]
fn a_page_costs_what_is_on_it() {
    let all = AssignmentFilter::default();
    let cost = |books: &Books, filter: &AssignmentFilter<'_>, index: u32| {
        let (page, steps) = steps_of(|| books.content.location(HQ).assignments_page(filter, index, 50).unwrap());
        (page.items.len(), steps)
    };
    for devices in [200, 2_000] {
        let books = large(devices);
        let last = devices as u32 / 5 - 1;
        let of_one = AssignmentFilter { adam_id: Some(103), ..all.clone() };
        let of_both = AssignmentFilter { serial_number: Some("C02SER000007"), ..of_one.clone() };
        let of_device = AssignmentFilter { serial_number: Some("C02SER000007"), ..all.clone() };
        for (filter, index, rows) in [
            (&all, 0, 50),
            (&all, last, 50),
            (&of_one, 0, 50),
            (&of_one, devices as u32 / 50 - 1, 50),
            (&of_device, 0, 10),
            (&of_both, 0, 1),
        ] {
            assert_eq!(cost(&books, filter, index), (rows, rows), "{devices} {filter:?} {index}");
        }
    }
}

#[test]
fn what_changed_costs_what_changed() {
    let mut books = large(1_000);
    let version = books.content.location(HQ).version(DataSet::Assignments);
    for number in 0..7 {
        let target = Target::Serial(format!("C02NEW{number:06}"));
        books.begin_with_assignment(HQ, FREE, &target).unwrap();
    }
    let since = AssignmentFilter { since: Some(&version), ..AssignmentFilter::default() };
    let (page, steps) = steps_of(|| books.content.location(HQ).assignments_page(&since, 0, 1_000).unwrap());
    assert_eq!((page.items.len(), steps), (7, 14), "each is looked at once to choose it and once to show it");
}

#[test]
fn many_clients_at_once_sell_nothing_twice() {
    let mut books = books_of(SCENARIO);
    let title = Title::unknown(100, TitleKind::App);
    books.begin_with_asset(HQ, NewAsset { title, pricing: Pricing::Standard, licenses: Some(500) }, start());
    let acme = Organization::new("acme".to_owned(), books);
    let key = AssetKey::standard(100);
    let taken: usize = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..200)
            .map(|client| {
                let acme = &acme;
                scope.spawn(move || {
                    let mut taken = 0;
                    for number in 0..5 {
                        let target = Target::Serial(format!("C02C{client:03}N{number:03}"));
                        let event = format!("C02E{client:03}N{number:03}");
                        let granted = acme.write(|books, now| books.grant(HQ, AssetVerb::Associate, key, &target, now));
                        taken += usize::from(granted.is_ok());
                        manage(acme, AssetVerb::Associate, &[key], &[&event]).unwrap();
                    }
                    taken
                })
            })
            .collect();
        clients.into_iter().map(|client| client.join().unwrap()).sum()
    });
    acme.advance(Span::from_seconds(60));
    acme.read(|books, _| {
        let location = books.content.location(HQ);
        location.check().unwrap();
        let completed: u32 = location.events().map(|event| event.completed).sum();
        assert_eq!((taken + completed as usize, location.asset(key).unwrap().available()), (500, 0));
        assert!(location.events().all(|event| event.finished.is_some()));
    });
}

#[test]
fn an_assignment_takes_few_bytes() {
    // Beside these a place in the asset's list (4), one in the holder's (4, up to three of them in the holder's record), and one in the
    // index (4 and 1, at least half full).
    assert!(size_of::<super::super::assignments::Row>() <= 20);
    assert!(size_of::<super::super::recency::Link>() <= 16);
}
