//! Who may call the catalogue.

use serde_json::{Value, json};

use crate::actors::{Developer, World};

#[tokio::test]
async fn any_token_of_the_documented_form_is_good() {
    let world = World::small().await;
    let answer = Developer::of(&world).get("/v1/test").await;
    assert_eq!((answer.status, answer.text.as_str()), (200, ""));
}

#[tokio::test]
async fn a_token_of_another_form_is_401_without_data() {
    let world = World::small().await;
    let mut developer = Developer::of(&world);
    let (header, claims) = (developer.header.clone(), developer.claims.clone());
    for (part, name, value) in [
        ("header", "alg", json!("HS256")),
        ("header", "kid", json!("SHORT")),
        ("header", "kid", Value::Null),
        ("claims", "iss", json!("DEF123GHIJK")),
        ("claims", "exp", json!(-1)),
        ("claims", "exp", json!(15_777_100)),
        ("claims", "exp", Value::Null),
    ] {
        (developer.header, developer.claims) = (header.clone(), claims.clone());
        let changed = if part == "header" { &mut developer.header } else { &mut developer.claims };
        changed[name] = value.clone();
        let answer = developer.get("/v1/catalog/us/apps?ids=361309726&platform=iphone").await;
        assert_eq!((answer.status, answer.text.as_str()), (401, ""), "{name}: {value}");
    }
    assert_eq!(developer.get_openly("/v1/test").await.status, 401);
}

#[tokio::test]
async fn a_signature_is_checked_once_the_developer_has_a_key() {
    let world = World::small().await;
    let (developer, impostor) = (Developer::of(&world), Developer::of(&world));
    assert_eq!(impostor.get("/v1/test").await.status, 200);
    let url = format!("{}/_sim/developer-keys/DEF123GHIJ", world.url());
    let client = crate::actors::client();
    let body = json!({"key_id": "ABC123DEFG", "public_key": developer.public_key()});
    let put = client.put(&url).json(&body).send().await.unwrap();
    assert_eq!(put.json::<Value>().await.unwrap(), json!({"team": "DEF123GHIJ", "key_ids": ["ABC123DEFG"]}));
    assert_eq!(developer.get("/v1/test").await.status, 200);
    assert_eq!(impostor.get("/v1/test").await.status, 401);
    assert_eq!(client.delete(&url).send().await.unwrap().status(), 204);
    assert_eq!(impostor.get("/v1/test").await.status, 200);
    assert_eq!(client.delete(&url).send().await.unwrap().status(), 404);
}

#[tokio::test]
async fn what_is_no_public_key_is_refused_with_a_reason() {
    let world = World::small().await;
    let url = format!("{}/_sim/developer-keys/DEF123GHIJ", world.url());
    let client = crate::actors::client();
    for (key_id, key, pointer) in
        [("ABC123DEFG", "nonsense".to_owned(), "/public_key"), ("A", Developer::of(&world).public_key(), "/key_id")]
    {
        let refused = client.put(&url).json(&json!({"key_id": key_id, "public_key": key})).send().await.unwrap();
        assert_eq!(refused.status(), 422);
        assert_eq!(refused.json::<Value>().await.unwrap()["errors"][0]["pointer"], pointer);
    }
    let listed: Value =
        client.get(format!("{}/_sim/developer-keys", world.url())).send().await.unwrap().json().await.unwrap();
    assert_eq!(listed, json!({"items": []}));
}

#[tokio::test]
async fn fleet_gets_a_secret_with_which_it_gets_as_far_as_its_content_token_does() {
    let world = World::small().await;
    let client = crate::actors::client();
    let body = json!({"fleetServerUrl": "https://fleet.example", "fleetLicenseKey": "x"});
    let answer = client.post(format!("{}/api/vpp/v1/auth", world.url())).json(&body).send().await.unwrap();
    let secret = answer.json::<Value>().await.unwrap()["fleetServerSecret"].as_str().unwrap().to_owned();
    let url = format!("{}/v1/catalog/us/stoken-authenticated-apps?platform=iphone&ids=361309726", world.url());
    let ask = client.get(&url).bearer_auth(secret).header("vpp-token", "eyJ0b2tlbiI6IngifQ==");
    let refused = ask.send().await.unwrap();
    assert_eq!(refused.status(), 403);
    assert_eq!(refused.json::<Value>().await.unwrap()["errors"][0]["code"], "40300");
    assert_eq!(client.get(&url).bearer_auth("another secret").send().await.unwrap().status(), 401);
}
