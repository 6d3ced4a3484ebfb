//! What happens to apps and books at its time.

use serde_json::{Value, json};

use super::{SCENARIO, counts, misfit};
use crate::actors::World;

const TIMELINE: &str = "
timeline:
  - {at: +1h, org: acme, do: {buy: {location: HQ, adam_id: '361309726', quantity: 5, payment: credit, account: noor@acme.example}}}
  - {at: +2h, org: acme, do: {transfer: {from: HQ, to: Store, adam_id: '361309726', quantity: 3}}}
  - {at: +3h, org: acme, do: {refund: {location: HQ, adam_id: '361309726', quantity: 99}}}
  - {at: +4h, org: acme, do: {refund: {location: Store, adam_id: '361309726'}}}
  - {at: +5h, org: acme, do: {change_password: {account: noor@acme.example}}}
  - {at: +5h, org: acme, do: {associate: {location: Store, adam_id: '361309726', serial_numbers: [C02OTHER0001, C02OTHER0002]}}}
  - {at: +6h, org: acme, do: {disassociate: {location: Store, adam_id: '361309726', serial_numbers: [C02OTHER0001]}}}
  - {at: +6h, org: acme, do: {associate: {location: Store, adam_id: '361309726', client_user_ids: [u-1]}}}
  - {at: +6h, org: acme, do: {claim_location: {location: HQ, id: '7', name: Other MDM}}}
";

#[tokio::test]
async fn licences_and_tokens_change_as_planned() {
    let world = World::of(&format!("{SCENARIO}{TIMELINE}")).await;
    let portal = world.portal();
    let planned = portal.get("/timeline").await;
    assert_eq!(planned["items"][0]["what"], "buy 5 licences of 361309726:STDQ for HQ", "{planned}");
    let ran = portal.advance("21602s").await;
    let what: Vec<&str> = ran.as_array().unwrap().iter().map(|ran| ran["what"].as_str().unwrap()).collect();
    let expected = [
        "5 licences of Pages bought for HQ",
        "3 licences of Pages moved from HQ to Store",
        "refund 99 licences of 361309726:STDQ at HQ — failed: 10 of 12 licences of 361309726:STDQ are held by nobody",
        "1 licences of Pages refunded at Store",
        "the password of noor@acme.example was changed, and 3 content tokens died",
        "another client at Store associated 361309726:STDQ for 2 holders",
        "event ASSOCIATE at Store: COMPLETE, 2 of 2 done",
        "another client at Store disassociated 361309726:STDQ for 1 holders",
        "another client at Store associates 361309726:STDQ for 1 holders — failed: no user who is not retired is called `u-1`",
        "Other MDM took HQ over",
        "event DISASSOCIATE at Store: COMPLETE, 1 of 1 done",
    ];
    assert_eq!(what, expected);
    assert_eq!(counts(&portal, "HQ", "361309726").await, [12, 2, 10, 0]);
    assert_eq!(counts(&portal, "Store", "361309726").await, [4, 1, 3, 1]);
    assert_eq!(portal.get("").await["locations"][0]["content_token"], Value::Null);
    assert_eq!(portal.get("/credit").await["items"][0]["balance"], "50.05");
    let pointer = misfit(&portal, "POST", "/timeline", json!({"at": "+1h", "do": {"buy": {"location": "HQ"}}})).await;
    assert_eq!(pointer, "/do/buy");
    let nobody = json!({"at": "+1h", "do": {"associate": {"location": "HQ", "adam_id": "361309726"}}});
    assert_eq!(misfit(&portal, "POST", "/timeline", nobody).await, "/do/associate");
}

#[tokio::test]
async fn a_location_that_there_is_not_is_found_beforehand() {
    let scenario =
        "organizations: [{locations: [{name: HQ}], timeline: [{at: 1h, do: {buy: {location: HG, adam_id: '1'}}}]}]";
    let world = World::small().await;
    let portal = world.portal();
    let body = scenario.strip_prefix("organizations: [").unwrap().strip_suffix(']').unwrap();
    let made = portal.client.post(format!("{}/_sim/orgs", world.url())).body(body).send().await.unwrap();
    assert_eq!(made.status(), 422);
    let problem: Value = made.json().await.unwrap();
    assert_eq!(problem["errors"][0]["pointer"], "/timeline/0/do/buy/location", "{problem}");
}
