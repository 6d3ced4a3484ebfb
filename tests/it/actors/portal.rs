//! An administrator.

use reqwest::{Client, Method};
use serde_json::{Value, json};

use super::{Answer, MdmServer};

/// An administrator of one organisation, at the control API.
#[derive(Clone)]
pub struct Portal {
    /// What it asks with.
    pub client: Client,
    /// Where it asks.
    pub url: String,
    /// Whose administrator it is.
    pub organization: String,
}

impl Portal {
    pub fn new(url: String, organization: &str) -> Self {
        Self { client: super::client(), url, organization: organization.to_owned() }
    }

    /// An administrator of another organisation, at the same desk: a client of its own for each costs more than all that it asks.
    pub fn colleague(&self, organization: &str) -> Self {
        Self { organization: organization.to_owned(), ..self.clone() }
    }

    /// An MDM server with this token, at the same desk.
    pub fn mdm_with(&self, token: Value) -> MdmServer {
        MdmServer::at(self.client.clone(), self.url.clone(), token)
    }

    /// A call under `/_sim/orgs/{org}` that must succeed; answers its JSON (`null` for 204).
    pub async fn call(&self, method: &str, path: &str, body: Value) -> Value {
        let (status, answer) = self.try_call(method, path, body).await;
        assert!((200..300).contains(&status), "{method} {path}: {status} {answer}");
        answer
    }

    /// The same for a call that may fail: status and JSON.
    pub async fn try_call(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let url = format!("{}/_sim/orgs/{}{path}", self.url, self.organization);
        let mut request = self.client.request(Method::from_bytes(method.as_bytes()).unwrap(), url);
        if !body.is_null() {
            request = request.json(&body);
        }
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or(Value::String(text).take()))
    }

    /// The same with headers and a body as they are.
    pub async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let url = format!("{}/_sim/orgs/{}{path}", self.url, self.organization);
        let mut request = self.client.request(Method::from_bytes(method.as_bytes()).unwrap(), url).body(body.to_vec());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        MdmServer::receive(request).await
    }

    /// The error of a call that must fail with this status and code.
    pub async fn refused(&self, method: &str, path: &str, body: Value, status: u16, code: &str) -> Value {
        let (got, problem) = self.try_call(method, path, body).await;
        assert_eq!((got, problem["code"].as_str()), (status, Some(code)), "{method} {path}: {problem}");
        problem
    }

    pub async fn get(&self, path: &str) -> Value {
        self.call("GET", path, Value::Null).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Value {
        self.call("POST", path, body).await
    }

    /// Turns switches.
    pub async fn quirks(&self, patch: Value) {
        self.call("PATCH", "/quirks", patch).await;
    }

    /// Moves the clock forward; answers what ran.
    pub async fn advance(&self, span: &str) -> Value {
        self.post("/clock", json!({ "advance": span })).await["ran"].clone()
    }

    /// Assigns devices to a server, or to none.
    pub async fn assign(&self, serials: &[&str], server: Option<&str>) -> Value {
        self.post("/assignments", json!({"serials": serials, "server": server})).await
    }

    pub async fn release(&self, serials: &[&str]) -> Value {
        self.post("/releases", json!({ "serials": serials })).await
    }

    pub async fn device(&self, serial: &str) -> Value {
        self.get(&format!("/devices/{serial}")).await
    }

    /// A device boots.
    pub async fn activate(&self, serial: &str) -> Value {
        self.post(&format!("/devices/{serial}/activate"), Value::Null).await
    }

    /// A new token for a server, in clear; the old one dies.
    pub async fn renew(&self, server: &str) -> Value {
        self.post(&format!("/servers/{}/token", server.replace(' ', "%20")), json!({})).await
    }

    /// An MDM server that was given the live token of the server of this name.
    pub async fn mdm(&self, server: &str) -> MdmServer {
        let bundle = self.get("").await;
        let servers = bundle["servers"].as_array().unwrap().iter();
        let found = servers.clone().find(|known| known["name"] == server);
        let found = found.unwrap_or_else(|| panic!("no server {server} in {bundle}"));
        MdmServer::new(self.url.clone(), found["token"].clone())
    }
}
