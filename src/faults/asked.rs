//! What is known of a call when its faults are looked for.

use http::HeaderMap;

/// What is known of a call when its faults are looked for.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The operation.
    pub operation: &'static str,
    /// The request's headers.
    pub headers: &'a HeaderMap,
    /// Name and id of the MDM server that asks, or of the location whose content token it shows, where the credential says so.
    pub server: Option<(&'a str, &'a str)>,
    /// The serial numbers in the request and, once there is one, in the page that answers it.
    pub serials: &'a [String],
    /// Whether the request goes on from a cursor.
    pub has_cursor: bool,
    /// Whether the same was asked and answered before.
    pub was_asked_before: bool,
    /// The page that the call would answer; `None` where that is not known yet, or is no page.
    pub page: Option<Page>,
}

/// A page of a list, as far as faults mind it.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// How many rows it has.
    pub rows: usize,
}
