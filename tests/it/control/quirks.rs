//! `…/quirks`.

use serde_json::{Value, json};

use crate::actors::World;

#[tokio::test]
async fn every_switch_is_shown_with_its_value() {
    let world = World::small().await;
    let shown = world.portal().get("/quirks").await;
    let defaults = serde_json::to_value(abmsim::organization::Quirks::default()).unwrap();
    assert_eq!(
        shown.as_object().unwrap().keys().collect::<Vec<_>>(),
        defaults.as_object().unwrap().keys().collect::<Vec<_>>()
    );
    assert_eq!(
        (&shown["session_ttl"], &shown["auth_clock"], &shown["throttle"]),
        (&json!("1h"), &json!("wall"), &Value::Null)
    );
    assert_eq!(shown["lag"], json!({"portal": "0s", "profile": "0s", "details": "0s"}), "the scenario's own");
}

#[tokio::test]
async fn a_patch_merges_and_answers_all_switches() {
    let world = World::small().await;
    let portal = world.portal();
    let patched = portal.call("PATCH", "/quirks", json!({"lag": {"portal": "2m"}, "move_op": "both"})).await;
    assert_eq!(patched["lag"], json!({"portal": "2m", "profile": "0s", "details": "0s"}));
    assert_eq!(portal.get("/quirks").await, patched);
    assert_eq!(portal.call("PATCH", "/quirks", json!({})).await, patched);
}

#[tokio::test]
async fn null_is_the_default_and_off_is_none() {
    let world = World::small().await;
    let portal = world.portal();
    let patch =
        json!({"session_ttl": "5m", "throttle": {"assignments": 2}, "account_limits": "off", "auth_clock": "off"});
    let on = portal.call("PATCH", "/quirks", patch).await;
    assert_eq!(on["throttle"]["assignments"], 2);
    assert_eq!(on["throttle"]["cooldown"], "24h");
    assert_eq!((&on["account_limits"], &on["auth_clock"]), (&Value::Null, &json!("off")));
    let patch =
        json!({"session_ttl": null, "throttle": "off", "account_limits": null, "auth_clock": null, "lag": null});
    let off = portal.call("PATCH", "/quirks", patch).await;
    assert_eq!(
        (&off["session_ttl"], &off["throttle"], &off["auth_clock"]),
        (&json!("1h"), &Value::Null, &json!("wall"))
    );
    assert_eq!(off["account_limits"], json!({"default": 1000, "maximum": 1000}));
    assert_eq!(off["lag"]["profile"], "1m");
}

#[tokio::test]
async fn null_inside_a_switch_is_that_settings_default() {
    let world = World::small().await;
    let portal = world.portal();
    let patched = portal.call("PATCH", "/quirks", json!({"lag": {"portal": "2m", "profile": null}})).await;
    assert_eq!(patched["lag"], json!({"portal": "2m", "profile": "1m", "details": "0s"}));
}

#[tokio::test]
async fn all_mistakes_are_told_with_their_places_and_nothing_changes() {
    let world = World::small().await;
    let portal = world.portal();
    let before = portal.get("/quirks").await;
    let patch = json!({
        "session_ttl": "soon", "error_bodi": "json", "outage": {"status": 200}, "invalid_cursor_rate": 2,
        "token_expired_status": 404, "error_body": "json", "session_rotate_every": -1,
    });
    let problem = portal.refused("PATCH", "/quirks", patch, 422, "BODY_DOES_NOT_FIT").await;
    let mut pointers: Vec<&str> =
        problem["errors"].as_array().unwrap().iter().map(|error| error["pointer"].as_str().unwrap()).collect();
    pointers.sort_unstable();
    assert_eq!(
        pointers,
        [
            "/error_bodi",
            "/invalid_cursor_rate",
            "/outage",
            "/session_rotate_every",
            "/session_ttl",
            "/token_expired_status"
        ]
    );
    assert!(problem.to_string().contains("did you mean `error_body`?"), "{problem}");
    for body in [json!([]), json!("x"), json!({"lag": {"nowhere": "1s"}}), json!({"session_ttl": "off"})] {
        portal.refused("PATCH", "/quirks", body, 422, "BODY_DOES_NOT_FIT").await;
    }
    assert_eq!(portal.get("/quirks").await, before);
}

#[tokio::test]
async fn the_account_leaves_out_only_keys_that_it_has() {
    let world = World::small().await;
    let patch = json!({"account_omits": ["admin_id", "adminid"]});
    let problem = world.portal().refused("PATCH", "/quirks", patch, 422, "BODY_DOES_NOT_FIT").await;
    assert_eq!(problem["errors"][0]["pointer"], "/account_omits");
}

#[tokio::test]
async fn switches_are_an_organisations_own() {
    let world = World::of("{version: 1, organizations: [{id: acme, quirks: {error_body: json}}, {id: other}]}").await;
    assert_eq!(world.portal().get("/quirks").await["error_body"], "json");
    assert_eq!(world.portal_of("other").get("/quirks").await["error_body"], "bare");
}
