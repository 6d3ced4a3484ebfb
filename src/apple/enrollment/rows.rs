//! Device rows, written straight from compact records: a page of a thousand costs some tens of microseconds, where a general serialiser takes
//! hundreds.
//!
//! What devices of one kind share is serialised once and copied from then on; rows that differ in their serial number alone, as those of one
//! order do, are struck from one mould (`moulds`); identifiers are computed from the serial number.

use super::Call;
use super::moulds::{Likeness, Moulds};
use super::parts::MULTITUDE;
use crate::apple::json::text;
use crate::clock::{Timestamp, WrittenTime};
use crate::http::{Body, paper};
use crate::organization::quirks::DeletedRows;
use crate::organization::{
    Books, Change, DeviceId, Kind, KindFacts, Op, Page, ProfileStatus, RowText, Serial, Standing,
};

/// Bytes that a row takes at most as a rule; only a guess for the first allocation.
const TYPICAL_ROW: usize = 360;
const TYPICAL_ROW_V10: usize = 640;

/// The body of a fetched page.
pub fn fetched(books: &Books, call: &Call<'_>, page: &Page<DeviceId>) -> Body {
    let mut rows = Rows::new(books, call, LIST, page.rows.len());
    let mut devices = page.rows.as_slice();
    while let [device, others @ ..] = devices {
        let plain = rows.strike_plain(devices);
        if plain > 0 {
            devices = &devices[plain..];
            continue;
        }
        rows.separate();
        rows.device(*device, &books.devices[*device].standing, true);
        rows.deadline(deadline(books, *device));
        rows.identifiers(*device, false);
        rows.end();
        devices = others;
    }
    rows.finish(page.fetched_until, page.more_to_follow, &page.cursor)
}

/// The body of a synced page.
pub fn synced(books: &Books, call: &Call<'_>, page: &Page<Change>) -> Body {
    let mut rows = Rows::new(books, call, LIST, page.rows.len());
    for change in &page.rows {
        rows.separate();
        rows.change(change);
        rows.end();
    }
    rows.finish(page.fetched_until, page.more_to_follow, &page.cursor)
}

/// The body of device details: a map by serial number.
pub fn details(books: &Books, call: &Call<'_>, serials: &[String], now: Timestamp) -> Body {
    let mut rows = Rows::new(books, call, MAP, serials.len());
    let shown = serials.len().saturating_sub(books.quirks.result_omits as usize);
    for serial in &serials[..shown] {
        rows.separate();
        text(&mut rows.out, serial);
        rows.out.push(b':');
        match books.accessible(call.caller.server, serial) {
            None => rows.out.extend_from_slice(b"{\"response_status\":\"NOT_ACCESSIBLE\""),
            Some(device) => {
                rows.device(device, &books.details_standing(device, now), true);
                rows.deadline(deadline(books, device));
                rows.identifiers(device, false);
                rows.out.extend_from_slice(b",\"response_status\":\"SUCCESS\"");
            }
        }
        rows.end();
    }
    rows.out.extend_from_slice(b"}}");
    rows.body()
}

/// How a list of rows begins, and a map of them.
const LIST: &[u8] = b"{\"devices\":[";
const MAP: &[u8] = b"{\"devices\":{";

/// How every row begins, up to the serial number.
pub(super) const OPENING: &[u8] = b"{\"serial_number\":\"";

/// What stands behind the identifiers of a device that replaces none.
pub(super) const NO_REPLACEMENT: &[u8] = b",\"is_replacement_device\":false";

/// A list of rows that is being written.
struct Rows<'a> {
    books: &'a Books,
    version: u8,
    out: Vec<u8>,
    first: bool,
    moulds: Box<Moulds>,
    happened: WrittenTime,
}

impl<'a> Rows<'a> {
    /// So many rows after `opening`.
    fn new(books: &'a Books, call: &Call<'_>, opening: &[u8], count: usize) -> Self {
        let version = call.version;
        let row = if version >= 10 { TYPICAL_ROW_V10 } else { TYPICAL_ROW };
        let mut out = paper::sheet(256 + count * row);
        out.extend_from_slice(opening);
        let moulds = Moulds::for_page(call.caller.organization.journal.is_kept());
        Self { books, version, out, first: true, moulds, happened: WrittenTime::default() }
    }

    #[inline]
    fn separate(&mut self) {
        if !std::mem::take(&mut self.first) {
            self.out.push(b',');
        }
    }

    #[inline]
    fn end(&mut self) {
        self.out.push(b'}');
    }

    fn finish(mut self, fetched_until: Timestamp, more: bool, cursor: &str) -> Body {
        self.out.extend_from_slice(b"],\"fetched_until\":\"");
        self.out.extend_from_slice(self.happened.text(fetched_until.seconds()));
        self.out.extend_from_slice(if more { b"\",\"more_to_follow\":true" } else { b"\",\"more_to_follow\":false" });
        self.out.extend_from_slice(b",\"cursor\":\"");
        self.out.extend_from_slice(cursor.as_bytes());
        self.out.extend_from_slice(b"\"}");
        self.body()
    }

    fn body(self) -> Body {
        let short = self.moulds.abridged(&self.out, &self.books.devices);
        Body::abridged(paper::sent(self.out), short)
    }

    /// A change-log row.
    fn change(&mut self, change: &Change) {
        let deleted = change.op == Op::Deleted;
        if deleted && self.books.quirks.deleted_rows == DeletedRows::Minimal {
            self.out.extend_from_slice(OPENING);
            self.out.extend_from_slice(self.books.devices.serial(change.device).as_bytes());
            self.out.push(b'"');
        } else {
            self.device(change.device, &change.standing, !deleted);
        }
        self.out.extend_from_slice(b",\"op_type\":\"");
        self.out.extend_from_slice(change.op.name().as_bytes());
        self.out.extend_from_slice(b"\",\"op_date\":\"");
        self.out.extend_from_slice(self.happened.text(change.at));
        self.out.push(b'"');
        let minimal = deleted && self.books.quirks.deleted_rows == DeletedRows::Minimal;
        if !deleted {
            self.deadline(change.deadline);
        }
        if minimal && self.version >= 10 && change.replaced {
            self.out.extend_from_slice(b",\"released_by_replacement\":true");
        } else if !minimal {
            self.identifiers(change.device, change.replaced);
        }
    }

    /// The facts of a device and how it stands, up to the point where the calls differ. The brace stays open.
    #[inline]
    fn device(&mut self, device: DeviceId, standing: &Standing, with_profile: bool) {
        let (books, version) = (self.books, self.version);
        let record = &books.devices[device];
        if let Some(tag) = books.devices.extra(device).and_then(|extra| extra.asset_tag.as_deref()) {
            self.out.extend_from_slice(OPENING);
            self.out.extend_from_slice(books.devices.serial(device).as_bytes());
            self.out.extend_from_slice(row_text(&books.kinds[record.kind], version));
            self.out.extend_from_slice(b",\"asset_tag\":");
            text(&mut self.out, tag);
            write_standing(&mut self.out, books, standing, with_profile);
        } else {
            let serial = books.devices.serial(device);
            let mould = self.mould(Likeness { kind: record.kind, standing, with_profile }, serial);
            self.moulds.begin_row(&mut self.out, device, serial, mould);
        }
    }

    /// Writes the rows of the first of these devices, as many as are struck at once and have nothing but what their mould says and identifiers;
    /// answers how many. A page is mostly this.
    fn strike_plain(&mut self, devices: &[DeviceId]) -> usize {
        let (records, serials) = self.books.devices.stretch(&devices[..devices.len().min(MULTITUDE)]);
        let mut moulds = [0; MULTITUDE];
        let mut count = 0;
        for ((record, serial), mould) in records.iter().zip(serials).zip(&mut moulds) {
            if record.has_extra() {
                break;
            }
            *mould = self.mould(Likeness { kind: record.kind, standing: &record.standing, with_profile: true }, serial);
            count += 1;
        }
        if count > 0 {
            let are_first = std::mem::take(&mut self.first);
            self.moulds.strike_all(&mut self.out, devices[0], &serials[..count], &moulds[..count], are_first);
        }
        count
    }

    #[inline(always)]
    fn mould(&mut self, of: Likeness<'_>, serial: &Serial) -> u8 {
        match self.moulds.find(of, serial) {
            Some(mould) => mould,
            None => self.make_mould(of, serial),
        }
    }

    #[cold]
    #[inline(never)]
    fn make_mould(&mut self, of: Likeness<'_>, serial: &Serial) -> u8 {
        let kind = &self.books.kinds[of.kind];
        let facts = (row_text(kind, self.version), (self.version >= 10).then_some(kind.facts.connectivity));
        self.moulds.make(of, serial, facts, |text| write_standing(text, self.books, of.standing, of.with_profile))
    }

    /// The migration deadline (protocol version 8), while there is one.
    #[inline]
    fn deadline(&mut self, seconds: u32) {
        if seconds != 0 && self.version >= 8 {
            date(&mut self.out, "mdm_migration_deadline", seconds);
        }
    }

    /// Hardware identifiers and replacement flags (protocol version 10).
    #[inline]
    fn identifiers(&mut self, device: DeviceId, replaced: bool) {
        if self.version < 10 {
            return;
        }
        let record = &self.books.devices[device];
        let connectivity = self.books.kinds[record.kind].facts.connectivity;
        self.moulds.identify(&mut self.out, device, self.books.devices.serial(device), connectivity);
        let replaces = self.books.devices.extra(device).is_some_and(|extra| extra.replaces.is_some());
        self.out.extend_from_slice(if replaces { b",\"is_replacement_device\":true" } else { NO_REPLACEMENT });
        if replaced {
            self.out.extend_from_slice(b",\"released_by_replacement\":true");
        }
    }
}

/// By when a device must have moved to its new server, in seconds since 1970; 0: it need not.
#[inline]
fn deadline(books: &Books, device: DeviceId) -> u32 {
    let migration = books.devices.extra(device).and_then(|extra| extra.migration);
    migration.map_or(0, |migration| migration.deadline.seconds())
}

/// The profile of a device, and who assigned the device to its server.
fn write_standing(out: &mut Vec<u8>, books: &Books, standing: &Standing, with_profile: bool) {
    if with_profile {
        write_profile(out, books, standing);
    }
    if standing.assigned_at != 0 {
        out.extend_from_slice(b",\"device_assigned_by\":");
        text(out, &books.actors[standing.assigned_by]);
        date(out, "device_assigned_date", standing.assigned_at);
    }
}

fn write_profile(out: &mut Vec<u8>, books: &Books, standing: &Standing) {
    let status = standing.profile_status;
    if status != ProfileStatus::Empty
        && let Some(profile) = books.profiles.get(standing.profile)
    {
        out.extend_from_slice(b",\"profile_uuid\":\"");
        out.extend_from_slice(profile.profile_uuid.as_bytes());
        out.push(b'"');
        date(out, "profile_assign_time", standing.profile_assigned_at);
        if standing.profile_pushed_at != 0 {
            date(out, "profile_push_time", standing.profile_pushed_at);
        }
    }
    let status = if books.quirks.empty_profile_status { "" } else { status.name() };
    out.extend_from_slice(b",\"profile_status\":\"");
    out.extend_from_slice(status.as_bytes());
    out.push(b'"');
}

/// Writes a member that holds a moment.
fn date(out: &mut Vec<u8>, key: &str, seconds: u32) {
    out.extend_from_slice(b",\"");
    out.extend_from_slice(key.as_bytes());
    out.extend_from_slice(b"\":\"");
    out.extend_from_slice(&Timestamp::from_seconds(seconds).written());
    out.push(b'"');
}

/// What follows the serial number in every row of a kind: from its closing quote to the colour.
#[inline]
fn row_text(kind: &Kind, version: u8) -> &[u8] {
    let forms = kind.row_text.get_or_init(|| RowText([1, 2, 7].map(|version| serialised(&kind.facts, version))));
    match version {
        1 => &forms.0[0],
        2..=6 => &forms.0[1],
        _ => &forms.0[2],
    }
}

fn serialised(facts: &KindFacts, version: u8) -> Box<[u8]> {
    let os = if version < 7 && facts.family.os() == "iPadOS" { "iOS" } else { facts.family.os() };
    let since_2 = |value: &'static str| if version >= 2 { value } else { "" };
    let members = [
        ("description", facts.description.as_str()),
        ("model", facts.model.as_str()),
        ("os", since_2(os)),
        ("device_family", since_2(facts.family.name())),
        ("color", facts.color.as_str()),
    ];
    let mut out = vec![b'"'];
    for (key, value) in members.into_iter().filter(|(_, value)| !value.is_empty()) {
        out.extend_from_slice(format!(",\"{key}\":").as_bytes());
        text(&mut out, value);
    }
    out.into_boxed_slice()
}
