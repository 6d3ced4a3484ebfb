//! An MDM server, as Apps and Books see it.

use reqwest::{Client, Method};
use serde_json::Value;

use super::{Answer, MdmServer};

/// An MDM server with a content token.
#[derive(Clone)]
pub struct ContentManager {
    /// What it asks with.
    pub client: Client,
    /// Where it asks, `/mdm/v2` included.
    pub url: String,
    /// The Authorization header; `None` sends none.
    pub authorization: Option<String>,
}

impl ContentManager {
    /// One that has this token.
    pub fn new(url: String, token: String) -> Self {
        let authorization = Some(format!("Bearer {token}"));
        Self { client: super::client(), url: format!("{url}/mdm/v2"), authorization }
    }

    /// The same with another Authorization header, or none.
    pub fn with(&self, authorization: Option<&str>) -> Self {
        Self { authorization: authorization.map(str::to_owned), ..self.clone() }
    }

    /// The token.
    pub fn token(&self) -> &str {
        self.authorization.as_deref().unwrap().strip_prefix("Bearer ").unwrap()
    }

    /// A call with a body as it is.
    pub async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<&str>) -> Answer {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = self.client.request(method, format!("{}{path}", self.url));
        if let Some(authorization) = &self.authorization {
            request = request.header("Authorization", authorization);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.body(body.to_owned());
        }
        MdmServer::receive(request).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        let headers = [("Content-Type", "application/json")];
        self.send("POST", path, &headers, Some(&body.to_string())).await
    }

    /// A call that begins an event; answers the event's id.
    #[track_caller]
    pub fn event_of(answer: &Answer) -> String {
        answer.expect_ok()["eventId"].as_str().unwrap().to_owned()
    }

    /// Begins an event and answers what became of it; where events take no time, it is over.
    pub async fn event(&self, path: &str, body: Value) -> Value {
        let id = Self::event_of(&self.post(path, body).await);
        self.get(&format!("/status?eventId={id}")).await.expect_ok()
    }

    /// Every row of a list, page by page.
    pub async fn all(&self, path: &str, list: &str) -> Vec<Value> {
        let (mut rows, mut index) = (Vec::new(), 0);
        loop {
            let mark = if path.contains('?') { '&' } else { '?' };
            let page = self.get(&format!("{path}{mark}pageIndex={index}")).await.expect_ok();
            rows.extend(page[list].as_array().unwrap().iter().cloned());
            assert_eq!(page["currentPageIndex"], index);
            match page["nextPageIndex"].as_u64() {
                Some(next) => index = next,
                None => return rows,
            }
        }
    }
}

impl Answer {
    /// An answer that must be the error of this number.
    #[track_caller]
    pub fn expect_number(&self, status: u16, number: u64) -> Value {
        let body = self.json();
        assert_eq!((self.status, body["errorNumber"].as_u64()), (status, Some(number)), "{}", self.text);
        body
    }
}
