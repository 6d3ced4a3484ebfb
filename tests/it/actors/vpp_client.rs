//! An MDM server of the old days: it speaks version 1 of Apps and Books.

use reqwest::{Client, Method};
use serde_json::{Value, json};

use super::{Answer, ContentManager, MdmServer};

/// An MDM server with a content token, which it sends in the body.
#[derive(Clone)]
pub struct VppClient {
    /// What it asks with.
    pub client: Client,
    /// Where the services are, such as `http://127.0.0.1:8443/mdm`.
    pub url: String,
    /// Its token.
    pub token: String,
}

impl VppClient {
    /// One with the token of somebody who speaks version 2.
    pub fn like(manager: &ContentManager) -> Self {
        let url = manager.url.strip_suffix("/v2").unwrap().to_owned();
        Self { client: super::client(), url, token: manager.token().to_owned() }
    }

    /// A request with a body as it is; `path` is a service, perhaps with a query.
    pub async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = self.client.request(method, format!("{}/{path}", self.url)).body(body.to_owned());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        MdmServer::receive(request).await
    }

    /// A call with the token among its arguments.
    pub async fn call(&self, service: &str, mut arguments: Value) -> Answer {
        arguments["sToken"] = json!(self.token);
        self.send("POST", service, &[("Content-Type", "application/json")], &arguments.to_string()).await
    }

    /// What a call answers that is done.
    pub async fn ask(&self, service: &str, arguments: Value) -> Value {
        let answer = self.call(service, arguments).await.expect_ok();
        assert_eq!(answer["status"], 0, "{answer}");
        answer
    }

    /// The answer to a call that is refused with this number.
    pub async fn refused(&self, service: &str, arguments: Value, number: u64) -> Value {
        self.call(service, arguments).await.expect_vpp(number)
    }

    /// Assigns licences and takes them back.
    pub async fn manage(&self, arguments: Value) -> Value {
        self.call("manageVPPLicensesByAdamIdSrv", arguments).await.expect_ok()
    }

    /// Every row of a list, batch by batch, and the mark at its end.
    pub async fn all(&self, service: &str, list: &str, arguments: Value) -> (Vec<Value>, String) {
        let mut rows = Vec::new();
        let mut page = self.ask(service, arguments).await;
        loop {
            rows.extend(page[list].as_array().into_iter().flatten().cloned());
            match (page["batchToken"].as_str(), page["sinceModifiedToken"].as_str()) {
                (Some(token), None) => page = self.ask(service, json!({"batchToken": token})).await,
                (None, Some(mark)) => return (rows, mark.to_owned()),
                _ => panic!("neither or both: {page}"),
            }
        }
    }
}

impl Answer {
    /// An answer that must be the error of this number in version 1.
    #[track_caller]
    pub fn expect_vpp(&self, number: u64) -> Value {
        let body = self.json();
        let told = (self.status, body["status"].as_i64(), body["errorNumber"].as_u64());
        assert_eq!(told, (200, Some(-1), Some(number)), "{}", self.text);
        body
    }
}
