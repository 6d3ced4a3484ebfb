//! Whatever happened to an organisation, it can be written down, read back and go on as if nothing had been; and a fork of it is sound.

use abmsim::clock::Span;
use abmsim::organization::{Books, Organization, Streams};
use proptest::prelude::*;

use crate::properties::{Step, acme, quirks, step, take};

fn live(acme: &Organization, profiles: &[String; 2], steps: &[Step]) {
    for step in steps {
        take(acme, profiles, step);
    }
}

fn written(acme: &Organization) -> String {
    acme.read(|books, _| serde_json::to_string(books).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn books_that_are_read_back_go_on_as_if_nothing_had_been(
        quirks in quirks(),
        before in proptest::collection::vec(step(), 1..40),
        after in proptest::collection::vec(step(), 1..20),
    ) {
        let original = acme(&quirks);
        let profiles = [0, 1].map(|server| original.write(|books, now| {
            let (profile, _) = books.define_profile(server, Default::default(), &[], now).unwrap();
            profile.profile_uuid.clone()
        }));
        live(&original, &profiles, &before);
        prop_assert_eq!(original.read(|books, _| books.flaws()), []);
        let text = written(&original);
        let (now, mut books) = original.read(|_, now| (now, serde_json::from_str::<Books>(&text).unwrap()));
        books.clock = books.clock.kept_at(now);
        let fork = original.read(|books, now| books.forked(Streams::of_fork(7, "fork"), now));
        prop_assert_eq!(fork.flaws(), []);
        let fork = Organization::new("fork".to_owned(), fork);
        let copy = original.successor(books, None);
        prop_assert_eq!(&written(&copy), &text);
        for organization in [&original, &copy, &fork] {
            live(organization, &profiles, &after);
            organization.advance(Span::from_days(100));
        }
        prop_assert_eq!(written(&copy), written(&original));
        prop_assert_eq!(fork.read(|books, _| books.flaws()), []);
    }
}
