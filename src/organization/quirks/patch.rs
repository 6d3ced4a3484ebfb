//! Changing switches: a JSON merge patch, checked name by name.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::{EventLatency, Quirks};
use crate::clock::Span;
use crate::nearest::nearest;

/// One thing wrong with a patch of switches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuirkMistake {
    /// Where in the patch, as a JSON pointer.
    pub pointer: String,
    /// What is wrong and what would be right.
    pub detail: String,
}

impl Quirks {
    /// These switches with a JSON merge patch applied. `null` brings a switch back to its default, `off` turns off one that can be
    /// absent (`throttle`, `outage`, `account_limits`), a mapping is merged. All mistakes are told at once.
    pub fn patched(&self, patch: &Map<String, Value>) -> Result<Self, Vec<QuirkMistake>> {
        let mut merged = as_map(self);
        let defaults = as_map(&Self::default());
        let mut mistakes = Vec::new();
        for (name, value) in patch {
            let pointer = format!("/{}", name.replace('~', "~0").replace('/', "~1"));
            let Some(default) = defaults.get(name) else {
                let near = nearest(name, defaults.keys().map(String::as_str));
                let hint = near.map_or(String::new(), |near| format!("; did you mean `{near}`?"));
                mistakes.push(QuirkMistake { pointer, detail: format!("there is no switch `{name}`{hint}") });
                continue;
            };
            let before = merged.get(name).cloned().unwrap_or_default();
            let after = match value {
                Value::Null => default.clone(),
                Value::String(off) if off == "off" && name != "auth_clock" => Value::Null,
                value => merge(before.clone(), value),
            };
            merged.insert(name.clone(), after);
            if let Err(wrong) = read(&merged) {
                mistakes.push(QuirkMistake { pointer, detail: wrong });
                merged.insert(name.clone(), before);
            }
        }
        if mistakes.is_empty() {
            read(&merged).map_err(|detail| vec![QuirkMistake { pointer: String::new(), detail }])
        } else {
            Err(mistakes)
        }
    }
}

/// Reads every switch from a document that has them all: what is absent has its default, and nothing is merged. To be used with
/// `#[serde(deserialize_with = …)]`.
pub fn whole<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Arc<Quirks>, D::Error> {
    let map = Map::<String, Value>::deserialize(deserializer)?;
    let known = as_map(&Quirks::default());
    if let Some(name) = map.keys().find(|name| !known.contains_key(*name)) {
        return Err(serde::de::Error::custom(format!("there is no switch `{name}`")));
    }
    read(&map).map(Arc::new).map_err(serde::de::Error::custom)
}

/// What an account may leave out.
const ACCOUNT_KEYS: [&str; 13] = [
    "server_name",
    "server_uuid",
    "facilitator_id",
    "admin_id",
    "org_name",
    "org_email",
    "org_phone",
    "org_address",
    "org_id",
    "org_id_hash",
    "urls",
    "org_type",
    "org_version",
];

fn as_map(quirks: &Quirks) -> Map<String, Value> {
    match serde_json::to_value(quirks) {
        Ok(Value::Object(map)) => map,
        _ => Map::new(),
    }
}

fn read(map: &Map<String, Value>) -> Result<Quirks, String> {
    let quirks: Quirks = Quirks::deserialize(Value::Object(map.clone())).map_err(|wrong| wrong.to_string())?;
    let statuses = [
        ("token_rejected_status", quirks.token_rejected_status, [401, 403]),
        ("token_expired_status", quirks.token_expired_status, [401, 403]),
        ("signature_invalid_status", quirks.signature_invalid_status, [401, 403]),
        ("unknown_profile_status", quirks.unknown_profile_status, [400, 404]),
        ("replacement_not_found_status", quirks.replacement_not_found_status, [400, 404]),
        ("invalid_token_status", quirks.invalid_token_status, [200, 401]),
    ];
    for (name, status, allowed) in statuses {
        if !allowed.contains(&status) {
            return Err(format!("`{name}` is {} or {}", allowed[0], allowed[1]));
        }
    }
    if !(0.0..=1.0).contains(&quirks.invalid_cursor_rate) {
        return Err("`invalid_cursor_rate` is a probability from 0 to 1".to_owned());
    }
    if quirks.outage.as_ref().is_some_and(|outage| !(400..=599).contains(&outage.status)) {
        return Err("`outage.status` is a status from 400 to 599".to_owned());
    }
    if let Some(unknown) = quirks.account_omits.iter().find(|key| !ACCOUNT_KEYS.contains(&key.as_str())) {
        return Err(format!("an account has no key `{unknown}`: it has {}", ACCOUNT_KEYS.join(", ")));
    }
    let spans =
        [quirks.session_ttl, quirks.session_rotate_grace, quirks.oauth_window, quirks.cursor_ttl, quirks.op_date_delay];
    if !(1..=100_000).contains(&quirks.page_size) {
        return Err("`page_size` is a number from 1 to 100000".to_owned());
    }
    if quirks.rate_limit.as_ref().is_some_and(|limit| limit.window.millis() <= 0) {
        return Err("`rate_limit.window` is a duration above zero".to_owned());
    }
    quirks.location_limits.check(&quirks.limits)?;
    let (base, per_thousand) = match quirks.event_latency {
        EventLatency::Takes { base, per_thousand } => (base, per_thousand),
        EventLatency::Never => (Span::ZERO, Span::ZERO),
    };
    let lags = [
        quirks.lag.portal,
        quirks.lag.profile,
        quirks.lag.details,
        quirks.license_lag,
        quirks.store_lag,
        quirks.count_lag,
    ];
    let lags = [lags.as_slice(), &[base, per_thousand]].concat();
    if spans.iter().chain(&lags).any(|span| span.millis() < 0) {
        return Err("a duration here cannot be negative".to_owned());
    }
    Ok(quirks)
}

/// One patch that does what `first` and then `second` do.
pub fn joined(first: &Map<String, Value>, second: &Map<String, Value>) -> Map<String, Value> {
    let mut both = first.clone();
    for (name, value) in second {
        let before = both.remove(name).unwrap_or_default();
        both.insert(name.clone(), merge(before, value));
    }
    both
}

/// RFC 7396.
fn merge(target: Value, patch: &Value) -> Value {
    let Value::Object(patch) = patch else { return patch.clone() };
    let mut merged = match target {
        Value::Object(map) => map,
        _ => Map::new(),
    };
    for (key, value) in patch {
        if value.is_null() {
            merged.remove(key);
        } else {
            let before = merged.remove(key).unwrap_or_default();
            merged.insert(key.clone(), merge(before, value));
        }
    }
    Value::Object(merged)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::organization::quirks::{AuthClock, ErrorBody, Lag, Throttle};
    use serde_json::json;

    fn patch(patch: Value) -> Result<Quirks, Vec<QuirkMistake>> {
        Quirks::default().patched(patch.as_object().unwrap())
    }

    #[test]
    fn a_patch_changes_what_it_names() {
        let quirks =
            patch(json!({"error_body": "quoted", "lag": {"portal": "2m"}, "throttle": {"assignments": 2}})).unwrap();
        assert_eq!(quirks.error_body, ErrorBody::Quoted);
        assert_eq!(quirks.lag, Lag { portal: Span::from_seconds(120), ..Lag::default() });
        assert_eq!(quirks.throttle, Some(Throttle { assignments: 2, ..Throttle::default() }));
        let back = quirks.patched(json!({"throttle": null, "error_body": null}).as_object().unwrap()).unwrap();
        assert_eq!((back.throttle, back.error_body), (None, ErrorBody::Bare));
        let off = quirks.patched(json!({"throttle": "off", "auth_clock": "off"}).as_object().unwrap()).unwrap();
        assert_eq!((off.throttle, off.auth_clock), (None, AuthClock::Off));
    }

    #[test]
    fn all_mistakes_are_reported_at_once() {
        let mistakes = patch(json!({
            "error_bodi": "quoted", "session_ttl": "soon", "move_op": "sometimes", "token_expired_status": 500,
            "invalid_cursor_rate": 2, "lag": {"portal": "-1s"}, "throttle": {"assignment": 3},
        }))
        .unwrap_err();
        let pointers: Vec<&str> = mistakes.iter().map(|mistake| mistake.pointer.as_str()).collect();
        assert_eq!(
            pointers,
            [
                "/error_bodi",
                "/session_ttl",
                "/move_op",
                "/token_expired_status",
                "/invalid_cursor_rate",
                "/lag",
                "/throttle"
            ]
        );
        assert!(mistakes[0].detail.contains("did you mean `error_body`"), "{}", mistakes[0].detail);
        assert!(mistakes[1].detail.contains("is not a duration"), "{}", mistakes[1].detail);
    }

    #[test]
    fn the_switches_of_apps_and_books_take_their_values() {
        let all = json!({
            "page_size": 5, "limits": {"maxAssets": 2}, "location_limits": {"HQ": {"maxUsers": 3}}, "rate_limit": "documented", "strict_serials": true, "invalid_token_status": 401,
            "token_expiration_date": "near", "error_wording": "article", "event_latency": {"base": "0s"}, "count_lag": "1h", "license_lag": "1h", "store_lag": "1h",
            "unknown_user": "async", "inactive_left_out": "after_paging", "redownload_revokes": true, "v1_texts": "2018", "repeated_calls": "refused", "webhook_tls": "insecure",
        });
        let quirks = as_map(&patch(all.clone()).unwrap());
        let defaults = as_map(&Quirks::default());
        for (name, value) in all.as_object().unwrap() {
            assert_ne!(quirks[name], defaults[name], "{name}");
            assert!(value.is_object() || quirks[name] == *value, "{name}");
        }
        assert_eq!((&quirks["limits"]["maxAssets"], &quirks["limits"]["maxUsers"]), (&json!(2), &json!(100)));
        assert_eq!(quirks["event_latency"], json!({"base": "0s", "per_thousand": "1s"}));
        let stuck = patch(json!({"event_latency": "never"})).unwrap();
        assert_eq!(as_map(&stuck)["event_latency"], "never");
        let released = stuck.patched(json!({"event_latency": {"base": "2s"}}).as_object().unwrap()).unwrap();
        assert_eq!(as_map(&released)["event_latency"], json!({"base": "2s", "per_thousand": "1s"}));
        assert_eq!(patch(json!({"rate_limit": "off"})).unwrap(), Quirks::default());
        let own = json!({"requests": 2, "window": "1m", "retry_after": "date", "locations": ["HQ"]});
        assert_eq!(as_map(&patch(json!({ "rate_limit": own })).unwrap())["rate_limit"], own);
        let documented = patch(json!({"rate_limit": "documented"})).unwrap();
        let harder = documented.patched(json!({"rate_limit": {"requests": 1}}).as_object().unwrap()).unwrap();
        assert_eq!(harder.rate_limit.map(|limit| (limit.requests, limit.window)), Some((1, Span::from_seconds(1))));
        for (name, value) in [
            ("page_size", json!(0)),
            ("limits", json!({"maxAsset": 1})),
            ("invalid_token_status", json!(403)),
            ("event_latency", json!("-1s")),
            ("event_latency", json!({"base": "soon"})),
            ("count_lag", json!("-1s")),
            ("location_limits", json!({"HQ": {"maxAsset": 1}})),
            ("location_limits", json!({"HQ": 1})),
            ("rate_limit", json!("sometimes")),
            ("rate_limit", json!({"window": "0s"})),
            ("rate_limit", json!({"retry_after": "soon"})),
            ("inactive_left_out", json!("never")),
            ("v1_texts", json!("2017")),
        ] {
            assert_eq!(patch(json!({name: value})).unwrap_err()[0].pointer, format!("/{name}"), "{name}");
        }
    }

    #[test]
    fn every_switch_is_listed_with_its_value() {
        let listed = as_map(&Quirks::default());
        assert!(listed.len() > 50);
        assert_eq!(listed["session_ttl"], "1h");
    }
}
