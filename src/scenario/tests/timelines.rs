//! Timelines: what they plan, and every mistake in them at its line and column.

use serde_json::json;

use super::*;
use crate::clock::{Moment, Span};
use crate::organization::{Choice, Happening, ServerChange, TokenFate};
use crate::scenario::plan::{DeedPlan, EventPlan, ModelPlan};

/// An organisation that knows all of its names: two servers, one order of two named devices, one person.
const ACME: &str = "\
version: 1
clock: {start: 2026-09-01}
organizations:
- id: acme
  servers: [{name: MDM, admin: robin@acme.example}, {name: Other, admin: robin@acme.example}]
  people: [{managed_account: robin@acme.example, roles: [administrator]}]
  orders: [{number: W1, devices: [{serial: C02XK1ABCDE1}, {serial: C02XK1ABCDE2}]}]
timeline:
";

/// What `events`, which begin on line 9, plan.
fn plans(events: &str) -> Vec<EventPlan> {
    let scenario = read_text(&format!("{ACME}{events}")).unwrap_or_else(|mistakes| panic!("{mistakes}"));
    scenario.organizations.into_iter().next().unwrap().timeline
}

/// What one event does.
fn does(deed: &str) -> DeedPlan {
    let plans = plans(&format!("- at: 1h\n  do: {deed}\n"));
    let [plan] = plans.as_slice() else { panic!("{plans:?}") };
    plan.does.clone()
}

/// The mistakes of `events`, each with its hint.
fn mistakes(events: &str) -> Vec<(String, String)> {
    let mistakes = read_text(&format!("{ACME}{events}")).expect_err(events);
    let told = mistakes.into_iter().map(|mistake| {
        (format!("{}:{}: {}", mistake.line, mistake.column, mistake.message), mistake.hint.unwrap_or_default())
    });
    told.collect()
}

#[test]
fn an_event_says_when_and_how_often() {
    let events = "- {at: +2h, org: acme, delay: 30m, jitter: 10s, every: 1d, times: 3, note: Waves, do: {end_sessions: }}\n\
                  - {at: 2026-09-03, do: {end_sessions: {}}}\n";
    let [first, second] = plans(events).try_into().unwrap();
    assert_eq!(
        (first.at, second.at),
        (Moment::In(Span::from_seconds(7_200)), Moment::At("2026-09-03".parse().unwrap()))
    );
    assert_eq!((first.delay, first.jitter), (Span::from_seconds(1_800), Span::from_seconds(10)));
    assert_eq!((first.every, first.times, first.note.as_deref()), (Span::from_days(1), 3, Some("Waves")));
    assert_eq!((second.delay, second.jitter, second.times, second.note), (Span::ZERO, Span::ZERO, 1, None));
}

#[test]
fn every_verb_is_understood() {
    let all = Choice::Order("W1".to_owned());
    let one = Choice::Serials(vec!["C02XK1ABCDE1".to_owned()]);
    let (mdm, other) = (|| "MDM".to_owned(), ServerChange { access: Some(false), ..ServerChange::default() });
    let robin = || "robin@acme.example".to_owned();
    let quirks = json!({"outage": {"status": 503}}).as_object().unwrap().clone();
    for (deed, wanted) in [
        (
            "{assign: {order: W1, server: MDM, deadline: 14d, as: kim}}",
            Happening::Assign {
                devices: all.clone(),
                server: Some(mdm()),
                deadline: Some(Moment::In(Span::from_days(14))),
                by: Some("kim".to_owned()),
            },
        ),
        (
            "{assign: {all_available: true, server: null}}",
            Happening::Assign { devices: Choice::AllAvailable, server: None, deadline: None, by: None },
        ),
        ("{release: {serials: [C02XK1ABCDE1]}}", Happening::Release { devices: one.clone(), by: None }),
        ("{activate: {serial: C02XK1ABCDE1}}", Happening::Activate(one.clone())),
        ("{erase: {order: W1}}", Happening::Erase(all.clone())),
        ("{leave: {serial: C02XK1ABCDE1}}", Happening::Leave(one.clone())),
        ("{cancel_migration: {serial: C02XK1ABCDE1}}", Happening::CancelMigration(one)),
        (
            "{replace: {serial: C02XK1ABCDE1, with: C02XK1ABCDE9}}",
            Happening::Replace { serial: "C02XK1ABCDE1".to_owned(), with: "C02XK1ABCDE9".parse().ok() },
        ),
        ("{terms: {state: unsigned}}", Happening::Terms { signed: false, lag: Span::ZERO }),
        ("{terms: {state: signed, lag: 18h}}", Happening::Terms { signed: true, lag: Span::from_seconds(64_800) }),
        (
            "{renew_token: {server: MDM, admin: kim, expires_in: 30d}}",
            Happening::RenewToken { server: mdm(), admin: Some("kim".to_owned()), lifetime: Span::from_days(30) },
        ),
        (
            "{revoke_token: {server: MDM, fate: admin_removed}}",
            Happening::RevokeToken { server: mdm(), fate: TokenFate::AdminRemoved },
        ),
        ("{remove_person: {account: robin@acme.example}}", Happening::RemovePerson { account: robin() }),
        ("{access: {server: MDM, granted: false}}", Happening::ChangeServer { server: mdm(), change: other }),
        (
            "{change_server: {server: MDM, name: New, default_for: [ipad]}}",
            Happening::ChangeServer {
                server: mdm(),
                change: ServerChange {
                    name: Some("New".to_owned()),
                    default_for: Some(vec![Family::IPad]),
                    ..ServerChange::default()
                },
            },
        ),
        ("{end_sessions: {}, x-why: [1]}", Happening::EndSessions),
        ("{quirks: {outage: {status: 503}}}", Happening::Quirks(quirks)),
        ("{suppliers: null}", Happening::Suppliers(None)),
        (
            "{suppliers: {reseller_ids: [A]}}",
            Happening::Suppliers(Some(crate::organization::Suppliers {
                reseller_ids: vec!["A".to_owned()],
                ..Default::default()
            })),
        ),
    ] {
        assert_eq!(does(deed), DeedPlan::Other(wanted), "{deed}");
    }
    let DeedPlan::Order(order) = does("{order: {number: W2, arrives: 2d, devices: [{model: iPhone 16, server: MDM}]}}")
    else {
        panic!("an order")
    };
    assert_eq!((order.number.as_deref(), order.arrives), (Some("W2"), Some(Moment::In(Span::from_days(2)))));
    let DeedPlan::Add(add) = does("{add: {model: Own, family: Mac, count: 3, server: MDM}}") else {
        panic!("an addition")
    };
    assert_eq!(add.model, Some(ModelPlan::Custom { name: "Own".to_owned(), family: Family::Mac }));
    assert_eq!((add.count, add.server.as_deref()), (3, Some("MDM")));
}

#[test]
fn mistakes_have_places_and_hints() {
    for (event, wanted, hint) in [
        ("{at: 1h, do: {asign: {}}}", "9:17: `do` has no key `asign`", "did you mean `assign`?"),
        ("{at: 1h, do: {}}", "9:16: `do` says nothing", "write one of assign, release, order, "),
        ("{at: 1h, do: }", "9:12: `do` has no value", ""),
        (
            "{at: 1h, do: {end_sessions: , terms: {state: signed}}}",
            "9:33: `do` says `terms` beside `end_sessions`",
            "write an entry for each",
        ),
        ("{at: 1h, do: {end_sessions: }, dealy: 1h}", "9:34: an event has no key `dealy`", "did you mean `delay`?"),
        (
            "{at: 1h, delay: -1h, do: {end_sessions: }}",
            "9:19: `delay` must be a duration that is not negative, not `-1h`",
            "",
        ),
        (
            "{at: 1h, jitter: 5, do: {end_sessions: }}",
            "9:20: `jitter` must be a duration that is not negative, not `5`",
            "write a number and a unit",
        ),
        ("{at: -1h, do: {end_sessions: }}", "9:8: nothing can happen before the clock starts", "such as +2h"),
        (
            "{at: 2026-08-31, do: {end_sessions: }}",
            "9:8: nothing can happen before the clock starts",
            "the clock shows 2026-09-01T00:00:00Z",
        ),
        ("{at: 2105-12-30, delay: 99d, do: {end_sessions: }}", "9:8: this lies after 2105", ""),
        ("{at: 1h, every: 1d, do: {end_sessions: }}", "9:19: `every` needs `times` beside it", "`times`"),
        ("{at: 1h, times: 3, do: {end_sessions: }}", "9:19: `times` needs `every` beside it", "`every`"),
        ("{at: 1h, every: 0s, times: 3, do: {end_sessions: }}", "9:19: `every` leaves no time in between", "1d"),
        (
            "{at: 1h, every: 1d, times: 3, do: {order: {number: W2, devices: [{count: 2}]}}}",
            "9:54: the same order cannot come 3 times",
            "leave out `number` or `times`",
        ),
        (
            "{at: 1h, every: 1d, times: 1000, do: {order: {devices: [{count: 20000}]}}}",
            "9:40: with these, the scenario has 20000002 devices; 10000000 are the most",
            "",
        ),
        (
            "{at: 1h, every: 1d, times: 3, do: {add: {serial: C02XK1ABCDE7}}}",
            "9:52: the same device cannot come 3 times",
            "leave out `serial` or `times`",
        ),
        (
            "{at: 1h, org: acmee, do: {end_sessions: }}",
            "9:17: there is no organisation with the id `acmee`",
            "did you mean `acme`?",
        ),
        ("{do: {end_sessions: }}", "9:3: an event needs `at`", "`at`: When"),
        ("{at: 1h, do: {assign: {order: W1}}}", "9:25: `assign` needs `server`", "Where to"),
        (
            "{at: 1h, do: {assign: {order: W1, server: MDN}}}",
            "9:45: there is no server called `MDN`",
            "did you mean `MDM`?",
        ),
        ("{at: 1h, do: {assign: {order: W2, server: MDM}}}", "9:33: there is no order `W2`", "did you mean `W1`?"),
        (
            "{at: 1h, do: {assign: {serial: C02XK1ABCDE7, server: MDM}}}",
            "9:34: there is no device `C02XK1ABCDE7`",
            "did you mean `C02XK1ABCDE1`?",
        ),
        (
            "{at: 1h, do: {assign: {server: MDM}}}",
            "9:25: which devices is not clear",
            "serial, serials, order, all_available",
        ),
        (
            "{at: 1h, do: {assign: {all_available: false, server: MDM}}}",
            "9:41: `all_available` chooses nothing when it is false",
            "write true",
        ),
        (
            "{at: 1h, do: {assign: {order: W1, server: null, deadline: 1d}}}",
            "9:61: a device that goes to no server has no deadline",
            "leave `deadline` out",
        ),
        (
            "{at: 1h, do: {assign: {order: W1, server: MDM, deadline: 2026-09-01}}}",
            "9:60: the deadline lies before the event",
            "",
        ),
        (
            "{at: 1h, do: {erase: {serials: [C02]}}}",
            "9:35: an entry of `serials` must be a serial number, not `C02`",
            "",
        ),
        ("{at: 1h, do: {erase: {all_available: true}}}", "9:25: a choice of devices has no key `all_available`", ""),
        ("{at: 1h, do: {replace: {serial: C02XK1ABCDE7}}}", "", ""),
        (
            "{at: 1h, do: {order: {devices: [{model: iPhone 16, server: MDN}]}}}",
            "9:62: there is no server called `MDN`",
            "did you mean `MDM`?",
        ),
        (
            "{at: 1h, do: {add: {model: iPhone 61}}}",
            "9:30: `iPhone 61` is not in the catalogue",
            "did you mean `iPhone 16`?",
        ),
        ("{at: 1h, do: {add: {serial: C02XK1ABCDE7, count: 2}}}", "9:52: one serial number is one device", ""),
        (
            "{at: 1h, do: {terms: {state: sigend}}}",
            "9:32: `state` must be `signed` or `unsigned`, not `sigend`",
            "did you mean `signed`?",
        ),
        (
            "{at: 1h, do: {renew_token: {server: Othr}}}",
            "9:39: there is no server called `Othr`",
            "did you mean `Other`?",
        ),
        (
            "{at: 1h, do: {remove_person: {account: robin@acme.exampel}}}",
            "9:42: there is no account `robin@acme.exampel`",
            "did you mean",
        ),
        ("{at: 1h, do: {change_server: {server: MDM}}}", "9:32: nothing is changed", "default_for"),
        ("{at: 1h, do: {quirks: {throttle: {window: wrong}}}}", "9:45: no such window", ""),
        ("{at: 1h, do: {end_sessions: true}}", "9:31: `end_sessions` must be a mapping, not `true`", ""),
    ] {
        if wanted.is_empty() {
            // A device that comes from a repair has a number that nobody knows yet; so then may any other.
            assert!(read_text(&format!("{ACME}- {event}\n")).is_ok(), "{event}");
            continue;
        }
        let told = mistakes(&format!("- {event}\n"));
        let messages: Vec<&str> = told.iter().map(|(message, _)| message.as_str()).collect();
        assert!(messages.contains(&wanted), "{event}: {told:?}");
        let others = if event.contains("asign") || event.contains("all_available: true}") { 1 } else { 0 };
        assert!(told.len() <= 1 + others, "{event}: {told:?}");
        assert!(told.iter().any(|(_, told)| told.contains(hint)), "{event}: {told:?}");
    }
}

#[test]
fn events_may_name_what_other_events_bring() {
    let events = "\
- {at: 1h, do: {order: {number: W2, devices: [{serial: C02XK1ABCDE5}]}}}
- {at: 2h, do: {assign: {order: W2, server: MDM}}}
- {at: 3h, do: {activate: {serial: C02XK1ABCDE5}}}
- {at: 4h, do: {change_server: {server: MDM, name: New MDM, admin: kim@acme.example}}}
- {at: 5h, do: {renew_token: {server: New MDM}}}
- {at: 6h, do: {remove_person: {account: kim@acme.example}}}
- {at: 7h, do: {replace: {serial: C02XK1ABCDE5, with: C02XK1ABCDE6}}}
- {at: 8h, do: {release: {serial: C02XK1ABCDE6}}}
";
    assert_eq!(plans(events).len(), 8);
}

#[test]
fn of_several_organisations_one_must_be_named() {
    let text = "version: 1\norganizations: [{id: a}, {id: b}]\ntimeline: [{at: 1h, do: {end_sessions: }}]\n";
    let mistakes = read_text(text).unwrap_err();
    assert_eq!(
        mistakes.to_string(),
        "acme.yaml:3:12: an event needs `org` where there are 2 organisations\n    there are `a`, `b`"
    );
    let none = read_text("version: 1\ntimeline: [{at: 1h, do: {end_sessions: }}]\n").unwrap_err();
    assert_eq!(none.to_string(), "acme.yaml:2:12: there is no organisation that this could happen to");
}

#[test]
fn an_organisation_may_have_a_timeline_of_its_own() {
    let body =
        br#"{"servers": [{"name": "MDM"}], "timeline": [{"at": "1h", "do": {"renew_token": {"server": "MDM"}}}]}"#;
    assert_eq!(read_organization(body, &surroundings()).unwrap().plan.timeline.len(), 1);
    let body = br#"{"timeline": [{"at": "1h", "org": "acme", "do": {"renew_token": {"server": "MDM"}}}]}"#;
    let mistakes = read_organization(body, &surroundings()).unwrap_err();
    let told: Vec<(&str, &str)> =
        mistakes.list().iter().map(|mistake| (mistake.pointer.as_str(), mistake.message.as_str())).collect();
    assert_eq!(
        told,
        [
            ("/timeline/0/org", "an event has no key `org`"),
            ("/timeline/0/do/renew_token/server", "there is no server called `MDM`")
        ]
    );
    let event = br#"{"at": "1h", "do": {"assign": {"order": "W1", "server": "MDM"}}}"#;
    assert!(read_event(event, &["MDM"], NOW, &surroundings()).unwrap().is_some());
    let mistakes = read_event(event, &["Other"], NOW, &surroundings()).unwrap_err();
    assert_eq!(mistakes.list()[0].pointer, "/do/assign/server");
}

#[test]
fn dates_that_a_clock_without_a_start_has_passed_are_pointed_out() {
    let text = "version: 1\norganizations: [id: acme]\ntimeline: [{at: 2020-01-01, delay: 1d, do: {end_sessions: }}]\n";
    let told = warnings(&read_text(text).unwrap(), NOW);
    assert!(
        told[0].starts_with("acme: the timeline names 2020-01-02T00:00:00Z, and the clock starts later"),
        "{told:?}"
    );
    let with_start = text.replace("organizations", "clock: {start: 2019-01-01}\norganizations");
    let none: [String; 0] = [];
    assert_eq!(warnings(&read_text(&with_start).unwrap(), NOW), none);
    assert_eq!(
        warnings(&read_text(&text.replace("2020-01-01", "1h")).unwrap(), NOW),
        none,
        "the timeline itself is no surprise"
    );
}
