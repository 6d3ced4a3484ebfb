//! The document of this API, put together from the route table.

use serde_json::{Map, Value, json};

use super::ROUTES;

/// The OpenAPI 3.1 document.
pub fn document() -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for route in ROUTES {
        let path = paths.entry(route.path).or_insert_with(|| json!({ "parameters": parameters(route.path) }));
        path[route.method.as_str().to_lowercase()] = json!({
            "operationId": route.operation,
            "summary": route.summary,
            "security": if route.handler.public { json!([]) } else { json!([{ "control": [] }]) },
            "responses": {
                "2XX": { "description": "Done." },
                "default": {
                    "description": "A refusal.",
                    "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
                },
            },
        });
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "abmsim control API",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "What an administrator does in Apple's portal, what time does, and what a test needs to know.",
        },
        "paths": paths,
        "components": {
            "securitySchemes": { "control": { "type": "http", "scheme": "bearer" } },
            "schemas": { "Problem": problem() },
        },
    })
}

fn parameters(path: &str) -> Vec<Value> {
    let names = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    names.map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } })).collect()
}

fn problem() -> Value {
    let text = json!({ "type": "string" });
    json!({
        "type": "object",
        "required": ["type", "title", "status", "code", "detail"],
        "properties": {
            "type": text, "title": text, "code": text, "detail": text,
            "status": { "type": "integer" },
            "errors": {
                "type": "array",
                "items": { "type": "object", "properties": { "pointer": text, "detail": text } },
            },
        },
    })
}
