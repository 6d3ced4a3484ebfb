//! Looking like Apple's old depsim.

use abmsim::simulator::{Compat, Settings};
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};

use crate::actors::{Answer, MdmServer, VppClient, World};

async fn depsim(scenario: &str) -> World {
    World::with(Settings { compat: Some(Compat::Depsim), ..Settings::default() }, scenario).await
}

const ONE: &str = "{version: 1, seed: 1, organizations: [{id: acme, servers: [{name: Example Server}, {name: Other}],
    orders: [{devices: [{serial: C02PHONE0001, model: iPhone 16, server: Example Server}]}]}]}";

/// What `GET /token` gives.
async fn token(world: &World) -> Value {
    let client = world.portal().client;
    MdmServer::receive(client.get(format!("{}/token", world.url()))).await.expect_ok()
}

/// Opens a session as depsim wants it: with its Content-Type.
async fn sign_in(mdm: &mut MdmServer) -> Answer {
    let request = mdm.client.get(format!("{}/session", mdm.url)).header("Authorization", mdm.authorization());
    let answer = MdmServer::receive(request.header(CONTENT_TYPE, "application/json;charset=UTF8")).await;
    if answer.status == 200 {
        mdm.session = answer.json()["auth_session_token"].as_str().map(str::to_owned);
    }
    answer
}

#[tokio::test]
async fn the_token_is_given_in_clear_and_is_the_one_built_into_clients() {
    let world = depsim(ONE).await;
    let token = token(&world).await;
    let keys: Vec<&String> = token.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["consumer_key", "consumer_secret", "access_token", "access_secret", "access_token_expiry"]);
    assert!(token["consumer_key"].as_str().unwrap().starts_with("CK_48dd68d198350f51258e885ce9a5c37ab7f98543"));
    assert!(token["consumer_secret"].as_str().unwrap().starts_with("CS_34c7b2b531a600d99a0e4edcf4a78ded79b86ef3"));
    assert!(token["access_token"].as_str().unwrap().starts_with("AT_927696831c59ba510cfe4ec1a69e5267c1988125"));
    assert!(token["access_secret"].as_str().unwrap().starts_with("AS_c31afd7a09691d83548489336e8ff1cb11b82b6b"));
    let mut mdm = MdmServer::new(world.url(), token);
    sign_in(&mut mdm).await.expect_ok();
    assert_eq!(mdm.get("/account").await.expect_ok()["server_name"], "Example Server");
    assert_eq!(mdm.fetch_all(10).await.0, ["C02PHONE0001"]);
}

#[tokio::test]
async fn vppsims_token_is_given_too_and_opens_the_first_location() {
    let scenario = "{version: 1, organizations: [{id: acme, locations: [{name: HQ}, {name: Branch}]}]}";
    for (scenario, name) in [("{version: 1}", "Example Location"), (scenario, "HQ")] {
        let world = depsim(scenario).await;
        let client = world.portal().client;
        let url = format!("{}/internal/get_stoken", world.url());
        let given = MdmServer::receive(client.get(url)).await.expect_ok();
        let token = given["sToken"].as_str().unwrap().to_owned();
        let vpp = VppClient { client, url: world.url(), token };
        let config = vpp.ask("VPPClientConfigSrv", json!({})).await;
        assert_eq!(config["location"]["locationName"], name);
    }
    let world = World::of("{version: 1}").await;
    let response = world.portal().client.get(format!("{}/internal/get_stoken", world.url())).send().await.unwrap();
    assert_eq!(response.status(), 404, "nobody else hands out tokens");
}

#[tokio::test]
async fn it_works_without_a_word_in_the_scenario() {
    let world = depsim("{version: 1}").await;
    let mut mdm = MdmServer::new(world.url(), token(&world).await);
    sign_in(&mut mdm).await.expect_ok();
    mdm.get("/account").await.expect_ok();
}

#[tokio::test]
async fn errors_are_quoted_and_unknown_sessions_forbidden() {
    let world = depsim(ONE).await;
    let mut mdm = MdmServer::new(world.url(), token(&world).await);
    sign_in(&mut mdm).await.expect_ok();
    mdm.post("/devices/sync", json!({"cursor": "x"})).await.expect_refusal(400, "\"INVALID_CURSOR\"");
    let stranger = MdmServer { session: Some("before the restart".to_owned()), ..mdm.clone() };
    stranger.send("GET", "/account", None).await.expect_refusal(403, "\"FORBIDDEN\"");
}

#[tokio::test]
async fn the_content_type_is_wanted_to_the_letter() {
    let world = depsim(ONE).await;
    let mut mdm = MdmServer::new(world.url(), token(&world).await);
    assert_eq!(mdm.sign_in().await.status, 400);
    sign_in(&mut mdm).await.expect_ok();
}

#[tokio::test]
async fn profiles_are_assigned_by_put_alone() {
    let world = depsim(ONE).await;
    let mut mdm = MdmServer::new(world.url(), token(&world).await);
    sign_in(&mut mdm).await.expect_ok();
    let profile = mdm.define("P").await;
    let body = json!({"profile_uuid": profile, "devices": ["C02PHONE0001"]});
    mdm.post("/profile/devices", body.clone()).await.expect_refusal(405, "");
    let assigned = mdm.call("PUT", "/profile/devices", Some(&body)).await.expect_ok();
    assert_eq!(assigned["devices"], json!({"C02PHONE0001": "SUCCESS"}));
}

#[tokio::test]
async fn its_habits_are_switches_that_the_scenario_may_set_otherwise() {
    let world = depsim("{version: 1, organizations: [{id: acme, quirks: {error_body: bare}}]}").await;
    let quirks = world.portal().get("/quirks").await;
    assert_eq!((&quirks["error_body"], &quirks["assign_methods"]), (&json!("bare"), &json!("put")));
}

#[tokio::test]
async fn one_like_it_does_not_take_its_credentials() {
    let world = depsim(ONE).await;
    let twin =
        world.portal().client.post(format!("{}/_sim/orgs", world.url())).json(&json!({"like": "acme", "id": "twin"}));
    let bundle = MdmServer::receive(twin).await.json();
    let depsims = token(&world).await;
    assert_ne!(bundle["servers"][0]["token"]["consumer_key"], depsims["consumer_key"]);
    let mut mdm = MdmServer::new(world.url(), depsims);
    sign_in(&mut mdm).await.expect_ok();
    let uuid = mdm.get("/account").await.expect_ok()["server_uuid"].clone();
    assert_eq!(uuid, world.portal().get("").await["servers"][0]["id"]);
    world.portal_of("twin").call("DELETE", "", Value::Null).await;
    sign_in(&mut mdm).await.expect_ok();
}

#[tokio::test]
async fn otherwise_there_is_no_such_path() {
    let world = World::small().await;
    let answer = MdmServer::receive(world.portal().client.get(format!("{}/token", world.url()))).await;
    answer.expect_refusal(404, "");
}
