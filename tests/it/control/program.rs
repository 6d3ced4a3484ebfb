//! What is asked of the program itself, and how the control API writes.

use std::collections::HashSet;

use abmsim::control::ROUTES;
use reqwest::Method;
use serde_json::{Value, json};

use crate::actors::{Answer, MdmServer, World};

async fn ask(world: &World, method: &str, path: &str) -> Answer {
    let method = Method::from_bytes(method.as_bytes()).unwrap();
    MdmServer::receive(world.portal().client.request(method, format!("{}{path}", world.url()))).await
}

#[tokio::test]
async fn it_is_ready_when_it_answers() {
    let world = World::small().await;
    let ready = ask(&world, "GET", "/_sim/ready").await.expect_ok();
    assert_eq!((&ready["ready"], &ready["organizations"]), (&json!(true), &json!(1)));
    assert_eq!(ready["version"], env!("CARGO_PKG_VERSION"));
}

#[tokio::test]
async fn the_document_lists_every_route() {
    let world = World::small().await;
    let document = ask(&world, "GET", "/_sim/openapi.json").await.expect_ok();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let mut operations = HashSet::new();
    for route in ROUTES {
        let operation = &document["paths"][route.path][route.method.as_str().to_lowercase()];
        assert_eq!(operation["operationId"], route.operation);
        assert!(operations.insert(route.operation), "{} twice", route.operation);
        let named: Vec<&str> =
            route.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).collect();
        let listed = document["paths"][route.path]["parameters"].as_array().unwrap();
        assert_eq!(listed.iter().map(|parameter| parameter["name"].as_str().unwrap()).collect::<Vec<_>>(), named);
        assert_eq!(operation["security"] == json!([]), route.handler.public, "{}", route.operation);
    }
    let of_paths = document["paths"].as_object().unwrap().values().flat_map(|path| path.as_object().unwrap().keys());
    assert_eq!(of_paths.filter(|key| *key != "parameters").count(), ROUTES.len());
}

#[tokio::test]
async fn every_route_is_answered() {
    let world = World::small().await;
    for route in ROUTES {
        let path = route.path.replace("{org}", "acme").replace("{server}", "x").replace("{serial}", "x");
        // A stream has no end that could be waited for; a question that makes no sense has.
        let path = if path.ends_with("/stream") { path + "?nonsense=1" } else { path };
        let answer = ask(&world, route.method.as_str(), &path).await;
        assert!(!answer.text.contains("NO_SUCH_PATH") && answer.status != 405, "{} {}", route.operation, answer.status);
        assert!(answer.status < 500, "{}: {}", route.operation, answer.text);
        ask(&world, "POST", "/_sim/reset").await.expect_ok();
    }
}

/// A refusal in the form of RFC 9457.
fn problem(answer: &Answer, status: u16, code: &str) -> Value {
    assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{answer:?}");
    let problem = answer.json();
    assert_eq!((answer.status, &problem["status"], &problem["code"]), (status, &json!(status), &json!(code)));
    assert!(!problem["title"].as_str().unwrap().is_empty() && !problem["detail"].as_str().unwrap().is_empty());
    problem
}

#[tokio::test]
async fn refusals_are_problems_for_programs_and_people() {
    let world = World::small().await;
    problem(&ask(&world, "GET", "/_sim/nothing").await, 404, "NO_SUCH_PATH");
    problem(&ask(&world, "GET", "/_sim").await, 404, "NO_SUCH_PATH");
    problem(&ask(&world, "GET", "/_sim/orgs/nobody").await, 404, "NOT_FOUND");
    problem(&ask(&world, "PUT", "/_sim/orgs/acme/terms").await, 422, "BODY_DOES_NOT_FIT");
    let wrong_method = ask(&world, "DELETE", "/_sim/reset").await;
    problem(&wrong_method, 405, "METHOD_NOT_ALLOWED");
    assert_eq!(wrong_method.header("allow"), Some("POST"));
}

#[tokio::test]
async fn an_unknown_organisation_is_told_from_an_unknown_path() {
    let world = World::small().await;
    for (method, path) in [("GET", "/clock"), ("GET", "/servers"), ("GET", "/quirks"), ("DELETE", "/sessions")] {
        let answer = ask(&world, method, &format!("/_sim/orgs/nobody{path}")).await;
        assert!(problem(&answer, 404, "NOT_FOUND")["detail"].as_str().unwrap().contains("`nobody`"));
    }
}

#[tokio::test]
async fn the_ledger_is_served() {
    let world = World::small().await;
    let ledger = ask(&world, "GET", "/_sim/fidelity").await.expect_ok();
    let entries = ledger["items"].as_array().unwrap();
    let replaced = entries.iter().find(|entry| entry["id"] == "enrollment.token-replaced").unwrap();
    assert_eq!((&replaced["status"], &replaced["switch"]), (&json!("observed"), &json!("replaced_token")));
}
