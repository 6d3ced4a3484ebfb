//! An MDM server, as Apple's service sees it: signed with a library that is not ours.

use reqwest::{Client, Method};
use serde_json::{Value, json};

/// An MDM server with a server token and perhaps a session.
#[derive(Clone)]
pub struct MdmServer {
    /// What it asks with.
    pub client: Client,
    /// Where it asks.
    pub url: String,
    /// The server token in clear, as in its file.
    pub token: Value,
    /// The session token, once it has signed in; follows rotations.
    pub session: Option<String>,
    /// Its protocol version; `None` sends no such header.
    pub version: Option<u8>,
    /// Its User-Agent; `None` sends none.
    pub user_agent: Option<String>,
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub text: String,
}

impl Answer {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|wrong| panic!("{wrong}: {} {}", self.status, self.text))
    }

    /// A header's value, or nothing.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// The JSON of an answer that must be 200.
    #[track_caller]
    pub fn expect_ok(&self) -> Value {
        assert_eq!(self.status, 200, "{}", self.text);
        self.json()
    }

    /// An answer that must be this refusal, to the letter.
    #[track_caller]
    pub fn expect_refusal(&self, status: u16, body: &str) {
        assert_eq!((self.status, self.text.as_str()), (status, body));
    }

    /// The serial numbers in a list's rows.
    pub fn serials(&self) -> Vec<String> {
        self.rows().iter().map(|row| row["serial_number"].as_str().unwrap().to_owned()).collect()
    }

    /// A list's rows.
    #[track_caller]
    pub fn rows(&self) -> Vec<Value> {
        self.expect_ok()["devices"].as_array().unwrap().clone()
    }

    /// Operation and serial number of each row of a sync.
    #[track_caller]
    pub fn ops(&self) -> Vec<(String, String)> {
        let word = |row: &Value, key: &str| row[key].as_str().unwrap().to_owned();
        self.rows().iter().map(|row| (word(row, "op_type"), word(row, "serial_number"))).collect()
    }

    /// A list's cursor.
    #[track_caller]
    pub fn cursor(&self) -> String {
        self.expect_ok()["cursor"].as_str().unwrap().to_owned()
    }
}

impl MdmServer {
    pub fn new(url: String, token: Value) -> Self {
        Self::at(super::client(), url, token)
    }

    /// The same with a client that is there.
    pub fn at(client: Client, url: String, token: Value) -> Self {
        let user_agent = Some("tests/1.0".to_owned());
        Self { client, url, token, session: None, version: Some(10), user_agent }
    }

    /// The same client speaking another protocol version.
    pub fn at_version(&self, version: u8) -> Self {
        Self { version: Some(version), ..self.clone() }
    }

    fn credential(&self, key: &str) -> &str {
        self.token[key].as_str().unwrap()
    }

    /// The Authorization header for `/session`, by the oauth1-request crate.
    pub fn authorization(&self) -> String {
        let token = oauth1_request::Token::from_parts(
            self.credential("consumer_key"),
            self.credential("consumer_secret"),
            self.credential("access_token"),
            self.credential("access_secret"),
        );
        let url = format!("{}/session", self.url);
        oauth1_request::get(url, &(), &token, oauth1_request::HMAC_SHA1)
    }

    /// Opens a session.
    pub async fn sign_in(&mut self) -> Answer {
        let answer = self.sign_in_with(&self.authorization()).await;
        if answer.status == 200 {
            self.session = answer.json()["auth_session_token"].as_str().map(str::to_owned);
        }
        answer
    }

    /// `GET /session` with this Authorization header.
    pub async fn sign_in_with(&self, authorization: &str) -> Answer {
        let request = self.client.get(format!("{}/session", self.url)).header("Authorization", authorization);
        Self::receive(request).await
    }

    /// A call within the session; adopts a rotated session token.
    pub async fn call(&mut self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        let text = body.map(Value::to_string);
        let answer = self.send(method, path, text.as_deref()).await;
        if let (Some(session), Some(_)) = (answer.header("x-adm-auth-session"), &self.session) {
            self.session = Some(session.to_owned());
        }
        answer
    }

    /// A call within the session with a body as it is; adopts nothing.
    pub async fn send(&self, method: &str, path: &str, body: Option<&str>) -> Answer {
        Self::receive(self.request(method, path, body)).await
    }

    /// The request for that.
    pub fn request(&self, method: &str, path: &str, body: Option<&str>) -> reqwest::RequestBuilder {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = self.client.request(method, format!("{}{path}", self.url));
        if let Some(session) = &self.session {
            request = request.header("X-ADM-Auth-Session", session);
        }
        if let Some(version) = self.version {
            request = request.header("X-Server-Protocol-Version", version.to_string());
        }
        if let Some(agent) = &self.user_agent {
            request = request.header("User-Agent", agent);
        }
        if let Some(body) = body {
            request = request.header("Content-Type", "application/json;charset=UTF8").body(body.to_owned());
        }
        request
    }

    /// Sends a request and takes the answer apart.
    pub async fn receive(request: reqwest::RequestBuilder) -> Answer {
        Self::try_receive(request).await.unwrap()
    }

    /// The same where the connection may fail.
    pub async fn try_receive(request: reqwest::RequestBuilder) -> reqwest::Result<Answer> {
        let response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Ok(Answer { status, headers, text: response.text().await? })
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.call("GET", path, None).await
    }

    pub async fn post(&mut self, path: &str, body: Value) -> Answer {
        self.call("POST", path, Some(&body)).await
    }

    /// A page of a fetch.
    pub async fn fetch(&mut self, cursor: Option<&str>, limit: usize) -> Answer {
        self.post("/server/devices", json!({"cursor": cursor, "limit": limit})).await
    }

    /// Fetches everything; answers the serial numbers and the cursor for sync.
    pub async fn fetch_all(&mut self, limit: usize) -> (Vec<String>, String) {
        let mut serials = Vec::new();
        let mut cursor: Option<String> = None;
        loop {
            let page = self.fetch(cursor.as_deref(), limit).await;
            serials.extend(page.serials());
            cursor = Some(page.cursor());
            if page.json()["more_to_follow"] == false {
                return (serials, page.cursor());
            }
        }
    }

    /// A page of a sync.
    pub async fn sync(&mut self, cursor: &str) -> Answer {
        self.post("/devices/sync", json!({ "cursor": cursor })).await
    }

    /// Defines a profile; answers its id.
    pub async fn define(&mut self, name: &str) -> String {
        let body = json!({"profile_name": name, "url": "https://mdm.example/enroll"});
        self.post("/profile", body).await.expect_ok()["profile_uuid"].as_str().unwrap().to_owned()
    }

    /// Assigns a profile to devices.
    pub async fn assign(&mut self, profile: &str, serials: &[&str]) -> Answer {
        self.post("/profile/devices", json!({"profile_uuid": profile, "devices": serials})).await
    }

    /// The details of one device.
    pub async fn details(&mut self, serial: &str) -> Value {
        self.post("/devices", json!({ "devices": [serial] })).await.expect_ok()["devices"][serial].clone()
    }
}
