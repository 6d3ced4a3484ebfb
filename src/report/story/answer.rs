//! What an answer tells.

use std::collections::HashMap;

use http::header;
use serde::Deserialize;
use serde_json::Value;

use super::call::profile_id;
use super::{ASSIGN, DEFINE, DETAILS, DISOWN, FETCH, REMOVE, SESSION, SYNC};
use crate::clock::{Span, Timestamp};
use crate::journal::{Answered, Entry};

/// A page of devices.
#[derive(Debug, Deserialize)]
pub(in crate::report) struct Page {
    #[serde(rename = "devices")]
    pub(in crate::report) rows: Vec<Row>,
    #[serde(rename = "more_to_follow")]
    pub(in crate::report) more: bool,
    pub(in crate::report) cursor: String,
}

/// What a client learns of one device.
#[derive(Debug, Default, Deserialize)]
pub(in crate::report) struct Row {
    #[serde(default)]
    pub(in crate::report) serial_number: String,
    pub(in crate::report) op_type: Option<String>,
    pub(in crate::report) profile_status: Option<String>,
    pub(in crate::report) profile_uuid: Option<String>,
}

/// An answer, taken apart.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) code: String,
    pub(super) session: Option<String>,
    pub(super) page: Option<Page>,
    pub(super) results: Vec<(String, String)>,
    pub(super) details: Vec<Row>,
    pub(super) defined: Option<String>,
    pub(super) retry_after: Option<Span>,
    pub(super) rest: Option<Span>,
    pub(super) cut: bool,
}

/// What the calls for many devices answer.
#[derive(Deserialize)]
struct Outcomes {
    #[serde(default)]
    devices: HashMap<String, String>,
    profile_uuid: Option<String>,
    retry_after_seconds: Option<i64>,
}

impl Told {
    pub(super) fn read(entry: &Entry) -> Self {
        let operation = entry.exchange.operation;
        let is_list = operation == FETCH || operation == SYNC;
        let Some(answer) = &entry.exchange.answer else { return Self { cut: is_list, ..Self::default() } };
        let mut told = Self { retry_after: retry_after(answer, entry.at), ..Self::default() };
        told.session = answer.headers.get("x-adm-auth-session").and_then(|value| Some(value.to_str().ok()?.to_owned()));
        let body = answer.body.bytes();
        if answer.status != 200 {
            told.code = code(&body);
        } else if is_list {
            told.page = serde_json::from_slice(&body).ok().filter(|_| !was_broken(entry));
            told.cut = told.page.is_none();
        } else {
            told.read_outcomes(operation, &body);
        }
        told
    }

    fn read_outcomes(&mut self, operation: &str, body: &[u8]) {
        match operation {
            SESSION => {
                let token = serde_json::from_slice::<Value>(body).ok();
                self.session = token.and_then(|token| Some(token.get("auth_session_token")?.as_str()?.to_owned()));
            }
            DETAILS => {
                #[derive(Deserialize)]
                struct Details {
                    #[serde(default)]
                    devices: HashMap<String, Row>,
                }
                let details = serde_json::from_slice::<Details>(body).map(|details| details.devices);
                let rows = details.unwrap_or_default().into_iter();
                self.details = rows.map(|(serial_number, row)| Row { serial_number, ..row }).collect();
            }
            ASSIGN | DEFINE | REMOVE | DISOWN => {
                let Ok(outcomes) = serde_json::from_slice::<Outcomes>(body) else { return };
                self.results = outcomes.devices.into_iter().collect();
                self.rest = outcomes.retry_after_seconds.map(Span::from_seconds);
                self.defined = outcomes.profile_uuid.filter(|_| operation == DEFINE).map(|id| profile_id(&id));
            }
            _ => {}
        }
    }
}

/// Whether a fault spoiled the body on its way, though the journal may have it whole.
fn was_broken(entry: &Entry) -> bool {
    let what = entry.exchange.fault.as_ref().map_or("", |(_, what)| what);
    ["mid_body", "truncated"].iter().any(|word| what.contains(word))
}

/// The code in an error's body: bare, in quotes, or in JSON, as the switch `error_body` has it.
fn code(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let text = text.trim();
    match serde_json::from_str(text) {
        Ok(Value::String(code)) => code,
        Ok(Value::Object(fields)) => fields.get("code").and_then(Value::as_str).unwrap_or_default().to_owned(),
        _ => text.to_owned(),
    }
}

/// How long a `Retry-After` asks to wait: in seconds, or until a date by the answer's own clock.
fn retry_after(answer: &Answered, at: Timestamp) -> Option<Span> {
    let text = answer.headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<u32>() {
        return Some(Span::from_seconds(seconds.into()));
    }
    let date = answer.headers.get(header::DATE).and_then(|date| Timestamp::from_http_date(date.to_str().ok()?));
    // Dates have whole seconds: up to one of them was over when it was written.
    let wait = (Timestamp::from_http_date(text)? - Span::from_seconds(1)) - date.unwrap_or(at);
    Some(wait).filter(|wait| *wait > Span::ZERO)
}
