//! Organisations that come and go: `/_sim/orgs` and `/_sim/reset`.

use serde_json::{Value, json};

use crate::actors::{Portal, World};

/// A call outside any organisation: status and JSON.
async fn ask(world: &World, method: &str, path: &str, body: &str) -> (u16, Value) {
    let portal = world.portal();
    let request = portal.client.request(method.parse().unwrap(), format!("{}/_sim{path}", world.url()));
    let response = request.body(body.to_owned()).send().await.unwrap();
    (response.status().as_u16(), serde_json::from_str(&response.text().await.unwrap()).unwrap_or_default())
}

async fn create(world: &World, body: Value) -> Value {
    let (status, bundle) = ask(world, "POST", "/orgs", &body.to_string()).await;
    assert_eq!(status, 201, "{bundle}");
    bundle
}

async fn ids(world: &World) -> Vec<String> {
    let (_, list) = ask(world, "GET", "/orgs", "").await;
    list["items"].as_array().unwrap().iter().map(|org| org["id"].as_str().unwrap().to_owned()).collect()
}

fn consumer_key(bundle: &Value) -> &str {
    bundle["servers"][0]["token"]["consumer_key"].as_str().unwrap()
}

#[tokio::test]
async fn the_bundle_has_what_a_test_needs() {
    let world = World::small().await;
    let bundle = world.portal().get("").await;
    assert_eq!((&bundle["id"], &bundle["name"]), (&json!("acme"), &json!("Acme Corporation")));
    assert_eq!((&bundle["urls"]["base"], &bundle["urls"]["enrollment"]), (&json!(world.url()), &json!(world.url())));
    let names: Vec<&Value> = bundle["servers"].as_array().unwrap().iter().map(|server| &server["name"]).collect();
    assert_eq!(names, ["Primary MDM", "Second MDM"]);
    assert_eq!(bundle["servers"][0]["id"].as_str().unwrap().len(), 32);
    assert_eq!(bundle["servers"][0]["token"]["access_token_expiry"], "2027-09-01T08:00:00Z");
    assert_eq!((&bundle["locations"], &bundle["api_accounts"]), (&json!([]), &json!([])));
}

#[tokio::test]
async fn organisations_are_listed_in_the_order_of_their_making() {
    let world = World::small().await;
    for id in ["zebra", "ant", "mole"] {
        create(&world, json!({ "id": id })).await;
    }
    assert_eq!(ids(&world).await, ["acme", "zebra", "ant", "mole"]);
    let (_, list) = ask(&world, "GET", "/orgs", "").await;
    let acme = &list["items"][0];
    assert_eq!((&acme["servers"], &acme["devices"], &acme["terms"]), (&json!(2), &json!(4), &json!("signed")));
    assert_eq!(list.get("next"), None);
}

#[tokio::test]
async fn an_organisation_is_made_from_yaml_or_json_and_works_at_once() {
    let world = World::small().await;
    let yaml = "id: beta\nservers:\n  - name: MDM\norders:\n  - devices: [{model: iPhone 16, count: 3, server: MDM}]\n";
    let (status, bundle) = ask(&world, "POST", "/orgs", yaml).await;
    assert_eq!((status, &bundle["id"]), (201, &json!("beta")));
    let mut mdm = world.portal_of("beta").mdm("MDM").await;
    mdm.sign_in().await.expect_ok();
    assert_eq!(mdm.fetch_all(10).await.0.len(), 3);
    let made = create(&world, json!({"servers": [{"name": "MDM"}]})).await;
    let id = made["id"].as_str().unwrap();
    assert!(id.starts_with("org-"), "{id}");
    world.portal_of(id).mdm("MDM").await.sign_in().await.expect_ok();
}

#[tokio::test]
async fn an_organisation_has_its_own_clock_and_switches() {
    let world = World::small().await;
    let body =
        json!({"id": "beta", "quirks": {"session_ttl": "3m"}, "clock": {"start": "2030-01-01", "mode": "frozen"}});
    create(&world, body).await;
    let portal = world.portal_of("beta");
    assert_eq!(portal.get("/quirks").await["session_ttl"], "3m");
    assert_eq!(portal.get("/clock").await, json!({"now": "2030-01-01T00:00:00Z", "mode": "frozen", "rate": 1}));
    assert_eq!(world.portal().get("/clock").await["now"], "2026-09-01T08:00:00Z");
    create(&world, json!({"id": "gamma"})).await;
    assert_eq!(world.portal_of("gamma").get("/clock").await["mode"], "running");
}

#[tokio::test]
async fn a_taken_id_is_a_conflict_and_a_bad_body_does_not_fit() {
    let world = World::small().await;
    let (status, problem) = ask(&world, "POST", "/orgs", "{\"id\": \"acme\"}").await;
    assert_eq!((status, &problem["code"]), (409, &json!("ID_TAKEN")));
    let (status, problem) = ask(&world, "POST", "/orgs", "{\"id\": \"No Id\", \"serverz\": []}").await;
    assert_eq!((status, &problem["code"]), (422, &json!("BODY_DOES_NOT_FIT")));
    let pointers: Vec<&Value> = problem["errors"].as_array().unwrap().iter().map(|error| &error["pointer"]).collect();
    assert_eq!(pointers, ["/id", "/serverz"]);
    let (status, _) = ask(&world, "POST", "/orgs", "{").await;
    assert_eq!(status, 422);
    assert_eq!(ids(&world).await, ["acme"]);
}

#[tokio::test]
async fn one_like_another_has_the_same_content_and_its_own_credentials() {
    let world = World::small().await;
    let first = world.portal();
    first.assign(&["C02PHONE0001"], None).await;
    let bundle = create(&world, json!({"like": "acme"})).await;
    let id = bundle["id"].as_str().unwrap().to_owned();
    assert_ne!(id, "acme");
    assert_eq!(bundle["name"], "Acme Corporation");
    let original = first.get("").await;
    for server in [0, 1] {
        let (one, other) = (&original["servers"][server], &bundle["servers"][server]);
        assert_eq!(one["name"], other["name"]);
        assert_ne!(one["id"], other["id"]);
        for key in ["consumer_key", "consumer_secret", "access_token", "access_secret"] {
            assert_ne!(one["token"][key], other["token"][key], "{key}");
        }
    }
    let mut mdm = world.portal_of(&id).mdm("Primary MDM").await;
    mdm.sign_in().await.expect_ok();
    let as_loaded = ["C02PHONE0001", "C02PAD000002", "C02MAC000003"];
    assert_eq!(mdm.fetch_all(10).await.0, as_loaded, "as first loaded, not as it is now");
    let second = world.portal_of(&id);
    second.release(&["C02PAD000002"]).await;
    assert_eq!(first.device("C02PAD000002").await["status"], "assigned", "the two are apart");
}

#[tokio::test]
async fn one_like_another_may_differ_in_name_id_clock_and_switches() {
    let world = World::small().await;
    let body = json!({"like": "acme", "id": "twin", "name": "Twin", "clock": {"start": "2031-01-01"}, "quirks": {"error_body": "json"}});
    let bundle = create(&world, body).await;
    assert_eq!((&bundle["id"], &bundle["name"]), (&json!("twin"), &json!("Twin")));
    let portal = world.portal_of("twin");
    assert_eq!(portal.get("/clock").await["now"], "2031-01-01T00:00:00Z");
    let quirks = portal.get("/quirks").await;
    assert_eq!((&quirks["error_body"], &quirks["lag"]["profile"]), (&json!("json"), &json!("0s")));
    let (status, problem) = ask(&world, "POST", "/orgs", "{\"like\": \"nobody\"}").await;
    assert_eq!((status, &problem["code"]), (404, &json!("NOT_FOUND")));
}

#[tokio::test]
async fn one_like_another_adds_its_switches_to_the_others() {
    let world = World::of("{version: 1, organizations: [{id: acme, quirks: {lag: {profile: 5m, details: 1m}}}]}").await;
    create(&world, json!({"like": "acme", "id": "twin", "quirks": {"lag": {"portal": "2m", "details": null}}})).await;
    let lag = world.portal_of("twin").get("/quirks").await["lag"].clone();
    assert_eq!(lag, json!({"portal": "2m", "profile": "5m", "details": "0s"}));
}

#[tokio::test]
async fn one_like_another_brings_no_content_of_its_own() {
    let world = World::small().await;
    let (status, problem) =
        ask(&world, "POST", "/orgs", "{\"like\": \"acme\", \"servers\": [{\"name\": \"MDM\"}]}").await;
    assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!("/servers")));
}

#[tokio::test]
async fn a_deleted_organisation_takes_its_credentials_and_sessions_along() {
    let world = World::small().await;
    let mut mdm = world.mdm("Primary MDM").await;
    world.portal().call("DELETE", "", Value::Null).await;
    mdm.get("/account").await.expect_refusal(401, "UNAUTHORIZED");
    mdm.sign_in().await.expect_refusal(401, "oauth_problem_adviceUnauthorized");
    world.portal().refused("GET", "", Value::Null, 404, "NOT_FOUND").await;
    world.portal().refused("DELETE", "", Value::Null, 404, "NOT_FOUND").await;
    assert_eq!(ids(&world).await, [""; 0]);
}

#[tokio::test]
async fn an_organisation_lives_as_long_as_it_was_asked_to() {
    let world = World::small().await;
    create(&world, json!({"id": "short", "ttl": "50ms"})).await;
    create(&world, json!({"id": "long", "ttl": "1h"})).await;
    while ids(&world).await != ["acme", "long"] {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn a_lifetime_is_that_of_the_one_and_not_of_its_successor() {
    let world = World::small().await;
    create(&world, json!({"id": "short", "ttl": "2s"})).await;
    world.portal_of("short").call("DELETE", "", Value::Null).await;
    create(&world, json!({"id": "short"})).await;
    tokio::time::sleep(std::time::Duration::from_millis(3_000)).await;
    world.portal_of("short").get("").await;
}

/// Everything about an organisation that a client can see.
async fn all_of(portal: &Portal) -> [Value; 5] {
    [
        portal.get("").await,
        portal.get("/devices").await,
        portal.get("/quirks").await,
        portal.get("/clock").await,
        portal.get("/terms").await,
    ]
}

#[tokio::test]
async fn reset_brings_everything_back_credentials_included() {
    let world = World::small().await;
    let portal = world.portal();
    let before = all_of(&portal).await;
    let mut mdm = world.mdm("Primary MDM").await;
    create(&world, json!({"like": "acme", "id": "twin"})).await;
    portal.release(&["C02PHONE0001"]).await;
    portal.quirks(json!({"error_body": "json"})).await;
    portal.advance("8d").await;
    portal.call("PUT", "/terms", json!({"state": "unsigned"})).await;
    portal.renew("Primary MDM").await;
    portal.post("/servers", json!({"name": "Third"})).await;
    let (status, list) = ask(&world, "POST", "/reset", "").await;
    assert_eq!((status, list["items"].as_array().unwrap().len()), (200, 1));
    assert_eq!(ids(&world).await, ["acme"], "what was created is gone");
    assert_eq!(all_of(&portal).await, before);
    mdm.get("/account").await.expect_refusal(401, "UNAUTHORIZED");
    mdm.sign_in().await.expect_ok();
    mdm.get("/account").await.expect_ok();
}

#[tokio::test]
async fn reset_brings_a_deleted_organisation_back() {
    let world = World::small().await;
    let key = consumer_key(&world.portal().get("").await).to_owned();
    world.portal().call("DELETE", "", Value::Null).await;
    ask(&world, "POST", "/reset", "").await;
    assert_eq!(consumer_key(&world.portal().get("").await), key);
    world.mdm("Primary MDM").await;
}

#[tokio::test]
async fn ids_are_made_anew_after_a_reset_without_meeting_those_of_the_scenario() {
    let world = World::of("{version: 1, organizations: [{servers: [{name: MDM}]}]}").await;
    let scenarios = ids(&world).await;
    let made = create(&world, json!({})).await["id"].clone();
    ask(&world, "POST", "/reset", "").await;
    assert_eq!(ids(&world).await, scenarios);
    assert_eq!(create(&world, json!({})).await["id"], made);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn resets_at_the_same_time_wait_for_each_other() {
    let world = World::small().await;
    let url = format!("{}/_sim/reset", world.url());
    let client = crate::actors::client();
    let resets = (0..20).map(|_| tokio::spawn(client.post(&url).send()));
    for reset in resets.collect::<Vec<_>>() {
        assert_eq!(reset.await.unwrap().unwrap().status(), 200);
    }
    assert_eq!(world.simulator().directory().len(), 1);
}

#[tokio::test]
async fn a_token_renewed_for_an_organisation_that_is_gone_opens_nothing() {
    let world = World::small().await;
    let directory = world.simulator().directory();
    let gone = directory.organization("acme").unwrap();
    let key = gone.read(|books, _| books.servers[0].token.as_ref().unwrap().consumer_key.clone());
    assert!(directory.consumer(&key).is_some());
    directory.remove("acme");
    directory.index(&gone);
    assert!(directory.consumer(&key).is_none(), "the renewal that came late brought the key back");
}
