//! Purchases, refunds, credit, and the history.

use serde_json::{Value, json};

use super::{counts, misfit, pages, scene, unknown};

#[tokio::test]
async fn a_purchase_adds_licences_and_a_line_to_the_history() {
    let (_world, portal) = scene().await;
    let (status, bought) = portal.try_call("POST", "/purchases", pages(5)).await;
    let expected = json!({
        "number": bought["number"], "at": "2026-09-01T08:00:00Z", "kind": "purchase", "location": "HQ", "to": null,
        "adam_id": "361309726", "pricing_param": "STDQ", "name": "Pages", "quantity": 5, "amount": "49.95",
        "payment": "card", "account": "noor@acme.example", "in_use": 2,
    });
    assert_eq!((status, &bought), (201, &expected));
    assert_eq!(counts(&portal, "HQ", "361309726").await, [15, 2, 13, 0]);
    let history = portal.get("/purchases?location=HQ&adam_id=361309726").await;
    let lines = history["items"].as_array().unwrap();
    assert_eq!(
        (lines.len(), &lines[0]["quantity"], &lines[1]),
        (2, &json!(10), &bought),
        "what it began with, and this"
    );
    // A title that nobody has heard of, its number written as one, by an id.
    let id = portal.get("/locations/Store").await["id"].clone();
    let body = json!({"location": id, "adam_id": 640199958, "quantity": 3, "payment": "purchase_order", "account": "robin@acme.example"});
    let bought = portal.post("/purchases", body).await;
    let facts = ["name", "amount", "payment", "account"].map(|key| bought[key].as_str().unwrap());
    assert_eq!(facts, ["App 640199958", "0.00", "purchase_order", "robin@acme.example"]);
    assert_eq!(counts(&portal, "Store", "640199958").await, [3, 0, 3, 0]);
}

#[tokio::test]
async fn a_book_is_bought_in_either_quality() {
    let (_world, portal) = scene().await;
    let body = json!({"location": "HQ", "adam_id": "1441329034", "quantity": 2, "pricing_param": "PLUS"});
    assert_eq!(portal.post("/purchases", body).await["pricing_param"], "PLUS");
    let shown = portal.get("/locations/HQ").await;
    let of_book: Vec<(&Value, &Value)> = shown["assets"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|asset| asset["kind"] == "book")
        .map(|asset| (&asset["pricing_param"], &asset["total"]))
        .collect();
    assert_eq!(of_book, [(&json!("STDQ"), &json!(5)), (&json!("PLUS"), &json!(2))]);
}

#[tokio::test]
async fn credit_pays_as_far_as_it_goes() {
    let (_world, portal) = scene().await;
    let by_credit =
        |quantity| json!({"location": "HQ", "adam_id": "361309726", "quantity": quantity, "payment": "credit"});
    portal.post("/purchases", by_credit(10)).await;
    let refused = portal.refused("POST", "/purchases", by_credit(1), 409, "BEYOND_CREDIT").await;
    assert_eq!(refused["detail"], "1 licences cost 9.99, and the credit of noor@acme.example is 0.10");
    assert_eq!(counts(&portal, "HQ", "361309726").await, [20, 2, 18, 0], "nothing was sold");
    let credit = portal.post("/credit", json!({"account": "noor@acme.example", "amount": "9.89"})).await;
    assert_eq!(credit, json!({"account": "noor@acme.example", "balance": "9.99"}));
    portal.post("/purchases", by_credit(1)).await;
    portal.post("/credit", json!({"account": "robin@acme.example", "amount": 50})).await;
    let list = json!([{"account": "noor@acme.example", "balance": "0.00"}, {"account": "robin@acme.example", "balance": "50.00"}]);
    assert_eq!(portal.get("/credit").await["items"], list);
    for (body, pointer) in [
        (json!({"account": "", "amount": 5}), "/account"),
        (json!({"account": "x", "amount": 0}), "/amount"),
        (json!({"account": "x", "amount": -5}), "/amount"),
        (json!({"account": "x", "amount": "much"}), "/amount"),
        (json!({"account": "x", "amout": 1}), "/amout"),
    ] {
        assert_eq!(misfit(&portal, "POST", "/credit", body).await, pointer);
    }
}

#[tokio::test]
async fn the_store_sells_what_it_has_to_whom_it_may() {
    let (_world, portal) = scene().await;
    let buy = |location: &str, adam_id: &str| json!({"location": location, "adam_id": adam_id, "quantity": 1});
    portal.refused("POST", "/purchases", buy("Recife", "900000001"), 409, "NOT_IN_STOREFRONT").await;
    portal.refused("POST", "/purchases", buy("Recife", "1441329034"), 409, "NOT_IN_STOREFRONT").await;
    portal.refused("POST", "/purchases", buy("HQ", "900000002"), 409, "NOT_FOR_THIS_ORGANIZATION").await;
    portal.refused("POST", "/purchases", buy("HQ", "361285480"), 409, "WITHOUT_END").await;
    portal.post("/purchases", buy("Recife", "361309726")).await;
    portal.refused("POST", "/purchases", pages(2_147_483_647), 409, "TOO_MANY_LICENSES").await;
    unknown(&portal, &[("POST", "/purchases", buy("Nowhere", "361309726"))]).await;
}

#[tokio::test]
async fn a_wrong_purchase_is_told_where_it_is_wrong() {
    let (_world, portal) = scene().await;
    for (key, value) in [
        ("adam_id", json!("Pages")),
        ("adam_id", json!("")),
        ("adam_id", json!(-1)),
        ("quantity", json!(0)),
        ("quantity", json!(-3)),
        ("quantity", json!("many")),
        ("pricing_param", json!("HIGH")),
        ("payment", json!("cash")),
        ("quantiy", json!(1)),
    ] {
        for path in ["/purchases", "/refunds"] {
            if (path, key) == ("/refunds", "payment") {
                continue;
            }
            let mut body = pages(1);
            body[key] = value.clone();
            assert_eq!(misfit(&portal, "POST", path, body).await, format!("/{key}"), "{path} {value}");
        }
    }
    assert_eq!(misfit(&portal, "POST", "/purchases", json!({"location": "HQ", "quantity": 1})).await, "");
    assert_eq!(counts(&portal, "HQ", "361309726").await, [10, 2, 8, 0]);
}

#[tokio::test]
async fn what_nobody_holds_is_refunded() {
    let (_world, portal) = scene().await;
    portal.refused("POST", "/refunds", pages(9), 409, "LICENSES_IN_USE").await;
    let (status, refunded) = portal.try_call("POST", "/refunds", pages(8)).await;
    let facts = ["kind", "quantity", "amount", "payment", "in_use"].map(|key| refunded[key].clone());
    assert_eq!((status, facts), (201, [json!("refund"), json!(8), json!("79.92"), Value::Null, json!(2)]));
    assert_eq!(counts(&portal, "HQ", "361309726").await, [2, 2, 0, 8]);
    let unlimited = json!({"location": "HQ", "adam_id": "361285480", "quantity": 1});
    portal.refused("POST", "/refunds", unlimited, 409, "WITHOUT_END").await;
    unknown(
        &portal,
        &[
            ("POST", "/refunds", json!({"location": "HQ", "adam_id": "5", "quantity": 1})),
            ("POST", "/refunds", json!({"location": "Nowhere", "adam_id": "361309726", "quantity": 1})),
        ],
    )
    .await;
}

#[tokio::test]
async fn the_history_is_read_in_parts() {
    let (_world, portal) = scene().await;
    for quantity in 1..=3 {
        portal.post("/purchases", pages(quantity)).await;
    }
    let quantities = |page: &Value| -> Vec<u64> {
        page["items"].as_array().unwrap().iter().map(|line| line["quantity"].as_u64().unwrap()).collect()
    };
    let path = "/purchases?location=HQ&adam_id=361309726&limit=3";
    let first = portal.get(path).await;
    assert_eq!((quantities(&first), &first["next"]), (vec![10, 1, 2], &json!("3")));
    let last = portal.get(&format!("{path}&cursor=3")).await;
    assert_eq!((quantities(&last), last.get("next")), (vec![3], None));
    portal.refused("GET", "/purchases?adam_id=Pages", Value::Null, 400, "BAD_QUERY").await;
    portal.refused("GET", "/purchases?lokation=HQ", Value::Null, 400, "BAD_QUERY").await;
}
