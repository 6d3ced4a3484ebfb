//! Assignments, page by page: what version 1 got from version 2.

use serde::Serialize;

use super::errors::Refused;
use super::{Answer, Call};
use crate::organization::content::{AssignmentFilter, AssignmentRow, ContentRefusal, ContentRefused, Held};

/// How many are on a page, by Apple's documentation.
const PAGE: u32 = 300;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row<'a> {
    adam_id_str: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_user_id_str: Option<&'a str>,
    pricing_param: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    serial_number: Option<&'a str>,
}

impl<'a> Row<'a> {
    fn of(row: &AssignmentRow<'a>) -> Self {
        let (client_user_id_str, serial_number) = match row.held {
            Held::User(_, user) => (Some(&*user.client_user_id), None),
            Held::Serial(serial) => (None, Some(serial)),
        };
        let (adam_id_str, pricing_param) = (row.asset.key.adam_id.to_string(), row.asset.key.pricing.name());
        Self { adam_id_str, client_user_id_str, pricing_param, serial_number }
    }
}

/// `getAssignments`.
pub fn list(call: &Call<'_>) -> Result<Answer, Refused> {
    let arguments = call.arguments;
    let filter = AssignmentFilter {
        adam_id: arguments.number("adamIdStr")?,
        client_user_id: arguments.text("clientUserIdStr")?,
        serial_number: arguments.text("serialNumber")?,
        ..AssignmentFilter::default()
    };
    let request_id = arguments.text("requestId")?;
    let index: Option<i128> = arguments.number("pageIndex")?;
    match (index, request_id) {
        (None, Some(_)) => return Err(Refused::new("9649", "`requestId` is there without `pageIndex`")),
        (Some(1..), None) => {
            let missing = Refused::new("9600", "a further page was asked for without the `requestId` of the first");
            return Err(missing.saying("Missing \"requestId\" input parameter"));
        }
        _ => {}
    }
    let index = index.unwrap_or_default();
    let index = u32::try_from(index).map_err(|_| {
        let why = format!("the page {index} was asked for, and pages are counted from 0 to `totalPages` less one");
        ContentRefused::new(ContentRefusal::PageIndexInvalid, why)
    })?;
    call.read(|books, location, answer| {
        let id = match request_id {
            Some(id) if location.is_assignment_list(id) => id.to_owned(),
            Some(id) => return Err(Refused::argument(format!("no list at {} has the requestId {id}", location.name))),
            None => location.assignment_list(),
        };
        let page = location.assignments_page(&filter, index, PAGE.min(books.quirks.page_size))?;
        let rows: Vec<_> = page.items.iter().map(Row::of).collect();
        Ok(answer
            .with_rows("assignments", &rows)
            .with("assignmentsInCurrentPage", rows.len())
            .with("currentPageIndex", page.index)
            .with_some("nextPageIndex", page.next())
            .with("requestId", id)
            .with("totalAssignments", page.total)
            .with("totalPages", page.pages))
    })
}
