//! What every client has between itself and Apple: requests that may fail, and a count of them.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use crate::actors::{Answer, MdmServer, Signature};

/// Why a client did not get what it asked for.
#[derive(Clone, Debug)]
pub enum Trouble {
    /// No answer, or none that can be read.
    Broken(String),
    /// No session.
    NoSession { status: u16, body: String },
    /// An answer other than 200.
    Refused { status: u16, body: String, retry_after: Option<i64> },
}

impl Trouble {
    /// What a refusal says.
    pub fn body(&self) -> &str {
        match self {
            Self::Broken(why) => why,
            Self::NoSession { body, .. } | Self::Refused { body, .. } => body,
        }
    }

    pub fn status(&self) -> u16 {
        match self {
            Self::Broken(_) => 0,
            Self::NoSession { status, .. } | Self::Refused { status, .. } => *status,
        }
    }
}

/// The line to Apple for one server token.
#[derive(Clone)]
pub struct Line {
    pub mdm: MdmServer,
    /// How far the clock of this machine is behind Apple's, in seconds, as far as is known.
    pub skew: i64,
    /// How many requests are left before the administrator goes home.
    pub patience: usize,
}

impl Line {
    pub fn new(url: String, token: Value, user_agent: &str) -> Self {
        let mdm = MdmServer { user_agent: Some(user_agent.to_owned()), ..MdmServer::new(url, token) };
        Self { mdm, skew: 0, patience: 5_000 }
    }

    /// `GET /session`, whatever comes back.
    pub async fn ask_for_session(&mut self) -> Result<Answer, Trouble> {
        static NONCES: AtomicUsize = AtomicUsize::new(0);
        let nonce = format!("nonce-{}", NONCES.fetch_add(1, Ordering::Relaxed));
        let header = Signature::of(&self.mdm, &nonce).off_by(self.skew).header();
        let request = self.mdm.client.get(format!("{}/session", self.mdm.url)).header("Authorization", header);
        self.receive(request).await
    }

    /// A call within the session, whatever comes back.
    pub async fn ask(&mut self, method: &str, path: &str, body: Option<&Value>) -> Result<Answer, Trouble> {
        let request = self.mdm.request(method, path, body.map(Value::to_string).as_deref());
        self.receive(request).await
    }

    async fn receive(&mut self, request: reqwest::RequestBuilder) -> Result<Answer, Trouble> {
        if self.patience == 0 {
            return Err(Trouble::Broken("out of patience".to_owned()));
        }
        self.patience -= 1;
        MdmServer::try_receive(request).await.map_err(|wrong| Trouble::Broken(wrong.to_string()))
    }
}

/// The answer's JSON, if it is 200.
pub fn accepted(answer: &Answer) -> Result<Value, Trouble> {
    if answer.status != 200 {
        let retry_after = answer.header("retry-after").and_then(|text| text.parse().ok());
        return Err(Trouble::Refused { status: answer.status, body: answer.text.clone(), retry_after });
    }
    serde_json::from_str(&answer.text).map_err(|wrong| Trouble::Broken(wrong.to_string()))
}

/// A text in JSON; nothing is as good as empty.
pub fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_default()
}

/// The profile that both clients define; `extra` are keys more.
pub fn profile(number: usize, extra: Value) -> Value {
    let mut body = json!({"profile_name": format!("Profile {number}"), "url": "https://mdm.example/enroll"});
    body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
    body
}
