//! Licences that move from one location to another.

use serde_json::{Value, json};

use super::{counts, misfit, scene, unknown};

fn transfer(from: &str, to: &str, quantity: i64) -> Value {
    json!({"from": from, "to": to, "adam_id": "361309726", "quantity": quantity})
}

#[tokio::test]
async fn what_nobody_holds_moves_and_is_in_the_history_of_both() {
    let (_world, portal) = scene().await;
    let (status, moved) = portal.try_call("POST", "/transfers", transfer("HQ", "Store", 8)).await;
    let facts = ["kind", "location", "to", "amount"].map(|key| moved[key].as_str().unwrap());
    assert_eq!((status, facts), (201, ["transfer", "HQ", "Store", "0.00"]));
    assert_eq!(counts(&portal, "HQ", "361309726").await, [2, 2, 0, 0], "those that are held stay");
    assert_eq!(counts(&portal, "Store", "361309726").await, [10, 0, 10, 0]);
    for location in ["HQ", "Store"] {
        let history = portal.get(&format!("/purchases?location={location}&adam_id=361309726")).await;
        assert_eq!(history["items"][1], moved, "{location}");
    }
    portal.refused("POST", "/transfers", transfer("HQ", "Store", 1), 409, "LICENSES_IN_USE").await;
    portal.post("/transfers", transfer("Store", "Recife", 1)).await;
    assert_eq!(counts(&portal, "Recife", "361309726").await, [1, 0, 1, 0], "also where there was none");
}

#[tokio::test]
async fn a_wrong_transfer_is_told() {
    let (_world, portal) = scene().await;
    assert_eq!(misfit(&portal, "POST", "/transfers", transfer("HQ", "HQ", 1)).await, "/to");
    assert_eq!(misfit(&portal, "POST", "/transfers", transfer("HQ", "Store", 0)).await, "/quantity");
    assert_eq!(misfit(&portal, "POST", "/transfers", json!({"form": "HQ"})).await, "/form");
    let keynote = json!({"from": "HQ", "to": "Store", "adam_id": "361285480", "quantity": 1});
    portal.refused("POST", "/transfers", keynote, 409, "WITHOUT_END").await;
    let not_there = json!({"from": "Store", "to": "HQ", "adam_id": "1441329034", "quantity": 1});
    unknown(
        &portal,
        &[
            ("POST", "/transfers", transfer("Nowhere", "HQ", 1)),
            ("POST", "/transfers", transfer("HQ", "Nowhere", 1)),
            ("POST", "/transfers", not_there),
        ],
    )
    .await;
    assert_eq!(counts(&portal, "HQ", "361309726").await, [10, 2, 8, 0]);
}
