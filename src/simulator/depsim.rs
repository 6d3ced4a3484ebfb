//! Looking like Apple's old depsim, and vppsim beside it, for clients that were written against them.

use http::{HeaderValue, header};
use serde_json::json;

use crate::directory::Directory;
use crate::http::{Body, Response};
use crate::scenario::plan::{LocationPlan, OrganizationPlan, Scenario, ServerPlan};

/// Where depsim hands out its credentials in clear.
pub const TOKEN_PATH: &str = "/token";

/// Where vppsim hands out its content token.
pub const CONTENT_TOKEN_PATH: &str = "/internal/get_stoken";

/// Makes the first server of a scenario look like depsim's only one: fixed credentials, quoted errors, PUT to assign, 403 for unknown
/// sessions. Beside it there is a location, as vppsim has it.
pub fn disguise(scenario: &mut Scenario) {
    if scenario.organizations.is_empty() {
        scenario.organizations.push(OrganizationPlan { terms_signed: true, ..OrganizationPlan::default() });
    }
    let organization = &mut scenario.organizations[0];
    if organization.servers.is_empty() {
        organization.servers.push(ServerPlan::named("Example Server"));
    }
    organization.servers[0].depsim_credentials = true;
    if organization.locations.is_empty() {
        organization.locations.push(LocationPlan::named("Example Location"));
    }
    let habits = json!({
        "error_body": "quoted",
        "unknown_session": "forbidden",
        "assign_methods": "put",
        "strict_content_type": true,
    });
    for (switch, value) in habits.as_object().into_iter().flatten() {
        organization.quirks.entry(switch.clone()).or_insert(value.clone());
    }
}

/// `GET /token`: the credentials of the first server.
pub fn token(directory: &Directory) -> Response {
    let first = directory.organizations().into_iter().next();
    let text = first
        .and_then(|organization| organization.read(|books, _| Some(books.servers.first()?.token.as_ref()?.to_json())));
    answer(text.unwrap_or_else(|| "{}".to_owned()))
}

/// `GET /internal/get_stoken`: the content token of the first location.
pub fn content_token(directory: &Directory) -> Response {
    let first = directory.organizations().into_iter().next();
    let text = first.and_then(|organization| {
        organization.read(|books, now| {
            let token = books.content.locations.first()?.best_token(now)?;
            Some(json!({"sToken": token.text.expose()}).to_string())
        })
    });
    answer(text.unwrap_or_else(|| "{}".to_owned()))
}

fn answer(text: String) -> Response {
    let mut response = Response::new(Body::from(text));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json;charset=UTF8"));
    response
}
