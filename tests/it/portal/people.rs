//! People with their roles, and what they may do.

use serde_json::{Value, json};

use crate::actors::{Portal, World};

const SCENARIO: &str = "
version: 1
clock: {start: 2026-09-01T08:00:00Z, mode: frozen}
organizations:
  - id: acme
    servers: [{name: MDM, admin: dana@acme.example}]
    people:
      - {name: Robin Vos, managed_account: robin@acme.example, roles: [administrator]}
      - {name: Pat Lee, managed_account: pat@acme.example, roles: [people_manager]}
      - {name: Dana Roe, managed_account: dana@acme.example, roles: [device_manager]}
      - {name: Kim Ade, managed_account: kim@acme.example, roles: [content_manager]}
      - {name: Lou Beck, managed_account: lou@acme.example, roles: [device_manager, content_manager]}
      - {name: Sam Fox, managed_account: sam@acme.example, roles: [staff]}
    locations: [{name: HQ}, {name: Branch}]
";

/// The status of a call that somebody makes.
async fn status(portal: &Portal, who: &str, method: &str, path: &str, body: Value) -> u16 {
    let (status, answer) = portal.try_call(method, &format!("{path}?as={who}@acme.example"), body).await;
    assert!(status != 403 || answer["code"] == "NOT_PERMITTED", "{answer}");
    status
}

#[tokio::test]
async fn configurator_shows_apps_to_who_has_to_do_with_content_there() {
    let locations = "    locations:
      - {name: HQ, assets: [{adam_id: 361309726, licenses: 3}, {adam_id: 1441329034, kind: book, licenses: 1}]}
      - {name: Branch, assets: [{adam_id: 409183694, licenses: 2}]}
";
    let world = World::of(&SCENARIO.replace("    locations: [{name: HQ}, {name: Branch}]\n", locations)).await;
    let portal = world.portal();
    let shown = async |who: &str| {
        let apps = portal.get(&format!("/configurator/apps?as={who}@acme.example")).await;
        let rows = apps["items"].as_array().unwrap().clone();
        rows.iter().map(|row| (row["location"].to_string(), row["adam_id"].to_string(), row["total"].clone())).collect()
    };
    let hq = ("\"HQ\"".to_owned(), "\"361309726\"".to_owned(), json!(3));
    let branch = ("\"Branch\"".to_owned(), "\"409183694\"".to_owned(), json!(2));
    let both: Vec<_> = shown("kim").await;
    assert_eq!(both, [hq.clone(), branch], "without a content token, and without books");
    portal.call("PATCH", "/people/kim@acme.example", json!({"locations": ["HQ"]})).await;
    let one: Vec<_> = shown("kim").await;
    assert_eq!(one, [hq]);
    assert_eq!(status(&portal, "dana", "GET", "/configurator/apps", Value::Null).await, 403);
    portal.refused("GET", "/configurator/apps", Value::Null, 400, "BAD_QUERY").await;
}

#[tokio::test]
async fn everybody_does_what_their_roles_give() {
    let world = World::of(SCENARIO).await;
    let portal = world.portal();
    let calls = [
        ("PUT", "/terms", json!({"state": "signed"})),
        ("PATCH", "/people/sam@acme.example", json!({"roles": ["staff"]})),
        ("POST", "/servers/MDM/token", json!({})),
        ("POST", "/purchases", json!({"location": "HQ", "adam_id": "361309726", "quantity": 1})),
    ];
    for (who, may) in [
        ("robin", [true, true, true, true]),
        ("pat", [false, true, false, false]),
        ("dana", [false, false, true, false]),
        ("kim", [false, false, false, true]),
        ("lou", [false, false, true, true]),
        ("sam", [false; 4]),
    ] {
        for ((method, path, body), may) in calls.iter().zip(may) {
            let status = status(&portal, who, method, path, body.clone()).await;
            assert_eq!(status < 300, may, "{who} {method} {path}: {status}");
            assert!(may || status == 403, "{who} {method} {path}: {status}");
        }
        assert_eq!(status(&portal, who, "GET", "/people", Value::Null).await, 200, "everybody may look");
    }
    let (status, nobody) = portal.try_call("GET", "/people?as=robyn@acme.example", Value::Null).await;
    assert!(
        status == 404 && nobody["detail"].as_str().unwrap().contains("did you mean `robin@acme.example`?"),
        "{nobody}"
    );
    let (status, apples) = portal.try_call("POST", "/clock?as=robin@acme.example", json!({"advance": "1d"})).await;
    assert!(status == 400 && apples["detail"].as_str().unwrap().contains("nobody does this in the portal"), "{apples}");
}

#[tokio::test]
async fn people_managers_leave_administrators_alone() {
    let world = World::of(SCENARIO).await;
    let portal = world.portal();
    let (robin, sam) = ("/people/robin@acme.example", "/people/sam@acme.example");
    assert_eq!(status(&portal, "pat", "PATCH", robin, json!({"status": "deactivated"})).await, 403);
    assert_eq!(status(&portal, "pat", "DELETE", robin, Value::Null).await, 403);
    assert_eq!(status(&portal, "pat", "PATCH", sam, json!({"roles": ["administrator"]})).await, 403);
    assert_eq!(status(&portal, "pat", "PATCH", sam, json!({"roles": ["device_manager"]})).await, 200);
    assert_eq!(status(&portal, "robin", "PATCH", sam, json!({"roles": ["administrator"]})).await, 200);
}

#[tokio::test]
async fn rights_may_hold_at_some_locations_alone() {
    let world = World::of(SCENARIO).await;
    let portal = world.portal();
    let kim = portal.call("PATCH", "/people/kim@acme.example", json!({"locations": ["Branch"]})).await;
    assert_eq!(kim["locations"], json!(["Branch"]));
    let bought = |location: &str| json!({"location": location, "adam_id": "361309726", "quantity": 2});
    assert_eq!(status(&portal, "kim", "POST", "/purchases", bought("HQ")).await, 403);
    assert_eq!(status(&portal, "kim", "POST", "/purchases", bought("Branch")).await, 201);
    assert_eq!(status(&portal, "kim", "POST", "/locations/HQ/token", json!({})).await, 403);
    assert_eq!(status(&portal, "kim", "POST", "/locations/Branch/token", json!({})).await, 200);
    let moved = json!({"from": "Branch", "to": "HQ", "adam_id": "361309726", "quantity": 1});
    assert_eq!(status(&portal, "kim", "POST", "/transfers", moved).await, 403);
}

#[tokio::test]
async fn there_are_five_administrators_or_ten() {
    for (behaviour, most) in [("2018", 5), ("2026", 10)] {
        let world = World::of(SCENARIO).await;
        let portal = world.portal();
        portal.quirks(json!({"behaviour": behaviour})).await;
        let administrator = |number: usize| json!({"name": "A", "managed_account": format!("a{number}@acme.example"), "roles": ["administrator"]});
        for number in 1..most {
            portal.post("/people", administrator(number)).await;
        }
        portal.refused("POST", "/people", administrator(most), 409, "TOO_MANY_ADMINISTRATORS").await;
        let raised = json!({"roles": ["administrator"]});
        portal.refused("PATCH", "/people/sam@acme.example", raised, 409, "TOO_MANY_ADMINISTRATORS").await;
        portal.call("DELETE", "/people/a1@acme.example", Value::Null).await;
        portal.post("/people", administrator(most)).await;
    }
}

#[tokio::test]
async fn accounts_are_added_deactivated_and_deleted() {
    let world = World::of(SCENARIO).await;
    let portal = world.portal();
    let noor = json!({"name": "Noor", "managed_account": "noor@acme.example", "roles": ["content_manager"]});
    let added = portal.post("/people", noor.clone()).await;
    assert_eq!((&added["status"], &added["locations"]), (&json!("active"), &json!([])));
    portal.refused("POST", "/people", noor, 409, "ACCOUNT_TAKEN").await;
    let credit = json!({"account": "noor@acme.example", "amount": "10"});
    assert_eq!(status(&portal, "noor", "POST", "/credit", credit.clone()).await, 200);
    portal.call("PATCH", "/people/noor@acme.example", json!({"status": "deactivated"})).await;
    assert_eq!(status(&portal, "noor", "POST", "/credit", credit).await, 403);
    assert_eq!(portal.get("/people/noor@acme.example").await["status"], "deactivated");
    let mut mdm = portal.mdm("MDM").await;
    mdm.sign_in().await.expect_ok();
    let gone = portal.call("DELETE", "/people/dana@acme.example", Value::Null).await;
    assert_eq!(gone, json!({"account": "dana@acme.example", "revoked": 1}));
    assert_eq!(mdm.sign_in().await.status, 403);
    assert_eq!(portal.get("/people").await["items"].as_array().unwrap().len(), 6);
    portal.refused("DELETE", "/people/dana@acme.example", json!({}), 404, "NOT_FOUND").await;
    let odd = json!({"name": "X", "managed_account": "x@acme.example", "roles": ["admin", "staff"]});
    let problem = portal.refused("POST", "/people", odd, 422, "BODY_DOES_NOT_FIT").await;
    assert_eq!(problem["errors"][0]["pointer"], "/roles/0");
}
