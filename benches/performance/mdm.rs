//! An MDM server: the client of the service that is measured.

use std::net::SocketAddr;

use abmsim::clock::wall;
use abmsim::pki::ServerToken;
use abmsim::pki::oauth1::authorize;
use abmsim::secret::Secret;
use serde_json::Value;

use crate::Failure;
use crate::connection::{Answer, Connection};
use crate::scenario::ORGANIZATION;

/// An MDM server with a session.
pub struct Mdm {
    connection: Connection,
    host: String,
    token: ServerToken,
    session: String,
}

impl Mdm {
    /// Takes the server token out of the organisation's bundle and signs in with it.
    pub async fn sign_in(address: SocketAddr) -> Result<Self, Failure> {
        let mut connection = Connection::open(address, None).await?;
        let host = address.to_string();
        let asked = format!("GET /_sim/orgs/{ORGANIZATION} HTTP/1.1\r\nHost: {host}\r\n\r\n");
        let bundle: Value = serde_json::from_slice(&expect_success(connection.fetch(asked.as_bytes()).await?)?.body)?;
        let token = server_token(&bundle["servers"][0]["token"])?;
        let mut mdm = Self { connection, host, token, session: String::new() };
        let request = mdm.session_request("0")?;
        let session: Value = serde_json::from_slice(&mdm.call(&request).await?.body)?;
        mdm.session = session["auth_session_token"].as_str().ok_or("/session gives no token")?.to_owned();
        Ok(mdm)
    }

    /// A signed request for a session.
    pub fn session_request(&self, nonce: &str) -> Result<Vec<u8>, Failure> {
        let Self { host, token, .. } = self;
        let authorization = authorize("GET", &format!("http://{host}/session"), token, wall(), nonce)?;
        Ok(format!("GET /session HTTP/1.1\r\nHost: {host}\r\nAuthorization: {authorization}\r\n\r\n").into_bytes())
    }

    /// A request within the session; with a body it is a `POST`.
    pub fn request(&self, path: &str, body: Option<&str>) -> Vec<u8> {
        let Self { host, session, .. } = self;
        let method = if body.is_some() { "POST" } else { "GET" };
        let length = body.map_or_else(String::new, |body| format!("Content-Length: {}\r\n", body.len()));
        format!(
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: bench/1\r\nX-ADM-Auth-Session: {session}\r\n\
             X-Server-Protocol-Version: 3\r\nContent-Type: application/json;charset=UTF8\r\n{length}\r\n{}",
            body.unwrap_or_default()
        )
        .into_bytes()
    }

    /// Sends a request on the MDM server's own connection.
    pub async fn call(&mut self, request: &[u8]) -> Result<Answer, Failure> {
        expect_success(self.connection.fetch(request).await?)
    }
}

/// An answer that must be good.
pub fn expect_success(answer: Answer) -> Result<Answer, Failure> {
    match answer.status {
        200..300 => Ok(answer),
        status => Err(format!("the answer is {status}: {}", String::from_utf8_lossy(&answer.body)).into()),
    }
}

fn server_token(token: &Value) -> Result<ServerToken, Failure> {
    let text = |key: &str| token[key].as_str().ok_or_else(|| format!("the bundle's server token has no {key}"));
    Ok(ServerToken {
        consumer_key: text("consumer_key")?.to_owned(),
        consumer_secret: Secret::new(text("consumer_secret")?),
        access_token: Secret::new(text("access_token")?),
        access_secret: Secret::new(text("access_secret")?),
        expires_at: text("access_token_expiry")?.parse()?,
    })
}
