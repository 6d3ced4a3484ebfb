//! A journal's entries, grouped by MDM server or location and taken apart once.

mod answer;
mod call;
mod content;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use bytes::Bytes;
use http::{Method, Uri};

pub(super) use answer::{Page, Row};
pub(super) use call::Wish;
pub(super) use content::Facts;

use crate::clock::{Span, Timestamp};
use crate::journal::Entry;
use crate::pki::Authorization;

pub(super) const SESSION: &str = "enrollment.session";
pub(super) const FETCH: &str = "enrollment.fetch_devices";
pub(super) const SYNC: &str = "enrollment.sync_devices";
pub(super) const DETAILS: &str = "enrollment.device_details";
pub(super) const DISOWN: &str = "enrollment.disown";
pub(super) const DEFINE: &str = "enrollment.define_profile";
pub(super) const GET_PROFILE: &str = "enrollment.get_profile";
pub(super) const ASSIGN: &str = "enrollment.assign_profile";
pub(super) const REMOVE: &str = "enrollment.remove_profile";
pub(super) const SERVICE_CONFIG: &str = "apps.service_config";
pub(super) const UNKNOWN: &str = "unknown";

/// Every operation that some rule speaks of.
#[cfg(test)]
pub(super) const ALL: [&str; 15] = [
    "apps.assets",
    "apps.associate",
    "apps.status",
    "apps.set_client_config",
    SERVICE_CONFIG,
    SESSION,
    FETCH,
    SYNC,
    DETAILS,
    DISOWN,
    DEFINE,
    GET_PROFILE,
    ASSIGN,
    REMOVE,
    UNKNOWN,
];

/// All that happened.
#[derive(Debug)]
pub(super) struct Story {
    pub(super) chapters: Vec<Chapter>,
}

/// One of Apple's services.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Service {
    /// Device enrolment.
    Enrollment,
    /// Apps and Books.
    Content,
}

/// What the clients of one MDM server or location did, oldest first; or clients whose credential names none.
#[derive(Debug)]
pub(super) struct Chapter {
    pub(super) service: Service,
    pub(super) server: Option<String>,
    /// Serial numbers that have left the organisation's MDM servers, by all that was told of them, each with the request that told so. Of
    /// locations alone.
    pub(super) gone: Vec<(String, u64)>,
    pub(super) turns: Vec<Turn>,
}

/// One exchange.
#[derive(Debug)]
pub(super) struct Turn {
    pub(super) id: u64,
    pub(super) entry: Arc<Entry>,
    pub(super) operation: &'static str,
    /// 0 where the connection was closed without an answer.
    pub(super) status: u16,
    /// The code in a refusal, whatever is around it.
    pub(super) code: String,
    /// The session token that was sent.
    pub(super) session: Option<String>,
    /// The session token that the answer names, in its header or, for `/session`, in its body.
    pub(super) named_session: Option<String>,
    /// The protocol version that was sent, as it was written.
    pub(super) version: Option<String>,
    /// What the OAuth header says, where it can be read.
    pub(super) oauth: Option<Authorization>,
    pub(super) wish: Wish,
    /// A page of devices that arrived whole.
    pub(super) page: Option<Page>,
    /// What became of each device, and what a details call says of it.
    pub(super) results: Vec<(String, String)>,
    pub(super) details: Vec<Row>,
    /// The id of the profile that was defined.
    pub(super) defined: Option<String>,
    /// How long the whole service asks to be left alone.
    pub(super) retry_after: Option<Span>,
    /// How long throttled devices have to rest.
    pub(super) rest: Option<Span>,
    /// A page of devices that did not arrive, or not whole, though nothing was refused.
    pub(super) cut: bool,
    /// The cursor that was sent was given to another server.
    pub(super) has_foreign_cursor: bool,
    /// What a call of Apps and Books says.
    pub(super) content: Facts,
}

impl Story {
    pub(super) fn read(entries: Vec<Arc<Entry>>) -> Self {
        let mut chapters: Vec<Chapter> = Vec::new();
        let mut places: HashMap<(Service, Option<String>), usize> = HashMap::new();
        for entry in entries {
            let Some(service) = Service::of(entry.exchange.operation) else { continue };
            let server = entry.exchange.server.clone();
            let place = *places.entry((service, server.clone())).or_insert_with(|| {
                chapters.push(Chapter { service, server, gone: Vec::new(), turns: Vec::new() });
                chapters.len() - 1
            });
            chapters[place].turns.push(Turn::read(entry));
        }
        mark_foreign_cursors(&mut chapters);
        let gone = gone(&chapters);
        for chapter in chapters.iter_mut().filter(|chapter| chapter.service == Service::Content) {
            chapter.gone.clone_from(&gone);
        }
        Self { chapters }
    }
}

impl Service {
    /// The service of a call, if rules speak of it. Those that no service knows may be meant for enrolment.
    fn of(operation: &str) -> Option<Self> {
        match operation.split_once('.') {
            Some(("enrollment", _)) => Some(Self::Enrollment),
            Some(("apps", _)) => Some(Self::Content),
            _ if operation == UNKNOWN => Some(Self::Enrollment),
            _ => None,
        }
    }
}

/// Devices that were last told to have been deleted or disowned, each with the request that was told so.
fn gone(chapters: &[Chapter]) -> Vec<(String, u64)> {
    let mut turns: Vec<&Turn> = chapters.iter().flat_map(|chapter| &chapter.turns).collect();
    turns.sort_by_key(|turn| turn.id);
    let mut gone: BTreeMap<&str, u64> = BTreeMap::new();
    for turn in turns {
        for row in turn.page.iter().flat_map(|page| &page.rows) {
            match row.op_type.as_deref() {
                Some("deleted") => _ = gone.insert(&row.serial_number, turn.id),
                _ => _ = gone.remove(row.serial_number.as_str()),
            }
        }
        let disowned = turn.results.iter().filter(|(_, result)| turn.operation == DISOWN && result == "SUCCESS");
        gone.extend(disowned.map(|(serial, _)| (serial.as_str(), turn.id)));
    }
    gone.into_iter().map(|(serial, id)| (serial.to_owned(), id)).collect()
}

fn mark_foreign_cursors(chapters: &mut [Chapter]) {
    let mut owners: HashMap<String, usize> = HashMap::new();
    for (place, chapter) in chapters.iter().enumerate() {
        let given = chapter.turns.iter().filter_map(|turn| turn.page.as_ref()).map(|page| &page.cursor);
        owners.extend(given.map(|cursor| (cursor.clone(), place)));
    }
    for (place, chapter) in chapters.iter_mut().enumerate() {
        for turn in &mut chapter.turns {
            let owner = turn.wish.cursor.as_ref().and_then(|cursor| owners.get(cursor));
            turn.has_foreign_cursor = owner.is_some_and(|owner| *owner != place);
        }
    }
}

impl Chapter {
    /// The turns of an operation.
    pub(super) fn of<'a>(&'a self, operation: &'a str) -> impl Iterator<Item = &'a Turn> + Clone {
        self.turns.iter().filter(move |turn| turn.operation == operation)
    }

    /// The turns for which something holds.
    pub(super) fn ids(&self, holds: impl Fn(&Turn) -> bool) -> Vec<u64> {
        self.turns.iter().filter(|turn| holds(turn)).map(|turn| turn.id).collect()
    }

    /// The turns of an operation for which something holds that depends on those before.
    pub(super) fn ids_in_order(&self, operation: &str, mut holds: impl FnMut(&Turn) -> bool) -> Vec<u64> {
        self.of(operation).filter(|turn| holds(turn)).map(|turn| turn.id).collect()
    }

    /// The turns after the one in `place`.
    pub(super) fn after(&self, place: usize) -> &[Turn] {
        self.turns.get(place + 1..).unwrap_or_default()
    }
}

impl Turn {
    fn read(entry: Arc<Entry>) -> Self {
        let exchange = &entry.exchange;
        let (operation, request) = (exchange.operation, &exchange.request);
        let told = answer::Told::read(&entry);
        let text = |name: &str| request.header(name).map(str::to_owned);
        Self {
            id: entry.id,
            operation,
            status: exchange.answer.as_ref().map_or(0, |answer| answer.status.as_u16()),
            code: told.code,
            session: text("x-adm-auth-session"),
            named_session: told.session,
            version: text("x-server-protocol-version"),
            oauth: request.header("authorization").and_then(|header| Authorization::parse(header).ok()),
            wish: Wish::read(request),
            page: told.page,
            results: told.results,
            details: told.details,
            defined: told.defined,
            retry_after: told.retry_after,
            rest: told.rest,
            cut: told.cut,
            has_foreign_cursor: false,
            content: if operation.starts_with("apps.") { Facts::read(&entry) } else { Facts::default() },
            entry,
        }
    }

    pub(super) fn ok(&self) -> bool {
        self.status == 200
    }

    /// The answer is the service's own word on this request: no fault struck it.
    pub(super) fn is_judged(&self) -> bool {
        self.entry.exchange.fault.is_none()
    }

    /// The request earned this refusal.
    pub(super) fn earned(&self, code: &str) -> bool {
        self.is_judged() && self.code == code
    }

    /// A call of the service that needs a session.
    pub(super) fn is_call(&self) -> bool {
        self.operation != SESSION && self.operation != UNKNOWN
    }

    pub(super) fn is_list(&self) -> bool {
        self.operation == FETCH || self.operation == SYNC
    }

    /// A fetch from the beginning.
    pub(super) fn is_fresh_fetch(&self) -> bool {
        self.operation == FETCH && self.wish.cursor.is_none()
    }

    /// A cursor was refused for good: only another fetch helps.
    pub(super) fn refuses_cursor(&self) -> bool {
        self.is_list() && (self.code == "EXPIRED_CURSOR" || self.code == "INVALID_CURSOR")
    }

    /// The session was refused.
    pub(super) fn refuses_session(&self) -> bool {
        self.is_call() && (self.status == 401 || self.status == 403 && self.code == "FORBIDDEN")
    }

    /// Whether there is more after the page that was answered.
    pub(super) fn has_more(&self) -> bool {
        self.page.as_ref().is_some_and(|page| page.more)
    }

    /// The protocol version, as the service takes it; 1 where there is none.
    pub(super) fn protocol(&self) -> u8 {
        let text = self.version.as_deref().unwrap_or_default().trim();
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return 1;
        }
        text.parse().unwrap_or(10)
    }

    pub(super) fn user_agent(&self) -> &str {
        self.entry.exchange.request.header("user-agent").unwrap_or_default()
    }

    /// Who asks what: the same again is a retry, with whatever session.
    pub(super) fn question(&self) -> (&Method, &Uri, &Bytes, &str) {
        let request = &self.entry.exchange.request;
        (&request.head.method, &request.head.uri, &request.body, self.user_agent())
    }

    fn ended(&self) -> Timestamp {
        self.entry.exchange.began + self.duration()
    }

    fn duration(&self) -> Span {
        Span::from_millis(i64::try_from(self.entry.exchange.duration.as_millis()).unwrap_or(i64::MAX))
    }

    /// Whether this was sent by somebody who could have had the answer to `earlier`.
    pub(super) fn knew_of(&self, earlier: &Self) -> bool {
        self.entry.exchange.began > earlier.ended()
    }

    /// How long the client waited after the answer to `earlier`: by the wall clock or by the organisation's, whichever saw more.
    pub(super) fn pause_after(&self, earlier: &Self) -> Span {
        let wall = self.entry.exchange.began - earlier.ended();
        let simulated = Span::from_millis((self.entry.at - earlier.entry.at).millis() - self.duration().millis());
        wall.max(simulated)
    }
}

/// Cuts `turns` where the client paused for longer than `pause`.
pub(super) fn runs<'t>(turns: impl IntoIterator<Item = &'t Turn>, pause: Span) -> Vec<Vec<&'t Turn>> {
    let mut runs: Vec<Vec<&Turn>> = Vec::new();
    for turn in turns {
        match runs.last_mut() {
            Some(run) if run.last().is_some_and(|last| turn.pause_after(last) <= pause) => run.push(turn),
            _ => runs.push(vec![turn]),
        }
    }
    runs
}

/// The ids of the turns in those `runs` that have at least `count`.
pub(super) fn long(runs: Vec<Vec<&Turn>>, count: usize) -> Vec<u64> {
    runs.into_iter().filter(|run| run.len() >= count).flatten().map(|turn| turn.id).collect()
}
