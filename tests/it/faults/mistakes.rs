//! What is wrong with a rule is told with its place and with what would be right.

use abmsim::faults;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::actors::World;

#[tokio::test]
async fn a_mistake_has_its_place_and_a_suggestion() {
    let world = World::small().await;
    let portal = world.portal();
    let account = |effect: Value| json!({"on": "enrollment.account", "do": effect});
    let sync = |effect: Value| json!({"on": "enrollment.sync_devices", "do": effect});
    let when = |when: Value| json!({"on": "enrollment.account", "when": when, "do": {"status": 503}});
    for (rule, pointer, words) in [
        (
            json!({"on": "enrollment.sync_device", "do": {"status": 503}}),
            "/on",
            "did you mean `enrollment.sync_devices`?",
        ),
        (
            json!({"on": ["enrollment.account", "nothing.*"], "do": {"status": 503}}),
            "/on/1",
            "no operation `nothing.*`",
        ),
        (json!({"on": [], "do": {"status": 503}}), "/on", "names no operation"),
        (json!({"do": {"status": 503}}), "", "needs `on`"),
        (json!({"on": "enrollment.account"}), "", "needs `do`"),
        (json!({"on": "enrollment.account", "time": 3, "do": {"status": 503}}), "/time", "did you mean `times`?"),
        (json!({"on": "enrollment.account", "times": 0, "do": {"status": 503}}), "/times", "at least 1"),
        (json!({"on": "enrollment.account", "probability": 2, "do": {"status": 503}}), "/probability", "up to 1"),
        (sync(json!({"error": "EXPIRED_CURSER"})), "/do/error", "did you mean `EXPIRED_CURSOR`?"),
        (account(json!({"error": "EXPIRED_CURSOR"})), "/do/error", "enrollment.account has no error `EXPIRED_CURSOR`"),
        (
            json!({"on": ["enrollment.sync_devices", "enrollment.account"], "do": {"error": "EXPIRED_CURSOR"}}),
            "/do/error",
            "enrollment.account has no error",
        ),
        (account(json!({"staus": 503})), "/do/staus", "did you mean `status`?"),
        (account(json!({})), "/do", "says nothing"),
        (account(json!({"status": 99})), "/do/status", "from 200 to 599"),
        (account(json!({"status": 503, "retry_after": -1})), "/do/retry_after", "no time"),
        (account(json!({"delay": "1s", "retry_after": 1})), "/do/retry_after", "goes with `status` or `error`"),
        (account(json!({"delay": "soon"})), "/do/delay", "2s"),
        (account(json!({"trickle": "slow"})), "/do/trickle", "1KB/s"),
        (account(json!({"close": "mid_bodi"})), "/do/close", "did you mean `mid_body`?"),
        (account(json!({"body": "html5"})), "/do/body", "did you mean `html`?"),
        (account(json!({"status": 503, "quirk": "stale"})), "/do", "do not go together"),
        (account(json!({"rows": {"omit": 1}})), "/do/rows", "answers no devices"),
        (account(json!({"quirk": "repeat_cursor"})), "/do/quirk", "has no cursor"),
        (account(json!({"result": {"status": "FAILED"}})), "/do/result", "no results"),
        (account(json!({"delay": "1s", "takes_effect": true})), "/do/takes_effect", "goes with `error`"),
        (sync(json!({"rows": {"omit": 0}})), "/do/rows/omit", "begins at 1"),
        (sync(json!({"rows": {}})), "/do/rows", "says nothing"),
        (
            json!({"on": "enrollment.disown", "do": {"result": {"serial": "X", "status": "THROTTLED"}}}),
            "/do/result",
            "never says THROTTLED",
        ),
        (
            json!({"on": "enrollment.disown", "do": {"result": {"serial": "X", "status": "FAILD"}}}),
            "/do/result/status",
            "did you mean `FAILED`?",
        ),
        (
            json!({"on": "apps.retire_users", "do": {"result": {"status": "1234"}}}),
            "/do/result/status",
            "9603, 9609, 9644",
        ),
        (json!({"on": "apps.retire_users", "do": {"result": {"status": 9709}}}), "/do/result", "9709"),
        (json!({"on": "apps.assets", "do": {"result": {"status": "9603"}}}), "/do/result", "no results"),
        (json!({"on": "enrollment.disown", "do": {"rows": {"duplicate": 1}}}), "/do/rows/duplicate", "no duplicates"),
        (when(json!({"nth": 0})), "/when/nth", "at least 1"),
        (when(json!({"nth": {"every": 2, "evry": 2}})), "/when/nth/evry", "did you mean `every`?"),
        (when(json!({"nth": {"every": 0}})), "/when/nth/every", "at least 1"),
        (when(json!({"header": "x"})), "/when/header", "is a mapping"),
        (when(json!({"header": {"a b": "x"}})), "/when/header/a b", "no name of a header"),
        (when(json!({"server": "Primary MDN"})), "/when/server", "did you mean `Primary MDM`?"),
        (when(json!({"serial": "C02PHONE0001"})), "/when/serial", "name no devices"),
        (when(json!({"between": ["yesterday", null]})), "/when/between/0", "is no time"),
        (when(json!({"between": ["2026-09-02", "2026-09-01"]})), "/when/between", "ends before it begins"),
        (json!("nothing"), "", "a fault, or a list of them"),
        (json!(["nothing"]), "/0", "must be a mapping"),
    ] {
        let problem = portal.refused("POST", "/faults", rule.clone(), 422, "BODY_DOES_NOT_FIT").await;
        let errors = problem["errors"].as_array().unwrap();
        assert_eq!(errors.len(), 1, "{rule}: {problem}");
        assert_eq!(errors[0]["pointer"], pointer, "{rule}: {problem}");
        assert!(errors[0]["detail"].as_str().unwrap().contains(words), "{rule}: {problem}");
    }
    for body in ["", "{", "null", "[null]", "[]", "on: [", "\u{0}"] {
        assert_eq!(portal.send("POST", "/faults", &[], body.as_bytes()).await.status, 422, "{body}");
    }
    assert_eq!(portal.get("/faults").await["items"], json!([]));
}

#[tokio::test]
async fn all_mistakes_are_told_at_once() {
    let world = World::small().await;
    let rule = json!({
        "on": "enrollment.acount", "when": {"nth": 0, "serail": "x"}, "times": "often", "do": {"delay": "x", "status": 9},
    });
    let problem = world.portal().refused("POST", "/faults", rule, 422, "BODY_DOES_NOT_FIT").await;
    let mut pointers: Vec<&str> =
        problem["errors"].as_array().unwrap().iter().map(|error| error["pointer"].as_str().unwrap()).collect();
    pointers.sort_unstable();
    assert_eq!(pointers, ["/do/delay", "/do/status", "/on", "/times", "/when/nth", "/when/serail"]);
}

/// Any JSON, made of the words that rules are made of as often as of others.
fn any_json() -> impl Strategy<Value = Value> {
    let words = prop::sample::select(vec![
        "on",
        "when",
        "do",
        "times",
        "probability",
        "between",
        "serial",
        "server",
        "header",
        "nth",
        "every",
        "error",
        "status",
        "body",
        "retry_after",
        "close",
        "delay",
        "trickle",
        "rows",
        "omit",
        "duplicate",
        "quirk",
        "result",
        "pass",
        "takes_effect",
        "enrollment.sync_devices",
        "enrollment.*",
        "*",
        "EXPIRED_CURSOR",
        "FAILED",
        "html",
        "truncated",
        "mid_body",
        "before_headers",
        "stale",
        "repeat_cursor",
        "1KB/s",
        "2s",
        "2026-09-01",
        "x-note",
        "get_session_responses",
        "post_devices_responses",
        "count",
        "response",
        "unauthorized",
        "",
        "~/é",
    ]);
    let leaf = prop_oneof![
        4 => words.clone().prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => (0..5_u64).prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        1 => Just(Value::Null),
        1 => ".*".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, move |inner| {
        let pairs = prop::collection::vec((words.clone(), inner.clone()), 0..6);
        prop_oneof![
            1 => prop::collection::vec(inner, 0..4).prop_map(Value::from),
            3 => pairs.prop_map(|pairs| pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()),
        ]
    })
}

/// A rule that is nearly right.
fn nearly() -> impl Strategy<Value = Value> {
    let effect = prop::collection::vec(
        (prop::sample::select(vec!["error", "status", "delay", "rows", "close"]), any_json()),
        1..3,
    );
    (any_json(), effect).prop_map(|(when, effect)| {
        let effect: serde_json::Map<String, Value> =
            effect.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
        json!({"on": "enrollment.sync_devices", "when": when, "do": effect})
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_json_is_a_rule_or_has_mistakes(given in prop_oneof![any_json(), nearly()]) {
        match faults::read(&given) {
            Ok(rules) => for rule in rules {
                let written = serde_json::to_value(&rule).unwrap();
                prop_assert_eq!(serde_json::from_value::<faults::Rule>(written).unwrap(), rule);
            },
            Err(mistakes) => {
                prop_assert!(!mistakes.is_empty());
                for mistake in mistakes {
                    prop_assert!(mistake.pointer.is_empty() || given.pointer(&mistake.pointer).is_some(), "{} in {}", mistake, given);
                }
            }
        }
    }
}
