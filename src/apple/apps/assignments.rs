//! The list of assignments.

use serde::Serialize;
use serde::ser::Serializer;

use super::Call;
use super::errors::Refused;
use super::query::Parameters;
use super::wire::{self, Common, Digits, MdmInfo, Paging};
use crate::apple::json;
use crate::organization::content::{AssignmentFilter, AssignmentRow, Held, IdHash, PageOf};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row<'a> {
    adam_id: Digits,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_user_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_hash: Option<IdHash>,
    pricing_param: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    serial_number: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_status: Option<&'static str>,
}

impl<'a> Row<'a> {
    fn of(row: &AssignmentRow<'a>, with_state: bool) -> Self {
        let (user, serial_number) = match row.held {
            Held::User(_, user) => (Some(user), None),
            Held::Serial(serial) => (None, Some(serial)),
        };
        let state = user.filter(|_| with_state);
        Self {
            adam_id: Digits(row.asset.key.adam_id),
            client_user_id: user.map(|user| &*user.client_user_id),
            id_hash: state.and_then(|user| user.id_hash),
            pricing_param: row.asset.key.pricing.name(),
            serial_number,
            user_status: state.map(|user| wire::user_status(user.status)),
        }
    }
}

/// Rows that are written one by one.
struct Rows<'a>(&'a [AssignmentRow<'a>], bool);

impl Serialize for Rows<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|row| Row::of(row, self.1)))
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Page<'a> {
    assignments: Rows<'a>,
    current_page_index: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    mdm_info: Option<MdmInfo<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_page_index: Option<u32>,
    size: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_expiration_date: Option<String>,
    total_pages: u32,
    u_id: &'a str,
    version_id: &'a str,
}

fn page<'a>(page: &'a PageOf<AssignmentRow<'a>>, with_state: bool, common: Common<'a>) -> Vec<u8> {
    let Paging { index, next, size, pages } = Paging::of(page);
    let Common { mdm_info, token_expiration_date, uid } = common;
    json::write(&Page {
        assignments: Rows(&page.items, with_state),
        current_page_index: index,
        mdm_info,
        next_page_index: next,
        size,
        token_expiration_date,
        total_pages: pages,
        u_id: uid,
        version_id: &page.version,
    })
}

/// `GET /assignments`.
pub fn list(call: &Call<'_>) -> Result<Vec<u8>, Refused> {
    let parameters = Parameters::of(call);
    let mut filter = AssignmentFilter {
        adam_id: parameters.adam_id()?,
        pricing: parameters.pricing()?,
        client_user_id: parameters.text("clientUserId"),
        serial_number: parameters.text("serialNumber"),
        since: parameters.text("sinceVersionId"),
        exclude_inactive: None,
    };
    let exclude_inactive = parameters.flag("excludeInactiveUsers")?.unwrap_or(false);
    let with_state = parameters.flag("includeUserState")?.unwrap_or(false);
    let index = parameters.page()?;
    call.read(|books, location, common| {
        filter.exclude_inactive = exclude_inactive.then_some(books.quirks.inactive_left_out);
        let assignments = location.assignments_page(&filter, index, books.quirks.page_size)?;
        Ok(page(&assignments, with_state, common))
    })
}
