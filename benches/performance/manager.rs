//! An MDM server with a content token, who is at the portal too.

use std::net::SocketAddr;

use serde_json::{Value, json};

use crate::Failure;
use crate::connection::{Answer, Connection};
use crate::mdm::expect_success;
use crate::scenario::{LOCATION, ORGANIZATION};

/// Whoever manages the licences of a location.
pub struct Manager {
    connection: Connection,
    host: String,
    token: String,
}

impl Manager {
    /// One with the location's content token.
    pub async fn enter(address: SocketAddr) -> Result<Self, Failure> {
        let connection = Connection::open(address, None).await?;
        let mut manager = Self { connection, host: address.to_string(), token: String::new() };
        let issued = manager.portal("POST", &format!("locations/{LOCATION}/token"), &json!({})).await?;
        manager.token = issued["content_token"].as_str().ok_or("there is no content token")?.to_owned();
        Ok(manager)
    }

    /// A request of the MDM server, the path behind `/mdm/v2`; with a body it is a `POST`.
    pub fn request(&self, path: &str, body: Option<&Value>) -> Vec<u8> {
        let method = if body.is_some() { "POST" } else { "GET" };
        let proof = format!("Authorization: Bearer {}\r\n", self.token);
        self.written(method, &format!("/mdm/v2{path}"), &proof, body)
    }

    fn written(&self, method: &str, path: &str, proof: &str, body: Option<&Value>) -> Vec<u8> {
        let body = body.map(Value::to_string).unwrap_or_default();
        format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nUser-Agent: bench/1\r\n{proof}Content-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{body}",
            self.host,
            body.len()
        )
        .into_bytes()
    }

    /// Sends a request on its own connection.
    pub async fn call(&mut self, request: &[u8]) -> Result<Answer, Failure> {
        expect_success(self.connection.fetch(request).await?)
    }

    /// A call of the control API, by the path behind the organisation.
    pub async fn portal(&mut self, method: &str, path: &str, body: &Value) -> Result<Value, Failure> {
        let request = self.written(method, &format!("/_sim/orgs/{ORGANIZATION}/{path}"), "", Some(body));
        Ok(serde_json::from_slice(&self.call(&request).await?.body)?)
    }

    /// Begins an event and lets its time pass; it must be complete then. Answers how much it has done.
    pub async fn event(&mut self, path: &str, body: &Value) -> Result<u64, Failure> {
        let begun = self.call(&self.request(path, Some(body))).await?;
        let begun: Value = serde_json::from_slice(&begun.body)?;
        let id = begun["eventId"].as_str().ok_or("no event has begun")?;
        self.portal("POST", "clock", &json!({"advance": "60s"})).await?;
        let status = self.call(&self.request(&format!("/status?eventId={id}"), None)).await?;
        let event: Value = serde_json::from_slice(&status.body)?;
        match (event["eventStatus"].as_str(), event["numCompleted"].as_u64()) {
            (Some("COMPLETE"), Some(completed)) => Ok(completed),
            _ => Err(format!("the event is not complete: {event}").into()),
        }
    }
}
