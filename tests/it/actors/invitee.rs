//! Somebody who was invited, with a browser.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Client;

use super::{Answer, MdmServer};

/// A user who has got the link of an invitation.
#[derive(Clone)]
pub struct Invitee {
    /// What they browse with.
    pub client: Client,
    /// The link.
    pub link: String,
}

impl Invitee {
    pub fn new(link: &str) -> Self {
        Self { client: super::client(), link: link.to_owned() }
    }

    /// Opens the link.
    pub async fn open(&self) -> Answer {
        MdmServer::receive(self.client.get(&self.link)).await
    }

    /// Fills in an Apple ID and accepts.
    pub async fn accept(&self, apple_id: &str) -> Answer {
        let form = format!("appleId={}", utf8_percent_encode(apple_id, NON_ALPHANUMERIC));
        let request = self.client.post(&self.link).header("Content-Type", "application/x-www-form-urlencoded");
        MdmServer::receive(request.body(form)).await
    }

    /// Sends a body of another kind.
    pub async fn send(&self, method: reqwest::Method, body: &'static str) -> Answer {
        MdmServer::receive(self.client.request(method, &self.link).body(body)).await
    }
}

impl Answer {
    /// A page with this status and heading.
    #[track_caller]
    pub fn expect_page(&self, status: u16, heading: &str) {
        assert_eq!(
            (self.status, self.header("content-type")),
            (status, Some("text/html;charset=UTF-8")),
            "{}",
            self.text
        );
        assert!(self.text.contains(&format!("<h1>{heading}</h1>")), "{heading}: {}", self.text);
    }
}
