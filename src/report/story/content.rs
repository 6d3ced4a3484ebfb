//! What a call of Apps and Books asks for and is told.

use serde::Deserialize;

use crate::http::{Query, Request};
use crate::journal::Entry;
use crate::random;

/// What is known of a call of Apps and Books; of other calls nothing is.
#[derive(Debug, Default)]
pub(in crate::report) struct Facts {
    /// `errorNumber`, whatever the status; 0 where there is none.
    pub(in crate::report) number: u64,
    /// Which content token was sent: the same number for the same token.
    pub(in crate::report) token: u64,
    /// `mdmInfo.id` in the answer.
    pub(in crate::report) mdm: Option<String>,
    /// `mdmInfo.id` that the client sets.
    pub(in crate::report) claims: Option<String>,
    /// The location has an address for notifications.
    pub(in crate::report) is_notified: bool,
    /// The event that was begun, or asked for.
    pub(in crate::report) event: Option<String>,
    /// The serial numbers in the request.
    pub(in crate::report) serials: Vec<String>,
    /// A page of a list that arrived.
    pub(in crate::report) page: Option<ListPage>,
}

/// A page of a list.
#[derive(Debug)]
pub(in crate::report) struct ListPage {
    /// The list: path and query without the page.
    pub(in crate::report) list: String,
    pub(in crate::report) index: u64,
    pub(in crate::report) version: String,
    pub(in crate::report) has_more: bool,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Body {
    mdm_info: Option<Mdm>,
    notification_url: Option<String>,
    serial_numbers: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Told {
    error_number: u64,
    event_id: Option<String>,
    mdm_info: Option<Mdm>,
    notification_url: Option<String>,
    current_page_index: Option<u64>,
    next_page_index: Option<u64>,
    version_id: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Mdm {
    id: Option<String>,
}

impl Facts {
    pub(super) fn read(entry: &Entry) -> Self {
        let request = &entry.exchange.request;
        let body: Body = serde_json::from_slice(&request.body).unwrap_or_default();
        let answer = entry.exchange.answer.as_ref();
        let told: Told =
            answer.and_then(|answer| serde_json::from_slice(&answer.body.bytes()).ok()).unwrap_or_default();
        let asked = Query::parse(request.head.uri.query()).get("eventId").map(str::to_owned);
        Self {
            number: told.error_number,
            token: random::hash(request.header("authorization").unwrap_or_default().trim().as_bytes()),
            mdm: told.mdm_info.and_then(|mdm| mdm.id),
            claims: body.mdm_info.and_then(|mdm| mdm.id),
            is_notified: told.notification_url.or(body.notification_url).is_some_and(|url| !url.is_empty()),
            event: told.event_id.or(asked),
            serials: body.serial_numbers,
            page: told.current_page_index.map(|index| ListPage {
                list: list(request),
                index,
                version: told.version_id,
                has_more: told.next_page_index.is_some(),
            }),
        }
    }
}

fn list(request: &Request) -> String {
    let query = request.head.uri.query().unwrap_or_default();
    let rest: Vec<&str> = query.split('&').filter(|pair| !pair.starts_with("pageIndex=") && !pair.is_empty()).collect();
    format!("{}?{}", request.path(), rest.join("&"))
}
