//! An exchange, as it is told to those who observe.

use std::borrow::Cow;
use std::time::Duration;

use http::StatusCode;

use crate::http::Request;

/// Whose call it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// A call to one of Apple's services.
    Apple,
    /// A call to our own API.
    Control,
}

/// An exchange that has its answer.
#[derive(Clone, Copy, Debug)]
pub struct Observation<'a> {
    /// Whose call it was.
    pub side: Side,
    /// Room, dot, verb; `unknown` where no route takes the request.
    pub operation: &'static str,
    /// The request.
    pub request: &'a Request,
    /// The status of the answer; `None` where the connection was closed without one.
    pub status: Option<StatusCode>,
    /// Wall time from the request's last byte to the answer's first.
    pub duration: Duration,
    /// The id of the organisation, where the request leads to one.
    pub organization: Option<&'a str>,
    /// The name of the MDM server that asked.
    pub server: Option<&'a str>,
    /// What the client may quote to say which request it means: the answer's `X-Apple-Request-UUID`.
    pub request_id: Option<&'a str>,
    /// The name of the refusal, one of a list that does not grow.
    pub refusal: Option<&'static str>,
    /// Why it was refused, in words.
    pub why: Option<&'a str>,
    /// What the fault that struck did.
    pub fault: Option<&'a str>,
}

impl<'a> Observation<'a> {
    /// Why it was refused, without the access token that a signature's base strings have in them.
    pub fn reason(&self) -> Option<Cow<'a, str>> {
        const TOKEN: &str = "oauth_token%3D";
        let why = self.why?;
        if !why.contains(TOKEN) {
            return Some(why.into());
        }
        let mut shown = String::with_capacity(why.len());
        for (number, part) in why.split(TOKEN).enumerate() {
            let end = if number == 0 { 0 } else { part.find(['%', ' ']).unwrap_or(part.len()) };
            if number > 0 {
                shown.push_str(TOKEN);
                shown.push('…');
            }
            shown.push_str(&part[end..]);
        }
        Some(shown.into())
    }
}
