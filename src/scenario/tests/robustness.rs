//! Whatever comes in: no panic, no endless work, and either a scenario or mistakes with their places.

use proptest::prelude::*;

use super::*;

fn is_handled(bytes: &[u8]) {
    let file = SourceFile::new("any.yaml", bytes);
    if let Err(mistakes) = read(&[file], &surroundings()) {
        assert!(!mistakes.list().is_empty());
        assert!(mistakes.list().iter().all(|mistake| mistake.line >= 1 && mistake.column >= 1));
        assert!(mistakes.to_string().lines().count() >= mistakes.list().len());
    }
    let _ = read_organization(bytes, &surroundings());
    let _ = read_order(bytes, &["MDM"], NOW, &surroundings());
    let callers = Callers { servers: ["MDM"].into(), locations: ["HQ"].into() };
    let _ = read_faults(bytes, &callers, &surroundings());
}

/// A change to a scenario: where, how much goes, and what comes instead.
fn change() -> impl Strategy<Value = (prop::sample::Index, usize, String)> {
    let pieces = prop::sample::select(vec![
        "",
        " ",
        "\n",
        "\t",
        "  ",
        "- ",
        ": ",
        ":",
        "{",
        "}",
        "[",
        "]",
        ",",
        "\"",
        "'",
        "#",
        "&a ",
        "*a",
        "<<: *a",
        "!!str ",
        "|\n",
        "? ",
        "---\n",
        "${",
        "${X}",
        "$",
        "\0",
        "\u{feff}",
        "é",
        "😀",
        "~",
        "0x",
        "-1",
        "1e999",
        "99999999999999999999",
        "true",
        "id: acme\n",
        "count: 0",
        "server: x",
        "serial: C02XK1ABCDEF",
        "\r",
        "%",
        "@",
    ]);
    (any::<prop::sample::Index>(), 0..20_usize, pieces.prop_map(str::to_owned))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_bytes_are_handled(bytes: Vec<u8>) {
        is_handled(&bytes);
    }

    #[test]
    fn any_text_is_handled(text in "[a-c:\\[\\]{},*&!<> \n\"'|#-]{0,60}") {
        is_handled(text.as_bytes());
    }

    #[test]
    fn changed_scenarios_are_handled(which in 0..5_usize, changes in prop::collection::vec(change(), 1..8)) {
        let mut text = scenario_files().swap_remove(which).text;
        for (place, gone, piece) in changes {
            let from = place.index(text.len());
            let to = (from + gone).min(text.len());
            text.splice(from..to, piece.into_bytes());
        }
        is_handled(&text);
    }
}

#[test]
fn aliases_that_multiply_are_stopped() {
    let mut text = "version: 1\nx-0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..30 {
        let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
        text += &format!("x-{level}: &a{level} [{aliases}]\n");
    }
    let mistakes = read_text(&text).unwrap_err();
    assert_eq!(mistakes.list().len(), 1);
    assert!(mistakes.list()[0].message.contains("aliases may stand for 100000 values"), "{mistakes}");
}

#[test]
fn merges_that_multiply_are_stopped() {
    let keys: Vec<String> = (0..1_000).map(|key| format!("k{key}: 1")).collect();
    let copies: String = (0..100).map(|copy| format!("x-{copy}: {{<<: *all, own: 2}}\n")).collect();
    let text = format!("version: 1\nx-all: &all {{{}}}\n{copies}", keys.join(", "));
    let mistakes = read_text(&text).unwrap_err();
    assert!(mistakes.list()[0].message.contains("aliases may stand for 100000 values"), "{mistakes}");
}

#[test]
fn deep_nesting_is_a_mistake() {
    let mut deep: Vec<String> =
        ["[", "{a: ", "- ", "? ", "{[", "[{a: "].iter().map(|piece| piece.repeat(10_000)).collect();
    let aliases = (1..100).map(|level| format!("x-{level}: &a{level} [*a{}]\n", level - 1));
    deep.push(format!("version: 1\nx-0: &a0 []\n{}", aliases.collect::<String>()));
    for text in deep {
        let mistakes = read_text(&text).unwrap_err();
        assert!(mistakes.to_string().contains("nested more than 64 levels deep"), "{mistakes}");
    }
}

/// One core, release: `cargo test --release --lib -- --ignored --nocapture a_hundred_thousand_devices`.
#[test]
#[ignore = "measures, and means something in release only"]
fn a_hundred_thousand_devices_are_read_quickly() {
    let head = "version: 1\norganizations:\n- id: a\n  servers: [{name: Primary MDM}]\n  orders:\n  - devices:\n";
    let serials = || (0..100_000).map(|number| format!("C02{number:09}"));
    let flow =
        serials().map(|s| format!("    - {{serial: {s}, model: iPhone 16, color: BLACK, server: Primary MDM}}\n"));
    let block = serials()
        .map(|s| format!("    - serial: {s}\n      model: iPhone 16\n      color: BLACK\n      server: Primary MDM\n"));
    let json =
        serials().map(|s| format!(r#"{{"serial":"{s}","model":"iPhone 16","color":"BLACK","server":"Primary MDM"}}"#));
    let json = format!(
        r#"{{"version":1,"organizations":[{{"servers":[{{"name":"Primary MDM"}}],"orders":[{{"devices":[{}]}}]}}]}}"#,
        json.collect::<Vec<_>>().join(",")
    );
    let wrong = serials().map(|s| format!("    - {{serial: {s}, modle: iPhone 16, server: Primary}}\n"));
    for (name, text) in [
        ("flow", head.to_owned() + &flow.collect::<String>()),
        ("block", head.to_owned() + &block.collect::<String>()),
        ("JSON", json),
        ("all wrong", head.to_owned() + &wrong.collect::<String>()),
    ] {
        let before = crate::clock::wall();
        let result = read_text(&text);
        let took = crate::clock::wall() - before;
        println!("{name}: {} bytes in {} ms", text.len(), took.millis());
        assert_eq!(result.is_ok(), name != "all wrong");
        let limit = if result.is_ok() { 700 } else { 2_000 };
        assert!(took.millis() < limit, "{name}: {} ms", took.millis());
    }
}
