//! Rows that are read without the YAML parser mean what the YAML parser says.

use proptest::prelude::*;

use crate::scenario::builder::build;
use crate::scenario::complaints::{Complaints, Text};
use crate::scenario::rows::set_apart;

/// What is read from `text`, with the place of every value, and what is wrong with it.
fn slowly(text: &str) -> (Option<String>, String) {
    let mut complaints = Complaints::default();
    let tree = build(text, text, Vec::new(), 0, None, &mut complaints);
    let cells = tree.map(|tree| format!("{:?} {:?}", tree.cells, tree.owned));
    (
        cells,
        complaints
            .settle((), &[Text { name: "", text }])
            .map_or_else(|mistakes| mistakes.to_string(), |()| String::new()),
    )
}

/// The same with runs set apart; nothing where there are none, or where the document has to be read again.
fn quickly(text: &str) -> Option<(Option<String>, String)> {
    let (blanked, runs) = set_apart(text, 1)?;
    let mut complaints = Complaints::default();
    let tree = build(text, &blanked, runs, 0, None, &mut complaints)?;
    let cells = Some(format!("{:?} {:?}", tree.cells, tree.owned));
    let mistakes = complaints.settle((), &[Text { name: "", text }]);
    Some((cells, mistakes.map_or_else(|mistakes| mistakes.to_string(), |()| String::new())))
}

#[test]
fn runs_are_found_where_they_are() {
    for (text, rows) in [
        ("a:\n- {b: c, d: \"e f\"}\n- {b: c}\n- {g: 1}\nh: i\n", 2),
        ("- a: b\n  c: d e\n- a: \"x: y\"\n- a: b\n", 2),
        ("  - a: b\n    c: d\n  - a: b\n    c: {}\n", 0),
        ("- a: b\n- a: b\n  more\n", 0),
        ("- a: b\n- a: b\n\n  more\n", 0),
        ("- a: b\n- a: b # x\n", 0),
        ("- a: b\n- a: b\n- c: 'd'\n", 1),
        ("- {a: b}\n- {a: b, a: c}\n", 0),
        ("[{\"a\":\"b\",\"c\":1},{\"a\":\"b\"},\n {\"a\": null}]", 2),
        ("[{a: b}, {c: d}: e]", 0),
        ("[{a: b}, {c: d}, {e: $f}]", 1),
        ("- {a: b}\r\n- {a: b}\r\n", 1),
    ] {
        let runs = set_apart(text, 1).map_or(Vec::new(), |(_, runs)| runs);
        assert_eq!(runs.iter().map(|run| run.rows).sum::<usize>(), rows, "{text}");
        assert!(rows == 0 || quickly(text).is_some(), "{text}");
    }
}

#[test]
fn what_only_looks_like_a_list_is_read_again() {
    for text in [
        "a: |\n  - {b: c}\n  - {b: c}\n",
        "a: \"[{b: c}, {b: c}]\"\n",
        "a: b\n  - {b: c}\n  - {b: c}\n",
        "{a: {b: c}, {d: e}, f: g}",
    ] {
        assert!(set_apart(text, 1).is_some() && quickly(text).is_none(), "{text}");
    }
}

fn piece() -> impl Strategy<Value = String> {
    let pieces = vec![
        "- {a: b}\n",
        "- {a: b, c: \"d\"}\n",
        "  - {a: b}\n",
        "  - {a: 1.5}\n",
        "- a: b\n",
        "- a: b\n  c: d\n",
        "  - a: b\n",
        "    c: d\n",
        "  c: d\n",
        "key:\n",
        "key: |\n",
        "key: >\n",
        "  key:\n",
        "- - {a: b}\n",
        "- [\n",
        "[",
        "]",
        "{",
        "}",
        ",",
        "{a: b},",
        "{a: b}, ",
        "{\"a\":\"b\"},",
        "{\"a\": 1}",
        "\n",
        " ",
        "  ",
        "# c\n",
        "- &x {a: b}\n",
        "- *x\n",
        "- {a: $b}\n",
        "- {a: b, a: c}\n",
        "- {<<: b}\n",
        "\"",
        "'",
        ": ",
        ":",
        "? ",
        "- ",
        "---\n",
        "...\n",
        "é",
        "- {a: b}\r\n",
        "\r",
        "\t",
        "- a:\n",
        "- \"a\": b\n",
        "    more\n",
        "- a: null\n",
    ];
    prop::sample::select(pieces).prop_map(str::to_owned)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn quick_and_slow_readings_agree(pieces in prop::collection::vec((piece(), 1..4_usize), 1..10)) {
        let text: String = pieces.iter().map(|(piece, times)| piece.repeat(*times)).collect();
        if let Some(quick) = quickly(&text) {
            prop_assert_eq!(quick, slowly(&text), "{}", text);
        }
    }
}
