//! What a scenario without mistakes becomes.

use serde_json::json;

use super::*;
use crate::clock::{Mode, Span};
use crate::scenario::plan::{
    DevicePlan, ModelPlan, Moment, OrderSource, OrganizationKind, OrganizationPlan, PersonPlan, ServerChoice,
};

fn organization(lines: &str) -> OrganizationPlan {
    let scenario = read_text(&format!("version: 1\norganizations:\n- id: acme\n{lines}"));
    scenario.unwrap_or_else(|mistakes| panic!("{mistakes}")).organizations.remove(0)
}

fn device(line: &str) -> DevicePlan {
    let lines = format!("  servers: [name: MDM]\n  orders:\n  - devices:\n    - {line}\n");
    organization(&lines).orders.remove(0).devices.remove(0)
}

#[test]
fn every_shipped_scenario_is_right() {
    for file in scenario_files() {
        if let Err(mistakes) = read(&[file], &surroundings()) {
            panic!("{mistakes}");
        }
    }
    let default = read(&[SourceFile::default_scenario()], &surroundings()).unwrap();
    let lines = default.organizations[0].orders.iter().flat_map(|order| &order.devices);
    assert_eq!(lines.map(|line| line.count).sum::<u32>(), 60);
}

#[test]
fn the_large_scenario_has_a_hundred_thousand_devices() {
    let file = scenario_files().into_iter().find(|file| file.name.ends_with("large.yaml")).unwrap();
    let scenario = read(&[file], &surroundings()).unwrap();
    let orders = &scenario.organizations[0].orders;
    let devices = orders.iter().map(|order| order.count * order.devices.iter().map(|line| line.count).sum::<u32>());
    assert_eq!(devices.sum::<u32>(), 100_000);
}

#[test]
fn what_is_absent_has_its_default() {
    let acme = organization("  servers: [name: MDM]\n  orders: [{}]\n  people: [{}]\n");
    assert!(acme.terms_signed);
    assert_eq!(acme.kind, OrganizationKind::Business);
    assert_eq!(acme.suppliers, None);
    assert_eq!(acme.servers[0].token_expires_in, Span::from_days(365));
    assert!(acme.servers[0].allow_release);
    assert_eq!(acme.orders[0].count, 1);
    assert_eq!(acme.orders[0].source, OrderSource::Apple);
    assert_eq!(acme.people, [PersonPlan { count: 1, ..PersonPlan::default() }]);
}

#[test]
fn an_organization_is_read_whole() {
    let acme = organization(concat!(
        "  type: edu\n  terms: unsigned\n  phone: 004930123\n",
        "  suppliers: {customer_numbers: [1122334], reseller_ids: [0x16]}\n",
        "  clock: {start: 2026-09-01, mode: frozen, rate: 2}\n",
        "  servers: [{name: 007, default_for: [iPhone, mac], token: {expires_in: -1d}, allow_release: false}]\n",
        "  orders: [{number: 0012, source: 'reseller:16F', placed: 2026-08-01, arrives: +2h}]\n",
        "  quirks: {session_ttl: 1h, throttle: {assignments: 5}, x-note: mine}\n",
        "  user_groups: [{name: all}]\n",
    ));
    assert_eq!(acme.kind, OrganizationKind::School);
    assert!(!acme.terms_signed);
    assert_eq!(acme.phone.as_deref(), Some("004930123"));
    let suppliers = acme.suppliers.unwrap();
    assert_eq!(
        (suppliers.customer_numbers, suppliers.reseller_ids),
        (vec!["1122334".to_owned()], vec!["0x16".to_owned()])
    );
    assert_eq!(
        (acme.clock.start, acme.clock.mode, acme.clock.rate),
        ("2026-09-01".parse().ok(), Some(Mode::Frozen), Some(2.0))
    );
    assert_eq!(acme.servers[0].name, "007");
    assert_eq!(acme.servers[0].default_for, [Family::IPhone, Family::Mac]);
    assert_eq!(acme.servers[0].token_expires_in, Span::from_days(-1));
    let order = &acme.orders[0];
    assert_eq!(order.number.as_deref(), Some("0012"));
    assert_eq!(order.source, OrderSource::Reseller("16F".to_owned()));
    assert_eq!(order.placed, Moment::At("2026-08-01".parse().unwrap()));
    assert_eq!(order.arrives, Some(Moment::In(Span::from_seconds(7_200))));
    assert_eq!(json!(acme.quirks), json!({ "session_ttl": "1h", "throttle": { "assignments": 5 } }));
    assert_eq!(json!(acme.more), json!({ "user_groups": [{ "name": "all" }] }));
}

#[test]
fn a_line_names_a_model_a_family_or_nothing() {
    for (line, wanted) in [
        ("{model: iPhone 16}", ModelPlan::Catalog("iPhone 16".to_owned())),
        ("{model: iPhone 16, family: iPhone}", ModelPlan::Catalog("iPhone 16".to_owned())),
        ("{model: 1234}", ModelPlan::Catalog("1234".to_owned())),
        ("{model: Fridge, family: Mac}", ModelPlan::Custom { name: "Fridge".to_owned(), family: Family::Mac }),
        ("{family: iPad, count: 5}", ModelPlan::AnyOf(Family::IPad)),
        ("{count: 5}", ModelPlan::Any),
        ("{serial: C02XK1ABCDEF}", ModelPlan::Any),
    ] {
        assert_eq!(device(line).model, wanted, "{line}");
    }
}

#[test]
fn a_line_names_a_server_none_or_leaves_it_open() {
    assert_eq!(device("{server: MDM}").server, ServerChoice::Named("MDM".to_owned()));
    assert_eq!(device("{server: null}").server, ServerChoice::Unassigned);
    assert_eq!(device("{server: }").server, ServerChoice::Unassigned);
    assert_eq!(device("{count: 1}").server, ServerChoice::Default);
}

#[test]
fn the_rest_of_a_line_is_kept() {
    let line =
        device("{serial: 12345678, asset_tag: 0007, os_version: 26.10, applecare: {until: 2027-01-01}, x-note: 1}");
    assert_eq!(line.serial.unwrap().as_str(), "12345678");
    assert_eq!(line.asset_tag.as_deref(), Some("0007"));
    assert_eq!(line.os_version.as_ref().map(ToString::to_string).as_deref(), Some("26.10"));
    assert_eq!(json!(line.more), json!({ "applecare": { "until": "2027-01-01" } }));
}

#[test]
fn what_is_kept_as_json_has_its_types() {
    let text = concat!(
        "version: 1\norganizations:\n- id: acme\n  api_accounts:\n  - {name: 12, x-note: 1, key: false, permissions: [1.10]}\n",
        "faults:\n- {on: enrollment.account, times: 3, x-note: mine, do: {status: 503}}\n",
    );
    let scenario = read_text(text).unwrap();
    let account = json!({ "name": "12", "key": false, "permissions": ["1.10"] });
    assert_eq!(json!(scenario.organizations[0].api_accounts), json!([account]));
    assert_eq!(
        json!(scenario.organizations[0].faults),
        json!([{ "on": "enrollment.account", "times": 3, "do": { "status": 503 } }])
    );
}

#[test]
fn variables_come_from_the_environment() {
    let acme = organization(concat!(
        "  name: ${NAME}\n  email: \"${NONE:-a}@$$b\"\n  servers: [name: \"x ${COUNT}\"]\n",
        "  orders: [{devices: [{count: \"${COUNT}\", color: \"${NONE:-null}\"}]}]\n",
    ));
    assert_eq!(acme.name.as_deref(), Some("Acme: \"the\" Corporation"));
    assert_eq!(acme.email.as_deref(), Some("a@$b"));
    assert_eq!(acme.servers[0].name, "x 3");
    assert_eq!(acme.orders[0].devices[0].count, 3);
}

#[test]
fn aliases_and_merge_keys_stand_for_what_they_name() {
    let acme = organization(concat!(
        "  x-mac: &mac {model: MacBook Pro, count: 2, color: SILVER}\n",
        "  servers: [name: &mdm MDM]\n  orders:\n  - devices: &two\n    - {<<: *mac, color: BLACK, server: *mdm}\n    - *mac\n",
        "  - devices: *two\n",
    ));
    let [first, second] = &acme.orders[0].devices[..] else { panic!("{acme:?}") };
    assert_eq!((first.count, first.color.as_deref()), (2, Some("BLACK")));
    assert_eq!(first.server, ServerChoice::Named("MDM".to_owned()));
    assert_eq!((&second.model, second.color.as_deref()), (&first.model, Some("SILVER")));
    assert_eq!(acme.orders[1].devices, acme.orders[0].devices);
}

#[test]
fn json_is_yaml() {
    let text = "{\n\t\"version\": 1,\n\t\"organizations\": [{\"name\": \"Caf\\u00e9 \\ud83d\\ude00\\/\\n\", \"clock\": {\"rate\": 1e2}}]\n}\n";
    let scenario = read_text(text).unwrap();
    assert_eq!(scenario.organizations[0].name.as_deref(), Some("Café 😀/\n"));
    assert_eq!(scenario.organizations[0].clock.rate, Some(100.0));
}

#[test]
fn a_byte_order_mark_does_not_count() {
    assert_eq!(read_text("\u{feff}version: 1\nseed: 5").unwrap().seed, Some(5));
    let mistakes = read_text("\u{feff}version: 3").unwrap_err();
    assert_eq!(mistakes.to_string(), "acme.yaml:1:10: `version` must be 1, not `3`");
}

#[test]
fn variables_need_no_quotes_between_brackets() {
    let text = "version: 1\norganizations:\n- {id: ${ID:-abc}, name: ${NAME}, \
                orders: [{devices: [{model: iPhone 16, count: ${MANY:-5}}]}]}\n";
    let scenario = read_text(text).unwrap();
    let organization = &scenario.organizations[0];
    assert_eq!(organization.id.as_deref(), Some("abc"));
    assert_eq!(organization.orders[0].devices[0].count, 5);
}
