//! Who holds what, and who is gone.

use serde_json::{Value, json};

use super::SCENARIO;
use crate::actors::World;

#[tokio::test]
async fn seats_are_accounted_for_and_those_of_holders_that_are_gone_are_named() {
    let orders = "    orders: [{devices: [{serial: C02PHONE0001, model: iPhone 16}, {serial: C02PHONE0002, model: iPhone 16}]}]\n";
    let world = World::of(&format!("{SCENARIO}{orders}")).await;
    let (portal, hq) = (world.portal(), world.content_manager("HQ"));
    portal.quirks(json!({"event_latency": "0s", "license_lag": "1h"})).await;
    let line = |seats: &Value, place: usize| -> Value {
        ["total", "available", "users", "devices", "astray"]
            .map(|key| seats["items"][place][key].clone())
            .to_vec()
            .into()
    };
    let seats = portal.get("/locations/HQ/seats").await;
    assert_eq!(line(&seats, 0), json!([10, 8, 1, 1, 0]));
    assert_eq!((&seats["items"][0]["name"], &seats["astray"]), (&json!("Pages"), &json!([])));

    let body = json!({"assets": [{"adamId": "361309726"}], "serialNumbers": ["C02PHONE0002", "C02TYPO"]});
    hq.event("/assets/associate", body).await;
    portal.release(&["C02PHONE0002"]).await;
    hq.event("/users/retire", json!({"users": [{"clientUserId": "u-1"}, {"clientUserId": "u-2"}]})).await;
    let seats = portal.get("/locations/HQ/seats").await;
    assert_eq!(line(&seats, 0), json!([10, 7, 0, 3, 2]), "what does not show yet counts, too");
    assert_eq!(line(&seats, 2), json!([5, 4, 1, 0, 1]));
    let lost: Vec<_> = seats["astray"].as_array().unwrap().iter().collect();
    let told = |seat: &Value| ["client_user_id", "serial_number", "why", "revocable"].map(|key| seat[key].clone());
    let expected = [
        [Value::Null, json!("C02PHONE0002"), json!("released"), json!(true)],
        [Value::Null, json!("C02TYPO"), json!("no_device"), json!(true)],
        [json!("u-2"), Value::Null, json!("retired"), json!(false)],
    ];
    assert_eq!(lost.iter().map(|seat| told(seat)).collect::<Vec<_>>(), expected);
    assert_eq!(seats["astray_count"], 3);
    portal.refused("GET", "/locations/Nowhere/seats", Value::Null, 404, "NOT_FOUND").await;
}
