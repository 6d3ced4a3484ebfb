//! Several files, and bodies of the control API.

use super::*;
use crate::clock::{Mode, Span};
use crate::scenario::plan::{ServerChoice, Suppliers};

fn read_all(texts: &[&str]) -> Result<Scenario, Mistakes> {
    let names = ["a.yaml", "b.yaml", "c.yaml"];
    let files: Vec<_> = texts.iter().zip(names).map(|(text, name)| SourceFile::new(name, *text)).collect();
    read(&files, &surroundings())
}

#[test]
fn later_files_add_to_lists_and_replace_everything_else() {
    let scenario = read_all(&[
        concat!(
            "version: 1\nseed: 1\nclock: {start: 2026-09-01, mode: frozen}\norganizations:\n- id: acme\n  name: Acme\n  phone: 1\n",
            "  suppliers: {reseller_ids: [A]}\n  orders: [devices: [{server: From B}]]\n- id: other\n- name: nameless\nfaults: [{on: enrollment.account, do: {status: 503}}]\n",
            "timeline: [{at: 1h, org: acme, do: {end_sessions: }}]\n",
        ),
        concat!(
            "version: 1\nseed: 2\nclock: {mode: running}\norganizations:\n- name: nameless\n- id: acme\n  name: Acme Two\n",
            "  suppliers: {reseller_ids: [B]}\n  servers: [name: From B]\nfaults: [{on: enrollment.*, org: other, do: {delay: 1s}}]\n",
            "timeline: [{at: 2h, org: acme, do: {renew_token: {server: From B}}}, {at: 3h, org: other, do: {end_sessions: }}]\n",
        ),
    ]);
    let scenario = scenario.unwrap_or_else(|mistakes| panic!("{mistakes}"));
    assert_eq!(scenario.seed, Some(2));
    assert_eq!((scenario.clock.start, scenario.clock.mode), ("2026-09-01".parse().ok(), Some(Mode::Running)));
    let ids: Vec<_> = scenario.organizations.iter().map(|organization| organization.id.as_deref()).collect();
    assert_eq!(ids, [Some("acme"), Some("other"), None, None]);
    let acme = &scenario.organizations[0];
    assert_eq!((acme.name.as_deref(), acme.phone.as_deref()), (Some("Acme Two"), Some("1")));
    let reseller_ids = vec!["A".to_owned(), "B".to_owned()];
    assert_eq!(acme.suppliers, Some(Suppliers { reseller_ids, ..Suppliers::default() }));
    assert_eq!(acme.orders[0].devices[0].server, ServerChoice::Named("From B".to_owned()));
    let events: Vec<usize> = scenario.organizations.iter().map(|organization| organization.timeline.len()).collect();
    assert_eq!(events, [2, 1, 0, 0]);
    let faults: Vec<usize> = scenario.organizations.iter().map(|organization| organization.faults.len()).collect();
    assert_eq!(faults, [1, 2, 1, 1], "the first file's are for all, the second's for one");
}

#[test]
fn a_mistake_names_its_own_file_and_the_other_one() {
    let mistakes = read_all(&[
        "version: 1\norganizations: [{id: acme, servers: [name: MDM]}]\n",
        "version: [\n",
        "seed: x\norganizations: [{id: acme, servers: [name: MDM]}]\n",
    ]);
    let wanted = concat!(
        "b.yaml:1:10: this is not YAML: unclosed bracket '['\n",
        "c.yaml:1:1: a scenario needs `version`\n    `version`: The version of this format, which is 1.\n",
        "c.yaml:1:7: `seed` must be a whole number, at least 0, not `x`\n",
        "c.yaml:2:44: two servers are called `MDM`\n    it is first given at a.yaml:2:44",
    );
    assert_eq!(mistakes.unwrap_err().to_string(), wanted);
}

#[test]
fn what_is_not_utf8_is_a_mistake_with_its_place() {
    let file = SourceFile::new("latin.yaml", b"version: 1\nx-a: \xc3\xa9 caf\xe9\n".as_slice());
    let mistakes = read(&[file], &surroundings()).unwrap_err();
    assert_eq!(mistakes.to_string(), "latin.yaml:2:11: this is not UTF-8 text\n    save the file as UTF-8");
}

#[test]
fn a_body_is_one_organization() {
    let body = br#"{"name": "${NAME}", "like": "acme", "ttl": "10m", "clock": {"mode": "frozen"}, "servers": [{"name": "MDM"}]}"#;
    let request = read_organization(body, &surroundings()).unwrap();
    assert_eq!(request.plan.name.as_deref(), Some("${NAME}"));
    assert_eq!((request.like.as_deref(), request.ttl), (Some("acme"), Some(Span::from_seconds(600))));
    assert_eq!(request.plan.clock.mode, Some(Mode::Frozen));
    for body in ["", "{}", "version: 1"] {
        let request = read_organization(body.as_bytes(), &surroundings()).unwrap();
        assert!(request.plan.terms_signed && request.plan.id.is_none(), "{body}");
    }
}

#[test]
fn mistakes_of_a_body_have_pointers() {
    let mistakes =
        read_organization(br#"{"servers": [{}], "quirks": {"a": {"window": "wrong"}}}"#, &surroundings()).unwrap_err();
    let pointers: Vec<_> = mistakes.list().iter().map(|mistake| mistake.pointer.as_str()).collect();
    assert_eq!(pointers, ["/servers/0", "/quirks/a/window"]);
    assert!(mistakes.to_string().starts_with("body:1:14: a server needs `name`"));
}

#[test]
fn an_order_names_servers_of_its_organization() {
    let body = br#"{"number": 12, "devices": [{"model": "iPhone 16", "server": "MDM"}, {"server": "5F3A"}]}"#;
    let order = read_order(body, &["MDM", "5F3A"], NOW, &surroundings()).unwrap();
    assert_eq!((order.number.as_deref(), order.devices.len()), (Some("12"), 2));
    let mistakes = read_order(body, &["MDM"], NOW, &surroundings()).unwrap_err();
    assert_eq!(mistakes.list()[0].pointer, "/devices/1/server");
}
