//! Every kind of mistake, at its line and column.

use super::*;

/// The mistakes of `text` as `line:column: message`.
fn mistakes(text: &str) -> Vec<String> {
    let mistakes = read_text(text).expect_err(text);
    mistakes.into_iter().map(|mistake| format!("{}:{}: {}", mistake.line, mistake.column, mistake.message)).collect()
}

fn hint(text: &str) -> Option<String> {
    read_text(text).unwrap_err().list()[0].hint.clone()
}

/// Mistakes of an organisation that begins on line 4.
fn of_organization(lines: &str) -> Vec<String> {
    mistakes(&format!("version: 1\norganizations:\n- id: acme\n{lines}"))
}

/// Mistakes of an order's only line, which begins on line 6 in column 5.
fn of_device(line: &str) -> Vec<String> {
    of_organization(&format!("  servers: [name: MDM]\n  orders: [devices: [\n    {line}]]\n"))
}

#[test]
fn what_is_not_yaml() {
    for (text, wanted) in [
        ("version: 1\nclock: {start: x\n", "2:8: this is not YAML: unclosed bracket '{'"),
        (
            "version: 1\nclock:\n\tstart: 1\n",
            "3:2: this is not YAML: tabs disallowed within this context (block indentation)",
        ),
        ("version: 1\nseed: a: b\n", "2:8: this is not YAML: mapping values are not allowed in this context"),
        ("version: 1\nx-a: @b\n", "2:6: this is not YAML: unexpected character: `@'"),
    ] {
        assert_eq!(mistakes(text), [wanted], "{text}");
    }
    let text = "version: 1\nx-a: {b: ${NAME\n}}\n";
    assert_eq!(mistakes(text).len(), 1);
}

#[test]
fn what_yaml_allows_and_a_scenario_does_not() {
    for (text, wanted) in [
        ("version: 1\nseed: 1\nversion: 1\n", "3:1: `version` is given twice"),
        ("version: 1\n---\nversion: 1\n", "2:1: a scenario file holds one document, not several"),
        ("version: 1\nx-a: *none\n", "2:6: nothing is called `none`"),
        ("version: 1\nx-a: &a [*a]\n", "2:10: this alias stands for something that it is itself part of"),
        ("version: !!int 1\n", "1:10: tags have no meaning in a scenario"),
        ("version: 1\n? [a]\n: b\n", "2:3: a key must be text"),
        ("version: 1\n<<: 5\n", "2:5: `<<` takes a mapping, or a list of mappings"),
        ("- version\n", "1:1: the document must be a mapping, not a list"),
        ("", "1:1: a scenario needs `version`"),
        ("# nothing\n", "1:1: a scenario needs `version`"),
        ("seed: ${NONE}\nversion: 1", "1:7: the environment variable `NONE` is not set"),
        ("version: 1\nx-a: \"a ${\"", "2:6: `${` is never closed"),
    ] {
        assert_eq!(mistakes(text), [wanted], "{text}");
    }
}

#[test]
fn keys_and_types() {
    for (text, wanted) in [
        ("version: 2\n", "1:10: `version` must be 1, not `2`"),
        ("version: \"1\"\n", "1:10: `version` must be 1, not `1`"),
        ("version:\nseed: 1\n", "1:1: `version` has no value"),
        ("version: 1\nsed: 4\n", "2:1: a scenario has no key `sed`"),
        ("version: 1\nseed: -4\n", "2:7: `seed` must be a whole number, at least 0, not `-4`"),
        ("version: 1\nseed: 1.5\n", "2:7: `seed` must be a whole number, at least 0, not `1.5`"),
        ("version: 1\norganizations: acme\n", "2:16: `organizations` must be a list, not `acme`"),
        ("version: 1\norganizations: [acme]\n", "2:17: an entry of `organizations` must be a mapping, not `acme`"),
        ("version: 1\norganizations: [~]\n", "2:17: an entry of `organizations` is empty"),
        (
            "version: 1\norganizations:\n- id: Acme Corp\n",
            "3:7: `id` must be lower-case letters, digits and dashes, not `Acme Corp`",
        ),
        ("version: 1\norganizations:\n- name: true\n", "3:9: `name` must be text, not `true`"),
        ("version: 1\norganizations:\n- name: ''\n", "3:9: `name` is empty"),
        ("version: 1\norganizations:\n- name:\n", "3:3: `name` has no value"),
        ("version: 1\norganizations:\n- type: school\n", "3:9: `type` must be `org` or `edu`, not `school`"),
        ("version: 1\norganizations:\n- terms: sigend\n", "3:10: `terms` must be `signed` or `unsigned`, not `sigend`"),
        ("version: 1\nclock: {start: tomorrow}\n", "2:16: `start` must be a time, not `tomorrow`"),
        ("version: 1\nclock: {mode: stopped}\n", "2:15: `mode` must be `running` or `frozen`, not `stopped`"),
        ("version: 1\nclock: {rate: 0}\n", "2:15: `rate` must be a number above 0, up to 1000000000, not `0`"),
        ("version: 1\nclock: [1]\n", "2:8: `clock` must be a mapping, not a list"),
        ("version: 1\norganizations: [{}]\nfaults: [{do: {status: 503}}]\n", "3:10: a fault needs `on`"),
        (
            "version: 1\nfaults: [{on: enrollment.account, do: {status: 503}}]\n",
            "2:10: there is no organisation whose calls could fail",
        ),
        (
            "version: 1\nfaults: [{on: enrollment.account, do: {status: 503}, org: b}]\n",
            "2:59: there is no organisation with the id `b`",
        ),
        (
            "version: 1\norganizations: [{}]\nfaults: [{on: enrollment.account, do: {error: EXPIRED_CURSOR}}]\n",
            "3:47: enrollment.account has no error `EXPIRED_CURSOR`",
        ),
        (
            "version: 1\norganizations: [{}]\nfaults:\n- on: enrollment.sync_device\n  do: {error: EXPIRED_CURSOR}\n",
            "4:7: there is no operation `enrollment.sync_device`",
        ),
        (
            "version: 1\norganizations:\n- id: a\n  faults: [{on: enrollment.account, when: {server: MDN}, do: {delay: 1s}}]\n",
            "4:52: there is no server called `MDN`",
        ),
        (
            "version: 1\norganizations: [{}]\ntimeline: [{at: soon, do: {end_sessions: }}]\n",
            "3:17: `at` must be a time, or a duration from the clock's start, not `soon`",
        ),
        ("version: 1\norganizations: [{}]\ntimeline: [{at: 1h, do: x}]\n", "3:25: `do` must be a mapping, not `x`"),
    ] {
        assert_eq!(mistakes(text), [wanted], "{text}");
    }
    let text = "version: 1\norganizations:\n- id: a\n- id: b\n- id: a\n";
    assert_eq!(mistakes(text), ["5:7: two organisations have the id `a`"]);
    assert_eq!(hint(text).as_deref(), Some("it is first given at acme.yaml:3:7"));
}

#[test]
fn organizations() {
    for (lines, wanted) in [
        ("  servers: [{default_for: [iPad]}]\n", "4:13: a server needs `name`"),
        ("  servers: [name: A, name: B, name: A]\n", "4:37: two servers are called `A`"),
        ("  servers: [name: Unassigned]\n", "4:19: `Unassigned` cannot be a server's name"),
        (
            "  servers: [{name: A, default_for: [iPhon]}]\n",
            "4:37: an entry of `default_for` must be a product family, not `iPhon`",
        ),
        (
            "  servers: [{name: A, default_for: [iPad]}, {name: B, default_for: [Mac, iPad]}]\n",
            "4:74: iPad already has a default server",
        ),
        ("  servers: [{name: A, token: {expires_in: 365}}]\n", "4:43: `expires_in` must be a duration, not `365`"),
        ("  servers: [{name: A, allow_release: yes}]\n", "4:38: `allow_release` must be true or false, not `yes`"),
        ("  servers: [{name: A, certificate: abc}]\n", "4:36: `certificate` must be a certificate in PEM, not `abc`"),
        ("  people: [roles: [admin]]\n", "4:20: an entry of `roles` must be one of 11 words, not `admin`"),
        ("  people: [{name: A, count: 2}]\n", "4:19: 2 people cannot share one `name`"),
        ("  people: [managed_account: a@b, managed_account: a@b]\n", "4:51: two people have the account `a@b`"),
        ("  suppliers: {customers: []}\n", "4:15: a list of suppliers has no key `customers`"),
        ("  locations: [{name: A, assets: [{name: B}]}]\n", "4:34: an asset needs `adam_id`"),
        ("  locations: [{name: A, assets: [{adam_id: B}]}]\n", "4:44: `adam_id` must be a number, not `B`"),
        (
            "  locations: [{name: A, assets: [{adam_id: 1, licenses: many}]}]\n",
            "4:57: `licenses` must be a whole number from 1, or `unlimited`, not `many`",
        ),
        ("  locations: [{name: A, user: []}]\n", "4:25: a location has no key `user`"),
        ("  user_groups: [a]\n", "4:17: an entry of `user_groups` must be a mapping, not `a`"),
        ("  quirks: {throttle: {window: wrong}}\n", "4:31: no such window"),
        ("  id2: b\n", "4:3: an organisation has no key `id2`"),
    ] {
        assert_eq!(of_organization(lines), [wanted], "{lines}");
    }
    let servers: Vec<String> = (0..251).map(|number| format!("  - name: s{number}\n")).collect();
    assert_eq!(
        of_organization(&format!("  servers:\n{}", servers.concat())),
        ["255:5: an organisation has at most 250 servers"]
    );
}

#[test]
fn orders() {
    for (lines, wanted) in [
        (
            "  orders: [{source: aple}]\n",
            "4:21: `source` must be `apple`, `apple:<customer number>` or `reseller:<DEP reseller id>`, not `aple`",
        ),
        (
            "  orders: [{source: 'reseller:'}]\n",
            "4:21: `source` must be `apple`, `apple:<customer number>` or `reseller:<DEP reseller id>`, not `reseller:`",
        ),
        ("  orders: [{placed: 2011-02-28}]\n", "4:21: orders placed with Apple before 2011-03-01 cannot be added"),
        (
            "  clock: {start: 2012-01-01}\n  orders: [{placed: -400d, source: 'apple:1'}]\n",
            "5:21: orders placed with Apple before 2011-03-01 cannot be added",
        ),
        ("  orders: [{placed: -99999d, source: 'reseller:1'}]\n", "4:21: this lies before 1970 or after 2105"),
        ("  orders: [{count: 0}]\n", "4:20: `count` must be a whole number from 1 to 1000000, not `0`"),
        ("  orders: [{count: 2, number: A}]\n", "4:31: 2 orders cannot share one number"),
        (
            "  orders: [{count: 2, devices: [{serial: C02XK1ABCDEF}]}]\n",
            "4:42: 2 orders cannot all have the device `C02XK1ABCDEF`",
        ),
        (
            "  orders: [{devices: [{count: 9999999}, {count: 2}]}]\n",
            "4:41: with these, the scenario has 10000001 devices; 10000000 are the most",
        ),
    ] {
        assert_eq!(of_organization(lines), [wanted], "{lines}");
    }
    assert!(read_text("version: 1\norganizations: [orders: [{placed: 2010-01-01, source: 'reseller:1'}]]").is_ok());
}

#[test]
fn devices() {
    for (line, wanted) in [
        ("{model: iPhone 61}", "6:13: `iPhone 61` is not in the catalogue"),
        ("{model: iPhone 16, family: Mac}", "6:13: `iPhone 16` is of the family iPhone, not Mac"),
        ("{serial: c02xk1abcdef}", "6:14: `serial` must be a serial number, not `c02xk1abcdef`"),
        ("{serial: C02}", "6:14: `serial` must be a serial number, not `C02`"),
        ("{serial: C02XK1ABCDEF}, {serial: C02XK1ABCDEF}", "6:38: two devices have the serial number `C02XK1ABCDEF`"),
        ("{serial: C02XK1ABCDEF, count: 2}", "6:35: one serial number is one device"),
        ("{count: 0}", "6:13: `count` must be a whole number from 1 to 10000000, not `0`"),
        ("{count: '5'}", "6:13: `count` must be a whole number from 1 to 10000000, not `5`"),
        ("{server: MDN}", "6:14: there is no server called `MDN`"),
        ("{server: mdm}", "6:14: there is no server called `mdm`"),
        ("{modle: iPhone 16}", "6:6: a device has no key `modle`"),
        ("{enrolled: yes}", "6:16: `enrolled` must be `built_in`, not `yes`"),
    ] {
        assert_eq!(of_device(line), [wanted], "{line}");
    }
}

#[test]
fn hints_say_what_would_be_right() {
    let device = |line: &str| {
        hint(&format!("version: 1\norganizations: [{{servers: [name: MDM], orders: [devices: [{line}]]}}]"))
    };
    for (line, wanted) in [
        ("{modle: iPhone 16}", "did you mean `model`?"),
        ("{server: MDN}", "did you mean `MDM`?"),
        ("{server: Other}", "there are `MDM`"),
        ("{serial: c02xk1abcdef}", "did you mean `C02XK1ABCDEF`?"),
        ("{count: '5'}", "leave the quotes out"),
        ("{color: true}", "put text in quotes: \"true\""),
    ] {
        assert_eq!(device(line).as_deref(), Some(wanted), "{line}");
    }
    assert!(device("{model: iPhone 61}").unwrap().starts_with("did you mean `iPhone 16`?"));
    assert_eq!(hint("version: 1\norganizations: [id: Acme Corp]").as_deref(), Some("`acme-corp` would do"));
    assert_eq!(
        hint("x: 1").as_deref(),
        Some("its keys are version, seed, clock, organizations, faults, timeline; keys that begin with x- are free")
    );
}

#[test]
fn pointers_lead_to_the_value() {
    let mistakes =
        read_text("version: 1\norganizations: [{}, {orders: [{devices: [{count: 1}, {server: x}]}]}]").unwrap_err();
    assert_eq!(mistakes.list()[0].pointer, "/organizations/1/orders/0/devices/1/server");
}

#[test]
fn a_fault_names_a_server_or_a_location_that_is_there() {
    let house =
        "version: 1\norganizations:\n- id: acme\n  servers: [name: MDM]\n  locations: [name: HQ, name: Branch]\n";
    let rule = |on: &str, server: &str| format!("  - {{on: {on}, when: {{server: {server}}}, do: {{status: 503}}}}\n");
    let own = |on: &str, server: &str| format!("{house}  faults:\n{}", rule(on, server));
    for (on, server) in [("apps.assets", "HQ"), ("'catalog.*'", "[HQ, Branch]"), ("'*'", "[HQ, MDM]")] {
        assert!(read_text(&own(on, server)).is_ok(), "{on} {server}");
    }
    for (text, wanted, hinted) in [
        (own("apps.assets", "Brunch"), "7:38: there is no location called `Brunch`", "did you mean `Branch`?"),
        (own("apps.assets", "Nowhere"), "7:38: there is no location called `Nowhere`", "there are `Branch`, `HQ`"),
        (
            own("'*'", "[HQ, Nowhere]"),
            "7:35: there is no server and no location called `Nowhere`",
            "there are `Branch`, `HQ`, `MDM`",
        ),
        (
            own("enrollment.account", "HQ"),
            "7:45: there is no server called `HQ`",
            "`HQ` is a location: its calls are those of apps.* and catalog.*",
        ),
        (
            format!("{house}faults:\n{}", rule("apps.assets", "MDM")),
            "7:38: there is no location called `MDM`",
            "`MDM` is an MDM server, and these calls come from locations: there are `Branch`, `HQ`",
        ),
    ] {
        assert_eq!((mistakes(&text), hint(&text).as_deref()), (vec![wanted.to_owned()], Some(hinted)), "{text}");
    }
}
