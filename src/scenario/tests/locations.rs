//! Locations with apps and books.

use super::*;
use crate::clock::Span;
use crate::organization::content::{AssetKey, Money, Pricing, Review, Target, TitleKind, UserStatus};
use crate::scenario::plan::{AssetPlan, LocationPlan};

fn text(locations: &str) -> String {
    format!("version: 1\norganizations:\n- id: acme\n  locations:\n{locations}")
}

fn locations(lines: &str) -> Vec<LocationPlan> {
    let scenario = read_text(&text(lines)).unwrap_or_else(|mistakes| panic!("{mistakes}"));
    scenario.organizations[0].locations.clone()
}

fn mistakes(lines: &str) -> Vec<String> {
    let mistakes = read_text(&text(lines)).expect_err(lines);
    mistakes.into_iter().map(|mistake| format!("{}:{}: {}", mistake.line, mistake.column, mistake.message)).collect()
}

#[test]
fn a_location_may_say_everything() {
    let plan = locations(concat!(
        "  - name: 12\n    country: de\n    token: {expires_in: 30d}\n    credit: [{account: noor@acme.example, amount: 99.5}]\n",
        "    assets:\n",
        "    - {adam_id: 0361, name: Pages, licenses: 100, price: 1.5, version: 1.10, device_assignable: true, bundle_id: a.b,\n",
        "       platforms: [iOS, macOS], storefronts: [de], custom_for: Acme, review: rejected, pricing: PLUS, kind: app, x-note: 1}\n",
        "    - {adam_id: 2, licenses: unlimited, kind: book}\n    - {adam_id: 3, price: \"0.99\"}\n",
        "    users:\n    - {client_user_id: 7, email: a@b, status: associated}\n    - {managed_account: kim@acme.example}\n",
        "    - {status: retired}\n    assignments: [{adam_id: 3, client_user_id: 7}, {adam_id: 3, serial_number: C02DEVICE001}]\n",
    ))
    .remove(0);
    assert_eq!((plan.name.as_str(), plan.country.as_str(), plan.token_expires_in), ("12", "DE", Span::from_days(30)));
    assert_eq!(plan.credit, [("noor@acme.example".to_owned(), Money::from_cents(9_950))]);
    let pages = AssetPlan {
        key: AssetKey { adam_id: 361, pricing: Pricing::Plus },
        name: Some("Pages".to_owned()),
        kind: Some(TitleKind::App),
        licenses: Some(100),
        platforms: Some(vec!["iOS".to_owned(), "macOS".to_owned()]),
        bundle_id: Some("a.b".to_owned()),
        version: Some("1.10".to_owned()),
        storefronts: Some(vec!["de".to_owned()]),
        custom_for: Some("Acme".to_owned()),
        review: Some(Review::Rejected),
        device_assignable: Some(true),
        price: Some(Money::from_cents(150)),
    };
    assert_eq!(plan.assets[0], pages);
    assert_eq!((plan.assets[1].kind, plan.assets[1].licenses), (Some(TitleKind::Book), None));
    assert_eq!((plan.assets[2].licenses, plan.assets[2].price), (Some(100), Some(Money::from_cents(99))));
    let statuses: Vec<UserStatus> = plan.users.iter().map(|user| user.status).collect();
    assert_eq!(statuses, [UserStatus::Retired, UserStatus::Associated, UserStatus::Associated]);
    let targets: Vec<&Target> = plan.assignments.iter().map(|assignment| &assignment.target).collect();
    assert_eq!(targets, [&Target::User("7".to_owned()), &Target::Serial("C02DEVICE001".to_owned())]);
}

#[test]
fn a_location_may_say_next_to_nothing() {
    let plan = locations("  - name: HQ\n").remove(0);
    let least = LocationPlan {
        name: "HQ".to_owned(),
        country: "US".to_owned(),
        token_expires_in: Span::from_days(365),
        ..LocationPlan::default()
    };
    assert_eq!(plan, least);
}

#[test]
fn what_cannot_be_is_told_where_it_stands() {
    for (lines, wanted) in [
        ("  - {name: A, country: Germany}\n", "5:24: `country` is no code of a country"),
        ("  - {name: A, assets: [{adam_id: 99999999999999999999}]}\n", "5:34: `adam_id` is too long"),
        ("  - {name: A, assets: [{adam_id: 1}, {adam_id: 01}]}\n", "5:38: the location has 1 in STDQ already"),
        ("  - {name: A, assets: [{adam_id: 1, licenses: 2147483647}]}\n", "5:47: there are not so many licences"),
        ("  - {name: A, assets: [{adam_id: 1, review: approved}]}\n", "5:45: custom apps alone have a review here"),
        ("  - {name: A, assets: [{adam_id: 1, price: inf}]}\n", "5:44: `price` must be a price, not `inf`"),
        (
            "  - {name: A, users: [{client_user_id: a}, {client_user_id: a}]}\n",
            "5:61: two users of the location have the client_user_id `a`",
        ),
        (
            "  - {name: A, users: [{managed_account: a@b}, {managed_account: A@b}]}\n",
            "5:65: two users of the location have the managed_account `A@b`",
        ),
        (
            "  - {name: A, assignments: [{adam_id: 1, client_user_id: a}]}\n",
            "5:29: the location has no asset 1 in STDQ",
        ),
        (
            "  - {name: A, assets: [{adam_id: 1}], assignments: [{adam_id: 1}]}\n",
            "5:53: an assignment needs a user or a device, and not both",
        ),
        (
            "  - {name: A, assets: [{adam_id: 1}], assignments: [{adam_id: 1, client_user_id: a}]}\n",
            "5:53: no user of the location who is not retired has the id `a`",
        ),
        (
            "  - {name: A, assets: [{adam_id: 1, kind: book}], assignments: [{adam_id: 1, serial_number: A}]}\n",
            "5:65: 1 cannot be assigned to devices",
        ),
        (
            "  - {name: A, assets: [{adam_id: 1, licenses: 1}], assignments: [{adam_id: 1, serial_number: A}, {adam_id: 1, serial_number: B}]}\n",
            "5:98: there are 1 licences of 1",
        ),
        (
            "  - {name: A, assets: [{adam_id: 1}], assignments: [{adam_id: 1, serial_number: A}, {adam_id: 1, serial_number: A}]}\n",
            "5:85: this is assigned twice",
        ),
    ] {
        assert_eq!(mistakes(lines), [wanted], "{lines}");
    }
}
