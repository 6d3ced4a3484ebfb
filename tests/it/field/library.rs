//! The library itself: complete, valid, and saying what it has to say.

use std::collections::BTreeSet;

use abmsim::scenario::{self, LIBRARY, Surroundings};

/// The scenarios of the field that there have to be; each has a test of its name in this module.
const TOKENS: [&str; 11] = [
    "terms-wave",
    "token-expiring",
    "token-replaced",
    "admin-removed",
    "token-mixed-up",
    "certificate-file",
    "user-agent-refused",
    "session-rotates",
    "clock-drift",
    "session-bad-request",
    "token-while-syncing",
];
const LISTS: [&str; 16] = [
    "cursor-expires",
    "cursor-repeats",
    "device-never-shown",
    "throttled-vanish",
    "reassign-modified",
    "added-and-deleted",
    "reassign-same-server",
    "release-silent",
    "portal-lag",
    "removed-and-back",
    "crash-mid-page",
    "outage-night",
    "small-pages",
    "huge-organisation",
    "two-servers",
    "unknown-family",
];
const PROFILES: [&str; 9] = [
    "throttle-cooldown",
    "too-many-serials",
    "results-missing",
    "not-accessible",
    "put-refused",
    "profile-refused",
    "profile-pushed",
    "error-bodies",
    "profile-race",
];

const SEATS: [&str; 9] = [
    "errors-with-status-200",
    "associate-says-complete",
    "licence-lags-at-store",
    "last-licence-sold",
    "seats-leak",
    "version-changes-while-paging",
    "empty-page",
    "user-licence-only",
    "books-stay",
];
const PLACES: [&str; 7] = [
    "token-revoked-by-password",
    "another-mdm-takes-location",
    "notifications-twice",
    "limits-change",
    "apps-throttled",
    "storefront-only-de",
    "two-locations-one-user",
];

#[test]
fn the_library_is_complete_and_every_scenario_has_its_test() {
    let there: BTreeSet<&str> = LIBRARY.iter().filter_map(|known| known.name.strip_prefix("field/")).collect();
    let wanted: BTreeSet<&str> = TOKENS.into_iter().chain(LISTS).chain(PROFILES).chain(SEATS).chain(PLACES).collect();
    assert_eq!(there, wanted);
    let tests = [
        (include_str!("tokens.rs"), &TOKENS[..]),
        (include_str!("lists.rs"), &LISTS),
        (include_str!("profiles.rs"), &PROFILES),
        (include_str!("licenses/seats.rs"), &SEATS),
        (include_str!("licenses/places.rs"), &PLACES),
    ];
    for (tests, names) in tests {
        for name in names {
            let test = format!("]\nasync fn {}()", name.replace('-', "_"));
            assert!(tests.contains(&test) && tests.contains(&format!("story(\"{name}\"")), "{name} has no test");
        }
    }
}

#[test]
fn every_scenario_is_valid_and_warns_of_nothing() {
    for known in LIBRARY {
        let read = scenario::read(&[known.source()], &Surroundings::house());
        let read = read.unwrap_or_else(|mistakes| panic!("{mistakes}"));
        let start = read.clock.start.unwrap_or_default();
        let warnings = scenario::warnings(&read, start);
        assert!(known.name == "expiring" || warnings.is_empty(), "{}: {warnings:?}", known.name);
    }
}

#[test]
fn a_story_says_what_happens_who_saw_it_what_to_do_and_how_to_play_it() {
    for known in LIBRARY.iter().filter(|known| known.name.starts_with("field/")) {
        let comment: Vec<&str> = known.text.lines().map_while(|line| line.strip_prefix("# ")).collect();
        let at = |lead: &str| comment.iter().position(|line| line.starts_with(lead));
        let leads = [Some(0), at("Seen in: "), at("A good client: "), at("Play it: ")];
        let in_order = leads.iter().all(Option::is_some) && leads.is_sorted();
        assert!(in_order, "{}: {leads:?}", known.name);
        let longest = known.text.lines().map(str::len).max().unwrap_or_default();
        assert!(known.text.len() < 2_200 && longest <= 140, "{} is too long: {longest}", known.name);
    }
}
