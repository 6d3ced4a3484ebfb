//! What an administrator does about Apps and Books.

mod copies;
mod differences;
mod installing;
mod invitations;
mod locations;
mod overview;
mod purchases;
mod seats;
mod subscriptions;
mod timeline;
mod tokens;
mod transfers;

use serde_json::{Value, json};

use crate::actors::{Portal, World};

/// Two locations in one country and one in another; a user of every state; a book, a custom app and one that is not sold everywhere.
pub const SCENARIO: &str = "
version: 1
seed: 7
clock: {start: 2026-09-01T08:00:00Z, mode: frozen}
organizations:
  - id: acme
    name: Acme Corporation
    people:
      - {name: Robin Vos, managed_account: robin@acme.example, roles: [administrator]}
      - {name: Noor Haddad, managed_account: noor@acme.example, roles: [content_manager]}
    locations:
      - name: HQ
        assets:
          - {adam_id: '361309726', name: Pages, licenses: 10, price: 9.99}
          - {adam_id: '361285480', name: Keynote, licenses: unlimited}
          - {adam_id: '1441329034', name: Field Guide, kind: book, licenses: 5, price: 4.99}
          - {adam_id: '900000001', name: Only Here, licenses: 1, storefronts: [US]}
          - {adam_id: '900000002', name: Of Globex, licenses: 1, custom_for: Globex}
        users:
          - {client_user_id: u-1, email: one@acme.example}
          - {client_user_id: u-2, email: two@acme.example, status: associated}
          - {client_user_id: u-3, status: retired}
        assignments:
          - {adam_id: '361309726', client_user_id: u-1}
          - {adam_id: '361309726', serial_number: C02PHONE0001}
          - {adam_id: '1441329034', client_user_id: u-2}
        credit: [{account: noor@acme.example, amount: 100}]
      - name: Store
        assets: [{adam_id: '361309726', licenses: 2}]
      - {name: Recife, country: BR}
";

pub async fn scene() -> (World, Portal) {
    let world = World::of(SCENARIO).await;
    let portal = world.portal();
    (world, portal)
}

/// Total, assigned, available and retired licences of a title at a location.
pub async fn counts(portal: &Portal, location: &str, adam_id: &str) -> [u64; 4] {
    let shown = portal.get(&format!("/locations/{location}")).await;
    let assets = shown["assets"].as_array().unwrap();
    let asset = assets.iter().find(|asset| asset["adam_id"] == adam_id);
    let asset = asset.unwrap_or_else(|| panic!("no {adam_id} in {shown}"));
    ["total", "assigned", "available", "retired"].map(|key| asset[key].as_u64().unwrap())
}

/// The pointer of a body that must not fit.
pub async fn misfit(portal: &Portal, method: &str, path: &str, body: Value) -> String {
    let problem = portal.refused(method, path, body, 422, "BODY_DOES_NOT_FIT").await;
    problem["errors"][0]["pointer"].as_str().unwrap().to_owned()
}

/// Calls that must end with 404.
pub async fn unknown(portal: &Portal, calls: &[(&str, &str, Value)]) {
    for (method, path, body) in calls {
        portal.refused(method, path, body.clone(), 404, "NOT_FOUND").await;
    }
}

/// A purchase at HQ.
pub fn pages(quantity: i64) -> Value {
    json!({"location": "HQ", "adam_id": "361309726", "quantity": quantity})
}
